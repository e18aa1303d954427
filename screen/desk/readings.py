"""What a subject sent around an alert, read from the very partition of its evidence: a bounded look into Kafka, nothing kept.

Which number of an event is plotted is found in the events themselves: that which the evidence says was judged; where it stands
nowhere (a mean, a count), the one that bears the alert's item. The screen reads no rules.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import isclose, isfinite
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Struct

from streams.catalogue.described import find
from streams.catalogue.sight import weight
from streams.kafka import clients
from streams.kafka.clients import road_of
from streams.messages import REGISTERED, Alert, DecodeError, Event, Registered, decode_event, parse_time
from streams.settings import Settings

BEFORE, AFTER = 8_000, 4_000
"""Records of the partition, of all its subjects, that are read before and after the first and the last evidence (a choice)."""

MOST_SECONDS = 4.0
"""How long one reading may take."""

FIRST_RECORDS = 6_000
"""Records from the beginning of the partition in which the subject's registration is looked for: 30,000 records in all."""

MOST_POINTS = 1_000
"""Readings that are told of: of more, the newest."""

MOST_RECORDS = 50
"""Records of a subject that are told of: of more, the newest."""

BEST = ("avg", "zs_avg", "rtd", "zs_rtd", "cou")
"""Of the numbers of one factor (HJ 212) the one to plot where none is the judged one, best first."""

CONNECT_MS = 3_000

Path = tuple[str, ...]


class BusyError(Exception):
    """Other readings are under way."""


class Point(Struct, frozen=True, array_like=True):
    """A reading: event time (ms) and value."""

    at: int
    value: float


class Came(Struct, frozen=True):
    """How a record came: its offset, the gateway that brought it (empty: none), and the event's source and id.

    Of a frame of HJ 212 the source names the device (MN), and the id command and QN, which name the frame (table 3).
    """

    offset: int
    road: str
    source: str
    id: str


class Readings(Struct, frozen=True):
    """What was found: the field and its points, oldest first; how many records were read, and whether time ran out.

    `judged`: the field is the one whose value was judged, so that the alert's limit is a limit of it. `registered`: the newest
    registration of the subject among what was read. `came`: how each evidence came, as far as it was read.
    """

    field: str
    judged: bool
    points: tuple[Point, ...]
    records: int
    ended_early: bool
    registered: Registered | None
    came: tuple[Came, ...] = ()


class Record(Struct, frozen=True, array_like=True):
    """A record of a subject: event time (ms), offset."""

    at: int
    offset: int


class NewestRecords(Struct, frozen=True):
    """The newest records of a subject in its partition, newest first; how many of all were read, and whether time ran out."""

    topic: str
    partition: int
    found: tuple[Record, ...]
    records: int
    ended_early: bool


class Reader:
    """Reads for the pages, one reading at a time. Blocking: for a thread pool."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._turn = threading.Lock()

    def readings(self, alert: Alert) -> Readings:
        """The readings around an alert. BusyError; KafkaError or Trouble where Kafka does not answer."""
        with self._reading() as reader:
            return read(reader, alert)

    def newest(self, topic: str, subject: str, types: frozenset[str]) -> NewestRecords:
        """The newest records of a subject of these types. The same errors."""
        with self._reading() as reader:
            return newest(reader, topic, subject, types)

    @contextmanager
    def _reading(self) -> Iterator[KafkaConsumer]:
        """A consumer, as soon as nobody else reads."""
        if not self._turn.acquire(timeout=MOST_SECONDS):
            raise BusyError("other readings are under way: try again")
        try:
            with clients.consumer(self._settings, bootstrap_timeout_ms=CONNECT_MS, fetch_max_wait_ms=100) as reader:
                yield reader
        finally:
            self._turn.release()


def read(reader: KafkaConsumer, alert: Alert) -> Readings:
    """Read the parts of the alert's partition that matter, and find in them what its subject sent."""
    place = TopicPartition(alert.place.topic, alert.place.partition)
    begin, end = _assigned(reader, place)
    until = time.monotonic() + MOST_SECONDS
    events: dict[int, Event] = {}
    ways: dict[int, str] = {}
    seen, late = 0, False
    key = _key(alert.subject)
    for first, last in spans(alert, begin, end):
        for record in _records(reader, place, first, last, until):
            seen += 1
            if (event := _event(record, key)) is not None:
                events[record.offset], ways[record.offset] = event, road_of(record)
        late = late or reader.position(place) < last
    return found(alert, events, seen, ended_early=late, ways=ways)


def newest(reader: KafkaConsumer, topic: str, subject: str, types: frozenset[str]) -> NewestRecords:
    """The records of these types among the newest ones of the subject's partition, whose number is bounded."""
    places = clients.partitions_of(reader, topic)
    if not places:
        return NewestRecords(topic, 0, (), 0, ended_early=False)
    key = _key(subject)
    place = places[clients.partition_of(key, len(places))]
    begin, end = _assigned(reader, place)
    seen, sent = 0, list[Record]()
    for record in _records(reader, place, max(begin, end - BEFORE), end, time.monotonic() + MOST_SECONDS):
        seen += 1
        event = _event(record, key)
        if event and event.type in types and (at := _time(event)) is not None:
            sent.append(Record(at, record.offset))
    last = tuple(sent[-MOST_RECORDS:][::-1])
    return NewestRecords(place.topic, place.partition, last, seen, ended_early=reader.position(place) < end)


def spans(alert: Alert, begin: int, end: int) -> list[tuple[int, int]]:
    """The parts of the partition to read, [first, last) each: its beginning, and around the evidence and the last revision."""
    marks = sorted([alert.place.offset, *(each.place.offset for each in alert.evidence)])
    wanted = [(begin, begin + FIRST_RECORDS)] + [(mark - BEFORE, mark + AFTER) for mark in (marks[0], marks[-1])]
    merged: list[tuple[int, int]] = []
    for first, last in sorted((max(begin, first), min(end, last)) for first, last in wanted):
        if first >= last:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def found(
    alert: Alert, events: Mapping[int, Event], seen: int, *, ended_early: bool, ways: Mapping[int, str] | None = None
) -> Readings:
    """What the events of the subject, by offset, say of the alert; `ways`: which gateway brought them."""
    kinds = {each.place.offset: each.value for each in alert.evidence if each.place.offset in events}
    path, judged = _judged(alert, {offset: _data(events[offset]) for offset in kinds}, kinds)
    registered = None
    points: list[Point] = []
    types = {events[offset].type for offset in kinds}
    if any(_is_sensitive(type_, path) for type_ in types):
        path, judged = (), False
    for _, event in sorted(events.items()):
        if event.type.endswith(REGISTERED):
            registered = _registered(event) or registered
        elif path and event.type in types and (point := _point(event, path)) is not None:
            points.append(point)
    points = sorted(points, key=lambda point: point.at)[-MOST_POINTS:]
    came = tuple(Came(offset, (ways or {}).get(offset, ""), events[offset].source, events[offset].id) for offset in kinds)
    return Readings(".".join(path), judged, tuple(points), seen, ended_early, registered, came)


def numbers(data: Any, before: Path = ()) -> Iterator[tuple[Path, float]]:
    """Every number of a fact, with the way to it.

    >>> list(numbers({"factors": {"a21002": {"avg": 3.5, "flag": "N"}}, "ok": True}))
    [(('factors', 'a21002', 'avg'), 3.5)]
    """
    if isinstance(data, dict):
        for name, value in data.items():
            yield from numbers(value, (*before, name))
    elif isinstance(data, int | float) and not isinstance(data, bool) and isfinite(data):
        yield before, float(data)


def _judged(alert: Alert, facts: Mapping[int, Any], values: Mapping[int, float | None]) -> tuple[Path, bool]:
    """The way to the number to plot, and whether it is the one that was judged."""
    hits: dict[Path, int] = {}
    named: set[Path] = set()
    valued = [offset for offset in facts if values[offset] is not None]
    for offset, data in facts.items():
        for path, number in numbers(data):
            if alert.item in path:
                named.add(path)
            if (value := values[offset]) is not None and isclose(value, number, rel_tol=1e-9, abs_tol=1e-9):
                hits[path] = hits.get(path, 0) + 1
    ours = {path: hits[path] for path in hits if path in named or (not named and hits[path] == len(valued))}
    if ours:
        return max(ours, key=lambda path: (ours[path], _rank(path, alert.item))), True
    return (max(named, key=lambda path: _rank(path, alert.item)), False) if named else ((), False)


def _is_sensitive(type_: str, path: Path) -> bool:
    """Whether a number is one that nobody sees unasked, such as where a person was: it is not plotted."""
    described = find(type_)
    fields = described.fields if described else ()
    return any(field.entry and weight(field.entry) == "sensitive" for field in fields if field.shape.path == ".".join(path))


def _rank(path: Path, item: str) -> int:
    """How well a way fits its item: the item itself best, then the numbers of a factor as in BEST."""
    if path[-1] == item:
        return len(BEST) + 1
    return len(BEST) - BEST.index(path[-1]) if path[-1] in BEST else 0


def _point(event: Event, path: Path) -> Point | None:
    value = _data(event)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        return None
    at = _time(event)
    return None if at is None else Point(at, float(value))


def _time(event: Event) -> int | None:
    """The event's time (ms); None where it has none that can be read."""
    try:
        return parse_time(event.time)
    except ValueError:
        return None


def _registered(event: Event) -> Registered | None:
    try:
        return msgspec.json.decode(event.data, type=Registered)
    except (msgspec.DecodeError, ValueError):
        return None


def _data(event: Event) -> Any:
    try:
        return msgspec.json.decode(event.data)
    except msgspec.DecodeError:
        return None


def _key(subject: str) -> bytes:
    return subject.encode("utf-8", "surrogatepass")


def _event(record: ConsumerRecord, key: bytes) -> Event | None:
    """The event of a record of this key; None where it has another, or is none."""
    if record.key != key or record.value is None:
        return None
    try:
        return decode_event(record.value)
    except DecodeError:
        return None


def _assigned(reader: KafkaConsumer, place: TopicPartition) -> tuple[int, int]:
    """Where a partition begins and ends now; the reader reads it and no other."""
    reader.assign([place])
    return reader.beginning_offsets([place])[place], reader.end_offsets([place])[place]


def _records(reader: KafkaConsumer, place: TopicPartition, first: int, last: int, until: float) -> Iterator[ConsumerRecord]:
    """The records from `first` to before `last`, as long as there is time."""
    reader.seek(place, first)
    while reader.position(place) < last and time.monotonic() < until:
        for record in reader.poll(timeout_ms=200).get(place, []):
            if record.offset < last:
                yield record
