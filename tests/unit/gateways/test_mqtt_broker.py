"""The gateway of MQTT at a real broker, without Kafka: what sticks ends in a new connection, what a broker loses is told."""

import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.command import Trouble
from streams.gateways.mqtt import serve
from streams.gateways.mqtt.client import MqttConnection
from streams.gateways.mqtt.serve import MqttGateway
from streams.gateways.spool import Spool
from streams.kafka import secure
from streams.messages import parse_time
from streams.settings import access_folder
from tests.support.gateways.mqtt import followed, kept, running
from tests.support.kafka.mqtt import MOSQUITTO, MOSQUITTO_PASSWD, Mosquitto, Publisher
from tests.support.kafka.settings import settings_in

Wait = Callable[[Callable[[], object]], None]

BEGIN = parse_time("2026-06-01T10:00:00+08:00")

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed: scripts/mosquitto does it")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for seconds does so for a short one."""
    monkeypatch.setattr(serve, "RETRY", 0.1)


def secured(folder: Path) -> tuple[str, str]:
    """What a broker says of a listener with TLS and passwords, and a gateway of its broker."""
    access = access_folder(folder)
    settings = settings_in(folder)
    secure.prepare(settings)
    secure.renew(settings)
    assert MOSQUITTO_PASSWD is not None
    subprocess.run([MOSQUITTO_PASSWD, "-b", "-c", str(folder / "passwords"), "onescreen", "right"], check=True)
    (folder / "mqtt.password").write_text("right\n", "utf-8")
    (folder / "mqtt.password").chmod(0o600)
    certificate = f"certfile {access}/broker.pem\nkeyfile {access}/broker.pem"
    listener = f"allow_anonymous false\npassword_file {folder}/passwords\n{certificate}"
    return listener, f'user = "onescreen"\npassword_file = "mqtt.password"\nca = "{access}/ca.pem"\n'


def test_tls_and_a_password(tmp_path: Path, wait: Wait) -> None:
    """The certificate of an authority that is named, and a password out of a file; with a wrong one nothing is tried on."""
    listener, ours = secured(tmp_path)
    with Mosquitto(tmp_path, listener=listener) as broker:
        with running(tmp_path, broker, ours=ours):
            wait((tmp_path / "spool" / "session").exists)
        (tmp_path / "mqtt.password").write_text("wrong", "utf-8")
        with (
            Spool(tmp_path / "spool") as spool,
            pytest.raises(Trouble, match=r"wrong user or password|not authorized"),
        ):
            MqttGateway(followed(tmp_path / "mqtt.toml"), spool, "410100").run(threading.Event())


def test_an_authority_that_is_not_named_is_not_believed(tmp_path: Path, wait: Wait, capfd: pytest.CaptureFixture[str]) -> None:
    """The certificate of another authority: no connection, and it is told."""
    listener, ours = secured(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    secured(other)
    said: list[str] = []
    theirs = ours.replace(str(access_folder(tmp_path)), str(access_folder(other)))
    with Mosquitto(tmp_path, listener=listener) as broker, running(tmp_path, broker, ours=theirs):
        wait(lambda: said.append(capfd.readouterr().err) or "cannot be reached" in "".join(said))
    assert "connected to" not in "".join(said)


def test_what_cannot_be_kept_comes_again_on_a_new_connection(
    tmp_path: Path, wait: Wait, capfd: pytest.CaptureFixture[str]
) -> None:
    """A full spool: nothing is acknowledged, so it is sent again [MQTT-4.4.0-1]; it is kept once, in order, and told."""
    said: list[str] = []
    with Mosquitto(tmp_path) as broker, running(tmp_path, broker, failures=2) as spool:
        wait(lambda: said.append(capfd.readouterr().err) or "ready" in "".join(said))
        publisher = Publisher(broker.port)
        publisher.states(range(20), BEGIN)
        wait(lambda: len(kept(spool, "lift_state")) == 20)
        wait(lambda: kept(spool, "refused_input"))
        publisher.close()
        moments = [parse_time(msgspec.json.decode(event)["time"]) - BEGIN for event in kept(spool, "lift_state")]
    assert moments == list(range(20))
    assert "a new connection: messages cannot be kept: there is no room" in "".join([*said, capfd.readouterr().err])


def test_a_broker_that_delivers_nothing_is_told(
    tmp_path: Path, wait: Wait, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What the gateway publishes itself does not come back, though it did before: a new connection, and a quality record."""
    monkeypatch.setattr(serve, "PROBE", 1)
    come, silent, said = threading.Event(), threading.Event(), []
    message = MqttConnection._message

    def delivered(self: MqttConnection, client: Any, data: Any, its: Any) -> None:
        if not silent.is_set():
            message(self, client, data, its)
            come.set() if its.topic.startswith("onescreen/") else None

    monkeypatch.setattr(MqttConnection, "_message", delivered)
    with Mosquitto(tmp_path) as broker, running(tmp_path, broker) as spool:
        wait(come.is_set)
        silent.set()
        wait(lambda: said.append(capfd.readouterr().err) or "a new connection: the broker delivers nothing" in "".join(said))
        wait(lambda: kept(spool, "refused_input"))


def after_a_kill_of_the_broker(folder: Path, wait: Wait, conf: str | None) -> tuple[int, bool]:
    """How many of 50 messages came that a broker held for an absent gateway when it was killed; whether a loss was told."""
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
        before = mark.stat().st_mtime_ns  # not its number, which a later file has again
        with running(folder, broker) as spool:
            wait(lambda: mark.stat().st_mtime_ns != before)
            wait(lambda: len(kept(spool, "lift_state")) >= 50 or kept(spool, "refused_input"))
            return len(kept(spool, "lift_state")), bool(kept(spool, "refused_input"))


def test_a_killed_broker_with_the_profile_keeps_what_it_held(tmp_path: Path, wait: Wait) -> None:
    """It saves at each change: all but what came since the last save is there after SIGKILL."""
    came, told = after_a_kill_of_the_broker(tmp_path, wait, None)
    assert (came >= 50, told) == (True, False)


def test_a_killed_broker_as_installed_loses_it_and_the_gateway_tells(tmp_path: Path, wait: Wait) -> None:
    """Debian's own settings save each 1,800 s: messages and session are gone, and a quality record says so."""
    assert after_a_kill_of_the_broker(tmp_path, wait, "") == (0, True)


def test_a_register_that_changes(tmp_path: Path, wait: Wait, capfd: pytest.CaptureFixture[str]) -> None:
    """A further source is read from then on, one that is gone no more, also by a start; a broken file changes nothing."""
    said: list[str] = []

    def has_said(text: str) -> bool:
        said.append(capfd.readouterr().err)
        return text in "".join(said)

    register = tmp_path / "mqtt.toml"
    further = '[source.more]\nfilter = "more/+/state"\ntypes = ["special_equipment.lift_state"]\n'
    with Mosquitto(tmp_path) as broker:
        with running(tmp_path, broker) as spool:
            wait(lambda: has_said("ready"))
            publisher = Publisher(broker.port)
            text = register.read_text("utf-8")
            register.write_text(text + "[source.more", "utf-8")
            wait(lambda: has_said("holds on"))
            publisher.states(range(1), BEGIN)
            wait(lambda: len(kept(spool, "lift_state")) == 1)
            register.write_text(text + further, "utf-8")
            wait(lambda: has_said("ready: 1 topic filters"))
            publisher.publish("more/1/state", b"{")
            wait(lambda: any(b'"source":"more"' in each for each in kept(spool, "refused_input")))
        publisher.publish("more/2/state", b"{")
        with running(tmp_path, broker) as spool:  # its register has no such source again
            wait(lambda: any(b"not-mapped" in each for each in kept(spool, "refused_input")))
            publisher.publish("more/3/state", b"{")
            publisher.states(range(1, 2), BEGIN)
            wait(lambda: len(kept(spool, "lift_state")) == 2)
            assert sum(b"not-mapped" in each for each in kept(spool, "refused_input")) == 1
        publisher.close()


def test_a_stranger_on_the_topic_of_the_probe(
    tmp_path: Path, wait: Wait, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What others publish there is no answer: neither words nor a high number end the gateway or make it connect anew."""
    monkeypatch.setattr(serve, "PROBE", 1)
    with Mosquitto(tmp_path) as broker, running(tmp_path, broker) as spool:
        wait((tmp_path / "spool" / "session").exists)
        publisher = Publisher(broker.port)
        for payload in (b"x", b"", b"\xff", b"9" * 5_000, b"99"):
            publisher.publish("onescreen/probe/onescreen-test", payload)
        publisher.states(range(1), BEGIN)
        wait(lambda: kept(spool, "lift_state"))
        time.sleep(3)  # three times as long as the broker has to deliver what the gateway asks
        publisher.close()
    assert "delivers nothing" not in capfd.readouterr().err
