"""Judges one by one: what they find, what they forget, and what a reading out of order does to them."""

import doctest
from datetime import date
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.core.alerts.state import Latest, Subject, followed
from agents.core.judge import Finding, Judge
from agents.core.judges import STOCK
from agents.core.judges.parts import standing
from agents.core.rules.rule import Binding, Edition
from agents.domains.environment import aqi
from agents.domains.environment.hour_reason import KEPT
from agents.domains.environment.judges import JUDGES, check_air_hour, check_gap_reason
from agents.domains.environment.payload import AirHour, GapReason, Published
from streams.calendar.holidays import load
from streams.messages import HOUR, NEVER, Text, format_time, parse_time

T0 = parse_time("2026-06-01T00:00:00+08:00")


def _edition(name: str, since: date, until: date | None = None, limits: dict[str, float] | None = None) -> Edition:
    words = Text("文", "text")
    return Edition(edition=name, article="1", text=words, mark="M", source="", since=since, until=until, limits=limits or {})


def _judge(name: str, params: dict[str, Any], *editions: Edition, item: str = "o3") -> Judge:
    make = (STOCK | JUDGES)[name]
    kinds = ("air_hour", "gap_reason")
    return make(Binding(rule="rule", item=item, kinds=kinds, params=params, editions=editions, calendar=load()))


def _read(judge: Judge, subject: Subject, hour: float, data: Any) -> Finding | None:
    """Read as the fold does: the newest fact of a kind is noted before the judges see it."""
    at = T0 + int(hour * HOUR)
    kind = "air_hour" if isinstance(data, AirHour) else "gap_reason"
    subject.latest[kind] = followed(subject.latest.get(kind), at, data)
    return judge.read(subject, kind, data, at)


def _o3(judge: Judge, values: list[float | None]) -> list[bool | None]:
    subject = Subject("s")
    findings = [_read(judge, subject, hour, AirHour(o3=value)) for hour, value in enumerate(values)]
    return [None if finding is None else finding.active for finding in findings]


@pytest.mark.parametrize("module", [standing, aqi])
def test_examples_in_docstrings_hold(module: Any) -> None:
    """What the docstrings show is what the code does."""
    tried = doctest.testmod(module)
    assert tried.attempted > 0
    assert tried.failed == 0


@given(
    values=st.lists(st.one_of(st.none(), st.integers(95, 105)), max_size=40),
    opens=st.integers(1, 3),
    closes=st.integers(1, 3),
    deadband=st.integers(0, 3),
)
def test_limit_agrees_with_a_slow_reference(values: list[int | None], opens: int, closes: int, deadband: int) -> None:
    """The condition stands from `opens` readings in a row above 100 to `closes` in a row at or below 100 - deadband."""
    params = {"limit": 100, "open_after": opens, "close_after": closes, "deadband": deadband}
    findings = pd.Series(_o3(_judge("limit", params), values), dtype=object)
    known = pd.Series(values, dtype=float).dropna()
    begins = (known > 100).rolling(opens).sum() == opens
    ends = (known <= 100 - deadband).rolling(closes).sum() == closes
    expected = pd.Series(float("nan"), known.index).mask(begins, 1.0).mask(ends, 0.0).ffill().fillna(0.0)
    found = findings.loc[known.index].map({True: 1.0, False: 0.0}).astype(float).ffill().fillna(0.0)
    assert found.tolist() == expected.tolist()


def test_limit_remembers_nothing_of_a_normal_subject() -> None:
    """After an exceedance has ended, and on normal readings, no memory is left."""
    judge, subject = _judge("limit", {"limit": 100}), Subject("s")
    for hour, value in enumerate([90, 100, 101, 100]):
        _read(judge, subject, hour, AirHour(o3=value))
    assert subject.memory == {}


def test_limit_of_the_law_is_that_of_the_edition_at_event_time() -> None:
    """The same value is allowed under one edition and too high under the next; before the first one nothing is judged."""
    editions = (
        _edition("old", date(2026, 5, 31), date(2026, 6, 1), {"o3": 300}),
        _edition("new", date(2026, 6, 1), None, {"o3": 200}),
    )
    judge = _judge("limit", {"limit": "law"}, *editions)
    found = [_read(judge, Subject("s"), hour, AirHour(o3=250)) for hour in (-48, -1, 0)]
    assert [finding and finding.limit for finding in found] == [None, None, 200]


def test_limit_judges_an_older_reading_for_itself_only() -> None:
    """A late reading above the limit opens; a late normal one closes nothing; late ones never count towards a row."""
    judge, subject = _judge("limit", {"limit": 100}), Subject("s")
    assert _read(judge, subject, 5, AirHour(o3=90)) is None
    assert _read(judge, subject, 4, AirHour(o3=110)) == Finding(active=True, opened_at=T0 + 4 * HOUR, value=110, limit=100)
    assert _read(judge, subject, 3, AirHour(o3=90)) is None
    assert _read(judge, subject, 6, AirHour(o3=90)) == Finding(active=False, opened_at=T0 + 4 * HOUR, value=90, limit=100)
    patient, other = _judge("limit", {"limit": 100, "open_after": 2}), Subject("t")
    assert [_read(patient, other, hour, AirHour(o3=110)) for hour in (5, 4)] == [None, None]


def test_limit_leaves_out_hours_that_say_they_are_too_short() -> None:
    """GB 3095 table 4: 44 minutes of sampling make no valid hour, 45 do; unsaid minutes are taken as enough."""
    judge = _judge("limit", {"limit": 100, "valid_minutes": 45})
    found = [judge.read(Subject("s"), "air_hour", AirHour(o3=110, minutes=minutes), T0) for minutes in (44, 45, None)]
    assert [finding is not None for finding in found] == [False, True, True]


def test_missing_opens_after_the_allowed_silence_and_closes_with_a_newer_reading() -> None:
    """Silence of exactly 2 h is allowed; the alert begins at the last reading + 2 h; an older reading does not end it."""
    judge, subject = _judge("missing", {"after_hours": 2}, item=""), Subject("s")
    assert judge.due(subject) == NEVER
    assert _read(judge, subject, 3, AirHour()) is None
    due = judge.due(subject)
    assert due == T0 + 5 * HOUR + 1
    assert judge.wake(subject, due) == Finding(active=True, opened_at=T0 + 5 * HOUR, value=(2 * HOUR + 1) / HOUR, limit=2)
    assert judge.due(subject) == NEVER
    assert _read(judge, subject, 2, AirHour()) is None
    assert _read(judge, subject, 6, AirHour()) == Finding(active=False, opened_at=T0 + 5 * HOUR)
    assert judge.due(subject) == T0 + 8 * HOUR + 1


def test_flatline_counts_equal_values_over_gaps_and_stays_quiet_at_the_floor() -> None:
    """The 4th equal value opens once, hours without value do not end the row, the floor may stay, another value closes."""
    judge = _judge("flatline", {"samples": {"o3": 4}, "floor": {"o3": 2}})
    assert _o3(judge, [107, 107, None, 107, 107, 107, 108]) == [None, None, None, None, True, None, False]
    assert _o3(judge, [107, 107, 107, 107.1, 107.1, 107.1]) == [None] * 6
    assert _o3(judge, [2] * 243) == [None] * 243


def test_flatline_leaves_out_an_older_reading() -> None:
    """A late reading neither ends nor lengthens the row."""
    judge, subject = _judge("flatline", {"samples": 3}), Subject("s")
    found = [_read(judge, subject, hour, AirHour(o3=value)) for hour, value in [(1, 50), (3, 50), (2, 60), (2.5, 50), (4, 50)]]
    assert [finding and finding.opened_at for finding in found] == [None, None, None, None, T0 + HOUR]


def test_compare_says_nothing_without_both_values() -> None:
    """PM2.5 above PM10 opens; an hour with one of them keeps it; equal values close it, and nothing is remembered."""
    judge, subject = _judge("compare", {"part": "pm25", "whole": "pm10"}, item=""), Subject("s")
    rows = [AirHour(pm25=40, pm10=40), AirHour(pm25=41, pm10=40), AirHour(pm25=41), AirHour(pm25=40, pm10=40)]
    found = [_read(judge, subject, hour, data) for hour, data in enumerate(rows)]
    assert [finding and finding.active for finding in found] == [None, True, None, False]
    assert subject.memory == {}


AQI = (_edition("HJ 633-2012", date(2016, 1, 1), date(2026, 3, 1)), _edition("HJ 633-2026", date(2026, 3, 1)))


def test_aqi_counts_valid_hours_that_follow_each_other() -> None:
    """Two hours in a row open and close; a gap, a short hour or an hour without an index is none of them."""
    judge, subject = _judge("aqi", {}, *AQI, item=""), Subject("s")
    dirty, clean = AirHour(pm25=90), AirHour(so2=1, no2=1, co=1, o3=1, pm10=1, pm25=1)
    hours = [
        (0, dirty), (2, dirty), (3, AirHour(pm25=90, minutes=44)), (4, dirty), (5, dirty),
        (6, AirHour(pm25=10)), (7, clean), (6.5, clean), (9, clean), (10, dirty), (11, clean), (12, clean),
    ]  # fmt: skip
    found = [_read(judge, subject, hour, data) for hour, data in hours]
    said = {hour: finding.active for (hour, _), finding in zip(hours, found, strict=True) if finding}
    assert said == {5: True, 10: True, 12: False}
    assert found[4] == Finding(active=True, opened_at=T0 + 4 * HOUR, value=128, limit=100, severity="blue")
    assert subject.memory == {}


def test_hour_reason_follows_missing_hours_to_their_deadline() -> None:
    """Hours 2 and 3 are missing; hour 2 gets its value late, hour 3 is overdue 24 h after its end and then explained."""
    judge, subject = _judge("hour-reason", {"within_hours": 24}, item=""), Subject("s")
    for hour in (1, 4, 2):
        assert _read(judge, subject, hour, AirHour(o3=1)) is None
    deadline = T0 + 27 * HOUR
    assert judge.due(subject) == deadline + 1
    assert judge.wake(subject, deadline + 1) == Finding(active=True, opened_at=T0 + 3 * HOUR, value=1, due=deadline)
    reason = GapReason(hour=format_time(T0 + 3 * HOUR), reason="停电")
    assert _read(judge, subject, 28, reason) == Finding(active=False)
    assert _read(judge, subject, 28, reason) is None


def test_hour_reason_filed_before_the_gap_is_known_counts() -> None:
    """A station is silent from hour 1 on; the reason for hour 2 comes first, so that hour 3 is the first one overdue."""
    judge, subject = _judge("hour-reason", {"within_hours": 24}, item=""), Subject("s")
    _read(judge, subject, 1, AirHour(o3=1))
    _read(judge, subject, 2.5, GapReason(hour=format_time(T0 + 2 * HOUR), reason="校准"))
    _read(judge, subject, 2.5, GapReason(hour="not a time", reason="x"))
    assert judge.wake(subject, judge.due(subject)) is None
    assert judge.wake(subject, judge.due(subject)) == Finding(active=True, opened_at=T0 + 3 * HOUR, value=1, due=T0 + 27 * HOUR)


def test_hour_reason_memory_is_bounded() -> None:
    """After ten years of silence at most 72 hours are remembered, and time alone asks for nothing more."""
    judge, subject = _judge("hour-reason", {"within_hours": 24}, item=""), Subject("s")
    _read(judge, subject, 0, AirHour(o3=1))
    _read(judge, subject, 87_600, AirHour(o3=1))
    finding = judge.wake(subject, T0 + 90_000 * HOUR)
    assert finding
    assert finding.value == KEPT
    assert judge.due(subject) == NEVER


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from([None, 1.0, 250.0])) | st.tuples(st.integers(0, 60), st.just("reason")),
        max_size=40,
    ),
    st.sampled_from(["limit", "flatline", "missing", "aqi", "hour-reason"]),
)
def test_memory_survives_a_checkpoint_at_any_moment(events: list[tuple[int, Any]], name: str) -> None:
    """A judge whose memory goes through msgpack after every fact and wake finds what an uninterrupted one finds."""
    params = {"limit": {"limit": 200, "open_after": 2}, "flatline": {"samples": 2}, "missing": {"after_hours": 2}}
    judge = _judge(name, params.get(name, {}), *AQI, item="o3" if name in {"limit", "flatline"} else "")
    plain, restored = Subject("s"), Subject("s")
    for hour, value in events:
        data = GapReason(hour=format_time(T0 + hour * HOUR), reason="x") if value == "reason" else AirHour(o3=value)
        for subject in (plain, restored):
            subject.latest.setdefault("air_hour", Latest(T0, AirHour()))
        if not (isinstance(data, GapReason) and name != "hour-reason"):
            assert _read(judge, plain, hour, data) == _read(judge, restored, hour, data)
        now = T0 + hour * HOUR
        assert judge.due(plain) == judge.due(restored)
        if judge.due(plain) <= now:
            assert judge.wake(plain, now) == judge.wake(restored, now)
        kept = msgspec.msgpack.decode(msgspec.msgpack.encode(restored.memory))
        restored.memory = {key: msgspec.convert(value, judge.Memory) for key, value in kept.items()}


@pytest.mark.parametrize(
    ("name", "params", "item", "word"),
    [
        ("limit", {}, "o3", "no edition"),
        ("limit", {"limit": 1}, "", "items"),
        ("limit", {"limit": 1, "open_after": 0}, "o3", "open_after"),
        ("limit", {"limt": 1}, "o3", "limt"),
        ("flatline", {"samples": {"so2": 4}}, "o3", "o3"),
        ("missing", {}, "", "after_hours"),
        ("compare", {"part": "pm25"}, "", "whole"),
        ("hour-reason", {"within_hours": 0}, "", "within_hours"),
    ],
)
def test_wrong_parameters_are_named(name: str, params: dict[str, Any], item: str, word: str) -> None:
    """A judge that cannot be made says which parameter is at fault."""
    with pytest.raises(ValueError, match=word):
        _judge(name, params, item=item)


def _published(aqi: int | None, level: str, primary: str = "", **values: float) -> list[str]:
    hour = AirHour(**values, published=Published(aqi, level, primary))  # type: ignore[arg-type]  # only concentrations
    return [row for row, _, _ in check_air_hour(hour, parse_time("2020-04-02T08:00:00+08:00"))]


def test_checks_of_what_the_source_published() -> None:
    """PM2.5 57 gives index 78, 良 (郑州 2020-04-02 08:00); other claims are DQ-16, DQ-13, DQ-17, and all zero is DQ-14."""
    assert check_air_hour(AirHour(pm25=57), T0) == []
    assert _published(78, "良", "细颗粒物(PM2.5)", pm25=57) == []
    assert _published(77, "良", pm25=57) == ["DQ-16"]
    assert _published(78, "严重污染", pm25=57) == ["DQ-13"]
    assert _published(78, "良", "\n 颗粒物(PM10)\n \n 细颗粒物(PM2.5)\n", pm25=57) == ["DQ-17"]
    assert _published(0, "优", so2=0, no2=0, co=0, o3=0, pm10=0, pm25=0) == ["DQ-14"]
    assert _published(None, "") == []


def test_checks_of_a_gap_reason() -> None:
    """The hour must be a time with an offset that has ended."""
    at = parse_time("2026-06-01T10:00:00+08:00")
    assert check_gap_reason(GapReason(hour="2026-06-01T09:00:00+08:00", reason="x"), at) == []
    assert [field for _, field, _ in check_gap_reason(GapReason(hour="2026-06-01T11:00:00+08:00", reason="x"), at)] == [
        "$.data.hour"
    ]
    assert [field for _, field, _ in check_gap_reason(GapReason(hour="yesterday", reason="x"), at)] == ["$.data.hour"]
