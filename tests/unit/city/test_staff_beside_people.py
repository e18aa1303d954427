"""The simulated people beside people who act by hand, and after they were killed: nobody fights, nothing is done twice."""

from collections import Counter
from functools import cache
from hashlib import blake2s
from typing import Any

import pytest
from msgspec.structs import replace

from fixtures.staff.doing import Doing
from fixtures.staff.habits import draw
from fixtures.staff.hand import LEFT, TRIES, UNDOES
from fixtures.staff.people import by_hand
from streams.messages import (
    COMMAND,
    DAY,
    HOUR,
    Actor,
    Issue,
    Order,
    OrderAct,
    OrderAudit,
    OrderLine,
    event_bytes,
    format_time,
    parse_time,
    tick_bytes,
)
from streams.messages.rights import ORDER
from tests.support.city.staffed import BEGIN, SEEN, STEP, StaffedCity, arrivals, shift, worked

LOOKS = {"deliver", "read"}

ROLES = {
    "sign": "clerk",
    "contact": "handler",
    "submit": "handler",
    "pause": "reviewer",
    "reject": "reviewer",
    "endorse": "reviewer",
    "object": "handler",
    "close": "dispatcher",
    "withdraw": "leader",
    "reopen": "dispatcher",
    "accept": "receptionist",
}
"""What people do by hand, as whom."""

OUTCOMES = {"submit": "resolved", "pause": "testing", "close": "terminated"}

ONCE = {
    "sign",
    "contact",
    "add",
    "instrument",
    "ask-return",
    "ask-extension",
    "object",
    "accept",
    "dispatch",
    "report",
    "opinion",
}
"""What the people do once a line, or order, and never again in one round."""


class MixedCity(StaffedCity):
    """A city in which a person at times acts by hand on some order; `hands` and `staff`: what each did, when (ms)."""

    def __init__(self) -> None:
        super().__init__(shift())
        self.hands: list[tuple[int, str, str, Actor]] = []
        self.staff: list[tuple[int, Doing]] = []

    def tick(self, now: int) -> None:
        """As of the city; then the person acts, with a chance of one half."""
        before = len(self.acts)
        super().tick(now)
        self.staff += [(now, each) for each in self.acts[before:]]
        if draw("hand", now) < 0.5:
            self._by_hand(now)

    def _by_hand(self, now: int) -> None:
        orders, lines = list(self.newest().values()), list(self.lines().values())
        things: list[Order | OrderLine] = [each for each in (*orders, *lines) if ROLES.keys() & set(each.verbs)]
        if not things:
            return
        thing = things[int(draw("thing", now) * len(things))]
        verbs = sorted(ROLES.keys() & set(thing.verbs))
        verb = verbs[int(draw("verb", now) * len(verbs))]
        line = thing if isinstance(thing, OrderLine) else None
        order = line.order if line else thing.id
        unit = line.unit if line else self.newest()[order].issuer
        actor = Actor(id="wang", role=ROLES[verb], department=unit)
        self.write("orders", order.encode(), command(verb, order, line, actor, now))
        last = [each for each in self.told if isinstance(each, OrderAudit) and each.order == order][-1]
        if last.event != "refuse":
            self.hands.append((now, order, verb, actor))


def command(verb: str, order: str, line: OrderLine | None, actor: Actor, now: int) -> bytes:
    """What a person sends."""
    data: Any = OrderAct(
        order=order, actor=actor, lines=(line.n,) if line else (), reason="by hand", outcome=OUTCOMES.get(verb, ""), clause="1"
    )
    name = blake2s(f"{verb}/{order}/{now}".encode(), digest_size=16).hexdigest()
    return event_bytes(type=COMMAND + ORDER + verb, source="screen", id=name, time=format_time(now), subject=order, data=data)


@cache
def mixed() -> MixedCity:
    """Thirty hours of both."""
    city = MixedCity()
    city.work(BEGIN + 7 * HOUR, BEGIN + 37 * HOUR, [each for each in arrivals() if each.domain == "orders"])
    return city


def test_a_post_taken_by_hand_is_left_to_that_person() -> None:
    """Who has acted by hand in a role of a body has that post in that order for a day: its people do nothing as that role."""
    assert len(mixed().hands) > 50
    fought = [
        (when, each.verb, verb)
        for now, order, verb, person in mixed().hands
        for when, each in mixed().staff
        if each.subject == order
        and now < when < now + LEFT
        and (each.data.actor.role, each.data.actor.department) == (person.role, person.department)
        and each.verb not in LOOKS
        and not isinstance(each.data, Issue)
    ]
    assert fought == []


def test_nothing_that_was_done_by_hand_is_taken_back() -> None:
    """No answer is sent back, no end undone, no order withdrawn that a person wrote, made or issued last; no time restarted."""
    newest: dict[tuple[str, str, str], OrderAudit] = {}
    undone = []
    for entry in mixed().trails():
        if entry.event != "refuse" and entry.actor is not None and not by_hand(entry.actor):
            events = (*UNDOES.get(entry.event, ()), *(("pause",) if entry.event == "resume" else ()))
            last = [newest.get((entry.order, entry.line, event)) for event in events]
            undone += [(entry.event, each.event) for each in last if each is not None and by_hand(each.actor)]
        newest[entry.order, entry.line, entry.event] = entry
    assert undone == []


TAKEN_BACK = [(undone, verb) for verb, each in UNDOES.items() for undone in each]


@pytest.mark.parametrize(("done", "verb"), [("close", "reopen"), ("submit", "reject"), ("pause", "resume")])
def test_what_the_people_would_take_back_of_one_another_they_leave_to_a_person(done: str, verb: str) -> None:
    """Ended, answered or stopped by hand: nobody reopens or sends back, and time goes on after a day at the earliest."""
    trail = worked().trails()
    follows = next(
        (before, after)
        for after in trail
        if after.event == verb
        for before in trail
        if (before.order, before.line, before.event) == (after.order, after.line, done) and before.n < after.n
    )
    ours, theirs = (planned(follows[0], hand=hand) for hand in (False, True))
    assert verb in {each.verb for each in ours}
    assert all(each.at >= parse_time(follows[0].at) + LEFT for each in theirs if each.verb == verb)
    assert (verb in {each.verb for each in theirs}) == ((done, verb) not in TAKEN_BACK)


def planned(last: OrderAudit, *, hand: bool) -> list[Doing]:
    """What the people do of an order at any time after an entry, where it was by hand or not."""
    people, end = shift(), worked().told.index(last)
    there = [each for each in worked().told[:end] if isinstance(each, SEEN)]
    rest = [each for each in worked().told[end + 1 : end + 4] if isinstance(each, SEEN)]
    for message in (*there, replace(last, actor=Actor(id="wang", role="viewer")) if hand else last, *rest):
        if getattr(message, "order", getattr(message, "id", "")) == last.order:
            people.take(message)
    later = (parse_time(last.at) + days * DAY for days in range(40, 60, 2))
    return [each for now in later for each in people.due(now) if each.subject == last.order]


def test_refusals_are_borne_and_all_else_goes_on() -> None:
    """Of two who act at once the second is refused, at most three times the same; other orders live to their ends."""
    refused = Counter(
        (each.order, each.line, each.verb)
        for each in mixed().trails()
        if each.event == "refuse" and not by_hand(each.actor) and each.actor is not None
    )
    assert max(refused.values(), default=0) <= TRIES + 1
    touched = {order for _, order, _, _ in mixed().hands}
    archived = {order.id for order in mixed().newest().values() if order.state == "archived"}
    assert archived - touched
    assert archived & touched


class KilledCity(StaffedCity):
    """A city whose people are killed every half an hour, and whose slow workers judge half of what waits every tenth minute."""

    def __init__(self) -> None:
        super().__init__(shift())
        self.sent: list[Doing] = []

    def tick(self, now: int) -> None:
        """What was sent is judged at every other tick; the people begin anew from what the log shows at every sixth."""
        if now // STEP % 2:
            half = len(self.sent) // 2 + 1
            for doing in self.sent[:half]:
                self.write(doing.to, doing.subject.encode(), doing.event())
            self.sent = self.sent[half:]
        for name in self.stages:
            self.write(name, None, tick_bytes(now))
        if now // STEP % 6 == 0:
            self.people = shift()
            for message in [each for each in self.told if isinstance(each, SEEN)]:
                self.people.take(message)
        for doing in self.people.due(now):
            self.acts.append(doing)
            self.sent.append(doing)


@cache
def killed() -> KilledCity:
    """A day of it."""
    city = KilledCity()
    city.work(BEGIN + 7 * HOUR, BEGIN + 31 * HOUR, [each for each in arrivals() if each.domain == "orders"])
    return city


def test_killed_at_any_tick_nothing_is_done_twice() -> None:
    """What was sent and is not judged is sent under the same id, whatever was seen meanwhile: the core takes it once."""
    sent = Counter(each.key for each in killed().acts)
    assert sum(number > 1 for number in sent.values()) > 10
    done = Counter((each.order, each.line, each.event) for each in killed().trails() if each.event in ONCE and each.verb)
    orders = killed().newest()
    doubled = {key: number for key, number in done.items() if number > 1 and orders[key[0]].round == 1}
    assert doubled == {}


def test_one_act_has_one_id() -> None:
    """The id of a command does not depend on what was seen when it was decided, only on what it is."""
    ids: dict[tuple[str, ...], set[bytes]] = {}
    for each in killed().acts:
        ids.setdefault(each.key, set()).add(each.event().partition(b'"id":')[2].partition(b",")[0])
    assert all(len(found) == 1 for found in ids.values())


def test_killed_people_bring_orders_to_their_ends() -> None:
    """In spite of all that orders are archived, and few acts are refused."""
    assert any(order.state == "archived" for order in killed().newest().values())
    assert len(killed().refusals()) < len(killed().acts) / 10
