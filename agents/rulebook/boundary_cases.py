"""Whether a case stands exactly at a limit: the smallest step of a number or a time in it changes what the rule says.

This asks the judges themselves, so it holds for every rule alike, whatever its limit is made of: a number, a bound of the law
or of a permit, a span of time, a day, working hours.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from msgspec import structs

from agents.core.rules.book import Book
from agents.core.rules.rule import ALERT, Case, ClauseSpec, RuleSpec, kinds_of
from agents.rulebook.cases import judged
from streams.messages import Alert, Quality, format_time, parse_time

STEP = 1e-6
"""By how much a number is moved: less than any instrument tells. One that must be whole is moved by 1, a date by a day."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT.+")
_SIGNS = (1, -1)

Path = tuple[str | int, ...]
"""Where a value stands in a fact: names of fields, and places in lists."""

Said = tuple[tuple[int, str, str, str], ...]
"""What a rule says in a case: for each revision the number of its event, the state, the item and the severity."""


def resting(book: Book, rule: str) -> tuple[dict[str, RuleSpec], dict[str, ClauseSpec]]:
    """A rule with its cases and those whose alerts it reads, near or far, and the clauses of all of them, by id."""
    waiting, specs = [rule], dict[str, RuleSpec]()
    while waiting:
        name = waiting.pop()
        if name not in specs:
            specs[name] = book.rules[name]
            waiting += [kind.removeprefix(ALERT) for kind in kinds_of(specs[name]) if kind.startswith(ALERT)]
    return specs, {spec.clause: book.clauses[spec.clause] for spec in specs.values()}


def alone(book: Book, domain: str, rule: str) -> Book:
    """The book of a rule and of what it rests on: it says there what it says among all others."""
    specs, clauses = resting(book, rule)
    return Book({domain: specs}, clauses, book.departments, book.ground)


def at_limit(book: Book, domain: str, rule: str) -> bool:
    """Whether in one of the rule's cases a step of a number, date or time, up or down, changes what the rule says."""
    return any(_in_turn(_steps_change(book, domain, rule, case) for case in book.rules[rule].case))


def _in_turn(tried: Iterable[Iterator[bool]]) -> Iterator[bool]:
    """The next of each in turn, none before it is asked for: a case that is at a limit mostly shows soon."""
    waiting = deque(tried)
    while waiting:
        case = waiting.popleft()
        for changes in islice(case, 1):
            yield changes
            waiting.append(case)


def has_limit(book: Book, domain: str, rule: str) -> bool:
    """Whether the alerts of the rule's cases tell a deadline, or a limit that a value can stand at.

    A number of things (a rule without a unit) of which not one is allowed has none.
    """
    spec = book.rules[rule]
    outputs = (out for case in spec.case for out in judged(book, domain, rule, case))
    alerts = [out for out in outputs if isinstance(out, Alert) and out.rule == rule]
    return any(one.due is not None or (one.limit is not None and (one.limit or one.unit)) for one in alerts)


def _steps_change(book: Book, domain: str, rule: str, case: Case) -> Iterator[bool]:
    """For each step from a case, whether the rule says something else."""
    said, refused = _said(book, domain, rule, case)
    for steps in _neighbours(case):
        for step in steps:
            moved, more_refused = _said(book, domain, rule, step)
            if more_refused == refused:
                yield moved != said
                break


def _said(book: Book, domain: str, rule: str, case: Case) -> tuple[Said, int]:
    """What the rule says, and how many facts are refused."""
    outputs = judged(book, domain, rule, case)
    said = tuple((out.rev, out.state, out.item, out.severity) for out in outputs if isinstance(out, Alert) and out.rule == rule)
    return said, sum(isinstance(out, Quality) for out in outputs)


def _neighbours(case: Case) -> Iterator[tuple[Case, ...]]:
    """Cases one step away. Of each few only the first counts that has no more facts refused than the case itself.

    A number moves in all facts at once, as a mean does; then each time and each number by itself.
    """
    facts = {n: given.fact for n, given in enumerate(case.given) if isinstance(given.fact, dict)}
    for path in dict.fromkeys(path for fact in facts.values() for path in _paths(fact)):
        for sign in _SIGNS:
            yield _moved(case, facts, path, sign)
    for n, given in reversed(list(enumerate(case.given))):
        for sign in _SIGNS:
            time = structs.replace(given, at=format_time(parse_time(given.at) + sign))
            yield (structs.replace(case, given=(*case.given[:n], time, *case.given[n + 1 :])),)
    for n, fact in reversed(facts.items() if len(facts) > 1 else ()):
        for path in _paths(fact):
            for sign in _SIGNS:
                yield _moved(case, {n: fact}, path, sign)


def _moved(case: Case, facts: dict[int, Any], path: Path, sign: int) -> tuple[Case, ...]:
    """The case with what stands at a path of some facts moved by a step, or else by a whole number."""
    moved: list[Case] = []
    for whole in (False, True):
        given = list(case.given)
        for n, fact in facts.items():
            if (value := _value(fact, path)) is not None:
                given[n] = structs.replace(given[n], fact=_with(fact, path, _step(value, sign, whole=whole)))
        moved.append(structs.replace(case, given=tuple(given)))
    return tuple(moved)


def _paths(value: Any) -> Iterator[Path]:
    """Where numbers, dates and moments stand in a JSON value."""
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            for path in _paths(inner):
                yield (name, *path)
    elif _moves(value):
        yield ()


def _moves(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_DATE.fullmatch(value) or _MOMENT.fullmatch(value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(fact: Any, path: Path) -> Any:
    """What stands at a path, None where nothing does that can be moved."""
    for name in path:
        there = (
            name in fact if isinstance(fact, dict) else isinstance(fact, list) and isinstance(name, int) and name < len(fact)
        )
        if not there:
            return None
        fact = fact[name]
    return fact if _moves(fact) else None


def _with(fact: Any, path: Path, value: Any) -> Any:
    """A copy of a JSON value with another value at a path."""
    if not path:
        return value
    changed = fact.copy()
    changed[path[0]] = _with(fact[path[0]], path[1:], value)
    return changed


def _step(value: Any, sign: int, *, whole: bool) -> Any:
    """A number, date or moment a step up or down.

    >>> _step(4, 1, whole=True), _step("2026-02-28", 1, whole=False)
    (5, '2026-03-01')
    """
    if not isinstance(value, str):
        return value + (sign if whole and isinstance(value, int) else sign * STEP)
    if _DATE.fullmatch(value):
        return str(date.fromisoformat(value) + timedelta(sign))
    return format_time(parse_time(value) + sign)
