"""The life of an alarm, against the table of ANSI/ISA-18.2-2016 written here by hand."""

from itertools import product

import pytest
from msgspec.structs import replace

from agents.core import alarm
from agents.core.alarm import Cause
from agents.core.book import load_book
from agents.core.fold import Fold
from agents.core.judge import Finding
from streams.messages import HOUR, Act, Actor, Alert, Audit, Place
from tests.events import START, SUPERVISOR, act, clean, records, registered, tick

CAUSE = Cause(place=Place("test.events.environment", 0, 99), value=b"{}", at=START, now=START)

# from, step → to; rows 1 to 7 of the state table; what is not here must not happen
ROWS = {
    ("A", "raise"): "B",
    ("B", "acknowledge"): "C",
    ("C", "clear"): "A",
    ("B", "clear"): "D",
    ("D", "acknowledge"): "A",
    ("D", "re-alarm"): "B",
    ("C", "re-alarm"): "B",
}


def raised() -> Alert:
    """One real alert, raised by an hour of ozone above its limit."""
    fold = Fold(load_book(), "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), clean(START, o3=230)]))
    return next(output for output in out if isinstance(output, Alert) and output.rule == "gas-hourly")


def in_state(state: str) -> Alert:
    """The same alert in another state."""
    return replace(raised(), state=state, verbs=alarm.VERBS[state], active=state in "BC")  # type: ignore[index]


@pytest.mark.parametrize(("state", "step"), list(product("ABCD", ("raise", "clear", "re-alarm", "acknowledge"))))
def test_table_holds_rows_one_to_seven_and_nothing_else(state: str, step: str) -> None:
    """A pair of state and step leads where the standard's row says, and pairs without a row are absent."""
    assert ROWS.get((state, step)) == alarm.TABLE.get((state, step))  # type: ignore[call-overload]


@pytest.mark.parametrize(("before", "after"), [("B", "C"), ("D", "A")])
def test_acknowledge_silences_and_names_who_and_why(before: str, after: str) -> None:
    """Rows 2 and 5: an acknowledgement moves B to C and D to A, and the alert carries the person and the reason."""
    changed, entry = alarm.acted(in_state(before), "acknowledge", _act(), CAUSE)
    assert changed.note is not None
    assert (after, "张值班", "已到现场") == (changed.state, changed.note.actor.name, changed.note.reason)
    assert ("acknowledge", before, after) == (entry.event, entry.before, entry.after)


@pytest.mark.parametrize(
    ("state", "changes", "word"),
    [
        ("C", {}, "state C"),
        ("B", {"occurrence": 2}, "occurrence"),
        ("B", {"reason": "  "}, "reason"),
        ("B", {"actor": Actor(id="v", name="看客", role="viewer")}, "viewer"),
    ],
    ids=["twice", "other occurrence", "no reason", "no right"],
)
def test_an_act_that_may_not_be_is_refused_and_audited(state: str, changes: dict[str, object], word: str) -> None:
    """A refused act changes neither state nor note; the trail says who asked for what and why it was refused."""
    before = in_state(state)
    after, entry = alarm.acted(before, "acknowledge", replace(_act(), **changes), CAUSE)
    assert (before.state, before.note) == (after.state, after.note)
    assert (entry.event, entry.verb) == ("refuse", "acknowledge")
    assert word in entry.reason


def test_a_return_and_a_new_excess_are_a_new_occurrence() -> None:
    """Row 6: D becomes B again as occurrence 2, so an acknowledgement of occurrence 1 does not cover it."""
    returned, _ = alarm.found(in_state("B"), Finding(active=False), "orange", CAUSE)
    again, entry = alarm.found(returned, Finding(active=True, value=240, limit=200), "orange", CAUSE)
    assert (returned.state, again.state, again.occurrence) == ("D", "B", 2)
    assert entry is not None
    refused, why = alarm.acted(again, "acknowledge", _act(), CAUSE)
    assert (refused.state, why.event) == ("B", "refuse")


def test_an_acknowledged_alarm_that_gets_worse_asks_again() -> None:
    """Row 7: severity up in C re-alarms; severity down does not."""
    worse, entry = alarm.found(in_state("C"), Finding(active=True, value=900), "red", CAUSE)
    assert entry is not None
    assert (worse.state, worse.severity, entry.event) == ("B", "red", "re-alarm")
    better, entry = alarm.found(in_state("C"), Finding(active=True, value=210), "blue", CAUSE)
    assert entry is not None
    assert (better.state, better.severity, entry.event) == ("C", "blue", "severity")


def test_trail_is_a_chain() -> None:
    """Each audit entry names the hash of the one before it, the first one 64 zeros; every hash is that of its entry."""
    fold = Fold(load_book(), "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), clean(START, o3=230)]))
    alert = next(output for output in out if isinstance(output, Alert) and output.rule == "gas-hourly")
    more = [act(alert.id), act(alert.id, id="again"), tick(START + HOUR), clean(START + HOUR)]
    out += fold.run(records(more, start=3))
    trail = [output for output in out if isinstance(output, Audit) and output.alert == alert.id]
    assert [entry.event for entry in trail] == ["raise", "acknowledge", "refuse", "clear"]
    assert [entry.n for entry in trail] == [1, 2, 3, 4]
    assert [entry.prev for entry in trail] == ["0" * 64, *(entry.hash for entry in trail[:-1])]
    assert all(entry.hash == alarm.digest(entry) for entry in trail)


def test_an_act_after_the_end_is_refused_in_the_same_trail() -> None:
    """An acknowledgement of an alert that has ended is refused, and the refusal continues its chain."""
    fold = Fold(load_book(), "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), clean(START, o3=230)]))
    alert = next(output for output in out if isinstance(output, Alert) and output.rule == "gas-hourly")
    out += fold.run(records([act(alert.id), tick(START + HOUR), clean(START + HOUR), act(alert.id, id="late")], start=3))
    last, before = [output for output in reversed(out) if isinstance(output, Audit)][:2]
    assert ("refuse", "the alert has ended", before.hash) == (last.event, last.reason, last.prev)


def _act() -> Act:
    return Act(alert="x", occurrence=1, actor=SUPERVISOR, reason="已到现场")
