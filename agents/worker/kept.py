"""Partitions that a worker has again after its group was shared out anew: their state stays, nothing is read back.

Faust's protocol takes all partitions from all workers at each rebalance and then gives most of them back to whoever had them.
"""

from collections.abc import Collection, Mapping

from faust.types import TP

from agents.worker.partition import Partition

NO_GENERATION = 0
"""In the place of a generation that says nothing of who else held a partition: nothing is kept after it."""


class HeldOver:
    """What a worker held in one generation of its group, until it knows what it holds in the next.

    Kafka counts a generation at each rebalance, also at those of which a worker that was away knows nothing. So a partition
    that is ours in one generation and in the very next was nobody else's meanwhile. A worker with a name of its own (static
    membership) may have been replaced within a generation: it keeps nothing. Should that ever be wrong, the partition's
    transactional id was fenced by whoever had it, and this worker ends at its next checkpoint.
    """

    def __init__(self) -> None:
        self._partitions: dict[TP, Partition] = {}
        self._generation = 0

    def put(self, partitions: Mapping[TP, Partition], generation: int) -> list[Partition]:
        """Keep what was held in a generation, in place of what is kept; what cannot be, which the caller lets go."""
        gone = list(self._partitions.values())
        self._generation = generation
        self._partitions = {tp: partition for tp, partition in partitions.items() if partition.whole}
        return [*gone, *(partition for tp, partition in partitions.items() if tp not in self._partitions)]

    def again(self, tps: Collection[TP], generation: int) -> tuple[dict[TP, Partition], list[Partition]]:
        """Of what is kept, what goes on in a generation in which these are held, and what the caller lets go; none is kept."""
        partitions, self._partitions = self._partitions, {}
        held = {tp: one for tp, one in partitions.items() if tp in tps and generation == self._generation + 1}
        return held, [one for tp, one in partitions.items() if tp not in held]
