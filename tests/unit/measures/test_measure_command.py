"""`python -m agents measure`: the book, and what a measure comes to in an archive, with the cases behind it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agents.measures.book.read import measure_book
from agents.measures.facts.judged import judged_until
from agents.measures.measure_command import main
from agents.rulebook.book_cache import text_bytes
from agents.rulebook.load import book_of
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.command import Trouble
from streams.messages import Heartbeat, Text, event_bytes, parse_time, tick_bytes
from streams.messages.orders import Receiver
from tests.support.books import the_book
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
    assert [row["id"] for row in rows][: len(measure_book().measures)] == list(measure_book().measures)
    signed = next(row for row in rows if row["id"] == "request-signed")
    assert signed["measure"]["provenance"] == "上级文件"
    assert signed["conditions"]["sign-due"]["zh"] == "签收期限已到"


def test_an_archive_has_the_figure_and_its_cases(archive: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Due on Monday at nine and unsigned: 0 of 1, by time alone, and the case is named with the number of its work order."""
    (row,) = told(capsysbinary, "show", "request-signed", "--archive", str(archive), "--cases")
    assert (row["key"], row["count"], row["of"], row["share"]) == (ECOLOGY, 0, 1, 0.0)
    assert (row["at"], row["numerator"]) == ("2026-03-10T09:00:00+08:00", [])
    assert [(each["case"], each["number"][:3]) for each in row["rest"]] == [(f"{REQUEST}/1", "GD-")]


def test_an_archive_has_what_its_facts_make(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """信访工作条例 23: of two petitions of 2 March one is told in time; the fifteenth day is over at the end of the 17th."""
    office, chunk = "petition_unit.t.410102.1", Chunk(0)
    whose = {"kind": "petition_unit", "name": Text("甲", "A"), "adcode": "410102"}
    facts: list[tuple[str, str, dict[str, Any]]] = [
        ("02T09:00:00", "registered", whose),
        ("02T10:00:00", "petition_step", {"petition": "XF1", "step": "received"}),
        ("02T11:00:00", "petition_step", {"petition": "XF2", "step": "received"}),
        ("05T10:00:00", "petition_step", {"petition": "XF1", "step": "told"}),
    ]
    for n, (at, kind, data) in enumerate(facts):
        time = f"2026-03-{at}+08:00"
        value = event_bytes(type=f"service.{kind}", source="t", id=str(n), time=time, subject=office, data=data)
        chunk.add(n, parse_time(time), office.encode(), value)
    chunk.add(len(facts), parse_time(START), None, tick_bytes(parse_time("2026-03-18T00:00:01+08:00")))
    archive_files.write(tmp_path, "t.events.service", 0, chunk)
    (row,) = told(capsysbinary, "show", "petition-told-in-time", "--archive", str(tmp_path), "--cases")
    assert (row["key"], row["count"], row["of"]) == (office, 1, 2)
    assert [each["number"] for each in row["rest"]] == ["XF2"]


def test_an_archive_is_judged_by_the_books_that_its_log_adopted(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Told on the eighth day: in time within 15 days, late within the 5 of a book that the log adopted before."""
    office = "petition_unit.t.410102.1"
    rule = the_book().rules["petition-not-told"]
    shorter = replace(rule, params={**rule.params, "within": "5 civil-days"})
    specs = {name: {**found} for name, found in the_book().specs.items()}
    specs["service"]["petition-not-told"] = shorter
    adopted = book_of(specs, the_book().clauses, the_book().departments)
    whose = {"kind": "petition_unit", "name": Text("甲", "A"), "adcode": "410102"}
    of_book = {"book": adopted.hash, "by": "zhang", "reason": "试"}
    facts: list[tuple[str, str, str, dict[str, Any]]] = [
        ("02T09:00:00", "service.registered", office, whose),
        ("02T09:30:00", "book.adopted", "", of_book),
        ("02T10:00:00", "service.petition_step", office, {"petition": "XF1", "step": "received"}),
        ("10T10:00:00", "service.petition_step", office, {"petition": "XF1", "step": "told"}),
    ]
    chunk = Chunk(0)
    for n, (at, kind, subject, data) in enumerate(facts):
        time = f"2026-03-{at}+08:00"
        value = event_bytes(type=kind, source="t", id=str(n), time=time, subject=subject, data=data)
        chunk.add(2 * n, parse_time(time), None, tick_bytes(parse_time(time)))
        chunk.add(2 * n + 1, parse_time(time), subject.encode() or None, value)
    chunk.add(2 * len(facts), parse_time(START), None, tick_bytes(parse_time("2026-03-18T00:00:01+08:00")))
    archive_files.write(tmp_path, "t.events.service", 0, chunk)
    asked = ("show", "petition-told-in-time", "--archive", str(tmp_path))
    (without,) = told(capsysbinary, *asked)
    assert (without["count"], without["of"]) == (1, 1), "a book whose text is nowhere is not adopted"
    archive_files.write_book(tmp_path, adopted.hash.encode(), text_bytes(adopted))
    (row,) = told(capsysbinary, *asked)
    assert (row["count"], row["of"]) == (0, 1)


def test_the_time_of_a_log_is_the_least_of_the_partitions_of_orders() -> None:
    """Figures are true up to where all partitions of orders are judged; those of other stages may be ahead, or behind."""

    def pulse(domain: str, partition: int, now: str | None) -> Heartbeat:
        return Heartbeat(
            domain=domain, partition=partition, worker="w", now=now, sent=START, offset=1, lag=0, rate=0.0, rss=1, subjects=0
        )

    ahead, behind = "2026-03-10T09:00:05+08:00", "2026-03-10T09:00:00+08:00"
    told_by = [
        pulse("orders", 0, ahead),
        pulse("orders", 1, behind),
        pulse("orders", 2, None),
        pulse("environment", 0, "2026-03-01T00:00:00+08:00"),
        pulse("service", 0, "2026-04-01T00:00:00+08:00"),
    ]
    assert judged_until(told_by) == parse_time(behind)
    assert judged_until([]) == 0


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
