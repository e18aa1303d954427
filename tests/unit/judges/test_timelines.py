"""What is kept for the days of duties: it is what is reckoned from their starts."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from agents.core.judges.parts.legal import ahead_of, end_of, period
from agents.core.judges.parts.timelines import Timelines
from streams.calendar.holidays import load
from streams.calendar.working_time import Calendar
from streams.messages import HOUR, MINUTE, begin_of

WITHIN = (
    "3 civil-working-days",
    "10 civil-days",
    "1 civil-month",
    "2 statutory-working-days",
    "1 calendar-day",
    "4 working-hours",
    "90m",
)
REMIND = ("1 working-day", "30h", "10m")
LEVELS = ("3 working-days", "24h")
FROM, TO = begin_of("2026-01-05"), begin_of("2026-11-30")


@cache
def calendar() -> Calendar:
    """The committed holidays."""
    return load()


@given(
    starts=st.lists(st.integers(FROM, TO).map(lambda at: at // MINUTE * MINUTE), min_size=1, max_size=4),
    hours=st.lists(st.integers(0, 47), min_size=3, max_size=3),
    place=st.integers(0, len(WITHIN) - 1),
)
def test_every_start_of_a_day_has_its_own_timeline(starts: list[int], hours: list[int], place: int) -> None:
    """Deadline, reminders not before the start, and levels are those of the start itself, whatever began before on its day."""
    remind, levels = [(period(each), "blue") for each in REMIND], [(period(each), "red") for each in LEVELS]
    timelines = Timelines([period(each) for each in WITHIN], remind, levels, calendar())  # type: ignore[arg-type]
    for start in [each + hour * HOUR for each in starts for hour in hours]:
        due, provisional = end_of(start, period(WITHIN[place]), calendar())
        steps = [max(start, ahead_of(due, each, calendar())) for each, _ in remind]
        steps += [due + 1, *(end_of(due, each, calendar())[0] + 1 for each, _ in levels)]
        found = timelines.of(start, place)
        assert (found.due, found.provisional, sorted(at for at, _ in found.steps)) == (due, provisional, sorted(steps))
