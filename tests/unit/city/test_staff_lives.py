"""Over simulated days orders live as the plan says (`PLAN`): what goes well, what does not, by day and by night."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pytest

from fixtures.city import beats
from fixtures.scenario import load_scenario
from fixtures.staff.people import People
from fixtures.staff.shift import Shift
from fixtures.staff.town import load_town
from fixtures.staff.work import evidence
from fixtures.staff.work.below import LOWER
from fixtures.staff.work.initiative import CORRECTIONS, NIGHTS, TASKS
from fixtures.weather import Air
from streams.gateways.timeline import Arrival
from streams.messages import HOUR, MINUTE, Act, Issue, OrderAct, OrderAudit, parse_time
from streams.originals.content import content_of
from tests.support.city.staffed import (
    BEGIN,
    DAYS,
    PLAN,
    RATINGS,
    REQUESTS,
    StaffedCity,
    chances,
    filed,
    shift,
    worked,
)

WORKED_DAYS = 4
"""Of the six from Thursday 2026-08-20 on: Thursday, Friday, Monday, Tuesday (国办 2026 年放假安排: no holiday there)."""

BY_DAY, BY_NIGHT = TASKS * WORKED_DAYS, len(NIGHTS) * DAYS
REPEATED = REQUESTS - 1 - 4
"""The requests that have one before them of the same topic: of the four topics all but the first of each; mass has none."""


@cache
def lower() -> float:
    """The share of the departments that have bodies below them to which they may give work."""
    town = load_town()
    bureaus = [each for each in town.bureaus() if each.id != town.office]
    having = [each for each in bureaus if any(unit.kind in LOWER for unit in town.units.children(each.id))]
    return len(having) / len(bureaus)


def told(event: str, outcome: str = "") -> list[OrderAudit]:
    """The entries of an event that came to this."""
    return [each for each in worked().trails() if each.event == event and (not outcome or each.told.get("outcome") == outcome)]


def moved() -> list[OrderAudit]:
    """Returns that were granted, whose line went to another body."""
    lines = worked().lines()
    return [each for each in told("decide-return", "granted") if lines[f"{each.order}/{each.line}"].state == "moved"]


def ended(state: str) -> list[OrderAudit]:
    """The entries by which orders came into this state."""
    return [each for each in worked().trails() if not each.line and each.after == state != each.before]


def share(*names: str) -> float:
    """The share of cases in which all of these happen."""
    found = 1.0
    for name in names:
        found *= PLAN[name]
    return found


def no(name: str) -> float:
    """The share of cases in which it does not happen."""
    return 1 - PLAN[name]


BRANCHES: list[tuple[str, float, Callable[[], list[OrderAudit]]]] = [
    ("overdue", BY_DAY * share("late"), lambda: told("late")),
    ("reassigned", (BY_DAY + BY_NIGHT) * share("return", "return-granted") * no("return-designated"), moved),
    (
        "return rejected",
        (BY_DAY + BY_NIGHT) * share("return") * no("return-granted") * no("return-designated"),
        lambda: told("decide-return", "refused"),
    ),
    (
        "designated",
        (BY_DAY + BY_NIGHT) * share("return", "return-designated"),
        lambda: told("decide-return", "designated"),
    ),
    ("extension granted", BY_DAY * share("extension", "extension-granted"), lambda: told("decide-extension", "granted")),
    (
        "extension refused",
        BY_DAY * share("extension") * no("extension-granted"),
        lambda: told("decide-extension", "refused"),
    ),
    ("recalled", BY_DAY * share("recall"), lambda: told("recall")),
    ("followed", (REQUESTS - REPEATED * share("merge")) * no("decline") * share("follow"), lambda: told("follow")),
    ("objection", BY_DAY * share("object"), lambda: told("object")),
    ("review", BY_DAY * share("review"), lambda: told("decide-review")),
    ("sub-order finished", BY_DAY * share("sub-order") * lower(), lambda: [each for each in told("take") if "." in each.line]),
    ("merged", REPEATED * share("merge"), lambda: ended("merged")),
    ("suspended", RATINGS * share("pause"), lambda: told("pause")),
    (
        "revoked",
        (BY_DAY + BY_NIGHT) * (share("object", "objection-granted") + share("review", "review-granted")),
        lambda: ended("revoked"),
    ),
    ("reopened", (BY_DAY + TASKS) * share("reopen"), lambda: told("reopen")),
    ("sent back by a caller", REQUESTS * share("dissatisfied", "redo"), lambda: told("send-back")),
]


@pytest.mark.parametrize(("branch", "expected", "found"), BRANCHES, ids=[each[0] for each in BRANCHES])
def test_what_the_plan_expects_happens(branch: str, expected: float, found: Callable[[], list[OrderAudit]]) -> None:
    """Where a plan's cases and shares expect three or more of something, it is there."""
    assert expected >= 3, branch
    assert found(), branch


@pytest.mark.parametrize(
    ("event", "drawn"),
    [
        ("ask-return", "return"),
        ("ask-extension", "extension"),
        ("object", "object"),
        ("pause", "pause"),
        ("reject", "reject"),
        ("recall", "recall"),
    ],
)
def test_only_those_do_it_who_draw_it(event: str, drawn: str) -> None:
    """Who asks, objects, waits or sends back is whom the plan draws for that, each once a line."""
    seen = [(each.order, each.line) for each in told(event)]
    assert all(chances().happens(drawn, order, line) for order, line in seen)
    assert set(Counter(seen).values()) == {1}


def test_as_many_begin_as_the_plan_says() -> None:
    """Six tasks and four checks on each working day, three dispatches on each night, and each matter that came in."""
    begun = Counter(
        order.kind + ("/night" if not chances().is_open(parse_time(order.opened_at)) and order.urgent else "")
        for order in worked().newest().values()
    )
    assert begun["correction"] == CORRECTIONS * WORKED_DAYS
    assert begun["request"] + begun["request/night"] == REQUESTS
    assert begun["rating"] == RATINGS
    assert begun["task"] + begun["task/night"] == BY_DAY + BY_NIGHT


def test_sub_orders_end_before_their_parent() -> None:
    """A sub-order goes to a body below the main receiver, in less time than that has left (公文处理工作条例 24(四))."""
    units, lines = load_town().units, worked().lines()
    below = [each for each in lines.values() if each.under and each.state != "moved"]
    assert below
    for each in below:
        parent = lines[f"{each.order}/{each.under}"]
        assert units.is_within(each.unit, parent.unit)
        due = {name: {clock.name: clock.first_due for clock in one.clocks} for name, one in (("own", each), ("parent", parent))}
        assert parse_time(due["own"]["handle"]) < parse_time(due["parent"]["handle"])


def test_a_round_is_counted_when_it_is_taken_up_again() -> None:
    """What was reopened or sent back is in another round, and lives to its end again."""
    again = {each.order for each in (*told("reopen"), *told("send-back"))}
    orders = worked().newest()
    assert all(orders[each].round >= 2 for each in again)
    assert any(orders[each].state == "archived" for each in again)


def test_who_decides_on_a_review_had_no_part_in_it() -> None:
    """政府督查工作条例 17: neither who asked, nor who found or concluded, nor for whom they stood in."""
    reviews = [each for order in worked().newest().values() for each in order.applications if each.kind == "review"]
    assert reviews
    for each in reviews:
        assert each.decided is None or not each.decided.people & each.asked.people


def test_substitutes_act_for_those_who_are_away() -> None:
    """A colleague of the same role and body, in the name of who is away; never for himself."""
    acts = [each.data for each in worked().acts if isinstance(each.data, OrderAct) and each.data.behalf]
    assert acts
    for act in acts:
        names = act.behalf.split(">")
        assert act.actor.id not in names
        assert {name.rpartition(".")[0] for name in names} == {act.actor.id.rpartition(".")[0]}
    assert any(">" in act.behalf for act in acts)


def test_originals_are_put_where_the_closing_condition_names_them() -> None:
    """The report of rectification after an instruction (令57 29), as PDF by content; two officers re-inspect afterwards."""
    files = [(each, doing) for doing in worked().acts if isinstance(doing.data, OrderAct) and (each := doing.data.file)]
    assert {each.of for each, _ in files} <= {evidence.REPORT, evidence.TEST}
    assert any(each.of == evidence.REPORT for each, _ in files)
    for each, doing in files:
        assert content_of(BytesIO(doing.original)).type == each.type == "application/pdf"
        assert len(doing.original) == each.size
    orders = worked().newest()
    assert all(orders[doing.subject].instruments for each, doing in files if each.of == evidence.REPORT)


def test_without_a_keeper_no_original_is_put() -> None:
    """In an opened log without a keeper of keys nobody puts a file, and nobody waits for one."""
    city = StaffedCity(Shift(load_town(), chances(), People(1), keeps=False))
    city.work(BEGIN, BEGIN + 10 * HOUR)
    assert not [each for each in city.acts if each.verb == "file"]


OF_OFFICES = frozenset({"read", "sign", "submit", "endorse", "reject", "inspect", "close", "archive", "take", "decide-return"})


def test_at_night_only_what_is_urgent_is_worked_on() -> None:
    """What offices do to an order that is not urgent falls into working time; in closed hours who has the duty acts."""
    orders, plan = worked().newest(), chances()
    for each in worked().acts:
        if not isinstance(each.data, OrderAct):
            continue
        if each.verb in OF_OFFICES and not orders[each.subject].urgent:
            assert plan.is_open(each.at - 1), each
        if not plan.is_open(each.at) and each.data.actor.role != "officer":
            assert each.data.actor.id.endswith(".duty")


def test_an_order_of_the_night_is_called_reported_and_signed_at_night() -> None:
    """叫应, 报告带班领导, and the duty's signature, before the offices open; but of who says that it is not his."""
    plan = chances()
    issued = [each for each in worked().acts if isinstance(each.data, Issue) and each.data.urgent and not plan.is_open(each.at)]
    night = [each for each in issued if each.at < BEGIN + (DAYS - 1) * 24 * HOUR and each.data.kind == "task"]
    assert len(night) >= len(NIGHTS) * (DAYS - 2)
    for issue in night:
        trail = [each for each in worked().trails() if each.order == issue.subject]
        within = {each.event for each in trail if parse_time(each.at) <= issue.at + 2 * HOUR}
        assert {"call", "report"} <= within
    signed = [
        each
        for each in worked().acts
        if each.verb == "sign" and each.subject in {issue.subject for issue in night} and not plan.is_open(each.at)
    ]
    assert len(signed) >= len(night) * (1 - PLAN["return"] - PLAN["late"])
    assert all(isinstance(each.data, OrderAct) and each.data.behalf for each in signed)


@cache
def night() -> StaffedCity:
    """A night in which a cold store of drugs grows warm, and a mass outage is told to the hotline."""
    store = b'"subject":"drug_cold_store.sim.410104.1"'
    air = Air(1, load_scenario("cold_store"))
    beat = [each for each in beats(air, 4) if isinstance(each, Arrival) and store in each.value]
    mass = filed("request", 1, air.begin + HOUR, urgent=True, traits={"nature": "help", "category": "mass"})
    city = StaffedCity(shift())
    city.work(air.begin, air.begin + 6 * HOUR, [*beat, mass])
    return city


def test_the_night_shift_acknowledges_alerts() -> None:
    """By night: acknowledged within half an hour by who has the duty; what is red is called, reported and sent at once."""
    acts = [each for each in night().acts if isinstance(each.data, Act)]
    done = Counter(each.verb for each in acts)
    assert done["acknowledge"]
    assert done["verify"]
    assert done["call"]
    assert done["report"]
    assert all(each.data.actor.id.endswith(".supervisor.duty") for each in acts)
    assert any(isinstance(each.data, Issue) and each.data.kind == "lead" and each.data.urgent for each in night().acts)


def test_by_day_alerts_are_acknowledged_too() -> None:
    """In working time by the officer of the desk himself, or a colleague."""
    by_day = [each for each in worked().acts if each.verb == "acknowledge" and chances().is_open(each.at)]
    assert by_day
    assert not any(each.data.actor.id.endswith(".duty") for each in by_day)


def test_a_mass_outage_is_sent_in_two_hours_at_night() -> None:
    """豫办法 (press): sent within 2 hours at any hour, and a first opinion within 2 hours of the signature."""
    (order,) = [each for each in night().newest().values() if each.kind == "request"]
    trail = {each.event: parse_time(each.at) for each in reversed(night().trails()) if each.order == order.id}
    assert trail["dispatch"] - parse_time(order.opened_at) <= 2 * HOUR + 5 * MINUTE
    if "sign" in trail:
        assert trail["opinion"] - trail["sign"] <= 2 * HOUR + 5 * MINUTE


def test_what_was_followed_is_answered_again_before_it_ends() -> None:
    """已依法受理 ends the first clock; a second answer, of what the procedure came to, meets that of the law (济南 24)."""
    followed = {each.order for each in told("follow")}
    ended_since = [worked().newest()[name] for name in followed if worked().newest()[name].ended]
    assert ended_since
    assert {each.kind for each in ended_since} == {"request"}
    for order in ended_since:
        main = worked().lines()[f"{order.id}/{order.main}"]
        (procedure,) = [each for each in main.clocks if each.name == "procedure"]
        assert procedure.met
        assert sum(each.order == order.id for each in told("endorse")) >= 2


def test_only_supporting_receivers_are_called_back() -> None:
    """The main receiver answers for the whole: its part is not recalled, and no red of a recalled one holds the order up."""
    lines = worked().lines()
    recalled = [lines[f"{each.order}/{each.line}"] for each in told("recall")]
    assert {(each.part, each.state) for each in recalled} == {("support", "withdrawn")}
    assert not any(clock.runs for each in recalled for clock in each.clocks)
