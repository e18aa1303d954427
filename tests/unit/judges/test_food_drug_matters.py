"""Matters of food and drugs, each by itself: time that stands still, offences that only their own settling ends."""

from typing import Any

from hypothesis import strategies as st

from agents.core.alerts.state import Subject, followed
from agents.core.judge import Judge
from agents.core.judges import STOCK
from agents.core.rules.rule import Binding
from agents.domains.food_drug.judges import JUDGES
from agents.domains.food_drug.payload import CaseStep, FoodControl, RetainedDish
from streams.calendar.holidays import load
from streams.messages import DAY, Name, Registered, parse_time

CALENDAR = load()
T0 = parse_time("2026-07-01T10:00:00+08:00")
PAYLOADS = {"case_step": CaseStep, "retained_dish": RetainedDish, "food_control": FoodControl, "registered": Registered}
STAYS = {
    "begins": {"kind": "case_step", "where": {"step": "stayed"}},
    "ends": {"kind": "case_step", "where": {"step": "resumed"}},
}
FILING = {
    "starts": {"kind": "case_step", "where": {"step": "received"}},
    "done": {"kind": "case_step", "where": {"step": "filed"}},
    "by": "case",
    "within": "15 civil-working-days",
    "pause": STAYS,
}
SMALL = {
    "where": {"step": "kept"},
    "by": "sample",
    "until": {"kind": "retained_dish", "where": {"step": "settled"}},
    "field": "grams",
    "least": 125,
}
moments = st.integers(parse_time("2020-01-10T00:00:00+08:00"), parse_time("2025-06-01T00:00:00+08:00"))


def _judge(name: str, kind: str, params: dict[str, Any]) -> Judge:
    binding = Binding(rule="rule", item="", kinds=(kind,), params=params, editions=(), payloads=PAYLOADS, calendar=CALENDAR)
    return (STOCK | JUDGES)[name](binding)


def _read(judge: Judge, subject: Subject, kind: str, data: Any, at: int) -> bool | None:
    subject.latest[kind] = followed(subject.latest.get(kind), at, data)
    finding = judge.read(subject, kind, data, at)
    return None if finding is None else finding.active


def _step(judge: Judge, subject: Subject, step: Any, at: int) -> bool | None:
    return _read(judge, subject, "case_step", CaseStep(case="P1", step=step), at)


def test_time_that_stands_still_is_over_only_after_it_runs_again() -> None:
    """Received on Wednesday 1 July, tested from the 3rd to the 8th: 15 working days end on 27 July, not on the 22nd."""
    judge, subject = _judge("duty", "case_step", FILING), Subject("s")
    _step(judge, subject, "received", T0)
    assert judge.due(subject) == parse_time("2026-07-23T00:00:00+08:00") + 1
    _step(judge, subject, "stayed", parse_time("2026-07-03T10:00:00+08:00"))
    assert (found := judge.wake(subject, parse_time("2026-08-30T00:00:00+08:00"))) is None, found
    _step(judge, subject, "resumed", parse_time("2026-07-08T09:00:00+08:00"))
    assert judge.due(subject) == parse_time("2026-07-28T00:00:00+08:00") + 1


def test_an_act_ends_a_duty_whose_time_stands_still() -> None:
    """A case that is opened while a test lasts is not asked for when the test is over."""
    judge, subject = _judge("duty", "case_step", FILING), Subject("s")
    for step, day in (("received", 0), ("stayed", 1), ("filed", 2), ("resumed", 3)):
        _step(judge, subject, step, T0 + day * DAY)
    assert judge.wake(subject, T0 + 400 * DAY) is None


def test_a_stay_after_the_end_heals_nothing() -> None:
    """Once the time is over, a test that begins then does not close the alert."""
    judge, subject = _judge("duty", "case_step", FILING), Subject("s")
    _step(judge, subject, "received", T0)
    late = parse_time("2026-07-23T00:00:00+08:00") + 1
    found = judge.wake(subject, late)
    assert found is not None
    assert found.active
    assert _step(judge, subject, "stayed", late + DAY) is None
    assert _step(judge, subject, "filed", late + 2 * DAY) is False


def test_what_settles_before_it_is_told_is_settled() -> None:
    """Facts of one matter in the wrong order: an offence that is older than its settling opens nothing, a newer one does."""
    judge, subject = _judge("offence", "retained_dish", SMALL), Subject("s")
    settled, small = RetainedDish(sample="D1", step="settled"), RetainedDish(sample="D1", step="kept", grams=100)
    assert _read(judge, subject, "retained_dish", settled, T0 + DAY) is None
    assert _read(judge, subject, "retained_dish", small, T0) is None
    assert _read(judge, subject, "retained_dish", small, T0 + 2 * DAY) is True
    assert _read(judge, subject, "retained_dish", settled, T0 + DAY) is None
    assert _read(judge, subject, "retained_dish", settled, T0 + 3 * DAY) is False


def test_each_matter_is_settled_by_itself() -> None:
    """Of two offences the alert stands until both are settled; a dish of exactly 125 g, or of unknown weight, is none."""
    judge, subject = _judge("offence", "retained_dish", SMALL), Subject("s")
    for sample, grams in (("D1", 100.0), ("D2", 124.9)):
        assert _read(judge, subject, "retained_dish", RetainedDish(sample=sample, step="kept", grams=grams), T0) is True
    for weight in (125.0, None):
        assert _read(judge, subject, "retained_dish", RetainedDish(sample="D3", step="kept", grams=weight), T0 + 1) is None
    assert _read(judge, subject, "retained_dish", RetainedDish(sample="D1", step="settled"), T0 + 2) is True
    assert _read(judge, subject, "retained_dish", RetainedDish(sample="D2", step="settled"), T0 + 3) is False


def test_own_control_binds_enterprises_alone() -> None:
    """食品生产经营企业: who is registered as none, or not at all, is never asked for a record."""
    params = {"level": "day", "where": {"facts.traits.enterprise": True}}
    tried: list[tuple[dict[str, bool | int | float | str], bool]] = [
        ({"enterprise": True}, True),
        ({"enterprise": False}, False),
        ({}, False),
    ]
    for traits, due in tried:
        judge = _judge("filed", "food_control", params)
        facts = Registered(kind="shop", name=Name("店"), adcode="410102", traits=traits)
        subject = Subject("s", facts=facts)
        _read(judge, subject, "food_control", FoodControl(level="day"), T0)
        assert (judge.key in subject.memory) is due
