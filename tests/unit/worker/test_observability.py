"""What is said of metrics is true of the registry: the page, and the alert rules of Prometheus."""

import re
from collections import Counter
from math import isnan
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace
from prometheus_client import ProcessCollector
from prometheus_client.registry import Collector

from agents.measures.book.read import measure_book, of_orders
from agents.oversight.books import OversightBooks
from agents.oversight.metrics import OversightMetrics
from agents.worker.observe.health import Health
from agents.worker.observe.metrics import Metrics, PartitionMetrics
from streams.gateways.hj212.metrics import DeviceCounts, DeviceMetrics
from streams.gateways.http.app import HttpCounts
from streams.gateways.http.metrics import GatewayMetrics
from streams.gateways.mqtt.metrics import OUTCOMES, MqttMetrics
from streams.gateways.mqtt.under_way import UnderWay
from streams.gateways.spool import Spool
from streams.messages import CitySign, Heartbeat, decode

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "operate" / "observability.md").read_text("utf-8")
RULES: list[dict[str, Any]] = yaml.safe_load((ROOT / "prometheus" / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]


def families() -> dict[str, tuple[str, ...]]:
    """The names of all our metrics, as Prometheus sees them, with their labels."""
    metrics = Metrics(Health())
    made = {
        family.name + ("_total" if family.type == "counter" else ""): ()
        for family in metrics.registry.collect()
        if family.name.startswith("onescreen_")
    }
    labels = {
        one._name: one._labelnames
        for one in (*vars(metrics).values(), *metrics.outputs.values())
        if hasattr(one, "_labelnames")
    }
    return {name: labels.get(name.removesuffix("_total"), ()) for name in made}


def labels_of(metrics: Collector) -> dict[str, tuple[str, ...]]:
    """The names of a part's metrics, as Prometheus sees them, with their labels."""
    return {
        family.name + ("_total" if family.type == "counter" else ""): tuple(getattr(family, "_labelnames", ()))
        for family in metrics.collect()
    }


def test_the_page_lists_every_metric_with_its_labels(tmp_path: Path) -> None:
    """The table has one row for each metric of ours, and none that there is not."""
    rows = dict(re.findall(r"^\| `(onescreen_\w+)` \| ([\w, ]*)\|", PAGE, re.MULTILINE))
    listed = {name: tuple(re.findall(r"\w+", labels)) for name, labels in rows.items()}
    recovery = {f"onescreen_recovery_{which}_offset": ("topic", "partition") for which in ("read", "end")}
    with Spool(tmp_path / "spool") as spool:
        hj212 = labels_of(DeviceMetrics(DeviceCounts(Counter(), Counter()), spool, str, str))
        http = labels_of(GatewayMetrics(HttpCounts(Counter(), Counter()), spool, str, str))
        mqtt = labels_of(MqttMetrics(UnderWay(), dict.fromkeys(OUTCOMES, 0), spool, str, str))
    books = OversightBooks(of_orders(measure_book()))
    oversight = labels_of(OversightMetrics(lambda: books, int, str))
    assert listed == families() | recovery | hj212 | http | mqtt | oversight


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_metrics_that_there_are(rule: dict[str, Any]) -> None:
    """Each name in an expression is a metric of ours or of the process; the summary uses labels that the metrics have."""
    page = re.findall(r"^\| `(onescreen_gateway_\w+)` \|", PAGE, re.MULTILINE)
    known = families() | dict.fromkeys(page, ()) | {family.name: () for family in ProcessCollector(registry=None).collect()}
    asked = re.findall(r"\b((?:onescreen|process)_\w+)", rule["expr"])
    assert set(asked) <= set(known)
    labels = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert labels <= {"instance"}.union(*(known[name] for name in asked))


def test_the_page_lists_every_alert() -> None:
    """The second table and the file name the same alerts, in the same order."""
    listed = re.findall(r"^\| `([A-Z]\w+)` \|", PAGE, re.MULTILINE)
    assert listed == [rule["alert"] for rule in RULES]


def test_a_pulse_of_an_older_worker_is_read() -> None:
    """A heartbeat without `saved`, as workers wrote it before, is still one."""
    old = (
        b'{"of":"pulse","domain":"environment","partition":1,"worker":"worker-1","now":null,'
        b'"sent":"2026-06-01T08:00:00+08:00","offset":7,"lag":0,"rate":1.0,"rss":5,"subjects":2}'
    )
    assert decode(old, Heartbeat).saved is None


def test_a_sign_is_told_by_its_newest_record() -> None:
    """Value and coverage; NaN while it is NA, no coverage where nobody owes its input; gone with its partition."""
    metrics = Metrics(Health())
    of = PartitionMetrics(metrics, "t.events.cells", 0)
    at = "2026-06-01T08:00:00+08:00"
    counts: dict[str, Any] = {"numerator": 0.0, "denominator": 0.0, "valid": 0, "newest": None}
    none = {"version": "v", "at": at, "since": at} | counts
    sites = CitySign(sign="sites", area="410100", state="ok", value=99.5, due=8, coverage=0.75, **none)
    lifts = CitySign(sign="lifts", area="410105", state="ok", value=3.0, due=None, coverage=None, **none)

    def gauges(sign: str, area: str) -> list[float | None]:
        names = ("onescreen_sign_value", "onescreen_sign_coverage")
        return [metrics.registry.get_sample_value(name, {"sign": sign, "area": area}) for name in names]

    of.judged(2, [sites, lifts], 0.1)
    assert (gauges("sites", "410100"), gauges("lifts", "410105")) == ([99.5, 0.75], [3, None])
    of.judged(1, [replace(sites, state="na", value=None, coverage=0.25)], 0.1)
    value, coverage = gauges("sites", "410100")
    assert value is not None
    assert isnan(value)
    assert coverage == 0.25
    metrics.dropped()
    assert gauges("sites", "410100") == [None, None]
