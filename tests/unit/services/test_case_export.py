"""The cases behind a figure leave as CSV, Parquet and xlsx, de-identified, with their level, and never those of a report."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pyarrow.parquet as pq
import pytest

from agents.jobs.measured.cases import COLUMNS, cases
from agents.jobs.service import KINDS
from agents.jobs.work import Work
from agents.offline.reading import RefusedError
from screen.access.people import Person
from screen.replay.jobs import Wish, beyond
from streams.messages import Actor, encode, format_time
from streams.oversight.client import socket_of
from streams.release.told import COVER, METADATA
from streams.settings import Settings, load
from tests.support.events import START
from tests.support.orders.answering import answering
from tests.support.orders.kept import NOISE, KeptOrders, two_requests
from tests.support.orders.partition import ECOLOGY, HOTLINE, hotline_matter
from tests.support.orders.records import line, order

REPORT = "c" * 32
CASES = "cases"
AFTER = "2026-03-09T09:00:01+08:00"
SIGNED = {"measure": "request-signed", "behind": "rest", "since": "2026-03", "until": "2026-03", "purpose": "三月分析"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with data of their own."""
    return load({"ONESCREEN_DATA": str(tmp_path / "data")})


@pytest.fixture
def kept(settings: Settings) -> Iterator[KeptOrders]:
    """Two requests, one unsigned after its time, and a report, behind the socket of the log."""
    made = two_requests()
    made.keep(made.by.filed(hotline_matter(id="request/3", number="3", traits={"nature": "report"}), REPORT))
    made.act("accept", "receptionist", HOTLINE, REPORT)
    made.tick(AFTER)
    with answering(made.ask, socket_of(settings, "t")):
        yield made


def exported(settings: Settings, folder: Path, role: str = "analyst", **asked: Any) -> Path:
    """The folder of an export."""
    folder.mkdir()
    who = Actor(id="chen", name="陈分析", role=role, department="zz-data")
    work = Work(settings, "t", folder, folder, lambda _: None, by=who, at=format_time(START))
    cases(msgspec.Raw(encode(asked)), work)
    return folder


def test_the_cases_of_a_figure_leave_in_three_forms(settings: Settings, kept: KeptOrders, tmp_path: Path) -> None:
    """One request of ecology: the same row in all forms; its id and number are pseudonyms, its times are to the hour."""
    folder = exported(settings, tmp_path / "out", **SIGNED)
    assert {each.name for each in folder.iterdir()} == {
        "cases.csv",
        "cases.parquet",
        "cases.xlsx",
        COVER,
        "summary.json",
    }
    (row,) = pq.read_table(folder / "cases.parquet").to_pylist()
    assert list(row) == list(COLUMNS)
    assert (row["unit"], row["unit_zh"], row["kind"], row["matter"]) == (ECOLOGY, "郑州市生态环境局", "request", "noise")
    assert (row["order"].split("-")[0], row["number"].split("-")[0]) == ("order", "number")
    assert (row["begun"], row["due"], row["done"]) == ("2026-03-06T09:00:00+08:00", "2026-03-09T09:00:00+08:00", None)
    assert row["adcode"] is None, "a district with fewer than five rows is no place"
    with (folder / "cases.csv").open(encoding="utf-8-sig", newline="") as file:
        (told,) = csv.DictReader(file)
    assert told["order"] == row["order"]
    with ZipFile(folder / "cases.xlsx") as book:
        assert row["order"] in book.read("xl/worksheets/sheet1.xml").decode()
    everything = b"".join(each.read_bytes() for each in folder.iterdir())
    assert NOISE.encode() not in everything


def test_it_says_whose_it_is_and_how_grave(settings: Settings, kept: KeptOrders, tmp_path: Path) -> None:
    """Level, purpose and who asked (role and unit) stand in the files and on the cover; no person's name."""
    folder = exported(settings, tmp_path / "out", **SIGNED)
    told = msgspec.json.decode(pq.read_metadata(folder / "cases.parquet").metadata[METADATA])
    assert (told["level"], told["purpose"], told["asked_by"]) == ("general", "三月分析", {"role": "analyst", "unit": "zz-data"})
    assert "三月分析" in (folder / COVER).read_text("utf-8")
    assert "陈分析" not in (folder / COVER).read_text("utf-8")


def test_what_follows_from_a_report_is_in_no_file(settings: Settings, kept: KeptOrders, tmp_path: Path) -> None:
    """A supervision of a report (督查督办) tells of it as the report itself does: neither leaves (信访工作条例 30)."""
    kept.books.take(order(7, kind="supervision", parent=REPORT))
    kept.books.take(line(7))
    folder = exported(settings, tmp_path / "out", group="supervision", purpose="a")
    told = msgspec.json.decode((folder / "summary.json").read_bytes())
    assert (told["cases"], told["reports"]) == (0, 1)


def test_a_report_is_in_no_file(settings: Settings, kept: KeptOrders, tmp_path: Path) -> None:
    """Of three open orders one rests on a report (举报): two leave, and the summary says that one is withheld."""
    folder = exported(settings, tmp_path / "out", group="open", purpose="a")
    assert pq.read_table(folder / "cases.parquet").num_rows == 2
    told = msgspec.json.decode((folder / "summary.json").read_bytes())
    assert (told["cases"], told["reports"]) == (2, 1)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (SIGNED | {"purpose": " "}, "what it is for"),
        (SIGNED | {"measure": "no-such"}, "no-such"),
        (SIGNED | {"rank": "yes"}, "rank"),
    ],
)
def test_what_cannot_be_exported_says_why(
    settings: Settings, kept: KeptOrders, tmp_path: Path, asked: dict[str, Any], why: str
) -> None:
    """No purpose, no such measure, an unknown parameter."""
    with pytest.raises(RefusedError, match=why):
        exported(settings, tmp_path / "out", **asked)


def test_a_service_that_is_away_is_said(settings: Settings, tmp_path: Path) -> None:
    """The job fails with what to start."""
    with pytest.raises(RefusedError, match="python -m agents oversight"):
        exported(settings, tmp_path / "out", **SIGNED)


def test_only_whoever_sees_every_unit_may_ask(settings: Settings) -> None:
    """A supervisor of one department may ask for other work, not for the cases of all; the kind is one of the worker's."""
    asked = Wish(kind=CASES, params=msgspec.Raw(b"{}"), key="0" * 32)
    bound = Person("s", "值班", "supervisor", ("zz-um",))
    assert "every unit" in beyond(asked, bound)
    assert beyond(asked, Person("s", "值班", "supervisor")) == ""
    assert beyond(asked, Person(id="l", name="带班", role="leader", unit="zz-gov")) == ""
    assert beyond(Wish(kind="replay", params=msgspec.Raw(b"{}"), key="0" * 32), bound) == ""
    assert CASES in KINDS
