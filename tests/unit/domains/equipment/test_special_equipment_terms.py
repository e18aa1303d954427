"""The judges of periods, trials, long rest and calibrations of special equipment against slow references, in any order."""

import doctest
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.alerts.state import Subject
from agents.core.judge import Judge
from agents.core.rules.rule import Binding, in_force
from agents.domains.special_equipment import judges, period
from agents.domains.special_equipment.payload import (
    Calibration,
    CertificateStep,
    DayTrial,
    Handling,
    InspectionStep,
    LiftState,
    LiftTest,
    Operation,
    RideState,
    Seizure,
    UseStep,
)
from streams.calendar.holidays import load
from streams.messages import DAY, HOUR, MINUTE, NEVER, Name, Registered, format_time, parse_time
from tests.support.books import the_book
from tests.support.judging import Step, restored, states, step

T0 = parse_time("2026-03-02T10:00:00+08:00")
BOOK = the_book()
CALENDAR = load()


def _judge(rule: str) -> Judge:
    """The domain's own judge of a rule, with the calendar."""
    spec = BOOK.rules[rule]
    editions = BOOK.clauses[spec.clause].edition
    binding = Binding(rule=rule, item="", kinds=spec.on, params=spec.params, editions=editions, calendar=CALENDAR)
    return judges.JUDGES[spec.judge.partition(":")[2]](binding)


def _on(kind: str = "lift", **traits: Any) -> Subject:
    return Subject("s", facts=Registered(kind=kind, name=Name("设备"), adcode="410105", traits=traits))


def _day(at: int) -> date:
    return date.fromisoformat(format_time(at)[:10])


def test_examples_in_docstrings_hold() -> None:
    """What the docstring shows is what the code does."""
    assert doctest.testmod(period) == (0, 1)


@given(
    extended=st.none() | st.integers(1, 100),
    tests=st.lists(st.tuples(st.integers(1, 90), st.integers(0, 30)), max_size=3),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_a_seizure_ends_when_its_days_are_counted(extended: int | None, tests: list[tuple[int, int]], order: Any) -> None:
    """行政强制法 25: 30 days, 60 where extended before the end, without the days of tests, whatever the order of the facts.

    The reference walks day by day: the day of the sealing and the days after a test's first, to its last, do not count (民法典
    201), and a last day that is off moves on (203).
    """
    judge = _judge("seizure-overdue")
    stretches, free = [], 0
    for begin, length in sorted(tests):  # tests do not overlap
        if begin > free:
            stretches.append((begin, begin + length))
            free = begin + length
    steps: list[Step] = [("seizure", Seizure(seizure="s", step="sealed"), T0)]
    for begin, end in stretches:
        steps.append(("seizure", Seizure(seizure="s", step="test-begun"), T0 + begin * DAY))
        steps.append(("seizure", Seizure(seizure="s", step="test-ended"), T0 + end * DAY + 1))
    if extended is not None:
        steps.append(("seizure", Seizure(seizure="s", step="extended"), T0 + extended * DAY))
    order.shuffle(steps)
    out = {_day(T0) + timedelta(n) for begin, end in stretches for n in range(begin + 1, end + 1)}
    due = _counted(30, out)
    if extended is not None and T0 + extended * DAY <= due:
        due = _counted(60, out)
    on = _on()
    states(judge, steps, on)
    assert on.memory[judge.key].known["s"].due == due
    assert not states(judge, [("tick", None, due)], on)[-1] or on.memory[judge.key].told[0] == 0
    states(judge, [("tick", None, due + 1)], on)
    assert on.memory[judge.key].told[0] == 1
    assert not states(judge, [("seizure", Seizure(seizure="s", step="released"), due + HOUR)], on)[-1]


def _counted(days: int, out: set[date]) -> int:
    day = _day(T0)
    while days:
        day += timedelta(1)
        days -= day not in out
    while not CALENDAR.is_working_day(parse_time(f"{day}T00:00:00+08:00")):
        day += timedelta(1)
    return parse_time(f"{day}T00:00:00+08:00") + DAY


def test_a_period_stands_still_while_a_test_lasts() -> None:
    """Nothing runs out during a test begun before the end, then what is left runs on; one begun after it helps nothing."""
    judge, sealed = _judge("seizure-overdue"), Seizure(seizure="s", step="sealed")
    begun, ended = (Seizure(seizure="s", step=word) for word in ("test-begun", "test-ended"))
    steps: list[Step] = [("seizure", sealed, T0), ("seizure", begun, T0 + 5 * DAY), ("tick", None, T0 + 90 * DAY)]
    assert states(judge, steps, _on()) == [False] * 3
    late: list[Step] = [("seizure", sealed, T0), ("tick", None, T0 + 40 * DAY), ("seizure", begun, T0 + 41 * DAY)]
    assert states(judge, late, _on()) == [False, True, True]
    on = _on()
    after = states(judge, [*steps, ("seizure", ended, T0 + 90 * DAY), ("tick", None, T0 + 105 * DAY)], on)
    assert not any(after)
    assert states(judge, [("tick", None, T0 + 120 * DAY)], on) == [True]


def test_a_sealing_told_later_counts_from_its_day() -> None:
    """With `since` the period runs from that day; a day that there is not, or that is to come, is told as bad data."""
    judge = _judge("seizure-overdue")
    told = Seizure(seizure="s", step="sealed", since="2026-01-05")
    assert states(judge, [("seizure", told, T0)], _on()) == [True]
    for since, rows in (("2026-02-30", ["DQ-15"]), ("2026-03-03", [""]), ("2026-03-02", []), ("", [])):
        found = judges.check_since(Seizure(seizure="s", step="sealed", since=since), T0)
        assert [row for row, _, _ in found] == rows
    assert [row for row, _, _ in judges.check_calibration(Calibration(accessory="v", what="gauge"), T0)] == ["DQ-15"]
    assert judges.check_calibration(Calibration(accessory="v", what="gauge", step="removed"), T0) == []
    assert [row for row, _, _ in judges.check_operation(Operation(operator="o", certificate="matching", until=""), T0)] == [
        "DQ-15"
    ]
    assert judges.check_operation(Operation(operator="o", certificate="none", until=""), T0) == []


def test_many_periods_leave_a_small_memory() -> None:
    """Of a thousand seizures that are over the newest are remembered, and one that lasts outlives them."""
    judge, on = _judge("seizure-overdue"), _on()
    step(judge, on, ("seizure", Seizure(seizure="open", step="sealed"), T0))
    for n in range(1_000):
        for word in ("sealed", "released"):
            step(judge, on, ("seizure", Seizure(seizure=str(n), step=word), T0 + n * MINUTE))
    assert len(on.memory[judge.key].known) == period.KEPT
    assert "open" in on.memory[judge.key].known


FULL = DayTrial(ran=True, checked=True, confirmed=True)


@given(
    tried=st.lists(st.integers(0, 23 * 60), max_size=3),
    used=st.lists(st.integers(0, 23 * 60), min_size=1, max_size=5),
    order=st.randoms(use_true_random=False),
)
@settings(max_examples=80, deadline=None)
def test_a_ride_is_untried_where_passengers_come_before_every_trial(tried: list[int], used: list[int], order: Any) -> None:
    """特种设备安全法 43: each day before use. Whatever comes first, it stands where no trial was before."""
    judge, midnight = _judge("ride-untried"), parse_time("2026-09-07T00:00:00+08:00")
    steps: list[Step] = [("day_trial", FULL, midnight + n * MINUTE) for n in tried]
    steps += [("ride_state", RideState(running=True, carrying=True), midnight + n * MINUTE) for n in used]
    order.shuffle(steps)
    on = _on("amusement_ride")
    states(judge, steps, on)
    end = midnight + min(used) * MINUTE + HOUR
    assert states(judge, [("tick", None, end)], on) == [min(tried, default=24 * 60) > min(used)]
    assert states(judge, [("tick", None, end + DAY)], on) == [False]


def test_a_late_record_of_an_earlier_trial_ends_the_alert() -> None:
    """The trial of 08:40 that is told at 11:00 shows that passengers of 09:00 were carried lawfully."""
    judge, nine = _judge("ride-untried"), parse_time("2026-09-07T09:00:00+08:00")
    steps: list[Step] = [
        ("ride_state", RideState(running=True, carrying=True), nine),
        ("tick", None, nine + HOUR),
        ("day_trial", FULL, nine + 2 * HOUR),
        ("day_trial", FULL, nine - 20 * MINUTE),
    ]
    assert states(judge, steps, _on("ropeway")) == [False, True, True, False]


@given(days=st.integers(300, 800), inspected=st.none() | st.integers(1, 900))
def test_a_year_of_rest_is_a_year_of_the_calendar(days: int, inspected: int | None) -> None:
    """TSG T7001-2023 4.1(4): a year or more, to the corresponding day (民法典 202), needs an inspection first."""
    judge, stopped = _judge("lift-rested-uninspected"), parse_time("2024-02-29T15:00:00+08:00")
    again = stopped + days * DAY
    steps: list[Step] = [("use_step", UseStep(step="stopped"), stopped)]
    if inspected is not None and inspected < days:
        steps.append(("inspection_step", InspectionStep(step="passed"), stopped + inspected * DAY))
    steps.append(("use_step", UseStep(step="resumed"), again))
    long = again >= parse_time("2025-03-01T00:00:00+08:00")  # 2025 has no 29 February: the last day of the month
    assert states(judge, steps, _on())[-1] is (long and not (inspected is not None and inspected < days))


def test_a_failed_self_test_is_not_ended_by_an_older_pass() -> None:
    """A conclusion counts by its own time: the pass of the week before ends nothing, that of the week after does."""
    judge, running = _judge("runs-failed"), LiftState(running=True, door="closed", door_zone=False, occupied=True)
    steps: list[Step] = [
        ("lift_test", LiftTest(step="failed"), T0),
        ("lift_state", running, T0 + HOUR),
        ("lift_test", LiftTest(step="passed"), T0 - 7 * DAY),
        ("inspection_step", InspectionStep(step="applied"), T0 + DAY),
        ("lift_test", LiftTest(step="passed"), T0 + 7 * DAY),
    ]
    assert states(judge, steps, _on()) == [False, True, True, True, False]


def test_the_law_of_a_failed_inspection_through_its_editions() -> None:
    """条例 28, from 2014 the Law's 40, from 2022-07-01 监督检查办法 25(二) with it, from 2024-12-01 GB 45067 too."""
    editions = BOOK.clauses["failed-inspection"].edition
    days = ("2013-12-31", "2014-01-01", "2022-07-01", "2024-12-01")
    found = [in_force(editions, parse_time(f"{day}T00:00:00+08:00")) for day in days]
    assert [len(edition.edition.split("；")) for edition in found if edition] == [1, 1, 2, 3]


KINDS: dict[str, st.SearchStrategy[Any]] = {
    "seizure": st.builds(
        Seizure,
        seizure=st.sampled_from("ab"),
        step=st.sampled_from(["sealed", "extended", "test-begun", "test-ended", "decided", "released"]),
        since=st.sampled_from(["", "2026-02-01", "0001-01-01"]),
    ),
    "handling": st.builds(
        Handling,
        accident=st.sampled_from("ab"),
        step=st.sampled_from(["team-formed", "extended", "expertise-begun", "expertise-ended", "concluded", "served"]),
    ),
    "calibration": st.builds(
        Calibration,
        accessory=st.sampled_from("ab"),
        what=st.just("gauge"),
        step=st.sampled_from(["calibrated", "removed"]),
        until=st.sampled_from(["", "2026-03-20", "0001-01-01", "9999-12-31"]),
    ),
    "day_trial": st.builds(DayTrial, ran=st.booleans(), checked=st.just(value=True), confirmed=st.just(value=True)),
    "ride_state": st.builds(RideState, running=st.booleans(), carrying=st.booleans()),
    "lift_state": st.builds(
        LiftState, running=st.booleans(), door=st.just("closed"), door_zone=st.just(value=True), occupied=st.just(value=True)
    ),
    "lift_test": st.builds(LiftTest, step=st.sampled_from(["passed", "failed"])),
    "inspection_step": st.builds(InspectionStep, step=st.sampled_from(["applied", "passed", "failed"])),
    "use_step": st.builds(UseStep, step=st.sampled_from(["first-used", "registered", "stopped", "resumed", "scrapped"])),
    "certificate_step": st.builds(CertificateStep, step=st.sampled_from(["applied", "refused"])),
    "registered": st.builds(
        lambda day: _on(test_until=day, certified_until=day).facts,
        st.sampled_from(["2026-03-20", "soon", "0001-01-01", "9999-12-31"]),
    ),
}
TIMES = st.one_of(
    st.integers(0, 60).map(lambda n: T0 + n * 20 * HOUR), st.sampled_from([0, parse_time("2199-12-31T23:00:00+08:00")])
)
OWN = [
    "runs-failed",
    "ride-untried",
    "seizure-overdue",
    "investigation-overdue",
    "calibration-due",
    "lift-rested-uninspected",
    "lift-test-overdue",
    "certificate-review-due",
]


@pytest.mark.parametrize("rule", OWN)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_facts_make_a_judge_raise_and_checkpoints_change_nothing(rule: str, data: st.DataObject) -> None:
    """Facts in any order and of any time; a twin whose memory goes through a checkpoint after each step says the same."""
    judge, one, twin = _judge(rule), _on(), _on()
    now = T0
    kinds = ["tick", *(kind for kind in BOOK.rules[rule].on if kind in KINDS)]
    for kind in data.draw(st.lists(st.sampled_from(kinds), max_size=30)):
        at = data.draw(TIMES)
        now = max(now, at) if kind == "tick" else now
        fact = None if kind == "tick" else data.draw(KINDS[kind])
        if kind == "registered":
            one.facts = twin.facts = fact
        what = (kind, fact, now if kind == "tick" else at)
        assert step(judge, one, what) == step(judge, twin, what)
        restored(twin, judge)
        assert judge.due(one) == judge.due(twin) <= NEVER
