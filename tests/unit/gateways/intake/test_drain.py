"""What a gateway looks for in Kafka after a kill, with a stand-in for Kafka's readers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from kafka import TopicPartition

from streams.gateways import drain
from streams.gateways.drain import Drain, packed
from streams.gateways.spool import Spool
from streams.settings import load

OPEN, END = 3, 5
"""Where another writer's transaction begins that is still open, and where the log ends."""


class OpenTransaction:
    """A reader of a log of one partition: of committed records the log ends where the transaction begins (KIP-98)."""

    def __init__(self, isolation: str) -> None:
        self._end = END if isolation == "read_uncommitted" else OPEN

    def end_offsets(self, places: list[TopicPartition]) -> dict[TopicPartition, int]:
        """Where the log ends for this reader."""
        return dict.fromkeys(places, self._end)

    def offsets_for_times(self, times: dict[TopicPartition, int]) -> dict[TopicPartition, SimpleNamespace]:
        """All of it was written since."""
        return dict.fromkeys(times, SimpleNamespace(offset=0))


def test_anothers_open_transaction_hides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of the gateway that stands behind it is waited for and found, and so not sent a second time."""

    @contextmanager
    def consumer(_settings: object, isolation_level: str = "read_committed") -> Iterator[OpenTransaction]:
        yield OpenTransaction(isolation_level)

    def between(_reader: object, begin: dict[TopicPartition, int], end: dict[TopicPartition, int]) -> Iterator[SimpleNamespace]:
        for place, last in end.items():
            yield from (SimpleNamespace(headers=[("mark", marks[place, n])]) for n in range(begin[place], last))

    with Spool(tmp_path) as spool:
        number = spool.append([packed([b"{}"])])
        mark = f"{spool.id}:{number}:0".encode()
        places = [TopicPartition("t.events.cyber", 0)]
        marks = {(places[0], n): mark if n == OPEN + 1 else b"another" for n in range(END)}
        monkeypatch.setattr(drain, "domains", lambda: {"cyber": None})
        monkeypatch.setattr(drain.clients, "consumer", consumer)
        monkeypatch.setattr(drain.clients, "partitions_of", lambda *_: places)
        monkeypatch.setattr(drain.clients, "records_between", between)
        assert Drain(load({}), "t", "registrar-http", spool)._standing() == {mark}
