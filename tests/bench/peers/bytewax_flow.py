"""The judging in Bytewax: Kafka source, `key_on` the partition, `stateful_batch` with recovery on, Kafka sink.

Each key has one fold; `snapshot` gives all of its state (bytes of every subject and the position), which Bytewax pickles
into its SQLite recovery store at each snapshot interval, together with the source's offsets.
"""

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSinkMessage, KafkaSourceMessage
from bytewax.connectors.kafka import operators as kop
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic

from agents.rulebook.load import load_book
from tests.bench.peers.judging import Judging, given_task

Items = dict[bytes, bytes | None]


class Partition(StatefulBatchLogic[KafkaSourceMessage, KafkaSinkMessage, Items]):
    """The judging of one partition; it is made with its first record, or from a snapshot."""

    def __init__(self, items: Items | None) -> None:
        self._items: Items = items or {}
        self._judging: Judging | None = None

    def on_batch(self, values: list[KafkaSourceMessage]) -> tuple[list[KafkaSinkMessage], bool]:
        """Judge what has come."""
        if self._judging is None:
            self._judging = Judging(_book, values[0].topic, values[0].partition, _task.out)
            self._judging.fold.restore(self._items.items())
        sent = self._judging.run([(record.offset, record.key, record.value) for record in values])
        return [KafkaSinkMessage(key, value, topic) for topic, key, value in sent], StatefulBatchLogic.RETAIN

    def snapshot(self) -> Items:
        """All of the state, as bytes."""
        if self._judging is not None:
            self._items |= self._judging.fold.snapshot()
        return dict(self._items)


def _key(record: KafkaSourceMessage) -> str:
    return f"{record.topic}/{record.partition}"


_task = given_task()
_book = load_book()
_servers = [_task.servers]
flow = Dataflow("bench")
_events = kop.input("events", flow, brokers=_servers, topics=_task.topics)
_judged = op.stateful_batch("judge", op.key_on("partition", _events.oks, _key), Partition)
kop.output("outputs", op.key_rm("outputs_only", _judged), brokers=_servers, topic=f"{_task.out}.quality")
