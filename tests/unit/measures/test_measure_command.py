"""`python -m agents measure`: the book, and what a measure comes to in an archive, with the cases behind it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.measures.book.read import measure_book
from agents.measures.measure_command import main
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.command import Trouble
from streams.messages import parse_time
from streams.messages.orders import Receiver
from tests.support.orders.partition import ECOLOGY, HOTLINE, START, OrderPartition, actor, hotline_matter

REQUEST = "f" * 32


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A request of Friday that was sent and never signed, up to Tuesday."""
    by = OrderPartition()
    by.filed(hotline_matter(), REQUEST)
    by.act("accept", actor("receptionist", HOTLINE), order=REQUEST)
    by.act("dispatch", actor("dispatcher", HOTLINE), order=REQUEST, receivers=(Receiver(unit=ECOLOGY, part="main"),))
    by.tick("2026-03-10T09:00:00+08:00")
    root, chunk = tmp_path_factory.mktemp("archive"), Chunk(0)
    for offset, key, value in by.log:
        chunk.add(offset, parse_time(START), key, value)
    archive_files.write(root, "t.events.orders", 0, chunk)
    return root


def told(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[Any]:
    """The JSON lines of a command."""
    assert main([*arguments, "--json"]) == 0
    return [msgspec.json.decode(line) for line in capsysbinary.readouterr().out.splitlines()]


def test_the_list_says_whose_each_measure_is(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each with its provenance, its source and the words of its conditions."""
    rows = told(capsysbinary, "list")
    assert [row["id"] for row in rows] == list(measure_book().measures)
    signed = next(row for row in rows if row["id"] == "request-signed")
    assert signed["measure"]["provenance"] == "上级文件"
    assert signed["conditions"]["sign-due"]["zh"] == "签收期限已到"


def test_an_archive_has_the_figure_and_its_cases(archive: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Due on Monday at nine and unsigned: 0 of 1, by time alone, and the case is named with the number of its work order."""
    (row,) = told(capsysbinary, "show", "request-signed", "--archive", str(archive), "--cases")
    assert (row["key"], row["count"], row["of"], row["share"]) == (ECOLOGY, 0, 1, 0.0)
    assert (row["at"], row["numerator"]) == ("2026-03-10T09:00:00+08:00", [])
    assert [(each["case"], each["number"][:3]) for each in row["rest"]] == [(f"{REQUEST}/1", "GD-")]


def test_what_is_due_later_can_be_asked(archive: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """By the end of March the ten working days of a complaint are over too."""
    asked = ("show", "request-handled", "--archive", str(archive), "--by", "month")
    with pytest.raises(Trouble, match="nothing was due by then"):
        main([*asked])
    (row,) = told(capsysbinary, *asked, "--at", "2026-04-01T00:00:00+08:00")
    assert (row["key"], row["count"], row["of"]) == ("2026-03", 0, 1)


def test_a_measure_that_is_not_there_is_told(archive: Path) -> None:
    """With where the others are found."""
    with pytest.raises(Trouble, match="measure list"):
        main(["show", "request-answered-by-magic", "--archive", str(archive)])


def test_a_month_is_a_month(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2026-13 is none."""
    with pytest.raises(SystemExit):
        main(["show", "request-signed", "--archive", str(archive), "--from", "2026-13"])
    assert "no month" in capsys.readouterr().err
