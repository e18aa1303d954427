"""Forgetting: by two persons, after grace, never under a hold, done once whatever ends the process, again after a restore."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from streams.keeper.disk import twofold
from streams.keeper.errors import AwayError, KeeperError
from streams.messages import decode_event
from tests.support.pure.keeper import (
    ELSEWHERE,
    FAMILY,
    HOUR,
    OWN,
    SIGNER,
    STAGE,
    Kept,
    Killed,
    MemoryLog,
    forget,
    kinds,
    order,
)
from tests.support.signing import BEGIN

GRACE = 72 * HOUR


@pytest.fixture
def log() -> MemoryLog:
    """A log in memory, opened by its roots."""
    return MemoryLog()


@pytest.fixture
def kept(tmp_path: Path, log: MemoryLog) -> Iterator[Kept]:
    """A keeper that runs."""
    found = Kept(tmp_path, log)
    yield found
    found.close()


def destroyed(log: MemoryLog) -> list[tuple[str, str]]:
    """Subject and id of each destruction that the orders' topic tells."""
    events = [decode_event(value) for value in log.values("forgets")]
    return [(event.subject, event.id) for event in events if event.type == "personal.destroyed"]


def test_forgotten_after_grace(kept: Kept, log: MemoryLog) -> None:
    """Until 72 h after the order the text opens; then key and text are gone, the family is told, the answer is `deleted`."""
    reference, other = kept.seal(), kept.seal("别处", family=ELSEWHERE)
    log.write("forgets", *forget())
    kept.work()
    log.tick = BEGIN + GRACE - 1
    kept.work()
    assert kept.open(reference) == ("open", "请尽快处理")
    log.tick = BEGIN + GRACE
    kept.work()
    assert kept.open(reference) == ("deleted", "")
    assert list(log.newest()) == [other.digest]
    assert kept.open(other, family=ELSEWHERE) == ("open", "别处")
    assert kinds(log, STAGE) == ["personal.accepted", "personal.destroyed"]
    assert kinds(log, "forgets") == ["personal.forget", "personal.accepted", "personal.destroyed"]
    kept.work()
    assert len(destroyed(log)) == 1


def test_nothing_of_it_is_left_in_either_file(kept: Kept, log: MemoryLog, tmp_path: Path) -> None:
    """Neither file, nor its journal, has the wrapped key any more."""
    kept.seal()
    ((wrapped,),) = kept.store.base.read("select wrapped from key")
    log.write("forgets", *forget())
    kept.work()
    log.tick = BEGIN + GRACE
    kept.work()
    for path in [*(tmp_path / "store").iterdir(), *(tmp_path / "copy").iterdir()]:
        assert wrapped not in path.read_bytes()


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (order("personal.forget", "f1"), "needs-second"),
        (order("personal.forget", "f1", OWN["lw"]), "needs-second"),
        (order("personal.forget", "f1", OWN["zj"], actor={"id": "lw", "role": "viewer"}), "not-its-right"),
        (order("personal.forget", "f1", OWN["zj"], hand=OWN["lw"], actor={"id": "xy", "role": "admin"}), "not-its-right"),
        (order("personal.forget", "f1", OWN["zj"], at=BEGIN - 2 * HOUR), "stale"),
        (order("personal.forget", "f1", OWN["zj"], reason="他说的话"), "malformed-data"),
        ((FAMILY, order("personal.forget", "f1", OWN["zj"], family=ELSEWHERE)[1]), "wrong-place"),
        (order("personal.release", "r1"), "needs-second"),
    ],
    ids=["one person", "the same twice", "a clerk", "a false name", "old", "a text", "another key", "one person releases"],
)
def test_an_order_that_is_not_believed(kept: Kept, log: MemoryLog, record: tuple[str, bytes], reason: str) -> None:
    """It does nothing and is told by its reason; handed over the socket it is not even written."""
    reference = kept.seal()
    log.write("forgets", *record)
    kept.work()
    log.tick = BEGIN + 2 * GRACE
    kept.work()
    assert [facts["reason"] for what, facts in kept.told if what == "order not believed"] == [reason]
    assert kept.open(reference)[0] == "open"


GARBAGE = [b"{}", b"null", b"\xff", b"[" * 60_000, b'{"specversion":"1.0"}', b'{"id":' + b"9" * 5_000 + b"}", b"x" * 70_000]


@pytest.mark.parametrize("topic", ["forgets", "keys"])
def test_garbage_stops_nothing(tmp_path: Path, log: MemoryLog, topic: str) -> None:
    """Whatever anybody writes into the topics that the keeper reads: it starts, runs, and does what was ordered."""
    for value in GARBAGE:
        log.write(topic, FAMILY, value)
    log.write("forgets", *forget())
    kept = Kept(tmp_path, log)
    reference = kept.seal()
    for value in GARBAGE:
        log.write(topic, FAMILY, value)
    kept.work()
    log.tick = BEGIN + GRACE
    kept.work()
    assert kept.open(reference)[0] == "deleted"
    kept.close()


def test_what_was_not_believed_is_not_believed_later(tmp_path: Path, log: MemoryLog) -> None:
    """An order of a time that has not come is refused, and stays so when that time has come and the keeper starts again."""
    kept = Kept(tmp_path, log)
    kept.seal()
    log.write("forgets", *forget(at=BEGIN + HOUR))
    kept.work()
    assert [facts["reason"] for _, facts in kept.told] == ["future"]
    kept.close()
    log.tick = BEGIN + HOUR
    after = Kept(tmp_path, log)
    after.work()
    assert (after.told, after.forgetting.ledger.state("f1")) == ([], "")
    after.close()


def test_a_start_tells_nothing_of_what_is_done(tmp_path: Path, log: MemoryLog) -> None:
    """Orders of last week are known, though they would be too old now: nothing is refused, told or written again."""
    kept = Kept(tmp_path, log)
    kept.seal()
    log.write("forgets", *forget())
    kept.work()
    log.tick = BEGIN + GRACE
    kept.work()
    kept.close()
    written = kinds(log, "forgets")
    after = Kept(tmp_path, log)
    after.work()
    assert (after.told, kinds(log, "forgets")) == ([], written)
    after.close()


def test_another_log_is_not_read(tmp_path: Path, log: MemoryLog) -> None:
    """A keeper that was started for one log's id does not start with the roots' events of another, or with none."""
    log.topics["keys"].clear()
    with pytest.raises(KeeperError, match="was never opened"):
        Kept(tmp_path, log)


def test_a_hold_refuses(kept: Kept, log: MemoryLog) -> None:
    """One person holds; under it an order is refused; two release, and it may be ordered anew."""
    reference = kept.seal()
    for id_, record in (
        ("h1", order("personal.hold", "h1", reason="litigation")),
        ("f1", forget("f1")),
        ("r1", order("personal.release", "r1", OWN["zj"])),
        ("f2", forget("f2")),
    ):
        log.write("forgets", *record)
        kept.work()
        assert kept.forgetting.ledger.state(id_)
    log.tick = BEGIN + GRACE
    kept.work()
    assert [kept.forgetting.ledger.state(id_) for id_ in ("f1", "f2")] == ["refused", "done"]
    assert kept.open(reference)[0] == "deleted"


def test_a_hold_within_grace_refuses(kept: Kept, log: MemoryLog) -> None:
    """What is held when it would be destroyed is kept, and the order is over."""
    reference = kept.seal()
    log.write("forgets", *forget())
    log.write("forgets", *order("personal.hold", "h1", reason="litigation"))
    kept.work()
    log.tick = BEGIN + GRACE
    kept.work()
    assert kept.forgetting.ledger.state("f1") == "refused"
    assert kept.open(reference)[0] == "open"


def test_cancelled_within_grace(kept: Kept, log: MemoryLog) -> None:
    """One person takes an order back; afterwards there is nothing to take back."""
    reference = kept.seal()
    log.write("forgets", *forget())
    log.write("forgets", *order("personal.cancel", "c1", forget="f1", reason="mistake"))
    log.write("forgets", *order("personal.cancel", "c2", forget="f1", reason="mistake"))
    kept.work()
    log.tick = BEGIN + GRACE
    kept.work()
    assert [kept.forgetting.ledger.state(id_) for id_ in ("f1", "c1", "c2")] == ["cancelled", "done", "refused"]
    assert kept.open(reference)[0] == "open"


def test_so_many_families_a_day(tmp_path: Path, log: MemoryLog) -> None:
    """Of many families of one person four a day are destroyed, each once, and the rest waits for the next day."""
    kept = Kept(tmp_path, log, most=4)
    person = kept.store.person("caller", "13800138000", BEGIN)
    for n in range(10):
        kept.seal(family=f"{STAGE}/站-{n}", person=person)
    log.write("forgets", *forget(person=person))
    kept.work()
    ended = []
    for day in range(4):
        log.tick = BEGIN + GRACE + day * 24 * HOUR
        kept.work()
        kept.work()
        ended.append(len(destroyed(log)))
    assert ended == [4, 8, 10, 10]
    assert kept.store.is_gone(person)
    assert len(set(destroyed(log))) == 10
    kept.close()


def test_a_state_secret_waits_for_nothing(kept: Kept, log: MemoryLog) -> None:
    """The keys of the class `secret` are destroyed with the order, the others of the family after grace."""
    secret, plain = kept.seal(class_="secret"), kept.seal(id="e2")
    log.write("forgets", *forget())
    kept.work()
    assert kept.store.row(secret.kid) is None
    assert kept.store.row(plain.kid) is not None
    log.tick = BEGIN + GRACE
    kept.work()
    assert kept.store.row(plain.kid) is None


def test_parties_alone(kept: Kept, log: MemoryLog) -> None:
    """Forgetting the caller leaves the office's text."""
    caller, office = kept.seal(), kept.seal("已派单", party="office")
    log.write("forgets", *forget(parties=["caller"]))
    kept.work()
    log.tick = BEGIN + GRACE
    kept.work()
    assert (kept.open(caller)[0], kept.open(office)[0]) == ("deleted", "open")


def test_a_person_is_somebody_else_afterwards(kept: Kept, log: MemoryLog) -> None:
    """The same number is the same pseudonym until it is forgotten, in one purpose alone; then it is a new one."""
    first = kept.store.person("caller", "13800138000", BEGIN)
    assert kept.store.person("caller", " 13800138000 ", BEGIN) == first
    assert kept.store.person("owner", "13800138000", BEGIN) != first
    log.write("forgets", *forget(person=first))
    kept.work()
    log.tick = BEGIN + GRACE
    kept.work()
    assert kept.store.person("caller", "13800138000", BEGIN) not in {first, ""}


def dying_at(number: int, log: MemoryLog, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the process end at the n-th of all its writes, to the log or to the store; what it gives lets it live again."""
    steps = count()

    def step(*_: object) -> None:
        if next(steps) == number:
            raise Killed

    do = twofold.Change.do
    commit = twofold.Twofold.wipe
    log.before = step
    monkeypatch.setattr(twofold.Change, "do", lambda self, *given: (step(), do(self, *given))[1])
    monkeypatch.setattr(twofold.Twofold, "wipe", lambda self: (step(), commit(self))[1])

    def live() -> None:
        log.before = lambda _: None
        monkeypatch.setattr(twofold.Change, "do", do)
        monkeypatch.setattr(twofold.Twofold, "wipe", commit)

    return live


def test_killed_at_each_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the process ends, its successor ends the work: keys and texts gone, everything told with the same id."""
    for number in range(200):
        log, folder = MemoryLog(), tmp_path / str(number)
        kept = Kept(folder, log)
        references = [kept.seal(), kept.seal(id="e2")]
        log.write("forgets", *forget())
        live, died = dying_at(number, log, monkeypatch), False
        try:
            kept.work()
            log.tick = BEGIN + GRACE
            kept.work()
        except Killed:
            died = True
        live()
        kept.close()
        log.tick = BEGIN
        after = Kept(folder, log)
        after.work()
        log.tick = BEGIN + GRACE
        after.work()
        assert [after.open(each)[0] for each in references] == ["deleted", "deleted"], number
        assert log.newest() == {}
        for topic in ("forgets", STAGE):
            told = [(decode_event(value).id, decode_event(value).data) for value in log.values(topic)]
            assert len({id_ for id_, _ in told}) == len({(id_, bytes(data)) for id_, data in told}), number
            assert sum(id_.startswith("f1-destroyed") for id_ in {id_ for id_, _ in told}) == 1
        after.close()
        if not died:
            break
    assert number > 10


def test_kafka_away_at_each_write(tmp_path: Path) -> None:
    """Where Kafka does not take a record nothing is lost: the same process goes on when it is back."""
    for number in range(50):
        log = MemoryLog()
        kept = Kept(tmp_path / str(number), log)
        reference = kept.seal()
        log.write("forgets", *forget())
        steps, failed = count(), []

        def before(_: str, steps: Iterator[int] = steps, failed: list[int] = failed, number: int = number) -> None:
            if next(steps) == number:
                failed.append(number)
                raise AwayError("away")

        log.before = before
        for tick in (BEGIN, BEGIN, BEGIN + GRACE, BEGIN + GRACE):
            log.tick = tick
            try:
                kept.work()
            except AwayError:
                kept.work()
        assert kept.open(reference)[0] == "deleted", number
        assert kept.forgetting.ledger.state("f1") == "done"
        kept.close()
        if not failed:
            break
    assert number > 3


def test_restored_from_a_backup(tmp_path: Path, log: MemoryLog) -> None:
    """A store from before the destruction forgets again before it opens; one from before the order finds it in the log."""
    kept = Kept(tmp_path / "a", log)
    reference = kept.seal()
    shutil.copytree(tmp_path / "a", tmp_path / "before the order")
    log.write("forgets", *forget())
    kept.work()
    log.tick = BEGIN + HOUR
    shutil.copytree(tmp_path / "a", tmp_path / "within grace")
    for name in ("within grace", "before the order"):
        early = Kept(tmp_path / name, log)
        assert early.open(reference)[0] == "open"
        assert list(early.forgetting.ledger.pending()) == list(kept.forgetting.ledger.pending())
        early.close()
    log.tick = BEGIN + GRACE
    kept.work()
    kept.close()
    for name in ("within grace", "before the order"):
        again = Kept(tmp_path / name, log)
        assert again.store.rows() == []
        assert again.open(reference)[0] == "deleted"
        again.work()
        assert len(destroyed(log)) == 1
        again.close()


def test_what_others_say_is_not_the_keepers_word(kept: Kept, log: MemoryLog) -> None:
    """A `personal.destroyed` under another key destroys nothing."""
    reference = kept.seal()
    gone = {"forget": "f1", "family": FAMILY, "kids": [reference.kid], "epoch": 1, "backupsdead": "2026-06-08T08:00:00+08:00"}
    subject, value = order("personal.destroyed", "x", hand=SIGNER, **gone)
    log.write("forgets", subject, value)
    kept.work()
    assert kept.open(reference)[0] == "open"


def test_the_second_file_stands_in_for_the_first(tmp_path: Path, log: MemoryLog) -> None:
    """A store whose first file is lost, spoilt or of last week goes on with the copy, and the other way round."""
    kept = Kept(tmp_path, log)
    reference = kept.seal()
    kept.close()
    old = (tmp_path / "store" / "keeper.db").read_bytes()
    kept = Kept(tmp_path, log)
    other = kept.seal(party="office")
    kept.close()
    for name, value in (("store", None), ("store", b"garbage" * 1_000), ("store", old), ("copy", None), ("copy", old)):
        path = tmp_path / name / "keeper.db"
        if value is None:
            path.unlink()
        else:
            path.write_bytes(value)
        kept = Kept(tmp_path, log)
        assert [kept.open(each)[0] for each in (reference, other)] == ["open", "open"], (name, value and value[:8])
        kept.close()
        files = [sqlite3.connect(tmp_path / each / "keeper.db") for each in ("store", "copy")]
        assert files[0].execute("select * from key").fetchall() == files[1].execute("select * from key").fetchall()
        for file in files:
            file.close()
