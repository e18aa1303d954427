"""What a judge says of a few facts: for the examples in docstrings and documentation."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from agents.core.alerts.state import Subject, followed
from agents.core.judge import Finding, Judge
from agents.core.rules.rule import Binding

Given = tuple[int, dict[str, Any] | None]
"""Seconds since the first of January 1970, and the fields of a fact (its `kind` among them), or None for the clock."""


def example(make: Callable[[Binding], Judge], params: dict[str, Any], *given: Given) -> list[str]:
    """What a rule with one item `value`, on facts of kind `reading`, says of these facts and times, and when (seconds)."""
    judge = make(Binding(rule="example", item="value", kinds=("reading",), params=params, editions=()))
    subject = Subject("example")
    said = []
    for seconds, fields in given:
        at = seconds * 1000
        if fields is None:
            found = judge.wake(subject, at) if judge.due(subject) <= at else None
        else:
            kind, data = fields.get("kind", "reading"), SimpleNamespace(**fields)
            subject.latest[kind] = followed(subject.latest.get(kind), at, data)
            found = judge.read(subject, kind, data, at)
        said += [] if found is None else [f"{seconds}: {_words(found)}"]
    return said


def values(*numbers: float, every: int = 1) -> Sequence[Given]:
    """Readings of these values, so many seconds apart."""
    return [(n * every, {"value": number}) for n, number in enumerate(numbers)]


def _words(found: Finding) -> str:
    what = "stands" if found.active else "over"
    return " ".join([what, *(str(each) for each in (found.severity, found.value) if each is not None)])
