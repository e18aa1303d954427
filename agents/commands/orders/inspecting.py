"""The yearly cap of inspections (国办发〔2024〕54号) at a command line: who would be sent, and how often its line was there."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from agents.offline.standing import one, standing
from streams.kafka import clients
from streams.messages import Issue, OrderAct, Status, SubjectStatus, day_of
from streams.outputs import BY_TYPE
from streams.places.inspections import CAUSE, DECIDE, MOVING, SENDING, beyond, capped, caps, cause_fault, organs_sent
from streams.settings import Settings
from streams.topics import topic_name

INSPECTION = "inspection"
"""The kind of subject of the service domain that tells of one."""


def refused(settings: Settings, log: str, verb: str, act: Issue | OrderAct, now: int) -> str:
    """Why an act may not send an inspector at a time (ms); empty where it may. It reads the log only where it sends one."""
    if isinstance(act, Issue):
        fault = cause_fault(act.traits, act.reason) if act.kind in SENDING else ""
        if act.kind not in SENDING or fault or act.traits.get(CAUSE):
            return fault
        return _asked(settings, log, organs_sent(act), [link.subject for link in act.alerts], now)
    if not caps() or not (act.receivers or (verb == DECIDE and act.outcome in MOVING)):
        return ""
    found = one(standing(settings, log), act.order, log)
    if found.order.kind not in SENDING or found.order.traits.get(CAUSE):
        return ""
    subjects = [each.link.subject for each in found.order.alerts]
    return _asked(settings, log, organs_sent(act, verb, found.lines), subjects, now)


def _asked(settings: Settings, log: str, organs: frozenset[str], subjects: list[str], now: int) -> str:
    form: Any = Status
    if not organs or not subjects or not caps():
        return ""
    told = clients.newest_messages(settings, topic_name(log, BY_TYPE[SubjectStatus].topic), form, "order")
    return beyond_cap([each for each in told if isinstance(each, SubjectStatus)], organs, subjects, day_of(now).year)


def beyond_cap(told: Iterable[SubjectStatus], organs: Iterable[str], subjects: Iterable[str], year: int) -> str:
    """Why organs may not inspect the enterprises behind subjects again in a year, by the newest values of all subjects."""
    known, made, units = {each.subject: each for each in told}, dict[str, list[tuple[str, str]]](), list(organs)
    for each in known.values():
        if each.domain == "service" and each.kind == INSPECTION and str(each.values.get("day") or "")[:4] == str(year):
            visit = str(each.values.get("organ") or ""), str(each.values.get("sort") or "")
            made.setdefault(str(each.values.get("enterprise") or ""), []).append(visit)
    codes = {known[name].owner for name in subjects if name in known}
    counted = (capped(made.get(code, ()), units, caps()) for code in codes if isinstance(code, str) and code)
    return beyond(cap for cap in chain.from_iterable(counted) if cap.reached)
