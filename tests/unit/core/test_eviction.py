"""Subjects at rest: packed while nothing changes them, at hand again with all that they were; no result differs for it."""

from operator import itemgetter

import msgspec
import pytest

from agents.core.alerts import entry, memory
from agents.core.alerts import fold as fold_module
from agents.core.alerts.fold import Fold
from streams.messages import encode
from tests.support.pure.day import BOOK, DAY_LOG, TOPIC, WHOLE, requests

CITY = "test.events.service"


def test_rest_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A station that goes to rest whenever nothing came for two records gives the same bytes, acts and gaps included."""
    monkeypatch.setattr(entry, "PATIENCE", 1)
    fold, out, rested = Fold(BOOK, TOPIC, 0), [], 0
    for record in DAY_LOG:
        rested += fold.evicted
        out += fold.run([record])
        fold.snapshot()
    assert rested > 50
    assert [encode(output) for output in out] == WHOLE


def test_a_subject_at_rest_wakes_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines of a subject at rest are met as if it had been at hand."""
    monkeypatch.setattr(entry, "PATIENCE", 0)
    topic = "test.events.service"
    fold, other = Fold(BOOK, topic, 0), Fold(BOOK, topic, 0)
    rested = 0
    for record in requests("unit.410102.test"):
        rested += fold.evicted
        assert fold.run([record]) == other.run([record])
        fold.snapshot()
    assert rested > 50
    assert fold.subjects == other.subjects


@pytest.mark.parametrize("most", [1, 3])
def test_more_subjects_than_there_is_room_for_rest_between_batches(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """However many are judged between two snapshots, no more stay at hand than there is room for; the bytes are the same."""
    monkeypatch.setattr(memory, "LEAST_AT_HAND", 1)
    monkeypatch.setattr(fold_module, "LEAST_AT_HAND", 1)
    monkeypatch.setattr(memory, "most_at_hand", lambda known: most)
    fold, other = Fold(BOOK, CITY, 0), Fold(BOOK, CITY, 0)
    monkeypatch.setattr(other.memory, "relieve", lambda: None)
    units = [record for unit in range(410_102, 410_108) for record in requests(f"unit.{unit}.test")]
    records = [(n, key, value) for n, (_, key, value) in enumerate(sorted(units, key=itemgetter(0)))]
    rested = 0
    for start in range(0, len(records), 7):
        assert fold.run(records[start : start + 7]) == other.run(records[start : start + 7])
        assert fold.known - fold.evicted <= most
        rested += fold.evicted
    assert rested > 50
    assert other.evicted == 0
    assert fold.snapshot() == other.snapshot()
    assert fold.subjects == other.subjects


def test_a_restored_subject_rests_until_it_is_needed() -> None:
    """After a restart nothing is unpacked but what a record is about; what nothing changes for some snapshots rests again."""
    before = Fold(BOOK, TOPIC, 0)
    before.run(DAY_LOG[:10])
    after = Fold(BOOK, TOPIC, 0)
    after.restore(before.snapshot())
    assert (after.known, after.evicted) == (1, 1)
    after.run(DAY_LOG[10:30])
    assert after.evicted == 0
    for _ in range(entry.PATIENCE):
        after.snapshot()
        assert after.evicted == 0
    after.snapshot()
    assert after.evicted == 1


def test_a_registration_stands_once_in_a_checkpoint() -> None:
    """Its bytes are there once; read back it is one object again, also from a checkpoint of before that has it twice."""
    fold = Fold(BOOK, TOPIC, 0)
    fold.run(DAY_LOG[:10])
    (name, subject), *_ = fold.subjects.items()
    assert subject.facts is not None
    assert subject.facts is subject.latest["registered"].data
    (_, packed), position = fold.snapshot()
    assert packed is not None
    assert packed.count(subject.facts.name.zh.encode()) == 1
    twice = msgspec.msgpack.encode(subject)
    assert twice.count(subject.facts.name.zh.encode()) == 2
    for value in (packed, twice):
        restored = Fold(BOOK, TOPIC, 0)
        restored.restore([(name.encode(), value), position])
        again = restored.subjects[name]
        assert again == subject
        assert again.facts is again.latest["registered"].data
