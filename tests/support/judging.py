"""One judge and one subject outside any fold: facts and ticks in, findings out, as the fold does it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject, followed
from agents.core.judge import Finding, Judge
from agents.core.judges import STOCK
from agents.core.rules.rule import Binding, Edition
from streams.calendar.holidays import load
from streams.messages import MINUTE, NEVER, Alert, Name, Registered, Text, parse_time

T0 = parse_time("2026-06-01T00:00:00+08:00")


class Reading(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact with something for every judge."""

    value: float | None = None
    other: float | None = None
    flag: str = "N"
    who: str | None = None
    until: str | None = None
    minutes: int | None = None


PAYLOADS: dict[str, Any] = {"reading": Reading, "act": Reading, "registered": Registered, "alert:other": Alert}

Step = tuple[str, Any, int]
"""A fact (its kind, its payload, its event time in ms), or ("tick", None, now)."""


def edition(name: str, since: date, until: date | None = None, **limits: float) -> Edition:
    """An edition of a clause that sets limits."""
    words = Text("文", "text")
    return Edition(edition=name, article="1", text=words, mark="M", source="", since=since, until=until, limits=limits)


def judge(
    name: str, item: str = "value", kinds: tuple[str, ...] = ("reading",), editions: tuple[Edition, ...] = (), **params: Any
) -> Judge:
    """A stock judge of one rule."""
    if "from_" in params:
        params["from"] = params.pop("from_")
    binding = Binding(rule="rule", item=item, kinds=kinds, params=params, editions=editions, payloads=PAYLOADS, calendar=load())
    return STOCK[name](binding)


def subject(**traits: Any) -> Subject:
    """A registered subject."""
    return Subject("s", facts=Registered(kind="plant", name=Name("厂"), adcode="410100", limits={"value": 50.0}, traits=traits))


def step(asked: Judge, on: Subject, what: Step) -> list[Finding]:
    """What one fact or tick makes the judge say; a tick wakes it as long as it is due."""
    kind, data, at = what
    if kind == "tick":
        found = []
        while asked.due(on) <= at:
            before = asked.due(on)
            found.append(asked.wake(on, at))
            assert asked.due(on) > before, "a wake moves due on"
        return [each for each in found if each is not None]
    on.latest[kind] = followed(on.latest.get(kind), at, data)
    finding = asked.read(on, kind, data, at)
    assert asked.timed or asked.due(on) == NEVER
    return [] if finding is None else [finding]


def run(asked: Judge, steps: Iterable[Step], on: Subject | None = None) -> list[tuple[int, Finding]]:
    """Findings with the time of the fact or tick that caused them."""
    on = on or subject()
    return [(at, found) for kind, data, at in steps for found in step(asked, on, (kind, data, at))]


def states(asked: Judge, steps: Iterable[Step], on: Subject | None = None) -> list[bool]:
    """Whether the alert stands after each fact or tick."""
    on = on or subject()
    standing, after = False, []
    for what in steps:
        for found in step(asked, on, what):
            standing = found.active
        after.append(standing)
    return after


def readings(*values: float | None, every: int = MINUTE, **fields: Any) -> list[Step]:
    """Readings of these values from T0 on."""
    return [("reading", Reading(value=value, **fields), T0 + n * every) for n, value in enumerate(values)]


def restored(on: Subject, asked: Judge) -> None:
    """Carry a subject's memory through a checkpoint."""
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(on.memory))
    on.memory = {key: msgspec.convert(value, asked.Memory) for key, value in kept.items()}
