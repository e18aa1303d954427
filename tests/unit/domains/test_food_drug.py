"""The food and drug domain's own judges: faults that one fact shows, the record that must come soon, and the checks."""

import doctest
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.core.alerts.state import Subject, followed
from agents.core.judge import Judge
from agents.core.rules.rule import Binding, Edition
from agents.domains.food_drug import faults
from agents.domains.food_drug.faults import chi_square, months_after
from agents.domains.food_drug.judges import CHECKS, JUDGES, STATUS
from agents.domains.food_drug.payload import (
    AdrTable,
    BulkLoad,
    Decision,
    Disposal,
    DrugClimate,
    FollowUp,
    FoodClimate,
    FridgeDay,
    Penalty,
    Recall,
    RecheckApplication,
    Sale,
    Sample,
    StockCheck,
    Trip,
)
from streams.calendar.holidays import load
from streams.messages import DAY, HOUR, MINUTE, NEVER, Name, Registered, Text, parse_time

T0 = parse_time("2026-07-01T10:00:00+08:00")
PAYLOADS = {
    "drug_climate": DrugClimate,
    "food_climate": FoodClimate,
    "trip": Trip,
    "bulk_load": BulkLoad,
    "decision": Decision,
    "disposal": Disposal,
    "follow_up": FollowUp,
    "recall": Recall,
    "sale": Sale,
    "sample": Sample,
    "stock_check": StockCheck,
}
days = st.dates(date(2000, 1, 1), date(2090, 1, 1))
counts = st.integers(0, 10_000)


def _judge(name: str, kinds: tuple[str, ...] = (), editions: tuple[Edition, ...] = (), **params: Any) -> Judge:
    binding = Binding(rule="rule", item="", kinds=kinds, params=params, editions=editions, payloads=PAYLOADS, calendar=load())
    return JUDGES[name](binding)


def _read(judge: Judge, subject: Subject, kind: str, data: Any, at: int) -> bool | None:
    """Read as the fold does; whether the condition is said to be true."""
    subject.latest[kind] = followed(subject.latest.get(kind), at, data)
    finding = judge.read(subject, kind, data, at)
    return None if finding is None else finding.active


def _store(kind: str) -> Subject:
    return Subject("s", facts=Registered(kind=kind, name=Name("库"), adcode="410102"))


def test_examples_in_docstrings_hold() -> None:
    """What the docstrings show is what the code does."""
    tried = doctest.testmod(faults)
    assert tried.attempted > 0
    assert tried.failed == 0


@given(day=days, months=st.integers(1, 120))
def test_months_are_counted_as_pandas_counts_them(day: date, months: int) -> None:
    """The corresponding day, or the last one of a shorter month, is that of pandas' DateOffset."""
    assert months_after(day, months) == (pd.Timestamp(day) + pd.DateOffset(months=months)).date()


@given(a=counts, b=counts, c=counts, d=counts)
def test_chi_square_is_the_sum_over_the_four_cells(a: int, b: int, c: int, d: int) -> None:
    """Yates' chi-square: the sum of (|observed - expected| - 0.5)² / expected over the four cells, never below 0."""
    n, rows, columns = a + b + c + d, (a + b, c + d), (a + c, b + d)
    table = AdrTable(drug="d", reaction="r", both=a, drug_only=b, reaction_only=c, neither=d)
    if 0 in (*rows, *columns):
        assert chi_square(table) == 0
        return
    cells = zip((a, b, c, d), [row * column / n for row in rows for column in columns], strict=True)
    expected = sum(max(0.0, abs(seen - likely) - 0.5) ** 2 / likely for seen, likely in cells)
    assert chi_square(table) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_a_drug_whose_reaction_no_other_drug_has_gives_no_ratio() -> None:
    """Without reports of the reaction for other drugs, or of the drug at all, there is no PRR and nothing is said."""
    judge = _judge("signal")
    for counted in ((5, 5, 0, 100), (0, 0, 5, 100)):
        table = AdrTable(
            drug="d", reaction="r", **dict(zip(("both", "drug_only", "reaction_only", "neither"), counted, strict=True))
        )
        assert _read(judge, Subject("s"), "adr_table", table, T0) is None


@given(goods=st.integers(0, 1_000_000), fine=st.integers(0, 30_000_000))
def test_a_fine_is_judged_by_the_range_of_article_124(goods: int, fine: int) -> None:
    """食品安全法 124: 50,000 to 100,000 yuan for goods under 10,000 yuan, 10 to 20 times their value from there on."""
    lawful = 50_000 <= fine <= 100_000 if goods < 10_000 else 10 * goods <= fine <= 20 * goods
    found = _read(
        _judge("fine"), Subject("s"), "penalty", Penalty(case="c", ground="expired", goods_value=goods, fine=fine), T0
    )
    assert found is (None if lawful else True)


def test_what_cannot_be_measured_is_not_judged_but_told() -> None:
    """A day or moment that there is not, or one after the fact, opens nothing and gives a quality record."""
    late, early = _judge("late", within="7 statutory-working-days"), _judge("early", months=6)
    for received in ("soon", "2026-07-02T10:00:00+08:00"):
        application = RecheckApplication(sample="s", received=received)
        assert _read(late, Subject("s"), "recheck_application", application, T0) is None
        assert len(CHECKS["recheck_application"](application, T0)) == 1
    disposal = Disposal(what="food-record", number="n", since="2026-02-30")
    assert _read(early, Subject("s"), "disposal", disposal, T0) is None
    assert [row for row, _, _ in CHECKS["disposal"](disposal, T0)] == ["DQ-15"]
    assert CHECKS["disposal"](Disposal(what="food-record", number="n", since="2026-02-28"), T0) == []
    assert len(CHECKS["sale"](Sale(product="food", batch="b", expires="2026-13-01"), T0)) == 1
    assert CHECKS["stock_check"](StockCheck(product="food", earliest="2026-12-01"), T0) == []
    assert CHECKS["recheck_application"](RecheckApplication(sample="s", received="2026-07-01T09:00:00+08:00"), T0) == []


def test_a_recheck_outside_the_calendar_is_not_judged() -> None:
    """Working days of a year without holidays data are not guessed."""
    application = RecheckApplication(sample="s", received="1999-07-01T10:00:00+08:00")
    assert (
        _read(_judge("late", within="7 statutory-working-days"), Subject("s"), "recheck_application", application, T0) is None
    )


def test_facts_before_the_law_open_nothing() -> None:
    """A duty that is new law is judged from its first day on."""
    words = Text("文", "text")
    edition = Edition(edition="new", article="1", text=words, mark="V", source="", since=date(2025, 12, 1))
    judge = _judge("event-in-force", ("bulk_load",), (edition,), where={"permit": False})
    load = BulkLoad(waybill="w", permit=False, seal="intact", cleaning="recorded")
    first = parse_time("2025-12-01T00:00:00+08:00")
    assert _read(judge, Subject("s"), "bulk_load", load, first - 1) is None
    assert _read(judge, Subject("s"), "bulk_load", load, first) is True


def test_a_gap_waits_only_out_of_range_and_only_for_registered_kinds() -> None:
    """Either probe counts; the bounds are within; a kind without a range never waits."""
    judge = _judge("gap", ("drug_climate",), after="2m", ranges={"drug_cold_store": (2, 8)})
    quiet = ((5.0, None), (8.0, 2.0), (None, None))
    out = ((8.1, 5.0), (5.0, 1.9))
    for first, second in (*quiet, *out):
        subject = _store("drug_cold_store")
        _read(judge, subject, "drug_climate", DrugClimate(temperature=first, temperature_2=second), T0)
        assert (judge.due(subject) != NEVER) is ((first, second) in out)
    other = _store("drug_frozen_store")
    _read(judge, other, "drug_climate", DrugClimate(temperature=-20.0), T0)
    assert judge.due(other) == NEVER


def test_a_gap_is_told_once_and_older_facts_change_nothing() -> None:
    """It opens at the first moment after the interval, since then; an older record is no answer; the newer one closes."""
    judge, subject = _judge("gap", ("food_climate", "trip"), after="10m"), _store("food_chilled_vehicle")
    assert judge.due(subject) == NEVER
    _read(judge, subject, "food_climate", FoodClimate(temperature=4), T0)
    assert judge.due(subject) == T0 + 10 * MINUTE + 1
    finding = judge.wake(subject, T0 + 10 * MINUTE + 1)
    assert finding is not None
    assert (finding.active, finding.opened_at, finding.limit) == (True, T0 + 10 * MINUTE, 10)
    assert judge.due(subject) == NEVER
    assert _read(judge, subject, "food_climate", FoodClimate(temperature=4), T0 - MINUTE) is None
    assert _read(judge, subject, "trip", Trip("ended"), T0 - MINUTE) is None
    assert _read(judge, subject, "food_climate", FoodClimate(temperature=4), T0 + 12 * MINUTE) is False
    assert _read(judge, subject, "trip", Trip("ended"), T0 + 13 * MINUTE) is None
    assert judge.due(subject) == NEVER
    assert subject.memory == {}


def test_the_wall_shows_the_newest_values() -> None:
    """Stores show both probes, fridges their day; all numbers as they came."""
    assert STATUS["drug_climate"](DrugClimate(temperature=5.1, humidity=50), T0) == {
        "temperature": 5.1,
        "temperature_2": None,
        "humidity": 50,
        "humidity_2": None,
    }
    assert STATUS["food_climate"](FoodClimate(temperature=-18), T0) == {"temperature": -18}
    assert STATUS["fridge_day"](FridgeDay(above_minutes=600, below_minutes=0), T0)["above_minutes"] == 600


def _disposed(what: str, number: str, **more: Any) -> Disposal:
    return Disposal(what=what, number=number, since="2026-03-02", **more)  # type: ignore[arg-type]


@given(since=days, months=st.integers(1, 60), kept=st.integers(-3, 3))
def test_the_last_day_is_kept_to_its_end(since: date, months: int, kept: int) -> None:
    """民法典 201 to 203: a period of months ends with the corresponding day, at 24:00; what goes the day after is in time."""
    last = (pd.Timestamp(since) + pd.DateOffset(months=months)).date()
    at = parse_time(f"{last + timedelta(kept)}T12:00:00+08:00")
    judge = _judge("early", months=months, through=True)
    found = _read(judge, Subject("s"), "disposal", Disposal(what="food-record", number="n", since=str(since)), at)
    assert found is (True if kept <= 0 else None)


def test_what_spoils_sooner_is_kept_to_the_end_of_its_shelf_life() -> None:
    """抽样检验管理办法 25: where less than 3 months of shelf life are left, to the end of it; never longer than 3 months."""
    judge = _judge("early", months=3, through=True, shelf=True)
    for expires, at, early in (
        ("2026-03-10", "2026-03-10T23:59:59+08:00", True),
        ("2026-03-10", "2026-03-11T00:00:00+08:00", None),
        ("2027-01-01", "2026-06-02T23:59:59+08:00", True),
        ("2027-01-01", "2026-06-03T00:00:00+08:00", None),
        ("2026-02-30", "2026-04-01T00:00:00+08:00", True),  # no such day: the three months count
    ):
        disposal = _disposed("spare-fit", "n", expires=expires)
        assert _read(judge, Subject("s"), "disposal", disposal, parse_time(at)) is early


def test_a_fine_may_have_a_range_of_its_own() -> None:
    """河南省条例 46: a stall is fined 500 to 5,000 yuan, whatever its goods are worth."""
    for fine, found in ((499, True), (500, None), (5_000, None), (5_001, True)):
        penalty = Penalty(case="c", ground="expired", goods_value=1e6, fine=fine)
        assert _read(_judge("fine", low=500, high=5_000), Subject("s"), "penalty", penalty, T0) is found


def test_only_the_act_on_the_same_thing_ends_a_matter() -> None:
    """Two records thrown away too early: a later lawful disposal leaves both, a decision about one the other."""
    params: dict[str, Any] = {"with": {"months": 3, "through": True}, "until": [{"kind": "decision", "by": "about"}]}
    judge = _judge("paired", ("disposal",), by="number", fault="early", **params)
    subject = Subject("s")
    at = parse_time("2026-04-01T10:00:00+08:00")
    late = parse_time("2026-07-01T10:00:00+08:00")
    assert _read(judge, subject, "disposal", _disposed("spare-fit", "a"), at) is True
    assert _read(judge, subject, "disposal", _disposed("spare-fit", "b"), at + HOUR) is True
    assert _read(judge, subject, "disposal", _disposed("spare-fit", "c"), late) is None
    assert _read(judge, subject, "decision", Decision(about="x", outcome="warning"), late) is None
    assert _read(judge, subject, "decision", Decision(about="a", outcome="warning"), late) is None
    assert _read(judge, subject, "decision", Decision(about="b", outcome="no-penalty"), late) is False


def test_a_decision_that_was_told_first_ends_what_was_before_it() -> None:
    """Facts come out of order: what a decision is about does not open after it, but what comes later in time does."""
    judge = _judge("paired", ("bulk_load",), by="waybill", until=[{"kind": "decision", "by": "about"}], where={"permit": False})
    subject = Subject("s")
    load = BulkLoad(waybill="w", permit=False, seal="intact", cleaning="recorded")
    assert _read(judge, subject, "decision", Decision(about="w", outcome="penalty"), T0) is None
    assert _read(judge, subject, "bulk_load", load, T0 - HOUR) is None
    assert _read(judge, subject, "bulk_load", load, T0 + HOUR) is True


def test_matters_are_counted_within_their_time() -> None:
    """Two unfit samples within 365 days; exactly 365 days apart they are not within; an overturned one does not count."""
    judge = _judge(
        "paired",
        ("sample",),
        by="sample",
        where={"step": "reported", "verdict": "unfit"},
        until=[{"kind": "sample", "where": {"step": "rechecked", "verdict": "fit"}}],
        count=2,
        lasts="365d",
    )
    subject = Subject("s")

    def unfit(name: str) -> Sample:
        return Sample(sample=name, step="reported", verdict="unfit")

    assert _read(judge, subject, "sample", unfit("a"), T0) is None
    assert _read(judge, subject, "sample", unfit("b"), T0 + 365 * DAY) is None
    assert judge.due(subject) == NEVER
    assert _read(judge, subject, "sample", unfit("c"), T0 + 366 * DAY) is True
    assert judge.due(subject) == T0 + 730 * DAY
    fit = Sample(sample="b", step="rechecked", verdict="fit")
    assert _read(judge, subject, "sample", fit, T0 + 367 * DAY) is False
    assert _read(judge, subject, "sample", unfit("d"), T0 + 368 * DAY) is True
    finding = judge.wake(subject, T0 + 731 * DAY)
    assert finding is not None
    assert not finding.active


def test_what_began_by_the_old_text_ends_by_it() -> None:
    """食品召回管理办法 2015, 13 and 2026, 11: level 2 has 48 hours to the end of November 2026, then 36."""
    learned = {"kind": "recall", "where": {"step": "learned"}}
    judge = _judge(
        "amended",
        ("recall",),
        starts=[
            {**learned, "within": "48 natural-hours", "to": "2026-12-01"},
            {**learned, "within": "36 natural-hours", "since": "2026-12-01"},
        ],
        done={"kind": "recall", "where": {"step": "started"}},
        by="case",
    )
    first = parse_time("2026-12-01T00:00:00+08:00")
    for at, hours in ((first - 1, 48), (first, 36)):
        subject = Subject("s")
        _read(judge, subject, "recall", Recall(case="c", product="food", level=2, step="learned"), at)
        assert judge.due(subject) == at + hours * HOUR + 1


def test_a_day_that_was_set_ends_at_midnight_and_an_act_before_it_fulfils() -> None:
    """抽样检验管理办法 45: extended to 30 October ends at its 24:00; finished ahead of it, told first or last, is in time."""
    judge = _judge(
        "amended",
        ("follow_up",),
        starts=[{"kind": "follow_up", "where": {"step": "extended"}, "from": "until", "within": "24h"}],
        done={"kind": "follow_up", "where": {"step": "finished"}},
        by="sample",
    )
    extended = FollowUp(sample="s", step="extended", until="2026-10-30")
    subject = Subject("s")
    _read(judge, subject, "follow_up", extended, T0)
    assert judge.due(subject) == parse_time("2026-10-31T00:00:00+08:00") + 1
    _read(judge, subject, "follow_up", FollowUp(sample="other", step="finished"), T0 + DAY)
    assert subject.memory["rule"].count == 1
    _read(judge, subject, "follow_up", FollowUp(sample="s", step="finished"), T0 + DAY)
    assert subject.memory["rule"].count == 0
    _read(judge, subject, "follow_up", extended, T0)
    assert subject.memory["rule"].count == 0
    _read(judge, subject, "follow_up", FollowUp(sample="t", step="extended"), T0)
    assert subject.memory["rule"].count == 0


def test_humidity_out_of_range_waits_for_the_next_record_too() -> None:
    """GSP annex 3, 5: temperature or humidity out of range is recorded every 2 minutes; the bounds are within."""
    judge = _judge(
        "gap", ("drug_climate",), after="2m", ranges={"drug_cold_store": (2, 8)}, humid={"drug_cold_store": (35, 75)}
    )
    for humidity, waits in ((35.0, False), (75.0, False), (34.9, True), (75.1, True)):
        subject = _store("drug_cold_store")
        _read(judge, subject, "drug_climate", DrugClimate(temperature=5, humidity=50, humidity_2=humidity), T0)
        assert (judge.due(subject) != NEVER) is waits


def test_a_day_that_there_is_not_is_told_where_it_is_optional_too() -> None:
    """An absent day is none to tell; one that the calendar has not is."""
    assert CHECKS["sample"](Sample(sample="s", step="received"), T0) == []
    assert len(CHECKS["sample"](Sample(sample="s", step="received", agreed="2026-02-30"), T0)) == 1


def test_a_registered_label_goes_before_the_law() -> None:
    """GSP 83: drugs are stored as labelled; a store without a registered label is held to the edition of the day."""
    words = Text("文", "text")
    limits = {"temperature.low": 2.0, "temperature.high": 8.0}
    edition = Edition(edition="e", article="1", text=words, mark="V", source="", since=date(2013, 10, 23), limits=limits)
    binding = Binding(
        rule="rule",
        item="temperature",
        kinds=("drug_climate",),
        params={"low": "law", "high": "law"},
        editions=(edition,),
        payloads=PAYLOADS,
        calendar=load(),
    )
    judge = JUDGES["labelled"](binding)
    for labels, value, over in (
        ({}, 8.0, None),
        ({}, 8.1, True),
        ({"temperature.high": 10.0}, 10.0, None),
        ({"temperature.high": 10.0}, 10.1, True),
        ({"temperature.high": 10.0}, 1.9, True),
    ):
        facts = Registered(kind="drug_cold_store", name=Name("库"), adcode="410102", limits=labels)
        subject = Subject("s", facts=facts)
        assert _read(judge, subject, "drug_climate", DrugClimate(temperature=value), T0) is over
