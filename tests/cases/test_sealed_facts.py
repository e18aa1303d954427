"""Facts whose words are sealed are judged as those whose words stand in clear: who judges looks only whether there are any."""

from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.core.rules.rule import Case
from agents.rulebook.cases import records, revisions
from streams.messages import Alert
from streams.messages.words import Sealed
from streams.topics import events_topic
from tests.support.books import the_book

SEALED = json.decode(json.encode(Sealed("ab" * 32, "cd" * 32, 64)))
WORDS = {
    "environment": {"gap_reason": "reason", "revision_reason": "reason", "operator_report": "what", "emergency": "what"},
    "special_equipment": {"maintenance": "technician", "accessories": "what"},
}
BOOK = the_book()
DOMAINS = {bound.rule.id: bound.rule.domain for bound in BOOK.bounds.values()}


def sealed(case: Case, kind: str, words: dict[str, str]) -> Case:
    """The case with a reference in the place of each text."""

    def fact(data: Any, name: str) -> Any:
        return {**data, name: SEALED} if isinstance(data, dict) and data.get(name) else data

    return replace(
        case, given=tuple(replace(each, fact=fact(each.fact, words.get(each.kind or kind, ""))) for each in case.given)
    )


FOUND = [
    pytest.param(rule, each, changed, id=f"{rule}: {each.name}")
    for rule, spec in BOOK.rules.items()
    for each in spec.case
    if (changed := sealed(each, spec.on[0], WORDS.get(DOMAINS[rule], {}))) != each
]


@pytest.mark.parametrize(("rule", "case", "changed"), FOUND)
def test_words_of_facts_may_be_sealed(rule: str, case: Case, changed: Case) -> None:
    """The same revisions come of it, also after a restart between any two records."""
    domain = DOMAINS[rule]

    def told(found: list[Alert]) -> list[tuple[object, ...]]:
        return [(each.id, each.rev, each.state, each.severity, each.value) for each in found]

    expected = told(revisions(BOOK, domain, rule, case))
    assert told(revisions(BOOK, domain, rule, changed)) == expected
    fold, kind, out, kept = Fold(BOOK, events_topic("t", domain), 0), BOOK.rules[rule].on[0], [], {}
    for record in records(domain, kind, changed, next(iter(BOOK.rules[rule].subjects), "")):
        out += fold.run([record])
        kept |= dict(fold.snapshot())
        fold = Fold(BOOK, events_topic("t", domain), 0)
        fold.restore(kept.items())
    assert told([each for each in out if isinstance(each, Alert) and each.rule == rule]) == expected


def test_there_are_such_cases() -> None:
    """Cases of reasons of gaps and of revisions, operators' reports and emergencies are among them."""
    assert len(FOUND) >= 5
