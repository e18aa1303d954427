"""`python -m streams clock`: the time of a log. One tick a second in every partition of every events topic, never backwards.

The live log keeps wall-clock time. A simulated log (`--speed N`) begins at `--from`, or at its own newest tick, and each
real second carries it N seconds on. After a stall one tick is written, for the latest second: never a burst.

The first tick, and one more than an hour after the one before, is a `clock.resumed`, which names that one: whoever judges the
log believes no other tick so far ahead.
"""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.ticks import newest_ticks
from streams.messages import SECOND, format_time, parse_time, resumed_bytes, time_bytes
from streams.settings import Settings, load
from streams.topics import LIVE, input_topics

PATIENCE = 1.0
"""How many seconds an answer of Kafka may take before the clock says that it waits."""

Now = Callable[[], int]


def newest_tick(settings: Settings, log: str) -> int | None:
    """The newest tick of a log, in ms since the epoch, over all partitions of its events topics; None before the first."""
    return max((at for at in newest_ticks(settings, log).values() if at is not None), default=None)


def next_tick(last: int | None, now: int) -> int | None:
    """The tick to write at `now` (ms): its whole second where that is after `last`, else None."""
    second = now - now % SECOND
    return second if last is None or second > last else None


def wall_time() -> int:
    """The machine's clock in ms since the epoch: the live log's time, read nowhere else."""
    return time.time_ns() // 1_000_000


def simulated_time(begin: int, speed: int, wall: Now = wall_time) -> Now:
    """A clock that shows `begin` (ms) when it is first asked, and `speed` seconds more at each full second of `wall`."""
    origin: int | None = None

    def now() -> int:
        nonlocal origin
        second = wall() // SECOND
        origin = second if origin is None else origin
        return begin + (second - origin) * speed * SECOND

    return now


class Clock:
    """The ticks of one log: `last` is the newest (ms, or None before the first); none that is not later follows it."""

    def __init__(self, log: str, now: Now, last: int | None) -> None:
        self.last = last
        self._log = log
        self._topics = input_topics(log)
        self._now = now
        self._behind = False

    def run(self, settings: Settings, stop: threading.Event) -> None:
        """Write a tick each second until `stop` is set; a broker that goes away is waited for."""
        while not stop.is_set():
            try:
                with _producer(settings) as producer:
                    known: Mapping[TopicPartition, int | None] | None = newest_ticks(settings, self._log)
                    while not stop.is_set():
                        if self._tick(producer, known, stop):
                            known = None  # from here on every partition has the same one
                        stop.wait(1 - time.time() % 1)
            except (KafkaError, Trouble) as error:
                _say(f"{error}; trying again")
                stop.wait(1)

    def _tick(self, producer: KafkaProducer, known: Mapping[TopicPartition, int | None] | None, stop: threading.Event) -> bool:
        """Write a tick if it is time; the first one resumes time after the newest tick that is `known` of each partition."""
        moment, last = self._now(), self.last
        self._say_if_behind(moment)
        if (tick := next_tick(last, moment)) is None:
            return False
        self.last = tick  # before the write: a tick that fails half way is followed by a later one
        said = time_bytes(tick, last)
        _write(producer, self._topics, lambda place: said if known is None else resumed_bytes(tick, known.get(place)), stop)
        return True

    def _say_if_behind(self, moment: int) -> None:
        behind = self.last is not None and moment - moment % SECOND < self.last
        if behind and not self._behind:
            _say(
                f"the newest tick is {format_time(self.last or 0)}, this machine's clock says {format_time(moment)}: "
                "no tick is written until it has caught up; check the machine's clock"
            )
        self._behind = behind


def _write(producer: KafkaProducer, topics: list[str], value: Callable[[TopicPartition], bytes], stop: threading.Event) -> None:
    """Write one tick into every partition, and wait until Kafka has it everywhere: one tick at a time is under way."""
    sent = [
        producer.send(topic, value=value(TopicPartition(topic, partition)), partition=partition)
        for topic in topics
        for partition in sorted(producer.partitions_for(topic))
    ]
    waited = 0
    while not stop.is_set():
        try:
            producer.flush(timeout=PATIENCE)
            break
        except KafkaTimeoutError:
            waited += 1
            if waited == 1:
                _say("Kafka does not answer; waiting for it")
    if waited:
        _say("Kafka answers again" if not stop.is_set() else "stopped while waiting for Kafka")
    for future in sent:
        if future.failed():
            raise future.exception


@contextmanager
def _producer(settings: Settings) -> Iterator[KafkaProducer]:
    """A producer that is closed within a second, whatever it still waits for."""
    producer = clients.producer(settings, linger_ms=0)
    try:
        yield producer
    finally:
        producer.close(timeout=1)


def main(arguments: list[str]) -> int:
    """Run `python -m streams clock` until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m streams clock", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="name of the log (default: %(default)s)")
    parser.add_argument("--speed", type=int, metavar="N", help="simulate: seconds of the log for each real second, 1 or more")
    parser.add_argument(
        "--from", dest="begin", type=parse_time, metavar="TIME", help="with --speed: where a new log begins (RFC 3339)"
    )
    options = parser.parse_args(arguments)
    if options.speed is not None and (options.log == LIVE or options.speed < 1):
        parser.error(f"--speed is a whole number from 1, for a log of its own (--log NAME), never for {LIVE}")
    if options.begin is not None and options.speed is None:
        parser.error("--from needs --speed")
    settings = load()
    last = newest_tick(settings, options.log)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Clock(options.log, _now(options.speed, options.begin, last), last).run(settings, stop)
    return 0


def _now(speed: int | None, begin: int | None, last: int | None) -> Now:
    """The time to follow: the machine's, or a simulated one, which a log with ticks continues and `begin` opens."""
    if speed is None:
        return wall_time
    if last is not None:
        _say(f"the log goes on from its newest tick, {format_time(last)}")
        return simulated_time(last, speed)
    return simulated_time(wall_time() if begin is None else begin, speed)


def _say(text: str) -> None:
    sys.stderr.write(f"clock: {text}\n")
    sys.stderr.flush()
