"""What must be true of a rule's cases: enough of them, on both sides of the limit and back again, of facts that there are."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from agents.core.rules.rule import Case, ClauseSpec, Edition, RuleSpec, in_force
from agents.rulebook.cases import registered_at
from streams.messages import parse_time

Payloads = Mapping[str, Any]
"""Payload types by kind of fact."""

Found = Iterator[tuple[str, str]]
"""Problems: the field or list entry of the table where it stands (`case[2]`), and a message."""


ENDED = frozenset({"A", "D", "D-latched"})
"""States of an alert whose condition is over."""


def case_problems(rule: str, spec: RuleSpec, clauses: Mapping[str, ClauseSpec], payloads: Payloads) -> Found:
    """What is wrong with a rule's cases."""
    header = f"add a [[rule.{rule}.case]]"
    editions = clauses[spec.clause].edition if spec.clause in clauses else ()
    if not any(case.alerts for case in spec.case):
        yield "", f"no case alerts: {header} that does"
    elif not any(expected.state in ENDED for case in spec.case for expected in case.alerts):
        yield "", f'no case returns to normal: {header} in which an alert ends (state = "D")'
    if all(case.alerts for case in spec.case):
        yield "", f"no case stays quiet: {header} with alerts = []"
    if _has_limit(spec) and not any(_at_limit(case, spec, editions) for case in spec.case):
        yield "", f"no case has a value exactly at the limit, which is allowed: {header} with one that raises nothing"
    for n, case in enumerate(spec.case):
        for message in (*_given_problems(case, spec, payloads), *_dated_problems(case, spec, editions)):
            yield f"case[{n}]", message


def one_of(known: Iterable[str]) -> str:
    """The remedy for a name that is not known.

    >>> one_of({"b", "a"})
    'write a or b'
    """
    return "write " + " or ".join(sorted(known))


def _given_problems(case: Case, spec: RuleSpec, payloads: Payloads) -> Iterator[str]:
    for n, given in enumerate(case.given, 1):
        kind = given.kind or (spec.on[0] if spec.on else "")
        try:
            parse_time(given.at)
            if isinstance(given.fact, dict) and kind in payloads:
                declared = set(payloads[kind].__struct_fields__)
                if unknown := given.fact.keys() - declared:
                    yield f"case {case.name!r}, event {n}: {kind} has no field {min(unknown)!r}; correct it"
                msgspec.convert({name: value for name, value in given.fact.items() if name in declared}, payloads[kind])
        except ValueError as error:
            yield f"case {case.name!r}, event {n}: {error}; correct it"
        if isinstance(given.fact, dict) and kind not in payloads:
            yield f"case {case.name!r}, event {n}: kind {kind!r} is unknown: {one_of(payloads)}"


def _dated_problems(case: Case, spec: RuleSpec, editions: tuple[Edition, ...]) -> Iterator[str]:
    """The alerts of a case that rest on no edition of the clause, or on the limit of one that does not bind then and there."""
    adcode = case.register.get("adcode", registered_at())
    for expected in case.alerts:
        try:
            at = parse_time(expected.at)
        except ValueError as error:
            yield f"case {case.name!r}: {error}; correct it"
            continue
        if expected.state != "B" or not editions:
            continue
        edition = in_force(editions, at, adcode, expected.item)
        where = f"case {case.name!r}: at {expected.at}"
        if edition is None:
            yield f"{where} no edition of the clause binds at {adcode}: correct the time, or add the edition of that day"
        elif spec.params.get("limit", "law") == "law" and expected.limit is not None:
            others = [each for each in editions if each.limits.get(expected.item) == expected.limit]
            if edition.limits.get(expected.item, expected.limit) != expected.limit and others:
                theirs = f"{expected.limit:g} is the limit of {others[0].edition}"
                yield f"{where} {edition.edition} binds, but {theirs}: correct the limit or the time"


def _has_limit(spec: RuleSpec) -> bool:
    """Whether the rule compares with a limit whose own value is allowed."""
    return spec.judge == "limit" and spec.params.get("direction", "above") in {"above", "below"}


def _at_limit(case: Case, spec: RuleSpec, editions: tuple[Edition, ...]) -> bool:
    raised = {expected.at for expected in case.alerts if expected.state == "B"}
    field = spec.params.get("field", "")
    paths = {name: (field or name).replace("{item}", name).split(".") for name in spec.items or (field,)}
    return any(
        isinstance(given.fact, dict)
        and given.at not in raised
        and _value(given.fact, path) == _limit(case, spec, name, editions, given.at)
        for given in case.given
        for name, path in paths.items()
    )


def _value(fact: Any, path: list[str]) -> Any:
    for name in path:
        fact = fact.get(name) if isinstance(fact, dict) else None
    return fact


def _limit(case: Case, spec: RuleSpec, name: str, editions: tuple[Edition, ...], at: str) -> float:
    """The limit that holds in a case: of the rule, of the law, or of the subject's permit; NaN where there is none."""
    limit = spec.params.get("limit", "law")
    if limit == "law":
        edition = in_force(editions, parse_time(at), case.register.get("adcode", registered_at()), name)
        limit = edition.limits.get(name) if edition else None
    elif limit == "permit":
        limit = case.register.get("limits", {}).get(name, spec.params.get("default"))
    return limit if isinstance(limit, int | float) else float("nan")
