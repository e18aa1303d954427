"""One Faust message per fetch instead of one per record.

Faust pays 150 to 350 us for each message (tasks, a future, queues, an ack). Paid once for thousands of records it is nothing,
but a steady stream over twenty partitions has few records of each in a fetch. The scheduler is Faust's own extension point;
the consumer's `_to_message` knows that a record is a whole fetch here.
"""

from collections.abc import Iterator, Mapping

from faust.transport.utils import DefaultSchedulingStrategy
from faust.types import TP

from agents.worker.fetch import Record

Fetch = dict[TP, list[Record]]
"""What one fetch brought: the records of each partition in log order, none of them empty."""


class BatchScheduler(DefaultSchedulingStrategy):
    """Gives all that was fetched as one message, of the first partition in it."""

    def iterate(self, records: Mapping[TP, list[Record]]) -> Iterator[tuple[TP, Fetch]]:
        """Nothing, or one fetch under its first partition."""
        fetch = {tp: batch for tp, batch in records.items() if batch}
        return iter([(next(iter(fetch)), fetch)] if fetch else [])
