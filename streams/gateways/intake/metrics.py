"""What Prometheus is told of every gateway with a spool, and how it is answered; read when it asks."""

from collections.abc import Callable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.command import Trouble
from streams.gateways.spool import Spool
from streams.settings import Settings


class SpoolMetrics(Collector):
    """What the spool of a gateway of this name holds; a gateway's own metrics are of a class of its own, with these among them.

    `away`: why Kafka takes nothing, empty where it does; `fault`: what is wrong with the register's files, empty where nothing.
    """

    def __init__(self, gateway: str, spool: Spool, away: Callable[[], str], fault: Callable[[], str]) -> None:
        self.prefix = f"onescreen_gateway_{gateway}_"
        self._spool, self._away, self._fault = spool, away, fault

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        yield self.gauge("spool_records", "Records that Kafka does not have yet.", self._spool.waiting)
        yield self.gauge("spool_bytes", "Bytes of the spool.", self._spool.size)
        yield self.gauge("kafka_away", "1 while Kafka takes nothing.", bool(self._away()))
        yield self.gauge("register_fault", "1 while the register as it stands is wrong.", bool(self._fault()))

    def gauge(self, name: str, what: str, value: float) -> GaugeMetricFamily:
        """One number of this gateway."""
        return GaugeMetricFamily(self.prefix + name, what, float(value))

    def counter(self, name: str, what: str, numbers: dict[Any, int], *labels: str) -> CounterMetricFamily:
        """Counts of this gateway, by the value of its label, or by a tuple of those of its labels."""
        family = CounterMetricFamily(self.prefix + name, what, labels=labels)
        for values, number in numbers.copy().items():
            family.add_metric([str(each) for each in (values if isinstance(values, tuple) else (values,))], number)
        return family


def serve_metrics(collector: Collector, settings: Settings, say: Callable[[str], None]) -> None:
    """Answer Prometheus from a thread of its own, where the settings name a port (0: any that is free), and say where.

    Trouble where the port cannot be used.
    """
    if settings.metrics_port is None:
        return
    registry = CollectorRegistry()
    registry.register(collector)
    try:
        server, _ = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        raise Trouble(f"{settings.metrics_host}:{settings.metrics_port} cannot be used: {error.strerror}") from None
    say(f"metrics on {settings.metrics_host}:{server.server_port}/metrics")
