"""What a measure beside the book says: one row for each key. Pure."""

from msgspec import Struct

from agents.measures.interval import wilson


class ReckonedAnswer(Struct, frozen=True, kw_only=True):
    """One row: `value` in the measure's unit, None where nothing was due; of a share `count` of `of`, Wilson's interval (%).

    `verdict`: of alarms, how the value stands to its target; `beside`: what is not in it, by name.
    """

    measure: str
    key: str
    value: float | None
    count: int | None = None
    of: int | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""
    beside: dict[str, int] = {}


def share(measure: str, key: str, count: int, of: int, beside: dict[str, int] | None = None) -> ReckonedAnswer:
    """A share (%): none where nothing was due, and never 100 % of nothing."""
    low, high = wilson(count, of) if of else (None, None)
    return ReckonedAnswer(
        measure=measure,
        key=key,
        value=100 * count / of if of else None,
        count=count,
        of=of,
        low=None if low is None else 100 * low,
        high=None if high is None else 100 * high,
        beside=beside or {},
    )
