"""One Faust message per fetch instead of one per record.

Faust pays 150 to 350 us for each message (tasks, a future, queues, an ack). Paid once for thousands of records it is nothing,
but a steady stream over twenty partitions has few records of each in a fetch. The scheduler is Faust's own extension point;
the consumer's `_to_message` knows that a record is a whole fetch here.
"""

from collections.abc import Iterator, Mapping

from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

from agents.stages import kind_of
from agents.worker.transport.fetch import Record

Fetch = dict[TP, list[Record]]
"""What one fetch brought: the records of each partition in log order, none of them empty."""


class BatchScheduler(DefaultSchedulingStrategy):
    """Gives all that was fetched for one agent, which is one stage's, as one message, of the first partition in it.

    A partition is always the same agent's: two of them would not keep its order.
    """

    def iterate(self, records: Mapping[TP, list[Record]]) -> Iterator[tuple[TP, Fetch]]:
        """One fetch for each agent that has any records, under its first partition."""
        fetches: dict[str, Fetch] = {}
        for tp, batch in records.items():
            if batch:
                fetches.setdefault(kind_of(tp.topic).name, {})[tp] = batch
        return iter([(next(iter(fetch)), fetch) for fetch in fetches.values()])
