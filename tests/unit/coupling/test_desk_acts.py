"""核实, 叫应, 报告带班领导: what the desk has done about an alert stands in its trail and moves no alarm."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET
from msgspec.structs import replace

from agents.core.alerts import alarm
from agents.core.judge import Finding
from agents.measures.command import TARGETS, read_targets
from agents.measures.kpi import performance, period
from agents.measures.performance import Journal, take
from streams.messages import Act, Actor, State, TrueAlarms
from tests.support.events import START, clean
from tests.support.pure.alarm import CAUSE, OZONE, at, bad, desk, in_state, log_of

DUTY = Actor(id="zhou", name="周值班", role="dispatcher")
AT = "2026-06-01T08:12:00+08:00"
STATES: tuple[State, ...] = ("B", "C", "D", "C-latched", "D-latched", "E", "F", "G")


def given(**more: Any) -> Act:
    """What somebody on duty does."""
    return Act(alert=bad().id, occurrence=1, actor=DUTY, reason="现场电话核实", **more)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("verb", "more", "reason"),
    [
        ("verify", {"finding": "false-alarm"}, "现场电话核实 (false-alarm)"),
        ("call", {"who": "李所长", "when": AT}, f"现场电话核实 (李所长 answered, {AT})"),
        ("report", {"finding": "oral"}, "现场电话核实 (oral)"),
        ("confer", {"who": "市应急局、市城管局"}, "现场电话核实 (with 市应急局、市城管局)"),
    ],
)
def test_it_moves_no_alarm_and_stands_in_the_trail(state: State, verb: str, more: dict[str, str], reason: str) -> None:
    """In every state in which a comment is possible; the state, the condition and both signatures stay."""
    before = in_state(state)
    assert before.allows(verb)
    after, entry = alarm.acted(before, verb, given(**more), CAUSE)
    assert (entry.event, entry.before, entry.after, entry.reason) == (verb, state, state, reason)
    assert entry.finding == more.get("finding", UNSET)
    same = ("state", "active", "acknowledged", "confirmed", "aside", "occurrence", "changed_at", "asked_at")
    assert all(getattr(after, name) == getattr(before, name) for name in same)
    assert after.verified == (UNSET if verb != "verify" else after.verified)
    if verb == "verify":
        assert after.verified is not UNSET
        note = after.verified.note
        assert (after.verified.finding, note.actor, note.reason) == ("false-alarm", DUTY, "现场电话核实")


@pytest.mark.parametrize(
    ("verb", "more", "word"),
    [
        ("verify", {}, "true, false-alarm, unclear"),
        ("verify", {"finding": "maybe"}, "maybe"),
        ("report", {"finding": "true"}, "oral, written, follow-up"),
        ("call", {}, "who answered"),
        ("confer", {}, "who was called together"),
        ("call", {"who": "李", "when": "昨天"}, "no time"),
    ],
)
def test_what_says_too_little_is_refused(verb: str, more: dict[str, str], word: str) -> None:
    """A verdict, a person, a way; and words, as of every act."""
    before = in_state("B")
    after, entry = alarm.acted(before, verb, given(**more), CAUSE)
    assert (entry.event, word in entry.reason, after.verified) == ("refuse", True, UNSET)
    whole = replace(given(finding="true"), reason=" ")
    assert "reason" in alarm.acted(before, "verify", whole, CAUSE)[1].reason


@pytest.mark.parametrize(("role", "may"), [("supervisor", True), ("dispatcher", True), ("admin", True), ("analyst", False)])
def test_who_may(role: str, may: bool) -> None:
    """Whoever answers for a desk or sends orders out."""
    act_ = replace(given(finding="true"), actor=Actor(id="x", role=role))
    assert (alarm.acted(in_state("B"), "verify", act_, CAUSE)[1].event == "verify") == may


def test_the_next_occurrence_was_verified_by_nobody() -> None:
    """A verdict is about one occurrence: a return that comes back, or asks again, has none."""
    found, _ = alarm.acted(in_state("B"), "verify", given(finding="true"), CAUSE)
    quiet, _ = alarm.found(found, Finding(active=False), "orange", CAUSE)
    assert quiet.verified is not UNSET
    again, _ = alarm.found(quiet, Finding(active=True, value=240), "orange", CAUSE)
    assert (again.occurrence, again.verified) == (2, UNSET)
    aside = replace(quiet, state="F", aside=None)
    assert alarm.found(aside, Finding(active=True, value=240), "orange", CAUSE)[0].verified is UNSET


def test_by_the_log_and_in_the_measures_of_the_rule() -> None:
    """属实 / (属实 + 误报) by rule, the newest verdict of an occurrence counts; without verdicts the bytes are as ever."""
    log = [clean(START, o3=OZONE), desk(bad(), "verify", finding="true"), desk(bad(), "verify", finding="false-alarm"), at(1)]
    _, alerts, trail = log_of(*log)
    assert [each.event for each in trail] == ["raise", "verify", "verify"]
    assert alerts[-1].verified is not UNSET
    assert alerts[-1].verified.finding == "false-alarm"
    journal = Journal()
    for each in (*alerts, *trail):
        take(journal, each)
    over = period(journal)
    assert over is not None
    (rule,) = performance(journal, read_targets(TARGETS), "t", over, by=["rule"])
    assert rule.verified == TrueAlarms(true=0, false=1, unclear=0)
    assert TrueAlarms(true=3, false=1, unclear=4).share == 75
    assert TrueAlarms(true=0, false=0, unclear=4).share is None
    plain = Journal()
    for each in log_of(clean(START, o3=OZONE))[1:]:
        for one in each:
            take(plain, one)
    (rule,) = performance(plain, read_targets(TARGETS), "t", over, by=["rule"])
    assert b"verified" not in msgspec.json.encode(rule)
