"""A broker that freezes, and a network that stalls in one way or both: the gateway connects anew, and nothing is lost."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from streams.gateways.mqtt import client
from streams.messages import parse_time
from tests.support.gateways.mqtt import StallingProxy, kept, running
from tests.support.kafka.mqtt import MOSQUITTO, Mosquitto, Publisher

Wait = Callable[[Callable[[], object]], None]

BEGIN = parse_time("2026-06-01T10:00:00+08:00")
MANY = 400

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed: scripts/mosquitto does it"),
]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broker and gateway hear of each other every two seconds instead of thirty."""
    monkeypatch.setattr(client, "KEEPALIVE", 2)


@contextmanager
def publishing(port: int) -> Iterator[Publisher]:
    """A publisher that publishes all the while."""
    publisher = Publisher(port)
    sending = threading.Thread(target=publisher.states, args=(range(MANY), BEGIN))
    sending.start()
    yield publisher
    sending.join()
    publisher.close()


def moments(values: list[bytes]) -> list[int]:
    """The moments of states, by what they were numbered, in order."""
    return sorted(parse_time(msgspec.json.decode(value)["time"]) - BEGIN for value in values)


def test_a_frozen_broker(tmp_path: Path, wait: Wait, capfd: pytest.CaptureFixture[str]) -> None:
    """SIGSTOP: the connection stands and nothing comes. It is given up, and made anew when the broker goes on."""
    said: list[str] = []

    def has_said(text: str) -> bool:
        said.append(capfd.readouterr().err)
        return text in "".join(said)

    with Mosquitto(tmp_path) as broker, running(tmp_path, broker) as spool:
        wait(lambda: has_said("ready"))
        with publishing(broker.port) as publisher:
            wait(lambda: len(kept(spool, "lift_state")) > 20)
            broker.process.send_signal(signal.SIGSTOP)
            wait(lambda: has_said("disconnected"))
            broker.process.send_signal(signal.SIGCONT)
        assert publisher.acknowledged == set(range(MANY))
        wait(lambda: len(kept(spool, "lift_state")) >= MANY)
        assert "".join([*said, capfd.readouterr().err]).count("connected to") >= 2
        assert moments(kept(spool, "lift_state")) == list(range(MANY))


@pytest.mark.parametrize("ways", [("up", "down"), ("up",), ("down",)], ids=["both", "what it says", "what it is told"])
def test_a_network_that_stalls(tmp_path: Path, wait: Wait, capfd: pytest.CaptureFixture[str], ways: tuple[str, ...]) -> None:
    """Packets stop while the connection stands, in one way or both: it is given up; what was delivered again is kept once."""
    said: list[str] = []

    def has_said(text: str) -> bool:
        said.append(capfd.readouterr().err)
        return text in "".join(said)

    with (
        Mosquitto(tmp_path) as broker,
        StallingProxy(broker.port) as proxy,
        running(tmp_path, broker, port=proxy.port) as spool,
    ):
        wait(lambda: has_said("ready"))
        with publishing(broker.port) as publisher:
            wait(lambda: len(kept(spool, "lift_state")) > 20)
            for way in ways:
                getattr(proxy, way).clear()
            wait(lambda: has_said("disconnected"))
            for way in ways:
                getattr(proxy, way).set()
        assert publisher.acknowledged == set(range(MANY))
        wait(lambda: len(kept(spool, "lift_state")) >= MANY)
        assert "".join([*said, capfd.readouterr().err]).count("connected to") >= 2
        assert moments(kept(spool, "lift_state")) == list(range(MANY))
