"""The key of the simulated people: what it may, and that a live log has none by itself."""

import pytest

from agents.commands.keys import LOCAL_PARTS, SIMULATED_PARTS
from streams.messages import ORDER_RIGHTS, ROLES
from streams.signing.kinds import matches
from streams.signing.roots.parts import ADMIN_ACTS, STAFF, rights_of_part

PLACES, DOMAINS = ("events.service", "events.orders", "jobs"), ("service",)


def test_it_may_what_people_do() -> None:
    """Acts on alerts and orders, for every role but the viewer's, into the events alone; it is nobody's second signature."""
    rights = rights_of_part(STAFF, PLACES, DOMAINS)
    assert all(matches(rights.may, f"command.order.{act}") for act in ORDER_RIGHTS)
    assert all(matches(rights.may, f"command.{act}") for act in ("acknowledge", "conclude"))
    assert set(rights.roles) == set(ROLES) - {"viewer"}
    assert rights.to == ("events.service", "events.orders")
    assert rights.cosigns == ()


@pytest.mark.parametrize(
    "kind", ["clock.chain", "service.registered", "job.ask", "personal.forget", "book.adopted", "alert.revised"]
)
def test_it_may_nothing_else(kind: str) -> None:
    """It tells no time, states no fact, adopts no rules, and orders no text to be forgotten."""
    assert not matches(rights_of_part(STAFF, PLACES, DOMAINS).may, kind)


def test_no_live_log_has_it_by_itself() -> None:
    """The parts of an installation are without it; what the administrator alone may do needs a second signature too."""
    assert SIMULATED_PARTS == (STAFF,)
    assert STAFF not in LOCAL_PARTS
    assert rights_of_part(STAFF, PLACES, DOMAINS).cosigns == ()
    assert ADMIN_ACTS
