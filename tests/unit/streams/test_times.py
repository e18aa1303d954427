"""Times on the wire: what is read quickly is what Python's own calendar reads."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.messages import format_time, parse_time

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_zones = st.sampled_from(["Z", "z", "+00:00", "+08:00", "-05:30", "+05:45"])
_moments = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30))
_fractions = st.sampled_from(["", ".0", ".25", ".250", ".999", ".123456"])


@given(moment=_moments, zone=_zones, fraction=_fractions, mark=st.sampled_from("Tt "))
def test_any_form_reads_as_datetime_reads_it(moment: datetime, zone: str, fraction: str, mark: str) -> None:
    """Whatever the fraction and the offset, also when the same day was read before: whole milliseconds, cut off."""
    text = f"{moment:%Y-%m-%d}{mark}{moment:%H:%M:%S}{fraction}{zone}"
    expected = (datetime.fromisoformat(text.upper()) - EPOCH) // timedelta(milliseconds=1)
    assert parse_time(text) == expected
    assert parse_time(text) == expected


@given(ms=st.integers(0, 7_258_000_000_000))
def test_what_is_written_reads_back(ms: int) -> None:
    """Every whole millisecond comes back as it was."""
    assert parse_time(format_time(ms)) == ms


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01T24:00:00+08:00",
        "2026-06-01T08:60:00+08:00",
        "2026-06-01T08:00:60+08:00",
        "2026-06-01T08:00:054+08:00",
        "2026-06-01T+8:00:00+08:00",
        "2026-06-01T08: 5:00+08:00",
        "2026-06-01T08:00:00",
        "2026-06-01T08:00:00.250",
        "2026-06-31T08:00:00+08:00",
        "2026-06-01T08:00:00+8",
        "2026-06-01T08:00:00+0800",
        "2026-06-01T08:00:00,5+08:00",
        "20260601T080000+0800",
        "2026-W23-1T08:00:00+08:00",
        "2026-152T08:00:00+08:00",
        "2026-06-01 08:00+08:00",
        "2026-06-01",
        "２０２６-06-01T08:00:00+08:00",
        "1969-12-31T08:00:00Z",
        "2200-01-01T08:00:00Z",
    ],
)
def test_what_is_no_time_stays_none_after_its_day_was_read(text: str) -> None:
    """A wrong hour, minute, second, day, offset, year or form is an error, also once other times of that day are known."""
    parse_time("2026-06-01T08:00:00+08:00")
    parse_time("2026-06-01T08:00:05.1234+08:00")
    for _ in range(2):
        with pytest.raises(ValueError, match=r"time|hour|minute|second|day|format|offset|years"):
            parse_time(text)
