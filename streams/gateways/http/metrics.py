"""What Prometheus is told of the gateway, read when it asks."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, Metric

from streams.gateways.http.app import HttpCounts
from streams.gateways.intake.metrics import SpoolMetrics
from streams.gateways.spool import Spool


class GatewayMetrics(SpoolMetrics):
    """The counts of a gateway, and what `SpoolMetrics` has."""

    def __init__(self, counts: HttpCounts, spool: Spool, away: Callable[[], str], fault: Callable[[], str]) -> None:
        super().__init__("http", spool, away, fault)
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        requests = CounterMetricFamily(self.prefix + "requests", "Requests answered, by status.", labels=["status"])
        for status, number in self._counts.requests.copy().items():
            requests.add_metric([str(status)], number)
        yield requests
        events = CounterMetricFamily(self.prefix + "events", "Events by sender and outcome.", labels=["sender", "outcome"])
        for (sender, outcome), number in self._counts.events.copy().items():
            events.add_metric([sender, outcome], number)
        yield events
        yield from super().collect()
