"""What a worker tells Prometheus; `docs/operate/observability.md` says what each metric means and when it should wake somebody.

Everything is counted by batch, never by event. Counters begin anew with each process, and what is judged again after a crash
is counted again.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Sequence
from math import nan
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.worker.observe.health import Health
from agents.worker.transport.connection import Item
from streams.messages import SECOND, CitySign, Heartbeat
from streams.outputs import BY_TYPE, OUTPUTS, Counted, Output

_PLACE = ("topic", "partition")
_SIZES = (1, 10, 100, 500, 1_000, 2_000, 4_000, 8_000, 16_000)
_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_BYTES = (1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9)


class Metrics:
    """All metrics of this process, in a registry of their own. `health` gives those of recovery at each scrape."""

    def __init__(self, health: Health) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(_HealthMetrics(health))
        self.events = Counter("onescreen_events", "Events judged", _PLACE, registry=registry)
        self.outputs = {
            type_: counter
            for kind in OUTPUTS
            if kind.counted
            for counter in (_counter(kind.counted, registry),)
            for type_ in kind.types
        }
        self.batch_events = Histogram(
            "onescreen_batch_events", "Events of a batch", ["topic"], buckets=_SIZES, registry=registry
        )
        self.batch_seconds = Histogram(
            "onescreen_batch_seconds",
            "Judging a batch and queueing its outputs",
            ["topic"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.checkpoint_seconds = Histogram(
            "onescreen_checkpoint_seconds", "Writing a checkpoint", ["topic"], buckets=_SECONDS, registry=registry
        )
        self.checkpoint_bytes = Histogram(
            "onescreen_checkpoint_bytes", "Keys and values of a checkpoint", ["topic"], buckets=_BYTES, registry=registry
        )
        self.checkpoint_at = Gauge(
            "onescreen_checkpoint_timestamp_seconds", "When all that was judged was last safe", _PLACE, registry=registry
        )
        self.lag = Gauge("onescreen_lag_events", "Events not yet judged", _PLACE, registry=registry)
        self.held = Gauge(
            "onescreen_held_back_offsets", "Offsets that an open transaction holds back", _PLACE, registry=registry
        )
        self.tick = Gauge("onescreen_last_tick_timestamp_seconds", "The partition's time", _PLACE, registry=registry)
        self.subjects = Gauge("onescreen_subjects", "Subjects in memory", _PLACE, registry=registry)
        self.unjudged = Gauge(
            "onescreen_unjudged_facts", "Facts of the log's day that no rule judged", _PLACE, registry=registry
        )
        sign = ("sign", "area")
        self.sign_value = Gauge("onescreen_sign_value", "A sign of the city, NaN while it is NA", sign, registry=registry)
        self.sign_coverage = Gauge(
            "onescreen_sign_coverage", "How much of what was due for it was there, 0 to 1", sign, registry=registry
        )
        self.recovery_seconds = Gauge("onescreen_recovery_seconds", "Duration of the last recovery", registry=registry)
        self.taken = Counter(
            "onescreen_partitions_taken", "Partitions taken up, by where their state was", ("state",), registry=registry
        )
        self.rebalance_seconds = Histogram(
            "onescreen_rebalance_seconds", "Rebalances, until events flow again", buckets=_SECONDS, registry=registry
        )
        self.commit_seconds = Histogram(
            "onescreen_commit_seconds", "Committing the group's offsets", buckets=_SECONDS, registry=registry
        )

    def dropped(self) -> None:
        """Forget what was true of partitions that are not ours any more; what was counted stays."""
        of_partitions = (self.checkpoint_at, self.lag, self.held, self.tick, self.subjects, self.unjudged)
        for gauge in (*of_partitions, self.sign_value, self.sign_coverage):
            gauge.clear()

    def sign(self, told: CitySign) -> None:
        """A sign of an area stands so from now on; where nobody owes its input it has no coverage."""
        self.sign_value.labels(told.sign, told.area).set(nan if told.value is None else told.value)
        if told.coverage is not None:
            self.sign_coverage.labels(told.sign, told.area).set(told.coverage)


def _counter(counted: Counted, registry: CollectorRegistry) -> Counter:
    labels = (*_PLACE, *filter(None, (counted.by,)))
    return Counter(counted.name, counted.what, labels, registry=registry)


class PartitionMetrics:
    """The metrics of one partition that this worker holds."""

    def __init__(self, metrics: Metrics, topic: str, partition: int) -> None:
        place = (topic, str(partition))
        self._metrics = metrics
        self._place = place
        self._events = metrics.events.labels(*place)
        for type_, counter in metrics.outputs.items():
            if not _split(type_):
                counter.labels(*place)  # from here on it is told, as 0
        self._batch_events = metrics.batch_events.labels(topic)
        self._batch_seconds = metrics.batch_seconds.labels(topic)
        self._checkpoint_seconds = metrics.checkpoint_seconds.labels(topic)
        self._checkpoint_bytes = metrics.checkpoint_bytes.labels(topic)

    def judged(self, events: int, outputs: Sequence[Output], seconds: float) -> None:
        """A batch is judged and its outputs are on their way."""
        self._events.inc(events)
        self._batch_events.observe(events)
        self._batch_seconds.observe(seconds)
        for output in outputs:
            if isinstance(output, CitySign):
                self._metrics.sign(output)
        for (type_, *labels), count in Tally(map(_counted_as, outputs)).items():
            if counter := self._metrics.outputs.get(type_):
                counter.labels(*self._place, *labels).inc(count)

    def saved(self, items: Iterable[Item], seconds: float) -> None:
        """A checkpoint of these items is written."""
        self._checkpoint_seconds.observe(seconds)
        self._checkpoint_bytes.observe(sum(len(key) + len(value or b"") for key, value in items))

    def told(self, heartbeat: Heartbeat, now: int | None, saved: float, held: int) -> None:
        """The heartbeat, the partition's time (`now`, ms), when all judged was last safe (`saved`, s), offsets held back."""
        self._metrics.held.labels(*self._place).set(held)
        self._metrics.lag.labels(*self._place).set(heartbeat.lag)
        self._metrics.subjects.labels(*self._place).set(heartbeat.subjects)
        self._metrics.unjudged.labels(*self._place).set(heartbeat.unjudged or 0)
        self._metrics.checkpoint_at.labels(*self._place).set(saved)
        if now is not None:
            self._metrics.tick.labels(*self._place).set(now / SECOND)


def _split(type_: type) -> str:
    """The field that splits the count of a type, or an empty text."""
    counted = BY_TYPE[type_].counted
    return counted.by if counted else ""


def _counted_as(output: Output) -> tuple[Any, ...]:
    """The type of an output, and what its count is split by."""
    by = _split(type(output))
    return (type(output), getattr(output, by)) if by else (type(output),)


class _HealthMetrics(Collector):
    """Asked at each scrape, in the server's thread: so it is true even while the loop hangs."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        """The metrics of health and recovery."""
        yield GaugeMetricFamily("onescreen_healthy", "1 while the event loop comes round", float(self._health.healthy()))
        yield GaugeMetricFamily("onescreen_ready", "1 while all assigned partitions are judged", float(self._health.ready()))
        read = GaugeMetricFamily("onescreen_recovery_read_offset", "Checkpoint offset that is read back", labels=_PLACE)
        end = GaugeMetricFamily("onescreen_recovery_end_offset", "Checkpoint offset to read back to", labels=_PLACE)
        for (topic, partition), recovery in self._health.recoveries().items():
            read.add_metric((topic, str(partition)), recovery.read)
            end.add_metric((topic, str(partition)), recovery.end)
        yield from (read, end)
