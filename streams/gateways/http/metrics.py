"""What Prometheus is told of the gateway, read when it asks."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.gateways.http.app import HttpCounts
from streams.gateways.intake.metrics import spool_metrics
from streams.gateways.spool import Spool

PREFIX = "onescreen_gateway_http_"


class GatewayMetrics(Collector):
    """The counts of a gateway, and what its spool holds; `away`: why Kafka takes nothing, empty where it does."""

    def __init__(self, counts: HttpCounts, spool: Spool, away: Callable[[], str]) -> None:
        self._counts, self._spool, self._away = counts, spool, away

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        requests = CounterMetricFamily(PREFIX + "requests", "Requests answered, by status.", labels=["status"])
        for status, number in self._counts.requests.copy().items():
            requests.add_metric([str(status)], number)
        yield requests
        events = CounterMetricFamily(PREFIX + "events", "Events by sender and outcome.", labels=["sender", "outcome"])
        for (sender, outcome), number in self._counts.events.copy().items():
            events.add_metric([sender, outcome], number)
        yield events
        yield from spool_metrics(PREFIX, self._spool, self._away)
