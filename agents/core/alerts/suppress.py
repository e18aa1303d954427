"""Suppression by design (ISA-18.2 11.6): the states of a plant, filed maintenance or weather in which a rule is silent.

It is a function of the newest fact of one kind of the same subject and of the time; nothing is remembered for it.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judges.parts.fields import Get, Matches, getter, matcher
from agents.core.rules.rule import Binding, Suppression
from streams.messages import NEVER, Text


class Suppressing(Struct, frozen=True):
    """One suppression of one bound judge: the facts of `kind` that `matches`, from `since` to before `until`, and why."""

    kind: str
    matches: Matches | None
    since: Get | None
    until: Get | None
    why: Text

    def window(self, subject: Subject) -> tuple[int, int] | None:
        """From when to before when (ms, NEVER without an end) the newest fact suppresses; None where it does not."""
        latest = subject.latest.get(self.kind)
        if latest is None or not (self.matches is None or self.matches(subject, latest.data)):
            return None
        begin = _time(self.since, latest.data, latest.at)
        end = _time(self.until, latest.data, NEVER)
        return (begin, end) if begin < end else None


def suppressing(binding: Binding, given: Iterable[Suppression]) -> tuple[Suppressing, ...]:
    """The suppressions of a binding; ValueError where one names a kind or a field that is not there."""
    made = []
    for each in given:
        if each.kind not in binding.payloads:
            raise ValueError(f"suppress: no kind {each.kind!r}; kinds are {', '.join(sorted(binding.payloads))}")
        since, until = (getter(binding, path, [each.kind]) if path else None for path in (each.since, each.until))
        made.append(Suppressing(each.kind, matcher(binding, each.where, [each.kind]), since, until, each.why))
    return tuple(made)


def holding(given: Iterable[Suppressing], subject: Subject, now: int) -> tuple[str, int] | None:
    """Why an alarm is suppressed now and until when (ms, NEVER without an end), by the longest; None where it is not."""
    found = [(end, f"{each.why.zh} / {each.why.en}") for each, begin, end in _windows(given, subject) if begin <= now < end]
    if not found:
        return None
    end, reason = max(found)
    return reason, end


def begins(given: Iterable[Suppressing], subject: Subject, now: int) -> int:
    """When the next suppression begins (ms), or NEVER."""
    return min((begin for _, begin, _ in _windows(given, subject) if begin > now), default=NEVER)


def _windows(given: Iterable[Suppressing], subject: Subject) -> Iterable[tuple[Suppressing, int, int]]:
    return ((each, *window) for each in given if (window := each.window(subject)) is not None)


def _time(get: Get | None, data: Any, default: int) -> int:
    """The time that a field names (ms), or the default where it names none."""
    found = moment(get(data)) if get else None
    return default if found is None else found
