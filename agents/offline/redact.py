"""`python -m agents redact --log LOG`: take out of a log's archive what was refused 30 days ago; judging it again stays equal.

A record that is refused whole changes nothing but that a quality record tells of it. After DAYS of the log's own time the
archive keeps that, and nothing of what the record said. A row is taken out only where judging the archive again and the log's
topic `quality` tell the same of it, byte for byte, and where judging with the stubs has given the same outputs and state. What
is told only now and then (signatures that do not hold) stays. It may run while the archive is followed, and be killed at any
time.
"""

import argparse
import sys
from collections.abc import Container, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from msgspec import UNSET
from msgspec.structs import replace

from agents.core.intake import JUDGED
from agents.core.stage import Stage
from agents.rulebook.book_cache import BookCache
from agents.stages import Basis, sound_basis, stage_of
from streams.archive import redaction
from streams.archive.files import Record, files_of, locked, partitions, read_books, read_partition
from streams.archive.redaction import redact_file
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import DAY, Quality, Redacted, Stub, encode
from streams.settings import Settings, load
from streams.topics import LIVE, topic_name

DAYS = 30
"""For so many days of the log's time the archive keeps a refused record, as the events topics do."""


def redact(basis: Basis, root: Path, told: Container[bytes], days: int = DAYS) -> tuple[int, int]:
    """Redact the refused records of an archive; how many rows and files were changed.

    `told`: the digests (`digest_of`) of the quality records that the log has. Trouble where an archive cannot be judged or
    changed, and where judging with the stubs would differ: that partition is left from there on, the others are done.
    """
    basis, rows, files, wrong = replace(basis, books=BookCache(read_books(root))), 0, 0, list[str]()
    with locked(root, redaction.LOCK):
        redaction.clean(root)
        for topic, partition in partitions(root):
            stages = [stage_of(basis, topic, partition) for _ in range(2)]
            if stages[0] is None or stages[1] is None:
                continue
            try:
                stubs = _old(stages[0], stages[1], read_partition(root, topic, partition), told, days * DAY)
                for first, last, path in files_of(root, topic, partition):
                    here = {offset: stub for offset, stub in stubs.items() if first <= offset <= last}
                    changed = redact_file(root, path, here) if here else 0
                    rows, files = rows + changed, files + (changed > 0)
            except Trouble as trouble:
                wrong.append(str(trouble))
    if wrong:
        raise Trouble("\n".join(wrong))
    return rows, files


def digest_of(value: bytes) -> bytes:
    """By what a quality record of the log is known."""
    return sha256(value).digest()


def _old(stage: Stage, again: Stage, batches: Iterator[list[Record]], told: Container[bytes], kept: int) -> Mapping[int, Stub]:
    """The stubs of a partition, by offset, of what was refused more than `kept` ms before its newest tick.

    `again` judges with all stubs in their place.
    """
    stubs: dict[int, tuple[int | None, Stub]] = {}
    first: int | None = None
    for records in batches:
        for record in records:
            offset = record[0]
            stub, outputs = _refused(stage, record, told)
            first = stage.now if first is None else first
            if stub is not None:
                stubs[offset] = stage.now, stub
            given = again.run([record if stub is None else (offset, None, Redacted(stub))])
            if list(map(encode, outputs)) != list(map(encode, given)):
                raise _differs(stage, f"what is told of offset {offset}")
    if stage.snapshot() != again.snapshot():
        raise _differs(stage, "the state at its end")
    now = stage.now
    if now is None or first is None:
        return {}
    return {offset: stub for offset, (at, stub) in stubs.items() if (first if at is None else at) < now - kept}


def _refused(stage: Stage, record: Record, told: Container[bytes]) -> tuple[Stub | None, list[object]]:
    """The stub of a record that may be redacted, and what judging it gives."""
    before = stage.trust
    outputs = list(stage.run([record]))
    whole = stage.refused == record[0] and stage.trust is before and len(outputs) == 1
    if not whole or isinstance(record[2], Redacted):
        return None, [*outputs]
    (quality,) = outputs
    if not isinstance(quality, Quality) or quality.more is not UNSET or quality.reason in JUDGED:
        return None, [*outputs]
    return (Stub.of(quality) if digest_of(encode(quality)) in told else None), [*outputs]


def _differs(stage: Stage, what: str) -> Trouble:
    return Trouble(
        f"{stage.topic}/{stage.partition} is not redacted: with the stubs {what} would differ. Nothing of it was changed; "
        "please report this with the program's version"
    )


def main(argv: list[str]) -> int:
    """Entry of the command; one JSON line at its end: rows, files, place."""
    parser = argparse.ArgumentParser(prog="python -m agents redact", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="the log of the archive (default %(default)s)")
    parser.add_argument("--archive", type=Path, help="where it stands (ONESCREEN_DATA/archive/LOG)")
    parser.add_argument("--days", type=int, default=DAYS, help="days of the log's time for which all is kept (%(default)s)")
    options = parser.parse_args(argv)
    if options.days < 1:
        raise Trouble(f"--days {options.days}: a refused record is kept for one day at least")
    settings = load()
    root = options.archive or settings.data / "archive" / options.log
    rows, files = redact(sound_basis(), root, _told(settings, options.log), options.days)
    sys.stdout.buffer.write(encode({"rows": rows, "files": files, "archive": str(root)}) + b"\n")
    return 0


def _told(settings: Settings, log: str) -> set[bytes]:
    topic = topic_name(log, "quality")
    with clients.consumer(settings) as reader:
        records = clients.stream(reader, topic, {}, clients.end_offsets(reader, topic))
        return {digest_of(record.value) for record in records if record.value}
