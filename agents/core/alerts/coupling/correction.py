"""A corrected value: an event links to the fact that it corrects. The hour is judged again; what was found stays in trails.

Only what one fact decides can be judged again: a judge that looks over several facts has counted the wrong value in, and
goes on with it. Of an older fact than the newest of its kind only a stock judge of one reading is sure to know what it knew
then. Which rules judge nothing again is told, and that no alert is remembered which such an hour had a part in.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct, UnsetType

from agents.core import intake
from agents.core.alerts import alarm, quarantine
from agents.core.alerts.alarm import Cause
from agents.core.alerts.decide import Output, apply_finding, fail, keep, past_of, schedule_wake
from agents.core.alerts.state import REGISTRATION, Latest, Subject
from agents.core.intake import Refused, bad_data
from agents.core.judge import Finding
from agents.core.rules.book import Book, Plan
from agents.core.rules.bound import Bound
from agents.core.rules.rule import contexts
from streams.messages import Corrected, Event, Evidence, Place
from streams.messages.services.entry import same_hand

CORRECT = "correct"
"""The event of the trail's entry."""


_corrected = msgspec.json.Decoder(Corrected)


def corrected_in(event: Event, plans: dict[str, Plan], domain: str, place: Place) -> tuple[Corrected, Plan, int, Any]:
    """What a correction says, the plan of the fact's kind, its time (ms) and its right data; Refused where it is none."""
    try:
        said = _corrected.decode(event.data)
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    plan = plans.get(f"{domain}.{said.kind}")
    if plan is None or plan.registers:
        raise Refused("malformed-data", "no kind of fact of the domain is called so, or it is a registration", "$.data.kind")
    of = said.corrects
    if (of.topic, of.partition) != (place.topic, place.partition) or not 0 <= of.offset < place.offset:
        raise Refused(
            "malformed-data", "a correction stands behind the fact that it corrects, in its partition", "$.data.corrects"
        )
    if not isinstance(said.entered, UnsetType) or not isinstance(said.confirmed, UnsetType):
        _check_hands(said)
    at = intake.time_of(said.at)
    try:
        return said, plan, at, plan.decode(said.data)
    except msgspec.DecodeError as error:
        raise bad_data(error, "$.data.data") from None


def _check_hands(said: Corrected) -> None:
    """Refused where a correction by hand has not two persons of one department behind it."""
    if isinstance(said.entered, UnsetType) or isinstance(said.confirmed, UnsetType):
        raise Refused("malformed-data", "of a correction by hand two persons are named, or none", "$.data.confirmed")
    if why := same_hand(said.entered, said.confirmed):
        raise Refused("malformed-data", why, "$.data.confirmed")


def correct(book: Book, subject: Subject, plan: Plan, said: Corrected, data: Any, cause: Cause, out: list[Output]) -> str:
    """Judge a fact again as it should have been; `cause.at` is its event time. What of it is not judged again, in words."""
    latest = subject.latest.get(plan.kind)
    if latest is None or cause.at > latest.at:
        raise Refused("malformed-data", "its subject has no fact of this kind and time", "$.data.at")
    words = f"{plan.kind} of {said.at} corrected{f' by order {said.order}' if said.order else ''}"
    again = Again(book, subject, plan.kind, said.corrects, data, words, cause, out)
    if cause.at < latest.at:
        return _older(again, plan, latest)
    before, latest.data = latest.data, data
    left = []
    for bound in _judges(book, plan, subject):
        try:
            was, now = (_alone(bound, subject, plan.kind, each, latest) for each in (before, data))
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            seen = quarantine.held(plan.kind, cause.at, cause.value, cause)
            fail(book, subject, bound, seen, error, cause, out, keep=False)
            continue
        if was[0] is not None or now[0] is not None:
            _judge(book, subject, bound, was, now, words, cause, out)
        elif not is_single(book, bound, subject, cause.at):
            left.append(bound)
    return _left(again, left)


class Again(Struct, frozen=True):
    """A correction while its rules are asked: `data` the right value of the fact at `of`, `words` how trails begin."""

    book: Book
    subject: Subject
    kind: str
    of: Place
    data: Any
    words: str
    cause: Cause
    out: list[Output]

    def note(self, key: str, said: str) -> None:
        """Write into the trail of the alert that stands."""
        noted = alarm.remarked(self.subject.alerts[key], CORRECT, f"{self.words}: {said}", self.cause)
        keep(self.subject, key, noted[0])
        self.out.extend(noted)

    def rests(self, key: str) -> Evidence | None:
        """What of the wrong value stands among the evidence of the alert that stands."""
        standing = self.subject.alerts.get(key)
        return next((each for each in standing.evidence if each.place == self.of), None) if standing else None


_NEWER = "a newer one stands"


def is_single(book: Book, bound: Bound, subject: Subject, at: int) -> bool:
    """Whether a judge knows of one fact of this time (ms) all that it knew then.

    It is a stock judge of one reading, without a look at other kinds of facts, but those that are one series with it and of
    which the subject has none; the subject was not registered anew since.
    """
    registered = subject.latest.get(REGISTRATION)
    one_series = bound.kinds == getattr(bound.judge, "series", ()) and sum(kind in subject.latest for kind in bound.kinds) == 1
    alone = not bound.own and (len(bound.kinds) == 1 or one_series) and not contexts(book.rules[bound.rule.id])
    return alone and getattr(bound.judge, "single", False) and (registered is None or registered.at <= at)


def _older(again: Again, plan: Plan, latest: Latest) -> str:
    """An older hour than the newest: what was found of it is corrected in its trail; what was missed is raised, and over."""
    left, known = [], False
    for bound in _judges(again.book, plan, again.subject):
        key = bound.judge.key
        if not is_single(again.book, bound, again.subject, again.cause.at):
            left.append(bound)
            continue
        try:
            now = _alone(bound, again.subject, plan.kind, again.data, Latest(again.cause.at, again.data))[0]
            newest = _alone(bound, again.subject, plan.kind, latest.data, latest)[0]
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            seen = quarantine.held(plan.kind, again.cause.at, again.cause.value, again.cause)
            fail(again.book, again.subject, bound, seen, error, again.cause, again.out, keep=False)
            continue
        known = _found_then(again, bound, now, newest) or known
        if again.rests(key) is not None:
            known = True
    told = _left(again, left)
    if known:
        return told
    return "; ".join(filter(None, ("no alert is remembered that this hour has a part in, and none begins with it", told)))


def _found_then(again: Again, bound: Bound, now: Finding | None, newest: Finding | None) -> bool:
    """What a judge of one reading finds of an older hour; whether anything was to be said.

    `newest`: what it finds of the newest one.
    """
    key, wrong = bound.judge.key, again.rests(bound.judge.key)
    standing = again.subject.alerts.get(key)
    if standing is not None and standing.occurrence:
        if wrong is None and now is None:
            return False
        again.note(key, f"{_values(wrong, now)}; {_NEWER}")
        if standing.active and now is None and newest is None and len(standing.evidence) == 1:
            again.subject.memory.pop(key, None)
            _apply(again, bound, Finding(active=False, reason=f"{again.words}: nothing else speaks for it"))
        return True
    ended = alarm.alert_id(bound.rule.id, bound.item, again.subject.id, again.cause.at)
    trails = past_of(again.subject).ended if again.subject.past else {}
    if ended in trails:
        said = f"the hour that it began with is {now.value}" if now else "the hour that it began with was none"
        entry = alarm.remarked_after_end(ended, trails[ended], CORRECT, f"{again.words}: {said}", again.cause)
        trails[ended] = (entry.n, entry.hash)
        again.out.append(entry)
        return True
    if now is None:
        return False
    _apply(again, bound, now)
    if key in again.subject.alerts:
        again.note(key, f"{now.value}, which it was after all; {_NEWER}")
        if newest is None:
            _apply(again, bound, Finding(active=False, reason=f"{again.words}: {_NEWER}"))
    return True


def _values(wrong: Evidence | None, now: Finding | None) -> str:
    if wrong is None:
        return f"{now.value if now else None}, which counts too"
    return f"{wrong.value} to {now.value}" if now else f"{wrong.value}, which it was not"


def _apply(again: Again, bound: Bound, finding: Finding) -> None:
    apply_finding(again.book, again.subject, bound, finding, again.cause, again.out)
    schedule_wake(again.book, again.subject, bound, again.cause, again.out)


def _left(again: Again, left: list[Bound]) -> str:
    """Of judges that judge nothing again: their alerts that rest on the wrong value say so, and all are named."""
    for bound in left:
        if again.rests(bound.judge.key) is not None:
            again.note(
                bound.judge.key, "it rests on more than this fact, or on what is no longer known: nothing is judged again"
            )
    rules = list(dict.fromkeys(bound.rule.id for bound in left))
    named = ", ".join(rules)
    return (
        f"rules that rest on more than this fact, or on what is no longer known, judge nothing again: {named}" if rules else ""
    )


Alone = tuple[Finding | None, Any]
"""What a judge says of one fact for itself, None where that is no condition; and what it remembers then."""


def _judges(book: Book, plan: Plan, subject: Subject) -> Iterator[Bound]:
    held = subject.held or {}
    for key, bound in book.bounds.items():
        if bound.rule.domain == plan.domain and plan.kind in bound.kinds and key not in held and bound.concerns(subject):
            yield bound


def _alone(bound: Bound, subject: Subject, kind: str, data: Any, latest: Latest) -> Alone:
    known = Latest(latest.at, data, before=latest.before, before_at=latest.before_at)
    then = Subject(subject.id, facts=subject.facts, latest={**subject.latest, kind: known})
    found = bound.judge.read(then, kind, data, latest.at)
    return found if found is not None and found.active else None, then.memory.get(bound.judge.key)


def _judge(
    book: Book, subject: Subject, bound: Bound, was: Alone, now: Alone, words: str, cause: Cause, out: list[Output]
) -> None:
    key = bound.judge.key
    standing = subject.alerts.get(key)
    if was[0] is not None and standing is not None:
        values = f"{was[0].value} to {now[0].value}" if now[0] else f"{was[0].value}, which it was not"
        noted = alarm.remarked(standing, CORRECT, f"{words}: {values}", cause)
        keep(subject, key, noted[0])
        out += noted
    if (was[0] is None) != (now[0] is None):
        subject.memory.pop(key, None)
        if now[1] is not None:
            subject.memory[key] = now[1]
    apply_finding(book, subject, bound, now[0] or Finding(active=False, reason=words), cause, out)
    schedule_wake(book, subject, bound, cause, out)
