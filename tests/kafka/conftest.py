"""A real embedded broker for the whole session, and a log of its own for each test that asks for one."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.settings import Settings, load

HERE = Path(__file__).parent
CACHE = os.environ.get("ONESCREEN_CACHE") or str(HERE.parents[1] / ".onescreen" / "cache")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below this folder: it needs the broker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.kafka)


def settings_in(data: Path, **more: str) -> Settings:
    """Settings for a broker of its own: free ports, `data`, the jars of the shared cache; `more` are environment names."""
    kafka, controller = free_ports()
    names = {"ONESCREEN_KAFKA_PORT": str(kafka), "ONESCREEN_CONTROLLER_PORT": str(controller), "ONESCREEN_DATA": str(data)}
    return load({"ONESCREEN_CACHE": CACHE} | names | more)


def free_ports() -> tuple[int, int]:
    """Two ports of 127.0.0.1 that nobody uses now."""
    with socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a broker that runs."""
    settings = settings_in(tmp_path_factory.mktemp("kafka"))
    embedded.start(settings)
    yield settings
    embedded.stop(settings)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """Settings for a broker of the test's own; the test starts it, afterwards it is stopped."""
    settings = settings_in(tmp_path)
    yield settings
    embedded.stop(settings)


@pytest.fixture
def wait() -> Callable[[Callable[[], object]], None]:
    """A function that waits until a condition holds, and fails after 20 s."""

    def until(condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true within 20 s"
            time.sleep(0.05)

    return until


@pytest.fixture
def log(broker: Settings) -> str:
    """The name of a fresh log whose topics are there."""
    name = f"t{uuid4().hex[:12]}"
    create_topics(broker, name)
    return name
