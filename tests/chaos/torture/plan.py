"""What is done to whom and when, drawn from a seed: the same seed gives the same plan. Pure."""

import random
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Literal, NamedTuple

What = Literal["kill", "freeze", "fill", "stall", "delay", "halve", "cut"]

PARTS = ("hj212", "http", "mqtt", "worker", "archive", "kafka", "mosquitto")
"""What is killed (SIGKILL) and frozen (SIGSTOP, SIGCONT)."""

WAYS = ("devices", "posts", "publishers", "subscription", "log")
"""The ways on which a proxy stands: devices, senders and publishers to gateways and Mosquitto, the MQTT gateway to that, and
the gateways to Kafka."""

DISKS = ("spools", "archive")
"""The disks that are filled up."""

SECONDS: dict[What, tuple[float, float]] = {
    "kill": (0.0, 0.0),
    "freeze": (1.0, 8.0),
    "fill": (3.0, 8.0),
    "stall": (2.0, 12.0),
    "delay": (3.0, 8.0),
    "halve": (0.0, 0.0),
    "cut": (0.0, 0.0),
}
"""How long each lasts; Mosquitto is frozen as ASLEEP says."""

ASLEEP = (62.0, 68.0)
"""How long Mosquitto is frozen: longer than twice the keep-alive of the MQTT gateway (30 s), which asks whether it is there
after one and gives it up after two."""

PAUSE = (1.0, 4.0)
"""Seconds between the beginnings of two."""


class Blow(NamedTuple):
    """What is done to whom, how many seconds after the beginning, and for how long."""

    at: float
    what: What
    whom: str
    seconds: float


def deck(disks: tuple[str, ...]) -> list[tuple[What, str]]:
    """Each blow that there is, once; a kill, which finds most, twice."""
    kills, on_ways = ("kill", "kill", "freeze"), ("stall", "delay", "halve", "cut")
    parts: Iterator[tuple[What, str]] = ((what, part) for part in PARTS for what in kills)  # type: ignore[misc]  # literals
    ways: Iterator[tuple[What, str]] = ((what, way) for way in WAYS for what in on_ways)  # type: ignore[misc]  # literals
    return [*parts, *ways, *zip(repeat("fill"), disks * 2, strict=False)]


def lasts(what: What, whom: str) -> tuple[float, float]:
    """Between how many seconds a blow lasts."""
    return ASLEEP if (what, whom) == ("freeze", "mosquitto") else SECONDS[what]


def plan(seed: int, seconds: float, disks: tuple[str, ...] = DISKS) -> list[Blow]:
    """All that is done in so many seconds: the whole deck in an order drawn by lot, then again in another."""
    chance, at = random.Random(seed), 0.0
    found: list[Blow] = []
    for what, whom in chain.from_iterable(chance.sample(cards, len(cards)) for cards in repeat(deck(disks))):
        at += chance.uniform(*PAUSE)
        if at > seconds:
            return found
        found.append(Blow(at, what, whom, chance.uniform(*lasts(what, whom))))
    return found
