"""What a page may send when a person acts: its shape and sizes, and the act it becomes. What it may lead to, the log says."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from screen.i18n.texts import departments
from streams.messages import Act, Actor, Regroup, Severity

MOST_REASON = 500
"""Characters of a reason at most."""

Key = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
"""128 random bits (hex) that the page draws for each press and keeps for its retries."""

Lasts = Annotated[str, Meta(pattern=r"\A(\d{1,6}[smhd])?\Z")]
"""A length of time as in `45m`, or nothing."""

Finding = Literal["", "confirmed", "corrected", "unfounded", "true", "false-alarm", "unclear", "oral", "written", "follow-up"]
"""What a case came to, a verification, or how the leader on duty was told; which of them an act may have, the log says."""

NEEDS: dict[str, tuple[str, ...]] = {
    "shelve": ("lasts", "once"),
    "suppress": ("lasts",),
    "remove-from-service": ("lasts", "permit"),
    "conclude": ("finding", "severity", "value"),
    "verify": ("finding",),
    "call": ("who",),
    "confer": ("who",),
    "report": ("finding",),
}
"""Which fields an act has beside those that all have."""

ALWAYS = ("alert", "occurrence", "verb", "reason", "key")


class ActRequest(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the page sends. Who acts is not among it."""

    alert: Annotated[str, Meta(max_length=64)]
    occurrence: Annotated[int, Meta(ge=0, le=2**53)]
    verb: Annotated[str, Meta(max_length=32)]
    reason: Annotated[str, Meta(max_length=4 * MOST_REASON)]
    key: Key
    lasts: Lasts = ""
    once: bool = False
    permit: Annotated[str, Meta(max_length=100)] = ""
    finding: Finding = ""
    severity: Severity | None = None
    value: float | None = None
    who: Annotated[str, Meta(max_length=100)] = ""


class RegroupRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends when a person merges incidents into one, or splits alerts off."""

    incident: str
    verb: Literal["merge", "split"]
    reason: Annotated[str, Meta(max_length=4 * MOST_REASON)]
    others: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


class HandoverRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends when a person leaves a note to the next shift."""

    department: Annotated[str, Meta(max_length=64)]
    note: Annotated[str, Meta(max_length=4 * MOST_REASON)]
    key: Key


class TakeoverRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends when a person takes a note over."""

    handover: Annotated[str, Meta(max_length=64)]
    note: Annotated[str, Meta(max_length=4 * MOST_REASON)]
    key: Key


def read(body: bytes) -> ActRequest:
    """The press of a request's body; ValueError says what is wrong with it."""
    press = msgspec.json.decode(body, type=ActRequest)
    check_reason(press.reason)
    if strange := sorted(set(msgspec.to_builtins(press)) - {*ALWAYS, *NEEDS.get(press.verb, ())}):
        raise ValueError(f"{press.verb} has no {', '.join(strange)}")
    return press


def read_regroup(body: bytes) -> RegroupRequest:
    """The move of a request's body; ValueError says what is wrong with it."""
    move = msgspec.json.decode(body, type=RegroupRequest)
    check_reason(move.reason)
    return move


def read_handover(body: bytes) -> HandoverRequest:
    """The note of a request's body; ValueError says what is wrong with it."""
    handing = msgspec.json.decode(body, type=HandoverRequest)
    check_reason(handing.note, "note")
    if handing.department not in departments():
        raise ValueError(f"there is no department {handing.department!r}")
    return handing


def read_takeover(body: bytes) -> TakeoverRequest:
    """The takeover of a request's body; ValueError says what is wrong with it."""
    taking = msgspec.json.decode(body, type=TakeoverRequest)
    check_reason(taking.note, "note")
    return taking


def regroup_of(move: RegroupRequest, actor: Actor) -> Regroup:
    """The act of a person on an incident that a move is."""
    return Regroup(incident=move.incident, actor=actor, reason=move.reason.strip(), others=move.others, alerts=move.alerts)


def check_reason(reason: str, name: str = "reason") -> None:
    """ValueError where this is no text of a length that a person may write."""
    if not 0 < len(reason.strip()) <= MOST_REASON:
        raise ValueError(f"a {name} of 1 to {MOST_REASON} characters is needed")


def act_of(press: ActRequest, actor: Actor) -> Act:
    """The act of a person that a press is."""
    return Act(
        alert=press.alert,
        occurrence=press.occurrence,
        actor=actor,
        reason=press.reason.strip(),
        lasts=press.lasts,
        once=press.once,
        permit=press.permit.strip(),
        finding=press.finding,
        severity=press.severity,
        value=press.value,
        who=press.who.strip(),
    )
