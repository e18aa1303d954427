"""The processes that are tortured: started again whenever they end, as a service manager does it."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from streams.kafka import broker as embedded
from streams.settings import Settings
from tests.support.kafka.mqtt import Mosquitto
from tests.support.workers import ROOT

_LOOK = 0.2  # seconds between two looks at whether they live
_SLOW = 30.0  # seconds in which a part that is asked to ends


class TorturedPart:
    """A process that is always there. `own`: the exit codes of those that ended by themselves; `peak`: bytes of memory."""

    def __init__(self, line: Sequence[str], env: Mapping[str, str], errors: Path) -> None:
        self._line, self._env, self.errors = line, env, errors
        self.own: list[int] = []
        self.peak = 0
        self.start()

    def start(self) -> None:
        """Start it."""
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                self._line, cwd=ROOT, env=os.environ | self._env, stderr=errors, stdout=subprocess.DEVNULL
            )

    def look(self) -> None:
        """Start it again if it has ended; see how much memory it has."""
        code = self.process.poll()
        if code is not None:
            if code != -signal.SIGKILL:
                self.own.append(code)
            self.start()
        with suppress(psutil.Error):
            self.peak = max(self.peak, psutil.Process(self.process.pid).memory_info().rss)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def freeze(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after some seconds."""
        frozen(self.process.pid, seconds)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        return self.process.wait(_SLOW)

    def said(self) -> str:
        """All that it has written to stderr."""
        return self.errors.read_text("utf-8", "replace")


class TorturedParts:
    """Some of them, watched as long as the `with` block lasts; then each is asked to end."""

    def __init__(self, parts: Mapping[str, TorturedPart]) -> None:
        self.parts = parts
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __getitem__(self, name: str) -> TorturedPart:
        return self.parts[name]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> dict[str, int]:
        """Ask each to end, once; the exit codes."""
        self._over.set()
        self._thread.join()
        return {
            name: part.stop() if part.process.poll() is None else part.process.returncode for name, part in self.parts.items()
        }

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            for part in self.parts.values():
                part.look()


class Kafka:
    """The embedded broker."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings, threading.Lock()

    def kill(self) -> None:
        """SIGKILL, and a new start."""
        with self._lock:
            life = embedded.alive(self._settings)
            if life is not None:
                with suppress(ProcessLookupError):
                    os.kill(life.pid, signal.SIGKILL)
            while embedded.alive(self._settings):
                time.sleep(_LOOK)
            embedded.start(self._settings)

    def freeze(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after some seconds."""
        with self._lock:
            life = embedded.alive(self._settings)
        if life is not None:
            frozen(life.pid, seconds)


class MqttBroker:
    """Mosquitto with the profile that we ship; `deaths`: when it was killed (monotonic seconds)."""

    def __init__(self, mosquitto: Mosquitto, deaths: list[float]) -> None:
        self._mosquitto, self._deaths, self._lock = mosquitto, deaths, threading.Lock()

    def kill(self) -> None:
        """SIGKILL, and a new start."""
        with self._lock:
            self._mosquitto.kill()
            self._deaths.append(time.monotonic())
            self._mosquitto.start()

    def freeze(self, seconds: float) -> None:
        """SIGSTOP, and SIGCONT after some seconds; nothing else is done to it meanwhile."""
        with self._lock:
            frozen(self._mosquitto.process.pid, seconds)

    def restart(self) -> None:
        """SIGTERM, upon which it saves, and a new start."""
        with self._lock:
            self._mosquitto.process.terminate()
            self._mosquitto.process.wait(_SLOW)
            self._mosquitto.start()


def frozen(pid: int, seconds: float) -> None:
    """SIGSTOP a process, and SIGCONT it after some seconds, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
