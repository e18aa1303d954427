"""Judging without Kafka: `python -m agents judge` on a file and on an archive, and the fold alone.

The command is timed as a process, less the time of the same command on an empty file; `per_core` divides by its processor
seconds instead of the clock's. The fold alone gets the same records, already in memory.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from agents.rulebook.load import load_book
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.topics import events_topic
from tests.bench.runs import rules
from tests.bench.sizes import Sizes
from tests.bench.workload import ROOT, Workload

PARTITIONS = 4
STARTS = 3
"""Of so many starts on an empty file the shortest counts."""

ROWS = 50_000
"""Records of one file of the archive, as `python -m streams archive` writes it."""


def judge(sizes: Sizes) -> list[dict[str, Any]]:
    """One row each for a file, an archive and the fold alone."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        empty = place / "empty.jsonl"
        empty.touch()
        start = min(_seconds(empty) for _ in range(STARTS))
        file = place / "events.jsonl"
        lines = write_file(sizes.judge, file)
        archive = place / "archive"
        records = write_archive(sizes.judge, archive)
        rows = [_row("file", lines, _seconds(file), start), _row("archive", records, _seconds(archive), start)]
    places = rules.by_place(list(sizes.judge.records(PARTITIONS)))
    rate = round(1e6 / rules.cost(load_book(), places))
    return [*rows, {"source": "fold alone", "events": sum(map(len, places.values())), "per_core": rate}]


def _row(source: str, events: int, took: tuple[float, float], start: tuple[float, float]) -> dict[str, Any]:
    clock, processor = (whole - beginning for whole, beginning in zip(took, start, strict=True))
    return {
        "source": source,
        "events": events,
        "events_per_s": round(events / clock),
        "per_core": round(events / processor),
        "start_s": round(start[0], 1),
    }


def _seconds(source: Path) -> tuple[float, float]:
    """How long the command takes: by the clock, and of processors."""
    began, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-m", "agents", "judge", source], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    after = os.times()
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, processor


def write_file(work: Workload, path: Path) -> int:
    """Write the events as JSON lines; how many they are."""
    count = 0
    with path.open("wb") as file:
        for line in work.lines():
            file.write(line.replace(b"\n", b" ") + b"\n")
            count += 1
    return count


def write_archive(work: Workload, path: Path) -> int:
    """Write the events as an archive of the log `bench`; how many they are."""
    count = 0
    chunks: dict[tuple[str, int], Chunk] = {}
    offsets: dict[tuple[str, int], int] = {}
    for domain, partition, key, value in work.records(PARTITIONS):
        place = events_topic("bench", domain), partition
        chunk = chunks.setdefault(place, Chunk(0))
        offset = offsets[place] = offsets.get(place, -1) + 1
        chunk.add(offset, 0, key, value)
        count += 1
        if chunk.rows == ROWS:
            archive_files.write(path, *place, chunks.pop(place))
    for place, chunk in chunks.items():
        archive_files.write(path, *place, chunk)
    return count
