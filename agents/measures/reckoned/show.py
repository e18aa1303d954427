"""What measures beside the book come to, from an archive, judged anew, or from what a log has."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.duration import span
from agents.measures.book.read import measure_book
from agents.measures.cases.case import CallHour
from agents.measures.command import TARGETS, read_targets
from agents.measures.facts.events import books_of, events
from agents.measures.facts.folded import OTHERS, LogFacts
from agents.measures.kpi import performance, period
from agents.measures.performance import Journal, Read, remember
from agents.measures.reckoned.answer import ReckonedAnswer, share
from agents.measures.reckoned.calls import connected
from agents.measures.reckoned.row import ReckonedBy, ReckonedRow
from agents.measures.reckoned.sources import Sources, Stream, told
from agents.measures.recurrence import recurrences
from agents.rulebook.lint import sound_book
from agents.stages import Basis, fold_of, sound_basis, stage_of
from streams.catalogue import domains
from streams.catalogue.described import catalogue
from streams.kafka import clients
from streams.messages import REGISTERED, Alert, DecodeError, Order, OrderLine, Quality, decode_event, parse_time
from streams.messages.services.performance import Grouping
from streams.settings import load
from streams.topics import topic_name

GROUPING: Mapping[ReckonedBy, Grouping] = {"unit": "desk", "district": "district", "domain": "domain", "rule": "rule"}
"""What the alarm system calls what makes a row."""

COPIES = frozenset({"duplicate", "replayed"})
"""Why a second copy is not taken: it is neither good nor bad."""

WHO = "measure"


class MeasureAsked(Struct, frozen=True, kw_only=True):
    """What is asked: of an archive, else of a log; a row for each `by`; of the months `since` to `until`; at a time (ms)."""

    archive: Path | None
    log: str
    by: ReckonedBy
    since: str = ""
    until: str = ""
    now: int = 0


def reckon(name: str, row: ReckonedRow, asked: MeasureAsked) -> list[ReckonedAnswer]:
    """The rows of a measure."""
    return {"alarms": _alarms, "recurrence": _recurrence, "calls": _calls, "sources": _sources}[row.reckoner](name, row, asked)


def _judged(archive: Path) -> Iterator[Read]:
    """The alerts, trails and orders of an archive, judged anew."""
    basis, stages = sound_basis(books_of(archive, "")), dict[tuple[str, int], Any]()
    for topic, partition, _, record in events(archive, "", (*domains(), "orders")):
        if (stage := stages.get((topic, partition))) is None:
            stage = stages[topic, partition] = stage_of(basis, topic, partition)
        yield from (each for each in (stage.run([record]) if stage else ()) if isinstance(each, Read))


def _alarms(name: str, row: ReckonedRow, asked: MeasureAsked) -> list[ReckonedAnswer]:
    if asked.archive:
        journal = Journal()
        for each in _judged(asked.archive):
            remember(journal, each, asked.now or None)
    else:
        from agents.measures.performance_log import Follower  # noqa: PLC0415 - an archive needs no Kafka

        with Follower(load(), asked.log) as follower:
            follower.catch_up()
            journal = follower.journal
    over = period(journal)
    found = () if over is None else performance(journal, read_targets(TARGETS), asked.log, over, [GROUPING[asked.by]])
    answers = [(each.key, next(one for one in each.measures if one.name == row.figure)) for each in found]
    return [ReckonedAnswer(measure=name, key=key, value=one.value, verdict=one.verdict) for key, one in answers]


def _recurrence(name: str, row: ReckonedRow, asked: MeasureAsked) -> list[ReckonedAnswer]:  # noqa: ARG001 - one shape of all
    orders, alerts = dict[str, Order](), dict[str, Alert]()
    told_of: Iterable[Any]
    if asked.archive:
        told_of = _judged(asked.archive)
    else:
        forms: tuple[tuple[str, Any], ...] = (("orders", Order | OrderLine), ("alerts", Alert))
        told_of = [
            each for topic, form in forms for each in clients.newest_messages(load(), topic_name(asked.log, topic), form, WHO)
        ]
    for each in told_of:
        if isinstance(each, Order):
            orders[each.id] = each
        elif isinstance(each, Alert):
            alerts[each.id] = each
    times = [each.changed_at for each in orders.values()] + [each.changed_at for each in alerts.values()]
    found = recurrences(orders.values(), alerts.values(), max(asked.now, *map(parse_time, times), 0))
    return [share(name, each.kind, each.back, each.closed, {"young": each.young} if each.young else {}) for each in found]


def _calls(name: str, row: ReckonedRow, asked: MeasureAsked) -> list[ReckonedAnswer]:  # noqa: ARG001 - one shape of all
    rules = sound_book()
    facts = LogFacts(measure_book(), rules, books_of(asked.archive, asked.log))
    names = [domain for domain, specs in rules.specs.items() if OTHERS["hour"] in specs]
    hours: dict[str, CallHour] = {}
    for read in events(asked.archive, asked.log, names):
        hours |= {each.id: each for each in facts.take(*read) if isinstance(each, CallHour)}
    return connected(name, hours.values(), asked.by, max(asked.now, facts.now), since=asked.since, until=asked.until)


class _Where(Struct):
    """The register's word of a subject."""

    adcode: str = ""


def _sources(name: str, row: ReckonedRow, asked: MeasureAsked) -> list[ReckonedAnswer]:
    basis, sources, now = Basis(sound_book(), books=books_of(asked.archive, asked.log)), Sources(), asked.now
    expected = {
        each.name: span(each.entry.every.span) for each in catalogue().values() if each.entry.every and each.group in domains()
    }
    folds, districts = dict[tuple[str, int], Any](), dict[str, str]()
    for topic, partition, domain, record in events(asked.archive, asked.log, tuple(domains())):
        if (fold := folds.get((topic, partition))) is None:
            fold = folds[topic, partition] = fold_of(basis, topic, partition)
        bad = {each.reason for each in fold.run([record]) if isinstance(each, Quality)}
        now = max(now, fold.now or 0)
        try:
            event = decode_event(record[2] or b"")
            if event.type.endswith(REGISTERED):
                districts[event.subject] = msgspec.json.decode(event.data, type=_Where).adcode[:6]
            if (every := expected.get(event.type)) is None or bad & COPIES:
                continue
            at = parse_time(event.time)
        except (DecodeError, msgspec.DecodeError, ValueError):
            continue  # of what nobody can read nobody knows whose it was: the quality records count it
        made = Stream(every, basis.book.owner(event.type), districts.get(event.subject, ""), domain)
        sources.take((event.source, event.type, event.subject), made, at, fold.now or at, refused=bool(bad))
    return told(name, row.figure, sources.streams, asked.by, now, since=asked.since, until=asked.until)
