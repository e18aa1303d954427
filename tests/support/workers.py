"""Worker processes for tests: start, kill, stop; events to judge; what Kafka holds afterwards."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType

from kafka import KafkaProducer
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.signs.stage.basis import sign_rules
from agents.stages import STAGES
from streams.kafka import clients
from streams.messages import (
    HOUR,
    MINUTE,
    decode,
    encode,
)
from streams.outputs import BY_TOPIC, BY_TYPE, Output, target
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events

ROOT = Path(__file__).parents[2]
DOMAIN = "environment"
DEADLINE = 60.0

Message = tuple[int, bytes | None, bytes]
"""Partition, key and value of a record to send."""

Outputs = dict[str, dict[tuple[str | int, ...], bytes]]
"""Topic → identity of an output → its bytes."""


class Worker:
    """A worker process of its own, as a person would start it."""

    def __init__(
        self,
        settings: Settings,
        log: str,
        *options: str,
        command: str = "worker",
        package: str = "agents",
        root: Path | None = None,
        **more: str,
    ) -> None:
        """`root`: the folder below which the program stands (this one); `more` are environment names."""
        ours = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
        self._errors = Path(tempfile.mkdtemp()) / "stderr"
        line = [sys.executable, "-m", package, command, "--log", log, *options]
        with self._errors.open("ab") as errors:
            self.process = subprocess.Popen(line, cwd=root or ROOT, env=os.environ | ours | more, stderr=errors)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if error is not None:
            error.add_note(f"stderr of the worker:\n{self.said()}")

    def said(self) -> str:
        """All that the worker has written to stderr."""
        return self._errors.read_text()

    def ready(self) -> "Worker":
        """Wait until the worker has its partitions and their state."""
        wait_for(lambda: "ready" in self.said() or self.process.poll() is not None, "a worker to be ready")
        assert self.process.poll() is None, "the worker ended before it was ready"
        return self

    def kill(self) -> None:
        """SIGKILL: the worker can do nothing any more."""
        self.process.kill()
        assert self.process.wait() == -signal.SIGKILL

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.terminate()
        return self.process.wait(DEADLINE)

    def freeze(self) -> None:
        """SIGSTOP: as a machine that swaps or a container that is paused."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self.process.send_signal(signal.SIGCONT)


def wait_for(condition: Callable[[], object], what: str, seconds: float = DEADLINE) -> None:
    """Wait until `condition` is true; AssertionError says what did not happen."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.05)


def city(partitions: int, stations: int, hours: int, seed: int) -> Iterator[Message]:
    """A log of a city: stations register, then tick by tick their hours come, some of them bad in every way we know."""
    chance = random.Random(seed)
    names = [f"air.410100.{n:03}" for n in range(stations)]
    homes = {name: clients.partition_of(name.encode(), partitions) for name in names}
    for name in names:
        yield homes[name], name.encode(), events.registered(name, events.START)
    for n in range(1, hours + 1):
        at = events.START + n * HOUR
        yield from ((partition, None, events.tick(at + MINUTE)) for partition in range(partitions))
        for name in names:
            for value in _hour(chance, at, name):
                yield homes[name], name.encode(), value


def _hour(chance: random.Random, at: int, name: str) -> Iterator[bytes]:
    """One hour of one station: clean, bad air, missing, doubled, contradicting itself, late, or no event at all."""
    draw = chance.random()
    bad_air = {"o3": chance.choice((210, 320, 450)), "pm25": chance.choice((90, 180, 300)), "no2": 260}
    if draw < 0.90:
        yield events.clean(at, name, **(bad_air if draw < 0.08 else {}))
    elif draw < 0.93:
        yield from (events.clean(at, name), events.clean(at, name))
    elif draw < 0.95:
        yield from (events.clean(at, name), events.clean(at, name, o3=7))
    elif draw < 0.96:
        yield events.clean(at - 5 * HOUR, name)
    elif draw < 0.98:
        yield chance.choice((b"\xff", b"{", b"[]", b"null", b'{"specversion": "1.0"}', events.clean(at, name, o3=-1)))


def produce(settings: Settings, log: str, messages: Iterable[Message], rate: float | None = None) -> int:
    """Send messages in order, at most `rate` a second, and wait until all are written; their number."""
    topic = events_topic(log, DOMAIN)
    began, count = time.monotonic(), 0
    with closing(clients.producer(settings)) as producer:
        for partition, key, value in messages:
            producer.send(topic, value=value, key=key, partition=partition)
            count += 1
            if rate and count % 100 == 0:
                _pace(producer, began + count / rate)
        producer.flush()
    return count


def _pace(producer: KafkaProducer, until: float) -> None:
    producer.flush()
    time.sleep(max(0.0, until - time.monotonic()))


def ends(settings: Settings, topic: str) -> dict[int, int]:
    """The end of each partition."""
    with clients.consumer(settings) as reader:
        return clients.end_offsets(reader, topic)


def record_ends(settings: Settings, topic: str) -> dict[int, int]:
    """The offset after the last record of each partition that has one; Kafka's own marks of transactions may follow."""
    last = {number: clients.last_record(settings, topic, number) for number in ends(settings, topic)}
    return {number: record.offset + 1 for number, record in last.items() if record is not None}


def committed(settings: Settings, log: str, domain: str = DOMAIN) -> dict[int, int]:
    """The offsets that the log's workers have committed for a domain; waits for a broker that has just started."""
    until = time.monotonic() + DEADLINE
    while True:
        try:
            return _committed(settings, log, domain)
        except KafkaError as error:
            if not error.retriable or time.monotonic() > until:
                raise
        time.sleep(0.1)


def _committed(settings: Settings, log: str, domain: str) -> dict[int, int]:
    with closing(clients.admin(settings)) as admin:
        offsets = admin.list_group_offsets(f"onescreen-{log}")[f"onescreen-{log}"]
        return {place.partition: offset.offset for place, offset in offsets.items() if place.topic == events_topic(log, domain)}


def write_outputs(settings: Settings, log: str, told: Iterable[Output]) -> None:
    """Write what a worker would."""
    with closing(clients.producer(settings)) as producer:
        for message in told:
            topic, key = target(message)
            producer.send(topic_name(log, topic), encode(message), key.encode())
        producer.flush()


def outputs(settings: Settings, log: str) -> Outputs:
    """What the log's workers wrote of alerts, each output once; copies of one output must be byte-equal."""
    return outputs_in(settings, log, OF_ALERTS)


def incidents(settings: Settings, log: str) -> Outputs:
    """What they wrote of incidents."""
    return outputs_in(settings, log, OF_INCIDENTS)


def all_outputs(settings: Settings, log: str) -> Outputs:
    """What all stages have given, by topic."""
    return outputs_in(settings, log, (*OF_ALERTS, *OF_INCIDENTS, *OF_ORDERS, *OF_SIGNS))


def folded(settings: Settings, log: str) -> bool:
    """Whether the workers have committed all of the incidents' input."""
    end = ends(settings, events_topic(log, "incidents"))
    return _committed(settings, log, "incidents") == {partition: offset for partition, offset in end.items() if offset}


def outputs_in(settings: Settings, log: str, topics: Iterable[str]) -> Outputs:
    """What stands in these topics, each output once; copies of one output must be byte-equal."""
    found: Outputs = {}
    for topic in topics:
        kept = found.setdefault(topic, {})
        for record in clients.read_topic(settings, topic_name(log, topic)):
            known = kept.setdefault(identity(topic, record.value), record.value)
            assert known == record.value, f"two {topic} of one identity differ: {known!r} and {record.value!r}"
    return found


def judged_purely(book: Book, settings: Settings, log: str) -> Outputs:
    """What one uninterrupted fold for each partition makes of the very same log, read back from Kafka."""
    topic = events_topic(log, DOMAIN)
    return judged(book, topic, clients.read_topic(settings, topic))


def judged(book: Book, topic: str, records: Iterable[ConsumerRecord]) -> Outputs:
    """What one uninterrupted fold for each partition makes of these records of an events topic."""
    folds: dict[int, Fold] = {}
    found: Outputs = {name: {} for name in OF_ALERTS}
    counts = sign_rules().counts
    for record in records:
        if record.partition not in folds:
            counted = counts(topic, record.partition)
            folds[record.partition] = Fold(book, topic, record.partition, files=True, counts=counted)
        fold = folds[record.partition]
        for output in fold.run([(record.offset, record.key, record.value)]):
            name, _ = target(output)
            value = encode(output)
            found[name][identity(name, value)] = value
    return found


def identity(topic: str, value: bytes) -> tuple[str | int, ...]:
    """What makes an output of this topic the same output when it is written again."""
    kind = BY_TOPIC[topic]
    assert kind.identity, f"nobody repeats what stands in {topic}"
    return kind.identity(decode(value, kind.message))


_STAGES = {kind.name: [BY_TYPE[type_].topic for type_ in kind.outputs] for kind in STAGES}

OF_ALERTS = tuple(_STAGES["alerts"])
"""The topics into which the stage of facts gives outputs."""

OF_INCIDENTS = tuple(topic for topic in _STAGES["incidents"] if topic not in OF_ALERTS)
"""Those into which the stage of incidents alone does."""

OF_ORDERS = tuple(topic for topic in _STAGES["orders"] if topic not in OF_ALERTS)
"""Those into which the stage of orders alone does."""

OF_SIGNS = tuple(topic for topic in _STAGES["signs"] if topic not in OF_ALERTS)
"""Those into which the stage of signs alone does."""

OF_A_CITY = ("alerts", "audit", "quality")
"""The topics into which a city gives outputs; no rule of it raises an exception."""
