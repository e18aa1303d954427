"""The contract of a judge: what it sees, what it answers.

A judge belongs to one rule (and one item of it, where the rule has several). It is pure: given the subject's memory and a
fact or the time, it changes only its own memory and answers with a Finding, or None where nothing is to be said.
"""

from typing import Any, Protocol

from msgspec import Struct

from agents.core.alerts.state import Subject
from streams.messages import Severity


class Finding(Struct, frozen=True, kw_only=True):
    """What a judge found: is the condition true now, since when, and how bad.

    `opened_at`: event time (ms) of the fact that began it; it is part of the alert's id. `value` and `limit` are in the
    rule's unit. `severity`: None takes the rule's. `law_at`: the event time that chose the edition, where it is not
    `opened_at`. `due`: a deadline (ms) that people must see; `provisional`: it may change with the next notice of holidays.
    `reason`: why the condition is over, where that is not plain; it stands in the audit trail. `tiers`: those that are reached,
    by their place in the rule. Where it is not `in_force`, the condition is true before the rule's clause binds the subject: it
    raises nothing, and is told.
    """

    active: bool
    opened_at: int = 0
    value: float | None = None
    limit: float | None = None
    severity: Severity | None = None
    due: int | None = None
    provisional: bool = False
    reason: str = ""
    tiers: tuple[int, ...] = ()
    in_force: bool = True


class Judge(Protocol):
    """One bound judge. `key` is `rule` or `rule/item`, unique in a book; its memory is `subject.memory[key]`.

    `Memory` is the (mutable, array-like) struct of that memory, or None for a judge that remembers nothing. `timed` says
    whether time itself ever matters to it: of the others `due` and `wake` are never asked.

    A judge may have more: `guard(kind)`, when it must be asked (`agents.core.rules.guard`); `compares = True`, it looks at the
    fact before; `renew(subject, now)`, it reckons anew when the calendar has changed; `hears = True`,
    it only hears that a fact has come and reads no value of it; `absent = True`, it judges facts without values; `single`,
    whether one fact decides it; `idle = True`, while it remembers nothing of a subject it waits for nothing: its `due` is NEVER
    then, and is not asked.
    """

    key: str
    timed: bool
    Memory: type[Struct] | None

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A fact of a kind that the rule reads, with its event time (ms); `data` is of that kind's payload type."""
        ...

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """Time has reached `due(subject)`."""
        ...

    def due(self, subject: Subject) -> int:
        """When time itself next matters to this judge for this subject (ms), or NEVER."""
        ...
