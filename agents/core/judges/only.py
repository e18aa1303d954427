"""A judge for some subjects only: those that are registered as one of the kinds that the rule names in `subjects`."""

from typing import Any

from msgspec import Struct

from agents.core.judge import Finding, Judge
from agents.core.state import Subject
from streams.messages import NEVER


class Only:
    """Asks its judge about subjects of these kinds, and says nothing about others.

    A subject that is registered anew as another kind is no longer judged; an alert that stands is then left as it is.
    """

    def __init__(self, judge: Judge, subjects: tuple[str, ...]) -> None:
        self.key = judge.key
        self.timed = judge.timed
        self.Memory: type[Struct] | None = judge.Memory
        self._judge = judge
        self._subjects = frozenset(subjects)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """The judge's answer, or nothing."""
        facts = subject.facts
        return self._judge.read(subject, kind, data, at) if facts is not None and facts.kind in self._subjects else None

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """The judge's answer; it is asked only where it is due."""
        return self._judge.wake(subject, now)

    def due(self, subject: Subject) -> int:
        """The judge's time, or NEVER."""
        facts = subject.facts
        return self._judge.due(subject) if facts is not None and facts.kind in self._subjects else NEVER
