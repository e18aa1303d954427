"""What holds for all tests: no property fails because a machine was busy; and a broker and a log for those that ask for one."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings as properties

from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.support.kafka.settings import settings_in

properties.register_profile("untimed", deadline=None)
properties.load_profile("untimed")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a broker that runs, for the whole session."""
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
