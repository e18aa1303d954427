"""The HTTP gateway as a process of its own, and a sender that remembers what was answered."""

import http.client
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Self

from streams.gateways.http.sources import hash_of
from streams.settings import Settings
from tests.support.gateways.http import BATCH, TOKEN, event
from tests.support.workers import ROOT, wait_for

AT_ONCE = 20
"""Events of a batch."""


class HttpGatewayProcess:
    """`python -m streams gateway http` for one sender, on a port of its own; killed on the way out.

    `rate`: its events a minute; `senders`: the text of a register instead of the one sender; `more` are environment names.
    """

    def __init__(self, settings: Settings, log: str, folder: Path, rate: int = 60_000, senders: str = "", **more: str) -> None:
        register = folder / "sources.toml"
        sources = 'sources = ["/air"]\n'
        types = '["environment.air_hour", "special_equipment.lift_state"]'
        register.write_text(
            senders
            or f'[source.air]\ntoken = "{hash_of(TOKEN)}"\ntypes = {types}\nsubjects = ["air.*", "lift.*"]\n{sources}'
            f"rate = {rate}\n",
            "utf-8",
        )
        self._errors = folder / "stderr"
        ours = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
        line = [sys.executable, "-m", "streams", "gateway", "http", "--log", log, "--port", "0"]
        before = len(self.said())
        with self._errors.open("ab") as errors:
            own = ["--sources", str(register), "--spool", str(folder / "spool")]
            self.process = subprocess.Popen([*line, *own], cwd=ROOT, env=os.environ | ours | more, stderr=errors)
        wait_for(lambda: "ready on" in self.said()[before:] or self.process.poll() is not None, "the gateway to be ready")
        self.port = int(self.said()[before:].partition("ready on ")[2].split()[0].partition("/")[0].rsplit(":", 1)[1])

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


class Sender:
    """Posts numbered events in batches, of two domains by turns, and remembers which were answered by 202."""

    def __init__(self) -> None:
        self.answered: set[str] = set()

    def event(self, number: int) -> dict[str, object]:
        """An event by its number, the same each time."""
        if number % 2:
            lift = {"type": "special_equipment.lift_state", "subject": f"lift.{number % 7}", "data": {"running": True}}
            return event(str(number), **lift)
        return event(str(number), subject=f"air.{number % 7}")

    def send(self, port: int, numbers: range) -> None:
        """Post what of these has no answer yet, until the gateway is gone."""
        left = [number for number in numbers if str(number) not in self.answered]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": BATCH}
        try:
            for begin in range(0, len(left), AT_ONCE):
                some = left[begin : begin + AT_ONCE]
                connection.request("POST", "/events", json.dumps([self.event(number) for number in some]), headers)
                response = connection.getresponse()
                response.read()
                if response.status == http.client.ACCEPTED:
                    self.answered |= {str(number) for number in some}
        except (OSError, http.client.HTTPException):
            return  # it was killed: the sender will post again what was not answered
        finally:
            connection.close()
