"""Orders to set clocks, as they come into an opened log: only what is signed by who may is believed."""

import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import SimpleQueue

from kafka import TopicPartition
from kafka.errors import KafkaError

from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.messages.services.devices import ClockOrder
from streams.settings import Settings
from streams.signing.machine.keyfile import KeyFileError
from streams.topics import topic_name

ACTS = "device-acts"
"""The topic, below the log's name."""

POLL = 1.0
"""Seconds that a look at the topic waits; 本系统默认 (a default of this system)."""

PAUSE = 10.0
"""Seconds after a failure until Kafka is tried again; 本系统默认."""

Offsets = dict[int, int]
"""The next record of each partition that is to be read."""


class Orders:
    """Reads orders in a thread of its own. `since`: from where on; what is not in it is read from its end.

    `came`: each with the offsets behind it. A gateway that does not know what it has carried out carries out nothing old.
    """

    def __init__(self, settings: Settings, log: str, since: Mapping[int, int]) -> None:
        self._settings, self._log, self._since = settings, log, dict(since)
        self.came: SimpleQueue[tuple[Offsets, ClockOrder | None]] = SimpleQueue()
        self._away = ""

    @contextmanager
    def beside(self, stop: threading.Event) -> Iterator[None]:
        """Read while the body runs, until `stop` is set."""
        reading = threading.Thread(target=self._run, args=(stop,), name="clock orders", daemon=True)
        reading.start()
        try:
            yield
        finally:
            stop.set()
            reading.join(2 * POLL)

    def _run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._read(stop)
            except (KafkaError, Trouble, KeyFileError, OSError) as error:
                if str(error) != self._away:
                    _say(f"orders to set clocks are not read: {error}")
                self._away = str(error)
                stop.wait(PAUSE)

    def _read(self, stop: threading.Event) -> None:
        verified = desk_reader(self._settings, self._log, "hj212", demand=True)
        with clients.consumer(self._settings) as reader:
            places = clients.partitions_of(reader, topic_name(self._log, ACTS))
            reader.assign(places)
            ends = reader.end_offsets(places)
            for place in places:
                self._since.setdefault(place.partition, ends[place])
                reader.seek(place, min(self._since[place.partition], ends[place]))
            self.came.put((dict(self._since), None))
            while not stop.is_set():
                for place, records in reader.poll(int(POLL * 1_000)).items():
                    self._pass_on(place, [(each.offset, verified.read(each, ClockOrder)) for each in records])

    def _pass_on(self, place: TopicPartition, found: list[tuple[int, object]]) -> None:
        for offset, order in found:
            self._since[place.partition] = offset + 1
            self.came.put((dict(self._since), order if isinstance(order, ClockOrder) else None))


def _say(text: str) -> None:
    sys.stderr.write(f"hj212: {text}\n")
    sys.stderr.flush()
