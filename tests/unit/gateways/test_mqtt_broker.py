"""The gateway of MQTT at a real broker, without Kafka: what sticks ends in a new connection, what a broker loses is told."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from streams.gateways.drain import unpacked
from streams.gateways.mqtt import serve
from streams.gateways.mqtt.register import load_mqtt
from streams.gateways.mqtt.serve import MqttGateway
from streams.gateways.spool import Spool, SpoolFull
from streams.messages import parse_time
from tests.support.kafka.mqtt import MAPPING, MOSQUITTO, REGISTER, Mosquitto, Publisher

Wait = Callable[[Callable[[], object]], None]

BEGIN = parse_time("2026-06-01T10:00:00+08:00")

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed: scripts/mosquitto does it")


class FullSpool(Spool):
    """A spool without room for the first few writes."""

    failures = 0

    def append(self, payloads: Sequence[bytes]) -> int:
        """Write, or say that there is no room."""
        if self.failures:
            self.failures -= 1
            raise SpoolFull("there is no room")
        return super().append(payloads)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for seconds does so for a short one."""
    monkeypatch.setattr(serve, "RETRY", 0.1)


@contextmanager
def running(folder: Path, broker: Mosquitto, failures: int = 0) -> Iterator[FullSpool]:
    """A gateway in a thread of its own, and its spool."""
    (folder / "lifts.toml").write_text(MAPPING, "utf-8")
    (folder / "mqtt.toml").write_text(REGISTER.format(port=broker.port, conf=broker.conf), "utf-8")
    stop = threading.Event()
    with FullSpool(folder / "spool") as spool:
        spool.failures = failures
        gateway = MqttGateway(load_mqtt(folder / "mqtt.toml"), spool, "410100")
        thread = threading.Thread(target=gateway.run, args=(stop,))
        thread.start()
        try:
            yield spool
        finally:
            stop.set()
            thread.join(20)


def kept(spool: Spool, kind: str) -> list[bytes]:
    """The events of a kind in a spool."""
    found = [event for record in spool.read(0, 10_000) for event in unpacked(record.payload).events]
    return [event for event in found if msgspec.json.decode(event)["type"].endswith(f".{kind}")]


def test_what_cannot_be_kept_comes_again_on_a_new_connection(
    tmp_path: Path, wait: Wait, capfd: pytest.CaptureFixture[str]
) -> None:
    """A full spool: nothing is acknowledged, so it is sent again [MQTT-4.4.0-1]; it is kept once, in order, and told."""
    tmp_path.chmod(0o777)
    with Mosquitto(tmp_path) as broker, running(tmp_path, broker, failures=2) as spool:
        publisher = Publisher(broker.port)
        publisher.states(range(20), BEGIN)
        wait(lambda: len(kept(spool, "lift_state")) == 20)
        wait(lambda: kept(spool, "refused_input"))
        publisher.close()
        moments = [parse_time(msgspec.json.decode(event)["time"]) - BEGIN for event in kept(spool, "lift_state")]
    assert moments == list(range(20))
    assert "a new connection: messages cannot be kept: there is no room" in capfd.readouterr().err


def after_a_kill_of_the_broker(folder: Path, wait: Wait, conf: str | None) -> tuple[int, bool]:
    """How many of 50 messages came that a broker held for an absent gateway when it was killed; whether a loss was told."""
    folder.chmod(0o777)
    mark = folder / "spool" / "session"
    with Mosquitto(folder, conf) as broker:
        with running(folder, broker):
            wait(mark.exists)
        publisher = Publisher(broker.port)
        publisher.states(range(50), BEGIN)
        publisher.states(range(50, 51), BEGIN)  # it is acknowledged after those before it were saved
        publisher.close()
        broker.kill()
        broker.start()
        before = mark.stat().st_ino
        with running(folder, broker) as spool:
            wait(lambda: mark.stat().st_ino != before)
            wait(lambda: len(kept(spool, "lift_state")) >= 50 or kept(spool, "refused_input"))
            return len(kept(spool, "lift_state")), bool(kept(spool, "refused_input"))


def test_a_killed_broker_with_the_profile_keeps_what_it_held(tmp_path: Path, wait: Wait) -> None:
    """It saves at each change: all but what came since the last save is there after SIGKILL."""
    came, told = after_a_kill_of_the_broker(tmp_path, wait, None)
    assert (came >= 50, told) == (True, False)


def test_a_killed_broker_as_installed_loses_it_and_the_gateway_tells(tmp_path: Path, wait: Wait) -> None:
    """Debian's own settings save each 1,800 s: messages and session are gone, and a quality record says so."""
    assert after_a_kill_of_the_broker(tmp_path, wait, "") == (0, True)
