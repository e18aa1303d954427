"""The figure of some cases of a measure, from the ledger's columns. Pure."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from agents.measures.book.measure import MeasureRow
from agents.measures.columns import Numbers
from agents.measures.interval import wilson
from agents.measures.ledger import BEGUN, LEFT, MONTH_BITS, OUT, RIGHT, Ledger
from agents.measures.survival import median_time
from streams.messages import HOUR, Text
from streams.oversight.wire import Figure, OpenAge

LEFT_OUT, LEFT_OUT_TITLE = "objection-granted", Text("申诉成立", "By a granted objection")
"""The reason by which a case is left out that an objection was granted for, beside the conditions of the book."""


class CaseRows(NamedTuple):
    """Cases that count in a measure: where they stand in the columns, in which months, and how."""

    rows: Numbers
    months: Numbers
    hows: Numbers

    def where(self, chosen: Numbers) -> "CaseRows":
        """Those for which it is true, or that stand at these places."""
        return CaseRows(self.rows[chosen], self.months[chosen], self.hows[chosen])

    def by(self, numbers: Numbers, word: Callable[[int], str]) -> "dict[str, CaseRows]":
        """These by the word of a number that each of them has, in the order of the words."""
        found, labels = np.unique(numbers, return_inverse=True)
        words = [word(int(number)) for number in found]
        keys = {key: n for n, key in enumerate(sorted(set(words)))}
        labels = np.asarray([keys[each] for each in words], np.int64)[labels]
        order = np.argsort(labels, kind="stable")
        bounds = np.searchsorted(labels[order], np.arange(len(keys) + 1))
        return {key: self.where(order[bounds[n] : bounds[n + 1]]) for key, n in keys.items()}

    def within(self, since: int, until: int) -> "CaseRows":
        """Those of some months, both of them among them."""
        return self.where((self.months >= since) & (self.months <= until))


def case_rows(ledger: Ledger, measure: str, chosen: Numbers | None = None) -> CaseRows:
    """All cases that count in a measure, or those of them that were chosen (a truth for each row of the columns)."""
    places = ledger.columns.numbers(measure)
    rows = np.flatnonzero(places if chosen is None else places * chosen)
    return counted_at(rows, places[rows])


def counted_at(rows: Numbers, places: Numbers) -> CaseRows:
    """The cases at some rows of the columns, as their places in a measure's column say (`MONTH_BITS`)."""
    return CaseRows(rows, places >> MONTH_BITS, places & ((1 << MONTH_BITS) - 1))


def reasons_of(row: MeasureRow) -> tuple[str, ...]:
    """By what a case may be left out of a measure, in the order of how it counts (`OUT` on)."""
    return (*row.exclusions, LEFT_OUT)


def figure(ledger: Ledger, measure: str, cases: CaseRows) -> Figure:
    """What these cases come to."""
    row = ledger.book.measures[measure]
    reasons = reasons_of(row)
    counts = np.bincount(cases.hows, minlength=OUT + len(reasons))
    done, of = int(counts[RIGHT]), int(counts[RIGHT] + counts[LEFT])
    excluded = {why: int(n) for why, n in sorted(zip(reasons, counts[OUT:], strict=True)) if n}
    ages = _ages(ledger, cases)
    if row.moments:
        return Figure(count=done, of=of, excluded=excluded, hours=_median(ledger, row.moments, cases), open=ages)
    low, high = wilson(done, of) if of else (None, None)
    return Figure(count=done, of=of, excluded=excluded, share=done / of if of else None, low=low, high=high, open=ages)


def _ages(ledger: Ledger, cases: CaseRows) -> OpenAge | None:
    """The ages of what is in the rest and still goes on."""
    rest = cases.rows[cases.hows == LEFT]
    ages = np.sort(ledger.now - ledger.columns.numbers(BEGUN)[rest[ledger.columns.numbers("open")[rest] > 0]])
    return OpenAge(len(ages), float(ages[len(ages) // 2]) / HOUR, float(ages[-1]) / HOUR) if ages.size else None


def _median(ledger: Ledger, moments: tuple[str, ...], cases: CaseRows) -> float | None:
    """The median time in hours."""
    begins, ends = (ledger.columns.numbers(name) for name in moments)
    done, rest = cases.rows[cases.hows == RIGHT], cases.rows[cases.hows == LEFT]
    median = median_time(ends[done] - begins[done], ledger.now - begins[rest])
    return None if median is None else median / HOUR
