"""`python -m tests.bench.ladder TREE_A TREE_B`: the cost of judging in B as a share of that in A, of the same records.

Each tree has a process of its own (`measured.py`, with that tree's modules), and these take turns, round by round. The work of
a round is cut into slices; of each slice the least processor time of all rounds counts, and these are summed: a slow phase of
the machine, or another process, makes single slices dearer and never the sum. Outputs, and checkpoints of the fold, are
compared by their digest. `fold`: records in memory; `archive` and `file`: what `python -m agents judge` does with either.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from tests.bench.runs.judge import write_archive, write_file
from tests.bench.runs.rules import PARTITIONS, by_place
from tests.bench.workload import Workload

WORKS = ("fold", "archive", "file")
ROUNDS = 8


class LadderRound(msgspec.Struct):
    """What a tree told of one round: the processor seconds of each slice, how many events, the digest of what it gave."""

    slices: list[float]
    events: int
    digest: str


def main() -> None:
    """Measure what is asked for, and say it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ladder", description=__doc__)
    parser.add_argument("trees", nargs=2, type=Path, metavar="TREE", help="two work trees of this project")
    parser.add_argument("--work", choices=WORKS, default="fold")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--cities", type=int, default=10)
    parser.add_argument("--hours", type=int, default=7)
    parser.add_argument("--only", default="", metavar="DOMAIN", help="the fold of one domain alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        source = _source(Path(folder), options.work, Workload(options.cities, options.hours), options.only)
        runs = [stack.enter_context(_measuring(tree.resolve(), options.work, source)) for tree in options.trees]
        rounds = [[_round(run) for run in runs] for _ in range(options.rounds)]
    sys.stdout.write(_said(options.work, rounds))


def _source(folder: Path, work: str, load: Workload, only: str) -> Path:
    path = folder / "source"
    if work == "file":
        write_file(load, path)
    elif work == "archive":
        write_archive(load, path)
    else:
        places = by_place([each for each in load.records(PARTITIONS) if only in {"", each[0]}])
        path.write_bytes(msgspec.msgpack.encode(list(places.items())))
    return path


@contextmanager
def _measuring(tree: Path, work: str, source: Path) -> Iterator["subprocess.Popen[str]"]:
    """The process of one tree; it works a round for each line that it reads."""
    program = Path(__file__).with_name("measured.py")
    process = subprocess.Popen(
        [sys.executable, "-P", program, work, source],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"},  # sets in one order: it costs the same
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()


def _round(process: "subprocess.Popen[str]") -> LadderRound:
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    return msgspec.convert(json.loads(process.stdout.readline()), LadderRound)


def least(rounds: Sequence[Sequence[float]]) -> float:
    """The sum of each slice's least time over rounds of equal slices.

    >>> least([[1.0, 9.0], [8.0, 2.0]])
    3.0
    """
    return sum(map(min, zip(*rounds, strict=True)))


def _said(work: str, rounds: list[list[LadderRound]]) -> str:
    """The cost of an event in both trees and their ratio, over all rounds and over either half of them: that is the noise."""
    sides = list(zip(*rounds, strict=True))
    events = sides[0][0].events
    costs = [1e6 * least([told.slices for told in side]) / events for side in sides]
    halves = [
        least([told.slices for told in sides[1][half::2]]) / least([told.slices for told in sides[0][half::2]])
        for half in range(min(2, len(rounds)))
    ]
    whole = [1e6 * statistics.median(sum(told.slices) for told in side) / events for side in sides]
    same = len({told.digest for side in sides for told in side}) == 1
    return (
        f"{work}: {events} events, {len(rounds)} rounds; {costs[0]:.3f} → {costs[1]:.3f} µs an event, "
        f"ratio {costs[1] / costs[0]:.4f} (halves {' and '.join(f'{each:.4f}' for each in halves)}; "
        f"medians of whole rounds {whole[0]:.2f} → {whole[1]:.2f}); outputs {'equal' if same else 'DIFFER'}\n"
    )


if __name__ == "__main__":
    main()
