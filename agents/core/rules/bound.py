"""Judges bound to their rules, and who reads whose alerts."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from msgspec import Struct

from agents.core.alerts.alarm import Times
from agents.core.alerts.state import Subject
from agents.core.alerts.suppress import Suppressing
from agents.core.judge import Judge
from agents.core.rules.guard import ALWAYS, Guard, OfKind, Reads, all_of, guard_of
from agents.core.rules.rule import ALERT
from streams.messages import Department, Phase, Severity, Text


class Pinned(Struct, frozen=True):
    """What of a rule an alert carries with it or lives by. `version` is a hash of its meaning, not of its comments or cases.

    `times` is what time does to its alerts; `first_out` names its group.
    """

    id: str
    domain: str
    version: str
    row: str
    title: Text
    clause: str
    phase: Phase
    severity: Severity
    department: Department
    guidance: Text
    latch: bool = False
    times: Times = Times()
    first_out: str = ""


class Bound(Struct, frozen=True):
    """One judge of one rule (and item), ready to be asked; `own`: it is Python of a domain, no stock judge.

    `suppress`: in which states of the subject its alarm is suppressed by design; `names`: the fields that the rule names, by
    their first step, where it says all that is read; `idle`: what the judge says of itself.
    """

    rule: Pinned
    item: str
    unit: str
    kinds: tuple[str, ...]
    subjects: tuple[str, ...]
    judge: Judge
    own: bool = False
    suppress: tuple[Suppressing, ...] = ()
    names: frozenset[str] | None = None
    idle: bool = False

    def concerns(self, subject: Subject) -> bool:
        """Whether the rule concerns a subject as it is registered."""
        return not self.subjects or (subject.facts is not None and subject.facts.kind in self.subjects)

    def guard(self, kind: str) -> Guard:
        """When the judge must be asked about a fact of a kind."""
        return all_of(OfKind(self.subjects) if self.subjects else ALWAYS, guard_of(self.judge, kind))

    def values(self, declared: Iterable[str]) -> frozenset[str] | None:
        """Of the declared fields of a fact those without which nothing is judged; None where a fact without any is judged too.

        What only hears that a fact has come judges no value. A judge of a domain may read whatever there is.
        """
        if getattr(self.judge, "hears", False):
            return frozenset()
        if getattr(self.judge, "absent", False):
            return None
        fields = frozenset(declared)
        return fields if self.names is None else (fields & self.names or None)

    def reads(self, kinds: Container[str]) -> bool:
        """Whether it reads one of these kinds of facts, or alerts."""
        return any(kind in kinds or kind.startswith(ALERT) for kind in self.kinds)


def read_by(bounds: Iterable[Bound], declared: Iterable[str]) -> Reads:
    """What judges of one kind of fact, with these fields, read of it, by the registered kind of its subject."""
    bounds, declared = tuple(bounds), tuple(declared)

    def reads(kind: str) -> frozenset[str] | None:
        concerned = [bound for bound in bounds if not bound.subjects or kind in bound.subjects]
        values = [bound.values(declared) for bound in concerned]
        if not concerned:
            return None
        return frozenset() if None in values else frozenset().union(*[each for each in values if each])

    return reads


Timed = tuple[Bound, str, Callable[[Subject], int], bool]
"""A judge to whom time may matter: bound, its key, its `due`, and whether it is `idle`, at hand where thousands are woken."""


def timed(bound: Bound) -> Timed:
    """What is needed to wake a judge."""
    return bound, bound.judge.key, bound.judge.due, bound.idle


class Concern(Struct, frozen=True):
    """Judges to whom time may matter by whom they concern: those of every subject, and all those of a certain register kind."""

    common: tuple[Timed, ...]
    of: dict[str, tuple[Timed, ...]]

    def by(self, subject: Subject) -> tuple[Timed, ...]:
        """The judges who concern this subject."""
        facts = subject.facts
        return self.common if facts is None else self.of.get(facts.kind, self.common)


def concern(bounds: Iterable[Bound]) -> Concern:
    """Sort the judges to whom time may matter by whom they concern, so that the others cost nothing."""
    bounds = [bound for bound in bounds if bound.judge.timed]
    kinds = {kind for bound in bounds for kind in bound.subjects}
    of = {kind: tuple(timed(b) for b in bounds if not b.subjects or kind in b.subjects) for kind in sorted(kinds)}
    return Concern(tuple(timed(b) for b in bounds if not b.subjects), of)


def listeners(by_domain: Mapping[str, tuple[Bound, ...]]) -> dict[str, tuple[Bound, ...]]:
    """Who reads a rule's alerts, by rule; ValueError where a rule is not of the same domain, or rests on itself."""
    found: dict[str, tuple[Bound, ...]] = {}
    for domain, bounds in by_domain.items():
        known = {bound.rule.id for bound in bounds}
        for bound in bounds:
            for heard in _heard(bound):
                if heard not in known:
                    raise ValueError(f"rule {bound.rule.id}: reads alerts of {heard!r}, which is no rule of {domain}")
                found[heard] = (*found.get(heard, ()), bound)
    for rule, hearing in found.items():
        if rule in {bound.rule.id for bound in _behind(found, hearing)}:
            raise ValueError(f"rule {rule}: reads alerts that rest on its own; break the circle")
    return found


def _behind(known: Mapping[str, tuple[Bound, ...]], bounds: Iterable[Bound]) -> tuple[Bound, ...]:
    """These judges, and all who read alerts of theirs, near or far; `known` as by `listeners`."""
    found: dict[str, Bound] = {}
    waiting = list(bounds)
    while waiting:
        bound = waiting.pop(0)
        if bound.judge.key not in found:
            found[bound.judge.key] = bound
            waiting += known.get(bound.rule.id, ())
    return tuple(found.values())


def _heard(bound: Bound) -> Iterator[str]:
    return (kind.removeprefix(ALERT) for kind in bound.kinds if kind.startswith(ALERT))
