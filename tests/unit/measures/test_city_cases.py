"""Cases of city management, promised times, ratings of petitioners: by the limits that offices tell, counted by hand."""

from typing import Any

import pytest
from msgspec.structs import replace

from agents.measures.book.read import RULE, measure_book
from agents.measures.cases.counted import FOLLOWED, TellingDuties
from agents.measures.cases.watched import FILE, watched, watched_names
from agents.measures.facts.folded import watch_faults
from streams.messages import HOUR, MINUTE, format_time, parse_time
from tests.support.books import the_book
from tests.support.orders.counted_facts import OFFICE, CountedFacts, petition_office, step

CENTRE = "city_centre.t.410102.1"
UNIT = "handling_unit.t.410102.1"
CLOSED = watched()["service"]["city-closed"]
LICENCES = "licence_office.t.410102.1"


def city() -> CountedFacts:
    """A centre of city management and a unit that disposes of its cases, each of a body."""
    made = CountedFacts()
    made.register(CENTRE, "2026-03-01T00:00:00+08:00", unit="zz-um")
    made.register(UNIT, "2026-03-01T00:00:00+08:00", unit="gov-410102")
    return made


def case(made: CountedFacts, subject: str, name: str, what: str, at: str, **limits: str) -> None:
    """A step of a case in March 2026, with limits as day and time of that month."""
    told = {key: f"2026-03-{each}:00+08:00" for key, each in limits.items()}
    made.write("city_case_step", f"2026-03-{at}:00+08:00", subject, case=name, step=what, **told)


def test_a_case_counts_at_each_stage_by_the_limit_that_its_platform_tells() -> None:
    """Three reports: A on time throughout, B late at each stage, C not filed. Each share has who was due, late ones and all."""
    made = city()
    for name in ("A", "B", "C"):
        case(made, CENTRE, name, "reported", "02T09:00", verify_by="02T10:00", file_by="02T11:00")
    case(made, CENTRE, "A", "verified", "02T09:59")
    case(made, CENTRE, "A", "filed", "02T10:59", dispatch_by="02T12:00", close_by="05T12:00")
    case(made, CENTRE, "C", "refused", "02T11:30")
    case(made, CENTRE, "A", "dispatched", "02T11:59")
    case(made, UNIT, "A", "assigned", "02T12:00", dispose_by="04T12:00")
    case(made, CENTRE, "B", "verified", "02T12:00")
    case(made, CENTRE, "B", "filed", "02T13:00", dispatch_by="02T14:00", close_by="05T12:00")
    case(made, CENTRE, "B", "dispatched", "02T15:00")
    case(made, UNIT, "B", "assigned", "02T15:00", dispose_by="04T12:00")
    case(made, UNIT, "A", "disposed", "04T11:00")
    case(made, CENTRE, "A", "disposed", "04T11:00", check_by="05T11:00")
    case(made, CENTRE, "A", "checked", "05T10:00")
    case(made, CENTRE, "A", "closed", "05T11:00")
    case(made, UNIT, "B", "disposed", "05T13:00")
    case(made, CENTRE, "B", "disposed", "05T13:00", check_by="05T14:00")
    case(made, CENTRE, "B", "redo", "05T15:00")
    case(made, CENTRE, "B", "closed", "06T12:00")
    made.tick("2026-03-07T00:00:00+08:00")
    assert {name: made.row(name) for name in measure_book().measures if name.startswith("city-")} == {
        "city-reported-soundly": {"zz-um": (2, 3, {})},
        "city-verified-in-time": {"zz-um": (1, 3, {})},
        "city-filed-in-time": {"zz-um": (1, 2, {})},
        "city-filed-right": {"zz-um": (2, 2, {})},
        "city-dispatched-in-time": {"zz-um": (1, 2, {})},
        "city-dispatched-right": {"zz-um": (2, 2, {})},
        "city-disposed": {"gov-410102": (2, 2, {})},
        "city-disposed-in-time": {"gov-410102": (1, 2, {})},
        "city-extended": {"gov-410102": (0, 2, {})},
        "city-checked-in-time": {"zz-um": (1, 2, {})},
        "city-closed": {"zz-um": (2, 2, {})},
        "city-closed-in-time": {"zz-um": (1, 2, {})},
        "city-closed-late": {"zz-um": (1, 2, {})},
        "city-redone": {"zz-um": (1, 2, {})},
    }


def test_what_is_open_and_over_its_time_is_due_and_not_done() -> None:
    """Nobody disposed of it, nobody closed it: by time alone it is 0 of 1; before its time nothing is due, nothing 100 %."""
    made = city()
    case(made, CENTRE, "A", "filed", "02T11:00", dispatch_by="02T12:00", close_by="05T12:00")
    case(made, UNIT, "A", "assigned", "02T12:00", dispose_by="04T12:00")
    assert made.row("city-disposed-in-time") == {}
    made.tick("2026-03-04T12:00:00.001+08:00")
    assert (made.row("city-disposed"), made.row("city-closed")) == ({"gov-410102": (0, 1, {})}, {})
    made.tick("2026-03-05T12:00:00.001+08:00")
    assert made.row("city-closed") == {"zz-um": (0, 1, {})}


def test_a_case_without_a_limit_is_never_due() -> None:
    """The platform tells no limit: nothing is guessed, and what became of it counts where no limit is asked."""
    made = city()
    case(made, CENTRE, "A", "reported", "02T09:00")
    case(made, CENTRE, "A", "filed", "02T10:00")
    case(made, UNIT, "A", "assigned", "02T12:00")
    made.tick("2026-04-30T00:00:00+08:00")
    assert made.row("city-closed") == made.row("city-disposed") == made.row("city-filed-in-time") == {}
    assert made.row("city-reported-soundly") == {"zz-um": (1, 1, {})}


def test_more_time_and_a_suspension_count_by_their_new_limit_alone_where_they_came_in_time() -> None:
    """A was extended and C suspended in time, C taken up again; B was extended when it was late already: B stays late."""
    made = city()
    for name in ("A", "B", "C"):
        case(made, UNIT, name, "assigned", "02T12:00", dispose_by="04T12:00")
    case(made, UNIT, "A", "extended", "03T12:00", dispose_by="10T12:00")
    case(made, UNIT, "C", "suspended", "03T12:00")
    case(made, UNIT, "B", "extended", "05T12:00", dispose_by="10T12:00")
    assert made.row("city-disposed-in-time") == {
        "gov-410102": (0, 1, {"time-given": 1, "case-suspended": 1}),
    }
    case(made, UNIT, "C", "resumed", "08T12:00", dispose_by="12T12:00")
    case(made, UNIT, "A", "disposed", "09T12:00")
    case(made, UNIT, "C", "disposed", "12T11:59")
    made.tick("2026-03-13T00:00:00+08:00")
    assert made.row("city-disposed-in-time") == {"gov-410102": (2, 3, {"time-given": 1, "case-suspended": 1})}
    assert made.row("city-extended") == {"gov-410102": (2, 2, {"case-suspended": 1})}


def test_who_gave_a_case_back_was_wrongly_sent_to() -> None:
    """Given back, sent to another and closed: of two dispatches one was right; a void case was filed wrongly."""
    made = city()
    case(made, CENTRE, "A", "filed", "02T09:00")
    case(made, CENTRE, "A", "dispatched", "02T10:00")
    case(made, CENTRE, "A", "returned", "02T11:00")
    case(made, CENTRE, "A", "dispatched", "02T12:00")
    case(made, CENTRE, "A", "closed", "03T12:00")
    case(made, CENTRE, "B", "filed", "02T09:30")
    case(made, CENTRE, "B", "void", "02T10:30")
    assert made.row("city-dispatched-right") == {"zz-um": (1, 2, {})}
    assert made.row("city-filed-right") == {"zz-um": (1, 2, {})}


def test_no_case_of_a_busy_centre_is_lost() -> None:
    """300 cases stand open at once, more than an alert follows (256): each is due, each that was closed counts."""
    made, many = city(), 300
    begin = parse_time("2026-03-02T09:00:00+08:00")
    for n in range(many):
        made.write("city_case_step", format_time(begin + n * MINUTE), CENTRE, case=f"A{n}", step="filed", close_by="2026-03-04")
    for n in range(0, many, 3):
        made.write("city_case_step", format_time(begin + 24 * HOUR + n * MINUTE), CENTRE, case=f"A{n}", step="closed")
    made.tick("2026-03-05T00:00:00.001+08:00")
    assert made.row("city-closed-in-time") == {"zz-um": (100, many, {})}
    assert TellingDuties.most == FOLLOWED > many


def test_a_licence_is_due_by_what_was_promised() -> None:
    """Promised by 6 March: A in time, B a day late, C without a promise.

    D was given more time in time, and let that pass; E's clock stood for a hearing, and it was decided by the new promise.
    """
    made = CountedFacts()
    made.register(LICENCES, "2026-03-01T00:00:00+08:00", unit="gov-410102")

    def say(name: str, what: str, at: str, **data: str) -> None:
        made.write("application_step", f"2026-03-{at}:00+08:00", LICENCES, application=name, step=what, **data)

    for name in ("A", "B", "D", "E"):
        say(name, "accepted", "02T09:00", promised="2026-03-06")
    say("C", "accepted", "02T09:00")
    say("E", "paused", "03T09:00", reason="hearing")
    say("D", "extended", "05T09:00", promised="2026-03-10")
    say("A", "granted", "06T23:59")
    say("B", "granted", "07T00:01")
    say("C", "granted", "30T09:00")
    assert made.row("licence-promised-in-time") == {"gov-410102": (1, 3, {"time-given": 1, "time-stopped": 1})}
    say("E", "resumed", "30T09:30", promised="2026-03-31")
    say("E", "denied", "31T09:30")
    made.tick("2026-04-01T00:00:00.001+08:00")
    assert made.row("licence-promised-in-time") == {"gov-410102": (2, 4, {"time-given": 1, "time-stopped": 1})}
    assert made.row("licence-promised-in-time", "month") == {"2026-03": (2, 4, {"time-given": 1, "time-stopped": 1})}


def test_who_says_nothing_of_a_petition_is_not_satisfied_and_did_not_rate() -> None:
    """Of four petitions that ended three were rated, one of them not satisfied: 3 of 4 rated, 2 of 3 satisfied."""
    office = petition_office()
    for n in range(4):
        step(office, f"XF{n}", "concluded", f"03-0{n + 2}T09:00")
    for n, said in enumerate(("satisfied", "basically-satisfied", "unsatisfied")):
        office.write("petition_step", f"2026-03-1{n}T09:00:00+08:00", OFFICE, petition=f"XF{n}", step="rated", rated=said)
    assert office.row("petition-rated") == {"gov-410102": (3, 4, {})}
    assert office.row("petition-satisfied") == {"gov-410102": (2, 3, {})}


def test_food_is_looked_at_again_by_the_day_that_was_set() -> None:
    """To be mended by 10 July: looked at on the 8th is in time, a decision on the 10th too, the 13th and never are not."""
    made, shop = CountedFacts("food_drug"), "food_operator.t.410102.1"
    made.register(shop, "2026-07-01T00:00:00+08:00", unit="zz-amr-410102")
    for name in ("Z1", "Z2", "Z3", "Z4"):
        demand = {"purpose": "routine", "result": "conditions", "order": name, "mend_by": "2026-07-10"}
        made.write("inspection", "2026-07-01T10:00:00+08:00", shop, **demand)
    made.write("inspection", "2026-07-08T10:00:00+08:00", shop, purpose="recheck", result="pass", order="Z1")
    made.write("decision", "2026-07-10T20:00:00+08:00", shop, about="Z2", outcome="penalty")
    assert made.row("food-recheck-in-time") == {}
    made.write("inspection", "2026-07-13T10:00:00+08:00", shop, purpose="recheck", result="pass", order="Z3")
    assert made.row("food-recheck-in-time") == {"zz-amr-410102": (2, 4, {})}
    assert made.row("food-recheck-in-time", "month") == {"2026-07": (2, 4, {})}


@pytest.mark.parametrize(
    ("domain", "change", "wrong"),
    [
        ("service", {"on": ("city_step",)}, "no kind 'city_step'"),
        ("service", {"params": {**CLOSED.params, "until": "closed_by"}}, "closed_by"),
        ("service", {"params": {**CLOSED.params, "until": ""}}, "give `within`"),
        ("nowhere", {}, "there is no domain 'nowhere'"),
    ],
)
def test_a_duty_that_nothing_tells_is_refused_where_it_stands(domain: str, change: dict[str, Any], wrong: str) -> None:
    """A kind, field or domain that is not there would count nothing and say so to nobody: `rules check` names it."""
    (fault,) = watch_faults(the_book(), {domain: {"city-closed": replace(CLOSED, **change)}})
    assert fault.file == str(FILE)
    assert wrong in fault.message
    assert list(watch_faults(the_book())) == []


def test_whatever_measures_watch_some_measure_counts() -> None:
    """A duty that is watched by no rule and counted by no measure would cost and say nothing."""
    named = {name for row in measure_book().conditions.values() if row.field == RULE for name in row.among or ()}
    assert watched_names() <= named
