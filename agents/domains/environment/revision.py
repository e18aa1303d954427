"""Data changed after the first report: both are kept, and a reason is needed (HJ 212-2025 RF; GB 3095-2026 6.3)."""

from typing import Any

from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judge import Finding
from agents.core.judges.parts.standing import Untimed
from agents.core.rules.rule import Binding
from agents.domains.environment.source_payload import Factors, RevisionReason, SourceRevision

KEPT = 48
"""How many hours' values, and changes without a reason, are remembered for a device."""


class Reported(Struct, array_like=True):
    """Values first reported, by the end of their hour (ms) and factor; the hours changed without a reason."""

    hours: dict[int, dict[str, float]] = {}
    changed: list[int] = []


class Revision(Untimed):
    """Opens when an hour sent again says something else than the first report, closes when every change has its reason.

    The value is the number of changed hours. Hours older than the newest `KEPT` cannot be compared any more.
    """

    Memory: type[Struct] | None = Reported

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - told by its type
        """Remember a first report, compare a revision, take a reason."""
        memory: Reported = subject.memory.setdefault(self.key, Reported())
        before = len(memory.changed)
        if isinstance(data, RevisionReason):
            hour = moment(data.interval)
            memory.changed = [each for each in memory.changed if each != hour]
        elif not isinstance(data, SourceRevision):
            if at not in memory.hours:
                memory.hours[at] = values(data.factors)
            while len(memory.hours) > KEPT:
                del memory.hours[min(memory.hours)]
        elif data.of == "source_hour" and is_other(memory.hours.get(at), values(data.factors)) and at not in memory.changed:
            memory.changed = sorted([*memory.changed, at])[-KEPT:]
        if len(memory.changed) == before:
            return None
        return Finding(active=bool(memory.changed), opened_at=min(memory.changed, default=at), value=len(memory.changed))


def values(factors: Factors) -> dict[str, float]:
    """The mean of each factor, converted where the device converts it."""
    found = {}
    for code, factor in factors.items():
        mean = factor.avg if factor.zs_avg is None else factor.zs_avg
        if mean is not None:
            found[code] = mean
    return found


def is_other(first: dict[str, float] | None, again: dict[str, float]) -> bool:
    """Whether a factor has another value than in the first report.

    >>> is_other({"a": 1, "b": 2}, {"a": 1}), is_other({"a": 1}, {"a": 2}), is_other(None, {"a": 2})
    (False, True, False)
    """
    return first is not None and any(code in first and first[code] != value for code, value in again.items())
