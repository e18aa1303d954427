"""The clock against a real broker: every partition ticks, never backwards, across restarts of clock and broker."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from streams.catalogue import domains
from streams.clock import Clock, newest_tick, next_tick, simulated_time, wall_time
from streams.command import Trouble
from streams.kafka import broker as embedded
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import TICK, decode_event, event_bytes, format_time, parse_time, tick_bytes
from streams.settings import Settings
from streams.topics import events_topic, input_topics

Wait = Callable[[Callable[[], object]], None]
NOON = parse_time("2026-03-01T12:00:00+08:00")


def test_a_tick_is_a_cloudevent_of_its_second() -> None:
    """Type clock.tick, the time in China's zone as id and time, no subject, no data."""
    event = decode_event(tick_bytes(NOON))
    assert (event.specversion, event.type, event.source, event.subject) == ("1.0", TICK, "clock", "")
    assert event.id == event.time == "2026-03-01T12:00:00+08:00"


@pytest.mark.parametrize(
    ("last", "now", "tick"),
    [
        (None, NOON + 999, NOON),  # the first tick, cut to the second
        (NOON, NOON + 999, None),  # still the same second
        (NOON, NOON + 1_000, NOON + 1_000),
        (NOON, NOON + 60_500, NOON + 60_000),  # after a stall: the latest second alone
        (NOON, NOON - 3_600_000, None),  # the machine's clock was set back
    ],
)
def test_next_tick(last: int | None, now: int, tick: int | None) -> None:
    """One tick for the latest whole second, and none that is not later than the last."""
    assert next_tick(last, now) == tick


def test_simulated_time_begins_when_first_asked() -> None:
    """It shows its beginning at the first question, and N seconds more for each second of the wall clock."""
    wall = iter([5_900, 6_000, 6_999, 16_000])
    now = simulated_time(NOON, 60, lambda: next(wall))
    assert [now() - NOON for _ in range(4)] == [0, 60_000, 60_000, 660_000]


def test_every_partition_ticks_each_second(broker: Settings, log: str, wait: Wait) -> None:
    """The live clock: whole seconds of the wall clock, strictly rising, null key, in every partition of every input."""
    began = wall_time()
    with _running(broker, log):
        wait(lambda: min(map(len, _ticks(broker, log).values())) >= 3)
    for ticks in _ticks(broker, log).values():
        assert ticks == sorted(set(ticks))
        assert all(tick % 1_000 == 0 and began - 1_000 <= tick <= wall_time() for tick in ticks)
    assert len(_ticks(broker, log)) == len(input_topics(log)) * broker.partitions
    assert {record.key for record in clients.read_topic(broker, events_topic(log, next(iter(domains()))))} == {None}


def test_simulation_goes_on_after_a_restart(broker: Settings, log: str, wait: Wait) -> None:
    """It begins at --from; a second start ignores --from and goes on from the newest tick: no partition ever goes back."""
    options = ("--speed", "3600", "--from", "2026-03-01T12:00:00+08:00")
    for _ in range(2):
        before = _fewest(broker, log)
        with _running(broker, log, *options):
            wait(lambda before=before: _fewest(broker, log) >= before + 2)  # type: ignore[misc] # bound now
    for ticks in _ticks(broker, log).values():
        assert ticks[0] == NOON
        assert all((tick - NOON) % 3_600_000 == 0 for tick in ticks)
        assert ticks == sorted(set(ticks))


def test_newest_tick_is_found_below_other_records(broker: Settings, log: str) -> None:
    """Hundreds of facts, and bytes that only look like ticks, after the last tick do not hide it."""
    topic = events_topic(log, next(iter(domains())))
    assert newest_tick(broker, log) is None
    fact = event_bytes(type="environment.air_hour", source="s", id="1", time=format_time(NOON + 9_000))
    with clients.producer(broker) as producer:
        producer.send(topic, value=tick_bytes(NOON), partition=0)
        producer.send(topic, value=tick_bytes(NOON + 1_000), partition=1)
        for _ in range(700):
            producer.send(topic, key=b"k", value=fact, partition=1)
        producer.send(topic, value=b"clock.tick", partition=1)
        producer.send(topic, value=tick_bytes(NOON).replace(b"+08:00", b""), partition=1)
        producer.send(topic, key=b"k", value=None, partition=1)
    assert newest_tick(broker, log) == NOON + 1_000


def test_a_clock_set_back_writes_nothing(broker: Settings, log: str, capfd: pytest.CaptureFixture[str], wait: Wait) -> None:
    """While the machine's clock is behind the newest tick no tick is written; it is said once; then it goes on."""
    moments = iter([NOON, NOON - 5_000, NOON - 4_000])
    clock = Clock(log, lambda: next(moments, NOON + 1_000), None)
    stop = threading.Event()
    thread = threading.Thread(target=clock.run, args=(broker, stop))
    thread.start()
    wait(lambda: clock.last == NOON + 1_000)
    stop.set()
    thread.join()
    assert set(map(tuple, _ticks(broker, log).values())) == {(NOON, NOON + 1_000)}
    assert capfd.readouterr().err.count("check the machine's clock") == 1


def test_the_clock_outlives_its_broker(own: Settings, wait: Wait) -> None:
    """The broker is stopped and started again: the same clock process goes on, with one tick for the stall, no burst."""
    embedded.start(own)
    create_topics(own, "live")
    with _running(own, "live") as clock:
        wait(lambda: newest_tick(own, "live"))
        embedded.stop(own)
        time.sleep(2.5)  # the stall that is tested
        back = wall_time()
        embedded.start(own)
        wait(lambda: (newest_tick(own, "live") or 0) > back + 2_000)
        assert clock.poll() is None
    for ticks in _ticks(own, "live").values():
        assert ticks == sorted(set(ticks))
        assert max(later - earlier for earlier, later in itertools.pairwise(ticks)) >= 2_000


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "60"],
        ["--log", "drill", "--speed", "0"],
        ["--log", "drill", "--from", "2026-03-01T12:00:00+08:00"],
        ["--log", "drill", "--speed", "60", "--from", "2026-03-01T12:00:00"],
        ["--log", "No log"],
    ],
)
def test_wrong_use(broker: Settings, arguments: list[str]) -> None:
    """Simulated time in the live log, a speed below 1, a beginning without a speed or an offset, a bad name: exit 2."""
    done = subprocess.run(_command(*arguments), env=_env(broker), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr


def test_a_log_without_topics(broker: Settings) -> None:
    """The message names the command that makes the topics."""
    with pytest.raises(Trouble, match="topics create --log nothing"):
        newest_tick(broker, "nothing")


def _fewest(settings: Settings, log: str) -> int:
    """How many ticks stand in the partition that has the fewest."""
    return min(map(len, _ticks(settings, log).values()), default=0)


@contextmanager
def _running(settings: Settings, log: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A clock process; afterwards SIGTERM must end it with exit code 0."""
    clock = subprocess.Popen(_command("--log", log, *options), env=_env(settings))
    try:
        yield clock
    finally:
        clock.send_signal(signal.SIGTERM)
        assert clock.wait(10) == 0


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "streams", "clock", *arguments]


def _env(settings: Settings) -> dict[str, str]:
    return os.environ | {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port)}


def _ticks(settings: Settings, log: str) -> dict[tuple[str, int], list[int]]:
    """The times of all ticks by topic and partition, in the order of the log."""
    ticks: dict[tuple[str, int], list[int]] = {
        (topic, partition): [] for topic in input_topics(log) for partition in range(settings.partitions)
    }
    for topic in {topic for topic, _ in ticks}:
        for record in clients.read_topic(settings, topic):
            ticks[topic, record.partition].append(parse_time(decode_event(record.value).time))
    return ticks
