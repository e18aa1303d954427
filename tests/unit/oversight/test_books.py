"""The books of oversight are bounded, and are what they were after a start from disk."""

from collections.abc import Callable
from pathlib import Path

import pytest

from agents.measures.book.read import measure_book
from agents.measures.ledger import CountedCase
from agents.oversight import snapshot
from agents.oversight.books import OversightBooks
from agents.oversight.questions import Questions, digest_of
from agents.oversight.snapshot import FORM, SnapshotHead, SnapshotWriting, UnusableError
from streams.messages import Order, OrderAudit, OrderLine, format_time, parse_time
from streams.oversight.wire import (
    AskCases,
    AskCorrections,
    AskLead,
    AskOverview,
    AskWork,
    CaseList,
    CorrectionList,
    LeadPage,
    Overview,
)
from streams.places.organs import units
from tests.support.orders.kept import NOISE, WATER, KeptOrders, two_requests
from tests.support.orders.partition import ECOLOGY, HOTLINE, hotline_matter

HEAD = SnapshotHead(FORM, "t", "", digest_of(measure_book()), {"t.orders/0": 7})


@pytest.fixture
def withdrawn() -> KeptOrders:
    """Two requests of March; in April one of them is withdrawn, which corrects March."""
    kept = two_requests()
    kept.tick("2026-04-01T09:00:00+08:00")
    kept.act("withdraw", "leader", HOTLINE, NOISE, reason="重复登记")
    return kept


def test_what_has_ended_before_two_whole_years_is_forgotten(withdrawn: KeptOrders) -> None:
    """In March 2028 the cases of March 2026 are compared with; in May 2028 they are gone. What is open is kept however old."""
    withdrawn.books.told(parse_time("2028-03-31T09:00:00+08:00"))
    assert (withdrawn.books.since, set(withdrawn.books.ledger.facts)) == ("2026-03", {NOISE, WATER})
    withdrawn.books.told(parse_time("2028-05-01T09:00:00+08:00"))
    assert withdrawn.books.since == "2026-05"
    assert set(withdrawn.books.ledger.facts) == {WATER}
    assert all(name.startswith(WATER) for name in withdrawn.books.ledger.cases)
    assert set(withdrawn.books.works.columns.rows) == {WATER}
    rows = len(withdrawn.books.ledger.columns)
    withdrawn.by.time = withdrawn.books.ledger.now
    withdrawn.by.tick(format_time(withdrawn.by.time))
    withdrawn.send(WATER)
    assert len(withdrawn.books.ledger.columns) == rows, "rows that were given up are taken again"


def test_a_start_from_disk_gives_the_same_answers(withdrawn: KeptOrders, tmp_path: Path) -> None:
    """Figures, counts and corrections are what they were; so is how far the log was read."""
    file = tmp_path / "t.books"
    assert SnapshotWriting(file, HEAD, withdrawn.books).step()
    found = snapshot.read(file, "t", "", HEAD.book)
    assert found is not None
    assert found[0] == HEAD
    books = OversightBooks(measure_book())
    books.restore(*found[1:])
    again = Questions("t", books, units("4101"))
    for asked, of in ((AskOverview(since="2026-03", until="2026-04"), Overview), (AskLead(), LeadPage)):
        before, after = withdrawn.ask(asked), again.answer(asked)
        assert isinstance(before, of)
        assert isinstance(after, of)
        assert [getattr(before, name) for name in of.__struct_fields__[1:]] == [
            getattr(after, name) for name in of.__struct_fields__[1:]
        ]
    old, new = withdrawn.ask(AskCorrections()), again.answer(AskCorrections())
    assert isinstance(old, CorrectionList)
    assert isinstance(new, CorrectionList)
    assert (old.corrections, old.total > 0) == (new.corrections, True)


def taken(kept: KeptOrders, books: OversightBooks, since: int) -> None:
    """Other books take up what the partition has told from there on."""
    for each in kept.by.told[since:]:
        if isinstance(each, Order | OrderLine | OrderAudit):
            books.take(each)
    books.told(kept.by.time)


def counts(books: OversightBooks) -> dict[str, dict[str, CountedCase]]:
    """All that books count."""
    return {measure: dict(books.ledger.counted(measure)) for measure in books.ledger.book.measures}


def acts(kept: KeptOrders) -> list[Callable[[], None]]:
    """Time passes, a unit signs, an order is sent and one withdrawn, months pass."""
    return [
        lambda: kept.tick("2026-03-09T09:00:01+08:00"),
        lambda: kept.act("sign", "clerk", ECOLOGY, NOISE),
        lambda: kept.send(WATER),
        lambda: kept.act("withdraw", "leader", HOTLINE, NOISE, reason="重复登记"),
        lambda: kept.file("c" * 32, "water", "410102", "3"),
        lambda: kept.tick("2026-04-01T09:00:00+08:00"),
    ]


@pytest.mark.parametrize("begun", range(6))
@pytest.mark.parametrize("done", range(6))
def test_it_goes_on_from_disk_as_if_it_had_never_stopped(tmp_path: Path, begun: int, done: int) -> None:
    """A snapshot that is begun after some acts and whole after more: read again from where it began, the same is counted."""
    kept, file = two_requests(), tmp_path / "t.books"
    for act in acts(kept)[:begun]:
        act()
    since, writing = len(kept.by.told), SnapshotWriting(file, HEAD, kept.books)
    assert not writing.step(0)
    for act in acts(kept)[begun : begun + done]:
        act()
    assert writing.step()
    again, found = OversightBooks(measure_book()), snapshot.read(file, "t", "", HEAD.book)
    assert found is not None
    again.restore(*found[1:])
    questions = Questions("t", again, units("4101"))
    for asked in (AskCases(measure="request-signed", behind="rest", since="2026-03", until="2026-04"), AskWork(group="open")):
        assert isinstance(questions.answer(asked), CaseList), "what is not known yet breaks no answer"
    for act in acts(kept)[begun + done :]:
        act()
    taken(kept, again, since)
    assert counts(again) == counts(kept.books)
    assert set(again.works.columns.rows) == set(kept.books.works.columns.rows)


@pytest.mark.parametrize("at", [3, 40, -40, -1])
def test_a_broken_snapshot_is_told(withdrawn: KeptOrders, tmp_path: Path, at: int) -> None:
    """One byte that was changed anywhere, or a file cut short, is never taken for books."""
    file = tmp_path / "t.books"
    assert SnapshotWriting(file, HEAD, withdrawn.books).step()
    whole = bytearray(file.read_bytes())
    whole[at] ^= 1
    for value in (bytes(whole), bytes(whole[:at])):
        file.write_bytes(value)
        with pytest.raises(UnusableError, match="broken"):
            snapshot.read(file, "t", "", HEAD.book)


@pytest.mark.parametrize(
    ("log", "identity", "book", "what"),
    [("u", "", HEAD.book, "log"), ("t", "ff", HEAD.book, "identity"), ("t", "", "0", "book")],
)
def test_a_snapshot_of_something_else_is_told(
    withdrawn: KeptOrders, tmp_path: Path, log: str, identity: str, book: str, what: str
) -> None:
    """Of another log, of one that was opened anew under its name, or by other measures."""
    file = tmp_path / "t.books"
    assert SnapshotWriting(file, HEAD, withdrawn.books).step()
    with pytest.raises(UnusableError, match=what):
        snapshot.read(file, log, identity, book)
    assert snapshot.read(tmp_path / "none", log, identity, book) is None


def test_a_report_is_known_again_after_a_start_from_disk(withdrawn: KeptOrders, tmp_path: Path) -> None:
    """Of whom it is told is not forgotten at a start; with its order it is."""
    traits = {"nature": "report", "accused": "zz-data"}
    withdrawn.keep(withdrawn.by.filed(hotline_matter(id="request/3", number="3", traits=traits), "c" * 32))
    file = tmp_path / "t.books"
    assert SnapshotWriting(file, HEAD, withdrawn.books).step()
    found = snapshot.read(file, "t", "", HEAD.book)
    assert found is not None
    books = OversightBooks(measure_book())
    books.restore(*found[1:])
    assert books.reports.hidden(frozenset({"zz-data"})) == {"c" * 32}
    withdrawn.act("accept", "receptionist", HOTLINE, "c" * 32)
    withdrawn.send("c" * 32)
    withdrawn.act("withdraw", "leader", HOTLINE, "c" * 32, reason="重复登记")
    withdrawn.books.told(parse_time("2028-06-01T09:00:00+08:00"))
    assert withdrawn.books.reports.hidden(frozenset({"zz-data"})) == frozenset()
