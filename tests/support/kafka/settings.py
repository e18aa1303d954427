"""Settings of brokers for tests."""

import os
import random
import socket
from contextlib import suppress
from pathlib import Path

from streams.settings import Settings, load

CACHE = os.environ.get("ONESCREEN_CACHE") or str(Path(__file__).parents[3] / ".onescreen" / "cache")
"""Where the broker's jars are kept for all tests."""

PARTITIONS = "ONESCREEN_PARTITIONS"
"""The setting that says how many partitions a topic has; `make test` has two where the default is four."""


def settings_in(data: Path, **more: str) -> Settings:
    """Settings for a broker of its own: free ports, `data`, the jars of the shared cache; `more` are environment names.

    Partitions are as many as the environment says, by which the processes go that a test starts.
    """
    kafka, controller = free_ports()
    here = {name: os.environ[name] for name in (PARTITIONS,) if name in os.environ}
    names = {"ONESCREEN_KAFKA_PORT": str(kafka), "ONESCREEN_CONTROLLER_PORT": str(controller), "ONESCREEN_DATA": str(data)}
    return load({"ONESCREEN_CACHE": CACHE} | here | names | more)


def lasting_port() -> int:
    """A port of 127.0.0.1 that nobody uses, and that no connection is given: Linux gives them those from 32768 on.

    So it is still free where what listens there is started later, or dies and is started again while others connect to it.
    """
    while True:
        port = _CHANCE.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def free_ports() -> tuple[int, int]:
    """Two such ports."""
    first = second = lasting_port()
    while second == first:
        second = lasting_port()
    return first, second


_CHANCE = random.SystemRandom()
"""Of the machine, so that the processes of a run, whatever their seeds, do not try the same ports."""
