"""The broker of a whole run: the processes of pytest share one, which the first of them starts and the last one stops."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from streams.kafka import broker as embedded
from streams.settings import Settings
from tests.support.kafka.settings import settings_in

_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")


def own_log(name: str) -> str:
    """The name of a log that a module has for all of its tests, of which another process may run some."""
    return f"{name}{_PROCESS}"


def run_folder(ours: Path) -> Path:
    """The folder that all processes of a run have; `ours` is the base of this one."""
    return ours.parent if _PROCESS else ours


@contextmanager
def session_broker(shared: Path, data: Path) -> Iterator[Settings]:
    """Settings of the run's broker, which stands in `shared`; whatever else this process and its tests keep is in `data`."""
    shared.mkdir(exist_ok=True)
    with (shared / "starting").open("a") as starting, (shared / "users").open("a") as users:
        with _locked(starting.fileno()):
            settings = _known(shared)
            embedded.start(settings)
            fcntl.flock(users, fcntl.LOCK_SH)
        (data / "kafka").symlink_to(shared / "kafka")
        yield replace(settings, data=data)
        with _locked(starting.fileno()):
            if _alone(users.fileno()):
                embedded.stop(settings)


@contextmanager
def _locked(lock: int) -> Iterator[None]:
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(lock, fcntl.LOCK_UN)


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _known(shared: Path) -> Settings:
    """The settings that the first process has drawn."""
    file = shared / "ports.json"
    if not file.exists():
        drawn = settings_in(shared)
        file.write_bytes(msgspec.json.encode({"kafka": drawn.kafka_port, "controller": drawn.controller_port}))
    ports = msgspec.json.decode(file.read_bytes(), type=dict[str, int])
    names = {"ONESCREEN_KAFKA_PORT": str(ports["kafka"]), "ONESCREEN_CONTROLLER_PORT": str(ports["controller"])}
    return settings_in(shared, **names)
