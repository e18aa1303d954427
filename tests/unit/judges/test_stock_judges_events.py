"""Judges of events, duties and dates against slow obvious references over the whole history, and at the edges."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.core.judge import Finding
from streams.messages import DAY, HOUR, MINUTE, NEVER, Name, Registered, format_time, parse_time
from tests.support.judging import T0, Reading, Step, judge, run, states, subject

ACT = {"kind": "act"}
_marked = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("NFU"), st.sampled_from(["a", "b"])), max_size=25)


def _with_ticks(facts: list[tuple[int, Any, str]], last: int = 45, unit: int = MINUTE) -> list[Step]:
    """Facts at their minutes in the order given, each at most once its minute has come, and a tick after each minute."""
    steps: list[Step] = []
    for now in range(last):
        for at, flag, who in facts:
            if at == now:
                steps.append(("reading", Reading(value=1.0, flag=flag, who=who), T0 + now * unit))
        steps.append(("tick", None, T0 + now * unit))
    return steps


def _at_ticks(steps: list[Step], after: list[bool]) -> list[bool]:
    return [standing for (kind, _, _), standing in zip(steps, after, strict=True) if kind == "tick"]


@given(_marked)
def test_event_with_until_agrees_with_a_slow_reference(facts: list[tuple[int, Any, str]]) -> None:
    """It stands where the newest fact with flag F or U is one with F, in whatever order the facts arrive."""
    steps: list[Step] = [("reading", Reading(flag=flag), T0 + at * MINUTE) for at, flag, _ in facts]
    asked = judge("event", item="", where={"flag": "F"}, until={"kind": "reading", "where": {"flag": "U"}})
    newest, standing, expected = -1, False, []
    for at, flag, _ in facts:
        if flag in "FU" and at >= newest:
            newest, standing = at, flag == "F"
        expected.append(standing)
    assert states(asked, steps) == expected


@given(_marked)
def test_event_that_lasts_agrees_with_a_slow_reference(facts: list[tuple[int, Any, str]]) -> None:
    """At each minute it stands exactly where a fact with flag F lies less than 5 minutes back."""
    steps = _with_ticks(facts)
    asked = judge("event", item="", where={"flag": "F"}, lasts="5m")
    expected = [any(flag == "F" and now - 5 < at <= now for at, flag, _ in facts) for now in range(45)]
    assert _at_ticks(steps, states(asked, steps)) == expected


def test_event_of_a_state() -> None:
    """Without `until` and `lasts` the next newer fact that does not match closes; an older one does not."""
    steps: list[Step] = [
        ("reading", Reading(flag=flag, value=3.0), T0 + at) for at, flag in [(1, "F"), (0, "N"), (2, "F"), (3, "N")]
    ]
    assert states(judge("event", where={"flag": "F"}), steps) == [True, True, True, False]
    waiting = judge(
        "event", item="", where={"flag": "F"}, on_delay="30s", tiers=[{"after": "2h", "severity": "red"}], field="value"
    )
    found = run(waiting, [steps[0], *[("tick", None, T0 + 1 + n * MINUTE // 2) for n in (0, 1, 2, 239, 240)]])
    assert [(at - T0 - 1, each.opened_at - T0, each.value, each.severity) for at, each in found] == [
        (30_000, 1, 3.0, None),
        (2 * HOUR, 1, 3.0, "red"),
    ]


def test_event_after_a_date_of_the_register() -> None:
    """A lift that runs is an offence from the midnight after its last valid day on; one without a date is not judged."""
    asked = judge("event", item="", where={"flag": "F", "facts.kind": "plant"}, past="facts.traits.valid_until")
    running: list[Step] = [("reading", Reading(flag="F"), T0 + at) for at in (-1, 0)]
    assert states(asked, running, subject(valid_until="2026-05-31")) == [False, True]
    assert states(asked, running, subject()) == [False, False]


def test_event_grades_by_several_fields() -> None:
    """Accident grading: the worst of the numbers of dead and of hurt counts, both bounds included."""
    tiers = [
        {"field": "value", "from": 3, "severity": "orange"},
        {"field": "value", "from": 10, "severity": "red"},
        {"field": "other", "from": 50, "severity": "red"},
    ]
    asked = judge("event", item="", lasts="1h", tiers=tiers)
    facts = [(2.0, 49.0), (3.0, 49.0), (3.0, 50.0), (10.0, 0.0)]
    found = run(asked, [("reading", Reading(value=dead, other=hurt), T0 + n) for n, (dead, hurt) in enumerate(facts)])
    assert [each.severity for _, each in found] == [None, "orange", "red", "red"]


@given(_marked, st.booleans())
def test_burst_agrees_with_a_slow_reference(facts: list[tuple[int, Any, str]], by: bool) -> None:
    """At each minute it stands exactly where 3 facts with flag F, of one source if asked, lie within the last 5 minutes."""
    steps = _with_ticks(facts)
    asked = judge("burst", item="", count=3, within="5m", where={"flag": "F"}, by="who" if by else "")
    expected = []
    for now in range(45):
        recent = [who for at, flag, who in facts if flag == "F" and now - 5 < at <= now]
        expected.append(max((recent.count(who) if by else len(recent) for who in recent), default=0) >= 3)
    assert _at_ticks(steps, states(asked, steps)) == expected


def test_burst_tells_tiers_and_multiples_only() -> None:
    """5 failures in 5 minutes are told, then each tenth of them, and red at the 20th; the value is the count."""
    asked = judge("burst", item="", count=5, within="5m", by="who", tiers=[{"from": 18, "severity": "red"}])
    found = run(asked, [("reading", Reading(who="a"), T0 + n) for n in range(20)])
    assert [(each.value, each.limit, each.severity) for _, each in found] == [
        (5, 5, None),
        (10, 5, None),
        (15, 5, None),
        (18, 5, "red"),
        (20, 5, "red"),
    ]
    assert {each.opened_at for _, each in found} == {T0}


def test_burst_counts_late_facts_and_leaves_the_window_open_at_its_start() -> None:
    """A fact that arrives late fills the stretch; facts exactly `within` apart are not in one stretch."""
    asked = judge("burst", item="", count=3, within="5m")
    assert states(asked, [("reading", Reading(), T0 + at * MINUTE) for at in (1, 5, 3)]) == [False, False, True]
    assert states(asked, [("reading", Reading(), T0 + at * MINUTE) for at in (0, 3, 5)]) == [False, False, False]


def test_repeat_counts_days() -> None:
    """Three days with an offence within 30 days; more of one day are one, the thirtieth day back still counts, the 31st not."""
    asked = judge("repeat", item="", count=3, within="30d", each="day")
    days = [(0, 1), (0, 5), (10, 1), (30, 1), (29, 1)]
    steps: list[Step] = [("reading", Reading(), T0 + day * DAY + hour * HOUR) for day, hour in days]
    assert states(asked, steps) == [False, False, False, False, True]
    assert states(judge("repeat", item="", count=3, within="30d", each="day"), [steps[0], steps[2], steps[4]]) == [
        False,
        False,
        True,
    ]


@given(_marked)
def test_sequence_agrees_with_a_slow_reference(facts: list[tuple[int, Any, str]]) -> None:
    """It opens with the fact that completes a pair: U after F of one source, later by at most 5 minutes, in any order."""
    first, then = {"kind": "reading", "where": {"flag": "F"}}, {"kind": "reading", "where": {"flag": "U"}}
    asked = judge("sequence", item="", first=first, then=then, within="5m", by="who")
    on = subject()
    for n, (at, flag, who) in enumerate(facts):
        told = run(asked, [("reading", Reading(flag=flag, who=who), T0 + at * MINUTE)], on)
        if flag == "N":
            assert not told
            continue
        newest = max(each for each, each_flag, _ in facts[: n + 1] if each_flag == flag)
        before = [(f, t) for f, x, p in facts[: n + 1] for t, y, q in facts[: n + 1] if x == "F" and y == "U" and p == q == who]
        pairs = [(f, t) for f, t in before if 0 < t - f <= 5 and at in {f if flag == "F" else t}]
        if newest - at <= 5:
            remembered = [(f, t) for f, t in pairs if _near(facts[: n + 1], "F", f) and _near(facts[: n + 1], "U", t)]
            assert bool(told) == bool(remembered)


def _near(facts: list[tuple[int, Any, str]], flag: str, at: int) -> bool:
    """Whether a fact is within 5 minutes of the newest of its side, and so surely remembered."""
    return max(each for each, each_flag, _ in facts if each_flag == flag) - at <= 5


def test_sequence_closes_after_it_lasted() -> None:
    """Success 2 minutes after a failure stands for 10 minutes; at one event time nothing follows."""
    first, then = {"kind": "reading", "where": {"flag": "F"}}, {"kind": "reading", "where": {"flag": "U"}}
    asked = judge("sequence", item="", first=first, then=then, within="5m", lasts="10m")
    steps: list[Step] = [
        ("reading", Reading(flag="F"), T0),
        ("reading", Reading(flag="U"), T0),
        ("reading", Reading(flag="U"), T0 + 2 * MINUTE),
    ]
    found = run(asked, [*steps, ("tick", None, T0 + 12 * MINUTE - 1), ("tick", None, T0 + 12 * MINUTE)])
    assert found == [
        (T0 + 2 * MINUTE, Finding(active=True, opened_at=T0, value=2 / 60, limit=5 / 60)),
        (T0 + 12 * MINUTE, Finding(active=False, opened_at=T0)),
    ]


_duties = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["start", "act"]), st.sampled_from(["a", "b"])), max_size=25)


@given(_duties, st.booleans(), st.randoms(use_true_random=False))
def test_duty_agrees_with_a_slow_reference(facts: list[tuple[int, Any, str]], by: bool, order: Any) -> None:
    """At each minute it stands exactly where a start is open whose reminder (3 of 5 minutes) has come; late facts count too."""
    arrivals = sorted((at + order.choice([0, 0, 4]), at, flag, who) for at, flag, who in facts)
    asked = judge("duty", item="", starts={"kind": "reading"}, done=ACT, within="5m", remind=["2m"], by="who" if by else "")
    on, standing = subject(), False
    for now in range(45):
        steps: list[Step] = [
            ("reading" if flag == "start" else "act", Reading(who=who), T0 + at * MINUTE)
            for arrival, at, flag, who in arrivals
            if arrival == now
        ]
        for _, found in run(asked, [*steps, ("tick", None, T0 + now * MINUTE)], on):
            standing = found.active
        known = [(at, flag, who if by else "") for arrival, at, flag, who in arrivals if arrival <= now]
        starts = {(at, who) for at, flag, who in known if flag == "start"}
        open_ = [at for at, who in starts if not any(flag == "act" and w == who and act >= at for act, flag, w in known)]
        assert standing == any(now >= at + 3 for at in open_)


def test_duty_from_reminder_to_level() -> None:
    """7 working days from Monday 09:00: yellow two working days before, the rule's severity after, red a working day later."""
    asked = judge(
        "duty",
        item="",
        starts={"kind": "reading"},
        done=ACT,
        within="7 working-days",
        remind=[{"before": "2 working-days", "severity": "yellow"}],
        levels=[{"after": "1 working-days", "severity": "red"}],
    )
    start = T0 + 9 * HOUR
    steps: list[Step] = [("reading", Reading(), start)]
    steps += [("tick", None, start + n * HOUR) for n in range(24 * 14)]
    due = parse_time("2026-06-10T09:00:00+08:00")
    found = run(asked, steps)
    assert [(format_time(at), each.severity, each.value, each.due, each.opened_at) for at, each in found] == [
        ("2026-06-08T09:00:00+08:00", "yellow", 0, due, start),
        ("2026-06-10T10:00:00+08:00", None, 1, due, start),
        ("2026-06-11T10:00:00+08:00", "red", 1, due, start),
    ]


def test_duty_exactly_at_the_deadline_is_in_time() -> None:
    """Overdue is the first moment after the deadline; a report at it is none, whichever the tick says."""
    asked = judge("duty", item="", starts={"kind": "reading"}, done=ACT, within="1h")
    steps: list[Step] = [
        ("reading", Reading(), T0),
        ("tick", None, T0 + HOUR),
        ("act", Reading(), T0 + HOUR),
        ("tick", None, T0 + DAY),
    ]
    assert run(asked, steps) == []
    assert [at - T0 for at, _ in run(asked, [steps[0], ("tick", None, T0 + HOUR), ("tick", None, T0 + HOUR + 1)])] == [HOUR + 1]


def test_duty_that_renews_itself() -> None:
    """Lift maintenance (条例 31): each one fulfils the last and begins the next 15 days; the registration begins the first."""
    asked = judge("duty", item="", kinds=("act",), starts=[{"kind": "registered"}, ACT], done=ACT, within="15d")
    on = subject()
    steps: list[Step] = [("registered", on.facts, T0), ("act", Reading(), T0 + 15 * DAY), ("tick", None, T0 + 30 * DAY)]
    steps += [("tick", None, T0 + 30 * DAY + 1), ("act", Reading(), T0 + 31 * DAY), ("tick", None, T0 + 46 * DAY)]
    assert states(asked, steps, on) == [False, False, False, True, False, False]


def test_duty_by_level_from_a_stated_moment() -> None:
    """A recall of level 1 within 24 h, of level 2 within 48 h, counted from when the firm learned of it."""
    starts = [
        {"kind": "reading", "where": {"flag": "1"}, "within": "24h"},
        {"kind": "reading", "where": {"flag": "2"}, "within": "48h"},
    ]
    asked = judge("duty", item="", starts=starts, done=ACT, by="who", from_="until")
    learned = format_time(T0 - 20 * HOUR)
    steps: list[Step] = [("reading", Reading(flag=flag, who=flag, until=learned), T0) for flag in "12"]
    steps += [("tick", None, T0 + hour * HOUR + 1) for hour in (4, 28)]
    assert [(at - T0, each.value, each.due) for at, each in run(asked, steps)] == [
        (4 * HOUR + 1, 1, T0 + 4 * HOUR),
        (28 * HOUR + 1, 2, T0 + 4 * HOUR),
    ]


def test_a_timely_act_does_not_end_what_is_overdue() -> None:
    """An extension at the deadline itself ends the duty, one a moment later does not; any other act does at any time."""
    done = [{"kind": "act", "where": {"flag": "N"}}, {"kind": "act", "where": {"flag": "F"}, "timely": True}]
    due = T0 + HOUR
    for flag, at, stands in [("F", due, False), ("F", due + 1, True), ("N", due + 1, False)]:
        asked = judge("duty", item="", starts={"kind": "reading"}, done=done, by="who", within="1h")
        act: Step = ("act", Reading(flag=flag, who="a"), at)
        steps: list[Step] = [("reading", Reading(who="a"), T0), act, ("tick", None, due + 2)]
        assert states(asked, steps)[-1] is stands, (flag, at)


def test_duty_until_a_day_that_the_start_names() -> None:
    """It ends with that day: recalled before, done at any time before its midnight, overdue after it; no date, no duty."""

    def told(until: str | None, *acts: int) -> list[tuple[int, bool, str | None]]:
        asked = judge("duty", item="", starts={"kind": "reading"}, done=ACT, by="who", until="until", remind=["7d"])
        steps: list[Step] = [("reading", Reading(who="a", until=until), T0)]
        steps += [("tick", None, T0 + day * DAY + extra) for day, extra in [(12, 0), (13, 0), (20, 0), (20, 1)]]
        steps += [("act", Reading(who="a"), at) for at in acts]
        found = run(asked, sorted(steps, key=lambda each: each[2]))
        return [((at - T0) // DAY, each.active, each.severity) for at, each in found]

    assert told("2026-06-20") == [(13, True, "blue"), (20, True, None)]  # T0 is 1 June: the 20th ends 20 days after it
    assert told("2026-06-20", T0 + DAY) == []
    assert told("2026-06-20", T0 + 14 * DAY) == [(13, True, "blue"), (14, False, None)]
    assert told("2026-06-20", T0 + 20 * DAY) == [(13, True, "blue"), (20, False, None)]
    assert told(None) == told("soon") == []
    with pytest.raises(ValueError, match="last day itself"):
        judge("duty", item="", starts={"kind": "reading"}, done=ACT, until="until", within="1h")


def test_duty_beyond_the_last_notice_is_provisional() -> None:
    """A deadline that reaches into a year without a notice says so; one that the calendar cannot tell is not judged."""
    asked = judge("duty", item="", starts={"kind": "reading"}, done=ACT, within="20 working-days", remind=["19 working-days"])
    for year, provisional in (("2026", False), ("2028", True)):
        start = parse_time(f"{year}-03-01T09:00:00+08:00")
        on = subject()
        (found,) = run(asked, [("reading", Reading(), start), ("tick", None, start + 3 * DAY)], on)
        assert found[1].provisional is provisional
    assert run(asked, [("reading", Reading(), parse_time("1990-01-01T00:00:00Z")), ("tick", None, T0)]) == []


@given(_duties, st.sampled_from(["open", "ever"]))
def test_duty_once_agrees_with_a_slow_reference(facts: list[tuple[int, Any, str]], once: str) -> None:
    """Facts in order: of what is paired the first start counts, until it is done, or for good; later ones begin nothing."""
    asked = judge("duty", item="", starts={"kind": "reading"}, done=ACT, within="5m", by=["who", "flag"], once=once)
    on, standing = subject(), False
    for now in range(45):
        told = [(at, flag, who) for at, flag, who in facts if at == now]
        steps: list[Step] = [
            ("reading" if f == "start" else "act", Reading(who=w, flag="x"), T0 + at * MINUTE) for at, f, w in told
        ]
        for _, found in run(asked, [*steps, ("tick", None, T0 + now * MINUTE + 1)], on):
            standing = found.active
        begun: dict[str, int] = {}
        over: set[str] = set()
        for at, flag, who in sorted((each for each in facts if each[0] <= now), key=lambda each: each[0]):
            if flag == "act":
                begun.pop(who, None)
                over.add(who)
            elif who not in begun and (at, "act", who) not in facts and not (once == "ever" and who in over):
                begun[who] = at
        assert standing == any(now * MINUTE + 1 > (at + 5) * MINUTE for at in begun.values())


def test_duty_unless() -> None:
    """A start that equals all of `unless` is none."""
    starts = {"kind": "reading", "unless": {"flag": "F", "who": "a"}}
    asked = judge("duty", item="", starts=starts, done=ACT, by="who", within="1h")
    given_ = [Reading(flag="F", who="a"), Reading(flag="N", who="a"), Reading(flag="F", who="b")]
    steps: list[Step] = [("reading", each, T0 + n) for n, each in enumerate(given_)]
    (found,) = run(asked, [*steps, ("tick", None, T0 + 2 * HOUR)])
    assert found[1].value == 2


def test_duty_with_a_pause() -> None:
    """许可法 45: 5 working days from Monday 1 June; an appraisal from the 2nd to the 4th takes the 3rd and 4th out: to 10 June.

    While it lasts nothing is due, and one of another matter, or one that begins on the last day, puts off nothing.
    """
    pause = {"begins": {"kind": "act", "where": {"flag": "P"}}, "ends": {"kind": "act", "where": {"flag": "R"}}}
    done = {"kind": "act", "where": {"flag": "D"}}
    asked = judge("duty", item="", starts={"kind": "reading"}, done=done, by="who", within="5 civil-working-days", pause=pause)
    start: Step = ("reading", Reading(who="a"), T0 + 9 * HOUR)
    begins: Step = ("act", Reading(flag="P", who="a"), T0 + DAY)
    ends: Step = ("act", Reading(flag="R", who="a"), T0 + 3 * DAY)
    late: Step = ("tick", None, T0 + 30 * DAY)
    assert [each.due for _, each in run(asked, [start, begins, ends, late])] == [T0 + 10 * DAY]
    assert run(asked, [start, begins, late]) == []
    assert [each.due for _, each in run(asked, [start, ("act", Reading(flag="P", who="b"), T0 + DAY), late])] == [T0 + 8 * DAY]
    last: Step = ("act", Reading(flag="P", who="a"), T0 + 7 * DAY + HOUR)
    assert [each.due for _, each in run(asked, [start, last, late])] == [T0 + 8 * DAY]
    again: Step = ("act", Reading(flag="P", who="a"), T0 + 6 * DAY)
    told = run(asked, [start, late, again])
    assert [each.active for _, each in told] == [True, False]


def test_expiry_step_by_step() -> None:
    """Valid through 2026-08-01: blue 60 and 30 days before, yellow that day, the rule's severity after it."""
    asked = judge(
        "expiry",
        item="",
        kinds=("registered",),
        until="facts.traits.valid_until",
        remind=["60d", "30d", {"before": "0d", "severity": "yellow"}],
    )
    on = subject(valid_until="2026-08-01")
    steps: list[Step] = [("registered", on.facts, T0)]
    steps += [("tick", None, parse_time(f"2026-{day}T00:00:00+08:00")) for day in ("06-02", "07-02", "08-01", "08-02")]
    found = run(asked, steps, on)
    assert [(each.severity, each.value) for _, each in found] == [("blue", 61), ("blue", 31), ("yellow", 1), (None, 0)]
    assert {each.due for _, each in found} == {parse_time("2026-08-02T00:00:00+08:00")}
    assert asked.due(on) == NEVER
    on.facts = Registered(kind="plant", name=Name("厂"), adcode="", traits={"valid_until": "2027-08-01"})
    assert [each.active for _, each in run(asked, [("registered", on.facts, T0 + 70 * DAY)], on)] == [False]


def test_expiry_of_a_newer_fact() -> None:
    """An older fact changes nothing; the same date keeps the alert; a fact without a date ends it."""
    asked = judge("expiry", item="", until="until", remind=["7d"])
    steps: list[Step] = [("reading", Reading(until="2026-06-03"), T0), ("tick", None, T0)]
    steps += [
        ("reading", Reading(until=until), T0 + at)
        for until, at in [("2030-01-01", -1), ("2026-06-03", 1), ("2026-06-04", 2), (None, 3)]
    ]
    assert states(asked, steps) == [False, True, True, True, True, False]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 60)), max_size=10))
def test_expiry_agrees_with_a_slow_reference(facts: list[tuple[int, int]]) -> None:
    """Each midnight it stands exactly where the date told last begins within 7 days or is over."""
    asked, on, standing = judge("expiry", item="", until="until", remind=["7d"]), subject(), False
    for day in range(45):
        told = [(at, end) for at, end in facts if at <= day]
        steps: list[Step] = [
            ("reading", Reading(until=format_time(T0 + end * DAY)[:10]), T0 + at * DAY) for at, end in facts if at == day
        ]
        for _, found in run(asked, [*steps, ("tick", None, T0 + day * DAY)], on):
            standing = found.active
        newest = [end for at, end in told if at == max(told)[0]]
        assert standing == bool(newest and day >= newest[-1] - 7)


@pytest.mark.parametrize(("until", "last"), [("2026-06-01", DAY - 1), ("2026-06-01T12:00:00+08:00", 12 * HOUR)])
def test_a_date_is_valid_to_its_end_and_a_moment_to_itself(until: str, last: int) -> None:
    """The alert without reminders opens with the first moment that is not valid any more."""
    asked = judge("expiry", item="", until="until", remind=[])
    steps: list[Step] = [("reading", Reading(until=until), T0), ("tick", None, T0 + last), ("tick", None, T0 + last + 1)]
    assert states(asked, steps) == [False, False, True]
