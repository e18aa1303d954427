"""A device of HJ 212 on a real socket, and the gateway as a process of its own."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Self

from streams.gateways.hj212.register import hashed
from streams.messages import format_time
from streams.settings import Settings
from tests.support.pure.hj212 import framed
from tests.support.workers import ROOT, wait_for

MN = "410102A8900016F000169DC0"
PASSWORD = "Ab1234"  # noqa: S105 - of no device

AT_ONCE = 32
"""Frames that are on their way without an answer: more than any device has, fewer than the gateway remembers."""

_QN = re.compile(rb"QN=(\d{17});ST=91;CN=9014")


class GatewayProcess:
    """`python -m streams gateway hj212` for one device, on a port of its own; killed on the way out."""

    def __init__(self, settings: Settings, log: str, folder: Path, port: int = 0) -> None:
        register = folder / "devices.toml"
        if not register.exists():
            register.write_text(f'[device.{MN}]\nst = ["31"]\npassword = "{hashed(PASSWORD)}"\nexpects = ["2061"]\n', "utf-8")
        self._errors = folder / "stderr"
        ours = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
        line = [sys.executable, "-m", "streams", "gateway", "hj212", "--log", log, "--port", str(port)]
        before = len(self.said())
        with self._errors.open("ab") as errors:
            more = ["--devices", str(register), "--spool", str(folder / "spool")]
            self.process = subprocess.Popen([*line, *more], cwd=ROOT, env=os.environ | ours, stderr=errors)
        wait_for(lambda: "ready on" in self.said()[before:] or self.process.poll() is not None, "the gateway to be ready")
        self.port = int(self.said()[before:].partition("ready on ")[2].split()[0].rsplit(":", 1)[1])

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


class SentDevice:
    """Sends numbered real-time frames that ask for an answer, and remembers which were answered."""

    def __init__(self, begin: int) -> None:
        self._begin = begin
        self.answered: set[str] = set()

    def qn(self, number: int) -> str:
        """The QN of a frame: a moment of its own (ms), CST."""
        at = self._begin + number
        return "".join(each for each in format_time(at)[:19] if each.isdigit()) + f"{at % 1000:03d}"

    def frame(self, number: int) -> bytes:
        """A frame by its number, the same bytes each time."""
        qn = self.qn(number)
        head = f"QN={qn};ST=31;CN=2011;PW={PASSWORD};MN={MN};Flag=5"
        return framed(f"{head};CP=&&DataTime={qn[:14]};a21026-Rtd={number},a21026-Flag=N&&")

    def send(self, port: int, numbers: range, seconds: float = 20) -> None:
        """Send what of these frames has no answer yet on a new connection, some at a time, until the gateway is gone."""
        left = [number for number in numbers if self.qn(number) not in self.answered]
        try:
            with socket.create_connection(("127.0.0.1", port), seconds) as connection:
                for begin in range(0, len(left), AT_ONCE):
                    some = left[begin : begin + AT_ONCE]
                    connection.sendall(b"".join(map(self.frame, some)))
                    self._answers(connection, {self.qn(number) for number in some})
        except OSError:
            return  # it was killed: the device will send again what was not answered

    def _answers(self, connection: socket.socket, wanted: set[str]) -> None:
        held = b""
        while not wanted <= self.answered:
            data = connection.recv(65_536)
            if not data:
                raise ConnectionResetError
            held += data
            self.answered |= {found.decode() for found in _QN.findall(held)}
