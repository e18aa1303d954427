"""The simulated city in a real log: backfill, then by the clock of the log, over kills."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice, takewhile
from pathlib import Path

import pytest

from fixtures.city import DEFAULT, beats
from fixtures.life import arrivals
from fixtures.log import backfill
from fixtures.roads.plan import fact_of, roads
from fixtures.roads.registers import Addresses, prepare
from fixtures.scenario import load_scenario
from fixtures.weather import BEGIN, Air
from streams.catalogue import domains
from streams.gateways.sink import MARK, LogWriter, write_log
from streams.gateways.timeline import Arrival
from streams.kafka import clients
from streams.kafka.clients import partition_of, read_topic
from streams.messages import HOUR, MINUTE, TICK, decode_event, parse_time, tick_of
from streams.settings import Settings
from streams.topics import events_topic, input_topics

ROOT = Path(__file__).parents[3]
START = parse_time(BEGIN)
AIR = Air(1, load_scenario(DEFAULT))


Held = dict[tuple[str, int], list[bytes]]
"""Records beside ticks by domain and partition, in order."""


def in_log(settings: Settings, log: str) -> Held:
    """What the log holds."""
    found: Held = {}
    for domain in domains():
        for record in read_topic(settings, events_topic(log, domain)):
            if record.key is not None:
                found.setdefault((domain, record.partition), []).append(record.value)
    return found


def by_partition(settings: Settings, records: list[Arrival]) -> Held:
    """The same of what should be in the log."""
    expected: Held = {}
    for record in records:
        expected.setdefault((record.domain, partition_of(record.key, settings.partitions)), []).append(record.value)
    return expected


def between(first: float, last: float) -> list[Arrival]:
    """What the city sends after `first` up to `last` (hours of the run)."""
    return list(takewhile(lambda one: one.at <= START + last * HOUR, arrivals(AIR, START + int(first * HOUR))))


def begun(last: float) -> list[Arrival]:
    """What a log holds up to `last` (hours of the run), the first two written at once."""
    return [beat for beat in beats(AIR, 2) if isinstance(beat, Arrival)] + between(2, last)


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition is true, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.1)


@pytest.fixture
def city(broker: Settings, log: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `python -m fixtures city --follow` on the test's log, or another command on it."""
    started: list[subprocess.Popen[bytes]] = []
    names = {
        "ONESCREEN_KAFKA_PORT": str(broker.kafka_port),
        "ONESCREEN_CONTROLLER_PORT": str(broker.controller_port),
        "ONESCREEN_DATA": str(broker.data),
    }

    def start(*more: str, command: str = "fixtures city --follow") -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", *command.split(), "--log", log, *more]
        started.append(subprocess.Popen(line, cwd=ROOT, env=os.environ | names))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


def test_a_backfill_is_the_run_and_is_made_once(broker: Settings, log: str) -> None:
    """The log holds the registers and the reports in order; a log that holds something is left as it is."""
    counts = backfill(AIR, broker, log, 3)
    expected = [beat for beat in beats(AIR, 3) if isinstance(beat, Arrival)]
    assert counts is not None
    assert counts.events == len(expected)
    assert in_log(broker, log) == by_partition(broker, expected)
    assert backfill(AIR, broker, log, 3) is None
    assert in_log(broker, log) == by_partition(broker, expected)


@pytest.mark.parametrize("cut", [5, 700, 3_000])
def test_a_history_that_was_cut_short_is_continued(broker: Settings, log: str, cut: int) -> None:
    """Killed in its registers, at its beginning and later: the next start writes what is missing, and nothing twice.

    Between the two a worker has judged: what it wrote into the incidents' input is neither doubled nor in the way.
    """
    whole = list(beats(AIR, 2))
    assert len(whole) > cut
    with LogWriter(broker, log) as writer:
        for beat in whole[:cut]:
            for (topic, partition), value in writer.laid(beat):
                if (topic, partition) != (events_topic(log, "environment"), 1):  # of this one nothing had come
                    mark = [(MARK, beat.mark)] if isinstance(beat, Arrival) and beat.mark else None
                    writer._send(topic, partition, value, beat.key if isinstance(beat, Arrival) else None, mark)
    with clients.producer(broker) as other:
        other.send(events_topic(log, "incidents"), value=b"{}", key=b"city", partition=1)
    counts = backfill(AIR, broker, log, 2)
    assert counts is not None
    assert in_log(broker, log) == by_partition(broker, [beat for beat in whole if isinstance(beat, Arrival)])
    ticks = [beat for beat in whole if not isinstance(beat, Arrival)]
    for topic in input_topics(log):
        for partition in range(broker.partitions):
            found = [tick_of(one.value) for one in read_topic(broker, topic) if one.partition == partition]
            assert [at for at in found if at is not None] == ticks
    assert backfill(AIR, broker, log, 2) is None


def test_another_history_is_left_as_it_is(broker: Settings, log: str) -> None:
    """The log of another seed that was cut short is not continued with this one's records."""
    write_log(islice(beats(Air(2, load_scenario(DEFAULT)), 2), 3_000), broker, log)
    before = in_log(broker, log)
    assert backfill(AIR, broker, log, 2) is None
    assert in_log(broker, log) == before


def test_the_city_follows_the_clock_over_kills(broker: Settings, log: str, city: Callable[[], subprocess.Popen[bytes]]) -> None:
    """While the clock goes on the city is killed at work and started again: each record stands in the log once, in order."""
    backfill(AIR, broker, log, 2)
    for hour in (2, 3, 4):
        running = city()
        with LogWriter(broker, log) as clock:
            for minute in range(1, 61):
                clock.tick(START + hour * HOUR + minute * MINUTE)
                if minute == 20:
                    clock.flush()
                    wait_for(lambda hour=hour: in_log(broker, log) == by_partition(broker, begun(hour + 1 / 3)))
                    running.send_signal(signal.SIGKILL)
                    running.wait()
                    running = city()
        expected = by_partition(broker, begun(hour + 1))
        wait_for(lambda expected=expected: in_log(broker, log) == expected)
        running.terminate()
        assert running.wait(30) == 0


def test_a_city_killed_while_it_sends_doubles_and_loses_nothing(
    broker: Settings, log: str, city: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """With a full hour due at once, the kill comes as soon as the first record of the hour is seen in the log."""
    backfill(AIR, broker, log, 2)
    before = in_log(broker, log)
    with LogWriter(broker, log) as clock:
        clock.tick(START + 3 * HOUR)
    running = city()
    wait_for(lambda: in_log(broker, log) != before)
    running.send_signal(signal.SIGKILL)
    running.wait()
    running = city()
    expected = by_partition(broker, begun(3))
    wait_for(lambda: in_log(broker, log) == expected)


def test_a_road_goes_on_where_it_was_over_a_kill(
    broker: Settings, log: str, city: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    """Boilers come by the department's table alone, each fact once; what needs gateways that are away waits."""
    backfill(AIR, broker, log, 2)
    prepare(tmp_path / "roads", Addresses("127.0.0.1:1", "127.0.0.1:1"))
    city("--source", str(tmp_path / "roads" / "boiler-table.toml"), command="streams gateway sql")

    def on(first: float, last: float, via: set[str]) -> list[tuple[str, str]]:
        facts = (fact_of(one.value, one.mark) for one in between(first, last))
        ways = (
            (fact, next((road.via for road in roads() if road.takes(fact.type, fact.subject)), "")) for fact in facts if fact
        )
        return sorted((fact.subject, fact.type) for fact, way in ways if way in via)

    def came(sources: set[str]) -> list[tuple[str, str]]:
        events = [event for values in in_log(broker, log).values() for value in values if (event := fact_of(value))]
        told = ((event, decode_event(event.value).source) for event in events)
        return sorted((event.subject, event.type) for event, source in told if source in sources)

    early = [fact_of(beat.value) for beat in beats(AIR, 2) if isinstance(beat, Arrival)]
    for hour in (2, 3):
        running = city("--roads", str(tmp_path / "roads"))
        with LogWriter(broker, log) as clock:
            clock.tick(START + (hour + 1) * HOUR)
        wait_for(lambda hour=hour: came({"boiler-table"}) == on(2, hour + 1, {"sql"}))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert not came({"site-watch", "lift-platform"})
    straight = {"special_equipment.boiler_state", "cyber.probe"}
    assert [type_ for _, type_ in came({"city:1"}) if type_ in straight] == [
        type_ for _, type_ in sorted((fact.subject, fact.type) for fact in early if fact) if type_ in straight
    ]


def test_an_empty_log_waits_for_its_clock_and_registers_first(
    broker: Settings, log: str, city: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """Without a tick nothing is sent; at the first tick every subject is registered, then reports begin."""
    registers = sum(isinstance(beat, Arrival) for beat in beats(AIR, 0))
    running = city()
    with LogWriter(broker, log) as clock:
        clock.tick(START + HOUR)
        clock.flush()
        wait_for(lambda: sum(map(len, in_log(broker, log).values())) == registers)
        clock.tick(START + 2 * HOUR)
    expected = sum(len(values) for values in by_partition(broker, between(1, 2)).values())
    wait_for(lambda: sum(map(len, in_log(broker, log).values())) == registers + expected)
    for values in in_log(broker, log).values():
        types = [json.loads(value)["type"] for value in values if value.endswith(b"}")]
        assert types == sorted(types, key=lambda type_: not type_.endswith(".registered"))
        assert TICK not in types
    running.terminate()
    assert running.wait(30) == 0
