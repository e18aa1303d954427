"""The yearly cap of inspections (国办发〔2024〕54号) at a command line: who would be sent, and how often its line was there."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from agents.offline.capped import SentBeyond, Visited, sent_beyond
from agents.offline.standing import one, standing
from streams.kafka import clients
from streams.messages import Issue, OrderAct, Status, SubjectStatus, day_of
from streams.outputs import BY_TYPE
from streams.places.inspections import CAUSE, DECIDE, MOVING, SENDING, beyond, caps, cause_fault, organs_sent
from streams.settings import Settings
from streams.topics import topic_name


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


def beyond_of(settings: Settings, log: str) -> list[SentBeyond]:
    """Who was sent beyond a cap, as the log has it; nobody where the place has set none."""
    if not caps():
        return []
    return list(sent_beyond(Visited(_told(settings, log)), standing(settings, log).values(), caps()))


def _asked(settings: Settings, log: str, organs: frozenset[str], subjects: list[str], now: int) -> str:
    if not organs or not subjects or not caps():
        return ""
    return beyond_cap(_told(settings, log), organs, subjects, day_of(now).year)


def _told(settings: Settings, log: str) -> list[SubjectStatus]:
    form: Any = Status
    told = clients.newest_messages(settings, topic_name(log, BY_TYPE[SubjectStatus].topic), form, "order")
    return [each for each in told if isinstance(each, SubjectStatus)]


def beyond_cap(told: Iterable[SubjectStatus], organs: Iterable[str], subjects: Iterable[str], year: int) -> str:
    """Why organs may not inspect the enterprises behind subjects again in a year, by the newest values of all subjects."""
    visited, units = Visited(told), list(organs)
    counted = (visited.caps(code, units, caps(), str(year)) for code in visited.codes(subjects))
    return beyond(cap for cap in chain.from_iterable(counted) if cap.reached)
