"""The gateway of HJ 212 with a real device and a real Kafka: what was answered is in the log once, whatever is killed."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.kafka.clients import read_topic
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.kafka.device import MN, GatewayProcess, SentDevice

Wait = Callable[[Callable[[], object]], None]

LOG = "hj212-kill"
TYPE = "environment.source_realtime"


def facts(settings: Settings) -> list[tuple[bytes | None, str, float]]:
    """Key, id and value of the real-time facts of the log, by partition and offset."""
    found = []
    for record in read_topic(settings, events_topic(LOG, "environment")):
        event = json.loads(record.value)
        if event["type"] == TYPE:
            found.append((record.key, event["id"], event["data"]["factors"]["a21026"]["rtd"]))
    return found


def test_what_was_answered_is_in_the_log_once(own: Settings, tmp_path: Path, wait: Wait) -> None:
    """Kafka is away: frames are answered from the spool; SIGKILL while they come in, and while they go out, costs none."""
    device, folder = SentDevice(time.time_ns() // 1_000_000), tmp_path / "gateway"
    folder.mkdir()
    with GatewayProcess(own, LOG, folder) as gateway:
        device.send(gateway.port, range(100))
        assert len(device.answered) == 100
        sending = threading.Thread(target=device.send, args=(gateway.port, range(100, 3_000)))
        sending.start()
        wait(lambda: len(device.answered) > 500)
        gateway.kill()
        sending.join()
    answered = len(device.answered)
    embedded.start(own)
    create_topics(own, LOG)
    for _ in range(2):
        with GatewayProcess(own, LOG, folder) as gateway:
            before = len(facts(own))
            wait(lambda before=before: len(facts(own)) > before or len(facts(own)) >= answered)  # type: ignore[misc]  # now
            gateway.kill()
    with GatewayProcess(own, LOG, folder) as gateway:
        device.send(gateway.port, range(100, 3_000))
        assert len(device.answered) == 3_000
        wait(lambda: len(facts(own)) >= 3_000)
    found = facts(own)
    assert {key for key, _, _ in found} == {MN.encode()}
    by_id = [id_ for _, id_, _ in found]
    assert set(by_id) == {f"2011-{device.qn(number)}" for number in range(3_000)}
    assert len(by_id) == len(set(by_id))
    values = [value for _, _, value in found]
    assert values == sorted(values)
