"""`python -m streams clock`: the time of a log. One tick a second in every partition of every events topic, never backwards.

The live log keeps wall-clock time. A simulated log (`--speed N`) begins at `--from`, or at its own newest tick, and each
real second carries it N seconds on. After a stall one tick is written, for the latest second: never a burst.

The first tick, and one more than an hour after the one before, is a `clock.resumed`, which names that one: whoever judges the
log believes no other tick so far ahead.

In a log that was opened the ticks are of a chain that the clock's key has signed. There a gap that is longer than the log's
policy lets the clock pass over needs a second signature: `python -m streams clock resume --log LOG --cosign KEY`, or that key
in the folder of the log's keys while the clock runs.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaProducer, TopicPartition
from kafka.errors import KafkaError, KafkaTimeoutError

from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.series import series_of
from streams.kafka.ticks import clock_stands, newest_ticks
from streams.messages import SECOND, format_time, parse_time, resumed_bytes, time_bytes
from streams.settings import Settings, load
from streams.signing.machine.keyfile import Key
from streams.signing.machine.part import Part, key_path, open_part
from streams.signing.machine.ticker import NeedsSecondError, Ticker, TimeStanding, resumption
from streams.signing.sign import Signer
from streams.signing.suites import SUITES
from streams.stopping import stop_event
from streams.topics import LIVE, input_topics

PATIENCE = 1.0
"""How many seconds an answer of Kafka may take before the clock says that it waits."""

WHAT_TO_DO = "end the clock, run `python -m streams clock resume --log {log} --cosign KEY`, and start it again"

PART, SECOND_PART = "clock", "clock-second"

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


Told = Callable[[int, int | None], Callable[[TopicPartition], list[bytes]]]
"""What to write into each partition at a tick (ms), after the newest one of the log."""


class Clock:
    """The ticks of one log: `last` is the newest (ms, or None before the first); none that is not later follows it.

    `chains`: what writes the ticks of a log that was opened; None of every other.
    """

    def __init__(self, log: str, now: Now, last: int | None, chains: Ticker | None = None) -> None:
        self.last = last
        self._log = log
        self._topics = input_topics(log)
        self._now = now
        self._chains = chains
        self._behind = self._alone = False

    def run(self, settings: Settings, stop: threading.Event) -> None:
        """Write a tick each second until `stop` is set; a broker that goes away is waited for."""
        while not stop.is_set():
            try:
                with _producer(settings) as producer:
                    told = self._told(settings)
                    while not stop.is_set():
                        self._tick(producer, told, stop)
                        stop.wait(1 - time.time() % 1)
            except (KafkaError, Trouble) as error:
                _say(f"{error}; trying again")
                stop.wait(1)

    def _told(self, settings: Settings) -> Told:
        """What writes ticks, from where time stands in each partition now."""
        if self._chains is not None:
            return _chained(self._chains, settings, self._log)
        known: Mapping[TopicPartition, int | None] | None = newest_ticks(settings, self._log)

        def told(tick: int, last: int | None) -> Callable[[TopicPartition], list[bytes]]:
            nonlocal known
            first, known = known, None  # from here on every partition has the same one
            said = time_bytes(tick, last)
            return lambda place: [said if first is None else resumed_bytes(tick, first.get(place))]

        return told

    def _tick(self, producer: KafkaProducer, told: Told, stop: threading.Event) -> None:
        """Write a tick if it is time; the first one resumes time after the newest tick that is known of each partition."""
        moment, last = self._now(), self.last
        self._say_if_behind(moment)
        if (tick := next_tick(last, moment)) is None:
            return
        try:
            values = told(tick, last)
        except NeedsSecondError as error:
            if not self._alone:
                _say(f"{error}: {WHAT_TO_DO.format(log=self._log)}")
            self._alone = True
            return
        self._alone = False
        self.last = tick  # before the write: a tick that fails half way is followed by a later one
        _write(producer, self._topics, values, stop)

    def _say_if_behind(self, moment: int) -> None:
        behind = self.last is not None and moment - moment % SECOND < self.last
        if behind and not self._behind:
            _say(
                f"the newest tick is {format_time(self.last or 0)}, this machine's clock says {format_time(moment)}: "
                "no tick is written until it has caught up; check the machine's clock"
            )
        self._behind = behind


def _chained(chains: Ticker, settings: Settings, log: str) -> Told:
    """What writes the ticks of an opened log: the same into every partition."""
    chains.begin(standing_of(settings, log))

    def told(tick: int, _last: int | None) -> Callable[[TopicPartition], list[bytes]]:
        values = chains.told(tick)
        return lambda _place: values

    return told


def standing_of(settings: Settings, log: str) -> TimeStanding:
    """Where time stands in the partitions of an opened log, taken together."""
    stands = clock_stands(settings, log).values()
    ticked = [stand.now for stand in stands if stand.now is not None]
    resumed = [stand.resumed or 0 for stand in stands if stand.now is not None]
    return TimeStanding(min(ticked), max(ticked), min(resumed) or None) if ticked else TimeStanding()


def _write(
    producer: KafkaProducer, topics: list[str], values: Callable[[TopicPartition], list[bytes]], stop: threading.Event
) -> None:
    """Write one tick into every partition, and wait until Kafka has it everywhere: one tick at a time is under way."""
    places = [TopicPartition(topic, number) for topic in topics for number in sorted(producer.partitions_for(topic))]
    sent = [producer.send(place.topic, value=value, partition=place.partition) for place in places for value in values(place)]
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


def chains_of(settings: Settings, log: str, part: Part, step: int) -> Ticker | None:
    """What writes the ticks of an opened log, `step` ms apart; None where it was never opened. Trouble for too long a step."""
    if part.key is None:
        return None
    trust = series_of(settings, log).trust
    if step > trust.policy.step:
        raise Trouble(
            f"steps of {step // SECOND} s: log {log!r} allows {trust.policy.step // SECOND} s at most; "
            f"let its roots allow more: python -m agents keys policy --log {log} --step {step // SECOND}"
        )
    return Ticker(part, trust.policy, SUITES[trust.suite].hash, step, lambda: _second(settings, log))


@contextmanager
def _second(settings: Settings, log: str) -> Iterator[Signer | None]:
    """The second key, where it is in the folder of the log's keys just now."""
    path = key_path(settings, log, SECOND_PART)
    if path.exists():
        with Key(path) as key:
            yield key
    else:
        yield None


def _resume(arguments: list[str]) -> int:
    """Let the clock of an opened log go on after a long gap: an event with two signatures, into every partition."""
    parser = argparse.ArgumentParser(prog="python -m streams clock resume", description=_resume.__doc__)
    parser.add_argument("--log", default=LIVE, help="name of the log (default: %(default)s)")
    parser.add_argument("--cosign", required=True, metavar="KEY", type=Path, help="the key file of clock-second")
    parser.add_argument("--to", type=parse_time, metavar="TIME", help="the time to go on from (default: now)")
    options = parser.parse_args(arguments)
    settings = load()
    stand = standing_of(settings, options.log)
    to = options.to if options.to is not None else wall_time() // SECOND * SECOND
    with open_part(settings, options.log, PART) as part, Key(options.cosign) as second, _producer(settings) as producer:
        if part.key is None or stand.high is None:
            raise Trouble(f"log {options.log!r} has no gap that needs a second signature: start its clock")
        value = resumption(part, to, stand.high, [second])
        _write(producer, input_topics(options.log), lambda _: [value], threading.Event())
    _say(f"the clock of log {options.log!r} may go on from {format_time(to)}: start it")
    return 0


def main(arguments: list[str]) -> int:
    """Run `python -m streams clock` until SIGTERM or SIGINT."""
    if arguments[:1] == ["resume"]:
        return _resume(arguments[1:])
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
    stop = stop_event()
    with open_part(settings, options.log, PART) as part:
        chains = chains_of(settings, options.log, part, (options.speed or 1) * SECOND)
        Clock(options.log, _now(options.speed, options.begin, last), last, chains).run(settings, stop)
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
