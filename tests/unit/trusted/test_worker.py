"""What the worker does around a stage that verifies: it fetches no book for a forgery, and stays with its own log."""

import asyncio
from collections.abc import Iterable, Sequence

import pytest
from msgspec.structs import replace

from agents.commands.adoption import adoption_bytes
from agents.core.rules.book import Book, BookError
from agents.worker.books import judge_in_parts
from agents.worker.partition_manager import check_log
from streams.command import Trouble
from streams.messages import MINUTE, Adoption, Quality, event_bytes, format_time
from streams.signing.envelope import envelope_bytes
from tests.support.events import START, Record, registered
from tests.support.pure.alarm import BOOK
from tests.support.signed_log import REGISTRAR, RULES, SCREEN, SignedLog, fold, records

ADOPTION = adoption_bytes(Adoption(book=BOOK.hash, by="li", reason="例行更新"), START)


class SpiedBooks:
    """Books of which each is known; what was fetched and compiled."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self.compiled: list[str] = []

    def __call__(self, hash_: str) -> Book:
        """The book of a hash that was fetched."""
        self.compiled.append(hash_)
        if hash_ not in self.fetched:
            raise BookError("not fetched")
        return BOOK

    async def want(self, _log: str, hashes: Iterable[str]) -> None:
        """Fetch these."""
        self.fetched += hashes


def judge(values: Sequence[bytes]) -> tuple[SpiedBooks, list[str], str | None]:
    """Judge a batch as the worker does: the books, why records were refused, the book that the log has adopted."""
    books = SpiedBooks()
    stage, told = fold(books=books), list[str]()

    async def one(batch: Sequence[Record]) -> None:
        told.extend(each.reason for each in stage.run(batch) if isinstance(each, Quality))

    asyncio.run(judge_in_parts(stage, records(values), one, books.want))
    return books, told, stage.adopted


def test_17_a_forged_adoption_fetches_and_compiles_nothing() -> None:
    """Attack 17: unsigned, of one signature where two must be, of a key that may not, of another log: neither happens."""
    log = SignedLog()
    other = SignedLog(nonce="03" * 16)
    forged = {
        "unsigned": ADOPTION,
        "needs-second": log.written(ADOPTION, RULES, "*"),
        "not-its-right": log.written(ADOPTION, SCREEN, "*"),
        "wrong-log": other.both(ADOPTION, RULES),
    }
    books, told, adopted = judge([*log.start, log.tick(START), *forged.values(), log.tick(START + MINUTE)])
    assert told == list(forged)
    assert (books.fetched, books.compiled, adopted) == ([], [], None)


def test_an_adoption_is_fetched_once_what_stands_before_it_is_judged() -> None:
    """The key that signs it stands in the same batch; the forgery before it fetches nothing, nor does the copy after it."""
    log = SignedLog()
    good = log.both(ADOPTION, RULES)
    books, told, adopted = judge([*log.start, log.tick(START), ADOPTION, good, good, log.tick(START + MINUTE)])
    assert told == ["unsigned", "replayed"]
    assert (books.fetched, books.compiled, adopted) == ([BOOK.hash], [BOOK.hash], BOOK.hash)


def test_a_log_never_opened_adopts_as_ever() -> None:
    """Without signatures the book is fetched and adopted."""
    books, told, adopted = judge([registered(), ADOPTION])
    assert (books.fetched, told, adopted) == ([BOOK.hash], [], BOOK.hash)


def test_10_the_worker_stays_with_its_log() -> None:
    """Attack 10: another id is refused at once; none at all once the partition was read to where it ended at the start."""
    log = SignedLog()
    opened, never = fold(), fold()
    opened.run(records(log.start))
    never.run(records([registered()]))
    check_log(log.logid, 10, opened)
    check_log("", 0, never)
    check_log("", 0, opened)
    check_log(log.logid, 2, never)  # it may still be opened
    with pytest.raises(Trouble, match=f"the log's id is {log.logid}, and this part was started for {'ab' * 32}"):
        check_log("ab" * 32, 99, opened)
    with pytest.raises(Trouble, match=r"live\.events\.environment partition 0: the log's id is none, for it was never opened"):
        check_log(log.logid, 1, never)
    with pytest.raises(Trouble, match="never opened"):
        check_log(log.logid, 0, fold())


def test_an_opening_of_strangers_is_refused_by_the_pin() -> None:
    """Whoever opens a log before its roots do owns it for the stage alone: the worker was started for another id."""
    stranger = SignedLog(nonce="04" * 16)
    by = fold()
    by.run(records([envelope_bytes(stranger.opened)]))
    with pytest.raises(Trouble, match="Nothing is judged"):
        check_log(SignedLog().logid, 99, by)


def test_a_stated_fact_of_a_domain_needs_its_registrar() -> None:
    """What the catalogue calls stated is verified, what it calls measured is not even looked at."""
    log = SignedLog()
    report = event_bytes(
        type="environment.operator_report",
        source="t",
        id="r",
        time=format_time(START),
        subject="s",
        data={"step": "reported"},
    )
    _, told, _ = judge([*log.start, log.written(registered(), REGISTRAR), log.tick(START), report])
    assert told == ["unsigned"]
    by = fold()
    by.run(records([*log.start, log.tick(START)]))
    assert "environment.air_hour" in by.plans
    assert {"environment.registered", "environment.operator_report"}.isdisjoint(by.plans)
    assert by.plans.keys() == {name for name, plan in BOOK.plans.items() if plan.measured}
    assert fold().plans is BOOK.plans
    assert replace(BOOK.plans["environment.registered"]).measured is False
