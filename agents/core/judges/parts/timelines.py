"""What will happen to a duty that is never done: its deadline, the reminders before it and the levels after it."""

from collections.abc import Sequence

from msgspec import Struct

from agents.core.judges.parts.legal import Period, ahead_of, end_of
from streams.calendar.periods import Pause, stretches
from streams.calendar.time_limit import by_days
from streams.calendar.working_time import Calendar, midnight
from streams.messages import NEVER, Severity

Step = tuple[int, Severity | None]

DAYS_KEPT = 1_024
"""For how many days it is kept what happens to the duties that begin on them."""


class Timeline(Struct, frozen=True):
    """Deadline of one duty, whether it is provisional, and its steps in order: reminders, overdue, levels.

    A step is its moment (ms) and the severity that it brings, None for the rule's.
    """

    due: int
    provisional: bool
    steps: tuple[Step, ...]


class Timelines:
    """Those of a rule's duties: a pure function of the start (ms), of which of the rule's limits it is, and of its pauses.

    The calendar enters here alone. `remind` and `levels`: how long before and after the deadline a step is, and its severity.
    """

    def __init__(
        self,
        within: Sequence[Period],
        remind: Sequence[tuple[Period, Severity]],
        levels: Sequence[tuple[Period, Severity]],
        calendar: Calendar,
    ) -> None:
        self._within, self._remind, self._levels, self._calendar = within, remind, levels, calendar
        self._by_days = [each.limit is not None and by_days(each.limit) for each in within]
        self._days: dict[tuple[int, int], Timeline] = {}

    def of(self, start: int, place: int, breaks: Sequence[tuple[int, bool]] = ()) -> Timeline:
        """That of a duty that begins at `start` under the rule's limit at `place`.

        `breaks`: when pauses began (True) and ended. In a pause without an end nothing happens. ValueError where the calendar
        does not know the days.
        """
        if breaks or not self._by_days[place]:
            return self._reckoned(start, place, breaks)
        day = place, midnight(start)
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= DAYS_KEPT:
                self._days.clear()
            known = self._days[day] = self._reckoned(day[1], place)
        # a reminder comes no sooner than the start
        return known if known.steps[0][0] >= start else self._reckoned(start, place)

    def until(self, start: int, due: int, *, provisional: bool = False) -> Timeline:
        """That of a duty with this deadline (ms); ValueError as by `of`."""
        steps: list[Step] = [(max(start, ahead_of(due, each, self._calendar)), severity) for each, severity in self._remind]
        steps.append((due + 1, None))
        steps += [(end_of(due, each, self._calendar)[0] + 1, severity) for each, severity in self._levels]
        return Timeline(due, provisional, tuple(sorted(steps, key=_at)))

    def _reckoned(self, start: int, place: int, breaks: Sequence[tuple[int, bool]] = ()) -> Timeline:
        within, (pauses, since) = self._within[place], stretches(breaks) if breaks else ((), None)
        due, provisional = end_of(start, within, self._calendar, pauses)
        if since is not None and due < end_of(start, within, self._calendar, [*pauses, Pause(since, due)])[0]:
            return Timeline(NEVER, False, ())
        return self.until(start, due, provisional=provisional)


def _at(step: Step) -> int:
    return step[0]
