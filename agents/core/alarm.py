"""The life of an alarm: the state table of ANSI/ISA-18.2-2016 as data, and the one way to take a step in it.

Letters: A normal, B unacknowledged, C acknowledged, D returned to normal and unacknowledged. A step that the table does
not hold is refused, and the refusal stands in the audit trail. Nothing here reads a clock: times are the log's.
"""

from hashlib import blake2s, sha256
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from agents.core.judge import Finding
from streams.messages import (
    Act,
    Actor,
    Alert,
    Audit,
    Evidence,
    Note,
    Place,
    Severity,
    State,
    encode,
    format_time,
)

Step = Literal["raise", "clear", "re-alarm", "acknowledge"]

TABLE: dict[tuple[State, Step], State] = {
    ("A", "raise"): "B",  # row 1
    ("B", "acknowledge"): "C",  # row 2
    ("C", "clear"): "A",  # row 3
    ("B", "clear"): "D",  # row 4
    ("D", "acknowledge"): "A",  # row 5
    ("D", "re-alarm"): "B",  # row 6: a new occurrence of the same alert
    ("C", "re-alarm"): "B",  # row 7: severity up
}
"""(state, step) → state, by the rows of the complete table; every pair that is not here is refused."""

VERBS: dict[State, tuple[str, ...]] = {"A": (), "B": ("acknowledge",), "C": (), "D": ("acknowledge",)}
"""What a person may do in each state."""

RETRY = "retry"
"""The act that lets a rule judge again what it raised an exception at (`agents.core.retry`)."""

ROLES: dict[str, frozenset[str]] = {verb: frozenset({"supervisor", "admin"}) for verb in ("acknowledge", RETRY)}
"""Who may do it."""

RANK: dict[Severity, int] = {"blue": 1, "yellow": 2, "orange": 3, "red": 4}

FIRST_EVIDENCE, LAST_EVIDENCE = 4, 4
"""An alert keeps the first and the newest events that counted."""

GENESIS = "0" * 64
"""`prev` of the first entry of every trail."""


class Cause(Struct, frozen=True):
    """The record that causes a step: where it stands, its bytes, its event time and the partition's time (ms).

    `origin`: place and SHA-256 of the record that is the evidence, where that is an earlier one, judged again.
    """

    place: Place
    value: bytes
    at: int
    now: int
    origin: tuple[Place, str] | None = None


def alert_id(rule: str, item: str, subject: str, opened_at: int) -> str:
    """BLAKE2s-128 (hex) of what makes an alert this alert: rule, item, subject, event time of its beginning."""
    parts = "\x1f".join((rule, item, subject, str(opened_at)))
    return blake2s(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def opened(alert: Alert, cause: Cause) -> tuple[Alert, Audit]:
    """Row 1: a new alert, given in state A with all its facts, becomes unacknowledged."""
    return _step(alert, "raise", cause, None, "")


def found(alert: Alert, finding: Finding, severity: Severity, cause: Cause) -> tuple[Alert, Audit | None]:
    """What a judge's new finding does to an alert that is open; no audit entry where only the value is new."""
    if not finding.active:
        if alert.state == "D":
            return alert, None
        cleared = replace(alert, active=False, cleared_at=format_time(cause.at))
        return _step(cleared, "clear", cause, None, finding.reason)
    now = replace(_measured(alert, finding, cause), active=True, severity=severity, cleared_at=None)
    if finding.due is not None:
        now = replace(now, due=format_time(finding.due), provisional=finding.provisional)
    if alert.state == "D":
        return _step(replace(now, occurrence=alert.occurrence + 1), "re-alarm", cause, None, "")
    if alert.state == "C" and RANK[severity] > RANK[alert.severity]:
        return _step(replace(now, occurrence=alert.occurrence + 1), "re-alarm", cause, None, "severity up")
    if severity != alert.severity:
        return _entry(now, "severity", "", alert.state, cause, None, f"{alert.severity} to {severity}")
    return _revised(now, cause), None


def ruled(alert: Alert, before: str, cause: Cause) -> tuple[Alert, Audit]:
    """An alert that carries another version of its rule than the one `before`: the trail says so."""
    return _entry(alert, "rule", "", alert.state, cause, None, f"version {before} to {alert.rule_version}")


def acted(alert: Alert, verb: str, act: Act, cause: Cause) -> tuple[Alert, Audit]:
    """A person's act: the step it asks for, or a refusal that says why; both are in the trail."""
    why_not = refusal(alert, verb, act)
    if why_not:
        return _entry(alert, "refuse", verb, alert.state, cause, act.actor, why_not)
    note = Note(verb=verb, actor=act.actor, reason=act.reason, at=format_time(cause.now))
    return _step(replace(alert, note=note), "acknowledge", cause, act.actor, act.reason)


def retried(alert: Alert, act: Act, cause: Cause) -> tuple[Alert, Audit, bool]:
    """A person's order to judge again what a rule on hold has not judged, on the alert that tells of it; whether to do so."""
    why_not = refusal(replace(alert, verbs=(RETRY,)), RETRY, act)
    if why_not:
        return *_entry(alert, "refuse", RETRY, alert.state, cause, act.actor, why_not), False
    note = Note(verb=RETRY, actor=act.actor, reason=act.reason, at=format_time(cause.now))
    return *_entry(replace(alert, note=note), RETRY, RETRY, alert.state, cause, act.actor, act.reason), True


def refusal(alert: Alert, verb: str, act: Act) -> str:
    """Why this act may not be done now, or an empty text."""
    if verb not in ROLES:
        return f"no act {verb!r}; acts are {', '.join(ROLES)}"
    if act.actor.role not in ROLES[verb]:
        return f"role {act.actor.role!r} may not {verb}; {' or '.join(sorted(ROLES[verb]))} may"
    if act.occurrence != alert.occurrence:
        return f"the act is for occurrence {act.occurrence}, the alert is at occurrence {alert.occurrence}"
    if verb not in alert.verbs:
        return f"cannot {verb} in state {alert.state}"
    if not act.reason.strip():
        return f"{verb} needs a reason"
    return ""


def refused_after_end(trail: tuple[int, str], verb: str, act: Act, cause: Cause) -> Audit:
    """The entry for an act on an alert that has ended: number and hash of its last entry continue the trail."""
    number, head = trail
    entry = Audit(
        alert=act.alert,
        n=number + 1,
        rev=cause.place.offset,
        at=format_time(cause.now),
        event="refuse",
        verb=verb,
        before="A",
        after="A",
        occurrence=act.occurrence,
        severity="blue",
        actor=act.actor,
        reason="the alert has ended",
        place=cause.place,
        prev=head,
        hash="",
    )
    return replace(entry, hash=digest(entry))


def digest(entry: Audit) -> str:
    """SHA-256 (hex) over the previous hash and the entry's canonical JSON with an empty `hash`."""
    return sha256(entry.prev.encode() + encode(replace(entry, hash=""))).hexdigest()


def evidence(cause: Cause, value: float | None) -> Evidence:
    """The causing record as evidence."""
    place, hashed = cause.origin or (cause.place, sha256(cause.value).hexdigest())
    return Evidence(place=place, sha256=hashed, at=format_time(cause.at), value=number(value))


def number(value: float | None) -> float | None:
    """A judge's number as the alert carries it: always a float, as a checkpoint gives it back."""
    return None if value is None else float(value)


def _step(alert: Alert, step: Step, cause: Cause, actor: Actor | None, reason: str) -> tuple[Alert, Audit]:
    before = alert.state
    after = TABLE[before, step]
    changed = replace(alert, state=after, verbs=VERBS[after], changed_at=format_time(cause.now))
    return _entry(changed, step, step if actor else "", before, cause, actor, reason)


def _entry(
    alert: Alert, event: str, verb: str, before: State, cause: Cause, actor: Actor | None, reason: str
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
        prev=alert.head,
        hash="",
    )
    entry = replace(entry, hash=digest(entry))
    return replace(_revised(alert, cause), audit=entry.n, head=entry.hash), entry


def _revised(alert: Alert, cause: Cause) -> Alert:
    return replace(alert, rev=cause.place.offset, place=cause.place)


def _measured(alert: Alert, finding: Finding, cause: Cause) -> Alert:
    kept = (*alert.evidence, evidence(cause, finding.value))
    if len(kept) > FIRST_EVIDENCE + LAST_EVIDENCE:
        kept = kept[:FIRST_EVIDENCE] + kept[-LAST_EVIDENCE:]
    return replace(alert, value=number(finding.value), limit=number(finding.limit), evidence=kept)
