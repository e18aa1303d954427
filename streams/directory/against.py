"""Which records of an archive a version of the directory would not take, and which sources sent them."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from msgspec import Struct

from streams.archive.files import partitions, read_partition
from streams.directory.difference import Directory
from streams.directory.schema import Schema, valid
from streams.messages import DecodeError, decode_event
from streams.topics import split_events_topic

FIRST = 3
"""Places that are told of each kind of failing record."""


class Failing(Struct, kw_only=True):
    """Records of a type and source: how many there are, how many of them fail, and where the first of these stand."""

    type: str
    source: str
    records: int = 0
    failing: int = 0
    first: list[str] = []


def against(new: Directory, archive: Path) -> list[Failing]:
    """The events of an archive by type and source, those with failures first; what is not described fails."""
    found: dict[tuple[str, str], Failing] = {}
    schemas: dict[str, Schema | None] = {}
    for place, type_, source, data in _events(archive):
        if type_ not in schemas:
            schemas[type_] = _schema(new, type_)
        row = found.setdefault((type_, source), Failing(type=type_, source=source))
        row.records += 1
        schema = schemas[type_]
        if schema is None or not valid(schema, data):
            row.failing += 1
            if len(row.first) < FIRST:
                row.first.append(place)
    return sorted(found.values(), key=lambda row: (-row.failing, row.type, row.source))


def _events(archive: Path) -> Iterator[tuple[str, str, str, object]]:
    """Each event of an archive: its place, type, source and data; what cannot be read is no event."""
    for topic, partition in partitions(archive):
        if not split_events_topic(topic)[1]:
            continue
        for records in read_partition(archive, topic, partition):
            for offset, _, value in records:
                try:
                    event = decode_event(value or b"")
                    yield f"{topic}/{partition}/{offset}", event.type, event.source, msgspec.json.decode(event.data)
                except (DecodeError, msgspec.DecodeError, RecursionError):
                    continue


def _schema(new: Directory, type_: str) -> Schema | None:
    fitting = [name for name in new if fnmatchcase(type_, name)]
    return new[max(fitting, key=len)]["schema"] if fitting else None
