"""Keeps the parts of a Procfile running: their lines with their names before them, and each part again whenever it ends.

A part that dies is named, with its exit code or signal, and started again after 1, 2, 4, … 30 s. One that never lived for a
minute and died five times in a row cannot start at all: it ends all others, and its last lines are the reason. SIGINT and
SIGTERM end all; the first part of the file, which the others stand on, ends last.
"""

import os
import re
import shlex
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from string import Template

from msgspec import Struct

from streams.command import Trouble

_LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")
_KEPT = 15
"""Last lines of a part that are kept to tell why it died."""

Write = Callable[[str], object]
"""Takes one line without its end."""


class Part(Struct, frozen=True):
    """One line of a Procfile: a name and its command, which no shell reads; `$NAME` is of the environment."""

    name: str
    command: tuple[str, ...]


class Patience(Struct, frozen=True):
    """Seconds before the first and at most before any new start; seconds of a good life; tries; seconds to end in."""

    first: float = 1
    longest: float = 30
    settled: float = 60
    tries: int = 5
    stop: float = 40  # `agents watch` gives its worker 30 s


def read(procfile: Path) -> list[Part]:
    """The parts of a Procfile in order; Trouble names the line that is none. Empty lines and comments (`#`) are passed over."""
    parts: list[Part] = []
    for number, line in enumerate(procfile.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if (found := _LINE.fullmatch(line)) is None:
            raise Trouble(f"{procfile}, line {number}: {line!r} is no `name: command`")
        parts.append(Part(found["name"], tuple(shlex.split(found["command"]))))
    return parts


def told(code: int) -> str:
    """How a process ended, by its exit code or signal.

    >>> told(1), told(-9)
    ('ended with code 1', 'was killed by SIGKILL')
    """
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


class Course:
    """How a part has done so far: says after each of its deaths how long to wait. Pure."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._settled = False
        self._deaths = 0

    def died(self, lived: float) -> float | None:
        """The seconds until the next start, after a life of so many; None where the part cannot start at all."""
        if lived >= self._patience.settled:
            self._settled, self._deaths = True, 0
        self._deaths += 1
        if not self._settled and self._deaths >= self._patience.tries:
            return None
        return min(self._patience.longest, self._patience.first * 2.0 ** (self._deaths - 1))


class Supervisor:
    """Runs parts until it is told to stop or one of them cannot start."""

    def __init__(
        self,
        parts: Sequence[Part],
        write: Write,
        env: Mapping[str, str] = os.environ,
        inherited: Sequence[int] = (),
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
    ) -> None:
        """`inherited`: open files that every part holds as long as it lives."""
        self._parts, self._env, self._inherited, self._patience = parts, env, inherited, patience
        self._write = write
        self._width = max((len(part.name) for part in parts), default=0)
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._stop = threading.Event()
        self._reason = ""

    def stop(self) -> None:
        """End all parts; `run` returns when they have ended."""
        self._stop.set()

    def run(self) -> str:
        """Run until stopped: an empty text, or why it could not go on."""
        keepers = [threading.Thread(target=self._keep, args=(part,), name=part.name) for part in self._parts]
        for keeper in keepers:
            keeper.start()
        self._stop.wait()
        for names in ([part.name for part in self._parts[1:]], [part.name for part in self._parts[:1]]):
            self._end([process for name in names if (process := self._process(name))])
        for keeper in keepers:
            keeper.join()
        return self._reason

    def _keep(self, part: Part) -> None:
        """Start a part again and again."""
        course = Course(self._patience)
        while not self._stop.is_set():
            began = time.monotonic()
            tail: deque[str] = deque(maxlen=_KEPT)
            how = self._live(part, tail)
            if self._stop.is_set():
                self._say("supervisor", f"{part.name} {how}")
                return
            lived = time.monotonic() - began
            pause = course.died(lived)
            if pause is None:
                lines = "\n  ".join([f"{part.name} cannot start: it {how}, {self._patience.tries} times in a row", *tail])
                self._reason = self._reason or lines
                self._stop.set()
                return
            self._say("supervisor", f"{part.name} {how} after {lived:.0f} s; it is started again in {pause:g} s")
            self._stop.wait(pause)

    def _live(self, part: Part, tail: deque[str]) -> str:
        """One life of a part, its lines written and the last of them kept; how it ended. What it leaves behind is killed."""
        with self._lock:
            if self._stop.is_set():
                return "was not started"
            try:
                process = subprocess.Popen(
                    [Template(word).safe_substitute(self._env) for word in part.command],
                    env=self._env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=self._inherited,
                    start_new_session=True,
                )
            except OSError as error:
                return f"could not be run ({error.strerror}: {part.command[0]})"
            self._running[part.name] = process
        reader = threading.Thread(target=self._copy, args=(part.name, process, tail))
        reader.start()
        code = process.wait()
        _kill(process)
        reader.join()
        with self._lock:
            del self._running[part.name]
        return told(code)

    def _copy(self, name: str, process: subprocess.Popen[bytes], tail: deque[str]) -> None:
        if process.stdout is None:
            raise RuntimeError("a part without a pipe")
        with process.stdout as lines:
            for line in lines:
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                tail.append(text)
                self._say(name, text)

    def _process(self, name: str) -> subprocess.Popen[bytes] | None:
        with self._lock:
            return self._running.get(name)

    def _end(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        """End these together; those that do not end in time are killed with all that they started."""
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + self._patience.stop
        for process in processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _kill(process)

    def _say(self, name: str, text: str) -> None:
        try:
            self._write(f"{time.strftime('%H:%M:%S')} {name.ljust(self._width)} | {text}")
        except OSError:  # nobody reads us any more
            self._stop.set()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a part: each is a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
