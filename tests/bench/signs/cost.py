"""The fold with and without signs, of the same records in memory: processor time, by turns, slice by slice.

As `tests.bench.ladder` does it: of each slice the least time of all rounds counts, so that slow phases of the machine, or other
processes, make single slices dearer and never the sum.
"""

import gc
import time
from itertools import chain
from typing import Any

from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.rulebook.load import load_book
from agents.signs.stage.basis import sign_rules
from streams.topics import events_topic
from tests.bench.ladder.__main__ import least
from tests.bench.runs.rules import PARTITIONS, Records, by_place
from tests.bench.sizes import Sizes
from tests.bench.workload import Workload

ROUNDS = 4

SLICE = 400
"""Records of one slice."""


def cost(sizes: Sizes) -> list[dict[str, Any]]:
    """A row for each stream; they differ in how many facts there are between two ticks."""
    book = load_book()
    return [_row(book, work) for work in sizes.counted]


def _row(book: Book, work: Workload) -> dict[str, Any]:
    places = by_place(list(work.records(PARTITIONS)))
    events = sum(map(len, places.values()))
    ticks = sum(key is None for _, key, _ in chain.from_iterable(places.values()))
    found: dict[bool, list[list[float]]] = {False: [], True: []}
    for n in range(ROUNDS + 1):
        for counted in (False, True):
            slices = _round(book, places, counted=counted)
            if n:  # the first round makes what is made once
                found[counted].append(slices)
    without, with_signs = (1e6 * least(found[counted]) / events for counted in (False, True))
    return {
        "cities": work.cities,
        "hours": work.hours,
        "copies": work.copies,
        "events": events,
        "facts_per_tick": round((events - ticks) / ticks, 1),
        "us_without": round(without, 2),
        "us_with": round(with_signs, 2),
        "halves": [round(least(found[True][n::2]) / least(found[False][n::2]), 2) for n in (0, 1)],
    }


def _round(book: Book, places: Records, *, counted: bool) -> list[float]:
    """The seconds of each slice."""
    slices = []
    for (domain, partition), records in places.items():
        topic = events_topic("signs", domain)
        fold = Fold(book, topic, partition, counts=sign_rules().counts(topic, partition) if counted else None)
        gc.collect()
        for start in range(0, len(records), SLICE):
            part = records[start : start + SLICE]
            began = time.process_time()
            fold.run(part)
            slices.append(time.process_time() - began)
    return slices
