"""The ticks of a log that was opened and gets the time of what is written into it: a chain for each partition."""

from collections.abc import Mapping
from contextlib import nullcontext

from kafka import TopicPartition

from streams.kafka.ticks import ClockStand
from streams.signing.machine.part import Part
from streams.signing.machine.ticker import Ticker, TimeStanding
from streams.signing.state import Trust
from streams.signing.suites import SUITES


class PartitionChains:
    """What says the time in each partition, from where it stands there on; `clock`: the part whose key signs the chains."""

    def __init__(self, clock: Part, trust: Trust, stands: Mapping[TopicPartition, ClockStand]) -> None:
        policy, hash_name = trust.policy, SUITES[trust.suite].hash
        self._tickers = {place: Ticker(clock, policy, hash_name, policy.step, lambda: nullcontext(None)) for place in stands}
        for place, stand in stands.items():
            self._tickers[place].begin(TimeStanding(stand.now, stand.now, stand.resumed))

    def told(self, place: TopicPartition, at: int) -> list[bytes]:
        """What to write into a partition at a time (ms)."""
        return self._tickers[place].told(at)

    def passed(self, place: TopicPartition, at: int) -> None:
        """The partition has the tick of this time (ms) already."""
        self._tickers[place].begin(TimeStanding(at, at))
