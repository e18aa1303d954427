"""What Prometheus is told of the gateway of HJ 212, read when it asks."""

from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, Metric

from streams.gateways.intake.metrics import SpoolMetrics
from streams.gateways.spool import Spool


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


class DeviceMetrics(SpoolMetrics):
    """The counts of a gateway, and what `SpoolMetrics` has."""

    def __init__(self, counts: DeviceCounts, spool: Spool, away: Callable[[], str], fault: Callable[[], str]) -> None:
        super().__init__("hj212", spool, away, fault)
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        counts = self._counts
        yield self.counter("frames", "Frames by verdict.", counts.frames, "verdict")
        yield self.counter("requests", "Requests for missing data, by command.", counts.requests, "command")
        yield CounterMetricFamily(self.prefix + "unkept", "Frames that could not be kept, so not answered.", counts.unkept)
        yield self.gauge("connections", "Connections now.", counts.connections)
        yield self.gauge("strangers", "Those without a device that has shown its password.", counts.strangers)
        yield from super().collect()
