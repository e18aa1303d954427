"""The leader's one page: how much is new, open, near its end, late, unsigned; what is old, frequent, rising, returned. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import get_args

import numpy as np

from agents.measures.columns import Numbers
from agents.measures.figures import CaseRows
from agents.measures.months import month_of
from agents.oversight.bodies import StandingBodies
from agents.oversight.books import OversightBooks
from agents.oversight.overview import MonthRange, measure_line
from agents.oversight.rows import order_rows, sorted_orders
from agents.oversight.works import DEFAULTS, Works
from streams.messages import DAY
from streams.oversight.wire import CaseRow, LeadPage, LedgerState, MatterCount, SortBy, WorkGroup

RATES = ("request-contacted", "request-solved", "request-satisfied")
"""三率: 响应率, 解决率, 满意率 (Zhengzhou 2025-12, Beijing), each by its measure."""

GROUPS: tuple[WorkGroup, ...] = get_args(WorkGroup)


def lead_page(
    books: OversightBooks,
    state: LedgerState,
    works: Numbers | None,
    cases: Callable[[str], CaseRows],
    bodies: StandingBodies,
) -> LeadPage:
    """The page of the rows that were chosen among the orders; `cases`: of a measure."""
    ledger, now = books.ledger, books.ledger.now
    month = month_of(now)
    groups = {group: rows_of(books.works, group, now, works) for group in GROUPS}
    matters = _matters(books.works, now, works)

    def listed(group: WorkGroup, sort: SortBy) -> tuple[CaseRow, ...]:
        names = sorted_orders(books.works, groups[group], sort, DEFAULTS.shown)
        return tuple(row for name in names for row in order_rows(ledger, name, bodies))

    return LeadPage(
        state=state,
        defaults=DEFAULTS,
        counts={group: int(rows.size) for group, rows in groups.items()},
        days=tuple(books.works.days(now, works)),
        oldest=listed("open", "begun"),
        frequent=tuple(sorted(matters, key=lambda each: (-each.count, each.kind, each.matter))[: DEFAULTS.shown]),
        rising=tuple(sorted(filter(_rises, matters), key=_rise)[: DEFAULTS.shown]),
        returned=listed("returned", "due"),
        supervision=listed("supervision", "due"),
        rates=tuple(
            measure_line(ledger, each, MonthRange(month, month), cases(each)) for each in RATES if each in ledger.book.measures
        ),
        unmeasured=tuple(each for each in RATES if each not in ledger.book.measures),
    )


def rows_of(works: Works, group: WorkGroup, now: int, chosen: Numbers | None) -> Numbers:
    """The rows of a group that were chosen."""
    found = works.group(group, now)
    return np.flatnonzero(found if chosen is None else found & chosen)


def _matters(works: Works, now: int, chosen: Numbers | None) -> list[MatterCount]:
    """How often each matter came in within the newest days, and within as many before."""
    span = DEFAULTS.days * DAY
    begun = works.columns.numbers("begun")
    first = int(begun[begun > 0].min()) if begun.any() else now
    windows = min(DEFAULTS.windows, max(0, (now - span - first) // span))
    newest = Counter(_came(works, now - span, now, chosen))
    earlier = Counter(_came(works, now - span * (windows + 1), now - span, chosen))
    return [
        MatterCount(
            kind=kind, matter=matter, count=n, mean=earlier[kind, matter] / windows if windows else None, windows=windows
        )
        for (kind, matter), n in newest.items()
    ]


def _came(works: Works, after: int, until: int, chosen: Numbers | None) -> Iterator[tuple[str, str]]:
    """Kind and matter of each order that came in within a time and tells what it is about."""
    inside = works.begun_within(after, until) & (works.columns.numbers("matter") > 0)
    rows = np.flatnonzero(inside if chosen is None else inside & chosen)
    words, columns = works.codes.words, works.columns
    kinds, matters = (columns.numbers(name)[rows].tolist() for name in ("kind", "matter"))
    return ((words[kind], words[matter]) for kind, matter in zip(kinds, matters, strict=True))


def _rises(each: MatterCount) -> bool:
    """Whether it is a sign of risk: often, and much more often than before."""
    return each.mean is not None and each.count >= DEFAULTS.least and each.count >= DEFAULTS.times * each.mean


def _rise(each: MatterCount) -> tuple[float, int, str, str]:
    """The steepest first: by how many times its mean it came, then by how often."""
    return (each.mean or 0.0) / each.count, -each.count, each.kind, each.matter
