"""What Prometheus is told of the gateway of HJ 212, read when it asks."""

from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streams.gateways.intake.metrics import spool_metrics
from streams.gateways.spool import Spool

PREFIX = "onescreen_gateway_hj212_"


class DeviceCounts(Struct):
    """What a gateway counts since its start, and who is connected now.

    `frames` by verdict: `taken`, `part` (of a message that is not whole), `again`, `unlooked` (too many passwords at once), or
    the fault. `unkept`: frames that could not be kept, and so were not answered. `requests`: for missing data, by command.
    """

    frames: Counter[str]
    requests: Counter[str]
    unkept: int = 0
    connections: int = 0
    strangers: int = 0


class DeviceMetrics(Collector):
    """The counts of a gateway, and what its spool holds; `away` as of `spool_metrics`."""

    def __init__(self, counts: DeviceCounts, spool: Spool, away: Callable[[], str]) -> None:
        self._counts, self._spool, self._away = counts, spool, away

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        counts = self._counts
        frames = CounterMetricFamily(PREFIX + "frames", "Frames by verdict.", labels=["verdict"])
        for verdict, number in counts.frames.copy().items():
            frames.add_metric([verdict], number)
        yield frames
        requests = CounterMetricFamily(PREFIX + "requests", "Requests for missing data, by command.", labels=["command"])
        for command, number in counts.requests.copy().items():
            requests.add_metric([command], number)
        yield requests
        yield CounterMetricFamily(PREFIX + "unkept", "Frames that could not be kept, and so were not answered.", counts.unkept)
        yield GaugeMetricFamily(PREFIX + "connections", "Connections now.", counts.connections)
        yield GaugeMetricFamily(PREFIX + "strangers", "Those without a device that has shown its password.", counts.strangers)
        yield from spool_metrics(PREFIX, self._spool, self._away)
