"""The standing watch through a real broker: from a reading and the screen's word to facts that are judged."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from agents.core.alerts.fold import Fold
from agents.risk.service import RiskWatch
from agents.rulebook.load import load_book
from screen.watching.teller import Teller
from streams.kafka import clients
from streams.messages import Access, Alert, encode, event_bytes, format_time, tick_bytes
from streams.messages.services.catalogue import SharingStep
from streams.settings import Settings
from streams.topics import events_topic, input_topics, topic_name
from tests.support.directory.sharing import ACCEPTED, ASKED
from tests.support.workers import wait_for

START = 1_780_272_000_000
PHONE = "13800138000"


@contextmanager
def watching(settings: Settings, log: str, file: Path) -> Iterator[RiskWatch]:
    """A watch that runs in a thread."""
    stop, watch = threading.Event(), RiskWatch(settings, log, file)
    running = threading.Thread(target=watch.run, args=(stop,))
    running.start()
    try:
        wait_for(file.exists, "the watch to note where it begins")
        yield watch
    finally:
        stop.set()
        running.join(20)


def told(settings: Settings, log: str) -> list[tuple[bytes | None, bytes]]:
    """What stands in the events of the data, ticks aside."""
    records = clients.read_topic(settings, events_topic(log, "data"))
    return [(record.key, record.value) for record in records if record.value and b"clock." not in record.value]


def reading(settings: Settings, log: str, number: int) -> None:
    """A probe with a field that nobody declared, and a telephone number in it."""
    data = {"seconds": 1, f"note{number}": f"ask {PHONE}"}
    value = event_bytes(type="cyber.probe", source="p", id=str(number), time=format_time(START), subject="s", data=data)
    with closing(clients.producer(settings)) as producer:
        producer.send(events_topic(log, "cyber"), value, b"s")
        producer.flush()


def shared(settings: Settings, log: str, step: SharingStep) -> None:
    """A step of a request to share, as the screen writes it."""
    with closing(clients.producer(settings)) as producer:
        producer.send(topic_name(log, "catalogue"), encode(step), step.request.encode())
        producer.flush()


def test_signs_become_facts_that_are_judged(broker: Settings, log: str, tmp_path: Path) -> None:
    """What came before the first start is not told; then a reading and refused looks are, each once over a kill.

    The facts become alerts, and the value is in none of them. A request to share is told though it came before, once too, and
    its answer after the kill.
    """
    file = tmp_path / "risk.json"
    with closing(clients.producer(broker)) as producer:
        for topic in input_topics(log):
            for place in producer.partitions_for(topic):
                producer.send(topic, tick_bytes(START), partition=place)
        producer.flush()
    reading(broker, log, 1)
    shared(broker, log, ASKED)
    with watching(broker, log, file):
        before = file.read_bytes()
        reading(broker, log, 2)
        wait_for(lambda: len(told(broker, log)) == 5, "the request and the second reading to be told")
    file.write_bytes(before)  # as a kill leaves it before its position is noted
    reading(broker, log, 3)
    shared(broker, log, ACCEPTED)
    teller = Teller(broker, log)
    teller.start()
    for _ in range(5):
        teller.tell(Access(kind="refused-read", who="lw", what="/screen/orders/file/*"))
    teller.stop()
    with watching(broker, log, file):
        wait_for(lambda: len(told(broker, log)) == 14, "the third reading, the looks and the answer to be told")
    records = told(broker, log)
    assert not any(PHONE.encode() in value for _, value in records)
    assert [json.loads(value)["data"]["fields"] for _, value in records if b"undeclared" in value] == [["note2"], ["note3"]]
    assert [json.loads(value)["data"]["step"] for _, value in records if b'"data.sharing"' in value] == ["asked", "accepted"]
    fold = Fold(load_book(), events_topic(log, "data"), 0)
    out = fold.run([(0, None, tick_bytes(START)), *((1 + n, key, value) for n, (key, value) in enumerate(records))])
    assert {each.rule for each in out if isinstance(each, Alert)} == {"data-undeclared", "data-personal", "data-refused-read"}
