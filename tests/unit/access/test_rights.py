"""What each role may do: one table for core and screen, and the bounds of departments and districts."""

from itertools import product
from typing import Any

import pytest

from agents.core.alerts import alarm
from screen.access.people import Person, covers
from streams.messages import (
    ALERT_RIGHTS,
    CREDIT_RIGHTS,
    DESK_RIGHTS,
    DEVICE_RIGHTS,
    ENTRY_RIGHTS,
    EXPORT_RIGHTS,
    FIGURE_RIGHTS,
    INCIDENT_RIGHTS,
    ORDER,
    ORDER_RIGHTS,
    OVERSIGHT_RIGHTS,
    RIGHTS,
    ROLES,
    SHARING_RIGHTS,
    SHIFT_RIGHTS,
    STUDY_RIGHTS,
    TEXT_RIGHTS,
    Act,
    Actor,
    Department,
    Duty,
    Role,
    Text,
    is_ours,
    parse_time,
    rights_of,
)
from tests.support.town import BUREAU, alert, incident

NOW = parse_time("2026-11-24T14:32:00+08:00")
POLICE = Department(id="zz-cyberpolice", name=Text("网安支队", "Cyber police"), basis="")

VERBS = sorted(set(ALERT_RIGHTS) - {"notify"})


def person(role: Role, **bounds: Any) -> Person:
    """Somebody of this role."""
    return Person(id="zhang", name="张值班", role=role, **bounds)


@pytest.mark.parametrize(("role", "verb"), list(product(ROLES, VERBS)))
def test_the_core_refuses_for_its_role_exactly_what_the_screen_does(role: Role, verb: str) -> None:
    """The core's refusal of an act begins with the role where, and only where, the screen's does, in the same words."""
    made = alert("t", 1, NOW, verbs=tuple(VERBS))
    act = Act(alert=made.id, occurrence=1, actor=Actor(id="zhang", name="张值班", role=role), reason="理由")
    refused = alarm.refusal(made, verb, act)
    why_not = person(role).may_not(verb)
    assert bool(why_not) == refused.startswith(f"role {role!r} may not")
    assert why_not in {"", refused}


def test_each_act_of_a_state_has_its_roles() -> None:
    """Every verb that any state of the table offers is in the one table of rights, and somebody may do it."""
    offered = {verb for verbs in alarm.VERBS.values() for verb in verbs} | {"conclude", "reopen", alarm.RETRY, alarm.NOTIFY}
    assert offered | set(DESK_RIGHTS) == set(ALERT_RIGHTS)
    assert all(RIGHTS.values())
    of_work = (ALERT_RIGHTS, INCIDENT_RIGHTS, ORDER_RIGHTS, SHIFT_RIGHTS, STUDY_RIGHTS, TEXT_RIGHTS)
    beside = (OVERSIGHT_RIGHTS, CREDIT_RIGHTS, EXPORT_RIGHTS)
    assert len(RIGHTS) == sum(
        len(each) for each in (*of_work, SHARING_RIGHTS, ENTRY_RIGHTS, FIGURE_RIGHTS, DEVICE_RIGHTS, *beside)
    )


def test_a_viewer_acts_nothing_and_the_notifier_is_nobody() -> None:
    """A viewer has no act; no person's role may notify; only an administrator takes an alarm out of service."""
    assert rights_of("viewer") == ()
    assert not any("notify" in rights_of(role) for role in ROLES)
    assert {role for role in ROLES if "remove-from-service" in rights_of(role)} == {"admin"}
    assert {role for role in ROLES if "acknowledge" in rights_of(role)} == {"supervisor", "admin"}
    assert rights_of("analyst") == ("comment", "replay", "take-cases", "oversee")


@pytest.mark.parametrize(
    ("district", "adcode", "inside"),
    [
        ("410102", "410102", True),
        ("410102", "410103", False),
        ("410100", "410103", True),
        ("410100", "410200", False),
        ("410000", "410203", True),
        ("410000", "420100", False),
        ("410102", "", False),
        ("410100", "", False),
    ],
)
def test_a_district_covers_what_is_below_it(district: str, adcode: str, inside: bool) -> None:
    """GB/T 2260: two digits for the province, two for the city, two for the district; 00 is the whole."""
    assert covers(district, adcode) is inside


def test_bounds_refuse_and_say_why() -> None:
    """An act on what is another department's or another district's is refused with both named; without bounds, with none."""
    everywhere, here = person("supervisor"), person("supervisor", departments=("zz-ee",), districts=("410102",))
    assert everywhere.why_not("acknowledge", "zz-amr", "410184") == ""
    assert here.why_not("acknowledge", "zz-ee", "410102") == ""
    assert here.why_not("acknowledge", "zz-ee", "410103") == "it is in district 410103; account 'zhang' is for 410102"
    assert here.why_not("acknowledge", "zz-amr", "410102") == "it is zz-amr's; account 'zhang' is for zz-ee"
    assert here.why_not("acknowledge", "zz-ee", "") == "it is in district unknown; account 'zhang' is for 410102"
    assert here.why_not("suppress", "zz-ee", "410102") == "role 'supervisor' may not suppress; admin may"
    assert here.why_not("hand-over", "zz-ee") == ""
    assert here.why_not("explode", "zz-ee") == "there is no act 'explode'"


def test_an_incident_is_for_who_leads_or_helps() -> None:
    """To merge, each of the incidents must be led or helped by the person's department, in its district."""
    first, second = alert("t", 1, NOW), alert("t", 2, NOW, department=POLICE)
    ours, theirs = incident(first), incident(second, lead=Duty(POLICE, second.id, ""))
    helped = incident(second, lead=Duty(POLICE, second.id, ""), helpers=(Duty(BUREAU, first.id, ""),))
    bureau = person("dispatcher", departments=("zz-ee",))
    assert bureau.why_not_incident("merge", ours, helped) == ""
    assert bureau.why_not_incident("merge", ours, theirs) == "it is zz-cyberpolice's; account 'zhang' is for zz-ee"
    elsewhere = person("dispatcher", districts=("420100",))
    assert elsewhere.why_not_incident("split", ours) == f"it is in district {ours.adcode}; account 'zhang' is for 420100"
    assert person("analyst").why_not_incident("merge", ours).startswith("role 'analyst' may not merge")


def test_a_page_is_told_what_its_person_may() -> None:
    """The first message's person has its acts and its bounds, and nothing of its account beside id, name and role."""
    told = person("dispatcher", districts=("410102",)).told
    of_orders = [verb for verb in told["may"] if verb.startswith(ORDER)]
    assert {"order.issue", "order.dispatch", "order.decide-return"} <= set(of_orders)
    assert "order.sign" not in of_orders
    desk = ("comment", "verify", "call", "report", "confer", "merge", "split", "hand-over", "take-over")
    others = (*desk, "share-ask", "entry-draft", "look", "oversee", "credit-class")
    assert tuple(verb for verb in told["may"] if verb not in of_orders) == others
    assert set(told) == {"id", "name", "role", "unit", "departments", "districts", "principals", "may"}


def test_to_look_is_no_act_in_the_log() -> None:
    """Who may look at a sealed text stands in the table; an event of such a type is of no kind that is known."""
    assert {role for role in ROLES if "look" in rights_of(role)} == {"supervisor", "dispatcher", "admin"}
    assert not is_ours("command.look")
    assert is_ours("command.acknowledge")
