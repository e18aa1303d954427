"""From one rule book to the next while the log goes on: what becomes of what is remembered, of alerts and of judges on hold.

A rule that means the same is not touched. One that means something else goes on with what it remembers, as long as only its
words, its severity, its clause, numbers and lengths of time in its parameters are other than before. Of a rule that is gone, or
that is another one by now, nothing is remembered any more: its alert returns to normal, its hold ends.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct, structs

from agents.core.alerts.alarm import RANK, Cause
from agents.core.alerts.decide import Output, Renewal, apply_finding, decide
from agents.core.alerts.quarantine import said
from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.burst import Counted
from agents.core.judges.parts.standing import Standing
from agents.core.rules.book import Book, BookError
from agents.core.rules.bound import Bound, Timed
from agents.core.rules.rule import RuleSpec, kinds_of
from streams.messages import ADOPTED, Adoption, shown

Books = Callable[[str], Book]
"""The rule book of a name (`Adoption.name`); BookError where there is none, or it cannot be used."""

_LENGTH = re.compile(r"\d{1,6}([smhd]| [a-z-]+)")
_WORDS = {*RANK, "law", "permit"}


def no_books(hash_: str) -> Book:
    """Where events come without the rule books of their log."""
    raise BookError(f"no rule book {hash_!r} is at hand: the events came without the texts of their log's topic `books`")


class Switch(Struct, frozen=True):
    """Another rule book from the record `cause` on. `changed`: keys of the judges whose rule is new, gone or another one.

    `left`: those of them that end with the book before, each with its last rule; `reason`: what their trail names.
    `tiered`: those that have other tiers; `timed`: whether time matters to any of them.
    """

    book: Book
    changed: frozenset[str]
    left: dict[str, Bound]
    tiered: frozenset[str]
    timed: bool
    reason: str
    cause: Cause

    def concerns(self, subject: Subject, domain: str) -> bool:
        """Whether anything changes for a subject of a domain now."""
        changed = self.changed
        return not (
            changed.isdisjoint(subject.memory)
            and changed.isdisjoint(subject.alerts)
            and changed.isdisjoint(subject.held or ())
            and not (self.timed and any(key in changed for _, key, *_ in self.book.timed(domain, subject)))
        )


def switched(before: Book, after: Book, adoption: Adoption, cause: Cause) -> Switch:
    """What changes from one book to the other."""
    keys = [*before.bounds, *(key for key in after.bounds if key not in before.bounds)]
    changed = frozenset(key for key in keys if _version(before, key) != _version(after, key))
    left = {key: before.bounds[key] for key in changed if key in before.bounds and not _goes_on(before, after, key)}
    tiered = frozenset(key for key in changed if _tiers(before, key) != _tiers(after, key))
    timed = any(bound.judge.timed for key, bound in after.bounds.items() if key in changed)
    why = ": ".join(filter(None, (adoption.by, shown(adoption.reason).en)))
    return Switch(after, changed, left, tiered, timed, f"rule book {adoption.book} ({why})", cause)


def switch(subject: Subject, timed: Iterable[Timed], to: Switch, out: list[Output]) -> None:
    """Let one subject go on with the new book; `timed` are its judges by that book to whom time matters."""
    known = [key for key in dict.fromkeys([*subject.memory, *subject.alerts, *(subject.held or ())]) if key in to.changed]
    ended = [key for key in known if key in to.left or not _concerned(to.book, key, subject)]
    for key in ended:
        subject.memory.pop(key, None)
    for key in known:
        memory = subject.memory.get(key)
        if key in to.tiered and isinstance(memory, Standing | Counted):
            memory.held = []  # tiers that were reached, by their place in a list that is another one now
    for key in ended:
        _release(subject, key, to, out)
    for key in ended:
        if key in subject.alerts:
            apply_finding(to.book, subject, to.left.get(key) or to.book.bounds[key], _over(to, key), to.cause, out)
    renewed = [each for each in timed if each[1] in to.changed]
    decide(to.book, subject, renewed, Renewal(to.cause, ADOPTED), out)


def goes_on(before: RuleSpec, after: RuleSpec, item: str) -> bool:
    """Whether what the judge of a rule remembers means the same to the judge of the other."""
    kept = [(spec.judge, kinds_of(spec), spec.units.get(item, spec.unit), _frame(spec.params)) for spec in (before, after)]
    return kept[0] == kept[1]


def _goes_on(before: Book, after: Book, key: str) -> bool:
    old, new = before.bounds[key], after.bounds.get(key)
    if new is None or old.judge.Memory is not new.judge.Memory:
        return False
    return goes_on(before.rules[old.rule.id], after.rules[new.rule.id], old.item)


def _frame(params: Any) -> Any:
    """Parameters without numbers, lengths of time, severities and where limits come from; what a `where` says is kept whole.

    >>> _frame({"limit": 5, "of": "mean", "over": "3h", "where": {"flag": 1}, "tiers": [{"over": 2, "severity": "red"}]})
    {'of': 'mean', 'where': {'flag': 1}}
    """
    if isinstance(params, dict):
        framed = ((name, value if name == "where" else _frame(value)) for name, value in params.items())
        return {name: value for name, value in framed if value not in (None, {}, [])}
    if isinstance(params, list):
        kept = [_frame(each) for each in params]
        return kept if any(each not in (None, {}, []) for each in kept) else None
    if isinstance(params, str):
        return None if params in _WORDS or _LENGTH.fullmatch(params) else params
    return params if isinstance(params, bool) else None


def _version(book: Book, key: str) -> str | None:
    bound = book.bounds.get(key)
    return bound.rule.version if bound else None


def _tiers(book: Book, key: str) -> Any:
    bound = book.bounds.get(key)
    return book.rules[bound.rule.id].params.get("tiers") if bound else None


def _concerned(book: Book, key: str, subject: Subject) -> bool:
    return book.bounds[key].concerns(subject)


def _over(to: Switch, key: str) -> Finding:
    """The condition of a rule is over because the book has ended it; the trail says how."""
    if key not in to.book.bounds:
        how = "rule withdrawn"
    else:
        how = "rule replaced by another of its name" if key in to.left else "rule no longer for this kind of subject"
    return Finding(active=False, reason=f"{how}: {to.reason}")


def _release(subject: Subject, key: str, to: Switch, out: list[Output]) -> None:
    """End the hold of a judge whose rule is gone; what was held is not judged."""
    hold = (subject.held or {}).get(key)
    if hold is None:
        return
    subject.held = {name: each for name, each in (subject.held or {}).items() if name != key} or None
    rev, waiting = to.cause.place.offset, len(hold.events)
    out.append(structs.replace(said(hold.record), rev=rev, state="withdrawn", waiting=waiting, passed=hold.passed))
    apply_finding(to.book, subject, to.book.oversight(hold.record.domain, key), _over(to, key), to.cause, out)
