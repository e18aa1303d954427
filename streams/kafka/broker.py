"""`python -m streams kafka`: the embedded Apache Kafka, one broker on 127.0.0.1. Its data outlives it."""

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType

import msgspec
from kafka.errors import KafkaError
from msgspec import Struct

from streams.command import Trouble
from streams.kafka import checks, clients, grants, jars, secure, server
from streams.kafka.access import BROKER
from streams.private import private
from streams.settings import Settings, load

READY_SECONDS = 60
"""How long a broker that makes no progress is waited for. It starts in 3 s; on a busy machine it may take minutes, and may."""

WORK_SECONDS = 3.0
"""The processor time that counts as progress. A start takes 6 to 8; one that idles, as it waits for what never comes, takes
1 in a minute."""

STOP_SECONDS = 30
LOCK_FILE, PID_FILE = "broker.lock", "broker.pid"
_PAUSE = 0.05
_LOOK = 0.5  # seconds between two looks at a broker that another process started
_ASKED_TO_STOP = {0, 128 + signal.SIGTERM, 128 + signal.SIGINT, -signal.SIGTERM, -signal.SIGINT}


class Broker(Struct, frozen=True):
    """A broker that answers: its process id, where it listens, the seconds it took, and its process where we started it."""

    pid: int
    bootstrap: str
    seconds: float
    process: subprocess.Popen[bytes] | None = None


class Life(Struct, frozen=True):
    """What the pid file says of the process that holds its lock."""

    pid: int
    port: int


class Progress:
    """Whether a broker that does not answer yet is at work: it took processor time, or wrote a line. Pure."""

    def __init__(self, now: float) -> None:
        """`now` and all other times: seconds, monotonic."""
        self._since = now
        self._work = 0.0
        self._written = 0

    def seen(self, now: float, work: float, written: int) -> float:
        """The seconds without progress; `work`: seconds of processor time so far, `written`: bytes of its log files."""
        if work >= self._work + WORK_SECONDS or written != self._written:
            self._since, self._work, self._written = now, work, written
        return now - self._since


def start(settings: Settings) -> Broker:
    """Start the embedded broker and wait until it answers; the one that runs already, if so. Trouble says what to do."""
    began = time.monotonic()
    place = server.folder(settings)
    with checks.disk_errors(place):
        private(place)
        with (place / LOCK_FILE).open("a+b") as lock:
            if not _acquire(lock.fileno(), patience=0.5):
                return _already(settings, began)
            _write_life(place, Life(os.getpid(), settings.kafka_port))
            process = _launch(settings, lock.fileno())
            _write_life(place, Life(process.pid, settings.kafka_port))
    try:
        _wait(settings, began)
        if settings.secure:
            grants.sign_up(settings)
    except BaseException:
        process.terminate()
        process.wait(STOP_SECONDS)
        raise
    return Broker(process.pid, settings.bootstrap, time.monotonic() - began, process)


def stop(settings: Settings) -> bool:
    """Stop the embedded broker and wait until it has gone; False where none ran."""
    life = alive(settings)
    if life is None:
        return False
    os.kill(life.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while alive(settings):
        if time.monotonic() > deadline:
            raise Trouble(f"the broker did not stop within {STOP_SECONDS} s: end it with `kill -9 {life.pid}`")
        time.sleep(_PAUSE)
    return True


def running(settings: Settings) -> bool:
    """Whether the broker of this data directory lives and answers on its port."""
    return alive(settings) is not None and _answers(settings)


def alive(settings: Settings) -> Life | None:
    """The process of this data directory. It holds a lock that ends with it, so that a stale pid file deceives nobody."""
    place = server.folder(settings)
    if not (place / PID_FILE).exists():
        return None
    with (place / LOCK_FILE).open("rb") as lock:
        if _acquire(lock.fileno()):
            return None
    return msgspec.json.decode((place / PID_FILE).read_bytes(), type=Life)


def _launch(settings: Settings, lock: int) -> subprocess.Popen[bytes]:
    checks.refuse_foreign(server.folder(settings))
    checks.refuse_taken(settings.kafka_port, "ONESCREEN_KAFKA_PORT")
    checks.refuse_taken(settings.controller_port, "ONESCREEN_CONTROLLER_PORT")
    checks.refuse_full(server.folder(settings))
    found = jars.classpath(settings.cache)
    if settings.secure:
        secure.renew(settings)
    server.write_settings(settings)
    server.format_storage(settings, found)
    return server.launch(settings, found, lock)


def _already(settings: Settings, began: float) -> Broker:
    life = alive(settings)
    if life is None:  # it ended just now
        return start(settings)
    if life.port != settings.kafka_port:
        raise Trouble(
            f"the data in {settings.data} is in use by a broker on port {life.port} (process {life.pid}): "
            f"set ONESCREEN_KAFKA_PORT={life.port}, stop that one, or set ONESCREEN_DATA to another directory"
        )
    _wait(settings, began)
    return Broker(life.pid, settings.bootstrap, 0)


def _wait(settings: Settings, began: float) -> None:
    progress = Progress(began)
    while not _answers(settings):
        life = alive(settings)
        if life is None:
            raise Trouble(f"the broker died at its start: {server.last_words(settings)}")
        idle = progress.seen(time.monotonic(), work_seconds(life.pid), server.written(settings))
        if idle > READY_SECONDS:
            waited = f"{time.monotonic() - began:.0f} s, and did nothing for the last {READY_SECONDS} s"
            raise Trouble(f"the broker did not answer in {waited}: {server.last_words(settings)}")
        time.sleep(_PAUSE)


def work_seconds(pid: int) -> float:
    """The processor time that a process has taken, in seconds; 0 where it has gone or /proc does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime, fields 14 and 15 of proc(5)


def _answers(settings: Settings) -> bool:
    """Whether a broker of our cluster answers a metadata request; a closed port is seen without a client's patience."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", settings.kafka_port)):
            return False
    try:
        with closing(clients.admin(secure.as_(settings, BROKER))) as admin:
            cluster = admin.describe_cluster()
    except (Trouble, KafkaError):
        return False
    return bool(cluster["brokers"]) and cluster["cluster_id"] == checks.CLUSTER


def _acquire(lock: int, patience: float = 0) -> bool:
    """Take the lock; `patience` (seconds) outlasts those who only look whether it is held."""
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _write_life(place: Path, life: Life) -> None:
    fresh = place / f"{PID_FILE}.new"
    fresh.write_bytes(msgspec.json.encode(life))
    fresh.replace(place / PID_FILE)


def main(arguments: list[str]) -> int:
    """Run `python -m streams kafka …`: start and stop say on stderr what was done, status prints one JSON line.

    `access` is a command of its own, see `streams.kafka.grants`.
    """
    if arguments[:1] == ["access"]:
        return grants.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m streams kafka", description=__doc__)
    parser.add_argument(
        "act", choices=["start", "stop", "status", "access"], help="access has options of its own: access --help"
    )
    parser.add_argument(
        "--foreground", action="store_true", help="with start: stay as long as the broker does, as a Procfile needs it"
    )
    parser.add_argument(
        "--secure", action="store_true", help="with start: from now on everybody signs in (SCRAM over TLS) and has rights"
    )
    options = parser.parse_args(arguments)
    settings = load()
    if options.secure and options.act == "start" and settings.embedded:
        settings = _secured(settings)
    if options.act == "status":
        return _status(settings)
    if not settings.embedded:
        _say(f"KAFKA_BOOTSTRAP_SERVERS is set: the cluster at {settings.bootstrap} is used, nothing is embedded")
        if options.act == "start" and options.foreground:
            _until_stopped(signal.pause)
        return 0
    if options.act == "stop":
        _say("stopped" if stop(settings) else "no broker ran")
        return 0
    return _foreground(settings) if options.foreground else _start(settings)


def _secured(settings: Settings) -> Settings:
    """The settings of a broker that starts secure from now on; Trouble where it runs, and is not."""
    if not settings.secure and (life := alive(settings)):
        raise Trouble(
            f"the broker runs without access control (process {life.pid}): stop it first, then start it with --secure"
        )
    folder = secure.prepare(settings)
    _say(f"certificates and passwords are in {folder}")
    return load()


def _start(settings: Settings) -> int:
    broker = start(settings)
    _say(_told(settings, broker))
    return 0


def _foreground(settings: Settings) -> int:
    """Stay as long as the broker does; what we started we stop, what ran before us we leave."""

    def stay() -> None:
        broker = start(settings)
        _say(_told(settings, broker))
        if broker.process is None:
            while alive(settings):
                time.sleep(_LOOK)
            raise Trouble(f"the broker that ran already has ended: {server.last_words(settings)}")
        if broker.process.wait() not in _ASKED_TO_STOP:
            raise Trouble(f"the broker died: {server.last_words(settings)}")

    ran_before = running(settings)
    try:
        _until_stopped(stay)
    finally:
        if not ran_before:
            stop(settings)
    return 0


def _until_stopped(work: Callable[[], object]) -> None:
    """Do `work`; SIGTERM and SIGINT end it as an exception of our own, so that what must be cleaned up is."""

    class Stopped(Exception):  # noqa: N818 - nothing went wrong
        pass

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    with suppress(Stopped):
        work()


def _told(settings: Settings, broker: Broker) -> str:
    if broker.process is None:
        return f"Apache Kafka runs already on {broker.bootstrap} (process {broker.pid})"
    return (
        f"Apache Kafka listens on {broker.bootstrap}, ready in {broker.seconds:.1f} s; its data is in {server.folder(settings)}"
    )


def _status(settings: Settings) -> int:
    life = alive(settings) if settings.embedded else None
    answers = _answers(settings) if settings.embedded else _reached(settings)
    report = {"answers": answers, "bootstrap": settings.bootstrap, "embedded": settings.embedded, "pid": life and life.pid}
    sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    return 0 if answers else 1


def _reached(settings: Settings) -> bool:
    clients.admin(settings).close()
    return True


def _say(text: str) -> None:
    sys.stderr.write(f"kafka: {text}\n")
