"""The newest records of a log, read when somebody looks at the page: a bounded look into Kafka, and the figures of an hour."""

import threading
import time
from collections.abc import Iterable

from kafka import TopicPartition
from kafka.errors import KafkaError

from screen.catalogue.health import SourceHealth, Sources
from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.clients import road_of
from streams.settings import Settings
from streams.topics import input_topics

FIRST = 4_000
"""Records of each partition that the first look goes back: an hour of ticks and as much again (a choice)."""

FRESH = 10.0
"""Seconds for which an answer stands: however many look, Kafka is asked so often."""

MOST_SECONDS = 4.0
"""How long one look may take; what it did not reach the next one reads."""

CONNECT_MS = 3_000

Bad = tuple[tuple[str, int, int], int]
"""The place of a bad record, and how many it stands for."""


class SourceReader:
    """Reads for the page, one at a time, from where it read last. Blocking: for a thread pool."""

    def __init__(self, settings: Settings, log: str) -> None:
        self._settings, self._log = settings, log
        self._turn = threading.Lock()
        self._next: dict[TopicPartition, int] = {}
        self._sources = Sources()
        self._told: tuple[float, list[SourceHealth]] = (-FRESH, [])
        self._trouble = ""

    def health(self, now: int, bad: Iterable[Bad]) -> tuple[list[SourceHealth], str]:
        """How the sources do at the log's time, and why Kafka was not read, if so. While a look is under way: the last one."""
        if time.monotonic() < self._told[0] + FRESH or not self._turn.acquire(blocking=False):
            return self._told[1], self._trouble
        try:
            self._trouble = ""
            self._read()
        except (KafkaError, Trouble, OSError) as error:
            self._trouble = str(error)
        finally:
            for place, count in bad:
                self._sources.bad(place, count)
            self._sources.forget(now)
            self._told = time.monotonic(), self._sources.health(now)
            self._turn.release()
        return self._told[1], self._trouble

    def _read(self) -> None:
        until = time.monotonic() + MOST_SECONDS
        with clients.consumer(self._settings, bootstrap_timeout_ms=CONNECT_MS, fetch_max_wait_ms=100) as reader:
            places = [place for topic in input_topics(self._log) for place in clients.partitions_of(reader, topic)]
            begins, ends = reader.beginning_offsets(places), reader.end_offsets(places)
            for place in places:
                first = max(begins[place], ends[place] - FIRST)
                self._next[place] = max(first, self._next.get(place, first))
            behind = [place for place in places if self._next[place] < ends[place]]
            reader.assign(behind)
            for place in behind:
                reader.seek(place, self._next[place])
            while behind and time.monotonic() < until:
                for place, records in reader.poll(timeout_ms=200).items():
                    for record in records:
                        self._sources.take((place.topic, place.partition, record.offset), record.value, road_of(record))
                    self._next[place] = reader.position(place)
                behind = [place for place in behind if self._next[place] < ends[place]]
