"""A corrected value: an event links to the fact that it corrects. The hour is judged again; what was found stays in trails.

Only what one fact decides can be judged again: a judge that looks over several facts has counted the wrong value in, and
goes on with it. The newest fact of its kind is judged again; of an older one the trails tell that it was corrected.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Raw, Struct

from agents.core import intake
from agents.core.alerts import alarm, quarantine
from agents.core.alerts.alarm import Cause
from agents.core.alerts.decide import Output, apply_finding, fail, keep, schedule_wake
from agents.core.alerts.state import Latest, Subject
from agents.core.intake import Refused, bad_data
from agents.core.judge import Finding
from agents.core.rules.book import Book, Plan
from agents.core.rules.bound import Bound
from streams.messages import Event, Place
from streams.messages.words import Line, Why

CORRECTED = ".corrected"
"""Types that end so correct a fact of their domain: `environment.corrected`. It is stated: in an opened log it is signed."""

CORRECT = "correct"
"""The event of the trail's entry."""


class Corrected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data of a correction: the place of the fact that it `corrects`, the fact's kind and its event time.

    `data`: all of the fact's data as they should have been; `order`: the number of the order that led to it.
    """

    corrects: Place
    kind: Line
    at: Line
    data: Raw
    reason: Why
    order: Line = ""


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
    at = intake.time_of(said.at)
    try:
        return said, plan, at, plan.decode(said.data)
    except msgspec.DecodeError as error:
        raise bad_data(error, "$.data.data") from None


def correct(book: Book, subject: Subject, plan: Plan, said: Corrected, data: Any, cause: Cause, out: list[Output]) -> None:
    """Judge a fact again as it should have been; `cause.at` is its event time."""
    latest = subject.latest.get(plan.kind)
    if latest is None or cause.at > latest.at:
        raise Refused("malformed-data", "its subject has no fact of this kind and time", "$.data.at")
    words = f"{plan.kind} of {said.at} corrected{f' by order {said.order}' if said.order else ''}"
    if cause.at < latest.at:
        _tell(subject, said.corrects, f"{words}: a newer one stands, nothing is judged again", cause, out)
        return
    before, latest.data = latest.data, data
    for bound in _judges(book, plan, subject):
        try:
            was, now = (_alone(bound, subject, plan.kind, each, latest) for each in (before, data))
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            seen = quarantine.held(plan.kind, cause.at, cause.value, cause)
            fail(book, subject, bound, seen, error, cause, out, keep=False)
            continue
        if was[0] is not None or now[0] is not None:
            _judge(book, subject, bound, was, now, words, cause, out)


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


def _tell(subject: Subject, of: Place, words: str, cause: Cause, out: list[Output]) -> None:
    for key, alert in list(subject.alerts.items()):
        if any(each.place == of for each in alert.evidence):
            noted = alarm.remarked(alert, CORRECT, words, cause)
            keep(subject, key, noted[0])
            out += noted
