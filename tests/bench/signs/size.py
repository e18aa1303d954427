"""Many signs and many districts: memory and the time of a minute, of what counts and of the stage behind it.

The signs are those of the book, again and again under other names; in each district stands one source of each kind, which sends
as often as it owes. All of a domain are in one partition. The same facts are judged without signs too: signs are what is more.
"""

import gc
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle, islice
from statistics import median
from typing import Any

import msgspec
import psutil

from agents.core.alerts.fold import Fold
from agents.core.duration import span
from agents.core.signs.feed import cells
from agents.core.signs.fold import CitySigns
from agents.core.signs.rules import SignRules
from agents.rulebook.load import load_book
from agents.signs.book.read import sign_book
from agents.signs.book.sign import OnlineForm, OnlineInput, SignRow
from agents.signs.stage.basis import rules_of, sign_rules
from streams.catalogue import domains
from streams.messages import (
    HOUR,
    MINUTE,
    SECOND,
    Name,
    Registered,
    SignCells,
    decode_event,
    event_bytes,
    format_time,
    tick_bytes,
)
from streams.outputs import Output
from streams.topics import events_topic
from tests.bench.sizes import Sizes
from tests.bench.workload import FROM, Workload

ONE = Workload(1, 2)
"""The city whose facts are sent."""

LAST = 30
"""Minutes at the end over which the time of one is told; the stage is given twice as many, for it keeps no window."""


def size(sizes: Sizes) -> dict[str, Any]:
    """One case: so many signs in so many districts, after so many minutes."""
    book = _book(sizes.signs)
    rules = rules_of(book, sign_rules().areas, sign_rules().owner, {})
    sources = [*_sources(_areas(sizes.areas))]
    without, found = _run(sources, sizes.signs_minutes, None), _run(sources, sizes.signs_minutes, rules)
    return {
        "signs": len(book),
        "areas": sizes.areas,
        "subjects": len(sources),
        "minutes": sizes.signs_minutes,
        "facts": found["facts"],
        "cells": found["cells"],
        "memory_mb": round(found["memory_mb"] - without["memory_mb"], 1),
        "memory_without_mb": round(without["memory_mb"], 1),
        "tick_ms": round(found["tick_ms"] - without["tick_ms"], 1),
        "tick_without_ms": round(without["tick_ms"], 1),
        "tick_most_ms": round(found["tick_most_ms"], 1),
        "stage_ms": round(found["stage_ms"], 1),
    }


class _Sender(msgspec.Struct):
    name: str
    kind: str
    area: str
    type: str
    every: int
    data: dict[str, object]


def _run(sources: list[_Sender], minutes: int, rules: SignRules | None) -> dict[str, float]:
    """Judge so many minutes of all sources, with signs or without: what it came to."""
    rule_book = load_book()
    gc.collect()
    before = psutil.Process().memory_info().rss
    topics = {domain: events_topic("signs", domain) for domain in domains()}
    folds = {
        domain: Fold(rule_book, topic, 0, keyed=False, **({"counts": rules.counts(topic, 0)} if rules else {}))
        for domain, topic in topics.items()
    }
    stage = CitySigns(rules, events_topic("signs", "cells"), 0, keyed=False) if rules else None
    begun = (FROM + HOUR - 1) // HOUR * HOUR
    facts = 0
    times: list[tuple[float, float, int]] = []
    for minute in range(1, minutes + 1):
        at = begun + minute * MINUTE
        for domain, value in _sent(sources, at, first=minute == 1, minute=minute):
            folds[domain].run([(folds[domain].position, None, value)])
            facts += 1
        value = tick_bytes(at)
        began = time.process_time()
        out: list[Output] = [told for each in folds.values() for told in each.run([(each.position, None, value)])]
        counted = time.process_time()
        if stage is not None and minute > minutes - 2 * LAST:
            for line in (value, *(event for _, event in cells(out))):
                stage.run([(stage.position, None, line)])
        number = sum(len(each.cells) for each in out if isinstance(each, SignCells))
        times.append((counted - began, time.process_time() - counted, number))
    last = times[-LAST:]
    return {
        "facts": facts,
        "memory_mb": (psutil.Process().memory_info().rss - before) / (1 << 20),
        "tick_ms": 1e3 * median(each[0] for each in last),
        "tick_most_ms": 1e3 * max(each[0] for each in last),
        "stage_ms": 1e3 * median(each[1] for each in last),
        "cells": median(each[2] for each in last),
    }


def _book(count: int) -> Mapping[str, SignRow]:
    return {f"{name}-{n}": row for n, (name, row) in enumerate(islice(cycle(sign_book().items()), count))}


def _areas(count: int) -> Iterator[str]:
    return (f"41{1 + n // 99:02}{1 + n % 99:02}" for n in range(count))


def _sources(areas: Iterable[str]) -> Iterator[_Sender]:
    """A source of each kind that the signs ask after in each district, with the data of the first fact of its type."""
    asked = [each for row in sign_book().values() if isinstance(row.formula, OnlineForm) for each in row.formula.sources]
    data = _data(asked)
    for area in areas:
        for each in asked:
            yield _Sender(f"{each.subjects}.{area}", each.subjects, area, each.type, span(each.every), data[each.type])


def _data(asked: Iterable[OnlineInput]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    types = {each.type for each in asked}
    for records in ONE.minutes():
        for *_, value in records:
            event = decode_event(value)
            if event.type in types:
                found.setdefault(event.type, msgspec.json.decode(event.data))
    return found


def _sent(sources: Iterable[_Sender], at: int, *, first: bool, minute: int) -> Iterator[tuple[str, bytes]]:
    """What is due in a minute, by domain; the registrations before the first."""
    for n, each in enumerate(sources):
        domain = each.type.partition(".")[0]
        if first:
            facts = Registered(kind=each.kind, name=Name(zh="源", en="source"), adcode=each.area)
            time_ = format_time(at - MINUTE)
            of = {"source": "bench", "id": f"r{n}", "time": time_, "subject": each.name, "region": each.area}
            yield domain, event_bytes(type=f"{domain}.registered", data=facts, **of)
        if (minute - n) % (each.every // MINUTE) == 0:
            time_ = format_time(at - SECOND)
            of = {"source": "bench", "id": f"{minute}", "time": time_, "subject": each.name, "region": each.area}
            yield domain, event_bytes(type=each.type, data=each.data, **of)
