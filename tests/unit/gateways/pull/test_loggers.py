"""Loggers of the cold chain through the gateway of folders: one store's hour in each form that loggers export."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from streams.gateways.drain import unpacked
from streams.gateways.foreign import fridge_tag
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.pull.progress import Making
from streams.gateways.pull.sources import readers_of
from streams.gateways.spool import Spool
from streams.messages import Name, parse_time
from tests.support.pure.workbook import write_workbook
from tests.support.shared import shared

READY = Path(fridge_tag.__file__).parents[1] / "ready"
NOW = parse_time("2026-06-01T09:00:00+08:00")
COLUMNS = ("Time", "Temperature(°F)", "Humidity(%rh)")
ROWS = ((datetime(2026, 5, 1, 8), 39.2, 45), (datetime(2026, 5, 1, 8, 30), 46.4, 50))


def taken(folder: Path, ready: str, name: str, write: Callable[[Path], None]) -> list[dict[str, Any]]:
    """The events in the spool of a gateway that finds this file in its folder."""
    (folder / "drop").mkdir()
    write(folder / "drop" / name)
    source = f'source = "store"\nmap = "{READY / ready}"\nfolder = "drop"\nsettle = "0s"\n'
    (folder / "store.toml").write_text(source, "utf-8")
    with Spool(folder / "spool") as spool:
        refusals = Refusals("folder", Name("网关"), "410100", TellingLimit(frozenset()), "run")
        [reader] = readers_of("folder", [folder / "store.toml"], spool, Making(refusals), print)
        reader.read(NOW, lambda: False)
        return [json.loads(each) for record in spool.read(0, 1_000) for each in unpacked(record.payload).events]


def american(at: datetime) -> str:
    """A time as loggers that write °F do."""
    return f"{at:%m/%d/%Y %H:%M}"


def csv(path: Path) -> None:
    """A table of text, with the mark that Excel writes before UTF-8."""
    lines = [",".join(COLUMNS), *(f"{american(at)},{warm},{damp}" for at, warm, damp in ROWS)]
    path.write_text("\n".join([*lines, ""]), "utf-8-sig")


def excel(path: Path) -> None:
    """A workbook whose times are times."""
    write_workbook(path, {"log": [COLUMNS, *ROWS]})


def parquet(path: Path) -> None:
    """Parquet with timestamps and numbers."""
    pq.write_table(pa.table({name: list(cells) for name, cells in zip(COLUMNS, zip(*ROWS, strict=True), strict=True)}), path)


def lines(path: Path) -> None:
    """JSON, a line a record."""
    records = [dict(zip(COLUMNS, (american(at), warm, damp), strict=True)) for at, warm, damp in ROWS]
    path.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")


@pytest.mark.parametrize(
    ("name", "write"), [("K3.csv", csv), ("K3.xlsx", excel), ("K3.parquet", parquet), ("K3.jsonl", lines), ("K3/log.txt", csv)]
)
def test_a_logger_in_fahrenheit_in_each_form(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    """39.2 °F is 4 °C, 46.4 °F is 8 °C, whatever the form; the store is named by the file, or by its folder."""

    def put(path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        write(path)

    events = taken(tmp_path, "cold_store_fahrenheit", name, put)
    assert [(event["type"].split(".")[1], event["subject"]) for event in events] == [
        ("registered", "drug-store.410100.K3"),
        ("drug_climate", "drug-store.410100.K3"),
        ("drug_climate", "drug-store.410100.K3"),
    ]
    assert [(event["time"], event["data"]) for event in events[1:]] == [
        ("2026-05-01T08:00:00+08:00", {"temperature": 4.0, "humidity": 45}),
        ("2026-05-01T08:30:00+08:00", {"temperature": 8.0, "humidity": 50}),
    ]


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"])
def test_a_fridge_tag_with_each_order_of_its_date(tmp_path: Path, form: str) -> None:
    """The logger's text, its days written in the order that its setting has: the same days come of each."""
    text = shared("cold_chain/sample-fridge-tag-kaivandivier.txt", ours=True).read_text("utf-8")
    days = [line.split(": ")[1] for line in text.splitlines() if line.startswith("  Date: ")]

    def put(path: Path) -> None:
        written = text
        for each in days:
            written = written.replace(f"  Date: {each}", f"  Date: {datetime.fromisoformat(each):{form}}")
        path.write_text(written, "utf-8")

    events = taken(tmp_path, "fridge_tag", "fridge.txt", put)
    ends = sorted(event["time"][:10] for event in events if event["type"] == "food_drug.fridge_day")
    newest = max(days)
    assert len(ends) == len(days)
    assert ends[-2] == newest, "midnight behind the day before the newest one is the newest day's"
