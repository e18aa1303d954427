"""`python -m tools.demo`, which is `make demo`: broker, topics, keys, 14 hours of history, roads, the Procfile until Ctrl-C.

One demo a data folder: it holds `demo.lock` there, and so does every part that it starts.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from streams.command import Trouble
from streams.kafka.checks import disk_errors
from streams.settings import Settings, load
from tools.supervisor import Part, Supervisor, read

LOCK = "demo.lock"
HOURS = 14
"""So that the demo opens at two in the afternoon."""

_STEPS = (
    ("streams", "kafka", "start"),
    ("streams", "topics", "create", "--log", "demo"),
    ("agents", "keys", "init", "--log", "demo"),
    ("fixtures", "city", "--log", "demo", "--hours", str(HOURS)),
    ("fixtures", "roads"),
    ("screen", "people", "demo"),
)
PORTS = {"ONESCREEN_HJ212_PORT": 9212, "ONESCREEN_HTTP_PORT": 9280, "ONESCREEN_MQTT_PORT": 1883}
"""Where the gateways and the broker of MQTT are heard, if nobody else is there and the environment says nothing."""

_OF_BROKER = {"mosquitto", "mqtt"}
"""The parts that need the broker of MQTT."""

_END_SECONDS = 40


class _Stopped(Exception):  # noqa: N818 - nothing went wrong
    """We were asked to end."""


def main() -> int:
    """Run the demo; exit 0 where it was stopped, 1 where something is in the way."""
    try:
        settings = load()
        with disk_errors(settings.data), held(settings) as lock:
            return _demo(settings, lock)
    except _Stopped:
        return 0
    except (Trouble, ValueError) as trouble:
        sys.stderr.write(f"demo: {trouble}\n")
        return 1


@contextmanager
def held(settings: Settings) -> Iterator[int]:
    """Hold the data folder for this demo alone; the open file is given. Trouble says who holds it."""
    settings.data.mkdir(parents=True, exist_ok=True)
    path = settings.data.resolve() / LOCK
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(_held_by(path)) from None
        file.truncate(0)
        json.dump({"pid": os.getpid(), "screen": f"http://{settings.screen_host}:{settings.screen_port}"}, file)
        file.flush()
        yield file.fileno()


def _held_by(path: Path) -> str:
    try:
        known = json.loads(path.read_text("utf-8"))
    except ValueError:  # it starts just now
        return f"a demo is starting with the data in {path.parent}: wait for it"
    holders = _holders(path)
    if known["pid"] in holders or not holders:
        return (
            f"a demo runs already with the data in {path.parent} (process {known['pid']}, screen {known['screen']}): "
            f"end it with `kill {known['pid']}`; a second one needs its own ONESCREEN_DATA, ONESCREEN_KAFKA_PORT and "
            "ONESCREEN_SCREEN_PORT"
        )
    left = " ".join(map(str, holders))
    return f"the demo with the data in {path.parent} was killed, but parts of it still run: end them with `kill {left}`"


def _holders(path: Path) -> list[int]:
    """The processes of this machine that have a file open; none where /proc does not tell."""
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if link.readlink() == path and int(link.parts[2]) != os.getpid():
                found.add(int(link.parts[2]))
        except OSError:  # it ended, or is another user's
            continue
    return sorted(found)


def _demo(settings: Settings, lock: int) -> int:
    env = environment(settings)
    supervisor: list[Supervisor] = []

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if supervisor:
            supervisor[0].stop()
        else:
            raise _Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        for step in _STEPS:
            if step[0] == "screen":
                _say("accounts, for the demo only:")
            if _step((*step, *_addresses(env)) if step[-1] == "roads" else step, env):
                return 1
        supervisor.append(Supervisor(parts(settings), _say, env, inherited=(lock,)))
        if reason := supervisor[0].run():
            _say(f"demo: {reason}")
            return 1
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        subprocess.call([sys.executable, "-m", "streams", "kafka", "stop"], env=env)


def environment(settings: Settings, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of every part: this Python first in the path, lines as they come, accounts of the demo's own.

    Where the keeper answers, so that people's texts and originals of evidence are sealed: the demo's log is an opened one.
    """
    keeper = env.get("ONESCREEN_KEEPER_SOCKET") or str(settings.keeper / "demo" / "socket")
    people = env.get("ONESCREEN_PEOPLE") or str(settings.data / "demo" / "people.json")
    path = os.pathsep.join(filter(None, (str(Path(sys.executable).parent), env.get("PATH"), "/usr/sbin")))  # Mosquitto's
    own = {"PATH": path, "PYTHONUNBUFFERED": "1", "ONESCREEN_PEOPLE": people, "ONESCREEN_KEEPER_SOCKET": keeper}
    ports = {name: env.get(name) or str(_free(port)) for name, port in PORTS.items()}
    return dict(env) | own | ports | {"ONESCREEN_DATA": str(settings.data)}


def parts(settings: Settings, procfile: Path = Path("Procfile")) -> list[Part]:
    """What runs: the Procfile, without broker and gateway of MQTT where `fixtures roads` has made no register for them."""
    has_broker = (settings.data / "roads" / "mqtt.toml").exists()
    return [part for part in read(procfile) if has_broker or part.name not in _OF_BROKER]


def _addresses(env: Mapping[str, str]) -> list[str]:
    """Where the city finds gateways and broker."""
    names = {"--hj212": "ONESCREEN_HJ212_PORT", "--http": "ONESCREEN_HTTP_PORT", "--mqtt": "ONESCREEN_MQTT_PORT"}
    return [word for option, name in names.items() for word in (option, f"127.0.0.1:{env[name]}")]


def _free(port: int) -> int:
    """A port of loopback where nobody is heard: this one if it may be."""
    for wanted in (port, 0):
        with socket.socket() as found, suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(("127.0.0.1", wanted))
            return int(found.getsockname()[1])
    raise Trouble("no port is free on 127.0.0.1")


def _step(arguments: tuple[str, ...], env: Mapping[str, str]) -> int:
    """One step of the preparation; its exit code. Where we are stopped it is ended too; what it has done is kept."""
    process = subprocess.Popen([sys.executable, "-m", *arguments], env=env, stdout=sys.stderr)
    try:
        return process.wait()
    except _Stopped:
        process.terminate()
        process.wait(_END_SECONDS)
        raise


def _say(line: str) -> None:
    sys.stderr.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
