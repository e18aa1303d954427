"""The engines of the comparison: what is started for each, and the environment of its own in which it runs."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from streams.catalogue import domains
from streams.settings import Settings
from tests.bench.flink import peer
from tests.bench.peers.judging import Task, environment
from tests.bench.workload import FOLDER, ROOT

PEERS = Path(__file__).parent / "peers"
READERS = ("aiokafka", "librdkafka")
"""The limits: they only read."""

JUDGES = ("onescreen", "bytewax", "quixstreams", "faust")
"""They judge every event, write the outputs and keep the state."""

FEW = "onescreen, few rules"
"""Our worker with the rules of the native peer alone."""

NATIVE = {"flink": 1, "flink, 2 threads": 2}
"""The native peer, by how many tasks of each operator there are."""

_PACKAGES = {
    "onescreen": "faust-streaming",
    "faust": "faust-streaming",
    "aiokafka": "aiokafka",
    "librdkafka": "confluent-kafka",
    "bytewax": "bytewax",
    "quixstreams": "quixstreams",
}

_BYTEWAX_SNAPSHOT = "10"  # seconds; with -b 0 nothing is kept for a backup


def python(engine: str) -> Path:
    """The interpreter of an engine: the project's own, or one of an environment made from the engine's exact pins."""
    pins = PEERS / f"{engine}.txt"
    if not pins.exists():
        return Path(sys.executable)
    place = FOLDER / engine
    made = place / f"made-{blake2b(pins.read_bytes(), digest_size=6).hexdigest()}"
    if not made.exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "-q", "--clear", "--python", sys.executable, place], check=True)
        subprocess.run([*uv, "pip", "sync", "-q", "--python", place / "bin" / "python", pins], check=True)
        made.touch()
    return place / "bin" / "python"


def commands(engine: str, task: Task) -> list[list[str | Path]]:
    """What is run for an engine, one after the other; the last command is the engine itself."""
    interpreter = python(engine)
    only = (option for name in domains() for option in ("--domain", name))
    if engine == "onescreen":
        return [[interpreter, "-m", "agents", "worker", "--log", task.log, *only]]
    if engine == FEW:
        return [[interpreter, "-m", "tests.bench.flink.few_worker", "--log", task.log, *only]]
    if engine in NATIVE:
        return [[*map(str, peer.command(NATIVE[engine]))]]
    if engine == "bytewax":
        flow = "tests.bench.peers.bytewax_flow"
        recovery = ["-r", task.data, "-s", _BYTEWAX_SNAPSHOT, "-b", "0"]
        return [
            [interpreter, "-m", "bytewax.recovery", task.data, "1"],
            [interpreter, "-m", "bytewax.run", flow, *recovery],
        ]
    program = {"quixstreams": "quix_app", "faust": "faust_app"}.get(engine, f"{engine}_read")
    return [[interpreter, "-m", f"tests.bench.peers.{program}"]]


def versions(chosen: Iterable[str]) -> dict[str, str]:
    """The version of the package of each engine."""
    found = {}
    for engine in chosen:
        ask = f"import importlib.metadata as m; print(m.version({_PACKAGES[engine]!r}))"
        done = subprocess.run([python(engine), "-c", ask], check=True, capture_output=True, text=True)
        found[_PACKAGES[engine]] = done.stdout.strip()
    return found


@contextmanager
def running(engine: str, settings: Settings, log: str, out: str) -> Iterator[subprocess.Popen[bytes]]:
    """An engine at work, as the process that it is. An error carries what it has said."""
    with tempfile.TemporaryDirectory() as folder:
        task = _task(settings, log, out, Path(folder))
        *before, command = commands(engine, task)
        env = _environment(settings, task)
        for one in before:
            subprocess.run(one, check=True, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        said = Path(folder) / "said"
        with said.open("wb") as file:
            process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield process
        except RuntimeError as error:
            error.add_note(f"{engine} said:\n{said.read_text('utf-8', 'replace')[-4_000:]}")
            raise
        finally:
            process.terminate()
            _ended(process)


def printed(engine: str, settings: Settings, log: str) -> bytes:
    """What an engine that ends by itself has printed."""
    with tempfile.TemporaryDirectory() as folder:
        task = _task(settings, log, log, Path(folder))
        (command,) = commands(engine, task)
        env = _environment(settings, task)
        return subprocess.run(command, check=True, cwd=ROOT, env=env, stdout=subprocess.PIPE, timeout=600).stdout


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _task(settings: Settings, log: str, out: str, data: Path) -> Task:
    return Task(settings.bootstrap, log, out, data / "state", settings.partitions)


def _environment(settings: Settings, task: Task) -> dict[str, str]:
    task.data.mkdir()
    own = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data), "PYTHONPATH": str(ROOT)}
    own["ONESCREEN_SIGNS"] = "0"  # no other engine tells any
    return os.environ | environment(task) | own
