"""The simulated people bring orders of every kind to their ends, by acts that the core takes."""

import json
from collections import Counter

import pytest
from msgspec.structs import replace

from fixtures.staff import command
from fixtures.staff.habits import Chances, draw, load_habits
from fixtures.staff.people import People
from fixtures.staff.shift import Message
from streams.command import Trouble
from streams.messages import DAY, HOUR, Act, OrderAct, OrderLine, parse_time
from streams.places import calendar
from tests.support.city.staffed import BEGIN, SEEN, StaffedCity, arrivals, shift, worked

AT_ONCE = ("the order has come to its end (closed)", "is a receiver already: name each once")
"""Why one of two acts in the same moment is refused."""

KINDS = {"lead", "task", "request", "rating", "correction", "supervision"}


def test_every_kind_reaches_an_end() -> None:
    """Orders of all six kinds are filed or issued, and some of each are archived."""
    ended = Counter(order.kind for order in worked().newest().values() if order.state == "archived")
    assert set(ended) == KINDS


def test_no_act_is_refused_but_one_that_comes_too_late() -> None:
    """What the people do their state allows, they may, and it has what it needs; but two may act in one moment.

    A helper answers as the order ends, or two lines are to go to the same other body.
    """
    assert all(reason.endswith(AT_ONCE) for _, reason in worked().refusals())
    assert len(worked().refusals()) < len(worked().acts) / 100


def test_not_all_goes_well() -> None:
    """Some are late, sent back, returned, called because they had not signed, not satisfied, and given more time."""
    told = Counter(each.event for each in worked().trails())
    assert all(told[event] for event in ("late", "reject", "ask-return", "decide-return", "ask-extension", "call", "object"))
    inspected = Counter(each.told.get("outcome") for each in worked().trails() if each.event in {"inspect", "send-back"})
    assert inspected["failed"]
    assert inspected["passed"]
    assert any(order.satisfaction in {1, 2} for order in worked().newest().values())
    lines = {each.id: each for each in worked().told if isinstance(each, OrderLine)}
    assert any(line.state == "moved" for line in lines.values())


def test_a_lead_follows_from_an_alert_that_was_verified() -> None:
    """People in a lift: acknowledged, verified, called, reported, and sent by the regulator to its district's (责任清单)."""
    city = worked()
    leads = [each for each in city.newest().values() if each.alerts and "lift" in each.alerts[0].link.subject]
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
    first, again, other = worked(), StaffedCity(shift()), StaffedCity(shift(2))
    for city in (again, other):
        city.work(BEGIN, BEGIN + 14 * HOUR, arrivals())
    assert len(again.acts) > 100
    assert [each.event() for each in again.acts] == [each.event() for each in first.acts[: len(again.acts)]]
    assert [each.event() for each in other.acts] != [each.event() for each in again.acts]


def test_after_a_restart_nothing_is_done_twice() -> None:
    """Whoever reads the log anew does of what it does not show yet the same bytes, and nothing that it shows."""
    city = StaffedCity(shift())
    city.work(BEGIN, BEGIN + 14 * HOUR, arrivals())
    shown: list[Message] = [each for each in city.told if isinstance(each, SEEN)]
    other = shift()
    for message in shown:
        other.take(message)
    now = BEGIN + 14 * HOUR
    sent = {doing.event() for doing in city.acts}
    new = {doing.event() for doing in other.due(now)} - sent
    assert {json.loads(each)["id"] for each in new} & {json.loads(each)["id"] for each in sent} == set()
    city.people = other
    city.work(now, BEGIN + 40 * HOUR)
    assert all(reason.endswith(AT_ONCE) for _, reason in city.refusals())


def test_what_was_sent_and_is_not_judged_is_sent_as_the_same_bytes() -> None:
    """A worker is away: the acts of the people who start again are copies, byte for byte."""
    city = StaffedCity(shift())
    city.work(BEGIN, BEGIN + 11 * HOUR, arrivals())
    now = BEGIN + 11 * HOUR + HOUR
    again = shift()
    for message in [each for each in city.told if isinstance(each, SEEN)]:
        again.take(message)
    unjudged = {doing.event() for doing in city.people.due(now)}
    assert unjudged
    assert unjudged <= {doing.event() for doing in again.due(now)}


def test_nothing_more_is_done_to_what_is_not_judged() -> None:
    """A slow worker: who has signed does not read as well before the log says what became of the first."""
    city = StaffedCity(shift())
    city.work(BEGIN, BEGIN + 11 * HOUR, arrivals())
    begin = BEGIN + 12 * HOUR
    done = [doing.thing for hour in range(10) for doing in city.people.due(begin + hour * HOUR) if doing.verb != "issue"]
    assert done
    assert len(done) == len(set(done))


def test_a_refusal_is_not_repeated_for_ever() -> None:
    """What is refused again and again is left after three times."""
    city = StaffedCity(shift())
    city.work(BEGIN, BEGIN + 14 * HOUR)
    people, tried = shift(), Counter[tuple[str, ...]]()
    newest = {each.order: each for each in city.trails()}
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
