"""One incident: what its members make of it, and the one way to revise it, with an entry in its trail. Pure.

Times are those of the records (ms): an incident opens, changes and ends when its alerts do.
"""

from hashlib import blake2s
from math import fsum
from typing import TypedDict, Unpack

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from agents.core.alerts.alarm import RANK
from agents.core.incidents.grouping import Grouping, Member, city_of
from agents.core.trail import OpenedLog, hashed
from streams.messages import (
    ASIDE,
    GENESIS,
    MAX_MEMBERS,
    MAX_NOTES,
    Actor,
    Duty,
    Incident,
    IncidentAudit,
    Place,
    Regrouping,
    Text,
    Words,
    format_time,
)

DIGITS = 6
"""Decimals of a place in degrees: a tenth of a metre."""

MANY = 32
"""Members from which on an incident is not told for each one more, but once the log's time has moved on.

A choice: in a flood, hundreds may join at one moment, and what is told lists up to MAX_MEMBERS.
"""

Told = Incident | IncidentAudit


class Details(TypedDict, total=False):
    """What else an entry of the trail may say, as `IncidentAudit` has it."""

    verb: str
    ids: tuple[str, ...]
    rule: str
    actor: Actor | None
    reason: str
    words: Words | UnsetType


_NO_DETAILS: Details = {"verb": "", "ids": (), "rule": "", "actor": None, "reason": "", "words": UNSET}


class IncidentCause(Struct, frozen=True):
    """The record that causes a revision: where it stands, its event time (ms), its log where that was opened.

    `kid`: the key that signed the record, where it was verified.
    """

    place: Place
    at: int
    log: OpenedLog | None = None
    kid: str = ""


class Group(Struct):
    """An incident as it stands and its members by alert, in the order in which they joined; `gone` of them are forgotten.

    `by_hand`: a person has put it together or split it off; then no flood merges it with others. `untold`: alerts have joined
    whom only the trail tells of so far.
    """

    incident: Incident
    members: dict[str, Member]
    gone: int = 0
    by_hand: bool = False
    untold: bool = False

    @property
    def ended(self) -> bool:
        """Whether all of its members have ended."""
        return self.incident.state == "ended"


def incident_id(*facts: str) -> str:
    """BLAKE2s-128 (hex) of the facts of the log that make an incident this one."""
    return blake2s("\x1f".join(("incident", *facts)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def begun(id_: str, members: dict[str, Member], cause: IncidentCause) -> Group:
    """A group of these members; it is told by `revised`."""
    first = next(iter(members.values()))
    at = format_time(cause.at)
    empty = Incident(
        id=id_,
        rev=cause.place.offset,
        log=cause.place.topic.partition(".")[0],
        city=city_of(first.adcode),
        title=first.title,
        severity=first.severity,
        state="open",
        members=(),
        count=0,
        open=0,
        first=first.id,
        lead=Duty(first.department, first.id, ""),
        helpers=(),
        lon=None,
        lat=None,
        adcode=first.adcode,
        opened_at=at,
        changed_at=at,
        ended_at=None,
        rules=(),
        rules_version="",
        notes=(),
        flood=False,
        merged_into="",
        place=cause.place,
        audit=0,
        head=GENESIS,
    )
    return Group(empty, members)


def refreshed(group: Group, grouping: Grouping, cause: IncidentCause) -> list[Told]:
    """The incident where its members have made it another one; who leads, how bad it is and its end are in the trail."""
    before, after = group.incident, _now(group, grouping, cause)
    if before.state != after.state:
        return revised(group, grouping, cause, "end" if after.state == "ended" else "reopen")
    if before.severity != after.severity:
        return revised(group, grouping, cause, "severity", reason=f"{before.severity} to {after.severity}")
    if before.lead.department != after.lead.department:
        reason = f"{before.lead.department.id} to {after.lead.department.id}"
        return revised(group, grouping, cause, "lead", reason=reason)
    if after == before:
        return []
    group.incident = replace(after, rev=cause.place.offset, place=cause.place)
    group.untold = False
    return [group.incident]


def revised(group: Group, grouping: Grouping, cause: IncidentCause, event: str, **details: Unpack[Details]) -> list[Told]:
    """The incident as its members make it now, and the entry that says what has happened to it."""
    told(group, grouping, cause)
    entry = _entered(group, cause, event, details)
    return [group.incident, entry]


def joined(group: Group, grouping: Grouping, cause: IncidentCause, event: str, one: Member) -> list[Told]:
    """A member has come; where an open incident has MANY and this one is only one more, `told` will tell of it."""
    incident = group.incident
    details: Details = {"ids": (one.id,), "rule": one.rule}
    worst = group.members.get(incident.lead.alert)
    same = worst is not None and worst.ended is None and worst.state not in ASIDE and _worst_first(worst) < _worst_first(one)
    if len(group.members) < MANY or not same or one.rule not in incident.rules:
        return revised(group, grouping, cause, event, **details)
    group.untold = True
    return [_entered(group, cause, event, details, alone=True)]


def told(group: Group, grouping: Grouping, cause: IncidentCause) -> Incident:
    """The incident with all that have joined it since it was told the last time."""
    group.incident = _now(group, grouping, cause)
    group.untold = False
    return group.incident


def _entered(group: Group, cause: IncidentCause, event: str, details: Details, *, alone: bool = False) -> IncidentAudit:
    """The next entry of an incident's trail, to which the incident refers from now on; `alone`: it makes no revision."""
    incident = group.incident
    entry = IncidentAudit(
        incident=incident.id,
        n=incident.audit + 1,
        rev=cause.place.offset,
        at=format_time(cause.at),
        event=event,
        state=incident.state,
        severity=incident.severity,
        place=cause.place,
        prev=incident.head,
        hash="",
        **(_NO_DETAILS | details),
    )
    changed = replace(incident, rev=cause.place.offset, changed_at=entry.at, place=cause.place)
    entry = hashed(entry, cause.log, None if alone else changed, cause.kid)
    group.incident = replace(changed, audit=entry.n, head=entry.hash)
    return entry


def noted(group: Group, note: Regrouping) -> None:
    """Let an incident tell of a merge or a split, done or refused."""
    group.incident = replace(group.incident, notes=(*group.incident.notes, note)[-MAX_NOTES:])


def open_members(group: Group) -> list[Member]:
    """The members that have not ended."""
    return [one for one in group.members.values() if one.ended is None]


def _now(group: Group, grouping: Grouping, cause: IncidentCause) -> Incident:
    """The incident with what its members make of it; an ended one keeps what it was at its end."""
    incident, all_ = group.incident, list(group.members.values())
    standing = open_members(group)
    ended = [one for one in all_ if one.ended is not None]
    changed = replace(
        incident,
        members=tuple(one.id for one in (*standing, *reversed(ended)))[:MAX_MEMBERS],
        count=group.gone + len(all_),
        open=len(standing),
    )
    if not standing:
        at = incident.ended_at or format_time(cause.at)
        return replace(changed, state="ended", ended_at=at)
    rules = tuple(dict.fromkeys(one.rule for one in all_ if one.rule))
    worst = min([one for one in standing if one.state not in ASIDE] or standing, key=_worst_first)
    lead = _lead(worst, rules, grouping)
    lon, lat = _middle(standing)
    return replace(
        changed,
        title=_title(worst, rules, grouping),
        severity=worst.severity,
        state="open",
        ended_at=None,
        lead=lead,
        helpers=_helpers(all_, lead),
        lon=lon,
        lat=lat,
        adcode=_area(standing, incident.city),
        rules=rules,
        rules_version=grouping.version,
    )


def _worst_first(one: Member) -> tuple[int, int, str]:
    return -RANK[one.severity], one.raised, one.id


def _title(worst: Member, rules: tuple[str, ...], grouping: Grouping) -> Text:
    found = (grouping.rule(name) for name in rules)
    return next((rule.title for rule in found if rule is not None and rule.names), worst.title)


def _lead(worst: Member, rules: tuple[str, ...], grouping: Grouping) -> Duty:
    """The department that a grouping rule names, or that of the worst member."""
    for name in rules:
        rule = grouping.rule(name)
        if rule is not None and rule.lead is not None:
            return Duty(rule.lead, worst.id, name)
    return Duty(worst.department, worst.id, worst.rule)


def _helpers(members: list[Member], lead: Duty) -> tuple[Duty, ...]:
    """The other departments in the order in which their first alert joined."""
    found = {lead.department.id: lead}
    for one in members:
        found.setdefault(one.department.id, Duty(one.department, one.id, one.rule))
    return tuple(duty for duty in found.values() if duty is not lead)


def _middle(members: list[Member]) -> tuple[float | None, float | None]:
    """The mean of their places; `fsum`, so that it does not depend on their order."""
    places = [(one.lon, one.lat) for one in members if one.lon is not None and one.lat is not None]
    if not places:
        return None, None
    lons, lats = zip(*places, strict=True)
    return round(fsum(lons) / len(places), DIGITS), round(fsum(lats) / len(places), DIGITS)


def _area(members: list[Member], city: str) -> str:
    found = {one.adcode for one in members}
    return found.pop() if len(found) == 1 else city
