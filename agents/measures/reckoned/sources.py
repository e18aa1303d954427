"""完整率、及时率、有效率 of what sources send: by the interval that the data directory states for a type. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from agents.measures.months import lies_within, month_of, month_text
from agents.measures.reckoned.answer import ReckonedAnswer, share
from agents.measures.reckoned.row import ReckonedBy
from streams.messages import NEVER


class Stream(Struct):
    """What one source sends of one type about one subject; intervals are numbered from 1970. `first`: the first that came."""

    span: int
    unit: str
    district: str
    domain: str
    first: int = NEVER
    came: set[int] = set()
    timely: set[int] = set()
    taken: dict[str, int] = {}
    refused: dict[str, int] = {}


class Sources:
    """All streams by source, type and subject."""

    def __init__(self) -> None:
        self.streams: dict[tuple[str, str, str], Stream] = {}

    def take(self, name: tuple[str, str, str], made: Stream, at: int, now: int, *, refused: bool) -> None:
        """A fact of a time `at` (ms) came when the log's time was `now` (ms); `refused`: it, or a part of it, was not taken."""
        each, month = self.streams.setdefault(name, made), month_text(month_of(at))
        count, slot = each.refused if refused else each.taken, at // each.span
        count[month] = count.get(month, 0) + 1
        each.first = min(each.first, slot)
        each.came.add(slot)
        if now - at <= each.span:
            each.timely.add(slot)


def told(
    measure: str,
    figure: str,
    known: Mapping[tuple[str, str, str], Stream],
    by: ReckonedBy,
    now: int,
    *,
    since: str = "",
    until: str = "",
) -> list[ReckonedAnswer]:
    """The rows of `complete`, `timely` or `valid` at a time (ms), of the months `since` to `until`."""
    count: dict[str, int] = {}
    of: dict[str, int] = {}
    for (source, _, _), each in known.items():
        for month, (done, due) in _months(each, figure, now).items():
            if not lies_within(month, since, until):
                continue
            keys = {"source": source, "unit": each.unit, "district": each.district, "domain": each.domain, "month": month}
            count[keys[by]] = count.get(keys[by], 0) + done
            of[keys[by]] = of.get(keys[by], 0) + due
    return [share(measure, key, count[key], due) for key, due in sorted(of.items())]


def _months(each: Stream, figure: str, now: int) -> dict[str, tuple[int, int]]:
    """By month: how many are good, of how many."""
    if figure == "valid":
        return {
            month: (each.taken.get(month, 0), each.taken.get(month, 0) + each.refused.get(month, 0))
            for month in sorted(each.taken.keys() | each.refused.keys())
        }
    good, found = each.came if figure == "complete" else each.timely, dict[str, tuple[int, int]]()
    for slot in range(each.first, max(each.first, now // each.span)) if each.first != NEVER else ():
        month = month_text(month_of(slot * each.span))
        done, due = found.get(month, (0, 0))
        found[month] = done + (slot in good), due + 1
    return found
