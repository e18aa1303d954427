"""接通率: of the calls of the hours that a hotline told, those that a person answered (GB/T 33358-2016). Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from msgspec.structs import replace

from agents.measures.cases.case import CallHour
from agents.measures.months import lies_within, month_of, month_text
from agents.measures.parts import part_of, total
from agents.measures.reckoned.answer import ReckonedAnswer, share
from agents.measures.reckoned.row import ReckonedBy
from streams.messages import HOUR, format_time

UNTOLD = "untold-hours"
"""Hours since the first that was told of which no number of calls came."""


def connected(
    measure: str, hours: Collection[CallHour], by: ReckonedBy, now: int, *, since: str = "", until: str = ""
) -> list[ReckonedAnswer]:
    """The rows at a time (ms) of the months `since` to `until`; an hour that is over and was not told is counted beside.

    `hours`: each once, as it was told last.
    """
    calls, answered, untold = Counter[str](), defaultdict[str, list[float]](list), Counter[str]()
    for each in hours:
        month = month_text(month_of(each.hour * HOUR))
        if each.calls is None or not lies_within(month, since, until):
            continue
        key = _key(each, by, month)
        calls[key] += each.calls
        answered[key].append(part_of(each.calls, each.answered))
    for first in _firsts(hours):
        told = {each.hour for each in hours if each.subject == first.subject and each.calls is not None}
        for hour in range(first.hour, now // HOUR):
            month = month_text(month_of(hour * HOUR))
            if hour not in told and lies_within(month, since, until):
                untold[_key(replace(first, hour=hour), by, month)] += 1
    keys = sorted(calls | untold)
    return [_row(measure, key, total(answered[key]), calls[key], untold[key]) for key in keys]


def _row(measure: str, key: str, answered: float, calls: int, untold: int) -> ReckonedAnswer:
    """A row: the share is of what the hours add up to, the count is told to the nearest call."""
    found = share(measure, key, round(answered), calls, {UNTOLD: untold} if untold else {})
    return replace(found, value=100 * answered / calls if calls else None)


def _firsts(hours: Iterable[CallHour]) -> Iterable[CallHour]:
    """The first hour of each hotline."""
    found: dict[str, CallHour] = {}
    for each in hours:
        if each.subject not in found or each.hour < found[each.subject].hour:
            found[each.subject] = each
    return found.values()


def _key(each: CallHour, by: ReckonedBy, month: str) -> str:
    return {"unit": each.unit, "district": each.district, "month": month, "hour": format_time(each.hour * HOUR)}[by]
