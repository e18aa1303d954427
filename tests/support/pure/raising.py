"""Rule books with one rule more, which may raise an exception."""

from typing import Any

import msgspec
import pytest

from agents import law
from agents.core.alerts.state import Subject
from agents.core.judge import Finding, Judge
from agents.core.judges import STOCK
from agents.core.rules.book import Book
from agents.core.rules.rule import RuleSpec
from agents.domains.environment import judges as environment
from agents.rulebook.load import book_of

BAD = 13.0
"""The ozone value at which the broken judges raise."""


OWN: dict[str, dict[str, Any]] = {
    "limit": {"limit": 150},
    "window": {"limit": 120, "of": "mean", "over": "3h"},
    "rate": {"limit": 60, "per": "1h"},
    "flatline": {"samples": 3},
    "missing": {"after": "1h"},
    "delayed": {"limit": 150, "on_delay": "90m"},
}


class Own:
    """A stock judge as a domain's own; broken, it forgets its memory half way and raises at one value or at every wake."""

    def __init__(self, inner: Judge, broken: str) -> None:
        self.key, self.timed, self.Memory = inner.key, inner.timed, inner.Memory
        self.compares = getattr(inner, "compares", False)
        self.due = inner.due
        self._inner, self._broken = inner, broken
        if hasattr(inner, "guard"):
            self.guard = inner.guard

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """As the stock judge, but broken at one value."""
        if self._broken == "read" and getattr(data, "o3", None) == BAD:
            subject.memory.pop(self.key, None)
            raise ZeroDivisionError("no such hour \ud800")
        return self._inner.read(subject, kind, data, at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """As the stock judge, but broken."""
        if self._broken == "wake":
            raise KeyError("time")
        return self._inner.wake(subject, now)


def _rule(judge: str, params: dict[str, Any], **fields: Any) -> RuleSpec:
    words = {"zh": "例", "en": "Example"}
    rule = {"row": "ENV-I99", "title": words, "clause": "gb3095-gas-1h", "phase": "in-process", "severity": "yellow"}
    rule |= {"on": ["air_hour"], "judge": judge, "department": "zz-ee", "guidance": words, "items": ["o3"], "with": params}
    return msgspec.convert(rule | fields, RuleSpec)


def book(name: str, broken: str = "", *, own: bool = True) -> Book:
    """Ozone above 140 and PM2.5 above 75 by stock judges, a count of the own rule's alerts, and between them the own rule."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            environment.JUDGES, "own", lambda binding: Own(STOCK["limit" if name == "delayed" else name](binding), broken)
        )
        rules = {"before": _rule("limit", {"limit": 140})}
        if own:
            rules["own"] = _rule("environment:own", OWN[name])
        rules["after"] = _rule("limit", {"limit": 75}, items=["pm25"])
        return book_of({"environment": rules}, law.clauses(), law.departments())
