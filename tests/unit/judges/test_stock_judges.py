"""Judges of values against slow obvious references over the whole history, and at the edges of their tables."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.core.judge import Finding
from streams.messages import DAY, HOUR, MINUTE, NEVER, parse_time
from tests.support.judging import T0, Reading, Step, edition, judge, readings, run, states, subject

SIDES = {
    "above": lambda value, limit: value > limit,
    "at-or-above": lambda value, limit: value >= limit,
    "below": lambda value, limit: value < limit,
    "at-or-below": lambda value, limit: value <= limit,
}


def _minutes(values: list[int], last: int = 12) -> list[Step]:
    """A reading at each minute, and a tick after each; ticks go on for `last` minutes."""
    steps: list[Step] = []
    for n in range(len(values) + last):
        if n < len(values):
            steps.append(("reading", Reading(value=float(values[n])), T0 + n * MINUTE))
        steps.append(("tick", None, T0 + n * MINUTE))
    return steps


def _ticks_only(steps: list[Step], after: list[bool]) -> list[bool]:
    return [standing for (kind, _, _), standing in zip(steps, after, strict=True) if kind == "tick"]


@pytest.mark.parametrize("direction", SIDES)
@pytest.mark.parametrize(
    ("value", "opens"), [(99.0, "below at-or-below"), (100.0, "at-or-above at-or-below"), (101.0, "above at-or-above")]
)
def test_limit_exactly_at_the_limit(direction: str, value: float, opens: str) -> None:
    """The limit itself is allowed in `above` and `below`, and forbidden in the other two; so for a limit of the permit."""
    for limit in (100, "permit"):
        asked = judge("limit", limit=limit, default=100, direction=direction, where={"flag": "N"})
        on = subject()
        on.facts = None
        assert states(asked, readings(value), on) == [direction in opens.split()]
        assert states(asked, readings(value, flag="F"), subject()) == [False]


@pytest.mark.parametrize(("direction", "values"), [("above", [101, 98, 97]), ("below", [99, 102, 103])])
def test_limit_closes_at_the_deadband(direction: str, values: list[float]) -> None:
    """With a deadband of 3 an open alert stays at 98 (102) and closes at 97 (103)."""
    asked = judge("limit", limit=100, direction=direction, deadband=3)
    assert states(asked, readings(*values)) == [True, True, False]


def test_limit_of_the_permit() -> None:
    """The subject's own limit (50) counts, else the default; without both nothing is judged."""
    on = subject()
    found = run(judge("limit", limit="permit", default=20), readings(50, 51), on)
    assert [each.limit for _, each in found] == [50]
    on = subject()
    on.facts = None
    assert [each.limit for _, each in run(judge("limit", limit="permit", default=20), readings(21), on)] == [20]
    on.memory.clear()
    assert run(judge("limit", limit="permit"), readings(1e9), on) == []


def test_tiers_by_factor_number_and_fields() -> None:
    """The worst tier counts: more than twice the limit red, from 150 orange, during a test blue; else the rule's severity."""
    tiers = [{"over": 2, "severity": "red"}, {"from": 150, "severity": "orange"}, {"where": {"flag": "T"}, "severity": "blue"}]
    found = run(judge("limit", limit=100, tiers=tiers), readings(149, 150, 200, 201))
    assert [each.severity for _, each in found] == [None, "orange", "orange", "red"]
    assert run(judge("limit", limit=100, tiers=tiers), readings(101, flag="T"))[0][1].severity == "blue"


def test_tiers_by_time_are_told_when_their_time_comes() -> None:
    """Orange at once, red when it has stood for 30 minutes, though no reading comes."""
    asked = judge("band", low=2, high=8, tiers=[{"from": 0, "severity": "orange"}, {"after": "30m", "severity": "red"}])
    found = run(asked, [*readings(8, 8.1), ("tick", None, T0 + 31 * MINUTE - 1), ("tick", None, T0 + 31 * MINUTE)])
    assert [(at - T0, each.severity, each.value, each.limit) for at, each in found] == [
        (MINUTE, "orange", 8.1, 8),
        (31 * MINUTE, "red", 8.1, 8),
    ]


@given(st.lists(st.integers(97, 103), max_size=30), st.integers(0, 4), st.integers(0, 4))
def test_delays_agree_with_a_slow_reference(values: list[int], on: int, off: int) -> None:
    """The newest value holds until the next: above for `on` minutes it opens, not for `off` it closes."""
    steps = _minutes(values)
    asked = judge("limit", limit=100, on_delay=f"{on}m", off_delay=f"{off}m")
    after = _ticks_only(steps, states(asked, steps))
    over = pd.Series([*values, *([values[-1]] * 12 if values else [0] * 12)]) > 100
    run_of = (over != over.shift()).cumsum()
    held = over.groupby(run_of).cumcount()
    told = pd.Series(float("nan"), over.index).mask(over & (held >= on), 1.0).mask(~over & (held >= off), 0.0)
    assert after == (told.ffill().fillna(0.0) == 1.0).tolist()


def test_delay_opens_without_another_reading() -> None:
    """30 s after the reading that began it, at the first tick; a return before that is silence."""
    asked = judge("limit", limit=100, on_delay="30s")
    assert run(asked, [*readings(101), ("tick", None, T0 + 29_999), ("tick", None, T0 + 30_000)]) == [
        (T0 + 30_000, Finding(active=True, opened_at=T0, value=101, limit=100))
    ]
    assert (
        run(
            asked,
            [("reading", Reading(value=101.0), T0), ("reading", Reading(value=100.0), T0 + 29_000), ("tick", None, T0 + DAY)],
        )
        == []
    )


@given(st.lists(st.integers(0, 12), max_size=30), st.integers(0, 2))
def test_band_agrees_with_a_slow_reference(values: list[int], deadband: int) -> None:
    """Outside opens; inside the bounds drawn in by the deadband closes; in between nothing changes."""
    after = states(judge("band", low=3, high=9, deadband=deadband), readings(*map(float, values)))
    known = pd.Series(values, dtype=float)
    told = pd.Series(float("nan"), known.index).mask(~known.between(3, 9), 1.0)
    told = told.mask(known.between(3 + deadband, 9 - deadband), 0.0)
    assert after == (told.ffill().fillna(0.0) == 1.0).tolist()


def test_band_of_the_law_and_of_one_side() -> None:
    """PH 6 to 9 of the edition in force; a band with a lower bound only has no upper one."""
    law = (edition("GB", date(2026, 1, 1), **{"value.low": 6, "value.high": 9}),)
    found = run(judge("band", editions=law, low="law", high="law"), readings(6, 9, 9.1, 5.9, 7))
    assert [(each.active, each.limit) for _, each in found] == [(True, 9), (True, 6), (False, 9)]
    assert states(judge("band", low=6), readings(1e9, 5.9)) == [False, True]


_ORDERED = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20)), max_size=30)


@given(_ORDERED, st.sampled_from(["mean", "max", "min", "sum", "range"]), st.integers(1, 4))
def test_sliding_window_agrees_with_pandas(gaps: list[tuple[int, int]], of: str, at_least: int) -> None:
    """A rolling window of 10 minutes, closed on the right, judged where it holds enough values."""
    times = pd.Series([gap for gap, _ in gaps], dtype="int64").cumsum()
    values = pd.Series([float(value) for _, value in gaps], index=pd.to_datetime(times * 60, unit="s"), dtype=float)
    rolling = values.rolling("10min", min_periods=1)
    found = rolling.max() - rolling.min() if of == "range" else getattr(rolling, of)()
    enough = rolling.count() >= at_least
    steps: list[Step] = [
        ("reading", Reading(value=value), T0 + int(time) * MINUTE) for time, value in zip(times, values, strict=True)
    ]
    asked = judge("window", of=of, over="10m", limit=12, at_least=at_least)
    said = dict(run(asked, steps))
    standing, expected = False, {}
    for (_, _, at), value, judged in zip(steps, found.round(9), enough, strict=True):
        if judged and (value > 12 or standing):
            standing = bool(value > 12)
            expected[at] = (standing, value)
    assert {at: each.active for at, each in said.items()} == {at: standing for at, (standing, _) in expected.items()}
    assert [each.value for each in said.values()] == pytest.approx([value for _, value in expected.values()])


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=25))
def test_count_window_ends_as_time_passes(facts: list[tuple[int, bool]]) -> None:
    """At each minute the alert stands exactly where more than 2 facts with flag F lie within the last 5 minutes."""
    facts = sorted(facts)
    steps: list[Step] = []
    for now in range(40):
        steps += [
            ("reading", Reading(value=1.0, flag="F" if hit else "N"), T0 + now * MINUTE) for at, hit in facts if at == now
        ]
        steps.append(("tick", None, T0 + now * MINUTE))
    asked = judge("window", of="count", over="5m", limit=2, hit={"where": {"flag": "F"}})
    after = _ticks_only(steps, states(asked, steps))
    assert after == [sum(hit and now - 5 < at <= now for at, hit in facts) > 2 for now in range(40)]


@given(st.lists(st.tuples(st.integers(1, 72), st.integers(90, 130)), unique_by=lambda each: each[0], max_size=72))
def test_daily_mean_agrees_with_pandas(hours: list[tuple[int, int]]) -> None:
    """Days of hours that are named by their end; a day with at least 4 values is judged one hour after it is over."""
    asked = judge("window", of="mean", over="day", limit=110, at_least=4, digits=0)
    ordered = sorted(hours)
    steps: list[Step] = [("reading", Reading(value=float(value)), T0 + hour * HOUR) for hour, value in ordered]
    steps += [("tick", None, T0 + day * DAY + HOUR) for day in (1, 2, 3)]
    frame = pd.DataFrame(ordered, columns=["hour", "value"])
    daily = frame.groupby((frame.hour - 1) // 24).value.agg(["mean", "count"])
    means = {day: round(mean) for day, mean in daily.loc[daily["count"] >= 4, "mean"].items()}
    standing, expected = False, []
    for day, mean in means.items():
        if mean > 110 or standing:
            standing = mean > 110
            expected.append((T0 + (day + 1) * DAY + HOUR, standing, mean))
    assert [(at, each.active, each.value) for at, each in run(asked, sorted(steps, key=lambda each: each[2]))] == expected


def test_a_calendar_window_belongs_to_the_law_of_its_last_moment() -> None:
    """The day before a new edition is judged by the old one; a value for a day that was judged is left out."""
    law = (
        edition("old", date(2026, 1, 1), date(2026, 6, 2), value=100),
        edition("new", date(2026, 6, 2), None, value=50),
    )
    asked = judge("window", editions=law, of="mean", over="day", limit="law")
    steps: list[Step] = [("reading", Reading(value=80.0), T0 + DAY), ("tick", None, T0 + DAY + HOUR)]
    steps += [("reading", Reading(value=9e9), T0 + DAY), ("reading", Reading(value=80.0), T0 + DAY + 1)]
    found = run(asked, [*steps, ("tick", None, T0 + 2 * DAY + HOUR)])
    assert [(each.opened_at, each.value, each.limit) for _, each in found] == [(T0 + 2 * DAY - 1, 80, 50)]


def test_a_daily_count_opens_at_once_and_closes_after_a_day_without() -> None:
    """More than 5 hits in a day open with the sixth; the next day has none and closes when it is over."""
    asked = judge("window", item="", of="count", over="day", limit=5)
    steps: list[Step] = [("reading", Reading(), T0 + n * HOUR) for n in range(1, 7)]
    found = run(asked, [*steps, ("tick", None, T0 + DAY + HOUR), ("tick", None, T0 + 2 * DAY + HOUR)])
    assert [(at, each.active, each.value) for at, each in found] == [(T0 + 6 * HOUR, True, 6), (T0 + 2 * DAY + HOUR, False, 0)]


def test_time_and_share_of_hits() -> None:
    """600 minutes above 8 °C in a day are told at the tenth hour; a share is in percent."""
    asked = judge("window", of="time", over="day", slot="10m", limit=600, direction="at-or-above", hit={"above": 8})
    found = run(asked, [("reading", Reading(value=8.1), T0 + n * 10 * MINUTE) for n in range(1, 61)])
    assert [(at - T0, each.value) for at, each in found] == [(10 * HOUR, 600)]
    share = judge("window", of="share", over="1h", limit=5, direction="at-or-above", at_least=20, hit={"at_least": 15})
    found = run(share, readings(*[1.0] * 19, 15.0))
    assert [each.value for _, each in found] == [5.0]


@given(_ORDERED, st.sampled_from(["change", "rise", "fall"]))
def test_rate_agrees_with_a_slow_reference(gaps: list[tuple[int, int]], of: str) -> None:
    """Change per minute from one reading to the next."""
    times = pd.Series([gap for gap, _ in gaps], dtype="int64").cumsum()
    values = pd.Series([value for _, value in gaps], dtype=float)
    change = values.diff() / times.diff()
    signed = {"change": change.abs(), "rise": change, "fall": -change}[of]
    steps: list[Step] = [
        ("reading", Reading(value=value), T0 + int(time) * MINUTE) for time, value in zip(times, values, strict=True)
    ]
    assert states(judge("rate", per="1m", of=of, limit=3), steps) == pytest.approx((signed.round(9) > 3).tolist())


def test_rate_leaves_out_what_is_not_newer() -> None:
    """A reading at the same time or before is no step."""
    asked = judge("rate", per="1m", limit=3)
    steps: list[Step] = [
        ("reading", Reading(value=v), T0 + at * MINUTE) for at, v in [(2, 0.0), (2, 99.0), (1, 99.0), (3, 3.0), (4, 6.1)]
    ]
    assert states(asked, steps) == [False, False, False, False, True]


@given(_ORDERED, st.integers(1, 3))
def test_missing_agrees_with_a_slow_reference(gaps: list[tuple[int, int]], times: int) -> None:
    """At each minute the alert stands exactly where the newest reading is more than the allowed time ago."""
    at = pd.Series([gap for gap, _ in gaps], dtype="int64").cumsum().tolist()
    last = (at[-1] if at else 0) + 12
    steps: list[Step] = []
    for now in range(last):
        steps += [("reading", Reading(), T0 + now * MINUTE)] * (now in at) + [("tick", None, T0 + now * MINUTE)]
    asked = judge("missing", item="", interval="facts.traits.interval", times=times, after="5m")
    expected = [
        bool([each for each in at if each <= now]) and now - max(each for each in at if each <= now) > times
        for now in range(last)
    ]
    assert _ticks_only(steps, states(asked, steps, subject(interval=60))) == expected


def test_missing_tells_longer_silence() -> None:
    """Yellow by the rule after 15 minutes, orange at 60; without a registered interval `after` counts from registration."""
    asked = judge(
        "missing",
        item="",
        kinds=("registered", "reading"),
        after="15m",
        interval="facts.traits.interval",
        tiers=[{"after": "1h", "severity": "orange"}],
    )
    on = subject()
    found = run(asked, [("registered", on.facts, T0), *[("tick", None, T0 + n * MINUTE) for n in range(70)]], on)
    assert [(at - T0, each.severity) for at, each in found] == [(16 * MINUTE, None), (60 * MINUTE, "orange")]
    assert asked.due(on) == NEVER


def test_flatline_and_compare_read_only_what_counts() -> None:
    """Facts that `where` leaves out neither lengthen nor end a row, and are not compared."""
    steps: list[Step] = [
        ("reading", Reading(value=v, other=5.0, flag=flag), T0 + n * MINUTE)
        for n, (v, flag) in enumerate([(7, "N"), (8, "C"), (7, "N"), (7, "N")])
    ]
    assert states(judge("flatline", samples=3, where={"flag": "N"}), steps) == [False, False, False, True]
    assert states(judge("compare", item="", part="value", whole="other", where={"flag": "C"}), steps) == [
        False,
        True,
        True,
        True,
    ]


def test_differs_in_one_fact_and_between_two() -> None:
    """0.3 - 0.2 is exactly the tolerance of 0.1; facts of two kinds are compared within the hour, either first."""
    one = judge("differs", other="other", tolerance=0.1)
    assert states(
        one, [("reading", Reading(value=0.3, other=other), T0 + n) for n, other in enumerate([0.2, 0.19, None, 0.31])]
    ) == [False, True, True, False]
    two = judge("differs", kinds=("reading", "act"), other="act.value", percent=5)
    steps: list[Step] = [
        ("reading", Reading(value=106.0), T0),
        ("act", Reading(value=100.0), T0 + HOUR + 1),
        ("reading", Reading(value=105.0), T0 + 2 * HOUR),
        ("reading", Reading(value=106.0), T0 + 2 * HOUR + 1),
        ("act", Reading(value=106.0), T0 + 2 * HOUR + 2),
        ("act", Reading(value=0.0), T0 + 2 * HOUR + 3),
    ]
    assert states(two, steps) == [False, False, False, True, False, False]


BOTH = {"starts": {"kind": "reading"}, "done": {"kind": "act"}}


@pytest.mark.parametrize(
    ("name", "params", "word"),
    [
        ("limit", {"limit": 1, "on_delay": "soon"}, "length of time 'soon'"),
        ("limit", {"limit": 1, "where": {"flags": "N"}}, "no field 'flags' in Reading"),
        ("limit", {"limit": 1, "field": "flag"}, "'flag' of Reading is no number"),
        ("limit", {"limit": "law"}, "no edition of the clause"),
        ("band", {}, "give `low` or `high`"),
        ("band", {"low": 1, "tiers": [{"over": 2, "severity": "red"}]}, "no `over`"),
        ("window", {"limit": 1, "of": "mean", "over": "365d", "slot": "1m"}, "at most 10000"),
        ("window", {"limit": 1, "of": "mean", "over": "decade"}, "length of time 'decade'"),
        ("window", {"limit": 1, "of": "mean", "over": "day", "hit": {"above": 1}}, "not for mean"),
        ("window", {"limit": 1, "of": "time", "over": "day"}, "needs `slot`"),
        ("window", {"limit": 1, "of": "count", "over": "1h", "close_after": 2}, "off_delay"),
        ("differs", {"other": "other"}, "one of `tolerance` and `percent`"),
        ("missing", {"after": "1h", "after_hours": 1}, "not both"),
        ("duty", BOTH, "give `within`"),
        ("duty", {**BOTH, "within": "7 days"}, "no known kind"),
        ("duty", {**BOTH, "within": "7d", "remind": ["1 statutory-days"]}, "forward only"),
        ("expiry", {"until": "until", "remind": ["1 statutory-days"]}, "forward only"),
        ("expiry", {"until": "ends"}, "no field 'ends'"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_named(name: str, params: dict[str, Any], word: str) -> None:
    """A judge that cannot be made says what is wrong."""
    with pytest.raises(ValueError, match=word):
        judge(name, **params)


def test_the_time_of_a_test_is_a_monday() -> None:
    """2026-06-01 is a Monday, so that weeks and working days in these tests are easy to see."""
    assert pd.Timestamp("2026-06-01").day_name() == "Monday"
    assert parse_time("2026-06-01T00:00:00+08:00") == T0
