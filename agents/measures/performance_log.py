"""The alarm performance of one log in Kafka: reads trails, revisions and the workers' pulses, writes the measures.

All that is remembered is read again from the beginning at each start, so nothing is counted twice; what is written is the state
of now, so a second one of the same log does no harm.
"""

import sys
import time
from collections.abc import Callable
from typing import Any, Self

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from agents.measures.kpi import Targets, performance, period, unknown
from agents.measures.performance import TRAIL, TYPES, Journal, forget, remember, told
from streams.kafka import clients
from streams.messages import MINUTE, Heartbeat, Status, encode, parse_time
from streams.outputs import BY_TYPE, target
from streams.settings import Settings
from streams.topics import topic_name

READ: dict[str, Any] = {**TYPES, BY_TYPE[Heartbeat].topic: Status}
"""The topics that are read, and what their records are."""

REST = 10.0
"""Seconds between two publications at least, however fast the log's time goes."""

SHARE = 20
"""After a publication comes a rest of so many times what it took: reckoning takes a twentieth of the time at most."""

ACCEPTED = 10.0
"""Seconds that Kafka may take to accept what is published."""

POLL_MS = 500
WHO = "performance"
FORGET_EVERY = 100_000
"""Records of a long trail after which what is too old is let go of while it is read."""


class Follower:
    """What a log tells of its alerts, up to `end` (ms) where given; used with `with`. Trouble where a topic is missing."""

    def __init__(self, settings: Settings, log: str, end: int | None = None) -> None:
        self.journal = Journal()
        self._end = end
        self._topics = {topic_name(log, name): name for name in READ}
        self._reader = clients.consumer(settings)
        self._places = {name: clients.partitions_of(self._reader, topic) for topic, name in self._topics.items()}
        self._reader.assign([place for places in self._places.values() for place in places])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def catch_up(self, stopped: Callable[[], bool] = lambda: False, *, forgetful: bool = False) -> None:
        """Read to the present end: first the trails, so that of alerts only those are kept which have one."""
        for name, places in self._places.items():
            self._reader.pause(*(place for each in self._places.values() for place in each))
            self._reader.resume(*places)
            ends = self._reader.end_offsets(places)
            read = 0
            while not stopped() and any(self._reader.position(place) < ends[place] for place in places):
                read += self.poll()
                if forgetful and read >= FORGET_EVERY:
                    forget(self.journal)
                    read = 0
            if name == TRAIL and forgetful:
                forget(self.journal)
        self._reader.resume(*(place for each in self._places.values() for place in each))

    def poll(self) -> int:
        """Take what is there now; how many records it was."""
        batches: dict[TopicPartition, list[ConsumerRecord]] = self._reader.poll(POLL_MS)
        for place, records in batches.items():
            for record in records:
                self._take(self._topics[place.topic], record)
        return sum(map(len, batches.values()))

    def _take(self, name: str, record: ConsumerRecord) -> None:
        """Fold one record."""
        message = clients.read(record, READ[name], WHO)
        if isinstance(message, Heartbeat):
            if message.now is not None and self._end is None:
                told(self.journal, parse_time(message.now))
        elif message is not None and name in TYPES:
            remember(self.journal, message, self._end)


class Publisher:
    """Writes the measures of a log; used with `with`."""

    def __init__(self, settings: Settings, log: str, targets: Targets) -> None:
        self._log, self._targets = log, targets
        self._topic = topic_name(log, "performance")
        self._known = {key for key, value in clients.newest_values(settings, self._topic).items() if key and value}
        self._producer = clients.producer(settings, compression_type="zstd")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()

    def publish(self, journal: Journal) -> int:
        """Write every group, and a tombstone for each that has nothing left in the period; how many groups there are.

        KafkaError where Kafka does not take it.
        """
        over = period(journal)
        measured = performance(journal, self._targets, self._log, over) if over else ()
        found = {target(each)[1].encode(): each for each in measured}
        values = {**dict.fromkeys(self._known - found.keys()), **{key: encode(each) for key, each in found.items()}}
        sent = [self._producer.send(self._topic, value, key) for key, value in values.items()]
        for each in sent:
            each.get(ACCEPTED)
        self._known = set(found)
        return len(found)


def run(follower: Follower, publisher: Publisher, stopped: Callable[[], bool]) -> None:
    """Catch up, then publish once a minute of the log's time, until told to stop. Kafka that is away is waited for."""
    journal = follower.journal
    follower.catch_up(stopped, forgetful=True)
    minute, next_at, ready = -1, 0.0, False
    while not stopped():
        now = -1 if journal.newest is None else journal.newest // MINUTE
        began = time.monotonic()
        if now > minute and began >= next_at:
            forget(journal)
            try:
                groups = publisher.publish(journal)
                minute = now
                if not ready:
                    ready = True
                    _say(f"ready: {groups} groups published, {unknown(journal)} alerts without a revision")
            except KafkaError as error:
                _say(f"not published, trying again: {error}")
            ended = time.monotonic()
            next_at = ended + max(REST, SHARE * (ended - began))
        follower.poll()


def _say(what: str) -> None:
    sys.stderr.write(f"{WHO}: {what}\n")
    sys.stderr.flush()
