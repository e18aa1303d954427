"""Every case of every rule, judged by the fold."""

import pytest

from agents.rulebook.cases import Result, results
from tests.support.books import the_book


@pytest.mark.parametrize("result", list(results(the_book())), ids=lambda result: f"{result.rule}: {result.case}")
def test_case_holds(result: Result) -> None:
    """The rule makes of the case's events exactly the revisions that the case expects."""
    assert result.differences == ()
