"""What a measure says of a period, by unit, district, domain or month, with the cases behind each figure. Pure."""

from collections import Counter
from typing import Literal, get_args

from msgspec import Struct

from agents.measures.interval import wilson
from agents.measures.ledger import CellKey, Ledger
from agents.measures.survival import median_time
from streams.messages import HOUR

By = Literal["unit", "district", "domain", "month"]
"""What makes a row of an answer."""

WAYS: tuple[By, ...] = get_args(By)


class OpenAge(Struct, frozen=True):
    """How old (hours) what is open is: how many, the middle one, and the oldest."""

    count: int
    median: float
    oldest: float


class MeasureAnswer(Struct, frozen=True, kw_only=True):
    """One row: `count` of `of`, and how many were left out by reason; the ids of the cases of each.

    `share`, `low`, `high`: 0 to 1, the 95 % interval of Wilson; None where nothing was due. Of a time: `hours`, the median by
    Kaplan and Meier, None where half are not done by any time that is known, and `open`, what is not done yet.
    """

    measure: str
    key: str
    count: int
    of: int
    excluded: dict[str, int]
    share: float | None = None
    low: float | None = None
    high: float | None = None
    hours: float | None = None
    open: OpenAge | None = None
    numerator: tuple[str, ...]
    rest: tuple[str, ...]
    left_out: dict[str, tuple[str, ...]]


def answers(
    ledger: Ledger, measure: str, by: By = "unit", *, since: str = "", until: str = "", times: tuple[str, str] | None = None
) -> list[MeasureAnswer]:
    """The rows of a measure, in the order of their keys, of the months `since` to `until` (`2026-03`), both of them in it.

    `times`: of a time the moments with which it begins and ends. ValueError where the period runs backward.
    """
    if since and until and since > until:
        raise ValueError(f"the period from {since} to {until} runs backward")
    rows: dict[str, list[CellKey]] = {}
    for cell in ledger.cells[measure]:
        if (not since or since <= cell.month) and (not until or cell.month <= until):
            rows.setdefault(getattr(cell, by), []).append(cell)
    return [_answer(ledger, measure, key, cells, times) for key, cells in sorted(rows.items())]


def _answer(ledger: Ledger, measure: str, key: str, keys: list[CellKey], times: tuple[str, str] | None) -> MeasureAnswer:
    cells = [ledger.cells[measure][each] for each in keys]
    count, of = sum(cell.numerator for cell in cells), sum(cell.denominator for cell in cells)
    excluded = sum((+cell.excluded for cell in cells), Counter[str]())
    behind = sorted((name, how) for cell in cells for name, how in cell.cases.items())
    done = tuple(name for name, how in behind if how.numerator)
    rest = tuple(name for name, how in behind if not (how.numerator or how.excluded))
    low, high = wilson(count, of) if of and not times else (None, None)
    hours, still_open = (None, None) if times is None else _times(ledger, done, rest, times)
    return MeasureAnswer(
        measure=measure,
        key=key,
        count=count,
        of=of,
        excluded=dict(sorted(excluded.items())),
        share=count / of if of and not times else None,
        low=low,
        high=high,
        hours=hours,
        open=still_open,
        numerator=done,
        rest=rest,
        left_out={reason: tuple(name for name, how in behind if how.excluded == reason) for reason in sorted(excluded)},
    )


def _times(
    ledger: Ledger, done: tuple[str, ...], rest: tuple[str, ...], times: tuple[str, str]
) -> tuple[float | None, OpenAge | None]:
    begins, ends = times
    took = [(getattr(ledger.cases[name], ends) - getattr(ledger.cases[name], begins), True) for name in done]
    ages = sorted(ledger.now - getattr(ledger.cases[name], begins) for name in rest)
    median = median_time([*took, *((age, False) for age in ages)])
    middle = OpenAge(len(ages), ages[len(ages) // 2] / HOUR, ages[-1] / HOUR) if ages else None
    return None if median is None else median / HOUR, middle
