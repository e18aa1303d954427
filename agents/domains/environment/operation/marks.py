"""The marks of a source that are known: each from a time to a time, of one furnace or of the whole source."""

from collections.abc import Container

from msgspec import Struct

from agents.core.dates import moment
from agents.domains.environment.operation.payload import DeviceMark, WorkMark
from streams.messages import NEVER

KEPT = 256
"""How many marks of a source a judge remembers; the oldest give way."""


class SetMark(Struct, array_like=True):
    """What is marked of a unit from `since` to before `until` (ms); `family`: which of the two kinds of marks it is."""

    family: str
    unit: str
    mark: str
    since: int
    until: int


def noted(marks: list[SetMark], data: WorkMark | DeviceMark, at: int) -> bool:
    """Take a mark that was filed at a time (ms) up: in place of one that began then, and as the end of an open one before.

    One whose times cannot be read, that ends before it begins, or that begins later than it was filed, is none.
    """
    since, until = moment(data.since), moment(data.until) if data.until else NEVER
    if since is None or until is None or until <= since or since > at:
        return False
    new = SetMark(type(data).__name__, data.unit, data.mark, since, until)
    own = [each for each in marks if each.family == new.family and each.unit == new.unit]
    for each in own:
        if each.since == since:
            marks.remove(each)
        elif each.until == NEVER and each.since < since:
            each.until = since
    later = [each.since for each in own if each.since > since]
    if new.until == NEVER and later:
        new.until = min(later)
    marks.append(new)
    del marks[:-KEPT]
    return True


def touched(marks: list[SetMark], names: Container[str], begin: int, end: int, unit: str = "") -> bool:
    """Whether a mark with one of these names, of this unit or of the whole source, lies on any part of `begin` to `end` (ms).

    Without a unit the marks of every one count.
    """
    return any(
        each.mark in names and each.since < end and each.until > begin and (not unit or each.unit in ("", unit))
        for each in marks
    )


def within(marks: list[SetMark], names: Container[str], begin: int, end: int) -> bool:
    """Whether one mark with one of these names lies on the whole of `begin` to `end` (ms)."""
    return any(each.mark in names and each.since <= begin and each.until >= end for each in marks)
