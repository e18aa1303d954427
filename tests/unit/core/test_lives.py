"""The lives of alarms are the log's: a small model of one alarm, random people, and a day of the city judged twice."""

import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.offline.file_stages import FileStages
from agents.stages import Basis
from fixtures.city import DEFAULT
from streams.messages import (
    ALERT_RIGHTS,
    COMMAND,
    DAY,
    HOUR,
    MINUTE,
    Act,
    Actor,
    Alert,
    Audit,
    Quality,
    decode,
    encode,
    event_bytes,
    format_time,
)
from tests.support.books import the_book
from tests.support.events import START, Record, act, clean, records, registered, tick
from tests.support.pure.alarm import OZONE, book_with
from tests.support.pure.scenarios import lines

TOPIC = "test.events.environment"
BOOK = book_with(conclude_within="1d", re_alarm="30m")
WITHIN, RE_ALARM = DAY, 30 * MINUTE

# What people may do, by state: written from the table of the standard, not from the code.
OF_STATE = {
    "A": set(),
    "B": {"acknowledge", "shelve", "suppress", "remove-from-service", "comment"},
    "C": {"confirm", "shelve", "suppress", "remove-from-service", "comment"},
    "D": {"acknowledge", "shelve", "suppress", "remove-from-service", "comment"},
    "E": {"unshelve", "remove-from-service", "comment"},
    "F": {"unsuppress", "remove-from-service", "comment"},
    "G": {"return-to-service", "comment"},
}
ADMINS_ONLY = {"suppress", "unsuppress", "remove-from-service", "return-to-service"}
SPANS = {"30m": 30 * MINUTE, "5h": 5 * HOUR, "30h": 30 * HOUR, "0s": 0, "": None, "soon": None}
VERBS = sorted({*ALERT_RIGHTS, "explode"} - {"retry", "notify"})


def judged(log: Iterable[Record], book: Book, cuts: Iterable[int] = ()) -> list[bytes]:
    """All outputs of a log as bytes; at each cut the fold is thrown away and made again from its checkpoint."""
    fold, out, held, pending = Fold(book, TOPIC, 0), list[bytes](), dict[bytes, bytes | None](), set(cuts)
    for n, record in enumerate(log):
        if n in pending:
            fold = cut(fold, book, held)
        out += [encode(each) for each in fold.run([record])]
    return out


def cut(fold: Fold, book: Book, held: dict[bytes, bytes | None]) -> Fold:
    """Another fold that takes up what a compacted topic holds after one more checkpoint of this one."""
    held.update(fold.snapshot())
    again = Fold(book, fold.topic, fold.partition, keyed=fold.keyed)
    again.restore(held.items())
    return again


class OneAlarm(RuleBasedStateMachine):
    """The hourly limit of ozone at one station, with a case of a day and a re-alarm after 30 minutes."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[bytes] = []
        self.out: list[bytes] = []
        self.fold = Fold(BOOK, TOPIC, 0)
        self.now = self.hour = START
        self.state, self.active, self.occurrence, self.changed = "A", False, 0, START
        self.until, self.once, self.severity = None, False, "orange"
        self.acknowledged: str | None = None
        self.confirmed = False
        self.case: dict[str, Any] | None = None
        self.alert: Alert | None = None
        self.last: Audit | None = None
        self.see(registered(), tick(START))

    def see(self, *events: bytes) -> None:
        """Put events into the log and let the fold judge them."""
        for event in events:
            out = self.fold.run(records([event], start=len(self.log)))
            self.log.append(event)
            assert not [each for each in out if isinstance(each, Quality)]
            self.out += [encode(each) for each in out]
            for each in out:
                if isinstance(each, Alert) and each.rule == "gas-hourly":
                    self.alert = each
                elif isinstance(each, Audit) and self.alert is not None and each.alert == self.alert.id:
                    self.last = each

    def to(self, state: str) -> None:
        """The model takes a step."""
        self.state, self.changed = state, self.now
        if state in "ABCD":
            self.until, self.once = None, False
        if state == "B":
            self.acknowledged, self.confirmed = None, False
        if self.ended:
            self.occurrence, self.case, self.severity = 0, None, "orange"

    @property
    def ended(self) -> bool:
        """Whether there is no alert that goes on."""
        return self.state == "A" and (self.case is None or not self.case["open"])

    def pass_time(self) -> None:
        """What time alone does."""
        if self.until is not None and self.until <= self.now:
            self.to("B" if self.active else "A")
        elif self.state == "C" and self.changed + RE_ALARM <= self.now:
            self.occurrence += 1
            self.to("B")

    @rule(minutes=st.sampled_from([1, 10, 29, 30, 31, 60, 300]))
    def clock(self, minutes: int) -> None:
        """Time passes."""
        self.now += minutes * MINUTE
        self.see(tick(self.now))
        self.pass_time()

    @rule(bad=st.booleans())
    def air(self, bad: bool) -> None:
        """The next hour is bad or not."""
        self.hour = max(self.hour + HOUR, self.now // HOUR * HOUR)
        self.now = max(self.now, self.hour + MINUTE)
        self.see(tick(self.now))
        self.pass_time()
        self.see(clean(self.hour, o3=OZONE) if bad else clean(self.hour))
        if bad and not self.active:
            self.active, self.severity = True, "orange"
            self.occurrence += 1
            if self.case is None or not self.case["open"]:
                self.case = {"open": True, "due": self.now + WITHIN}
            if self.state in "AD":
                self.to("B")
            else:
                self.acknowledged, self.confirmed = None, False
        elif self.active and not bad:
            self.active = False
            if self.state in "BC":
                self.to("D" if self.state == "B" else "A")
            elif self.state == "E" and self.once:
                self.to("A")

    @precondition(lambda self: self.alert is not None)
    @rule(
        verb=st.sampled_from(VERBS),
        role=st.sampled_from(["supervisor", "admin", "dispatcher"]),
        who=st.sampled_from(["zhang", "li"]),
        reason=st.sampled_from(["已核查", " "]),
        off=st.sampled_from([0, 0, 0, 1]),
        lasts=st.sampled_from(list(SPANS)),
        once=st.booleans(),
        permit=st.sampled_from(["", "7"]),
        finding=st.sampled_from(["", "confirmed", "corrected", "unfounded"]),
        severity=st.sampled_from([None, "blue", "orange"]),
    )
    def person(self, verb: str, role: str, who: str, reason: str, off: int, **given: Any) -> None:
        """Somebody does something, whether it may be done or not."""
        assert self.alert is not None
        allowed = off == 0 and bool(reason.strip()) and self.may(verb, role, who, **given)
        actor = Actor(id=who, name=who, role=role)
        more = {"actor": actor, "reason": reason, "id": f"act-{len(self.log)}", **given}
        self.see(act(self.alert.id, self.alert.occurrence + off, verb, **more))
        assert self.last is not None
        assert (self.last.event != "refuse") == allowed, (verb, self.state, self.last.reason)
        if allowed:
            self.do(verb, who, **given)

    def may(
        self, verb: str, role: str, who: str, lasts: str, once: bool, permit: str, finding: str, severity: str | None
    ) -> bool:
        """The rights and guards of the table."""
        case = self.case is not None and not self.ended
        of_case = {"conclude": case and self.case["open"] and not self.active, "reopen": case and not self.case["open"]}
        here = verb in OF_STATE[self.state] or of_case.get(verb, False) or (verb == "comment" and case)
        if not here or self.ended or (verb in ADMINS_ONLY and role != "admin"):
            return False
        if verb != "comment" and role == "dispatcher":
            return False
        if verb == "confirm":
            return not self.confirmed and self.acknowledged != who
        if verb in {"shelve", "suppress", "remove-from-service"}:
            most = {"orange": 4 * HOUR, "blue": 24 * HOUR}[self.severity] if verb == "shelve" else 366 * DAY
            span = SPANS[lasts]
            lasting = (once and verb == "shelve") if lasts == "" else span is not None and 0 < span <= most
            return lasting and not (once and verb != "shelve") and not (verb == "remove-from-service" and not permit)
        if verb == "conclude":
            return bool(finding) and (severity not in {None, self.severity}) == (finding == "corrected")
        return True

    def do(self, verb: str, who: str, lasts: str, once: bool, permit: str, finding: str, severity: str | None) -> None:  # noqa: ARG002 - as drawn
        """What an act that is allowed does."""
        aside = {"shelve": "E", "suppress": "F", "remove-from-service": "G"}
        if verb in aside:
            most = {"orange": 4 * HOUR, "blue": 24 * HOUR}[self.severity]
            self.to(aside[verb])
            self.until, self.once = self.now + (SPANS[lasts] or most), once
        elif verb == "acknowledge":
            self.acknowledged = who
            self.to("C" if self.state == "B" else "A")
        elif verb == "unshelve":
            self.to("C" if self.active else "A")
            self.acknowledged = who if self.active else None
        elif verb in {"unsuppress", "return-to-service"}:
            self.to("B" if self.active else "A")
        elif verb == "confirm":
            self.confirmed = True
        elif verb == "conclude":
            self.case = {**(self.case or {}), "open": False}
            self.severity = severity if finding == "corrected" and severity else self.severity
            if self.state == "A":
                self.occurrence, self.case, self.severity = 0, None, "orange"
        elif verb == "reopen":
            self.case = {**(self.case or {}), "open": True}

    @invariant()
    def the_alert_is_as_the_model_says(self) -> None:
        """State, condition, occurrence, severity and case."""
        if self.alert is None:
            return
        found, case = self.alert, self.alert.case
        assert (found.state, found.active, found.ended) == (self.state, self.active, self.ended)
        if not self.ended:
            assert (found.occurrence, found.severity) == (self.occurrence, self.severity)
            assert case is not None
            assert self.case is not None
            assert (case.open, case.overdue) == (self.case["open"], self.late)
            assert case.due == format_time(self.case["due"])

    @property
    def late(self) -> bool:
        """Whether the case was found open at a tick at its due time or after."""
        assert self.case is not None
        if self.case["open"] and self.case["due"] <= self.now:
            self.case["late"] = True
        return bool(self.case.get("late"))

    def teardown(self) -> None:
        """The same log gives the same bytes, in one piece and with checkpoints taken up at every third record."""
        assert judged(records(self.log), BOOK) == self.out
        assert judged(records(self.log), BOOK, range(0, len(self.log), 3)) == self.out


TestOneAlarm = OneAlarm.TestCase
TestOneAlarm.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


def test_a_day_of_the_city_with_people_in_it_is_judged_the_same_again() -> None:
    """A day of all domains, every fourth revision answered by somebody at random: a replay gives the same bytes.

    The replay throws its state away and takes it up from a checkpoint every 5,000 lines.
    """
    draw = random.Random(410100)
    book = the_book()
    folds, log, out = FileStages(Basis(book)), list[bytes](), list[bytes]()

    def take(line: bytes) -> list[Alert]:
        found = list(folds.take(len(log), line))
        log.append(line)
        out.extend(encode(each) for each in found)
        return [each for each in found if isinstance(each, Alert)]

    for line in lines(DEFAULT, 7):
        for alert in take(line):
            if draw.random() < 0.25:
                take(somebody(alert, len(log), draw))
    events = Counter(entry.event for entry in map(audit, out) if entry is not None)
    assert {"acknowledge", "shelve", "comment", "refuse", "suppress", "escalate"} <= set(events), events

    again, replayed = FileStages(Basis(book)), list[bytes]()
    held: dict[str, dict[bytes, bytes | None]] = {name: {} for name in again.folds}
    for n, line in enumerate(log):
        if n % 5_000 == 0:
            again.folds = {name: cut(fold, book, held[name]) for name, fold in again.folds.items()}
        replayed += [encode(each) for each in again.take(n, line)]
    assert replayed == out


def somebody(alert: Alert, n: int, draw: random.Random) -> bytes:
    """An act on an alert by somebody, allowed or not."""
    actor = Actor(id="ren", name="任意", role=draw.choice(["supervisor", "admin", "viewer"]))
    more = {"lasts": draw.choice(["", "30m", "2h"]), "permit": "7", "finding": "confirmed", "once": draw.random() < 0.1}
    data = Act(alert=alert.id, occurrence=alert.occurrence, actor=actor, reason="随机", **more)
    verb = draw.choice(alert.verbs if alert.verbs and draw.random() < 0.9 else VERBS)
    return event_bytes(
        type=COMMAND + verb, source="test", id=f"act-{n}", time=alert.changed_at, subject=alert.subject, data=data
    )


def audit(value: bytes) -> Audit | None:
    """An output's bytes as an audit entry, None where they are none."""
    return decode(value, Audit) if b'"prev":' in value else None
