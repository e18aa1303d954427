"""The HTTP gateway with a real sender and a real Kafka: what was answered is in the log once, whatever is killed."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.kafka.clients import read_topic
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.gateways.http_process import HttpGatewayProcess, Sender

Wait = Callable[[Callable[[], object]], None]

LOG = "http-kill"


def facts(settings: Settings) -> list[tuple[bytes | None, dict[str, str]]]:
    """Key and event of the facts in both topics, by partition and offset."""
    topics = (events_topic(LOG, domain) for domain in ("environment", "special_equipment"))
    found = [(record.key, json.loads(record.value)) for topic in topics for record in read_topic(settings, topic)]
    return [(key, event) for key, event in found if event["source"] == "/air"]


def test_what_was_answered_is_in_the_log_once(own: Settings, tmp_path: Path, wait: Wait) -> None:
    """Kafka is away: posts are answered from the spool; SIGKILL while they come in, and while they go out, costs none."""
    sender, folder = Sender(), tmp_path / "gateway"
    folder.mkdir()
    with HttpGatewayProcess(own, LOG, folder) as gateway:
        sending = threading.Thread(target=sender.send, args=(gateway.port, range(4_000)))
        sending.start()
        wait(lambda: len(sender.answered) > 500)
        gateway.kill()
        sending.join()
    answered = set(sender.answered)
    assert len(answered) < 4_000
    embedded.start(own)
    create_topics(own, LOG)
    with HttpGatewayProcess(own, LOG, folder) as gateway:
        wait(lambda: len(facts(own)) > 0)
        gateway.kill()
    with HttpGatewayProcess(own, LOG, folder) as gateway:
        wait(lambda: answered <= {event["id"] for _, event in facts(own)})
        sender.send(gateway.port, range(4_000))
        assert len(sender.answered) == 4_000
        wait(lambda: len(facts(own)) >= 4_000)
    found = facts(own)
    assert all(key == event["subject"].encode() for key, event in found)
    assert sorted(int(event["id"]) for _, event in found) == list(range(4_000))
