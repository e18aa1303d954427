"""The simulated people bring orders of every kind to their ends, by acts that the core takes."""

import json
from collections import Counter
from functools import cache

import pytest
from msgspec.structs import replace

from fixtures.city import beats
from fixtures.scenario import load_scenario
from fixtures.staff import command
from fixtures.staff.habits import Chances, draw, load_habits
from fixtures.staff.people import People
from fixtures.staff.shift import Message
from fixtures.weather import Air
from streams.command import Trouble
from streams.gateways.timeline import Arrival
from streams.messages import DAY, HOUR, MINUTE, Act, OrderAct, OrderAudit, OrderLine, parse_time
from streams.places import calendar
from tests.support.city.staffed import SEEN, StaffedCity, filed, shift

LIFT = b'"subject":"lift.sim.410105.2"'
AIR = Air(1, load_scenario("trapped"))
BEGIN = AIR.begin
DAYS, PACE = 6, 40
KINDS = {"lead", "task", "request", "rating", "correction", "supervision"}


@cache
def arrivals() -> list[Arrival]:
    """A day of the lift in which people are trapped, and requests and bad ratings by themselves, which nobody else moves on."""
    lift = [each for each in beats(AIR, 10) if isinstance(each, Arrival) and LIFT in each.value]
    natures = ("help", "complaint", "consultation")
    requests = [filed("request", n, BEGIN + 8 * HOUR + n * 20 * MINUTE, traits={"nature": natures[n % 3]}) for n in range(24)]
    ratings = [filed("rating", n, BEGIN + 9 * HOUR + n * 30 * MINUTE, unit="zz-amr") for n in range(6)]
    return [*lift, *requests, *ratings]


@cache
def worked() -> StaffedCity:
    """Six days of the people's work, which begin on a Thursday."""
    city = StaffedCity(shift(1, PACE))
    city.work(BEGIN, BEGIN + DAYS * DAY, arrivals())
    return city


def entries(city: StaffedCity) -> list[OrderAudit]:
    """All trails of orders."""
    return [each for each in city.told if isinstance(each, OrderAudit)]


def test_every_kind_reaches_an_end() -> None:
    """Orders of all six kinds are filed or issued, and some of each are archived."""
    ended = Counter(order.kind for order in worked().newest().values() if order.state == "archived")
    assert set(ended) == KINDS


def test_no_act_is_refused_but_one_that_comes_too_late() -> None:
    """What the people do their state allows, they may, and it has what it needs; a helper may answer as the order ends."""
    assert all(reason.endswith("the order has come to its end (closed)") for _, reason in worked().refusals())
    assert len(worked().refusals()) < len(worked().acts) / 100


def test_not_all_goes_well() -> None:
    """Some are late, sent back, returned, called because they had not signed, not satisfied, and given more time."""
    told = Counter(each.event for each in entries(worked()))
    assert all(told[event] for event in ("late", "reject", "ask-return", "decide-return", "ask-extension", "call", "object"))
    inspected = Counter(each.told.get("outcome") for each in entries(worked()) if each.event in {"inspect", "send-back"})
    assert inspected["failed"]
    assert inspected["passed"]
    assert any(order.satisfaction in {1, 2} for order in worked().newest().values())
    lines = {each.id: each for each in worked().told if isinstance(each, OrderLine)}
    assert any(line.state == "moved" for line in lines.values())


def test_a_lead_follows_from_an_alert_that_was_verified() -> None:
    """People in a lift: acknowledged, verified, called, reported, and sent by the regulator to its district's (责任清单)."""
    city = worked()
    leads = [each for each in city.newest().values() if each.kind == "lead"]
    assert {each.issuer for each in leads} == {"zz-amr-se"}
    lines = {each.order: each.unit for each in city.told if isinstance(each, OrderLine) and each.n == "1"}
    assert {lines[each.id] for each in leads} == {"zz-amr-410105"}
    assert all(each.verdict == "true" and each.title.zh.endswith("（疑似），请核实处理") for each in leads)
    first = leads[0].alerts[0].link.alert
    done = [each.verb for each in city.acts if isinstance(each.data, Act) and each.data.alert == first]
    assert done[:3] == ["acknowledge", "verify", "call"]


def test_who_reviews_is_another_than_who_wrote() -> None:
    """Four eyes in a unit: nobody lets his own answer out; who verifies is of another body than the main receiver."""
    people: dict[tuple[str, str], set[str]] = {}
    for doing in worked().acts:
        if isinstance(doing.data, OrderAct) and doing.verb in {"submit", "endorse"}:
            people.setdefault((doing.verb, doing.subject), set()).add(doing.data.actor.id)
    answered = [subject for verb, subject in people if verb == "endorse"]
    assert answered
    assert not any(people["submit", each] & people["endorse", each] for each in answered)


def test_two_officers_stand_behind_an_instrument() -> None:
    """An instrument names the certificates of two officers (行政处罚法 42), when it was served, and the remedy."""
    instruments = [instrument for each in worked().newest().values() for instrument in each.instruments]
    assert instruments
    assert all(len(set(each.officers)) == 2 and each.remedy and each.served_at for each in instruments)


def test_the_same_log_has_the_same_acts() -> None:
    """Decided again from what the log shows, all acts are the same bytes; other people do other things."""
    first, again, other = worked(), StaffedCity(shift(1, PACE)), StaffedCity(shift(2, PACE))
    for city in (again, other):
        city.work(BEGIN, BEGIN + 14 * HOUR, arrivals())
    assert len(again.acts) > 100
    assert [each.event() for each in again.acts] == [each.event() for each in first.acts[: len(again.acts)]]
    assert [each.event() for each in other.acts] != [each.event() for each in again.acts]


def test_after_a_restart_nothing_is_done_twice() -> None:
    """Whoever reads the log anew does of what it does not show yet the same bytes, and nothing that it shows."""
    city = StaffedCity(shift(1, PACE))
    city.work(BEGIN, BEGIN + 14 * HOUR, arrivals())
    shown: list[Message] = [each for each in city.told if isinstance(each, SEEN)]
    other = shift(1, PACE)
    for message in shown:
        other.take(message)
    now = BEGIN + 14 * HOUR
    sent = {doing.event() for doing in city.acts}
    new = {doing.event() for doing in other.due(now)} - sent
    assert {json.loads(each)["id"] for each in new} & {json.loads(each)["id"] for each in sent} == set()
    city.people = other
    city.work(now, BEGIN + 40 * HOUR)
    assert {reason.rpartition(":")[2] for _, reason in city.refusals()} <= {" the order has come to its end (closed)"}


def test_what_was_sent_and_is_not_judged_is_sent_as_the_same_bytes() -> None:
    """A worker is away: the acts of the people who start again are copies, byte for byte."""
    city = StaffedCity(shift(1, PACE))
    city.work(BEGIN, BEGIN + 11 * HOUR, arrivals())
    now = BEGIN + 11 * HOUR + HOUR
    again = shift(1, PACE)
    for message in [each for each in city.told if isinstance(each, SEEN)]:
        again.take(message)
    unjudged = {doing.event() for doing in city.people.due(now)}
    assert unjudged
    assert unjudged <= {doing.event() for doing in again.due(now)}


def test_nothing_more_is_done_to_what_is_not_judged() -> None:
    """A slow worker: who has signed does not read as well before the log says what became of the first."""
    city = StaffedCity(shift(1, PACE))
    city.work(BEGIN, BEGIN + 11 * HOUR, arrivals())
    begin = BEGIN + 12 * HOUR
    done = [doing.thing for hour in range(10) for doing in city.people.due(begin + hour * HOUR) if doing.verb != "issue"]
    assert done
    assert len(done) == len(set(done))


def test_a_refusal_is_not_repeated_for_ever() -> None:
    """What is refused again and again is left after three times."""
    city = StaffedCity(shift(1, PACE))
    city.work(BEGIN, BEGIN + 14 * HOUR)
    people, tried = shift(1, PACE), Counter[tuple[str, ...]]()
    newest = {each.order: each for each in entries(city)}
    for message in [each for each in city.told if isinstance(each, SEEN)]:
        people.take(message)
    for day in range(1, 12):
        for doing in people.due(BEGIN + day * DAY):
            if isinstance(doing.data, OrderAct):
                tried[*doing.thing, doing.verb] += 1
                before, line = newest[doing.subject], next(iter(doing.data.lines), "")
                newest[doing.subject] = replace(before, event="refuse", verb=doing.verb, line=line, n=before.n + 1)
                people.take(newest[doing.subject])
    assert max(tried.values()) == 3


def test_people_are_masked_and_of_their_body() -> None:
    """An account and a masked surname; in a signed log the account alone."""
    one = People(1).one("handler", "zz-ee", 0)
    assert (one.id, one.role, one.department) == ("sim.zz-ee.handler.1", "handler", "zz-ee")
    assert one.shown.endswith("*")
    assert len(one.shown) == 2
    assert People(1, named=False).one("handler", "zz-ee", 0).shown == one.id


def test_habits_count_working_time() -> None:
    """At 17:55 of a Friday what takes an hour of office time is done on Monday morning; of an urgent order the same evening."""
    chances = Chances(load_habits(), calendar.load(), 1, 1)
    friday = parse_time("2026-08-21T17:55:00+08:00")
    assert chances.after(friday, "review", "a") >= parse_time("2026-08-24T08:00:00+08:00")
    assert chances.after(friday, "review", "a", urgent=True) < parse_time("2026-08-22T12:00:00+08:00")
    assert 0 < draw(1, "x") < 1


def test_nobody_simulated_acts_in_the_live_log() -> None:
    """The command refuses it in a sentence."""
    with pytest.raises(Trouble, match="simulated people do not act"):
        command.main(["--log", "live"])
