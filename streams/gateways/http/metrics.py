"""What Prometheus is told of the gateway, read when it asks."""

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric

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
        yield self.counter("requests", "Requests answered, by status.", self._counts.requests, "status")
        yield self.counter("events", "Events by sender and outcome.", self._counts.events, "sender", "outcome")
        yield from super().collect()
