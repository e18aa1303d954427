"""What all peers share: the task from the environment, and the project's own fold with the whole rule book."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.rulebook.load import load_book
from streams.catalogue import domains
from streams.messages import encode
from streams.outputs import target
from streams.topics import events_topic, topic_name

OUTPUTS = ("alerts", "audit", "quality")
"""The topics of what judging gives."""

Sent = tuple[str, bytes, bytes]
"""Topic, key and value of an output."""

Given = tuple[int, bytes | None, bytes | None]
"""Offset, key and value of a record."""


class Task(msgspec.Struct, frozen=True):
    """Where the events are (`log`), whither the outputs go (`out`, a log of its own), and where state may be kept."""

    servers: str
    log: str
    out: str
    data: Path
    partitions: int

    @property
    def topics(self) -> list[str]:
        """The events topics."""
        return [events_topic(self.log, domain) for domain in domains()]


def environment(task: Task) -> dict[str, str]:
    """A task as environment variables."""
    return {f"BENCH_{name.upper()}": str(value) for name, value in msgspec.structs.asdict(task).items()}


def given_task() -> Task:
    """The task of this process."""
    values = {name: os.environ[f"BENCH_{name.upper()}"] for name in Task.__struct_fields__}
    return Task(values["servers"], values["log"], values["out"], Path(values["data"]), int(values["partitions"]))


class Judging:
    """The fold of one partition, its outputs as bytes."""

    def __init__(self, book: Book, topic: str, partition: int, out: str) -> None:
        self.fold = Fold(book, topic, partition)
        self._out = out

    def run(self, records: Iterable[Given]) -> list[Sent]:
        """Judge records and encode what comes of them."""
        return [self._sent(output) for output in self.fold.run(records)]

    def _sent(self, output: Output) -> Sent:
        topic, key = target(output)
        return topic_name(self._out, topic), key.encode(), encode(output)


class Judgings:
    """The judging of each partition of which something has come."""

    def __init__(self, out: str) -> None:
        self._book = load_book()
        self._out = out
        self._known: dict[tuple[str, int], Judging] = {}

    def of(self, topic: str, partition: int) -> Judging:
        """The judging of a partition, made at its first record."""
        found = self._known.get((topic, partition))
        if found is None:
            found = self._known[topic, partition] = Judging(self._book, topic, partition, self._out)
        return found
