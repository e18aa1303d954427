"""The worker as a process of its own, with the real broker."""

import json
import random
import re
from contextlib import closing

import msgspec
import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from agents.core.position import POSITION, VERSION
from agents.core.rules.book import Book
from agents.worker.checkpoint import checkpoint_topic
from agents.worker.main import main
from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import Heartbeat, Status, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.books import the_book
from tests.support.kafka.stream import all_committed, all_judged
from tests.support.workers import (
    DEADLINE,
    DOMAIN,
    OF_A_CITY,
    Message,
    Worker,
    city,
    committed,
    ends,
    judged_purely,
    outputs,
    produce,
    wait_for,
)


@pytest.fixture
def book() -> Book:
    """The rule book of all domains."""
    return the_book()


@pytest.fixture
def messages(broker: Settings) -> list[Message]:
    """A small city: three days of eight stations."""
    return list(city(broker.partitions, stations=8, hours=72, seed=7))


def test_judges_as_the_pure_fold_does_and_commits_to_the_end(
    broker: Settings, log: str, messages: list[Message], book: Book
) -> None:
    """What was there before the worker and what comes while it runs is judged; SIGTERM leaves nothing uncommitted, exit 0.

    Alerts, audit entries and quality records stand in the partition with the number of the event that caused them.
    """
    half = len(messages) // 2
    produce(broker, log, messages[:half])
    with Worker(broker, log) as worker:
        worker.ready()
        produce(broker, log, messages[half:])
        wait_for(lambda: all_judged(broker, log), "all events to be judged")
        assert worker.stop() == 0
    assert all_committed(broker, log)
    expected = judged_purely(book, broker, log)
    assert all(expected[name] for name in OF_A_CITY), "the city must give alerts, audit entries and quality records"
    assert outputs(broker, log) == expected
    for topic in OF_A_CITY:
        for record in clients.read_topic(broker, topic_name(log, topic)):
            place = re.search(rb'"partition":(\d+)', record.value)
            assert place
            assert int(place[1]) == record.partition


def test_a_clean_restart_goes_on_without_doubling(broker: Settings, log: str, messages: list[Message], book: Book) -> None:
    """SIGTERM in the middle and a new start: every output is written exactly once."""
    half = len(messages) // 2
    for part in (messages[:half], messages[half:]):
        with Worker(broker, log) as worker:
            worker.ready()
            produce(broker, log, part)
            wait_for(lambda: all_judged(broker, log), "a half to be judged")
            assert worker.stop() == 0
    expected = judged_purely(book, broker, log)
    assert outputs(broker, log) == expected
    for topic, wanted in expected.items():
        assert len(clients.read_topic(broker, topic_name(log, topic))) == len(wanted), f"{topic} holds doubles"


def test_tells_the_wall_the_newest_values_and_its_pulse(broker: Settings, log: str, messages: list[Message]) -> None:
    """The status topic gets every station's newest values, and for each partition a heartbeat without lag at its end."""
    produce(broker, log, messages)
    end = ends(broker, events_topic(log, DOMAIN))
    newest: dict[bytes, Status] = {}

    def told() -> bool:
        newest.update(
            {record.key: decode(record.value, Status) for record in clients.read_topic(broker, topic_name(log, "status"))}
        )
        heartbeats = [status for status in newest.values() if isinstance(status, Heartbeat) and status.domain == DOMAIN]
        return {heartbeat.partition: heartbeat.offset for heartbeat in heartbeats if heartbeat.lag == 0} == end

    with Worker(broker, log) as worker:
        worker.ready()
        wait_for(told, "a heartbeat of every partition at its end")
    assert sum(not isinstance(status, Heartbeat) for status in newest.values()) == 8
    heartbeat = newest[f"pulse/{DOMAIN}/0".encode()]
    assert isinstance(heartbeat, Heartbeat)
    assert heartbeat.partition == 0
    assert 50e6 < heartbeat.rss < 500e6


def test_ten_thousand_random_byte_strings_stop_nothing(broker: Settings, log: str) -> None:
    """Ten thousand records of random bytes give ten thousand quality records, and the worker goes on."""
    chance = random.Random(3)
    noise = [(n % broker.partitions, None, chance.randbytes(chance.randrange(1, 200))) for n in range(10_000)]
    with Worker(broker, log) as worker:
        worker.ready()
        produce(broker, log, noise)
        wait_for(lambda: all_judged(broker, log), "all noise to be judged")
        assert worker.stop() == 0
    assert len(outputs(broker, log)["quality"]) == 10_000


def test_two_workers_share_the_partitions(broker: Settings, log: str, messages: list[Message], book: Book) -> None:
    """A second worker that comes while the first is busy takes partitions over; together they judge as one does."""
    half = len(messages) // 2
    with Worker(broker, log) as first, Worker(broker, log) as second:
        first.ready()
        second.ready()
        produce(broker, log, messages[:half], rate=1_000)
        assert first.stop() == 0
        produce(broker, log, messages[half:], rate=1_000)
        wait_for(lambda: all_judged(broker, log), "all events to be judged")
        assert second.stop() == 0
    assert outputs(broker, log) == judged_purely(book, broker, log)


def test_a_log_made_anew_under_an_old_checkpoint_is_refused(broker: Settings, log: str, messages: list[Message]) -> None:
    """The events topic is deleted and created again, the checkpoint stays: exit 1, the worker does not skip new events."""
    produce(broker, log, messages)
    with Worker(broker, log) as worker:
        wait_for(lambda: all_judged(broker, log), "all events to be judged")
        assert worker.stop() == 0
    topic = events_topic(log, DOMAIN)
    with closing(clients.admin(broker)) as admin:
        admin.delete_topics([topic])
        wait_for(lambda: topic not in admin.list_topics(), "the topic to be gone")
    create_topics(broker, log)
    with Worker(broker, log) as worker:
        assert worker.process.wait(DEADLINE) == 1
        assert "the topic was made anew" in worker.said()


def test_missing_topics_are_named_with_the_command_that_makes_them(broker: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log without topics is trouble, with what to run."""
    monkeypatch.setenv("ONESCREEN_KAFKA_PORT", str(broker.kafka_port))
    with pytest.raises(Trouble, match=r"no topic nowhere\..*: run python -m streams topics create --log nowhere"):
        main(["--log", "nowhere"])


def test_an_unknown_domain_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """`--domain` takes only domains that exist: exit 2."""
    with pytest.raises(SystemExit, match="2"):
        main(["--domain", "atlantis"])
    assert "atlantis" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_stops_the_worker_loudly(broker: Settings, log: str, book: Book) -> None:
    """Kafka refuses a quality record: exit 1, its event is not committed; once Kafka takes it again, a restart gives it.

    Every line on stderr is a JSON object; the one that ends the worker has topic, partition, offset and traceback.
    """
    quality = ConfigResource(ConfigResourceType.TOPIC, topic_name(log, "quality"), {"max.message.bytes": "100"})
    with closing(clients.admin(broker)) as admin, Worker(broker, log) as worker:
        admin.alter_configs([quality])
        worker.ready()
        produce(broker, log, [(1, b"x", b"no JSON")])
        assert worker.process.wait(DEADLINE) == 1
        assert "stopped by an error" in worker.said()
        lines = [json.loads(line) for line in worker.said().splitlines()]
        assert committed(broker, log).get(1, 0) == 0
        admin.reset_configs([quality])
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    (last,) = [line for line in lines if line["level"] == "critical"]
    assert (last["topic"], last["partition"], last["offset"]) == (events_topic(log, DOMAIN), 1, 0)
    assert "MessageSizeTooLarge" in last["exc"]
    assert len(lines) < 5, f"a quiet worker says little: {lines}"
    with Worker(broker, log) as worker:
        wait_for(lambda: committed(broker, log) == {1: 1}, "the event to be judged")
        assert worker.stop() == 0
    assert outputs(broker, log) == judged_purely(book, broker, log)


def test_a_checkpoint_of_a_later_program_stops_the_worker(broker: Settings, log: str) -> None:
    """A worker that finds a format it does not know ends with exit code 1 and says so, with what to do and no traceback."""
    topic = checkpoint_topic(events_topic(log, DOMAIN))
    later = msgspec.msgpack.encode({"offset": 0, "now": None, "version": VERSION + 1})
    with closing(clients.producer(broker)) as producer:
        producer.send(topic, value=later, key=POSITION, partition=0)
        producer.flush()
    with Worker(broker, log) as worker:
        assert worker.process.wait(DEADLINE) == 1
        said = worker.said()
    assert (
        f"{events_topic(log, DOMAIN)} partition 0 has format version {VERSION + 1}, this program knows up to {VERSION}" in said
    )
    assert f"delete the topic {topic}" in said
    assert "Traceback" not in said
