"""The life of an alarm: the state table of ANSI/ISA-18.2-2016 and IEC 62682 as data, and the one way to take a step in it.

Letters: A normal, B unacknowledged, C acknowledged, D returned to normal and unacknowledged, E shelved, F suppressed by design,
G out of service; C and D latched wait for a reset. A step that the table does not hold is refused, and the refusal stands in
the audit trail. Nothing here reads a clock: times are the log's.
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2s, sha256
from typing import Literal, cast, get_args

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from agents.core.dates import is_time
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.trail import OpenedLog, hashed
from streams.messages import (
    ALARM_RIGHTS,
    ALERT_RIGHTS,
    ASIDE,
    DAY,
    DESK_RIGHTS,
    HOUR,
    LINK,
    NEVER,
    RELEASE,
    Act,
    Actor,
    Alert,
    Aside,
    Audit,
    Case,
    Conclusion,
    Evidence,
    Link,
    Note,
    Place,
    Severity,
    State,
    Truth,
    Verification,
    Words,
    format_time,
    glued,
    is_text,
    parse_time,
    shown,
)

Step = Literal[
    "raise",
    "clear",
    "re-alarm",
    "acknowledge",
    "shelve",
    "unshelve",
    "shelve-end",
    "suppress",
    "unsuppress",
    "remove-from-service",
    "return-to-service",
    "reset",
]
"""What happens to an alarm. `shelve-end`: its time is over; where a person ends the shelving, it is `unshelve`."""

Guard = Literal["", "active", "inactive", "latched", "not latched"]
"""What must be true besides: of the condition, or of the rule."""


class Row(Struct, frozen=True):
    """A row of the state table: from each of these states, by each of these steps, where the guard holds, to `after`."""

    number: int
    before: tuple[State, ...]
    steps: tuple[Step, ...]
    after: State
    guard: Guard = ""


_STANDING: tuple[State, ...] = ("B", "C", "D", "C-latched", "D-latched")

ROWS = (
    Row(1, ("A",), ("raise",), "B"),
    Row(2, ("B",), ("acknowledge",), "C"),
    Row(3, ("C",), ("clear",), "A", "not latched"),
    Row(4, ("B",), ("clear",), "D", "not latched"),
    Row(5, ("D",), ("acknowledge",), "A"),
    Row(6, ("D", "D-latched"), ("re-alarm",), "B"),
    Row(7, ("C", "C-latched"), ("re-alarm",), "B"),
    Row(8, ("A", *_STANDING), ("shelve",), "E"),
    Row(9, ("E",), ("shelve-end",), "B", "active"),
    Row(10, ("E",), ("unshelve",), "C", "active"),
    Row(11, ("E",), ("shelve-end", "unshelve"), "A", "inactive"),
    Row(12, ("A", *_STANDING), ("suppress",), "F"),
    Row(13, ("F",), ("unsuppress",), "B", "active"),
    Row(13, ("F",), ("unsuppress",), "A", "inactive"),
    Row(14, ("A", *_STANDING, "E", "F"), ("remove-from-service",), "G"),
    Row(15, ("G",), ("return-to-service",), "B", "active"),
    Row(15, ("G",), ("return-to-service",), "A", "inactive"),
    Row(16, ("C",), ("clear",), "C-latched", "latched"),
    Row(17, ("B",), ("clear",), "D-latched", "latched"),
    Row(17, ("D-latched",), ("acknowledge",), "C-latched"),
    Row(18, ("C-latched",), ("reset",), "A", "inactive"),
)
"""The complete table (ISA-18.2-2016 figure 3 and 11.7.3; rows 16 to 18: the 2009 edition, and OPC UA Part 9 LatchedState).

Row 10: who ends the shelving by hand has seen the alarm, so it comes back acknowledged; row 9: time alone has seen nothing.
"""

_KNOWN: dict[tuple[State, Step, Guard], State] = {
    (before, step, row.guard): row.after for row in ROWS for before in row.before for step in row.steps
}

VERBS: dict[State, tuple[str, ...]] = {
    "A": ("shelve", "suppress", "remove-from-service"),
    "B": ("acknowledge", "shelve", "suppress", "remove-from-service", "comment"),
    "C": ("confirm", "shelve", "suppress", "remove-from-service", "comment"),
    "D": ("acknowledge", "shelve", "suppress", "remove-from-service", "comment"),
    "C-latched": ("reset", "confirm", "shelve", "suppress", "remove-from-service", "comment"),
    "D-latched": ("acknowledge", "shelve", "suppress", "remove-from-service", "comment"),
    "E": ("unshelve", "remove-from-service", "comment"),
    "F": ("unsuppress", "remove-from-service", "comment"),
    "G": ("return-to-service", "comment"),
}
"""What a person may do in each state; in A of an alarm that has no alert."""

MAX_SHELVED: dict[Severity, int] = {"red": HOUR, "orange": 4 * HOUR, "yellow": 8 * HOUR, "blue": DAY}
"""For how long (ms) an alarm may be shelved, once or timed. ISA-18.2 11.7 asks for a maximum; these are a choice: red one hour,
yellow one shift."""

TOP_LEVEL = 3
"""How far up an alert goes that nobody acknowledges: desk, head of section, leader on duty. A choice."""

MAX_REMINDED = 3
"""How often the highest level is asked again about one occurrence; a choice, so that no alert calls without end."""

DESIGN = "design"
"""The role of a rule's own suppression (state F), beside those of people."""

CONCLUSIONS: tuple[Conclusion, ...] = get_args(Conclusion)

TRUTHS: tuple[Truth, ...] = get_args(Truth)

REPORTS = ("oral", "written", "follow-up")
"""How the leader on duty was told: 口头, 书面, 续报."""

TIES = {LINK: "link", RELEASE: "release"}
"""What entries of trails call an order's tie to an alert, and its end."""

MAX_ASIDE = 366 * DAY
"""For how long (ms) an alarm may be suppressed or out of service before somebody must say so again; a choice."""

RETRY = "retry"
"""The act that lets a rule judge again what it raised an exception at (`agents.core.alerts.retry`)."""

RULE_FAILED = "rule-failed"
"""The rule of the oversight alert about a judge on hold; the alert's item is that judge."""

NOTIFY = "notify"
"""What the notifier says that it has sent of an alert, or has given up (`agents.notifications`). It is no person's act: it
changes nothing but the trail, holds in every state and for every occurrence, and goes on after the alert's end."""

RANK: dict[Severity, int] = {"blue": 1, "yellow": 2, "orange": 3, "red": 4}

FIRST_EVIDENCE, LAST_EVIDENCE = 4, 4
"""An alert keeps the first and the newest events that counted."""


class Times(Struct, frozen=True):
    """What a rule says time does to its alerts (ms, 0 for nothing).

    `re_alarm`: so long after its acknowledgement it asks again; `escalate`: so long without an acknowledgement it goes one
    level up, and again, by its severity; `conclude`: so long its case may be open.
    """

    re_alarm: int = 0
    escalate: Mapping[Severity, int] = {}
    conclude: int = 0


class Cause(Struct, frozen=True):
    """The record that causes a step: where it stands, its bytes, its event time and the partition's time (ms).

    `origin`: place and SHA-256 of the record that is the evidence, where that is an earlier one, judged again. `log`: that log,
    where it was opened; `kid`: the key that signed the record, where it was verified.
    """

    place: Place
    value: bytes
    at: int
    now: int
    origin: tuple[Place, str] | None = None
    log: OpenedLog | None = None
    kid: str = ""


def alert_id(rule: str, item: str, subject: str, opened_at: int) -> str:
    """BLAKE2s-128 (hex) of what makes an alert this alert: rule, item, subject, event time of its beginning."""
    parts = "\x1f".join((rule, item, subject, str(opened_at)))
    return blake2s(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def opened(alert: Alert, cause: Cause) -> tuple[Alert, Audit]:
    """Row 1: a new alert, given in state A with all its facts, becomes unacknowledged."""
    return _step(alert, "raise", cause, None, "")


def designed(alert: Alert, aside: tuple[str, int] | None, cause: Cause) -> tuple[Alert, Audit] | None:
    """Rows 12 and 13: what its rule's own suppression does to an alert; None where it changes nothing.

    `aside`: why it is suppressed now and until when (ms, NEVER without an end), None where it is not. Another end, or another
    reason, of a suppression stands in the trail too.
    """
    mine = alert.state == "F" and by_design(alert)
    if aside is None:
        return _step(alert, "unsuppress", cause, None, "what its rule suppresses it for is over") if mine else None
    reason, until = aside
    if alert.state in ASIDE and not mine:
        return None
    if until - cause.now > MAX_ASIDE:
        until = parse_time(alert.aside.until) if mine and alert.aside else cause.now + MAX_ASIDE
    if mine and alert.aside and (alert.aside.note.reason, parse_time(alert.aside.until)) == (reason, until):
        return None
    note = Note(
        verb="suppress", actor=Actor(id=alert.rule, name=alert.rule, role=DESIGN), reason=reason, at=format_time(cause.now)
    )
    changed = replace(alert, aside=Aside(note=note, until=format_time(until)))
    words = f"{reason} (until {format_time(until)})"
    return _entry(changed, "suppress", "", "F", cause, None, words) if mine else _step(changed, "suppress", cause, None, words)


def by_design(alert: Alert) -> bool:
    """Whether an alert is put aside by its rule, not by a person."""
    return alert.aside is not None and alert.aside.note.actor.role == DESIGN


def found(alert: Alert, finding: Finding, severity: Severity, cause: Cause) -> tuple[Alert, Audit | None]:
    """What a judge's new finding does to an alert that is open; no audit entry where only the value is new."""
    if not finding.active:
        return _normal(alert, finding.reason, cause) if alert.active else (alert, None)
    now = _measured(alert, finding, severity, cause)
    if not alert.active:
        return _again(now, cause)
    if alert.state == "C":
        if RANK[severity] > RANK[alert.severity]:
            return _annunciated(now, cause, "severity up")
        if not set(finding.tiers) <= set(alert.tiers):
            return _annunciated(now, cause, "new sub-condition")
    if severity != alert.severity:
        now = replace(now, asked_at=format_time(cause.now))
        return _entry(now, "severity", "", alert.state, cause, None, f"{alert.severity} to {severity}")
    return _revised(now, cause), None


def due(alert: Alert, times: Times) -> int:
    """When time alone does something to an alert of a rule (ms), or NEVER."""
    return min(_due_case(alert), _due_alarm(alert, times))


def passed(alert: Alert, times: Times, cause: Cause) -> tuple[Alert, Audit]:
    """The time is over at which an alert is `due`: rows 7, 9, 11, 13 and 15, an escalation or a case, without a person."""
    if alert.case is not None and _due_case(alert) <= _due_alarm(alert, times):
        late = replace(alert, case=replace(alert.case, overdue=True))
        return _entry(late, "overdue", "", alert.state, cause, None, f"its case should be concluded by {alert.case.due}")
    if alert.state == "C":
        return _annunciated(alert, cause, "re-alarm time")
    if alert.state in _UNACKNOWLEDGED:
        return _escalated(alert, cause)
    steps: dict[State, Step] = {"E": "shelve-end", "F": "unsuppress", "G": "return-to-service"}
    return _step(alert, steps[alert.state], cause, None, "its time is over")


def case(now: int, lasts: int) -> Case | None:
    """The case of an occurrence that begins now (ms), of a rule that gives it so long; None where the rule has none."""
    return Case(opened_at=format_time(now), due=format_time(now + lasts)) if lasts else None


def verbs(alert: Alert) -> tuple[str, ...]:
    """What people may do to an alert as it stands. A case cannot be concluded while its condition is true."""
    if alert.ended:
        return ()
    of_hold = (RETRY,) if alert.rule == RULE_FAILED and alert.active else ()
    of_alarm = () if alert.state == "A" else (*VERBS[alert.state], *of_hold)
    of_case: tuple[str, ...] = ()
    if alert.case is not None:
        of_case = ("reopen",) if not alert.case.open else () if alert.active else ("conclude",)
    return (*of_alarm, *of_case, *(() if "comment" in of_alarm else ("comment",)))


def ruled(alert: Alert, before: str, cause: Cause) -> tuple[Alert, Audit]:
    """An alert that carries another version of its rule than the one `before`: the trail says so."""
    return _entry(alert, "rule", "", alert.state, cause, None, f"version {before} to {alert.rule_version}")


def judged(alert: Alert, version: str, cause: Cause) -> tuple[Alert, Audit]:
    """An alert that goes on, found true by another version of its rule than the one that raised it: the trail says so once."""
    by = "" if version == alert.rule_version else version
    reason = f"raised by version {alert.rule_version}, judged by {version} from here on"
    return _entry(replace(alert, judged_by=by), "rule", "", alert.state, cause, None, reason)


def remarked(alert: Alert, event: str, reason: str, cause: Cause) -> tuple[Alert, Audit]:
    """An alert of which its trail says something; nothing else changes."""
    return _entry(alert, event, "", alert.state, cause, None, reason)


def acted(alert: Alert, verb: str, act: Act, cause: Cause) -> tuple[Alert, Audit]:
    """A person's act: the step it asks for, or a refusal that says why; both are in the trail."""
    why_not = refusal(alert, verb, act) or ("nothing is on hold" if verb == RETRY else "")
    if why_not:
        return _entry(alert, "refuse", verb, alert.state, cause, act.actor, why_not)
    if verb == NOTIFY:
        return _entry(alert, NOTIFY, NOTIFY, alert.state, cause, act.actor, *apart(act.reason, NOTIFY, cause))
    note = _note(verb, act, cause)
    noted, added = replace(alert, note=note), ""
    if verb in {"acknowledge", "unshelve"}:
        noted = replace(noted, acknowledged=note)
    elif verb == "confirm":
        noted = replace(noted, confirmed=note)
    elif verb in _ASIDE_BY:
        aside = _aside(alert, verb, act, note, cause)
        noted = replace(noted, aside=aside)
        permit = f", permit {shown(act.permit).en}" if act.permit else ""
        added = f"until {aside.until}{', once' * aside.once}{permit}"
    if verb in {"conclude", "reopen"}:
        return _case_entry(noted, verb, act, note, cause)
    if verb in DESK_RIGHTS:
        return _desk_entry(noted, verb, act, note, cause)
    said = apart(act.reason, verb, cause, added)
    if verb in {"confirm", "comment"}:
        return _entry(noted, verb, verb, alert.state, cause, act.actor, *said)
    return _step(noted, cast("Step", verb), cause, act.actor, *said)


def retried(alert: Alert, act: Act, cause: Cause) -> tuple[Alert, Audit, bool]:
    """A person's order to judge again what a rule on hold has not judged, on the alert that tells of it; whether to do so."""
    why_not = refusal(replace(alert, verbs=(RETRY,)), RETRY, act)
    if why_not:
        return *_entry(alert, "refuse", RETRY, alert.state, cause, act.actor, why_not), False
    noted, said = replace(alert, note=_note(RETRY, act, cause)), apart(act.reason, RETRY, cause)
    return *_entry(noted, RETRY, RETRY, alert.state, cause, act.actor, *said), True


def apart(own: Words, event: str, cause: Cause, added: str = "") -> tuple[str, Words | UnsetType]:
    """Reason and words of the entry of an act.

    A person's words stand apart from what the judge adds where they are sealed, and all of them in an opened log; the
    notifier's are no person's.
    """
    together = isinstance(own, str) and (cause.log is None or event == NOTIFY)
    return (glued(event, str(own), added), UNSET) if together else (added, own)


def refusal(alert: Alert, verb: str, act: Act) -> str:
    """Why this act may not be done now, or an empty text."""
    return next(_objections(alert, verb, act), "")


def _objections(alert: Alert, verb: str, act: Act) -> Iterator[str]:
    """What speaks against an act, the plainest first; each rests on those before it being well."""
    if verb not in ALERT_RIGHTS:
        yield f"no act {verb!r}; acts are {', '.join(ALARM_RIGHTS)}"  # as trails have had it since their first release
    if act.actor.role not in ALERT_RIGHTS[verb]:
        yield f"role {act.actor.role!r} may not {verb}; {' or '.join(sorted(ALERT_RIGHTS[verb]))} may"
    if verb != NOTIFY and act.occurrence != alert.occurrence:
        yield f"the act is for occurrence {act.occurrence}, the alert is at occurrence {alert.occurrence}"
    if verb != NOTIFY and not alert.allows(verb):
        yield f"cannot {verb} in state {alert.state}"
    if not is_text(act.reason):
        yield f"{verb} needs a reason"
    if verb in _ASIDE_BY:
        yield from _unlasting(alert, verb, act)
    if verb == "confirm":
        yield from _unconfirmed(alert, act)
    if verb == "conclude":
        yield from _inconclusive(alert, act)
    if verb in DESK_RIGHTS:
        yield from _untold(verb, act)
    if verb == "unsuppress" and by_design(alert):
        yield "its rule suppresses it: that ends with its reason; remove it from service if it must be silent otherwise"


def after_end(trail: tuple[int, str], verb: str, act: Act, cause: Cause) -> Audit:
    """The entry for an act on an alert that has ended: number and hash of its last entry continue the trail.

    A person's act is refused; what the notifier has sent stands there as it does before the end.
    """
    told = verb == NOTIFY and act.actor.role in ALERT_RIGHTS[NOTIFY]
    reason, words = apart(act.reason, NOTIFY, cause) if told else ("the alert has ended", UNSET)
    entry = _past(act.alert, trail, NOTIFY if told else "refuse", reason, cause)
    said = replace(entry, verb=verb, occurrence=act.occurrence, actor=act.actor, words=words)
    return hashed(said, cause.log, None, cause.kid)


def tied(alert: Alert, kind: str, link: Link, cause: Cause) -> tuple[Alert, Audit] | None:
    """What an order's link or release (`kind`) does to an alert: it is tied to one order more, or less; None where it is so.

    An order that was sent about an earlier occurrence ties the alert as it stands; of a later one there is nothing to tie.
    """
    orders, event = alert.orders or (), TIES[kind]
    if (link.order in orders) == (kind == LINK):
        return None
    if kind == RELEASE:
        left = tuple(each for each in orders if each != link.order)
        return _tie_entry(replace(alert, orders=left or UNSET), event, "", link, cause, _order(link))
    if link.occurrence > alert.occurrence:
        why_not = f"{_order(link)} is about occurrence {link.occurrence}, the alert is at occurrence {alert.occurrence}"
        return _tie_entry(alert, "refuse", event, link, cause, why_not)
    older = f", sent about occurrence {link.occurrence}" if link.occurrence < alert.occurrence else ""
    return _tie_entry(replace(alert, orders=(*orders, link.order)), event, "", link, cause, _order(link) + older)


def tied_after_end(trail: tuple[int, str], link: Link, cause: Cause) -> Audit:
    """What the trail of an alert that has ended says of an order's link; `trail` as of `after_end`."""
    blank = _past(link.alert, trail, "refuse", f"{_order(link)}: the alert has ended", cause)
    return hashed(replace(blank, verb=TIES[LINK], occurrence=link.occurrence, order=link.order), cause.log, None)


def _tie_entry(alert: Alert, event: str, verb: str, link: Link, cause: Cause, reason: str) -> tuple[Alert, Audit]:
    return _entry(alert, event, verb, alert.state, cause, None, reason, order=link.order)


def _order(link: Link) -> str:
    """An order as trails name it: its number, or its id where it has none, and of one that has ended what it came to."""
    name = f"order {link.number or link.order}"
    return f"{name}, {link.outcome}" if link.outcome else name


def remarked_after_end(alert: str, trail: tuple[int, str], event: str, reason: str, cause: Cause) -> Audit:
    """What the trail of an alert says that has ended; `trail` as of `after_end`."""
    return hashed(_past(alert, trail, event, reason, cause), cause.log, None)


def _past(alert: str, trail: tuple[int, str], event: str, reason: str, cause: Cause) -> Audit:
    """The next entry of a trail, without its hash, of which number and hash of the newest entry are known alone."""
    number, head = trail
    return Audit(
        alert=alert,
        n=number + 1,
        rev=cause.place.offset,
        at=format_time(cause.now),
        event=event,
        verb="",
        before="A",
        after="A",
        occurrence=0,
        severity="blue",
        actor=None,
        reason=reason,
        place=cause.place,
        prev=head,
        hash="",
    )


def evidence(cause: Cause, value: float | None) -> Evidence:
    """The causing record as evidence."""
    place, hashed = cause.origin or (cause.place, sha256(cause.value).hexdigest())
    return Evidence(place=place, sha256=hashed, at=format_time(cause.at), value=number(value))


def number(value: float | None) -> float | None:
    """A judge's number as the alert carries it: always a float, as a checkpoint gives it back."""
    return None if value is None else float(value)


def after(state: State, step: Step, *, active: bool, latched: bool) -> State | None:
    """The state that a step leads to by the table, or None where there is no row."""
    guards: tuple[Guard, ...] = ("", "active" if active else "inactive", "latched" if latched else "not latched")
    return next((to for guard in guards if (to := _KNOWN.get((state, step, guard)))), None)


_ASIDE_BY = {"shelve", "suppress", "remove-from-service"}


def _longest(alert: Alert, verb: str) -> int:
    return MAX_SHELVED[alert.severity] if verb == "shelve" else MAX_ASIDE


def _unlasting(alert: Alert, verb: str, act: Act) -> Iterator[str]:
    """Why an alarm may not be put aside like this."""
    if verb == "remove-from-service" and not is_text(act.permit):
        yield f"{verb} needs the number of a work permit"
    if act.once and verb != "shelve":
        yield f"once is for shelve, not for {verb}"
    if not act.lasts:
        if not act.once:
            yield f"{verb} needs a length of time: lasts, as in 45m"
        return
    try:
        lasts = span(act.lasts)
    except ValueError as error:
        yield str(error)
        return
    longest = _longest(alert, verb)
    if not 0 < lasts <= longest:
        yield f"{verb} of a {alert.severity} alarm may last {longest // HOUR}h at most, not {act.lasts}"


def _unconfirmed(alert: Alert, act: Act) -> Iterator[str]:
    """Why this person may not give the second signature."""
    if alert.confirmed is not None:
        yield f"{alert.confirmed.actor.id!r} has confirmed occurrence {alert.occurrence}"
    if alert.acknowledged is not None and alert.acknowledged.actor.id == act.actor.id:
        yield f"{act.actor.id!r} has acknowledged it: somebody else must confirm"


def _inconclusive(alert: Alert, act: Act) -> Iterator[str]:
    """Why a case may not be concluded like this."""
    if act.finding not in CONCLUSIONS:
        yield f"conclude needs a finding: {', '.join(CONCLUSIONS)}, not {act.finding!r}"
    corrects = (act.severity or alert.severity) != alert.severity or act.value not in (None, alert.value)
    if corrects != (act.finding == "corrected"):
        yield "a corrected finding, and no other, gives another severity or value than the alert has"


def _case_entry(alert: Alert, verb: str, act: Act, note: Note, cause: Cause) -> tuple[Alert, Audit]:
    """A person's act on the case of an alert, which has one; what is corrected stands in the trail as it was and as it is."""
    case = cast("Case", alert.case)
    if verb == "reopen":
        return _entry(
            replace(alert, case=replace(case, finding=None, note=note)),
            verb,
            verb,
            alert.state,
            cause,
            act.actor,
            *apart(act.reason, verb, cause),
        )
    added = act.finding
    corrected = replace(alert, case=replace(case, finding=cast("Conclusion", act.finding), note=note))
    if act.finding == "corrected":
        severity, value = act.severity or alert.severity, alert.value if act.value is None else number(act.value)
        corrected = replace(corrected, severity=severity, value=value)
        changes = [(name, getattr(alert, name), getattr(corrected, name)) for name in ("severity", "value")]
        added += "".join(f", {name} {was} to {now}" for name, was, now in changes if was != now)
    return _entry(corrected, verb, verb, alert.state, cause, act.actor, *apart(act.reason, verb, cause, added))


def _untold(verb: str, act: Act) -> Iterator[str]:
    """What is missing in what the desk says that it has done."""
    if verb == "verify" and act.finding not in TRUTHS:
        yield f"verify needs a finding: {', '.join(TRUTHS)}, not {act.finding!r}"
    if verb == "report" and act.finding not in REPORTS:
        yield f"report needs a finding: {', '.join(REPORTS)}, not {act.finding!r}"
    if verb == "call" and not is_text(act.who):
        yield "call needs who answered: who"
    if act.when and not is_time(act.when):
        yield "when is no time of the form 2026-06-01T08:00:00+08:00"


def _desk_entry(alert: Alert, verb: str, act: Act, note: Note, cause: Cause) -> tuple[Alert, Audit]:
    """What the desk has done about an alert: it stands in the trail, and a verification's verdict on the alert."""
    if verb == "verify":
        alert = replace(alert, verified=Verification(finding=cast("Truth", act.finding), note=note))
    answered = f"{shown(act.who).en} answered" if verb == "call" else act.finding
    added = f"{answered}, {act.when}" if act.when else answered
    said = apart(act.reason, verb, cause, added)
    return _entry(alert, verb, verb, alert.state, cause, act.actor, *said, finding=act.finding or UNSET)


_UNACKNOWLEDGED: frozenset[State] = frozenset({"B", "D", "D-latched"})


def _due_case(alert: Alert) -> int:
    case = alert.case
    return NEVER if case is None or case.overdue or not case.open else parse_time(case.due)


def _due_alarm(alert: Alert, times: Times) -> int:
    if alert.aside is not None:
        return parse_time(alert.aside.until)
    if alert.state == "C":
        return parse_time(alert.changed_at) + times.re_alarm if times.re_alarm else NEVER
    wait = times.escalate.get(alert.severity) if times.escalate and alert.state in _UNACKNOWLEDGED else None
    return NEVER if wait is None or alert.reminded >= MAX_REMINDED else parse_time(alert.asked_at or alert.changed_at) + wait


def _escalated(alert: Alert, cause: Cause) -> tuple[Alert, Audit]:
    """Nobody has acknowledged it in time: it goes one level up, or the highest is asked again."""
    asked = replace(alert, asked_at=format_time(cause.now))
    if alert.level < TOP_LEVEL:
        up = replace(asked, level=alert.level + 1)
        return _entry(up, "escalate", "", alert.state, cause, None, f"not acknowledged: level {alert.level} to {up.level}")
    again = replace(asked, reminded=alert.reminded + 1)
    return _entry(
        again, "remind", "", alert.state, cause, None, f"not acknowledged at level {alert.level}: reminder {again.reminded}"
    )


def _note(verb: str, act: Act, cause: Cause) -> Note:
    return Note(verb=verb, actor=act.actor, reason=act.reason, at=format_time(cause.now), kid=cause.kid or UNSET)


def _aside(alert: Alert, verb: str, act: Act, note: Note, cause: Cause) -> Aside:
    lasts = span(act.lasts) if act.lasts else _longest(alert, verb)
    return Aside(note=note, until=format_time(cause.now + lasts), once=act.once, permit=act.permit)


def _normal(alert: Alert, reason: str, cause: Cause) -> tuple[Alert, Audit]:
    """The condition of an alert has returned to normal."""
    cleared = replace(alert, active=False, cleared_at=format_time(cause.at), tiers=())
    if alert.aside is None:
        return _step(cleared, "clear", cause, None, reason)
    if alert.aside.once:
        return _step(cleared, "shelve-end", cause, None, "returned to normal")
    return _entry(cleared, "condition", "", alert.state, cause, None, "returned to normal")


def _again(alert: Alert, cause: Cause) -> tuple[Alert, Audit]:
    """The condition is true again: another occurrence and another case, annunciated unless it is put aside."""
    again = replace(alert, case=_another(alert.case, cause))
    if alert.state == "A":
        return _step(_next(again), "raise", cause, None, "")
    if alert.state not in ASIDE:
        return _annunciated(again, cause, "")
    new = replace(_next(again), acknowledged=None, confirmed=None)
    return _entry(new, "condition", "", alert.state, cause, None, "true")


def _another(before: Case | None, cause: Cause) -> Case | None:
    """The case of the next occurrence: one that is open goes on, of one that is concluded another begins, given as long."""
    if before is None or before.open:
        return before
    return case(cause.now, parse_time(before.due) - parse_time(before.opened_at))


def _annunciated(alert: Alert, cause: Cause, reason: str) -> tuple[Alert, Audit]:
    """Rows 6 and 7: it asks for an acknowledgement again, and the one before does not cover it."""
    return _step(_next(alert), "re-alarm", cause, None, reason)


def _next(alert: Alert) -> Alert:
    """The next occurrence of an alert, which nobody has verified yet."""
    return replace(alert, occurrence=alert.occurrence + 1, verified=UNSET)


def _step(
    alert: Alert, step: Step, cause: Cause, actor: Actor | None, reason: str, words: Words | UnsetType = UNSET
) -> tuple[Alert, Audit]:
    before = alert.state
    state = after(before, step, active=alert.active, latched=alert.latch)
    if state is None:
        raise ValueError(f"the table has no step {step} from state {before}")
    changed = replace(
        alert,
        state=state,
        changed_at=format_time(cause.now),
        aside=alert.aside if state in ASIDE else None,
        acknowledged=None if state == "B" else alert.acknowledged,
        confirmed=None if state == "B" else alert.confirmed,
        asked_at=format_time(cause.now),
        level=1 if state == "B" else alert.level,
        reminded=0 if state == "B" else alert.reminded,
    )
    return _entry(changed, step, step if actor else "", before, cause, actor, reason, words)


def _entry(
    alert: Alert,
    event: str,
    verb: str,
    before: State,
    cause: Cause,
    actor: Actor | None,
    reason: str,
    words: Words | UnsetType = UNSET,
    order: str | UnsetType = UNSET,
    finding: str | UnsetType = UNSET,
) -> tuple[Alert, Audit]:
    entry = Audit(
        alert=alert.id,
        n=alert.audit + 1,
        rev=cause.place.offset,
        at=format_time(cause.now),
        event=event,
        verb=verb,
        before=before,
        after=alert.state,
        occurrence=alert.occurrence,
        severity=alert.severity,
        actor=actor,
        reason=reason,
        place=cause.place,
        order=order,
        finding=finding,
        words=words,
        prev=alert.head,
        hash="",
    )
    revised = _revised(alert, cause)
    entry = hashed(entry, cause.log, revised, cause.kid)
    return replace(revised, audit=entry.n, head=entry.hash), entry


def _revised(alert: Alert, cause: Cause) -> Alert:
    return replace(alert, rev=cause.place.offset, place=cause.place, verbs=verbs(alert))


def _measured(alert: Alert, finding: Finding, severity: Severity, cause: Cause) -> Alert:
    kept = (*alert.evidence, evidence(cause, finding.value))
    if len(kept) > FIRST_EVIDENCE + LAST_EVIDENCE:
        kept = kept[:FIRST_EVIDENCE] + kept[-LAST_EVIDENCE:]
    return replace(
        alert,
        value=number(finding.value),
        limit=number(finding.limit),
        evidence=kept,
        active=True,
        severity=severity,
        cleared_at=None,
        opened_at=alert.opened_at if alert.occurrence else format_time(finding.opened_at),
        raised_at=alert.raised_at if alert.occurrence else format_time(cause.now),
        due=alert.due if finding.due is None else format_time(finding.due),
        provisional=alert.provisional if finding.due is None else finding.provisional,
        tiers=tuple(sorted({*alert.tiers, *finding.tiers})),
    )
