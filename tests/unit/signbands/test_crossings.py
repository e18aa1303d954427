"""How often thresholds would have called: by the judge of the sign's rule, and by a loop of a few lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from agents.signs.book.read import sign_book
from agents.signs.book.sign import SignThreshold
from agents.signs.figures import SignFigure
from agents.signs.past.crossings import CrossedMonth, CrossingPace, beside, crossed, with_thresholds
from agents.signs.rule_file import crossing_params
from streams.messages import HOUR, Text, parse_time
from tests.support.books import the_book

TEXT = Text("a", "a")
BEGIN = parse_time("2026-03-31T20:00:00+08:00")
ROW = replace(
    sign_book()["city-air"],
    thresholds={"yellow": SignThreshold(value=100, basis=TEXT), "red": SignThreshold(value=200, basis=TEXT)},
)
NOW = CrossingPace(delay="0s", deadband=0.0)
"""A crossing counts at once, and is over at once."""

SHARE = replace(ROW, direction="higher", thresholds={"orange": SignThreshold(value=95, basis=TEXT)})


def figures(values: Iterable[float | None], area: str = "410100") -> Iterator[SignFigure]:
    """A figure an hour."""
    for n, value in enumerate(values):
        yield SignFigure(
            sign="city-air",
            area=area,
            at=BEGIN + n * HOUR,
            state="ok",
            value=value,
            numerator=0,
            denominator=0,
            valid=0,
            due=1,
            coverage=1.0,
            newest=None,
        )


def months(values: Sequence[float | None], delay: str = "0s", deadband: float = 0.0, row: object = ROW) -> list[CrossedMonth]:
    """The months of one area."""
    return crossed(row, figures(values), CrossingPace(delay=delay, deadband=deadband))  # type: ignore[arg-type]


def test_a_call_is_a_rise() -> None:
    """At the threshold itself it is reached; from yellow to red is another call, from red to yellow none."""
    (march, april) = months([99, 100, 200, 150, 99, 100])
    assert (march.month, dict(march.calls), dict(march.hours)) == (
        "2026-03",
        {"yellow": 1, "red": 1},
        {"ok": 1, "yellow": 2, "red": 1},
    )
    assert (april.month, dict(april.calls), dict(april.hours)) == ("2026-04", {"yellow": 1}, {"ok": 1, "yellow": 1})


def test_what_is_not_told_neither_opens_nor_closes() -> None:
    """It is counted as NA; the state after it is the one before it."""
    (march, april) = months([100, None, None, None, 100, 99])
    assert (dict(march.calls), dict(march.hours)) == ({"yellow": 1}, {"yellow": 1, "na": 3})
    assert (dict(april.calls), dict(april.hours)) == ({}, {"yellow": 1, "ok": 1})


def test_a_delay_and_a_deadband_keep_a_flutter_quiet() -> None:
    """Two hours at it before it calls, and two hours back by more than 10 before it is over."""
    (march, april) = months([100, 99, 100, 100, 100, 95, 90, 89, 88, 80], "2h", 10)
    assert (dict(march.calls), dict(march.hours)) == ({}, {"ok": 4})
    assert (dict(april.calls), dict(april.hours)) == ({"yellow": 1}, {"yellow": 5, "ok": 1})


def test_time_alone_completes_a_delay() -> None:
    """At 23:00 of March it is reached, half an hour later it calls: in March, whatever midnight brings."""
    (march, april) = months([0, 0, 0, 150, 0, 0], "30m", 0)
    assert (dict(march.calls), dict(march.hours)) == ({"yellow": 1}, {"ok": 4})
    assert (dict(april.calls), dict(april.hours)) == ({}, {"yellow": 1, "ok": 1})


def test_without_a_pace_it_is_that_of_the_rule() -> None:
    """The very parameters that the sign's rule in the rule book has."""
    row = sign_book()["city-air"]
    rule = the_book().rules["sign-city-air"].params
    assert {name: rule[name] for name in crossing_params(row)} == crossing_params(row)
    values = [100, 101, 100, 99.5, 98, 101, 160]
    own = {"delay": rule["on_delay"], "deadband": rule["deadband"]}
    known = crossed(row, figures(values), CrossingPace(**own))
    assert known == crossed(row, figures(values), CrossingPace())
    assert sum((each.calls for each in known), Counter()) == {"blue": 2, "yellow": 1}


def test_lower_is_worse_of_a_share() -> None:
    """At 95 it is reached; closed above 96, with a deadband of 1."""
    assert [dict(each.hours) for each in months([96, 95, 96, 96.5], deadband=1, row=SHARE)] == [{"ok": 2, "orange": 2}]


def test_other_thresholds_stand_beside_the_own() -> None:
    """Without red it is yellow; with yellow at 150 one hour fewer; and the NA hours are the same."""
    other = with_thresholds(ROW, {"yellow": 150.0, "red": None})
    march, april = beside(ROW, other, list(figures([100, 200, None, 99, 0])), NOW)
    assert march["own"] == {"calls": {"yellow": 1, "red": 1}, "hours": {"ok": 1, "yellow": 1, "red": 1}}
    assert march["other"] == {"calls": {"yellow": 1}, "hours": {"ok": 2, "yellow": 1}}
    assert (march["na"], april["month"], april["other"]["calls"]) == (1, "2026-04", {})


def plain(values: Sequence[float], deadband: float) -> int:
    """How often a value of a list rises to 100 or above after being below 100 - deadband, written down plainly."""
    calls, high = 0, False
    for value in values:
        if not high and value >= 100:
            calls, high = calls + 1, True
        elif high and value < 100 - deadband:
            high = False
    return calls


@given(st.lists(st.floats(60, 199), max_size=60), st.sampled_from([0.0, 5.0, 30.0]))
def test_calls_of_one_level_are_rises_past_a_deadband(values: list[float], deadband: float) -> None:
    """Whatever the values: as a loop of four lines counts."""
    assert sum(each.calls["yellow"] for each in months(values, "0s", deadband)) == plain(values, deadband)


@pytest.mark.parametrize("areas", [("410105", "410100"), ("410100", "410105")])
def test_areas_do_not_touch_each_other(areas: tuple[str, str]) -> None:
    """Mixed hour by hour each has its own state."""
    mixed = [each for pair in zip(figures([100, 100], areas[0]), figures([0, 0], areas[1]), strict=True) for each in pair]
    found = {each.area: dict(each.hours) for each in crossed(ROW, mixed, NOW)}
    assert found == {areas[0]: {"yellow": 2}, areas[1]: {"ok": 2}}
