"""The own judges of special equipment against slow obvious references, and at the edges of the law's numbers."""

import doctest
from datetime import date, timedelta
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.alerts.state import Subject
from agents.core.judge import Judge
from agents.core.rules.rule import Binding, in_force
from agents.domains.special_equipment import accident, judges, travel
from agents.domains.special_equipment.accident import grade_of
from agents.domains.special_equipment.in_use import register_end
from agents.domains.special_equipment.payload import (
    Accident,
    AccidentStep,
    BoilerState,
    CraneState,
    Danger,
    FaultCheck,
    InspectionStep,
    Maintenance,
    Order,
    Rescue,
    SelfCheck,
    VesselState,
    Visit,
)
from agents.domains.special_equipment.safety_code import Code, Signs
from agents.domains.special_equipment.stranded import KEPT, Rescues
from agents.domains.special_equipment.travel import kilometres
from streams.calendar.holidays import load
from streams.calendar.time_limit import deadline, parse_limit
from streams.messages import DAY, HOUR, MINUTE, NEVER, SECOND, Name, Registered, parse_time
from tests.support.books import the_book
from tests.support.judging import Step, restored, states, step

T0 = parse_time("2026-09-07T08:00:00+08:00")
BOOK = the_book()


def _judge(rule: str, item: str = "") -> Judge:
    """The domain's own judge of a rule, as the rule binds it, without the rule's choice of subjects."""
    spec = BOOK.rules[rule]
    editions = BOOK.clauses[spec.clause].edition
    return judges.JUDGES[spec.judge.partition(":")[2]](
        Binding(rule=rule, item=item, kinds=spec.on, params=spec.params, editions=editions, calendar=load())
    )


def _on(kind: str = "lift", limits: dict[str, float] | None = None, **traits: Any) -> Subject:
    return Subject("s", facts=Registered(kind=kind, name=Name("设备"), adcode="410105", limits=limits or {}, traits=traits))


def test_examples_in_docstrings_hold() -> None:
    """What the docstrings show is what the code does."""
    assert doctest.testmod(travel).failed == 0
    assert doctest.testmod(travel).attempted > 0


# 特种设备安全监察条例 61 to 64, written down once more as a table: dead, hurt, loss (yuan), moved.
TABLE = {
    "especially-major": (30, 100, 100_000_000, 150_000),
    "major": (10, 50, 50_000_000, 50_000),
    "larger": (3, 10, 10_000_000, 10_000),
    "general": (1, 1, 10_000, 500),
}


@given(dead=st.integers(0, 40), hurt=st.integers(0, 120), loss=st.integers(0, 2 * 10**8), moved=st.integers(0, 200_000))
def test_numbers_give_the_grade_of_the_table(dead: int, hurt: int, loss: int, moved: int) -> None:
    """The first grade of the table, from the worst on, of which any number is reached."""
    found = (dead, hurt, loss, moved)
    expected = next((g for g, limits in TABLE.items() if any(a >= b for a, b in zip(found, limits, strict=True))), None)
    assert _grade(dead=dead, hurt=hurt, loss=loss, moved=moved) == expected


@pytest.mark.parametrize(("grade", "limits"), TABLE.items())
def test_each_limit_is_of_the_higher_grade(grade: str, limits: tuple[int, ...]) -> None:
    """以上包括本数: the number itself is of the grade, one less is of the grade below or none."""
    below = {"especially-major": "major", "major": "larger", "larger": "general", "general": None}[grade]
    for name, limit in zip(("dead", "hurt", "loss", "moved"), limits, strict=True):
        at, under = (_numbers(**{name: number}) for number in (limit, limit - 1))
        assert (at, under) == (grade, below)


def test_the_nature_of_an_accident_grades_it() -> None:
    """条例 61(二), 62(二), 63(二)(四), 64(四), each of its kinds of equipment; the worse of nature and numbers counts."""
    assert _grade("boiler", nature="explosion") == _grade("pressure_pipe", nature="explosion") == "larger"
    assert _grade("boiler", nature="explosion", megawatts=600) == "especially-major"
    assert _grade("pressure_vessel", nature="explosion", megawatts=600) == "larger"
    assert _grade("boiler", nature="outage", megawatts=600, outage_hours=240) == "major"
    assert _grade("boiler", nature="outage", megawatts=600, outage_hours=239.9) is None
    assert _grade("boiler", nature="outage", megawatts=599, outage_hours=500) is None
    assert _grade("crane", nature="overturn") == "larger"
    assert _grade("crane", nature="structure-broken") == _grade("crane", nature="hoist-fallen") == "general"
    assert _grade("crane", nature="hoist-fallen", dead=10) == "major"
    assert _grade(nature="leak") is _grade(nature="other") is None


@pytest.mark.parametrize("equipment", ["lift", "amusement_ride", "ropeway", "use_unit", ""])
def test_the_nature_alone_grades_no_other_equipment(equipment: str) -> None:
    """63(二) names boilers, vessels and pipes, 63(四) and 64(四) cranes, 61 to 64 (moved) vessels and pipes: nothing else."""
    for nature in ("explosion", "overturn", "structure-broken", "hoist-fallen", "outage"):
        assert _grade(equipment, nature=nature, megawatts=600, outage_hours=240) is None
    assert _grade(equipment, moved=200_000) is None


@pytest.mark.parametrize(
    "why", ["article-100", "outside-cause", "crime", "not-at-work", "labour-protection", "vehicle-outside"]
)
def test_what_is_excluded_has_no_grade(why: str) -> None:
    """特种设备事故报告和调查处理规定 3, (一) to (六): none of special equipment, however many are dead."""
    assert _grade(dead=30, excluded=why) is None


def _numbers(**known: int) -> str | None:
    return _grade("pressure_vessel", **known)


def _grade(equipment: str = "pressure_vessel", **known: Any) -> str | None:
    limits = BOOK.clauses["accident-grades"].edition[0].limits
    return grade_of(Accident(accident="a", occurred="2026-09-07T08:00:00+08:00", **known), limits, equipment)


def test_what_makes_an_accident_unreported_is_what_the_clause_of_the_grades_says() -> None:
    """The limits of `accident-concealed` are those of 条例 62 and 64 in the clause of the grades."""
    given = BOOK.rules["accident-concealed"].params["limits"]
    limits = BOOK.clauses["accident-grades"].edition[-1].limits
    assert given == {name: limits[name] for name in given}
    assert {name for name in limits if name.startswith("general.")} <= set(given)


TOLD = st.lists(
    st.tuples(
        st.sampled_from(["injury", "small", "excluded", "closed", "unit-told", "reported", "to-city"]), st.integers(0, 180)
    ),
    max_size=6,
)


@given(told=TOLD)
@settings(max_examples=150)
def test_an_unreported_accident_is_found_in_any_order(told: list[tuple[str, int]]) -> None:
    """It stands at the end where the newest fact has a grade, nobody reported it, and its hour is over."""
    judge, on = _judge("accident-concealed"), _on()
    occurred = "2026-09-07T08:00:00+08:00"
    facts: dict[str, dict[str, Any]] = {
        "injury": {"dead": 1}, "small": {"loss": 500}, "excluded": {"dead": 1, "excluded": "crime"},
        "closed": {"dead": 1, "closed": True},
    }  # fmt: skip
    steps: list[Step] = []
    for what, minute in told:
        at = T0 + minute * MINUTE
        if what in facts:
            steps.append(("accident", Accident(accident="a", occurred=occurred, **facts[what]), at))
        else:
            steps.append(("accident_step", AccidentStep(accident="a", step=what), at))  # type: ignore[arg-type]  # one of the steps
    end = T0 + 200 * MINUTE
    stands = states(judge, [*steps, ("tick", None, end)], on)[-1]
    newest = None
    for what, minute in told:
        if what in facts and (newest is None or minute >= newest[1]):
            newest = (what, minute)
    heads = [minute for what, minute in told if what == "unit-told"]
    start = min(heads) if heads else 0
    reported = any(what in {"reported", "to-city"} for what, _ in told)
    assert stands is (newest is not None and newest[0] == "injury" and not reported and start + 60 < 200)


ORDERS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["issued", "reported", "withdrawn", "reinspected"]), st.integers(0, 40)),
    max_size=8,
)


@given(told=ORDERS)
@settings(max_examples=150)
def test_an_order_ends_with_its_own_acts_alone(told: list[tuple[str, str, int]]) -> None:
    """In order of time: what stands 60 days on is an order issued since the last act of its own that ends it."""
    judge, on = _judge("order-overdue"), _on("crane")
    told = sorted(told, key=lambda one: one[2])
    steps: list[Step] = [
        ("order", Order(order=name, step=what, until=_day(day + 10) if what == "issued" else ""), T0 + day * DAY + n)  # type: ignore[arg-type]
        for n, (name, what, day) in enumerate(told)
    ]
    stands = states(judge, [*steps, ("tick", None, T0 + 60 * DAY)], on)[-1]
    open_: dict[str, bool] = {}
    for name, what, _ in told:
        if what != "reinspected":
            open_[name] = what == "issued"
    assert stands is any(open_.values())


def test_only_some_orders_are_remembered() -> None:
    """Thousands of orders and accidents leave a small memory."""
    orders, accidents, on = _judge("order-overdue"), _judge("accident-concealed"), _on()
    for n in range(2_000):
        step(orders, on, ("order", Order(order=str(n), step="issued", until="2026-12-31"), T0 + n))
        fact = Accident(accident=str(n), occurred="2026-09-07T08:00:00+08:00", dead=1)
        step(accidents, on, ("accident", fact, T0 + n))
    assert len(msgspec.msgpack.encode(on.memory)) < 10_000


@given(day=st.dates(date(2025, 1, 1), date(2026, 11, 1)))
def test_the_time_to_register_has_one_clock(day: date) -> None:
    """For running unregistered it ends where 30 days by the Civil Code from the day of first use end, day off or not."""
    first = parse_time(f"{day}T15:00:00+08:00")
    due = deadline(first, parse_limit("30 civil-days"), load()).at
    assert register_end(str(day + timedelta(days=30)), load()) == due


def test_what_is_at_rest_or_under_test_is_beyond_no_limit() -> None:
    """A value beyond the limit ends with the use: mode `inspection` for pressures and loads, rest for temperatures."""
    vessel = _on("pressure_vessel", {"design_pressure": 1.6, "temperature.high": 60})
    for rule, item, used, rest in (
        ("vessel-design-pressure", "design_pressure", {"pressure": 1.7}, {"pressure": 1.7, "mode": "inspection"}),
        ("vessel-temperature", "temperature", {"temperature": 70}, {"running": False}),
    ):
        judge = _judge(rule, item)
        facts = [VesselState(**({"running": True} | known)) for known in (rest, used, rest)]
        steps: list[Step] = [("vessel_state", fact, T0 + n * MINUTE) for n, fact in enumerate(facts)]
        assert states(judge, steps, vessel) == [False, True, False]
    crane: list[Step] = [
        ("crane_state", CraneState(running=True, load_percent=125, lifting=True, mode="inspection"), T0),
        ("tick", None, T0 + MINUTE),
        ("crane_state", CraneState(running=True, load_percent=101, lifting=True), T0 + HOUR),
        ("tick", None, T0 + HOUR + MINUTE),
    ]
    assert states(_judge("crane-overload", "load_percent"), crane, _on("crane")) == [False, False, False, True]


def test_two_accidents_of_one_subject_stand_side_by_side() -> None:
    """An alert closes only when the last accident of its grade is closed; older facts change nothing."""
    judge, occurred = _judge("accident-general"), "2026-09-07T08:00:00+08:00"
    one = Accident(accident="a", occurred=occurred, dead=1)
    other = Accident(accident="b", occurred=occurred, hurt=1)
    facts = [one, other, msgspec.structs.replace(one, closed=True), msgspec.structs.replace(other, closed=True)]
    steps: list[Step] = [("accident", fact, T0 + n * HOUR) for n, fact in enumerate(facts)]
    assert states(judge, [*steps, ("accident", one, T0)], _on()) == [True, True, True, False, False]
    assert set(accident.GRADES) == set(TABLE)


STEPS = st.permutations(["trapped", "freed"])


@given(order=STEPS, minutes=st.integers(0, 240), end=st.sampled_from(["freed", "false-alarm", None]))
def test_stranding_is_found_in_any_order(order: list[str], minutes: int, end: str | None) -> None:
    """It opens exactly where people were held for 2 hours, whichever fact comes first, and all ends when they are free."""
    judge = _judge("lift-stranding-accident")
    facts = {"trapped": (T0, Rescue(rescue="r", step="trapped")), "freed": None}
    if end:
        facts["freed"] = (T0 + minutes * MINUTE, Rescue(rescue="r", step=end))  # type: ignore[arg-type]  # one of the steps
    steps: list[Step] = [("rescue", fact[1], fact[0]) for name in order if (fact := facts[name])]
    after = states(judge, [*steps, ("tick", None, T0 + 300 * MINUTE)], _on())
    held_long = {"freed": minutes >= 120, "false-alarm": False, None: True}[end]
    assert any(after) is held_long
    assert after[-1] is (end is None)


def test_people_may_become_enough_later() -> None:
    """100 people for 24 hours: a correction of the number to 100 after 30 hours opens at once."""
    few, many = Rescue(rescue="r", step="trapped", people=80), Rescue(rescue="r", step="trapped", people=100)
    steps: list[Step] = [("rescue", few, T0), ("tick", None, T0 + 25 * HOUR), ("rescue", many, T0 + 30 * HOUR)]
    assert states(_judge("stranding-major"), steps, _on("ropeway")) == [False, False, True]


def test_only_some_rescues_are_remembered() -> None:
    """Of thousands of rescues the newest stay; an open one outlives those that are over."""
    judge, on = _judge("lift-stranding-accident"), _on()
    step(judge, on, ("rescue", Rescue(rescue="open", step="trapped"), T0))
    for n in range(1_000):
        for name, at in (("trapped", T0 + 2 * n * SECOND), ("freed", T0 + (2 * n + 1) * SECOND)):
            step(judge, on, ("rescue", Rescue(rescue=str(n), step=name), at))  # type: ignore[arg-type]  # as above
    memory: Rescues = on.memory[judge.key]
    assert len(memory.held) == KEPT
    assert "open" in memory.held
    assert [found.value for found in step(judge, on, ("tick", None, T0 + 2 * HOUR))] == [2]


@pytest.mark.parametrize(
    ("medium", "limits", "expected"),
    [
        ("steam", {"pressure": 0.4}, 0.43),
        ("steam", {"pressure": 0.8}, 0.83),
        ("steam", {"pressure": 0.81}, 0.8424),
        ("steam", {"pressure": 5.3}, 5.512),
        ("steam", {"pressure": 9.8}, 10.29),
        ("hot-water", {"pressure": 1.25}, 1.375),
        ("hot-water", {"pressure": 0.4}, 0.47),
        ("heat-carrier", {"pressure": 0.8}, None),
        ("", {"pressure": 0.8}, None),
        ("heat-carrier", {"pressure": 9.8, "safety_valve": 10.3}, 10.3),
        ("steam", {}, None),
    ],
)
def test_the_valve_opens_at_its_pressure(medium: str, limits: dict[str, float], expected: float | None) -> None:
    """Steam: 0.03 MPa above to 0.8, 1.04 times to 5.3, 1.05 above; hot water 1.10 times, 0.07 MPa at least; or registered."""
    judge, on = _judge("boiler-valve-pressure"), _on("boiler", limits, medium=medium)
    highest = expected or 20.0
    steps: list[Step] = [
        ("boiler_state", BoilerState(running=True, pressure=pressure), T0 + n * MINUTE)
        for n, pressure in enumerate((round(highest - 0.001, 6), highest))
    ]
    assert states(judge, steps, on) == [False, expected is not None]


filings = st.lists(st.integers(0, 60 * 6).map(lambda n: 4 * n), min_size=1, max_size=40)


@pytest.mark.parametrize(("level", "freq"), [("day", "D"), ("week", "W-SUN"), ("month", "M")])
@given(hours=filings)
@settings(max_examples=30, deadline=None)
def test_a_missed_period_is_the_one_that_pandas_finds(level: str, freq: str, hours: list[int]) -> None:
    """With ticks every 4 hours it stands from 8 hours after the end of the first whole period without a record."""
    judge = judges.JUDGES["filed"](Binding(rule="r", item="", kinds=("self_check",), params={"level": level}, editions=()))
    times = sorted({T0 + hour * HOUR for hour in hours})
    on, standing = _on("use_unit"), False
    told = list(times)
    for now in range(T0, T0 + 62 * DAY, 4 * HOUR):
        for found in step(judge, on, ("tick", None, now)):
            standing = found.active
        while told and told[0] <= now:
            for found in step(judge, on, ("self_check", SelfCheck(level=level), told.pop(0))):  # type: ignore[arg-type]  # a level
                standing = found.active
        newest = max((at for at in times if at <= now), default=None)
        assert standing is (newest is not None and _missed(newest, now - 8 * HOUR, freq))


def _missed(newest: int, now: int, freq: str) -> bool:
    """Whether the period after that of the newest record is over."""
    first, present = (
        pd.Timestamp(at, unit="ms", tz="UTC").tz_convert("Asia/Shanghai").tz_localize(None) for at in (newest, now)
    )
    return bool(present.to_period(freq) > first.to_period(freq) + 1)


def test_the_first_registration_begins_the_filing_and_later_ones_do_not() -> None:
    """A unit that never files is found two days after it is known, however often it is registered."""
    judge, on = _judge("daily-control-missing", "lift"), _on("use_unit", lift=True)
    steps: list[Step] = [("registered", on.facts, T0 + n * HOUR) for n in range(60)]
    assert states(judge, [*steps, ("tick", None, T0 + 60 * HOUR)], on)[-1]


def test_a_unit_owes_records_of_what_it_uses_alone() -> None:
    """Nothing of boilers from a unit without, and nothing any more of lifts once it is registered without them."""
    unit, without = _on("use_unit", lift=True), _on("use_unit").facts
    begun: list[Step] = [("registered", unit.facts, T0), ("tick", None, T0 + 3 * DAY)]
    assert not states(_judge("daily-control-missing", "boiler"), begun, unit)[-1]
    judge = _judge("daily-control-missing", "lift")
    assert states(judge, begun, unit)[-1]
    unit.facts = without
    assert [found.active for found in step(judge, unit, ("registered", without, T0 + 4 * DAY))] == [False]
    assert step(judge, unit, ("tick", None, T0 + 9 * DAY)) == []


def test_an_application_counts_for_its_own_term() -> None:
    """One of a year before does not count; one in time does, until the next date; a failed inspection is no application."""
    judge = _judge("inspection-not-applied")
    valid, later = (_on(valid_until=day).facts for day in ("2027-08-31", "2028-08-31"))
    applied, failed = InspectionStep("applied"), InspectionStep("failed")
    far = parse_time("2027-08-15T00:00:00+08:00")
    begun: list[Step] = [("registered", valid, T0)]
    assert states(judge, [*begun, ("inspection_step", applied, T0), ("tick", None, far)], _on())[-1]
    assert states(judge, [*begun, ("inspection_step", failed, far - 40 * DAY), ("tick", None, far)], _on())[-1]
    in_time: list[Step] = [*begun, ("inspection_step", applied, far - 40 * DAY), ("tick", None, far)]
    assert not states(judge, in_time, _on())[-1]
    again: list[Step] = [*in_time, ("registered", later, far), ("tick", None, far + 366 * DAY)]
    assert states(judge, again, _on())[-1]


def test_distances_are_those_of_the_sphere() -> None:
    """A degree of latitude is 111.2 km; at 60° a degree of longitude is half of that at the equator."""
    assert kilometres(113, 34, 113, 34) == 0
    assert kilometres(0, 0, 0, 1) == pytest.approx(6_371 * 3.141592653589793 / 180)
    assert kilometres(0, 60, 1, 60) == pytest.approx(kilometres(0, 0, 1, 0) / 2, rel=1e-4)
    assert kilometres(0, 0, 180, 0) == pytest.approx(6_371 * 3.141592653589793)


def test_travel_needs_the_time_of_the_way() -> None:
    """At 60 km/h a degree of latitude takes 111.19 minutes; overlapping visits have less than none; late facts mean nothing."""
    judge = _judge("visits-too-close")
    here, there = Visit(device="a", lon=113, lat=34, minutes=30), Visit(device="b", lon=113, lat=35, minutes=30)
    for gap, expected in ((111, True), (112, False), (-10, True)):
        steps: list[Step] = [("visit", here, T0), ("visit", there, T0 + (gap + 30) * MINUTE)]
        assert states(judge, steps, _on("technician"))[-1] is expected
    steps = [("visit", here, T0), ("visit", there, T0 - HOUR)]
    assert states(judge, steps, _on("technician")) == [False, False]


signs = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(["maintenance", "fault", "rescue", "found", "removed", "false-alarm"])),
    max_size=25,
)


@given(told=signs, valid=st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_the_code_is_that_of_the_scheme_every_day(told: list[tuple[int, str]], valid: int) -> None:
    """In order of time, day after day: the colour is that of the scheme applied to the whole history."""
    judge, on = _judge("lift-safety-code"), _on(valid_until=_day(valid))
    step(judge, on, ("registered", on.facts, T0))
    history = sorted(told)
    for day in range(1, 230):
        for n, (_, what) in [each for each in enumerate(history) if each[1][0] == day]:
            step(judge, on, _sign(what, n, T0 + day * DAY + n))
        step(judge, on, ("tick", None, T0 + day * DAY + 1_000))
        memory: Signs = on.memory[judge.key]
        assert memory.colour == _colour([each for each in enumerate(history) if 1 <= each[1][0] <= day], day, valid)


def _day(n: int) -> str:
    return str(date(2026, 9, 7) + timedelta(days=n))


def _sign(what: str, n: int, at: int) -> Step:
    if what == "maintenance":
        return "maintenance", Maintenance(), at
    if what == "fault":
        return "fault_check", FaultCheck("occurred"), at
    if what == "rescue":
        return "rescue", Rescue(rescue=str(n), step="trapped"), at
    if what == "false-alarm":
        return "rescue", Rescue(rescue=str(n - 1), step="false-alarm"), at
    return "danger", Danger(danger="d", step=what), at  # type: ignore[arg-type]  # found or removed


def _colour(history: list[tuple[int, tuple[int, str]]], day: int, valid: int) -> str:
    """The scheme by whole days: times of one day are 08:00 and some milliseconds, and it is reckoned one second later."""
    false = {n - 1 for n, (_, what) in history if what == "false-alarm"}
    rescues = [at for n, (at, what) in history if what == "rescue" and n not in false]
    maintained = [at for _, (at, what) in history if what == "maintenance"]
    faults = rescues + [at for _, (at, what) in history if what == "fault"]
    dangers = [what for _, (_, what) in history if what in {"found", "removed"}]
    danger = "found" in dangers and "removed" not in dangers
    ago = day - maintained[-1] if maintained else 0
    if day > valid or ago > 15 or danger or sum(day - at < 90 for at in rescues) >= 3:
        return "red"
    return "yellow" if valid - day <= 29 or ago >= 12 or any(day - at < 30 for at in faults) else "green"


KINDS: dict[str, st.SearchStrategy[Any]] = {
    "rescue": st.builds(
        Rescue, rescue=st.sampled_from("ab"), step=st.sampled_from(["trapped", "arrived", "freed", "false-alarm"])
    ),
    "accident": st.builds(
        Accident, accident=st.sampled_from("ab"), occurred=st.just(""), dead=st.integers(0, 40), closed=st.booleans()
    ),
    "boiler_state": st.builds(BoilerState, running=st.booleans(), pressure=st.sampled_from([None, 1.0, 1.3, 2.0])),
    "vessel_state": st.builds(
        VesselState,
        running=st.booleans(),
        pressure=st.sampled_from([None, 1.0, 1.3, 2.0]),
        temperature=st.sampled_from([None, 9]),
        mode=st.sampled_from(["normal", "inspection"]),
    ),
    "crane_state": st.builds(
        CraneState,
        running=st.booleans(),
        load_percent=st.sampled_from([None, 90, 101]),
        mode=st.sampled_from(["normal", "inspection"]),
    ),
    "accident_step": st.builds(
        AccidentStep, accident=st.sampled_from("ab"), step=st.sampled_from(["unit-told", "reported", "to-state", "excluded"])
    ),
    "order": st.builds(
        Order,
        order=st.sampled_from("ab"),
        step=st.sampled_from(["issued", "reported", "withdrawn"]),
        until=st.sampled_from(["", "2026-09-08", "9999-12-31"]),
    ),
    "visit": st.builds(Visit, device=st.just("d"), lon=st.sampled_from([0, 180]), lat=st.just(0), minutes=st.integers(0, 60)),
    "self_check": st.builds(
        SelfCheck, level=st.sampled_from(["day", "week", "month"]), equipment=st.sampled_from([None, "lift", "boiler"])
    ),
    "inspection_step": st.builds(InspectionStep, step=st.sampled_from(["applied", "passed", "failed"])),
    "maintenance": st.builds(Maintenance),
    "fault_check": st.builds(FaultCheck, step=st.sampled_from(["occurred", "checked"])),
    "danger": st.builds(Danger, danger=st.sampled_from("ab"), step=st.sampled_from(["found", "sealed", "removed"])),
    "registered": st.builds(
        lambda day: _on(valid_until=day).facts, st.sampled_from(["2026-09-08", "soon", "0001-01-01", "9999-12-31"])
    ),
}
TIMES = st.one_of(
    st.integers(0, 60).map(lambda n: T0 + n * 4 * HOUR), st.sampled_from([0, parse_time("2199-12-31T23:00:00+08:00")])
)
OWN = [rule for rule, spec in BOOK.rules.items() if spec.judge.startswith("special_equipment:")]


@pytest.mark.parametrize("rule", OWN)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_facts_make_a_judge_raise_and_checkpoints_change_nothing(rule: str, data: st.DataObject) -> None:
    """Facts in any order and of any time; a twin whose memory goes through a checkpoint after each step says the same."""
    judge = _judge(rule, item=next(iter(BOOK.rules[rule].items), ""))
    limits = {"pressure": 1.25, "working_pressure": 1.3, "temperature.high": 8}
    traits: dict[str, Any] = {"boiler": True, "use_state": "unregistered", "register_by": "2026-09-08"}
    one, twin = (_on(limits=limits, **traits) for _ in range(2))
    now = T0
    for kind in data.draw(st.lists(st.sampled_from(["tick", *(k for k in BOOK.rules[rule].on if k in KINDS)]), max_size=30)):
        at = data.draw(TIMES)
        now = max(now, at) if kind == "tick" else now
        fact = None if kind == "tick" else data.draw(KINDS[kind])
        if kind == "registered":
            one.facts = twin.facts = fact
        what = (kind, fact, now if kind == "tick" else at)
        assert step(judge, one, what) == step(judge, twin, what)
        restored(twin, judge)
        assert judge.due(one) == judge.due(twin) <= NEVER


def test_memory_of_the_code_is_bounded() -> None:
    """Thousands of rescues and dangers leave a small memory."""
    judge, on = _judge("lift-safety-code"), _on()
    assert isinstance(judge, Code)
    for n in range(5_000):
        step(judge, on, ("rescue", Rescue(rescue=str(n), step="trapped"), T0 + n * MINUTE))
        step(judge, on, ("danger", Danger(danger=str(n), step="found"), T0 + n * MINUTE))
    assert len(msgspec.msgpack.encode(on.memory)) < 10_000


def test_what_cannot_be_measured_is_told() -> None:
    """A moment that there is not or that is to come, and an order without a day, give a quality record."""
    for occurred, rows in (("soon", ["DQ-15"]), ("2026-09-07T08:00:01+08:00", [""]), ("2026-09-07T08:00:00+08:00", [])):
        found = judges.check_accident(Accident(accident="a", occurred=occurred), T0)
        assert [row for row, _, _ in found] == rows
    assert [row for row, _, _ in judges.check_order(Order(order="o", step="issued", until="2026-02-30"), T0)] == ["DQ-15"]
    assert len(judges.check_order(Order(order="o", step="issued"), T0)) == 1
    assert judges.check_order(Order(order="o", step="issued", until="2026-09-30"), T0) == []
    assert judges.check_order(Order(order="o", step="reported"), T0) == []


def test_the_law_of_a_fault_through_its_editions() -> None:
    """A fault unchecked: 条例 29, from 2014 the Law's 42, from 2022-07-01 监督检查办法 25, from 2024-12-01 GB 45067 too."""
    editions = BOOK.clauses["safety-accessories"].edition
    days = ("2013-12-31", "2014-01-01", "2022-06-30", "2022-07-01", "2024-11-30", "2024-12-01")
    found = [in_force(editions, parse_time(f"{day}T00:00:00+08:00")) for day in days]
    assert [edition.article[-5:] for edition in found[:3] if edition] == ["第二十九条", "第四十二条", "第四十二条"]
    assert [edition.article[:5] for edition in found[3:] if edition] == ["第二十五条"] * 3
    assert ["GB 45067-2024" in edition.edition for edition in found if edition] == [False] * 5 + [True]
