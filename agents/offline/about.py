"""The orders of a log by the alerts that they are about: what people had been sent to do for each."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from agents.core.orders.fold import Orders
from agents.offline.difference import Change
from agents.stages import Basis, stage_of
from streams.archive.files import partitions, read_partition
from streams.messages import Order
from streams.orders.reports import follows_from
from streams.orders.texts import is_report
from streams.outputs import Output


class OrderAbout(Struct, frozen=True):
    """An order that is about an alert, as it stands at last."""

    id: str
    number: str
    kind: str
    state: str
    ended: bool


class AlertsOrders:
    """Orders by alert and occurrence.

    A report (举报) is not among them, nor what follows from one: what a what-if finds is for many eyes.
    """

    def __init__(self) -> None:
        self._by: dict[tuple[str, int], dict[str, OrderAbout]] = {}
        self._reports: set[str] = set()
        self._above: dict[str, str] = {}

    def take(self, outputs: Iterable[Output]) -> None:
        """Remember the newest of each order that is about alerts."""
        for each in outputs:
            if not isinstance(each, Order):
                continue
            if is_report(each.traits):
                self._reports.add(each.id)
            if each.parent:
                self._above[each.id] = each.parent
            if each.alerts:
                about = OrderAbout(each.id, each.number, each.kind, each.state, each.ended)
                for linked in each.alerts:
                    self._by.setdefault((linked.link.alert, linked.link.occurrence), {})[each.id] = about

    def of(self, change: Change) -> list[OrderAbout]:
        """The orders about an alert as the first book raised it: people had acted on that one."""
        period = change.before
        found = self._by.get((period.alert.id, period.alert.occurrence), {}) if period else {}
        return [each for each in found.values() if not follows_from(each.id, self._reports, self._above)]

    def told(self, change: Change) -> dict[str, Any]:
        """The same as a member of a row; none where there is no such order."""
        found = self.of(change)
        return {"orders": [structs.asdict(each) for each in found]} if found else {}


def orders_in(basis: Basis, path: Path, watched: Any) -> AlertsOrders:
    """The orders of an archive, by the acts of people that stand in it; `watched` as of `compare_archive`."""
    found = AlertsOrders()
    for topic, partition in partitions(path):
        stage = stage_of(basis, topic, partition)
        if isinstance(stage, Orders):
            for record in watched((topic, partition), chain.from_iterable(read_partition(path, topic, partition))):
                found.take(stage.run([record]))
    return found
