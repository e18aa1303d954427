"""Judging one subject, with no clock, no randomness and no I/O.

`evaluate` lets judges see a fact, `decide` does the rest; both change the subject and add to the outputs in their order.
"""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agents.core import intake
from agents.core.alerts import alarm, quarantine
from agents.core.alerts.alarm import Cause, Times
from agents.core.alerts.state import Held, Past, Subject
from agents.core.alerts.suppress import begins, holding
from agents.core.judge import Finding
from agents.core.rules.book import Asked, Book
from agents.core.rules.bound import Bound, Timed
from agents.core.rules.rule import ALERT
from agents.core.trail import OpenedLog
from streams.messages import (
    GENESIS,
    NEVER,
    NOTICE,
    TICK,
    Act,
    Alert,
    Audit,
    Clause,
    Matter,
    Name,
    Place,
    Quality,
    Quarantine,
    Registered,
    SignCells,
    encode,
    format_time,
    parse_time,
)

Output = Alert | Audit | Quality | Quarantine | Matter | SignCells

KEPT_ACTS = 16
"""How many commands and ended alerts a subject remembers, to know a second copy and to answer a late act."""


class Fact(Struct, frozen=True, gc=False):
    """A fact: its kind, its decoded payload, its event time (ms), and the record that brought it, read at `now` (ms).

    `log`: that log, where it was opened.
    """

    kind: str
    data: Any
    at: int
    topic: str
    partition: int
    offset: int
    value: bytes
    now: int
    log: OpenedLog | None = None

    def cause(self) -> Cause:
        """The record as the cause of what follows."""
        return Cause(Place(self.topic, self.partition, self.offset), self.value, self.at, self.now, log=self.log)

    def held(self) -> Held:
        """The fact as a judge on hold keeps it."""
        return quarantine.held(self.kind, self.at, self.value, self.cause())


class Command(Struct, frozen=True):
    """A person's act and the id of the command that carries it; `content`: the digits of its content, where it was signed."""

    verb: str
    id: str
    act: Act
    cause: Cause
    content: str = ""


class Renewal(Struct, frozen=True):
    """The calendar has changed, or these judges' rules have; `type`: that of the event which says so."""

    cause: Cause
    type: str = NOTICE


def evaluate(
    book: Book,
    subject: Subject,
    asked: Iterable[Asked],
    kind: str,
    data: Any,
    at: int,
    fact: Callable[[], Fact],
    out: list[Output],
) -> None:
    """Let these judges see a fact of a kind at its event time (ms); `fact` makes it, where more of it is needed.

    One that raises is put on hold, and those after it still see the fact.
    """
    memory = subject.memory
    left = iter(asked)
    while True:
        try:
            for bound, key, read, due, risky in left:
                if subject.held and key in subject.held:
                    _add(subject, key, fact().held(), fact().cause(), out)
                    continue
                seen, before = False, quarantine.pack(memory.get(key)) if risky else None
                finding = read(subject, kind, data, at)
                if finding is not None:
                    apply_finding(book, subject, bound, finding, fact().cause(), out)
                seen = True
                if due is not None and (key in memory or not bound.idle):
                    moment = due(subject)
                    if moment < subject.due:
                        subject.due = moment
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            if not seen:
                quarantine.put_back(subject, bound, before)
            fail(book, subject, bound, fact().held(), error, fact().cause(), out, keep=not seen)
        else:
            return


def schedule_wakes(book: Book, timed: Iterable[Timed], subject: Subject, fact: Callable[[], Fact], out: list[Output]) -> None:
    """Wake the subject no later than any of these judges asks for.

    It has another registration, or a first fact of a kind that these judges read.
    """
    left = iter(timed)
    while True:
        try:
            for bound, key, due_of, idle in left:  # noqa: B007 - whoever raised is told below
                if (idle and key not in subject.memory) or (subject.held and key in subject.held):
                    continue
                due = due_of(subject)
                if due < subject.due:
                    subject.due = due
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            cause = fact().cause()
            fail(book, subject, bound, quarantine.held(TICK, cause.at, cause.value, cause), error, cause, out, keep=False)
        else:
            return


def fail(
    book: Book,
    subject: Subject,
    bound: Bound,
    seen: Held,
    error: Exception,
    cause: Cause,
    out: list[Output],
    *,
    keep: bool,
) -> None:
    """Put a judge on hold that raised at this, and tell people; `keep`: it has not judged what it saw, so that is held."""
    _begin(book, subject, bound.judge.key, bound, seen, error, cause, out, keep=keep)


def fail_check(book: Book, subject: Subject, fact: Fact, error: Exception, out: list[Output]) -> None:
    """Hold a fact for a domain's own check that raised at it. The check sees those after it all the same: it has no memory."""
    key = f"{quarantine.CHECK}{fact.kind}"
    if subject.held and key in subject.held:
        _add(subject, key, fact.held(), fact.cause(), out)
    else:
        _begin(book, subject, key, None, fact.held(), error, fact.cause(), out, keep=True)


def _begin(
    book: Book,
    subject: Subject,
    key: str,
    bound: Bound | None,
    seen: Held,
    error: Exception,
    cause: Cause,
    out: list[Output],
    *,
    keep: bool,
) -> None:
    domain = cause.place.topic.partition(".events.")[2]
    telling = book.oversight(domain, key)
    apply_finding(book, subject, telling, Finding(active=True, opened_at=cause.at), cause, out)
    alert = subject.alerts[telling.judge.key]
    department = bound.rule.department.id if bound else book.owner(f"{domain}.{seen.kind}")
    record = quarantine.record(key, bound, department, subject, seen, (alert.id, alert.occurrence))
    hold = quarantine.begin(quarantine.described(record, seen, error, cause), subject, key, cause.now)
    if keep:
        quarantine.add(subject, hold, seen)
    out.append(quarantine.revised(hold, cause.place.offset))


def _add(subject: Subject, key: str, seen: Held, cause: Cause, out: list[Output]) -> None:
    hold = (subject.held or {})[key]
    if quarantine.add(subject, hold, seen):
        out.append(quarantine.revised(hold, cause.place.offset))


def decide(book: Book, subject: Subject, timed: Iterable[Timed], event: Command | Renewal, out: list[Output]) -> None:
    """Let one event that is no fact do to a subject what it does; `timed` are the judges to whom time matters for it."""
    if isinstance(event, Command):
        _command(book, subject, event, out)
    else:
        _renew(book, subject, timed, event, out)


def schedule_wake(book: Book, subject: Subject, bound: Bound, cause: Cause, out: list[Output]) -> None:
    """Wake the subject no later than the judge asks for. Waking it too early costs a look and changes nothing."""
    judge = bound.judge
    if not judge.timed or (subject.held and judge.key in subject.held):
        return
    try:
        due = judge.due(subject)
        if due < subject.due:
            subject.due = due
    except Exception as error:  # noqa: BLE001 - whatever a rule raises
        fail(book, subject, bound, quarantine.held(TICK, cause.at, cause.value, cause), error, cause, out, keep=False)


def wake(book: Book, subject: Subject, timed: Iterable[Timed], cause: Cause, out: list[Output]) -> None:
    """Let time, which has reached `cause.now`, do to a subject what it does; `timed` are the judges to whom it matters."""
    now, remembered = cause.now, subject.memory
    soonest = _alarms_pass(book, subject, cause, out) if subject.alerts else NEVER
    left = iter(timed)
    while True:
        try:
            for bound, key, due_of, idle in left:
                if (idle and key not in remembered) or (subject.held and key in subject.held):
                    continue
                memory = None
                due = due_of(subject)
                if due <= now:
                    memory = quarantine.kept(subject, bound)
                    finding = bound.judge.wake(subject, now)
                    if finding is not None:
                        apply_finding(book, subject, bound, finding, cause, out)
                    memory = None
                    due = due_of(subject)
                if due < soonest:
                    soonest = due
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            quarantine.put_back(subject, bound, memory)
            fail(book, subject, bound, quarantine.held(TICK, cause.at, cause.value, cause), error, cause, out, keep=False)
        else:
            break
    subject.due = max(min(soonest, subject.due), now + 1)


def _renew(book: Book, subject: Subject, timed: Iterable[Timed], event: Renewal, out: list[Output]) -> None:
    cause = event.cause
    for bound, *_ in timed:
        renew = getattr(bound.judge, "renew", None)
        if renew is not None and not (subject.held and bound.judge.key in subject.held):
            memory = quarantine.kept(subject, bound)
            try:
                finding = renew(subject, cause.now)
                if finding is not None:
                    apply_finding(book, subject, bound, finding, cause, out)
            except Exception as error:  # noqa: BLE001 - whatever a rule raises
                quarantine.put_back(subject, bound, memory)
                seen = quarantine.held(event.type, cause.at, cause.value, cause)
                fail(book, subject, bound, seen, error, cause, out, keep=False)
        schedule_wake(book, subject, bound, cause, out)


def apply_finding(book: Book, subject: Subject, bound: Bound, finding: Finding, cause: Cause, out: list[Output]) -> None:
    """What a judge's finding does to its alert, and what that does to the rules that read its alerts."""
    key = bound.judge.key
    standing = subject.alerts.get(key)
    severity = finding.severity or bound.rule.severity
    entry: Audit | None
    ruled: Audit | None = None
    begins = finding.active and (standing is None or not standing.occurrence)
    clause = book.clause(bound, subject, finding.opened_at) if begins else None
    if not finding.in_force or (begins and clause is None):
        _tell_early(book, subject, bound, cause, out)
        return
    if standing is not None:
        known = standing
        if clause is not None:
            begun, now = format_time(finding.opened_at), format_time(cause.now)
            known = _pinned(bound, replace(standing, opened_at=begun, raised_at=now), clause)
        elif finding.active and bound.rule.version != (known.judged_by or known.rule_version):
            known, ruled = _ruled(book, subject, bound, standing, cause)
        changed, entry = alarm.found(known, finding, severity, cause)
        if changed is standing:
            return
    elif clause is not None:
        raised = replace(_new(subject, bound, finding, cause, clause), first_out=_first_out(book, subject, bound))
        aside = holding(bound.suppress, subject, cause.now) if bound.suppress else None
        changed, entry = alarm.designed(raised, aside, cause) or alarm.opened(raised, cause)
    else:
        return
    keep(subject, key, changed)
    out.append(changed)
    out += [each for each in (ruled, entry) if each is not None]
    subject.due = min(subject.due, _due(bound, subject, changed, cause.now))
    if standing is None or changed.active != standing.active:
        _tell(book, subject, changed, cause, out)


def _tell(book: Book, subject: Subject, alert: Alert, cause: Cause, out: list[Output]) -> None:
    """Let the rules that read this rule's alerts read this one; the book holds no circle of them."""
    for bound in book.listeners.get(alert.rule, ()):
        if not bound.concerns(subject):
            continue
        kind, key = f"{ALERT}{alert.rule}", bound.judge.key
        if subject.held and key in subject.held:
            _add(subject, key, quarantine.held(kind, cause.at, encode(alert), cause), cause, out)
            continue
        memory = quarantine.kept(subject, bound)
        try:
            finding = bound.judge.read(subject, kind, alert, cause.at)
            if finding is not None:
                apply_finding(book, subject, bound, finding, cause, out)
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            quarantine.put_back(subject, bound, memory)
            seen = quarantine.held(kind, cause.at, encode(alert), cause)
            fail(book, subject, bound, seen, error, cause, out, keep=True)
        schedule_wake(book, subject, bound, cause, out)


def _tell_early(book: Book, subject: Subject, bound: Bound, cause: Cause, out: list[Output]) -> None:
    """Tell, once for each judge of a subject, that nothing is judged: no edition of its clause binds then and there."""
    told = subject.early or []
    if bound.judge.key in told:
        return
    subject.early = [*told, bound.judge.key]
    type_, _ = intake.whose(cause.value)
    message = f"at that time no edition of the clause of rule {bound.rule.id} binds its subject: nothing is judged by it"
    source = intake.Source(cause.place, len(cause.value), book.owner(type_), type_, subject.id)
    log = cause.place.topic.partition(".")[0]
    refused = intake.Refused("not-in-force", message, "$.time", bound.rule.row)
    out.append(intake.record(refused, source, log, bound.rule.domain, cause.now))


def _ruled(book: Book, subject: Subject, bound: Bound, alert: Alert, cause: Cause) -> tuple[Alert, Audit]:
    """Another version of its rule finds an alert true: it keeps the one that raised it, but a new occurrence is the other's."""
    if alert.active:
        return alarm.judged(alert, bound.rule.version, cause)
    clause = book.clause(bound, subject, parse_time(alert.opened_at)) or alert.clause
    return alarm.ruled(replace(_pinned(bound, alert, clause), judged_by=""), alert.rule_version, cause)


def _pinned(bound: Bound, alert: Alert, clause: Clause) -> Alert:
    """An alert with what its rule says now, and its clause in the edition of the time when it began."""
    rule = bound.rule
    return replace(
        alert,
        rule_version=rule.version,
        row=rule.row,
        title=rule.title,
        clause=clause,
        phase=rule.phase,
        unit=bound.unit,
        department=rule.department,
        guidance=rule.guidance,
        latch=rule.latch,
        case=alert.case or alarm.case(parse_time(alert.raised_at), rule.times.conclude),
    )


def _first_out(book: Book, subject: Subject, bound: Bound) -> bool | None:
    """Whether an alarm that is raised now is the first of its group that stands; None where it has no group."""
    group = bound.rule.first_out
    if not group:
        return None
    others = ((book.bounds.get(key), alert) for key, alert in subject.alerts.items() if key != bound.judge.key)
    return not any(other is not None and other.rule.first_out == group and alert.active for other, alert in others)


def _new(subject: Subject, bound: Bound, finding: Finding, cause: Cause, clause: Clause) -> Alert:
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
        clause=clause,
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
        latch=rule.latch,
        case=alarm.case(cause.now, rule.times.conclude) if finding.active else None,
        upstream=upstream if isinstance(upstream := facts.traits.get("upstream"), str) else "",
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
        head=GENESIS,
    )


def _command(book: Book, subject: Subject, command: Command, out: list[Output]) -> None:
    past = past_of(subject)
    known = past.notified if command.verb == alarm.NOTIFY else past.acts
    if knows(known, command.id):
        return
    remember(known, command)
    act, cause = command.act, command.cause
    key, standing = _named(book, subject, act, cause)
    if standing is None:
        entry = alarm.after_end(past.ended[act.alert], command.verb, act, cause)
        past.ended[act.alert] = (entry.n, entry.hash)
        out.append(entry)
        return
    changed, entry = alarm.acted(standing, command.verb, act, cause)
    keep(subject, key, changed)
    out += [changed, entry]
    if bound := book.bounds.get(key):
        _suppress(subject, bound, cause, out)


def _named(book: Book, subject: Subject, act: Act, cause: Cause) -> tuple[str, Alert | None]:
    """The key and the alert of the alarm that an act names; an alarm in state A gets one, None where the alert has ended."""
    if act.alert:
        return next(((key, alert) for key, alert in subject.alerts.items() if alert.id == act.alert), ("", None))
    standing = subject.alerts.get(act.alarm)
    return act.alarm, standing or _at_rest(book, subject, book.bounds[act.alarm], cause)


def _at_rest(book: Book, subject: Subject, bound: Bound, cause: Cause) -> Alert:
    """The alert of an alarm whose condition is not true, so that people can put it aside: occurrence 0, without evidence."""
    clause = book.clause(bound, subject, cause.now) or book.first_edition(bound)
    new = _new(subject, bound, Finding(active=False, opened_at=cause.now), cause, clause)
    return replace(new, occurrence=0, active=False, evidence=(), verbs=alarm.VERBS["A"])


def apply_suppression(subject: Subject, bounds: Iterable[Bound], cause: Cause, out: list[Output]) -> None:
    """Let a fact do to the alerts of these judges what it does by their rules' design; later facts and time end it again."""
    for bound in bounds:
        _suppress(subject, bound, cause, out)


def _suppress(subject: Subject, bound: Bound, cause: Cause, out: list[Output]) -> None:
    """Suppress the alert of a judge, or end that, as its rule says; then wake the subject when time next matters to it."""
    key = bound.judge.key
    standing = subject.alerts.get(key)
    if standing is None:
        return
    if bound.suppress and (done := alarm.designed(standing, holding(bound.suppress, subject, cause.now), cause)):
        keep(subject, key, done[0])
        out += done
        standing = done[0]
    subject.due = min(subject.due, _due(bound, subject, standing, cause.now))


def _due(bound: Bound | None, subject: Subject, alert: Alert, now: int) -> int:
    """When time next does something to an alert (ms), or NEVER."""
    if alert.ended or bound is None:
        return NEVER
    return min(alarm.due(alert, bound.rule.times), begins(bound.suppress, subject, now) if bound.suppress else NEVER)


def _alarms_pass(book: Book, subject: Subject, cause: Cause, out: list[Output]) -> int:
    """Let time do to a subject's alerts what it does by itself; when it next does so (ms), or NEVER."""
    soonest = NEVER
    for key, alert in list(subject.alerts.items()):
        bound, changed = book.bounds.get(key), alert
        times = bound.rule.times if bound else Times()
        while not changed.ended and alarm.due(changed, times) <= cause.now:
            changed, entry = alarm.passed(changed, times, cause)
            out += [changed, entry]
        if bound and bound.suppress and (done := alarm.designed(changed, holding(bound.suppress, subject, cause.now), cause)):
            changed = done[0]
            out += done
        if changed is not alert:
            keep(subject, key, changed)
        soonest = min(soonest, _due(bound, subject, changed, cause.now))
    return soonest


def keep(subject: Subject, key: str, changed: Alert) -> None:
    """Keep an alert as it stands now; of one that has ended only its trail is remembered."""
    if not changed.ended:
        subject.alerts[key] = changed
        return
    subject.alerts.pop(key, None)
    ended = past_of(subject).ended
    ended[changed.id] = (changed.audit, changed.head)
    while len(ended) > KEPT_ACTS:
        del ended[next(iter(ended))]


def past_of(subject: Subject) -> Past:
    """What is remembered of acts on a subject's alerts, to be added to."""
    if subject.past is None:
        subject.past = Past()
    return subject.past


def knows(known: list[str], identity: str) -> bool:
    """Whether an event of this id is among those that are `known`."""
    return any(each.startswith(identity) for each in known)


def remember(known: list[str], command: Command) -> None:
    """Remember a command among those that are `known`, so that a second copy of it changes nothing."""
    known.append(f"{command.id}{command.content}")
    del known[:-KEPT_ACTS]
