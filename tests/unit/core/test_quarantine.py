"""A rule that raises an exception is put on hold; the others judge on, and a retry after a fix loses and doubles nothing."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.alerts.quarantine import MAX_HELD
from agents.core.rules.book import Book
from agents.domains.environment import judges as environment
from streams.messages import HOUR, MINUTE, Alert, Audit, Quality, Quarantine, digest, encode, format_time
from tests.support.events import START, STATION, Record, act, clean, hour, records, registered, tick
from tests.support.pure.raising import BAD, OWN, book

TOPIC = "live.events.environment"


def day(*, bad: bool = True) -> list[bytes]:
    """Twenty hours of a station, ticks each 20 minutes: two of the bad value, high and flat ozone, hours that are missing."""
    values = [registered(), tick(START)]
    for n in range(1, 21):
        at = START + n * HOUR
        values += [tick(at - 40 * MINUTE), tick(at - 20 * MINUTE), tick(at)]
        if n in {9, 10, 15}:
            continue
        ozone = BAD if bad and n in {5, 12} else 200.0 if n in {3, 4, 6, 7} else 90.0 if n in {16, 17, 18, 19} else 40.0 + n
        values.append(hour(at, o3=ozone, pm25=90 if n in {5, 6} else 20, no2=n))
    return values


def run(with_: Book, values: Iterable[bytes]) -> tuple[Fold, list[Output]]:
    """A fold after these events of the station, and what came out."""
    fold = Fold(with_, TOPIC, 0)
    return fold, fold.run(records(values))


def of(outputs: Iterable[Output], rule: str) -> list[tuple[Any, ...]]:
    """What must be equal of a rule's alert revisions."""
    return [
        (out.id, out.opened_at, out.value, out.state, out.severity, out.active, out.cleared_at, out.occurrence)
        for out in outputs
        if isinstance(out, Alert) and out.rule == rule
    ]


def newest(outputs: Iterable[Output]) -> Quarantine:
    """The newest quarantine record."""
    return [out for out in outputs if isinstance(out, Quarantine)][-1]


def order(outputs: Iterable[Output], **changes: object) -> bytes:
    """A retry of the newest quarantine record."""
    record = newest(outputs)
    return act(record.id, record.occurrence, "retry", **({"id": f"retry-{record.rev}"} | changes))


def moved(fold: Fold, to: Book) -> Fold:
    """The same fold after a restart with another book, through its checkpoint."""
    fold.memory.dirty[:] = fold.memory.entries.values()
    other = Fold(to, TOPIC, 0)
    other.restore(fold.snapshot())
    return other


@pytest.mark.parametrize("name", OWN)
def test_the_other_rules_judge_as_if_it_were_not_there(name: str) -> None:
    """Alerts of the rules before and after the one that raises equal, byte for byte, those of a book without it."""
    _, out = run(book(name, "read"), day())
    _, without = run(book(name, own=False), day())
    others = [encode(each) for each in out if isinstance(each, Alert) and each.rule in {"before", "after"}]
    assert others == [encode(each) for each in without if isinstance(each, Alert)]
    assert len(others) > 3


def test_people_are_told_once_with_all_they_need() -> None:
    """One oversight alert, which may be retried; a record with rule, place, size, traceback; its numbers go on."""
    values = day()
    where = next(n for n, value in enumerate(values) if b'"o3":13.0' in value)
    _, out = run(book("limit", "read"), values)
    (alert,) = [each for each in out if isinstance(each, Alert) and each.rule == "rule-failed"]
    assert (alert.state, alert.severity, alert.department.id, alert.item) == ("B", "orange", "zz-data", "own/o3")
    assert alert.opened_at == format_time(START + 5 * HOUR)
    assert alert.verbs == ("acknowledge", "shelve", "suppress", "remove-from-service", "comment", "retry")
    assert (alert.clause.mark, alert.subject, alert.domain) == ("M", STATION, "environment")
    told = [each for each in out if isinstance(each, Quarantine)]
    assert {each.id for each in told} == {alert.id}
    assert [each.waiting for each in told] == [1, 2, 4, 8]
    first = told[0]
    assert (first.state, first.rule, first.judge, first.place.offset, first.rev) == ("held", "own", "own/o3", where, where)
    assert first.size == len(values[where])
    assert first.traceback.endswith("in read\nZeroDivisionError\n"), "an exception's words may quote the record"
    assert 'File "tests/support/pure/raising.py"' in first.traceback
    assert first.rule_version
    assert first.department == "zz-ee"
    assert encode(first)


@pytest.mark.parametrize(
    ("name", "broken"),
    [("limit", "read"), ("window", "read"), ("rate", "read"), ("flatline", "read"), ("missing", "wake"), ("delayed", "wake")],
)
def test_a_retry_after_a_fix_heals_all(name: str, broken: str) -> None:
    """The rule's alerts equal those of a book that was right from the start, also for what comes after the retry.

    The hours of silence differ: the ticks by which it would have been measured are not held, the moment of the deadline is.
    """
    values, tail = day(), [tick(START + 21 * HOUR), clean(START + 21 * HOUR, o3=300), tick(START + 23 * HOUR)]
    fold, out = run(book(name, broken), values)
    _, right = run(book(name), [*values, *tail])
    assert of(out, "own") != of(right, "own")
    fold = moved(fold, book(name))
    healed = fold.run(records([order(out)], start=len(values)))
    after = fold.run(records(tail, start=len(values) + 1))
    made, wanted = of(out + healed + after, "own"), of(right, "own")
    if name == "missing":
        made, wanted = ([(*each[:2], *each[3:]) for each in side] for side in (made, wanted))
    assert made == wanted
    assert made, "the rule must have alerts to compare"
    assert newest(healed).state == "judged"
    assert fold.subjects[STATION].held is None


def test_the_trail_says_who_and_the_evidence_is_the_old_record() -> None:
    """The retry is in the audit trail with its actor; the alert ends as D, and after an acknowledgement for good."""
    values = day()
    fold, out = run(book("limit", "read"), values)
    fold = moved(fold, book("limit"))
    healed = fold.run(records([order(out, reason="已修复")], start=len(values)))
    told = [each for each in healed if isinstance(each, Audit) and each.alert == newest(out).id]
    assert [(each.event, each.actor.id if each.actor else "", each.reason) for each in told] == [
        ("retry", "zhang", "已修复"),
        ("clear", "", ""),
    ]
    assert all(each.hash == digest(each) for each in told)
    raised = next(each for each in healed if isinstance(each, Alert) and each.rule == "own" and each.occurrence > 1)
    assert raised.rev == raised.place.offset == len(values)
    assert raised.evidence[-1].place.offset < len(values)
    assert raised.evidence[-1].at == format_time(START + 6 * HOUR)
    (known,) = [each for each in fold.subjects[STATION].alerts.values() if each.rule == "rule-failed"]
    assert (known.state, "retry" in known.verbs) == ("D", False)
    ended = fold.run(records([act(newest(out).id)], start=len(values) + 1))
    assert [each.state for each in ended if isinstance(each, Alert)] == ["A"]


def test_a_second_retry_changes_nothing() -> None:
    """The same command again gives nothing at all; another one is refused and changes no alert but its trail."""
    values = day()
    fold, out = run(book("limit", "read"), values)
    fold = moved(fold, book("limit"))
    fold.run(records([order(out)], start=len(values)))
    assert fold.run(records([order(out)], start=len(values) + 1)) == []
    again = fold.run(records([order(out, id="other")], start=len(values) + 2))
    assert [each.event for each in again if isinstance(each, Audit)] == ["refuse"]
    assert of(again, "own") == []
    assert not [each for each in again if isinstance(each, Quarantine)]


def test_what_raises_again_stays_held_from_there_on() -> None:
    """A retry without a fix holds as many as before; with a fix after it everything is judged once."""
    values = day()
    fold, out = run(book("limit", "read"), values)
    waiting = len(fold.subjects[STATION].held["own/o3"].events)  # type: ignore[index]  # it is on hold
    failed = fold.run(records([order(out)], start=len(values)))
    assert (newest(failed).state, newest(failed).waiting) == ("held", waiting)
    fold = moved(fold, book("limit"))
    healed = fold.run(records([order(failed)], start=len(values) + 1))
    _, right = run(book("limit"), values)
    assert of(out + failed + healed, "own") == of(right, "own")


@pytest.mark.parametrize("changes", [{"reason": " "}, {"actor": {"id": "x", "name": "x", "role": "operator"}}])
def test_who_may_not_is_refused(changes: dict[str, Any]) -> None:
    """A retry needs a reason and a role; a refusal is in the trail, and everything stays held."""
    fold, out = run(book("limit", "read"), day())
    refused = fold.run(records([order(out, **changes)], start=len(day())))
    assert [each.event for each in refused if isinstance(each, Audit)] == ["refuse"]
    assert fold.subjects[STATION].held


LOG: list[Record] = list(records(day()))
BROKEN = book("window", "read")
RETRY = order(Fold(BROKEN, TOPIC, 0).run(LOG))
LOG += list(records([RETRY, tick(START + 22 * HOUR)], start=len(LOG)))
WHOLE = [encode(each) for each in Fold(BROKEN, TOPIC, 0).run(LOG)]


@given(cuts=st.lists(st.integers(0, len(LOG)), max_size=6), back=st.integers(0, 40))
def test_a_restart_anywhere_changes_nothing(cuts: list[int], back: int) -> None:
    """With a rule on hold and a retry in the log, cutting and restoring anywhere gives the same bytes."""
    checkpoint: list[tuple[bytes, bytes | None]] = []
    out: list[Output] = []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(LOG)], strict=True):
        fold = Fold(BROKEN, TOPIC, 0)
        fold.restore(checkpoint)
        out += fold.run(LOG[max(0, start - back) : end])
        checkpoint += fold.snapshot()
    assert [encode(each) for each in out] == WHOLE


def test_what_is_held_is_bounded() -> None:
    """After 400 more hours 256 are held, the record tells of the others, and the retry judges those that are held."""
    values = [*day(), *(clean(START + n * HOUR) for n in range(30, 430))]
    values += [registered(at=START + 430 * HOUR)]
    fold, out = run(book("limit", "read"), [value for value in values if b"clock.tick" not in value])
    assert (newest(out).waiting, newest(out).passed) == (MAX_HELD, 0)
    healed = moved(fold, book("limit")).run(records([order(out)], start=len(values)))
    assert (newest(healed).state, newest(healed).passed) == ("judged", 400 + 13 + 1 - MAX_HELD)


def _raises(*_: Any) -> Any:
    raise RuntimeError("broken")


def _strict(data: Any, at: int) -> list[tuple[str, str, str]]:
    return [("DQ-13", "ozone is 13", "$.data.o3")] if data.o3 == BAD else []


def _checked(check: Callable[[Any, int], Any]) -> Book:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(environment.CHECKS, "air_hour", check)
        return book("limit")


def test_a_check_that_raises_is_held_too() -> None:
    """The facts are judged as ever; after the fix the check's quality records are those of a check that was right at once."""
    values = day()
    fold, out = run(_checked(_raises), values)
    _, right = run(_checked(_strict), values)
    assert of(out, "own") == of(right, "own")
    assert newest(out).rule == "check:air_hour"
    healed = moved(fold, _checked(_strict)).run(records([order(out)], start=len(values)))
    found = [each for each in healed if isinstance(each, Quality)]
    assert found == [each for each in right if isinstance(each, Quality)]
    assert len(found) == 2
    assert newest(healed).state == "judged"


def test_a_status_that_raises_tells_nothing() -> None:
    """The wall gets the subject without the values of the function that raises."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(environment.STATUS, "air_hour", _raises)
        fold, _ = run(book("limit"), day())
        (status,) = fold.statuses(10)
    assert (status.subject, status.values) == (STATION, {})
