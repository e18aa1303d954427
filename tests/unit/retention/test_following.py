"""A log that no archive follows is told: its topics delete what nothing else keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition

from streams.archive.files import Chunk, write
from streams.messages import DAY
from streams.retention import following
from streams.retention.following import unarchived, warnings
from streams.settings import load

TOPIC = "live.events.environment"
NOW = 1_800_000_000_000


class OnePartition:
    """A log of one partition: three records, the oldest of which came two days ago, the newest now."""

    def beginning_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        """All of it is left."""
        return dict.fromkeys(places, 0)

    def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        """Behind the third record."""
        return dict.fromkeys(places, 3)


@pytest.fixture(autouse=True)
def kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    """That log in the place of Kafka."""

    @contextmanager
    def consumer(_: object) -> Iterator[OnePartition]:
        yield OnePartition()

    def between(_: object, begin: dict[TopicPartition, int], end: dict[TopicPartition, int]) -> Iterator[Any]:
        for place, first in begin.items():
            for n in range(first, end[place]):
                yield SimpleNamespace(topic=place.topic, partition=place.partition, timestamp=NOW - (2 - n) * DAY)

    monkeypatch.setattr(following.clients, "consumer", consumer)
    monkeypatch.setattr(following, "input_topics", lambda _: [TOPIC])
    monkeypatch.setattr(following.clients, "partitions_of", lambda *_: [TopicPartition(TOPIC, 0)])
    monkeypatch.setattr(following.clients, "records_between", between)


@pytest.mark.parametrize(("archived", "told"), [(0, True), (1, False), (3, False)])
def test_what_no_archive_has_for_a_day_is_told(tmp_path: Path, archived: int, told: bool) -> None:
    """Without an archive the record of two days ago is nowhere else; with it in a file the next one is not a day old."""
    if archived:
        chunk = Chunk(0.0)
        for offset in range(archived):
            chunk.add(offset, NOW, b"k", b"{}")
        write(tmp_path, TOPIC, 0, chunk, lambda *_: None)
    found = unarchived(load({}), "live", tmp_path if archived else tmp_path / "none", NOW)
    assert bool(found) == told
    assert ["no archive follows log 'live'" in each for each in warnings(found, "live")] == [True] * told
