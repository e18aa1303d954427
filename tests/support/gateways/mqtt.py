"""The gateway of MQTT in a thread of this process, with a real broker, without Kafka; and a proxy that stalls."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import msgspec

from streams.gateways.drain import unpacked
from streams.gateways.intake.followed import FollowedFiles
from streams.gateways.mqtt.register import MqttRegister, load_mqtt
from streams.gateways.mqtt.serve import MqttGateway
from streams.gateways.spool import Spool, SpoolFull
from tests.support.kafka.mqtt import MAPPING, REGISTER, Mosquitto


class FullSpool(Spool):
    """A spool without room for the first few writes."""

    failures = 0

    def append(self, payloads: Sequence[bytes]) -> int:
        """Write, or say that there is no room."""
        if self.failures:
            self.failures -= 1
            raise SpoolFull("there is no room")
        return super().append(payloads)


def followed(register: Path) -> FollowedFiles[MqttRegister]:
    """The register of a file, as the gateway follows it."""
    return FollowedFiles(lambda: load_mqtt(register), lambda read: read.files, sys.stderr.write)


@contextmanager
def running(folder: Path, broker: Mosquitto, failures: int = 0, ours: str = "", port: int = 0) -> Iterator[FullSpool]:
    """A gateway in a thread of its own, and its spool.

    `ours`: what its register says of the broker beside where it is; `port`: another way to it than its own.
    """
    (folder / "lifts.toml").write_text(MAPPING, "utf-8")
    (folder / "mqtt.toml").write_text(
        REGISTER.format(port=port or broker.port, conf=broker.conf).replace("[broker]\n", f"[broker]\n{ours}"), "utf-8"
    )
    stop = threading.Event()
    with FullSpool(folder / "spool") as spool:
        spool.failures = failures
        gateway = MqttGateway(followed(folder / "mqtt.toml"), spool, "410100")
        thread = threading.Thread(target=gateway.run, args=(stop,))
        thread.start()
        try:
            yield spool
        finally:
            stop.set()
            thread.join(60)


def kept(spool: Spool, kind: str) -> list[bytes]:
    """The events of a kind in a spool."""
    found = [event for record in spool.read(0, 10_000) for event in unpacked(record.payload).events]
    return [event for event in found if msgspec.json.decode(event)["type"].endswith(f".{kind}")]


class StallingProxy:
    """Passes TCP connections on to a port of this machine; while a way stalls nothing passes there, and nothing is closed.

    `up`: what the client says, `down`: what it is told; each passes while it is set.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self.up, self.down = threading.Event(), threading.Event()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self.up.set()
        self.down.set()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.up.set()
        self.down.set()
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                for way, source, target in ((self.up, client, server), (self.down, server, client)):
                    threading.Thread(target=self._pass, args=(way.wait, source, target), daemon=True).start()

    def _pass(self, flowing: Callable[[], bool], source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                flowing()
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
