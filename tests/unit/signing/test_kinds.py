"""Kinds of events, and the partition of a key without Kafka."""

import tracemalloc
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka import clients
from streams.messages import Reason
from streams.messages.outputs.quality import Unfit
from streams.signing.kinds import EVERYWHERE, NUMBERED, is_pattern, matches, partition_of
from tests.support.partitions import MURMUR2


@pytest.mark.parametrize(("key", "hashed"), MURMUR2.items())
def test_partition_of_is_kafkas(key: bytes, hashed: int) -> None:
    """Kafka's own vectors of murmur2."""
    for partitions in (1, 4, 7, 1024):
        assert partition_of(key, partitions) == (hashed & 0x7FFFFFFF) % partitions


@given(st.binary(max_size=40), st.integers(1, 200))
def test_partition_of_is_that_of_the_client(key: bytes, partitions: int) -> None:
    """Any key of any length has the partition that the Kafka client gives it."""
    assert partition_of(key, partitions) == clients.partition_of(key, partitions)


def test_every_refusal_can_be_told() -> None:
    """A reason that the messages do not know would be dropped by each reader: the quality records know all."""
    assert set(get_args(Unfit)) <= set(get_args(Reason))


def test_which_kinds_go_where() -> None:
    """The roots' and the clock's events go everywhere; a revision numbers itself, an act and a chain of ticks do not."""
    assert [
        matches(EVERYWHERE, kind) for kind in ("log.opened", "clock.chain", "book.adopted", "command.shelve", "logs.x")
    ] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [matches(NUMBERED, kind) for kind in ("key.added", "alert.revised", "clock.chain", "command.shelve")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("text", ["", "*", ".*", "a.*.b", "a*", "A.b", "a..b", "a.b.", "命令", "a.*.*"])
def test_what_is_no_pattern(text: str) -> None:
    """A pattern is a kind, or the beginning of kinds up to a point: nothing else, above all not everything."""
    assert not is_pattern(text)


def test_kinds_of_strangers_fill_no_memory() -> None:
    """A type may be as long as its record, 64 KiB: of 500 of them less is remembered than one of them has."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    assert all(matches(("log.*",), f"log.{n:065000}") for n in range(500))
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert left < 65_000
