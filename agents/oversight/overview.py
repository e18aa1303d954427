"""Measures over a period: against the period before, the year before, and month by month. Pure."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from agents.measures.figures import CaseRows, figure
from agents.measures.ledger import Ledger
from agents.measures.months import month_number, month_text
from agents.oversight.bodies import StandingBodies
from streams.oversight.wire import By, KeyedFigure, MeasureLine, MonthFigure

YEAR = 12
"""Months of a year."""


class MonthRange(NamedTuple):
    """Months by number, both of them in it."""

    since: int
    until: int

    def back(self, months: int) -> "MonthRange":
        """As many months, so many before."""
        return MonthRange(self.since - months, self.until - months)

    @property
    def before(self) -> "MonthRange":
        """The same number of months right before."""
        return self.back(self.until - self.since + 1)


def span_of(since: str, until: str) -> MonthRange:
    """The months from one to another."""
    return MonthRange(month_number(since), month_number(until))


def measure_line(ledger: Ledger, measure: str, period: MonthRange, cases: CaseRows) -> MeasureLine:
    """A measure over a period, of these cases."""
    by_month = cases.within(period.until - YEAR, period.until)
    return MeasureLine(
        measure=measure,
        figure=figure(ledger, measure, cases.within(*period)),
        before=figure(ledger, measure, cases.within(*period.before)),
        year_before=figure(ledger, measure, cases.within(*period.back(YEAR))),
        months=tuple(
            MonthFigure(month_text(month), figure(ledger, measure, by_month.within(month, month)))
            for month in range(period.until - YEAR, period.until + 1)
        ),
    )


def keyed_figures(
    ledger: Ledger, measure: str, by: By, period: MonthRange, cases: CaseRows, bodies: StandingBodies
) -> tuple[KeyedFigure, ...]:
    """The rows of a measure; of months each is its own, and those before it and a year before stand beside it."""
    if by == "month":
        months = np.unique(cases.within(*period).months).tolist()
        found = {month_text(month): (cases, MonthRange(month, month)) for month in months}
    else:
        words = ledger.codes.words
        told: Callable[[str], str] = {"unit": bodies.standing, "unit-kind": bodies.kind}.get(by, str)
        column = ledger.columns.numbers("unit" if by == "unit-kind" else by)
        found = {key: (each, period) for key, each in cases.by(column[cases.rows], lambda n: told(words[n])).items()}
    rows = (_keyed(ledger, measure, key, each, of) for key, (each, of) in found.items())
    return tuple(row for row in rows if row is not None)


def _keyed(ledger: Ledger, measure: str, key: str, cases: CaseRows, period: MonthRange) -> KeyedFigure | None:
    """A row; None where it has nothing in the period, before it, or a year before."""
    parts = [cases.within(*each) for each in (period, period.before, period.back(YEAR))]
    if not any(part.rows.size for part in parts):
        return None
    now, before, year_before = (figure(ledger, measure, part) for part in parts)
    return KeyedFigure(key=key, figure=now, before=before, year_before=year_before)
