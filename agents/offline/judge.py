"""`python -m agents judge FILE|ARCHIVE`: events in, alerts, audit entries and quality records out; no Kafka, no clock.

A JSON-lines file (or `-`) holds CloudEvents in log order, ticks among them; an archive is what `python -m streams archive`
wrote, with the rule books that its log adopted. A stage that others feed reads what these give of a file as it comes, and what
its own input holds in an archive. Of an opened log's archive `--attested` takes the verdicts on signatures from its manifests
instead of verifying all of them (`--full`): the outputs are the same. Each output is one line `{"topic": …, "key": …,
"value": …}`, its value the very bytes that the worker writes to Kafka.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from agents.basis import whole_basis
from agents.offline.attested import Attested
from agents.offline.file_stages import FileStages
from agents.rulebook.book_cache import BookCache
from agents.stages import TOPICS, Basis, stage_of
from streams.archive.files import partitions, read_books, read_partition
from streams.command import Trouble
from streams.messages import encode
from streams.outputs import Output, target


def judge_lines(basis: Basis, lines: Iterable[bytes]) -> Iterator[Output]:
    """Judge CloudEvents, one a line, by all stages for which the basis has what they judge by."""
    stages = FileStages(basis)
    for offset, line in enumerate(lines):
        yield from stages.take(offset, line)


def judge_archive(basis: Basis, path: Path) -> Iterator[Output]:
    """Judge an archive, one partition after the other, with the rule books that its log adopted; else as `judge_lines`."""
    basis = replace(basis, books=BookCache(read_books(path)))
    for topic, partition in partitions(path):
        if stage := stage_of(basis, topic, partition):
            for records in read_partition(path, topic, partition):
                yield from stage.run(records)


def judge_attested(basis: Basis, path: Path, told: Callable[[str], None]) -> Iterator[Output]:
    """The same outputs, with the verdicts on signatures that the archive's manifests have; `told` gets how many there were.

    Trouble, before anything is judged, where a manifest cannot be believed.
    """
    basis = replace(basis, books=BookCache(read_books(path)))
    verdicts = {place: Attested(path, *place, basis.verify) for place in partitions(path)}
    logids = sorted({each.logid for each in verdicts.values() if each.logid})
    told(
        f"verdicts of {sum(each.taken for each in verdicts.values())} files taken from their manifests, every signature of "
        f"{sum(each.verified for each in verdicts.values())} verified; log {', '.join(logids) or 'never opened'}"
    )
    for (topic, partition), verdict in verdicts.items():
        if stage := stage_of(replace(basis, verify=verdict), topic, partition):
            for records in read_partition(path, topic, partition):
                for record in records:
                    verdict.at = record[0]
                    yield from stage.run([record])


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0."""
    parser = argparse.ArgumentParser(prog="python -m agents judge", description=__doc__)
    parser.add_argument(
        "source", metavar="FILE|ARCHIVE", help="JSON lines of CloudEvents, - for standard input, or an archive folder"
    )
    parser.add_argument("--only", choices=TOPICS, help="print only these")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--attested", action="store_true", help="believe the manifests of an archive which signatures hold")
    how.add_argument("--full", dest="attested", action="store_false", default=False, help="verify every signature (default)")
    options = parser.parse_args(argv)
    counts: Counter[str] = Counter()
    write = sys.stdout.buffer.write
    for output in _judged(whole_basis(), options.source, attested=options.attested):
        topic, key = target(output)
        counts[topic] += 1
        if options.only in (None, topic):
            write(encode({"topic": topic, "key": key, "value": output}) + b"\n")
    sys.stdout.buffer.flush()
    sys.stderr.write(
        f"{counts['alerts']} alert revisions, {counts['audit']} audit entries, {counts['quality']} quality records, "
        f"{counts['incidents']} incident revisions\n"
    )
    if counts["quarantine"]:
        _say(f"rules raised exceptions: {counts['quarantine']} quarantine records (--only quarantine)")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"judge: {text}\n")


def _judged(basis: Basis, source: str, *, attested: bool) -> Iterator[Output]:
    path = Path(source)
    if attested and not path.is_dir():
        raise Trouble(f"{source!r} is no archive: only an archive has manifests; leave --attested out")
    if source == "-":
        yield from judge_lines(basis, sys.stdin.buffer)
        return
    if not path.exists():
        raise Trouble(f"there is no file or archive {source!r}")
    if attested:
        yield from judge_attested(basis, path, _say)
        return
    if path.is_dir() or path.suffix == ".parquet":
        yield from judge_archive(basis, path)
        return
    with path.open("rb") as lines:
        yield from judge_lines(basis, lines)
