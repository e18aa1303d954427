"""What every gateway tells Prometheus of its spool, and the server that answers when it asks."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.gateways.spool import Spool


def spool_metrics(prefix: str, spool: Spool, away: Callable[[], str]) -> Iterator[Metric]:
    """What a spool holds, and whether Kafka takes it; `away`: why it takes nothing, empty where it does."""
    yield GaugeMetricFamily(prefix + "spool_records", "Records that Kafka does not have yet.", spool.waiting)
    yield GaugeMetricFamily(prefix + "spool_bytes", "Bytes of the spool.", spool.size)
    yield GaugeMetricFamily(prefix + "kafka_away", "1 while Kafka takes nothing.", float(bool(away())))


def serve_metrics(collector: Collector, host: str, port: int) -> int:
    """Answer Prometheus from a thread of its own; the port, which `port` 0 leaves open. OSError where it cannot be used."""
    registry = CollectorRegistry()
    registry.register(collector)
    server, _ = start_http_server(port, host, registry)
    return int(server.server_port)
