"""What the worker does around a stage that verifies: it fetches no book for a forgery, and stays with its own log."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import cast

import pytest
from aiokafka import AIOKafkaProducer

from agents.commands.adoption import adoption_bytes
from agents.core.incidents.fold import Incidents
from agents.core.position import TRUST
from agents.core.rules.book import Book, BookError
from agents.rulebook import book_cache
from agents.rulebook.book_cache import text_bytes
from agents.rulebook.grouping import sound_grouping
from agents.stages import kind_of
from agents.worker.books import judge_in_parts
from agents.worker.publish import publish
from agents.worker.recovery import check_log
from agents.worker.transport.output_queue import OutputQueue
from streams.command import Trouble
from streams.messages import MINUTE, Adoption, Quality, TextAdoption, event_bytes, format_time
from streams.signing.envelope import envelope_bytes
from streams.signing.preimage import book_digest
from streams.signing.state import trust_bytes
from tests.support.events import START, Record, clean, registered
from tests.support.pure.alarm import BOOK
from tests.support.signed_log import REGISTRAR, RULES, SCREEN, VERIFY, WORKER, SignedLog, fold, records

PLAIN = adoption_bytes(Adoption(book=BOOK.hash, by="li", reason="例行更新"), START)
TEXT = text_bytes(BOOK)
DIGEST = book_digest("sha256", TEXT)
NAME = f"{BOOK.hash} {DIGEST}"
ADOPTION = adoption_bytes(TextAdoption(book=BOOK.hash, by="li", reason="例行更新", digest=DIGEST), START)


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
    assert (books.fetched, books.compiled, adopted) == ([NAME], [NAME], NAME)


def test_a_log_never_opened_adopts_as_ever() -> None:
    """Without signatures the book is fetched and adopted."""
    books, told, adopted = judge([registered(), PLAIN])
    assert (books.fetched, told, adopted) == ([BOOK.hash], [], BOOK.hash)


@pytest.mark.parametrize("digest", [None, "sm3:" + "0" * 64, "0" * 64])
def test_an_adoption_that_names_no_text_is_refused(digest: str | None) -> None:
    """In an opened log it must have the digest of the text, by the log's hash; else nothing is fetched or compiled."""
    log, given = SignedLog(), {"digest": digest} if digest else {}
    data = {"book": BOOK.hash, "by": "li", **given}
    adoption = event_bytes(type="book.adopted", source="t", id="1", time=format_time(START), data=data)
    books, told, adopted = judge([*log.start, log.tick(START), log.both(adoption, RULES)])
    assert (told, books.fetched, books.compiled, adopted) == (["malformed-data"], [], [], None)


def test_another_text_than_the_one_adopted_is_not_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of the same hash and meaning in other bytes is refused before it is compiled; the book before judges on."""
    log, compiled = SignedLog(), list[str]()

    def spied(hash_: str, _: bytes) -> Book:
        compiled.append(hash_)
        return BOOK

    monkeypatch.setattr(book_cache, "compiled", spied)
    other = TEXT + b" "
    stage = fold(books=book_cache.BookCache({BOOK.hash: other}))
    values = [*log.start, log.tick(START), log.both(ADOPTION, RULES)]
    assert [each.reason for each in stage.run(records(values)) if isinstance(each, Quality)] == ["unusable-book"]
    assert (compiled, stage.adopted) == ([], None)
    good = fold(books=book_cache.BookCache({BOOK.hash: TEXT}))
    assert (list(good.run(records(values))), compiled, good.adopted) == ([], [BOOK.hash], NAME)
    again = fold(books=book_cache.BookCache({BOOK.hash: other}))
    with pytest.raises(BookError, match="is not the one that was adopted"):
        again.restore(good.snapshot())
    assert NAME in book_cache.BookCache({BOOK.hash: TEXT})
    assert NAME not in book_cache.BookCache({BOOK.hash: other})


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


class FakeProducer:
    """A producer that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int, bytes, bytes]] = []

    async def partitions_for(self, _topic: str) -> set[int]:
        """One partition."""
        return {0}

    def create_batch(self) -> "FakeBatch":
        """A batch of records."""
        return FakeBatch()

    async def send_batch(self, batch: "FakeBatch", topic: str, *, partition: int) -> asyncio.Future[None]:
        """Keep a batch, which is written at once."""
        self.sent += [(topic, partition, *item) for item in batch.items]
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


class FakeBatch:
    """A batch with room for everything."""

    def __init__(self) -> None:
        self.items: list[tuple[bytes, bytes]] = []

    def append(self, key: bytes, value: bytes, timestamp: None) -> bool:  # noqa: ARG002 - as aiokafka's
        """Add a record."""
        self.items.append((key, value))
        return True

    def record_count(self) -> int:
        """How many there are."""
        return len(self.items)


def test_what_feeds_another_stage_is_signed_and_nothing_else() -> None:
    """Revisions for the incidents go out with the worker's signature, for that stage; the stage takes them."""
    log, to = SignedLog(), FakeProducer()
    stage = fold()
    outputs = stage.run(records([*log.start, log.written(registered(), REGISTRAR), log.tick(START), clean(START, o3=230)]))
    asked: list[str] = []

    def sign(value: bytes, place: str) -> bytes:
        asked.append(place)
        return log.written(value, WORKER, place)

    async def written() -> None:
        await asyncio.gather(*await publish(OutputQueue(cast("AIOKafkaProducer", to)), stage, outputs, sign))

    asyncio.run(written())
    fed = [(key, value) for topic, _, key, value in to.sent if topic == "live.events.incidents"]
    assert asked == ["events.incidents"] * len(fed) != []
    assert all((b'"sigkid"' in value) == (topic == "live.events.incidents") for topic, _, _, value in to.sent)
    second = Incidents(sound_grouping(BOOK.rules), "live.events.incidents", 0, verify=VERIFY)
    second.run(records(log.start))
    out = second.run([(second.position + n, key, value) for n, (key, value) in enumerate(fed)])
    assert not [each for each in out if isinstance(each, Quality)]
    assert second.known == 1


@pytest.mark.parametrize("topic", ["live.events.environment", "live.events.incidents"])
def test_the_trust_in_a_checkpoint_looks_like_ours(topic: str) -> None:
    """What a stage has written under its key is read back, what somebody else wrote there is passed over."""
    legible = kind_of(topic).legible
    assert legible(TRUST, trust_bytes(fold().trust))
    assert legible(TRUST, b'{"format":9}')  # of a later release: refused in a sentence, not passed over
    for value in (b"", b"\xff", b"[]", b"{}", b"7", b'{"format":'):
        assert not legible(TRUST, value)
