"""The report of a day begins with what the stage of signs makes of the log, band and all, and is the same again."""

from pathlib import Path

import pytest

from agents.core.signs.feed import cells
from agents.reports.asked import ReportAsked, period_of
from agents.reports.making import made, write
from agents.reports.papers.paper import Cell
from agents.reports.source import ArchiveSource
from agents.signs.book.read import sign_book
from agents.signs.stage.partition import definition_of
from streams.archive import files
from streams.messages import BANDS, HOUR, HOURS_ALIKE, SignBands, SignCell, SignCells, event_bytes, format_time, tick_bytes
from tests.support.city.reported import DAYS, archive
from tests.support.events import START

CITY, DISTRICT, SIGN = "410100", "410105", "site-availability"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small log of reports; a baseline of 92 to 99.5 % is adopted, then each hour of two days 93 of 100 probes are good."""
    path = archive(tmp_path_factory.mktemp("archive"))
    made_ = definition_of(sign_book()[SIGN])
    bands = SignBands(version="a" * 16, city=CITY, area=CITY, sign=SIGN, made=made_, bands=((92.0, 99.5),) * HOURS_ALIKE)
    given: list[tuple[bytes | None, bytes]] = [
        (CITY.encode(), event_bytes(type=BANDS, source="t", id="b", time=format_time(START), subject=CITY, data=bands))
    ]
    good = SignCell(sign=SIGN, area=DISTRICT, numerator=93, denominator=100, valid=100, due=104)
    for at in range(START, START + DAYS * 24 * HOUR, HOUR):
        given.append((None, tick_bytes(at)))
        if at < START + 48 * HOUR:
            given += cells([SignCells(topic="t.events.cyber", partition=0, city=CITY, at=format_time(at), cells=(good,))])
    chunk = files.Chunk(0)
    for offset, (key, value) in enumerate(given):
        chunk.add(offset, START, key, value)
    files.write(path, "t.events.cells", 0, chunk)
    return path


def test_a_report_of_a_log_begins_with_its_signs(root: Path, tmp_path: Path) -> None:
    """93 % with a coverage of 100 of 104, orange by its text, its band beside it; the district in its table; the same bytes."""
    asked = ReportAsked(period=period_of("day", "2026-06-01"), lang="en")
    found = made(asked, ArchiveSource(root), lambda _: None)
    tables: dict[str, tuple[tuple[Cell, ...], ...]] = {each.name: each.rows for each in found.paper.tables()}
    assert found.paper.sections[0].title == "Signs of the city"
    told = {row[0]: row[1:4] for row in tables["signs"]}
    assert told["Government sites that open"] == ("93.0 %", 100 / 104, "Orange")
    assert [row[5] for row in tables["signs"] if row[0] == "Government sites that open"] == ["92.0 – 99.5"]
    assert [row[0] for row in tables["signs-districts"]] == ["Government sites that open"]
    first, again = (write(made(asked, ArchiveSource(root), lambda _: None), asked, tmp_path / name) for name in "ab")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
