"""What a gateway passes on from its spool stands in Kafka once, also where another one's transaction is open."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from streams.clock import wall_time
from streams.gateways.drain import Drain, packed
from streams.gateways.spool import Passed, Spool
from streams.kafka import clients
from streams.settings import Settings
from streams.topics import events_topic
from tests.support import events

Wait = Callable[[Callable[[], object]], None]


def passed_on(settings: Settings, log: str, spool: Spool, wait: Wait) -> None:
    """Run a gateway's drain until Kafka has all."""
    stop = threading.Event()
    running = threading.Thread(target=Drain(settings, log, "registrar-http", spool).run, args=(stop,))
    running.start()
    wait(lambda: spool.waiting == 0)
    stop.set()
    running.join()


def test_an_open_transaction_of_another_hides_nothing(broker: Settings, log: str, tmp_path: Path, wait: Wait) -> None:
    """Killed before it noted that Kafka has a record, a gateway finds it there, though readers of committed records do not."""
    topic = events_topic(log, "environment")
    with Spool(tmp_path) as spool, closing(clients.producer(broker, transactional_id=f"{log}.other")) as other:
        other.init_transactions()
        other.begin_transaction()
        for partition in range(broker.partitions):
            other.send(topic, value=b"{}", partition=partition)
        other.flush()
        before = wall_time()
        spool.append([packed([events.clean(events.START)])])
        passed_on(broker, log, spool, wait)
        spool.passed = Passed(0, before)
        passed_on(broker, log, spool, wait)
        other.abort_transaction()
    assert [record.value for record in clients.read_topic(broker, topic)] == [events.clean(events.START)]
