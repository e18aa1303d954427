"""Mosquitto with the profile that we ship, a publisher, and the gateway of MQTT as a process of its own."""

import os
import pwd
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from streams.settings import Settings
from tests.support.kafka.settings import lasting_port
from tests.support.workers import ROOT, wait_for

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
"""The broker's command; None where it is not installed (scripts/mosquitto does it)."""

MOSQUITTO_PASSWD = shutil.which("mosquitto_passwd")
"""Makes the broker's file of passwords; it comes with it."""

PROFILE = ROOT / "streams" / "gateways" / "mqtt" / "mosquitto.conf"

REGISTER = """
[broker]
port = {port}
client = "onescreen-test"
conf = "{conf}"
[source.lifts]
filter = "lifts/+/state"
map = "lifts.toml"
[source.events]
filter = "events/#"
types = ["special_equipment.lift_state"]
subjects = ["lift.410100.*"]
"""

MAPPING = """
title = "lifts"
domain = "special_equipment"
fact = "lift_state"
topic = "lifts/{no}/state"
subject = "lift"
region = "410100"
station = "{no}"
[time]
columns = ["ts"]
format = "ms"
[values]
running = { at = "run", as = "flag" }
door = { at = "door", words = { "0" = "closed", "1" = "open" } }
door_zone = { at = "zone", as = "flag" }
occupied = { at = "people", words = { "0" = false, "1" = true } }
"""


class Mosquitto:
    """A broker on a port of its own, with the profile or with `conf` in its place; its store is in the folder.

    `listener`: what its configuration says of its listener.
    """

    def __init__(self, folder: Path, conf: str | None = None, listener: str = "allow_anonymous true") -> None:
        self.port = lasting_port()  # it is killed and started again there
        store = folder / "store"
        store.mkdir(exist_ok=True)
        user = f"user {pwd.getpwuid(os.geteuid()).pw_name}\n"
        own = f"{user}listener {self.port} 127.0.0.1\n{listener}\npersistence true\npersistence_location {store}/\n"
        self.conf = folder / "mosquitto.conf"
        self.conf.write_text(own + "sys_interval 1\n" + (PROFILE.read_text("utf-8") if conf is None else conf), "utf-8")
        self.start()

    def start(self) -> None:
        """Start it, as after a kill."""
        assert MOSQUITTO is not None
        log = self.conf.with_suffix(".log")
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as errors:
            self.process = subprocess.Popen([MOSQUITTO, "-c", str(self.conf)], stderr=errors, stdout=errors)
        wait_for(lambda: b"running" in log.read_bytes()[before:] or self.process.poll() is not None, "the broker to run")
        assert self.process.poll() is None, log.read_text("utf-8")[before:]

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Publisher:
    """Publishes states of lifts at QoS 1, and remembers which the broker has acknowledged."""

    def __init__(self, port: int) -> None:
        self._answered: set[int] = set()
        self._numbers: dict[int, int] = {}
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        connected = threading.Event()
        self._client.on_connect = lambda *_: connected.set()
        self._client.on_publish = lambda _, __, mid, *___: self._answered.add(mid)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert connected.wait(60), "the broker does not answer"  # nobody publishes before that

    @property
    def acknowledged(self) -> set[int]:
        """The numbers whose message has its PUBACK."""
        return {number for mid, number in self._numbers.copy().items() if mid in self._answered}

    def states(self, numbers: Iterable[int], begin: int) -> None:
        """Publish a state for each number: of one of five lifts, at a moment (ms) of its own, each when the last is kept."""
        for number in numbers:
            state = {"ts": begin + number, "run": number % 2, "door": "0", "zone": True, "people": 1}
            sent = self._client.publish(f"lifts/L{number % 5}/state", msgspec.json.encode(state), qos=1)
            self._numbers[sent.mid] = number
            sent.wait_for_publish(60)

    def at_once(self, numbers: Iterable[int], begin: int) -> None:
        """The same, as many at a time as the broker takes; return when it has acknowledged all."""
        sent = []
        for number in numbers:
            state = {"ts": begin + number, "run": number % 2, "door": "0", "zone": True, "people": 1}
            sent.append(self._client.publish(f"lifts/L{number % 5}/state", msgspec.json.encode(state), qos=1))
        for each in sent:
            each.wait_for_publish(600)

    def publish(self, topic: str, payload: bytes, qos: int = 1) -> None:
        """Publish anything."""
        self._client.publish(topic, payload, qos).wait_for_publish(60)

    def close(self) -> None:
        """End."""
        self._client.disconnect()
        self._client.loop_stop()


class MqttGatewayProcess:
    """`python -m streams gateway mqtt`; killed on the way out."""

    def __init__(self, settings: Settings, log: str, folder: Path, broker: Mosquitto) -> None:
        (folder / "lifts.toml").write_text(MAPPING, "utf-8")
        register = folder / "mqtt.toml"
        register.write_text(REGISTER.format(port=broker.port, conf=broker.conf), "utf-8")
        self._errors = folder / "stderr"
        ours = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
        line = [sys.executable, "-m", "streams", "gateway", "mqtt", "--log", log, "--sources", str(register)]
        before = len(self.said())
        with self._errors.open("ab") as errors:
            more = ["--spool", str(folder / "spool")]
            self.process = subprocess.Popen([*line, *more], cwd=ROOT, env=os.environ | ours, stderr=errors)
        wait_for(lambda: "ready" in self.said()[before:] or self.process.poll() is not None, "the gateway to subscribe")

    def said(self) -> str:
        """All that it has written to stderr, the gateways before it too."""
        return self._errors.read_text("utf-8") if self._errors.exists() else ""

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
