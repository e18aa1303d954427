"""The people of the golden log: what supervisors, dispatchers, administrators and the notifier do, and what they may not.

They look at what the judge has said so far, as the desk does, and act on it. Everything follows from the seed.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from streams.kafka.clients import partition_of
from streams.messages import (
    ALERT_RIGHTS,
    COMMAND,
    RIGHTS,
    SECOND,
    Act,
    Actor,
    Alert,
    Incident,
    Regroup,
    event_bytes,
    format_time,
)
from streams.outputs import Output
from streams.topics import events_topic

LOG = "golden"
PARTITIONS = 2

Put = tuple[str, int, bytes | None, bytes]
"""A record on its way into the log: topic, partition, key and value."""

ZHANG = Actor(id="zhang", name="张值班", role="supervisor", department="zz-ee")
LI = Actor(id="li", name="李科长", role="supervisor", department="zz-data")
WANG = Actor(id="wang", name="王调度", role="dispatcher")
ADMIN = Actor(id="admin", name="系统管理员", role="admin")
CHEN = Actor(id="chen", name="陈分析", role="analyst")
GUEST = Actor(id="guest", name="访客", role="viewer")
NOTIFIER = Actor(id="notifier", name="notifier", role="notifier")

ROUND = (
    *("acknowledge", "acknowledge", "comment", "acknowledge", "confirm", "shelve", "acknowledge", "suppress", "notify"),
    *("remove-from-service", "conclude", "acknowledge", "unshelve", "shelve-once", "unsuppress", "acknowledge"),
    *("return-to-service", "reset", "conclude-corrected", "reopen", "acknowledge", "confirm", "conclude"),
)
"""What is done one after the other, wherever there is an alert that it may be done to."""

PER_TICK = 4

RESTING = (("drug_cold_store.sim.410104.1", "drug-cold-store"), ("gov_site.sim.410182.1", "site-unreachable"))
"""Alarms without an alert that are taken out of service, or shelved, before anything has happened to them."""


class Scribe:
    """Whoever writes acts; `board` is the newest revision of every alert, `incidents` that of every incident."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._turn = 0
        self._wrong = 0
        self._count = 0
        self._copies: list[Put] = []
        self.board: dict[str, Alert] = {}
        self.incidents: dict[str, Incident] = {}

    def see(self, outputs: Iterable[Output]) -> None:
        """Take in what was said."""
        for output in outputs:
            if isinstance(output, Alert):
                self.board[output.id] = output
            elif isinstance(output, Incident):
                self.incidents[output.id] = output

    def _sorted(self) -> list[Alert]:
        return sorted((one for one in self.board.values() if not one.ended), key=lambda one: (one.raised_at, one.id))

    def _on(self, now: int, alert: Alert, verb: str, **more: Any) -> Put:
        given: dict[str, Any] = {"actor": ZHANG, "reason": "已派人核查", "occurrence": alert.occurrence} | more
        value = self._value(now, verb, alert.subject, Act(alert=alert.id, **given))
        return alert.place.topic, alert.place.partition, alert.subject.encode(), value

    def _alarm(self, now: int, domain: str, subject: str, alarm: str, verb: str, **more: Any) -> Put:
        act = Act(alarm=alarm, occurrence=0, actor=ADMIN, reason="检修", **more)
        key = subject.encode()
        return events_topic(LOG, domain), partition_of(key, PARTITIONS), key, self._value(now, verb, subject, act)

    def _incident(self, now: int, incident: Incident, verb: str, **more: Any) -> Put:
        given: dict[str, Any] = {"actor": LI, "reason": "同一事件" if verb == "merge" else "另案处理"} | more
        value = self._value(now, verb, incident.city, Regroup(incident=incident.id, **given))
        key = incident.city.encode()
        return events_topic(LOG, "incidents"), partition_of(key, PARTITIONS), key, value

    def _value(self, now: int, verb: str, subject: str, act: Act | Regroup) -> bytes:
        self._count += 1
        time = format_time(now + self._count % 60 * SECOND)
        return event_bytes(type=COMMAND + verb, source="desk", id=f"act-{self._count}", time=time, subject=subject, data=act)


class Offenders(Scribe):
    """What people may not do."""

    def _refused(self, now: int) -> list[Put]:
        ways = self._ways()
        for _ in ways:
            way = ways[self._wrong % len(ways)]
            self._wrong += 1
            if puts := list(way(now)):
                return puts
        return []

    def _ways(self) -> tuple[Callable[[int], Iterator[Put]], ...]:
        plain: list[tuple[str, dict[str, Any], Callable[[Alert], bool]]] = [
            ("acknowledge", {"occurrence": 99}, _any),
            ("acknowledge", {"reason": "  "}, _can("acknowledge")),
            ("reset", {}, lambda one: "reset" not in one.verbs),
            ("retry", {}, _any),
            ("bless", {}, _any),
            ("shelve", {"lasts": "30d"}, _can("shelve")),
            ("shelve", {"lasts": "soon"}, _can("shelve")),
            ("shelve", {}, _can("shelve")),
            ("suppress", {"actor": ADMIN, "lasts": "1h", "once": True}, _can("suppress")),
            ("remove-from-service", {"actor": ADMIN, "lasts": "1h"}, _can("remove-from-service")),
            ("conclude", {"finding": "maybe"}, _can("conclude")),
            ("conclude", {"finding": "corrected"}, _can("conclude")),
            ("conclude", {"finding": "confirmed", "value": -1.0}, _can("conclude")),
            *((verb, {"actor": GUEST}, _any) for verb in ALERT_RIGHTS),
            *((verb, {}, _any) for verb in sorted(RIGHTS.keys() - ALERT_RIGHTS.keys())),
        ]
        return (
            *(self._plainly(verb, more, which) for verb, more, which in plain),
            *(self._confirmed_wrongly, self._after_end, self._unknown, self._unreadable),
        )

    def _plainly(self, verb: str, more: dict[str, Any], which: Callable[[Alert], bool]) -> Callable[[int], Iterator[Put]]:
        def way(now: int) -> Iterator[Put]:
            able = [alert for alert in self._sorted() if which(alert)]
            if able:
                yield self._on(now, self._chance.choice(able), verb, **more)

        return way

    def _confirmed_wrongly(self, now: int) -> Iterator[Put]:
        """By who has acknowledged it; a second time."""
        for alert in self._sorted():
            if "confirm" in alert.verbs and alert.acknowledged and alert.acknowledged.actor.role != "admin":
                yield self._on(now, alert, "confirm", actor=alert.acknowledged.actor)
                yield self._on(now, alert, "confirm", actor=ADMIN)
                yield self._on(now, alert, "confirm", actor=WANG)
                yield self._on(now, alert, "confirm", actor=ADMIN)
                return

    def _after_end(self, now: int) -> Iterator[Put]:
        ended = sorted((one for one in self.board.values() if one.ended), key=lambda one: (one.changed_at, one.id))
        if ended:
            yield self._on(now, ended[-1], "comment")
            yield self._on(now, ended[-1], "notify", actor=NOTIFIER, reason="sent cleared by mail")
            yield self._on(now, ended[0], "comment")

    def _unknown(self, now: int) -> Iterator[Put]:
        if alert := next(iter(self._sorted()), None):
            topic, partition, key, _ = self._on(now, alert, "comment")
            yield topic, partition, key, self._value(now, "comment", alert.subject, Act(alert="f" * 32, occurrence=1, actor=LI))

    def _unreadable(self, now: int) -> Iterator[Put]:
        """Without an actor; under another key; without a subject; at no time."""
        if alert := next(iter(self._sorted()), None):
            topic, partition, key, value = self._on(now, alert, "comment")
            yield topic, partition, key, value.replace(b'"actor"', b'"factor"')
            yield topic, partition, b"somebody.else", value
            yield topic, partition, key, value.replace(b'"subject":"', b'"subject_":"')
            yield topic, partition, key, value.replace(b'"time":"2', b'"time":"x')

    def _regrouped_wrongly(self, now: int, standing: list[Incident], which: int) -> list[Put]:
        one = self._chance.choice(standing)
        gone = (each for each in self.incidents.values() if each.state == "ended" and not each.merged_into)
        ended = max(gone, key=lambda each: (each.changed_at, each.id), default=None)
        topic, partition, key, value = self._incident(now, one, "split", alerts=(one.members[0],))
        member = one.members[0]
        ways: tuple[list[Put], ...] = (
            [self._incident(now, one, "merge", others=("a" * 32,), actor=GUEST)],
            [self._incident(now, one, "merge", others=("a" * 32,), reason=" ")],
            [self._incident(now, one, "merge", others=(one.id,))],
            [self._incident(now, one, "merge", others=("a" * 32,))],
            [self._incident(now, ended, "split", alerts=(member,))] if ended else [],
            [self._incident(now, one, "split")],
            [self._incident(now, one, "split", alerts=one.members)],
            [self._incident(now, one, "split", alerts=("b" * 32,))] * 2,
            [(topic, partition, b"410300", value), (topic, partition, key, value.replace(b'"actor"', b'"factor"'))],
            [
                (topic, partition, key, value.replace(b"command.split", b"command.hand-over")),
                (topic, partition, key, value[:99]),
            ],
            [(topic, partition, key, value.replace(one.id.encode(), b"c" * 32))],
            [(topic, partition, key, value.replace(b'"time":"2', b'"time":"x')), (topic, partition, key, b"")],
        )
        return ways[which]


class People(Offenders):
    """Who acts at each tick."""

    def act(self, now: int, tick: int) -> list[Put]:
        """What is done after a tick, in its order."""
        puts = [put for _ in range(PER_TICK) if (put := self._next(now))]
        if tick % 2 == 0:
            puts += self._refused(now)
        if tick % 3 == 0:
            puts += self._latched(now)
        if tick % 12 == 5:
            puts += self._plainly("unsuppress", {"actor": ADMIN}, _by_design)(now)
        if tick % 4 == 1:
            puts += self._regroup(now)
        if tick % 16 == 3 and puts:
            self._copies.append(puts[0])
        if tick % 16 == 7 and self._copies:
            puts.append(self._copies.pop())  # the very same command again
        return puts

    def retry(self, now: int, actor: Actor = ZHANG) -> list[Put]:
        """An order to judge again, for every judge on hold."""
        return [
            self._on(now, alert, "retry", actor=actor)
            for alert in self._sorted()
            if alert.rule == "rule-failed" and alert.active
        ]

    def before_anything(self, now: int) -> list[Put]:
        """Alarms that have no alert yet are put aside, by permit and shelved; what no rule of the domain has is refused."""
        (first, rule), (second, other) = RESTING
        return [
            self._alarm(now, "food_drug", first, rule, "remove-from-service", lasts="90m", permit="P-7"),
            self._alarm(now, "cyber", second, other, "shelve", lasts="2h"),
            self._alarm(now, "cyber", second, "no-such-rule", "shelve", lasts="2h"),
            self._alarm(now, "cyber", second, rule, "shelve", lasts="2h"),
        ]

    def after_end(self, now: int) -> list[Put]:
        """Acts on every alert that has ended; of some nobody remembers anything."""
        ended = sorted((one for one in self.board.values() if one.ended), key=lambda one: (one.changed_at, one.id))
        return [self._on(now, alert, "comment") for alert in ended[-25:]]

    # -- what may be done

    def _next(self, now: int) -> Put | None:
        for _ in ROUND:
            what = ROUND[self._turn % len(ROUND)]
            self._turn += 1
            put = self._try(now, what)
            if put:
                return put
        return None

    def _try(self, now: int, what: str) -> Put | None:
        verb = {"shelve-once": "shelve", "conclude-corrected": "conclude"}.get(what, what)
        able = [alert for alert in self._sorted() if verb in alert.verbs or (verb == "notify" and not alert.ended)]
        if verb == "unsuppress":
            able = [alert for alert in able if not _by_design(alert)]
        if not able:
            return None
        alert = self._chance.choice(able[-12:] if self._chance.random() < 0.7 else able)
        return self._on(now, alert, verb, **self._with(what, alert))

    def _with(self, what: str, alert: Alert) -> dict[str, Any]:
        """Who does an act, and what it needs."""
        pick = self._chance.choice
        desk = pick((ZHANG, LI, ADMIN))
        if what == "confirm" and alert.acknowledged and alert.acknowledged.actor.id == desk.id:
            desk = ADMIN if desk is not ADMIN else LI
        more: dict[str, dict[str, Any]] = {
            "shelve": {"lasts": pick(("20m", "45m", "1h"))},
            "shelve-once": {"once": True} | pick(({}, {"lasts": "30m"})),
            "suppress": {"actor": ADMIN, "lasts": pick(("30m", "2h", "400d", "3d"))},
            "remove-from-service": {"actor": ADMIN, "lasts": pick(("40m", "3h")), "permit": f"P-{self._count}"},
            "unsuppress": {"actor": ADMIN},
            "return-to-service": {"actor": ADMIN},
            "comment": {"actor": pick((ZHANG, WANG, CHEN))},
            "notify": {"actor": NOTIFIER, "reason": "sent raised by mail"},
            "conclude": {"finding": pick(("confirmed", "unfounded"))},
            "conclude-corrected": {"finding": "corrected", "severity": "blue", "value": 2.5},
        }
        return {"actor": desk} | more.get(what, {})

    def _latched(self, now: int) -> list[Put]:
        """Who looks after what is latched: acknowledged first, then reset."""
        verbs = {"D-latched": "acknowledge", "C-latched": "reset"}
        return [self._on(now, alert, verbs[alert.state]) for alert in self._sorted() if alert.state in verbs][:1]

    def _regroup(self, now: int) -> list[Put]:
        standing = sorted(
            (one for one in self.incidents.values() if one.state == "open"), key=lambda one: (one.opened_at, one.id)
        )
        puts: list[Put] = []
        pairs = [(one, other) for one in standing for other in standing if one.id < other.id and one.city == other.city]
        if pairs and self._chance.random() < 0.5:
            one, other = self._chance.choice(pairs)
            puts.append(self._incident(now, one, "merge", others=(other.id,), actor=self._chance.choice((ZHANG, WANG))))
        large = [one for one in standing if one.open > 2 and not any(one.id in str(put[3]) for put in puts)]
        if large and self._chance.random() < 0.6:
            one = self._chance.choice(large)
            alerts = [name for name in one.members if not self.board[name].ended][: self._chance.choice((1, 2))]
            puts.append(self._incident(now, one, "split", alerts=tuple(alerts), actor=WANG))
        if standing:
            puts += self._regrouped_wrongly(now, standing, self._chance.randrange(12))
        return puts


def _any(_: Alert) -> bool:
    return True


def _by_design(alert: Alert) -> bool:
    return alert.aside is not None and alert.aside.note.actor.role == "design"


def _can(verb: str) -> Callable[[Alert], bool]:
    return lambda alert: verb in alert.verbs
