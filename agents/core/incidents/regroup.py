"""Incidents put together and taken apart: by acts of people, and by a flood that begins."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from agents.core.incidents.board import Board
from agents.core.incidents.flood import DeskFlood
from agents.core.incidents.grouping import Rule
from agents.core.incidents.incident import Group, IncidentCause, Told, begun, incident_id, noted, open_members, revised
from agents.core.personal import Remark
from agents.core.trusted import Doubt, told_doubt
from streams.messages import INCIDENT_RIGHTS, Regroup, Regrouping, format_time, is_text
from streams.outputs import Output


def regroup(board: Board, verb: str, act: Regroup, cause: IncidentCause, out: list[Output]) -> None:
    """Merge or split an incident as a person says; where that may not be done now, the incident tells why."""
    group = board.groups[act.incident]
    why_not = _objection(board, verb, act, group)
    if why_not:
        ids = act.others if verb == "merge" else act.alerts
        noted(group, _note(verb, act, cause, ids, why_not))
        out += revised(group, board.grouping, cause, "refuse", verb=verb, ids=ids, actor=act.actor, reason=why_not)
        board.changed(group)
    elif verb == "merge":
        _merge(board, group, [board.groups[name] for name in act.others], cause, out, act=act)
    else:
        _split(board, group, act, cause, out)


def begin_flood(board: Board, desk: DeskFlood, cause: IncidentCause, out: list[Output]) -> None:
    """A flood begins: mark the incidents of its annunciations, and merge those of one alarm that stand apart."""
    names = dict.fromkeys(board.home[alert] for _, alert in desk.calls if alert in board.home)
    for name in names:
        out += mark_flooded(board, board.groups[name], cause)
    for rule in board.grouping.rules:
        if rule.kind == "flood":
            _gather(board, desk, rule, cause, out)


def doubt(board: Board, found: list[Doubt], cause: IncidentCause, out: list[Output]) -> None:
    """Write into the trail of each open incident which merges and splits that stand are doubted; nothing else changes."""
    for _, group in sorted(board.groups.items()):
        notes = [note for note in group.incident.notes if not note.refused]
        acts = [note.verb for note in notes if any(each.covers(note.kid, note.at) for each in found)]
        if acts and not group.ended:
            out += revised(group, board.grouping, cause, "doubt", reason=told_doubt(found, acts))
            board.changed(group)


def remark(board: Board, city: str, said: Remark, cause: IncidentCause, out: list[Output]) -> None:
    """Write it into the trail of each open incident of a city of which people have written a note; nothing else changes."""
    for _, group in sorted(board.groups.items()):
        if group.incident.city == city and group.incident.notes and not group.ended:
            out += revised(group, board.grouping, cause, said.event, reason=said.reason)
            board.changed(group)


def mark_flooded(board: Board, group: Group, cause: IncidentCause) -> list[Told]:
    """An incident of a flood says so, once."""
    if group.incident.flood:
        return []
    group.incident = replace(group.incident, flood=True)
    board.changed(group)
    return revised(group, board.grouping, cause, "flood")


def _gather(board: Board, desk: DeskFlood, rule: Rule, cause: IncidentCause, out: list[Output]) -> None:
    """Merge the open incidents of a desk's annunciations, alarm by alarm, into the one that holds the oldest alert."""
    members = [board.member(alert) for _, alert in desk.calls if alert in board.home]
    for alarm in dict.fromkeys(one.alarm for one in members):
        alike = [one for one in members if one.alarm == alarm]
        found = (board.group(one.id) for one in alike if rule.joins(one, alike[0]))
        groups = sorted({group.incident.id: group for group in found if _free(group)}.values(), key=_age)
        if len(groups) > 1 and sum(len(group.members) for group in groups) <= board.grouping.most:
            _merge(board, groups[0], groups[1:], cause, out, rule=rule.id)


def _objection(board: Board, verb: str, act: Regroup, group: Group) -> str:
    """Why an act may not be done now, or an empty text."""
    if act.actor.role not in INCIDENT_RIGHTS[verb]:
        return f"role {act.actor.role!r} may not {verb}; {' or '.join(sorted(INCIDENT_RIGHTS[verb]))} may"
    if not is_text(act.reason):
        return f"{verb} needs a reason"
    if group.ended:
        return "the incident has ended"
    return _unmergeable(board, act, group) if verb == "merge" else _unsplittable(act, group)


def _unmergeable(board: Board, act: Regroup, group: Group) -> str:
    if not act.others or len(set(act.others)) < len(act.others) or act.incident in act.others:
        return "merge needs other incidents, each named once"
    for name in act.others:
        other = board.groups.get(name)
        if other is None or other.incident.city != group.incident.city or other.ended:
            return f"{name!r} is no open incident of city {group.incident.city}"
    members = sum(len(board.groups[name].members) for name in (act.incident, *act.others))
    if members > board.grouping.most:
        return f"together they have {members} alerts, an incident holds {board.grouping.most} at most"
    return ""


def _merge(
    board: Board,
    group: Group,
    others: list[Group],
    cause: IncidentCause,
    out: list[Output],
    *,
    act: Regroup | None = None,
    rule: str = "",
) -> None:
    """Make incidents part of another one, by a person's act or by a flood's rule."""
    ids = tuple(other.incident.id for other in others)
    everyone = list(group.members.values())
    for other in others:
        for one in other.members.values():
            one.rule = one.rule or rule
            board.home[one.id] = group.incident.id
        everyone += other.members.values()
        group.gone += other.gone
        group.incident = replace(group.incident, flood=group.incident.flood or other.incident.flood)
    group.members = {one.id: one for one in sorted(everyone, key=lambda each: each.joined)}
    group.by_hand = group.by_hand or act is not None
    noted(group, _note("merge", act, cause, ids, "", rule))
    more: dict[str, Any] = {"rule": rule} if act is None else _by("merge", act, cause) | {"rule": rule}
    out += revised(group, board.grouping, cause, "merge", ids=ids, **more)
    board.changed(group)
    for other in others:
        other.members, other.gone = {}, 0
        other.incident = replace(other.incident, merged_into=group.incident.id)
        out += revised(other, board.grouping, cause, "merged", ids=(group.incident.id,), **more)
        board.changed(other)
        del board.groups[other.incident.id]


def _split(board: Board, group: Group, act: Regroup, cause: IncidentCause, out: list[Output]) -> None:
    """Make alerts of an incident one of their own; no rule has joined them any more."""
    leaving = {name: one for name, one in group.members.items() if name in set(act.alerts)}
    group.members = {name: one for name, one in group.members.items() if name not in leaving}
    for one in leaving.values():
        one.rule = ""
    place = cause.place
    first = next(iter(leaving))
    made = begun(incident_id(first, f"{place.topic}/{place.partition}/{place.offset}"), leaving, cause)
    made.by_hand = True
    made.incident = replace(made.incident, flood=group.incident.flood)
    board.groups[made.incident.id] = made
    board.home |= dict.fromkeys(leaving, made.incident.id)
    told = _by("split", act, cause)
    for each in (group, made):
        noted(each, _note("split", act, cause, tuple(leaving), ""))
    out += revised(group, board.grouping, cause, "split", ids=tuple(leaving), **told)
    out += revised(made, board.grouping, cause, "split-off", ids=(group.incident.id,), **told)
    board.changed(group)
    board.changed(made)


def _by(verb: str, act: Regroup, cause: IncidentCause) -> dict[str, Any]:
    """What an entry says of the person's act that is done: sealed, and in an opened log, a person's words stand apart."""
    together = isinstance(act.reason, str) and cause.log is None
    said: dict[str, Any] = {"reason": act.reason} if together else {"words": act.reason}
    return {"verb": verb, "actor": act.actor} | said


def _free(group: Group) -> bool:
    """Whether a flood may merge an incident: it is open, and no person has put it together."""
    return not group.ended and not group.by_hand


def _age(group: Group) -> tuple[int, str]:
    """What sorts incidents by the alert that has been in them longest."""
    return next(iter(group.members.values())).joined, group.incident.id


def _unsplittable(act: Regroup, group: Group) -> str:
    standing = {one.id for one in open_members(group)}
    if not act.alerts:
        return "split needs the alerts that leave"
    for name in act.alerts:
        if name not in standing:
            return f"{name!r} is no open alert of this incident"
    return "" if standing - set(act.alerts) else "one open alert at least must stay"


def _note(
    verb: str, act: Regroup | None, cause: IncidentCause, ids: tuple[str, ...], refused: str, rule: str = ""
) -> Regrouping:
    return Regrouping(
        verb="merge" if verb == "merge" else "split",
        actor=None if act is None else act.actor,
        rule=rule,
        reason="" if act is None else act.reason,
        at=format_time(cause.at),
        ids=ids,
        refused=refused,
        kid=cause.kid or UNSET if act else UNSET,
    )
