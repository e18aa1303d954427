"""A network holds back what a killed gateway had sent to Kafka, until the next one has looked over the log and sent it anew."""

import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from streams.kafka.admin import create_topics
from streams.kafka.clients import read_topic
from streams.settings import Settings
from streams.topics import events_topic
from tests.chaos.proxy import PRODUCE, Proxy, frame_of
from tests.support.kafka.device import GatewayProcess, SentDevice

Wait = Callable[[Callable[[], object]], None]

LOG = "held-back"
TYPE = "environment.source_realtime"
MANY = 20


class HoldingProxy(Proxy):
    """Holds back the first request to write records (`held`) until `release`; `answered`: Kafka has answered it."""

    def __init__(self, port: int, broker: int) -> None:
        super().__init__(port, broker)
        self.held, self.release, self.answered = threading.Event(), threading.Event(), threading.Event()

    def _requests(self, client: socket.socket, server: socket.socket) -> None:
        while frame := frame_of(client):
            if int.from_bytes(frame[4:6], "big") != PRODUCE or self.held.is_set():
                server.sendall(frame)
                continue
            self.held.set()
            self.release.wait()
            server.sendall(frame)
            if frame_of(server):
                self.answered.set()
            return

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        while not self.held.is_set():
            try:
                answer = server.recv(65_536, socket.MSG_DONTWAIT)
            except BlockingIOError:
                time.sleep(0.01)
                continue
            if not answer:
                return
            client.sendall(answer)
        self.release.wait()
        self.answered.wait()


@pytest.fixture
def holding(ways: tuple[int, int]) -> HoldingProxy:
    """A proxy between gateway and broker that holds back what is written."""
    return HoldingProxy(*ways)


def ids(settings: Settings) -> list[str]:
    """The ids of the device's facts as they stand in the log."""
    events = (json.loads(record.value) for record in read_topic(settings, events_topic(LOG, "environment")))
    return [event["id"] for event in events if event["type"] == TYPE]


def test_what_was_held_back_does_not_come_second(
    broker: Settings, holding: HoldingProxy, ways: tuple[int, int], tmp_path: Path, wait: Wait
) -> None:
    """A gateway is killed while its write is on the way; the next one writes all of it; then the first write arrives."""
    create_topics(broker, LOG)
    device, folder = SentDevice(time.time_ns() // 1_000_000), tmp_path / "gateway"
    folder.mkdir()
    far = replace(broker, kafka_port=ways[0], bootstrap=f"127.0.0.1:{ways[0]}")
    with holding:
        with GatewayProcess(far, LOG, folder) as gateway:
            device.send(gateway.port, range(MANY))
            assert len(device.answered) == MANY
            wait(holding.held.is_set)
            gateway.kill()
        with GatewayProcess(broker, LOG, folder):
            wait(lambda: len(ids(broker)) >= MANY)
            holding.release.set()
            assert holding.answered.wait(30)
            assert len(ids(broker)) == len(set(ids(broker))) == MANY
