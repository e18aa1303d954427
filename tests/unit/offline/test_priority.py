"""本平台预判 by its command: enterprises with what stands at them, from an archive."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.offline.priority import EnterpriseFacts, main, priorities
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.messages import Text, event_bytes, format_time, parse_time
from streams.messages.orders import Link
from streams.messages.outputs.order import Linked
from streams.places import ROOT
from streams.places.priority import priority_book
from tests.support.events import START, STATION, clean, tick
from tests.support.orders.records import INSTRUMENT, name, order

CODE = "91350100M000100Y43"


def registered(owner: str) -> bytes:
    """A station of the register, with who answers for it."""
    data = {"kind": "air_station", "name": Text("站", "S"), "adcode": "410105", "owner": owner, "owner_role": "operator"}
    return event_bytes(type="environment.registered", source="r", id="r", time=format_time(START), subject=STATION, data=data)


def archived(root: Path, *values: bytes) -> Path:
    """An archive of one partition of the environment."""
    chunk = Chunk(0)
    for offset, value in enumerate(values):
        chunk.add(offset, START, None if b"clock.tick" in value else STATION.encode(), value)
    archive_files.write(root, "t.events.environment", 0, chunk)
    return root


def told(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[Any]:
    """The JSON lines of the command."""
    assert main([*arguments, "--json"]) == 0
    return [msgspec.json.decode(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_an_archive_tells_what_stands_and_forgets_what_returned(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Ozone of 300 stands above the hourly limit, orange: one case of ten points; an hour later it is normal and forgotten."""
    hour = 3_600_000
    high = (tick(START + hour), clean(START + hour, o3=300))
    low = (tick(START + 2 * hour), clean(START + 2 * hour, o3=60))
    (row,) = told(capsysbinary, "--archive", str(archived(tmp_path / "a", registered(CODE), *high)))
    assert row["code"] == CODE
    assert row["points"] == 10
    (part,) = row["parts"]
    assert (part["name"], part["each"], part["points"], len(part["cases"])) == ("orange", 10, 10, 1)
    assert "不是信用评价" in row["what"]
    assert told(capsysbinary, "--archive", str(archived(tmp_path / "b", registered(CODE), *high, *low))) == []


def test_an_order_that_rests_on_a_report_has_no_part() -> None:
    """信访工作条例 30: an order past its day counts, and does not once the one that it follows from is a report (举报)."""
    of = Link(domain="environment", subject="x", alert="a" * 32, occurrence=1)
    late = order(2, parent=name(1), alerts=(Linked(link=of, active=True),), instruments=(INSTRUMENT,))
    now = parse_time("2026-12-10T00:00:00+08:00")
    for nature, points in (("complaint", 15), ("report", 0)):
        above = order(1, traits={"nature": nature})
        found = priorities(EnterpriseFacts(owners={"x": CODE}, orders={above.id: above, late.id: late}), now)
        assert sum(each.points for each in found.values()) == points


def test_the_points_are_this_systems_own_and_forget_in_three_years() -> None:
    """令107: no publication is longer than three years, and nothing is remembered longer."""
    book = priority_book()
    assert book.years == 3
    assert "本系统自定" in (ROOT / "priority.toml").read_text("utf-8")
    assert {each.of for each in book.part.values()} == {"alert", "instrument", "inspection"}
