"""How often thresholds would have called for a sign: its hourly figures against levels, with delay and deadband. Pure.

As the judge `limit` with a tier a level has it: the condition opens once the value has stood at or beyond the mildest level for
`delay`, at every full hour in between; it closes once the value is back by more than `deadband`. While it is open its state is
the worst level that the value has reached. What is NA neither opens nor closes anything.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agents.signs.book.sign import LEVELS, SignRow, SignThreshold
from agents.signs.figures import SignFigure
from streams.messages import Severity, SignState, Text, day_of

OTHER = Text("推演", "what if")
"""The basis of a threshold that is only tried."""


class CrossedMonth(Struct, kw_only=True):
    """A month (`2026-03`) of a sign of an area, China Standard Time.

    `calls`: by level how often it was entered from within all levels or from a milder one; `hours`: of the full hours those
    in each state.
    """

    sign: str
    area: str
    month: str
    calls: Counter[Severity]
    hours: Counter[SignState]


class _Standing:
    """How one area stands, hour by hour."""

    def __init__(self, row: SignRow, delay: int, deadband: float) -> None:
        self._levels = [(level, row.thresholds[level].value) for level in LEVELS if level in row.thresholds]
        self._down, self._delay, self._deadband = row.direction == "higher", delay, deadband
        self._over: int | None = None
        self.level: Severity | None = None

    def take(self, at: int, value: float) -> bool:
        """Take up the value of a full hour (ms); whether it calls."""
        before = self.level
        mildest = self._levels[0]
        slack = self._deadband if before else 0.0
        if not self._beyond(value, mildest[1] + (slack if self._down else -slack)):
            self._over = self.level = None
            return False
        self._over = at if self._over is None else self._over
        if before is None and at - self._over < self._delay:
            return False
        self.level = next((level for level, limit in reversed(self._levels) if self._beyond(value, limit)), mildest[0])
        return before is None or LEVELS.index(self.level) > LEVELS.index(before)

    def _beyond(self, value: float, limit: float) -> bool:
        return value <= limit if self._down else value >= limit


def crossed(row: SignRow, figures: Iterable[SignFigure], delay: int, deadband: float) -> Iterator[CrossedMonth]:
    """The months of the figures of one sign, area by area, as they end; `delay` in ms, `deadband` in the sign's unit."""
    standing: dict[str, _Standing] = {}
    months: dict[str, CrossedMonth] = {}
    for each in figures:
        name = f"{day_of(each.at):%Y-%m}"
        month = months.get(each.area)
        if month is None or month.month != name:
            if month is not None:
                yield month
            month = CrossedMonth(sign=each.sign, area=each.area, month=name, calls=Counter(), hours=Counter())
            months[each.area] = month
        if each.value is None:
            month.hours["na"] += 1
            continue
        known = standing.setdefault(each.area, _Standing(row, delay, deadband))
        if row.thresholds and known.take(each.at, each.value) and known.level:
            month.calls[known.level] += 1
        month.hours[known.level or "ok"] += 1
    yield from months.values()


def beside(
    own: SignRow, other: SignRow, figures: Sequence[SignFigure], delay: int, deadband: float
) -> Iterator[dict[str, Any]]:
    """Each month as a line: `calls` and `hours` by the sign's own thresholds and by others, side by side."""
    for before, after in zip(*(crossed(each, figures, delay, deadband) for each in (own, other)), strict=True):
        told = {"sign": before.sign, "area": before.area, "month": before.month}
        yield told | {"na": before.hours["na"], "own": _told(before), "other": _told(after)}


def _told(month: CrossedMonth) -> dict[str, Any]:
    """The levels that were entered, and the hours in each state but NA."""
    states: tuple[SignState, ...] = ("ok", *LEVELS)
    hours = {state: month.hours[state] for state in states if month.hours[state]}
    return {"calls": {level: month.calls[level] for level in LEVELS if month.calls[level]}, "hours": hours}


def with_thresholds(row: SignRow, others: Mapping[Severity, float | None]) -> SignRow:
    """The same sign with some levels at another value, or without them (None)."""
    kept = {level: each for level, each in row.thresholds.items() if level not in others}
    new = {level: SignThreshold(value=value, basis=OTHER) for level, value in others.items() if value is not None}
    return replace(row, thresholds=kept | new)
