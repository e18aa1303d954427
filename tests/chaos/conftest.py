"""A broker whose workers reach it through a proxy of the test, while the test itself reaches it directly."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from streams.kafka import broker as embedded
from streams.kafka import server
from streams.settings import Settings
from tests.chaos.proxy import Proxy
from tests.support.kafka.settings import free_ports, settings_in

HERE = Path(__file__).parent

_LISTENERS = """\
listeners=PLAINTEXT://127.0.0.1:{{kafka_port}},FAR://127.0.0.1:{inner},CONTROLLER://127.0.0.1:{{controller_port}}
advertised.listeners=PLAINTEXT://127.0.0.1:{{kafka_port}},FAR://127.0.0.1:{outer}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,FAR:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which plan of torture, and how long."""
    parser.addoption("--torture-seed", type=int, help="the seed of the plan (drawn by lot, and told)")
    parser.addoption("--torture-seconds", type=float, help="how long it lasts (180)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below this folder: it takes long, up to ten minutes on two busy cores."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.chaos)
            item.add_marker(pytest.mark.timeout(1_200))


@pytest.fixture(scope="session")
def ways() -> tuple[int, int]:
    """Two ports: the one at which workers look for the broker, and the broker's own behind it."""
    return free_ports()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory, ways: tuple[int, int]) -> Iterator[Settings]:
    """Settings of a broker that runs and has a second listener, which is advertised at the proxy's port."""
    outer, inner = ways
    settings = settings_in(tmp_path_factory.mktemp("kafka"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "_PROPERTIES", server._PROPERTIES + _LISTENERS.format(inner=inner, outer=outer))
        embedded.start(settings)
    yield settings
    embedded.stop(settings)


@pytest.fixture
def proxy(ways: tuple[int, int]) -> Iterator[Proxy]:
    """A proxy between workers and broker."""
    with Proxy(*ways) as running:
        yield running


@pytest.fixture
def far(broker: Settings, proxy: Proxy, ways: tuple[int, int]) -> Settings:
    """Settings for workers whose every connection goes through the proxy."""
    return replace(broker, kafka_port=ways[0], bootstrap=f"127.0.0.1:{ways[0]}")
