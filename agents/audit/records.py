"""The records that are verified: of a log in Kafka, or of a file of lines; and how findings are told."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
from kafka import KafkaConsumer
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Raw, Struct

from agents.audit.anchorer import ends_of, say
from agents.audit.anchors import ALERTS
from agents.audit.finding import AuditFinding
from streams.kafka import clients
from streams.messages import encode
from streams.outputs import TRAILS
from streams.topics import topic_name


class Written(Struct, frozen=True, gc=False):
    """A record to check: its bytes, where they stand for people; partition, offset, when Kafka got it (ms); -1 if unknown."""

    value: bytes
    place: str
    partition: int = -1
    offset: int = -1
    at: int = -1


class Line(Struct, frozen=True, gc=False, omit_defaults=True):
    """A line of a file: what `agents audit export` and `agents judge` print. `partition`, `offset`, `at` where known."""

    topic: str
    value: Raw
    key: str | None = None
    partition: int = -1
    offset: int = -1
    at: int = -1


KINDS = {kind.topic: kind for kind in TRAILS}
"""The kinds of trails by their topics, below the log's name."""

_line = msgspec.json.Decoder(Line)


def topic_ends(reader: KafkaConsumer, log: str, name: str) -> dict[int, int]:
    """Where each partition of a topic ends; of a trail that the log is too old for, none."""
    return ends_of(reader, log, KINDS[name]) if name in KINDS else clients.end_offsets(reader, topic_name(log, name))


def records(reader: KafkaConsumer, log: str, name: str, ends: Mapping[int, int] | None = None) -> Iterator[ConsumerRecord]:
    """The records of a topic up to its ends, as they are now or are given."""
    ends = topic_ends(reader, log, name) if ends is None else ends
    if ends:
        yield from clients.stream(reader, topic_name(log, name), {}, ends)


def written(reader: KafkaConsumer, log: str, name: str, ends: Mapping[int, int] | None = None) -> Iterator[Written]:
    """The same as they are checked."""
    for record in records(reader, log, name, ends):
        place = f"{record.topic}/{record.partition}/{record.offset}"
        yield Written(record.value or b"", place, record.partition, record.offset, record.timestamp)


def lines_of(path: Path, topic: str) -> Iterator[Written]:
    """The records of a topic in a file; a line that is none of ours counts as an entry, and is found malformed."""
    with path.open("rb") as lines:
        for number, text in enumerate(lines, 1):
            try:
                line = _line.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                line = Line(ALERTS, Raw(text))
            if line.topic == topic:
                value = bytes(line.value)
                told = msgspec.json.decode(value, type=str).encode() if value.startswith(b'"') else value
                yield Written(told, f"line {number}", line.partition, line.offset, line.at)


def raw(name: str, value: bytes | None) -> Raw:
    """A record in a line: text as a text of JSON, all else as it stands."""
    text = name == "anchors" and value is not None and value.startswith(b"onescreen/")
    return Raw(encode(value.decode("utf-8", "replace")) if text and value is not None else value or b"null")


def report(findings: Iterable[AuditFinding]) -> int:
    """Tell findings, one a line; the exit code."""
    count = 0
    for finding in findings:
        count += 1
        sys.stdout.buffer.write(encode(finding) + b"\n")
    sys.stdout.buffer.flush()
    say(f"{count} findings" if count else "intact")
    return 1 if count else 0
