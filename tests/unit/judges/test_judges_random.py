"""What holds for every stock judge, whatever comes: none raises, wakes move on, memory is bounded and survives checkpoints."""

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.judges import STOCK
from streams.messages import DAY, HOUR, MINUTE, NEVER, Name, Registered
from tests.support.judging import T0, Reading, Step, judge, restored, step, subject

TIERS = [{"over": 1.5, "severity": "orange"}, {"after": "2m", "severity": "red"}, {"where": {"flag": "F"}, "severity": "blue"}]
ACT = {"kind": "act", "where": {"flag": "N"}}

JUDGES: list[tuple[str, dict[str, Any]]] = [
    ("limit", {"limit": 10, "deadband": 1, "tiers": TIERS}),
    ("limit", {"limit": 10, "direction": "below", "open_after": 2, "off_delay": "3m", "where": {"flag": ["N", "F"]}}),
    ("limit", {"limit": "permit", "direction": "at-or-above", "on_delay": "2m", "valid_minutes": 45}),
    ("band", {"low": 5, "high": 10, "on_delay": "90s", "tiers": [{"from": 3, "severity": "red"}]}),
    (
        "window",
        {"limit": 10, "of": "mean", "over": "5m", "at_least": 2, "digits": 1, "tiers": [{"after": "1h", "severity": "red"}]},
    ),
    ("window", {"limit": 2, "of": "count", "over": "5m", "hit": {"above": 10}, "off_delay": "2m"}),
    ("window", {"limit": 10, "of": "sum", "over": "day", "tiers": [{"over": 2, "severity": "red"}]}),
    ("window", {"limit": 50, "of": "share", "over": "week", "hit": {"at_most": 5}, "open_after": 2}),
    ("window", {"limit": 5, "of": "time", "over": "month", "slot": "1m", "hit": {"where": {"flag": "F"}}}),
    ("window", {"limit": 5, "of": "range", "over": "year", "direction": "below"}),
    ("rate", {"limit": 3, "per": "1m", "close_after": 2}),
    ("flatline", {"samples": 2}),
    ("missing", {"after": "3m", "tiers": [{"after": "10m", "severity": "red"}]}),
    ("missing", {"interval": "facts.traits.interval", "where": {"flag": "N"}}),
    ("compare", {"part": "value", "whole": "other"}),
    ("differs", {"other": "act.value", "percent": 5}),
    ("event", {"where": {"flag": "F"}, "on_delay": "2m", "tiers": TIERS}),
    ("event", {"where": {"flag": "F"}, "until": ACT, "field": "value", "tiers": [{"from": 10, "severity": "red"}]}),
    ("event", {"where": {"facts.kind": "plant"}, "lasts": "5m", "past": "until"}),
    ("burst", {"count": 3, "within": "5m", "by": "who", "tiers": [{"from": 5, "severity": "red"}]}),
    ("repeat", {"count": 2, "within": "3d", "each": "day"}),
    ("sequence", {"first": {"kind": "reading"}, "then": ACT, "within": "5m", "by": "who"}),
    ("duty", {"starts": {"kind": "reading"}, "done": ACT, "by": "who", "within": "5m", "remind": ["2m"]}),
    (
        "duty",
        {
            "starts": [{"kind": "registered"}, {"kind": "act", "within": "1 working-day"}],
            "done": [ACT],
            "within": "3 statutory-working-days",
            "remind": [{"before": "4 working-hours", "severity": "yellow"}],
            "levels": [{"after": "1 natural-days", "severity": "red"}],
        },
    ),
    ("duty", {"starts": {"kind": "reading"}, "done": ACT, "within": "1 working-hours", "from": "until"}),
    (
        "duty",
        {
            "starts": {"kind": "reading", "unless": {"flag": "F"}},
            "done": {"kind": "act", "where": {"flag": "N"}},
            "by": ["who", "flag"],
            "once": "open",
            "within": "1 civil-working-days",
            "pause": {
                "begins": {"kind": "act", "where": {"flag": "F"}, "by": "who"},
                "ends": {"kind": "reading", "where": {"flag": "F"}, "by": "who"},
            },
        },
    ),
    ("duty", {"starts": {"kind": "reading"}, "done": ACT | {"timely": True}, "by": "who", "until": "until", "remind": ["1d"]}),
    ("expiry", {"until": "until", "levels": [{"after": "2 working-days", "severity": "red"}]}),
    ("expiry", {"until": "facts.traits.valid_until", "kind": "registered", "remind": ["1d"]}),
]

EDGES = [-62_135_000_000_000, 0, 4_102_416_000_000, 253_402_000_000_000]
"""Event times (ms) far outside the calendar: years 1, 1970, 2100 and 9999."""

_times = st.one_of(st.integers(0, 40).map(lambda n: T0 + n * MINUTE // 2), st.integers(0, 90).map(lambda n: T0 + n * 6 * HOUR))
_dates = st.sampled_from([None, "soon", "2026-06-01", "2026-06-20", "9999-12-31", "0001-01-01", "2026-06-01T00:10:00+08:00"])
_readings = st.builds(
    Reading,
    value=st.one_of(st.none(), st.sampled_from([0.0, -5.0, 5.0, 10.0, 10.5, 15.0, 20.0, 1e308, -1e308])),
    other=st.one_of(st.none(), st.sampled_from([0.0, 10.0, 20.0])),
    flag=st.sampled_from(["N", "F"]),
    who=st.sampled_from([None, "a", "b"]),
    until=_dates,
    minutes=st.sampled_from([None, 44, 45]),
)
_registered = st.builds(
    Registered,
    kind=st.just("plant"),
    name=st.just(Name("厂")),
    adcode=st.just("410100"),
    traits=st.one_of(
        st.just({}),
        st.fixed_dictionaries({"interval": st.sampled_from([60, 0, -1, "x", 1e300]), "valid_until": _dates.filter(bool)}),
    ),
)
_steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["reading", "act"]), _readings, st.one_of(_times, st.sampled_from(EDGES))),
        st.tuples(st.just("registered"), _registered, _times),
        st.tuples(st.just("tick"), st.none(), _times),
    ),
    max_size=40,
)


@pytest.mark.parametrize(("name", "params"), JUDGES, ids=lambda each: each if isinstance(each, str) else "")
@given(steps=_steps)
@settings(max_examples=40, deadline=None)
def test_no_facts_make_a_judge_raise_and_checkpoints_change_nothing(
    name: str, params: dict[str, Any], steps: list[Step]
) -> None:
    """Facts in any order and of any time; a twin whose memory goes through a checkpoint after each step says the same."""
    asked = judge(name, kinds=("reading", "act"), **copy.deepcopy(params))
    reads = {"reading", "act", "tick"} | ({"registered"} if "registered" in str(params) else set())
    one, twin = subject(), subject()
    now = T0
    for kind, data, at in steps:
        now = max(now, at) if kind == "tick" else now
        if kind == "registered":
            one.facts = twin.facts = data
        moment = now if kind == "tick" else at
        if kind not in reads:
            continue
        assert step(asked, one, (kind, data, moment)) == step(asked, twin, (kind, data, moment))
        restored(twin, asked)
        assert asked.due(one) == asked.due(twin)


LONG = 6_000


@pytest.mark.parametrize(("name", "params"), JUDGES, ids=lambda each: each if isinstance(each, str) else "")
def test_memory_is_bounded(name: str, params: dict[str, Any]) -> None:
    """After thousands of facts without a tick the memory of a subject stays below 100 kB."""
    asked, on = judge(name, kinds=("reading", "act"), **copy.deepcopy(params)), subject()
    for n in range(LONG):
        data = Reading(value=float(n % 30), other=5.0, flag="NF"[n % 2], who=str(n), until="2026-06-20")
        step(asked, on, (("reading", "act")[n % 7 == 0], data, T0 + n * MINUTE // 10))
    assert len(msgspec.msgpack.encode(on.memory)) < 100_000


@pytest.mark.parametrize("name", sorted(STOCK))
def test_every_stock_judge_is_tried(name: str) -> None:
    """Each judge of the table is among those that are tried here."""
    assert name in {tried for tried, _ in JUDGES}


def test_far_times_are_far() -> None:
    """The edges lie outside the calendar, which knows some years around 2026."""
    assert all(abs(edge - T0) > 20 * 365 * DAY for edge in EDGES)
    assert max(EDGES) < NEVER
