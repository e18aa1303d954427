"""The books of oversight with many open orders: what an event costs, what one order weighs, each answer, a start from disk.

Without Kafka and socket: what the service does between a record and an answer as bytes.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psutil
from msgspec.json import encode
from msgspec.structs import replace

from agents.measures.book.read import measure_book
from agents.measures.facts.folded import LogFacts, domains_named
from agents.oversight import snapshot
from agents.oversight.books import OversightBooks
from agents.oversight.questions import Questions, digest_of
from agents.oversight.snapshot import FORM, SnapshotHead, SnapshotWriting
from agents.rulebook.lint import sound_book
from streams.messages import format_time
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.oversight.wire import (
    AskCases,
    AskCompare,
    AskIndex,
    AskLead,
    AskObjections,
    AskOverview,
    AskRows,
    AskWork,
    FigureScope,
    OversightAsked,
)
from streams.places.organs import units
from tests.bench.many_orders import due_of, many
from tests.bench.sizes import Sizes
from tests.bench.workload import Fact, tick
from tests.support.directory.appraisal import answer, objection, person
from tests.support.orders.indexed import index_row, indicator

DRILLED = 10_000
"""Cases of a drill-down."""

MEASURE, OFFICE = "task-disposed-in-time", "zz-inspect"

OBJECTIONS = 50
"""Granted objections, to a case each."""

INDEX = {
    "bench": index_row({"a": indicator(MEASURE, 60), "b": indicator("task-signed", 40)}, period="year"),
}

TIMES = 9
"""Answers of each kind, of which the middle one is told and the longest."""


def oversight(sizes: Sizes) -> dict[str, Any]:
    """So many open orders, half of them late: all figures."""
    gc.collect()
    before = psutil.Process().memory_info().rss
    books, took = _filled(sizes.listed)
    gc.collect()
    weight = (psutil.Process().memory_info().rss - before) / sizes.listed
    return {
        "orders": sizes.listed,
        "cases": len(books.ledger.cases),
        "us_per_event": round(1e6 * took / (2 * sizes.listed), 1),
        "us_per_change": _changed(books, sizes.listed),
        "bytes_per_order": round(weight),
        "answers": [_answered(books, *each) for each in _asked(format_time(due_of(1))[:7])],
    } | _restarted(books)


def facts(minutes: Iterable[list[Fact]]) -> dict[str, Any]:
    """What a fact costs that the service reads, told from the events of cities by minute: of those that it reads, and of all.

    Each minute is one batch of each of its partitions, with the tick at its end, as a poll brings them.
    """
    measures, rules = measure_book(), sound_book()
    books, told = OversightBooks(measures, OFFICE), LogFacts(measures, rules)
    read = domains_named(measures, rules)
    offsets, took, all_of_them = dict.fromkeys(read, 0), 0.0, 0
    for n, each in enumerate(minutes):
        all_of_them += len(each)
        for domain in read:
            values = [*((key, value) for of, key, value in each if of == domain), (None, tick(n))]
            records = [(offset, *record) for offset, record in enumerate(values, offsets[domain])]
            offsets[domain] += len(records)
            began = time.process_time()
            books.put(told.take(f"bench.events.{domain}", 0, domain, *records))
            took += time.process_time() - began
    number = sum(offsets.values())
    return {
        "events": all_of_them,
        "facts": number,
        "cases": len(books.ledger.columns),
        "us_per_fact": round(1e6 * took / number, 1),
    }


def _filled(number: int) -> tuple[OversightBooks, float]:
    """The books of so many orders, and the seconds that they took, without the making of the orders."""
    books, took = OversightBooks(measure_book(), OFFICE), 0.0
    for pair in many("bench", number):
        began = time.process_time()
        for each in pair:
            books.take(each)
        took += time.process_time() - began
    books.true = True
    began = time.process_time()
    books.told(due_of(number // 2))
    took += time.process_time() - began
    books.say(_said(books))
    return books, took


def _said(books: OversightBooks) -> list[Objection | ObjectionAnswer]:
    """Objections of the units whose cases the first ones are, each granted."""
    found: list[Objection | ObjectionAnswer] = []
    cases = [name for name in books.ledger.columns.ids if "/" in name][:OBJECTIONS]
    for n, case in enumerate(cases):
        unit = books.ledger.case(case).unit
        said = objection(objection=f"{n:032x}", measure=MEASURE, unit=unit, since="2026-01", until="2026-12", cases=(case,))
        found += [replace(said, by=person("p", unit)), answer("left-out", objection=said.objection)]
    return found


def _changed(books: OversightBooks, number: int) -> float:
    """µs of a line that changes: its unit has signed and answered."""
    step = max(1, number // 1_000)
    lines = [line for n in range(1, number, step) for _, line in many("bench", 1, n)]
    changed = [
        replace(
            line,
            audit=line.audit + 1,
            state="reported",
            clocks=tuple(replace(clock, met=clock.start) for clock in line.clocks),
            changed_at=format_time(books.ledger.now),
        )
        for line in lines
    ]
    began = time.process_time()
    for line in changed:
        books.take(line)
    return round(1e6 * (time.process_time() - began) / len(changed), 1)


def _asked(month: str) -> list[tuple[str, OversightAsked]]:
    """Each question, as a page asks it."""
    until = f"{month[:4]}-12"
    period: dict[str, Any] = {"since": month, "until": until}
    unit = FigureScope(units=frozenset({"zz-ee"}))
    tried = AskIndex(index="bench", period=month[:4], draft=True, weights={"a": 50, "b": 50})
    return [
        ("overview of the city", AskOverview(**period)),
        ("overview of a unit", AskOverview(**period, scope=unit)),
        ("a measure by unit", AskRows(measure=MEASURE, by="unit", **period)),
        ("the leader's page", AskLead()),
        (f"{DRILLED:,} cases of a figure", AskCases(measure=MEASURE, behind="rest", **period, count=DRILLED)),
        (f"{DRILLED:,} late orders", AskWork(group="late", count=DRILLED)),
        ("units beside each other", AskCompare(measure=MEASURE, **period)),
        (f"{OBJECTIONS} objections", AskObjections()),
        ("an index by unit, and under other weights", tried),
    ]


def _answered(books: OversightBooks, what: str, asked: OversightAsked) -> dict[str, Any]:
    """The time (ms) of an answer as bytes, the middle one and the longest of some."""
    questions = Questions("bench", books, units("4101"), INDEX)
    answer = encode(questions.answer(asked))
    took = sorted(_seconds(lambda: encode(questions.answer(asked))) for _ in range(TIMES))
    return {
        "asked": what,
        "p50_ms": round(1e3 * took[TIMES // 2], 1),
        "max_ms": round(1e3 * took[-1], 1),
        "kb": round(len(answer) / 1e3),
    }


def _restarted(books: OversightBooks) -> dict[str, Any]:
    """Seconds to write a snapshot, and to be the same books again from it; its size."""
    head = SnapshotHead(FORM, "bench", "", digest_of(measure_book()), {})
    again = OversightBooks(measure_book())

    def restored() -> None:
        found = snapshot.read(path, "bench", "", head.book)
        assert found is not None
        again.restore(*found[1:])

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.books"
        wrote = _seconds(lambda: SnapshotWriting(path, head, books).step())
        size, began = path.stat().st_size, _seconds(restored)
    assert len(again.ledger.columns) == len(books.ledger.columns)
    return {"snapshot_mb": round(size / 1e6), "snapshot_s": round(wrote, 2), "restore_s": round(began, 2)}


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
