"""The food and drug domain's own judges: faults that one fact shows, the record that must come soon, and the checks."""

import doctest
from datetime import date
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
    Disposal,
    DrugClimate,
    FoodClimate,
    FridgeDay,
    Penalty,
    RecheckApplication,
    Sale,
    StockCheck,
    Trip,
)
from streams.calendar.holidays import load
from streams.messages import MINUTE, NEVER, Name, Registered, Text, parse_time

T0 = parse_time("2026-07-01T10:00:00+08:00")
PAYLOADS = {"drug_climate": DrugClimate, "food_climate": FoodClimate, "trip": Trip, "bulk_load": BulkLoad}
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
