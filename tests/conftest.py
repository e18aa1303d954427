"""What holds for all tests: no property fails as a machine was busy, and every event is held to its description.

Also a broker and a log for those that ask for one.
"""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings as properties

from streams.kafka import broker as embedded
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.support.directory import described
from tests.support.kafka.session import run_folder, session_broker
from tests.support.kafka.settings import settings_in
from tests.support.started.warm import Warm
from tests.support.workers import wait_for

properties.register_profile("untimed", deadline=None)
properties.load_profile("untimed")

described.watch()

subprocess.Popen = Warm  # type: ignore[misc]


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a broker that runs, for the whole session and all processes of the run."""
    shared = run_folder(tmp_path_factory.getbasetemp()) / "broker"
    with session_broker(shared, tmp_path_factory.mktemp("data")) as settings:
        yield settings


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """Settings for a broker of the test's own; the test starts it, afterwards it is stopped."""
    settings = settings_in(tmp_path)
    yield settings
    embedded.stop(settings)


@pytest.fixture
def wait() -> Callable[[Callable[[], object]], None]:
    """A function that waits until a condition holds, and fails after a minute."""
    return lambda condition: wait_for(condition, "the condition to come true")


@pytest.fixture
def log(broker: Settings) -> Iterator[str]:
    """The name of a fresh log whose topics are there; they go with the test, or every request for metadata would name them."""
    name = f"t{uuid4().hex[:12]}"
    create_topics(broker, name)
    yield name
    with closing(clients.admin(broker)) as admin:
        admin.delete_topics([topic for topic in admin.list_topics() if topic.startswith(f"{name}.")])
