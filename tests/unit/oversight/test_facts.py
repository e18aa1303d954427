"""Facts of the log are counted beside orders: figures, cases, a start from disk in the middle of it, what is forgotten."""

from pathlib import Path
from typing import Any

import pytest

from agents.measures.book.read import measure_book
from agents.measures.cases.case import CallHour
from agents.measures.cases.counted import duty_of
from agents.measures.facts.folded import LogFacts, types_of
from agents.measures.reckoned.row import reckoned
from agents.oversight import snapshot
from agents.oversight.books import OversightBooks
from agents.oversight.questions import Questions, digest_of
from agents.oversight.snapshot import FORM, SnapshotHead, SnapshotWriting
from streams.archive.files import Record
from streams.messages import HOUR, Heartbeat, format_time, parse_time
from streams.oversight.wire import (
    AskBeside,
    AskCases,
    AskCorrections,
    AskOverview,
    AskReckoned,
    BesideTold,
    CaseList,
    CorrectionList,
    FigureScope,
    NotTold,
    OversightAsked,
    Overview,
    ReckonedRows,
)
from streams.places.organs import units
from tests.support.books import the_book
from tests.support.orders.counted_facts import petition_office, step

TOPIC, TOLD = "t.events.service", "petition-told-in-time"
MARCH: dict[str, Any] = {"since": "2026-03", "until": "2026-03"}
HEAD = SnapshotHead(FORM, "t", "", digest_of(measure_book()), {})


class FactBooks:
    """The books of a log that has facts, as the service keeps them."""

    def __init__(self, *, true: bool = True) -> None:
        self.books = OversightBooks(measure_book())
        self.books.facts = LogFacts(measure_book(), the_book())
        self.books.true = true
        self.questions = Questions("t", self.books, units("4101"))

    def read(self, *records: Record) -> None:
        """Take up records as they come, and the time that they tell."""
        assert self.books.facts is not None
        for each in records:
            self.books.put(self.books.facts.take(TOPIC, 0, "service", each))
            self.books.told(self.books.facts.now)

    def told(self, asked: OversightAsked, of: type[Any]) -> Any:
        """The answer, which is of this type."""
        found = self.questions.answer(asked)
        assert isinstance(found, of), found
        return found

    def figure(self, measure: str) -> tuple[int, int, dict[str, int]]:
        """Count, of how many, and what was left out, in March."""
        lines = self.told(AskOverview(**MARCH), Overview).lines
        return next((each.figure.count, each.figure.of, each.figure.excluded) for each in lines if each.measure == measure)

    def started(self, file: Path) -> "FactBooks":
        """Books that a start from disk makes of these."""
        assert SnapshotWriting(file, HEAD, self.books).step()
        found = snapshot.read(file, "t", "", HEAD.book)
        assert found is not None
        again = FactBooks(true=False)
        again.books.restore(*found[1:])
        duties = [duty_of(each.id) for each in again.books.ledger.of_facts() if each.of == "duty"]
        again.books.facts = LogFacts(measure_book(), the_book(), told=duties)
        again.books.facts.restore(again.books.held)
        return again


def march() -> list[Record]:
    """Four petitions of 2 March, whose 15th day is the 17th: told in time, told late, withdrawn, received twice.

    The second receipt is heard of after the petitioner was told, and is of a time before: it is the same duty.
    """
    office = petition_office()
    for name in ("XF1", "XF2", "XF3", "XF4"):
        step(office, name, "received", "03-02T10:00")
    step(office, "XF3", "withdrawn", "03-03T09:00")
    step(office, "XF4", "told", "03-05T09:00")
    step(office, "XF4", "received", "03-05T08:00")
    step(office, "XF1", "told", "03-17T23:59")
    step(office, "XF2", "told", "03-18T00:01")
    office.tick("2026-04-01T09:00:00+08:00")
    return office.records


def test_facts_are_counted_beside_orders() -> None:
    """Two of three were told in time, one was withdrawn; the case that was late is opened with its limit and its day."""
    kept = FactBooks()
    kept.read(*march())
    assert kept.figure(TOLD) == (2, 3, {"taken-back": 1})
    (case,) = kept.told(AskCases(measure=TOLD, behind="rest", **MARCH, sort="due"), CaseList).cases
    assert (case.order, case.number, case.unit, case.state) == ("", "XF2", "gov-410102", "done")
    assert (case.due, case.done[:19]) == ("2026-03-18T00:00:00+08:00", "2026-03-18T00:01:00")
    scope = FigureScope(units=frozenset({"gov-410105"}))
    assert kept.told(AskCases(measure=TOLD, behind="rest", **MARCH, scope=scope), CaseList).total == 0


@pytest.mark.parametrize("cut", range(len(march()) + 1))
def test_a_start_from_disk_goes_on_where_it_was(tmp_path: Path, cut: int) -> None:
    """Stopped after any record: what comes after it is counted as if the service had never stopped, duties told once."""
    records, kept = march(), FactBooks()
    kept.read(*records[:cut])
    again = kept.started(tmp_path / "t.books")
    again.read(*records[max(0, cut - 2) :])
    kept.read(*records[cut:])
    assert again.figure(TOLD) == kept.figure(TOLD) == (2, 3, {"taken-back": 1})
    of_both = [{each.id: each for each in books.ledger.of_facts()} for books in (again.books, kept.books)]
    assert of_both[0] == of_both[1]


def test_a_duty_of_a_past_month_that_a_fact_changes_is_a_correction() -> None:
    """What was late in March is known in April to have been withdrawn on time by a fact that came late: the case is named."""
    kept, office = FactBooks(), petition_office()
    step(office, "XF1", "received", "03-02T10:00")
    office.tick("2026-04-01T09:00:00+08:00")
    kept.read(*office.records)
    assert kept.figure(TOLD) == (0, 1, {})
    step(office, "XF1", "withdrawn", "04-01T10:00")
    kept.read(*office.records)
    assert kept.figure(TOLD) == (0, 0, {"taken-back": 1})
    (found,) = [each for each in kept.told(AskCorrections(), CorrectionList).corrections if each.measure == TOLD]
    assert (found.order, found.number, found.why, found.after.behind) == ("", "XF1", "fact", "left-out")


def test_what_began_before_two_whole_years_is_forgotten() -> None:
    """In May 2028 the petitions of March 2026 are gone, with their rows; in March 2028 they are compared with."""
    kept = FactBooks()
    kept.read(*march())
    kept.books.told(parse_time("2028-03-31T09:00:00+08:00"))
    assert len(list(kept.books.ledger.of_facts())) > 0
    kept.books.told(parse_time("2028-05-01T09:00:00+08:00"))
    assert list(kept.books.ledger.of_facts()) == []
    assert kept.books.ledger.columns.rows == {}


def pulse(partition: int, at: str) -> Heartbeat:
    """How far a worker of orders is."""
    return Heartbeat(
        domain="orders", partition=partition, worker="w", now=at, sent=at, offset=0, lag=0, rate=0.0, rss=0, subjects=0
    )


def test_time_is_that_of_the_partition_that_is_farthest_behind(tmp_path: Path) -> None:
    """One partition of orders is an hour ahead: its time is not that of the figures; nor is it after a start from disk."""
    kept = FactBooks()
    kept.books.heard(pulse(0, "2026-03-02T09:00:00+08:00"))
    kept.books.heard(pulse(1, "2026-03-02T10:00:00+08:00"))
    assert format_time(kept.books.judged) == "2026-03-02T09:00:00+08:00"
    again = kept.started(tmp_path / "t.books")
    again.books.heard(pulse(1, "2026-03-02T11:00:00+08:00"))
    assert format_time(again.books.judged) == "2026-03-02T09:00:00+08:00"
    again.books.heard(pulse(0, "2026-03-02T10:30:00+08:00"))
    again.read(*march()[:2])
    assert format_time(again.books.judged) == "2026-03-01T00:00:00+08:00", "facts that are not read yet hold it back"


def hour(at: str, calls: int | None, answered: float, unit: str = "zz-hotline") -> CallHour:
    """An hour of a hotline."""
    n = parse_time(at) // HOUR
    return CallHour(
        id=f"calls/h/{n}",
        of="hour",
        order="",
        number=at,
        kind="hotline",
        unit=unit,
        district="410100",
        domain="service",
        begun=n * HOUR,
        subject="h",
        hour=n,
        calls=calls,
        answered=answered,
    )


def test_calls_are_summed_and_open_their_hours() -> None:
    """90 of 100 and 40 of 100 answered: 65 %; the hour without a number is counted beside; each hour stands behind it."""
    kept = FactBooks()
    at = [f"2026-03-02T{n:02}:00:00+08:00" for n in (9, 10, 11)]
    kept.books.put([hour(at[0], 100, 90.0), hour(at[1], None, 0.0), hour(at[2], 100, 40.0)])
    kept.books.told(parse_time("2026-03-02T12:00:00+08:00"))
    asked = AskReckoned(measure="hotline-connected", by="unit", **MARCH)
    (row,) = kept.told(asked, ReckonedRows).rows
    assert (row.key, row.value, row.count, row.of, row.beside) == ("zz-hotline", 65.0, 130, 200, {"untold-hours": 1})
    hours = kept.told(AskReckoned(measure="hotline-connected", by="hour", **MARCH), ReckonedRows).rows
    assert [(each.key, each.value) for each in hours] == [(at[0], 90.0), (at[1], None), (at[2], 40.0)]
    scope = FigureScope(units=frozenset({"zz-ee"}))
    assert kept.told(AskReckoned(measure="hotline-connected", by="unit", **MARCH, scope=scope), ReckonedRows).rows == ()


def test_every_measure_is_told_or_says_what_it_needs() -> None:
    """Beside the book: what is summed here, what the alarm system tells, and of all others what they need."""
    told = FactBooks().told(AskBeside(), BesideTold)
    assert [each.id for each in told.measures] == list(reckoned())
    silent = [each.id for each in told.measures if not each.alarm and each.needs is None]
    assert silent == ["hotline-connected"]
    assert all(each.needs.zh and each.needs.en for each in told.unmeasured)
    asked = AskReckoned(measure="recurrence", by="unit", **MARCH)
    assert FactBooks().told(asked, NotTold).kind == "unknown"


def test_a_measure_of_facts_knows_its_types() -> None:
    """What a list of its cases is made of, whose level an export has: the steps of petitions; of one of orders nothing."""
    assert types_of(measure_book(), the_book(), TOLD) == ("service.petition_step",)
    assert types_of(measure_book(), the_book(), "rating-bad") == ("service.rating", "service.rating_step")
    assert types_of(measure_book(), the_book(), "request-signed") == ()
