"""The fold of one partition: bad input is owned, nothing is judged twice, and a restart changes nothing."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from streams.messages import HOUR, MINUTE, Alert, Quality, encode, format_time
from tests.support.events import START, STATION, act, hour, records, registered, tick
from tests.support.pure.day import BOOK, DAY_LOG, TOPIC, WHOLE, aired, requests


def fold_of(*values: bytes) -> tuple[Fold, list[Output]]:
    """A fold that has judged these records of STATION, and what came out."""
    fold = Fold(BOOK, TOPIC, 0)
    return fold, fold.run(records(values))


def flaw(*values: bytes) -> Quality:
    """The one quality record that the last of these values makes."""
    _, out = fold_of(registered(), tick(START), *values)
    (found,) = [output for output in out if isinstance(output, Quality)]
    return found


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        (b"\xff\x00 no json", "not-json", ""),
        (b"", "not-json", ""),
        (b'{"x":' * 10_000, "not-json", ""),
        (b'{"specversion":"1.0","id":"1"}', "not-cloudevent", "$.source"),
        (
            b'{"specversion":"0.3","id":"1","source":"s","type":"t","time":"2026-06-01T08:00:00Z"}',
            "not-cloudevent",
            "$.specversion",
        ),
        (b'{"specversion":"1.0","id":7,"source":"s","type":"t","time":"x"}', "not-cloudevent", "$.id"),
        (aired(kind="environment.moon_phase"), "unknown-type", "$.type"),
        (aired(time="2026-06-01T08:00:00"), "bad-time", "$.time"),
        (aired(time="yesterday"), "bad-time", "$.time"),
        (aired(data={"o3": "forty"}), "malformed-data", "$.data.o3"),
        (aired(data={"o3": -1}), "out-of-range", "$.data.o3"),
        (aired(data={"pm25": 10_001}), "out-of-range", "$.data.pm25"),
        (aired(time=format_time(START + 6 * MINUTE)), "future", "$.time"),
        (aired(time=format_time(START - HOUR - MINUTE)), "late", "$.time"),
        (act("0" * 32), "unknown-alert", "$.data.alert"),
        (b" " * 65_537, "too-big", ""),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_bad_input_becomes_a_record_with_reason_and_field(value: bytes, reason: str, field: str) -> None:
    """Each kind of bad input gives one quality record that names its reason, its field, its owner, its place and its size."""
    found = flaw(value)
    assert (reason, field) == (found.reason, found.field)
    assert (found.place.topic, found.place.partition, found.place.offset) == (TOPIC, 0, 2)
    assert found.owner in {"zz-ee", "zz-data"}
    assert len(value) == found.size


def test_unregistered_subject_and_wrong_key_are_refused() -> None:
    """A reading of a subject that no register knows, and a record whose key is not its subject, become quality records."""
    stranger = "air.410100.nobody"
    fold, _ = fold_of(registered(), tick(START))
    (unknown,) = fold.run([(2, stranger.encode(), aired(subject=stranger))])
    (keyless,) = fold.run([(3, b"other", aired())])
    assert isinstance(unknown, Quality)
    assert isinstance(keyless, Quality)
    assert (unknown.reason, unknown.rule, unknown.subject) == ("unregistered", "DQ-08", "")
    assert keyless.reason == "key-mismatch"


def test_a_second_copy_changes_nothing_and_other_data_conflict() -> None:
    """DQ-03 and DQ-04: the same hour twice is a duplicate, the same hour with another value a conflict; the first stands."""
    assert ((copy := flaw(hour(START, o3=41), hour(START, o3=41))).reason, copy.rule) == ("duplicate", "DQ-03")
    assert ((other := flaw(hour(START, o3=41), hour(START, o3=999))).reason, other.rule) == ("conflict", "DQ-04")
    fold, out = fold_of(registered(), tick(START), hour(START, o3=41), hour(START, o3=999))
    assert not [output for output in out if isinstance(output, Alert)]
    assert fold.subjects[STATION].latest["air_hour"].data.o3 == 41


def test_ten_thousand_random_byte_strings_make_ten_thousand_records() -> None:
    """Random bytes never stop the fold, and none of them is lost: as many quality records as byte strings."""
    dice = random.Random(20260601)
    noise = [dice.randbytes(dice.randrange(200)) for _ in range(10_000)]
    _, out = fold_of(registered(), tick(START), *noise)
    assert len({output.id for output in out if isinstance(output, Quality)}) == 10_000


def test_the_day_has_something_to_compare() -> None:
    """The log used below makes raises, acknowledgements, returns, refusals and quality records."""
    text = b"\n".join(WHOLE)
    assert all(f'"event":"{event}"'.encode() in text for event in ("raise", "acknowledge", "clear", "re-alarm"))
    assert b'"reason":"duplicate"' in text


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, len(DAY_LOG)), max_size=6), back=st.integers(0, 40))
def test_a_restart_anywhere_changes_nothing(cuts: list[int], back: int) -> None:
    """Cutting the log anywhere, restoring from checkpoints and reading some records again gives the same bytes."""
    checkpoint: list[tuple[bytes, bytes | None]] = []
    out: list[Output] = []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(DAY_LOG)], strict=True):
        fold = Fold(BOOK, TOPIC, 0)
        fold.restore(checkpoint)
        out += fold.run(DAY_LOG[max(0, start - back) : end])
        checkpoint += fold.snapshot()
    assert [encode(output) for output in out] == WHOLE


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, len(DAY_LOG)), max_size=6))
def test_batches_do_not_matter(cuts: list[int]) -> None:
    """However the log is cut into batches, the outputs are the same bytes."""
    fold = Fold(BOOK, TOPIC, 0)
    out: list[Output] = []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(DAY_LOG)], strict=True):
        out += fold.run(DAY_LOG[start:end])
    assert [encode(output) for output in out] == WHOLE


@settings(max_examples=200, deadline=None)
@given(value=st.binary(max_size=300) | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(encode))
def test_no_bytes_make_the_fold_raise(value: bytes) -> None:
    """Whatever the bytes are, the fold goes on and moves its position by one."""
    fold, _ = fold_of(registered(), tick(START))
    before = fold.position
    fold.run([(before, STATION.encode(), value)])
    assert before + 1 == fold.position


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2200-01-02T00:00:00Z"])
def test_a_time_that_nothing_can_have_is_refused(time: str) -> None:
    """A time at the edge of what a calendar can hold is a bad time, before the first tick as after it."""
    _, out = fold_of(registered(), aired(time=time))
    assert [output.reason for output in out if isinstance(output, Quality)] == ["bad-time"]


def test_what_a_subject_remembers_is_bounded() -> None:
    """Too long a name, subject or reason is refused, so a checkpoint never grows past a message."""
    assert flaw(registered("air.410100.long", name="长" * 200_000)).reason == "too-big"
    assert flaw(registered("air.410100.long", name="长" * 201)).field == "$.data.name.zh"
    assert flaw(act("0" * 32, reason="因" * 2_001)).field == "$.data.reason"
    fold, _ = fold_of(registered(), tick(START))
    subject = "s" * 201
    (found,) = fold.run([(2, subject.encode(), aired(subject=subject))])
    assert isinstance(found, Quality)
    assert (found.reason, found.field) == ("not-cloudevent", "$.subject")


def test_each_subject_is_awaited_about_once() -> None:
    """A far deadline behind hundreds of near ones is not noted anew after each; a fold made anew at each tick says the same."""
    topic = "test.events.service"
    fold = fresh = Fold(BOOK, topic, 0)
    items: dict[bytes, bytes | None] = {}
    for offset, key, value in requests("unit.410102.test"):
        known = fold.run([(offset, key, value)])
        if key is None:
            assert len(fold.memory.wakes) <= 2 * fold.known
            items |= dict(fresh.snapshot())
            fresh = Fold(BOOK, topic, 0)
            fresh.restore(items.items())
        assert known == fresh.run([(offset, key, value)])
