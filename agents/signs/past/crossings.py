"""How often thresholds would have called for a sign: its hourly figures, judged by the judge that its rule has. Pure.

It is the stock judge `limit` with the parameters of the sign's rule (`crossing_params`): a tier for each level, delays, a
deadband. What is NA is no reading: it neither opens nor closes anything. A call is a rise of the level, from none or from a
milder one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from agents.core.alerts.state import Subject, followed
from agents.core.judge import Finding
from agents.core.judges.limit import limit
from agents.core.rules.rule import Binding
from agents.signs.book.sign import LEVELS, SignRow, SignThreshold, least_of
from agents.signs.figures import SignFigure
from agents.signs.reading import level_of
from agents.signs.rule_file import crossing_params
from streams.messages import Severity, SignState, Text, day_of

OTHER = Text("推演", "what if")
"""The basis of a threshold that is only tried."""

FIGURE = "figure"
"""The kind of fact that the judge reads."""


class CrossingPace(Struct, frozen=True, kw_only=True):
    """For how long a value must stand or be gone (`5m`), and by how much it must be back; None: as the sign's rule has it."""

    delay: str | None = None
    deadband: float | None = None


class CrossedMonth(Struct, kw_only=True):
    """A month (`2026-03`) of a sign of an area, China Standard Time.

    `calls`: by level how often it was entered from none or from a milder one; `hours`: of the full hours those in each state.
    """

    sign: str
    area: str
    month: str
    calls: Counter[Severity] = field(default_factory=Counter)
    hours: Counter[SignState] = field(default_factory=Counter)


class _Judged:
    """How one area stands, hour by hour."""

    def __init__(self, row: SignRow, pace: CrossingPace) -> None:
        params = crossing_params(row)
        params |= {} if pace.delay is None else {"on_delay": pace.delay, "off_delay": pace.delay}
        params |= {} if pace.deadband is None else {"deadband": pace.deadband}
        self._judge = limit(Binding(rule="sign", item="value", kinds=(FIGURE,), params=params, editions=()))
        self._subject = Subject("area")
        self._mildest = next(level for level in LEVELS if level in row.thresholds)
        self.level: Severity | None = None

    def wake(self, at: int) -> int | None:
        """Time has come to `at` (ms): when it called meanwhile, None where it did not."""
        due = self._judge.due(self._subject)
        return due if due <= at and self._turned(self._judge.wake(self._subject, due)) else None

    def read(self, at: int, value: float) -> bool:
        """Take up the value of a full hour (ms); whether it calls."""
        data, latest = SimpleNamespace(value=value), self._subject.latest
        latest[FIGURE] = followed(latest.get(FIGURE), at, data)
        return self._turned(self._judge.read(self._subject, FIGURE, data, at))

    def _turned(self, found: Finding | None) -> bool:
        before = self.level
        if found is None:
            return False
        self.level = (found.severity or self._mildest) if found.active else None
        return self.level is not None and (before is None or LEVELS.index(self.level) > LEVELS.index(before))


def crossed(row: SignRow, figures: Iterable[SignFigure], pace: CrossingPace) -> list[CrossedMonth]:
    """The months of the figures of one sign, each area's hours in their order; without thresholds nothing calls."""
    judged: dict[str, _Judged] = {}
    months: dict[tuple[str, str], CrossedMonth] = {}

    def month(of: SignFigure, at: int) -> CrossedMonth:
        name = f"{day_of(at):%Y-%m}"
        return months.setdefault((of.area, name), CrossedMonth(sign=of.sign, area=of.area, month=name))

    for each in figures:
        if each.area not in judged and row.thresholds:
            judged[each.area] = _Judged(row, pace)
        known, here = judged.get(each.area), month(each, each.at)
        if known is not None and (due := known.wake(each.at)) is not None and known.level:
            month(each, due).calls[known.level] += 1
        if each.value is None:
            here.hours["na"] += 1
            continue
        enough = each.denominator >= least_of(row) or level_of(row, each.value) == "ok"
        if known is not None and enough and known.read(each.at, each.value) and known.level:
            here.calls[known.level] += 1
        here.hours[(known and known.level) or "ok"] += 1
    return list(months.values())


def beside(own: SignRow, other: SignRow, figures: Sequence[SignFigure], pace: CrossingPace) -> Iterator[dict[str, Any]]:
    """Each month as a line: `calls` and `hours` by the sign's own thresholds as its rule has them, and by others at a pace."""
    for before, after in zip(crossed(own, figures, CrossingPace()), crossed(other, figures, pace), strict=True):
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
