"""The process of one tree: started as a file with that tree on its path, so that it needs of it only what all trees have.

For each line on standard input it does the whole work once and tells, as a line of JSON, what each slice of it cost.
"""

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from agents.core.alerts.fold import Fold
from agents.offline.judge import judge_archive, judge_lines
from agents.rulebook.load import load_book
from agents.stages import sound_basis
from streams.messages import encode
from streams.outputs import target
from streams.topics import events_topic

SLICE = 400
"""Records of one slice."""

Costs = dict[str, Any]

Places = list[tuple[tuple[str, int], list[tuple[int, bytes | None, bytes]]]]
"""Domain and partition, and the records of each."""


def fold(source: Path) -> Callable[[], Costs]:
    """The fold alone, over records in memory; a slice is a call of `run`."""
    book = load_book()
    places = msgspec.msgpack.decode(source.read_bytes(), type=Places)

    def work() -> Costs:
        slices, digest = [], blake2b()
        for (domain, partition), records in places:
            by = Fold(book, events_topic("ladder", domain), partition)
            for start in range(0, len(records), SLICE):
                part = records[start : start + SLICE]
                began = time.process_time()
                outputs = by.run(part)
                slices.append(time.process_time() - began)
                for output in outputs:
                    digest.update(encode(output))
            for key, value in by.snapshot():
                digest.update(key + b"\0" + (value or b""))
        return {"slices": slices, "events": sum(len(records) for _, records in places), "digest": digest.hexdigest()}

    return work


def archive(source: Path) -> Callable[[], Costs]:
    """`agents judge ARCHIVE` in this process, from the files to the bytes that it would print; it is one slice."""
    basis = sound_basis()

    def work() -> Costs:
        digest = blake2b()
        began = time.process_time()
        for output in judge_archive(basis, source):
            topic, key = target(output)
            digest.update(encode({"topic": topic, "key": key, "value": output}))
        return {"slices": [time.process_time() - began], "events": _archived(source), "digest": digest.hexdigest()}

    return work


def file(source: Path) -> Callable[[], Costs]:
    """`agents judge FILE` in the same way; a slice is so many lines."""
    basis = sound_basis()
    count = sum(1 for _ in source.open("rb"))

    def work() -> Costs:
        digest, times = blake2b(), [time.process_time()]
        with source.open("rb") as lines:
            for output in judge_lines(basis, _timed(lines, times)):
                topic, key = target(output)
                digest.update(encode({"topic": topic, "key": key, "value": output}))
        times.append(time.process_time())
        slices = [after - before for before, after in pairwise(times)]
        return {"slices": slices, "events": count, "digest": digest.hexdigest()}

    return work


def _timed(lines: Iterable[bytes], times: list[float]) -> Iterator[bytes]:
    for number, line in enumerate(lines, 1):
        yield line
        if number % SLICE == 0:
            times.append(time.process_time())


def _archived(source: Path) -> int:
    return sum(1 + int(path.stem.partition("-")[2]) - int(path.stem.partition("-")[0]) for path in source.rglob("*.parquet"))


def main() -> None:
    """Do the work once for each line."""
    work = {"fold": fold, "archive": archive, "file": file}[sys.argv[1]](Path(sys.argv[2]))
    work()  # what is made once, such as screens, is made
    gc.collect()
    gc.freeze()
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(work()) + "\n")
        sys.stdout.flush()
        gc.collect()


if __name__ == "__main__":
    main()
