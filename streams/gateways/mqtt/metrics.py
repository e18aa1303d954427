"""What Prometheus is told of the gateway of MQTT, read when it asks."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, Metric

from streams.gateways.intake.metrics import SpoolMetrics
from streams.gateways.mqtt.under_way import UnderWay
from streams.gateways.spool import Spool

OUTCOMES = {"events": "accepted", "known": "known", "refused": "refused"}
"""What became of events, by the names of the reception's counts."""


class MqttMetrics(SpoolMetrics):
    """What is under way at the broker, what became of events, and what `SpoolMetrics` has."""

    def __init__(
        self,
        under_way: UnderWay,
        counts: Mapping[str, int],
        spool: Spool,
        away: Callable[[], str],
        fault: Callable[[], str],
    ) -> None:
        super().__init__("mqtt", spool, away, fault)
        self._under_way, self._counts = under_way, counts

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        way = self._under_way
        for name, what, number in (
            ("received", "Messages delivered, those that came again too.", way.received),
            ("acknowledged", "Messages acknowledged to the broker.", way.acknowledged),
            ("reconnects", "Connections after the first.", max(way.connections - 1, 0)),
        ):
            yield CounterMetricFamily(self.prefix + name, what, number)
        events = {outcome: self._counts[name] for name, outcome in OUTCOMES.items()}
        yield self.counter("events", "Events by outcome.", events, "outcome")
        flying, oldest = way.unanswered()
        yield self.gauge("connected", "1 while there is a connection.", way.away() == 0)
        yield self.gauge("in_flight", "Messages of this connection without an acknowledgement.", flying)
        yield self.gauge("oldest_unacknowledged_seconds", "How long the oldest of them has waited.", oldest)
        yield from super().collect()
