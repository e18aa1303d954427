"""Transactions in an events topic: what is judged live is what every replay judges, and an open one ends."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kafka import KafkaProducer

from agents.offline.judge import judge_archive
from agents.rulebook.orders import order_rules
from agents.signs.stage.basis import sign_rules
from agents.stages import Basis
from streams.archive.command import archive
from streams.kafka import clients
from streams.messages import HOUR, Heartbeat, Status, decode, encode
from streams.outputs import target
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events
from tests.support.books import the_book
from tests.support.workers import DOMAIN, OF_ALERTS, Message, Worker, identity, outputs, produce, wait_for

PARTITION = 1
SHORT_MS = 4_000
"""How long Kafka leaves the hung transaction open: it looks every ten seconds by default."""


@contextmanager
def transaction(settings: Settings, log: str, name: str, messages: list[Message]) -> Iterator[KafkaProducer]:
    """A transaction that is open with these records in it."""
    with closing(clients.producer(settings, transactional_id=f"{log}.{name}", transaction_timeout_ms=SHORT_MS)) as producer:
        producer.init_transactions()
        producer.begin_transaction()
        for partition, key, value in messages:
            producer.send(events_topic(log, DOMAIN), value, key, partition=partition)
        producer.flush()
        yield producer


def station(value: bytes) -> Message:
    """A record of the station."""
    return PARTITION, events.STATION.encode(), value


def hour(at: int, ozone: int) -> list[Message]:
    """The tick of an hour, and the station's hour that ended then."""
    return [(PARTITION, None, events.tick(at)), station(events.clean(at, o3=ozone))]


def test_aborted_and_hung_transactions_are_judged_as_every_replay_judges_them(
    broker: Settings, log: str, tmp_path: Path
) -> None:
    """Bad air in a committed transaction raises an alert; in an aborted and in a hung one it never was.

    Its offsets: registration, tick; three times tick and hour, the first two with Kafka's mark; tick and hour, 10 and 11.
    The hung one holds its partition back, which is told, until Kafka ends it; then judging goes on by itself.
    """
    at = events.START
    bad = [hour(at + n * HOUR, 400 + n) for n in range(1, 5)]
    produce(broker, log, [station(events.registered()), (PARTITION, None, events.tick(at))])
    with Worker(broker, log) as worker:
        worker.ready()
        with transaction(broker, log, "good", bad[0]) as producer:
            producer.commit_transaction()
        with transaction(broker, log, "aborted", bad[1]) as producer:
            producer.abort_transaction()
        wait_for(lambda: any(beat.offset and not beat.lag for beat in beats(broker, log)), "no lag behind Kafka's own marks")
        with transaction(broker, log, "hung", bad[2]):
            produce(broker, log, bad[3])
            wait_for(lambda: "an open transaction holds back" in worker.said(), "word of the open transaction")
            assert any(beat.lag for beat in beats(broker, log)), "what is held back is not judged"
            wait_for(
                lambda: any(beat.offset == 12 and not beat.lag for beat in beats(broker, log)),
                "judging to go on once Kafka has ended the transaction",
            )
        assert worker.stop() == 0
        assert "were gone before they were judged" not in worker.said()
    live = outputs(broker, log)
    values = [value for value in range(401, 405) if any(b'"value":%d' % value in alert for alert in live["alerts"].values())]
    assert values == [401, 404], "what was not committed was never there"
    archive(broker, log, tmp_path)
    assert live == replayed(tmp_path)


def beats(settings: Settings, log: str) -> list[Heartbeat]:
    """The newest heartbeat of the station's partition, if there is one."""
    newest = clients.newest_values(settings, topic_name(log, "status")).values()
    told = [decode(value, Status) for value in newest if value]
    return [beat for beat in told if isinstance(beat, Heartbeat) and (beat.domain, beat.partition) == (DOMAIN, PARTITION)]


def replayed(path: Path) -> dict[str, dict[tuple[str | int, ...], bytes]]:
    """What the archive gives, each output by its identity."""
    found: dict[str, dict[tuple[str | int, ...], bytes]] = {name: {} for name in OF_ALERTS}
    for output in judge_archive(Basis(the_book(), orders=order_rules(), signs=sign_rules()), path):
        name, _ = target(output)
        if name in found:
            value = encode(output)
            found[name][identity(name, value)] = value
    return found
