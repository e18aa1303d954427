"""Every case of every rule, judged by the fold."""

import pytest

from agents.core.rules.rule import Case
from agents.rulebook.cases import differences
from tests.support.books import the_book

CASES = [
    pytest.param(domain, rule, case, id=f"{rule}: {case.name}")
    for domain, rules in the_book().specs.items()
    for rule, spec in rules.items()
    for case in spec.case
]


@pytest.mark.parametrize(("domain", "rule", "case"), CASES)
def test_case_holds(domain: str, rule: str, case: Case) -> None:
    """The rule makes of the case's events exactly the revisions that the case expects."""
    assert differences(the_book(), domain, rule, case) == ()
