"""Judging one subject, with no clock, no randomness and no I/O.

`ask` lets judges see a fact; `decide` does the rest: a person's act, a wake (time has passed), another calendar. Both change
the subject and add to the outputs: alerts and audit entries, in the order in which they happened.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from agents.core import alarm
from agents.core.alarm import Cause
from agents.core.book import Asked, Book
from agents.core.bound import Bound
from agents.core.judge import Finding
from agents.core.rule import ALERT
from agents.core.state import Subject
from streams.messages import NEVER, Act, Alert, Audit, Name, Place, Quality, Registered, format_time

Output = Alert | Audit | Quality


def target(output: Output) -> tuple[str, str]:
    """The topic (below the log's name) and the key of an output."""
    if isinstance(output, Alert):
        return "alerts", output.id
    if isinstance(output, Audit):
        return "audit", output.alert
    return "quality", output.id


KEPT_ACTS = 16
"""How many commands and ended alerts a subject remembers, to know a second copy and to answer a late act."""


class Fact(Struct, frozen=True, gc=False):
    """A fact: its kind, its decoded payload, its event time (ms), and the record that brought it, read at `now` (ms)."""

    kind: str
    data: Any
    at: int
    topic: str
    partition: int
    offset: int
    value: bytes
    now: int

    def cause(self) -> Cause:
        """The record as the cause of what follows."""
        return Cause(Place(self.topic, self.partition, self.offset), self.value, self.at, self.now)


class Command(Struct, frozen=True):
    """A person's act and the id of the command that carries it."""

    verb: str
    id: str
    act: Act
    cause: Cause


class Wake(Struct, frozen=True):
    """Time has reached `cause.now`."""

    cause: Cause


class Renewal(Struct, frozen=True):
    """The calendar has changed."""

    cause: Cause


def ask(book: Book, subject: Subject, asked: list[Asked], fact: Fact, out: list[Output]) -> None:
    """Let these judges see a fact."""
    kind, data, at = fact.kind, fact.data, fact.at
    for bound, read, due in asked:
        finding = read(subject, kind, data, at)
        if finding is not None:
            _found(book, subject, bound, finding, fact.cause(), out)
        if due is not None:
            moment = due(subject)
            if moment < subject.due:
                subject.due = moment


def await_all(timed: Iterable[Bound], subject: Subject) -> None:
    """Wake the subject no later than any of these judges asks for: it has a new kind of fact, or another registration."""
    for bound in timed:
        _await(subject, bound)


def decide(book: Book, subject: Subject, timed: Iterable[Bound], event: Command | Wake | Renewal, out: list[Output]) -> None:
    """Let one event that is no fact do to a subject what it does; `timed` are the judges to whom time matters for it."""
    if isinstance(event, Command):
        _command(subject, event, out)
    elif isinstance(event, Wake):
        _wake(book, subject, timed, event.cause, out)
    else:
        _renew(book, subject, timed, event.cause, out)


def _await(subject: Subject, bound: Bound) -> None:
    """Wake the subject no later than the judge asks for. Waking it too early costs a look and changes nothing."""
    judge = bound.judge
    if judge.timed and (due := judge.due(subject)) < subject.due:
        subject.due = due


def _wake(book: Book, subject: Subject, timed: Iterable[Bound], cause: Cause, out: list[Output]) -> None:
    now, soonest = cause.now, NEVER
    for bound in timed:
        judge = bound.judge
        due = judge.due(subject)
        if due <= now:
            finding = judge.wake(subject, now)
            if finding is not None:
                _found(book, subject, bound, finding, cause, out)
            due = judge.due(subject)
        if due < soonest:
            soonest = due
    subject.due = max(min(soonest, subject.due), now + 1)


def _renew(book: Book, subject: Subject, timed: Iterable[Bound], cause: Cause, out: list[Output]) -> None:
    for bound in timed:
        renew = getattr(bound.judge, "renew", None)
        finding = None if renew is None else renew(subject, cause.now)
        if finding is not None:
            _found(book, subject, bound, finding, cause, out)
        _await(subject, bound)


def _found(book: Book, subject: Subject, bound: Bound, finding: Finding, cause: Cause, out: list[Output]) -> None:
    key = bound.judge.key
    standing = subject.alerts.get(key)
    severity = finding.severity or bound.rule.severity
    entry: Audit | None
    if standing is not None:
        changed, entry = alarm.found(standing, finding, severity, cause)
        if changed is standing:
            return
    elif finding.active:
        changed, entry = alarm.opened(_new(book, subject, bound, finding, cause), cause)
    else:
        return
    _keep(subject, key, changed)
    out.append(changed)
    if entry is not None:
        out.append(entry)
    if standing is None or changed.active != standing.active:
        _tell(book, subject, changed, cause, out)


def _tell(book: Book, subject: Subject, alert: Alert, cause: Cause, out: list[Output]) -> None:
    """Let the rules that read this rule's alerts read this one; the book holds no circle of them."""
    for bound in book.listeners.get(alert.rule, ()):
        if not bound.concerns(subject):
            continue
        finding = bound.judge.read(subject, f"{ALERT}{alert.rule}", alert, cause.at)
        if finding is not None:
            _found(book, subject, bound, finding, cause, out)
        _await(subject, bound)


def _new(book: Book, subject: Subject, bound: Bound, finding: Finding, cause: Cause) -> Alert:
    rule = bound.rule
    facts = subject.facts or Registered(kind="", name=Name(zh=subject.id), adcode="")
    return Alert(
        id=alarm.alert_id(rule.id, bound.item, subject.id, finding.opened_at),
        rev=cause.place.offset,
        occurrence=1,
        log=cause.place.topic.partition(".")[0],
        domain=rule.domain,
        rule=rule.id,
        rule_version=rule.version,
        row=rule.row,
        title=rule.title,
        clause=book.clause(rule.clause, finding.opened_at),
        phase=rule.phase,
        severity=finding.severity or rule.severity,
        state="A",
        active=True,
        subject=subject.id,
        name=facts.name,
        item=bound.item,
        value=alarm.number(finding.value),
        limit=alarm.number(finding.limit),
        unit=bound.unit,
        lon=facts.lon,
        lat=facts.lat,
        adcode=facts.adcode,
        department=rule.department,
        guidance=rule.guidance,
        opened_at=format_time(finding.opened_at),
        raised_at=format_time(cause.now),
        changed_at=format_time(cause.now),
        cleared_at=None,
        due=None if finding.due is None else format_time(finding.due),
        provisional=finding.provisional,
        evidence=(alarm.evidence(cause, finding.value),),
        verbs=(),
        note=None,
        place=cause.place,
        audit=0,
        head=alarm.GENESIS,
    )


def _command(subject: Subject, command: Command, out: list[Output]) -> None:
    if command.id in subject.acts:
        return
    _remember(subject, command.id)
    act = command.act
    for key, standing in subject.alerts.items():
        if standing.id == act.alert:
            changed, entry = alarm.acted(standing, command.verb, act, command.cause)
            _keep(subject, key, changed)
            out += [changed, entry]
            return
    entry = alarm.refused_after_end(subject.ended[act.alert], command.verb, act, command.cause)
    subject.ended[act.alert] = (entry.n, entry.hash)
    out.append(entry)


def _keep(subject: Subject, key: str, changed: Alert) -> None:
    if changed.state != "A":
        subject.alerts[key] = changed
        return
    subject.alerts.pop(key, None)
    subject.ended[changed.id] = (changed.audit, changed.head)
    while len(subject.ended) > KEPT_ACTS:
        del subject.ended[next(iter(subject.ended))]


def _remember(subject: Subject, command_id: str) -> None:
    subject.acts.append(command_id)
    del subject.acts[:-KEPT_ACTS]
