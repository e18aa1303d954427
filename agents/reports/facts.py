"""What judging gave up to the end of a period, kept for a report: the newest of each thing, its begin and end. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import copy

from msgspec import UNSET, Struct

from agents.measures.book.read import MeasureBook
from agents.measures.ledger import Ledger
from streams.messages import (
    Alert,
    Audit,
    CitySign,
    Flood,
    Incident,
    Order,
    OrderAudit,
    OrderLine,
    Quality,
    Quarantine,
    parse_time,
)
from streams.orders import texts
from streams.outputs import Output


class AlertLife(Struct):
    """An alert as it stands, when it was raised first, and since when it has ended; moments in ms."""

    alert: Alert
    raised: int
    ended: int | None = None


class OrderLife(Struct):
    """An order as it stands, and its receivers' lines by number."""

    order: Order | None = None
    lines: dict[str, OrderLine] = {}

    @property
    def main(self) -> OrderLine | None:
        """The line that answers for the whole."""
        return self.lines.get(self.order.main) if self.order and self.order.main else None


class PeriodFacts:
    """Takes outputs in the order in which judging gives them. `begin`, `end`: of the period (ms).

    `known`: all orders, whatever body they are of, by which it is known what rests on a report. `standing`: a body by id as
    the one that has its duties.
    """

    def __init__(self, book: MeasureBook, begin: int, end: int, standing: Callable[[str], str] = str) -> None:
        self.begin, self.end, self.standing = begin, end, standing
        self.ledger = Ledger(book)
        self.alerts: dict[str, AlertLife] = {}
        self.known: dict[str, OrderLife] = {}
        self.orders = self.known
        self.incidents: dict[str, Incident] = {}
        self.floods: dict[str, Flood] = {}
        self.quality: Counter[tuple[str, str]] = Counter()
        self.quarantine: dict[str, Quarantine] = {}
        self.signs: dict[tuple[str, str], CitySign] = {}

    def take(self, output: Output) -> None:
        """Take up one output."""
        match output:
            case Alert():
                self._alert(output)
            case Order() | OrderLine() | OrderAudit():
                self.ledger.take(output)
                _take_order(self.orders, output)
            case Incident():
                self.incidents[output.id] = output
            case Flood():
                self.floods[output.id] = output
            case Quality() if output.at is not None and self.within(parse_time(output.at)):
                self.quality[output.domain, output.reason] += 1 + (0 if output.more is UNSET else output.more)
            case Quarantine():
                self.quarantine[output.id] = output
            case CitySign():
                self.signs[output.sign, output.area] = output
            case _:
                pass

    def over(self) -> None:
        """All of the period has been taken up: it is over, and so is what was due at 24:00 of its last day."""
        self.ledger.told(self.end + 1)

    def within(self, at: int) -> bool:
        """Whether a moment (ms) is in the period."""
        return self.begin <= at < self.end

    def only(self, unit: str) -> "PeriodFacts":
        """Of the same ledger, the alerts and orders that one body answers for, or a body that it has followed, alone."""
        made = copy(self)
        made.alerts = {name: life for name, life in self.alerts.items() if self.standing(life.alert.department.id) == unit}
        made.orders = {name: life for name, life in self.orders.items() if self._is_of(life, unit)}
        made.incidents = {name: each for name, each in self.incidents.items() if self.standing(each.lead.department.id) == unit}
        made.floods = {name: each for name, each in self.floods.items() if self.standing(each.department.id) == unit}
        made.quality, made.quarantine = Counter(), {}
        return made

    def told(self) -> Iterator[tuple[Order, OrderLife]]:
        """The orders that may be told one by one: none that rests on a report (举报), nor what follows from one."""
        for life in self.orders.values():
            if life.order is not None and not rests_on_report(life.order, self.known):
                yield life.order, life

    def _is_of(self, life: OrderLife, unit: str) -> bool:
        held = (each for each in life.lines.values() if each.part != "assist" and each.state != "moved")
        return any(self.standing(each.unit) == unit for each in held)

    def _alert(self, alert: Alert) -> None:
        life = self.alerts.get(alert.id)
        if life is None:
            life = self.alerts[alert.id] = AlertLife(alert, parse_time(alert.raised_at))
        life.alert = alert
        if not alert.ended:
            life.ended = None
        elif life.ended is None:
            life.ended = parse_time(alert.changed_at)


class StoryFacts:
    """Takes the outputs that are of one alert or one order (`id`): its newest revision, its lines, and its trail by number."""

    def __init__(self, id: str) -> None:
        self.id = id
        self.alert: Alert | None = None
        self.orders: dict[str, OrderLife] = {}
        self.trail: dict[int, Audit | OrderAudit] = {}

    def take(self, output: Output) -> None:
        """Take up one output."""
        match output:
            case Alert() if output.id == self.id:
                self.alert = output
            case Order():  # of all: what follows from a report is not told
                _take_order(self.orders, output)
            case OrderLine() if output.order == self.id:
                _take_order(self.orders, output)
            case Audit() if output.alert == self.id:
                self.trail[output.n] = output
            case OrderAudit() if output.order == self.id:
                self.trail[output.n] = output
            case _:
                pass


def _take_order(known: dict[str, OrderLife], output: Order | OrderLine | OrderAudit) -> None:
    if isinstance(output, Order):
        known.setdefault(output.id, OrderLife()).order = output
    elif isinstance(output, OrderLine):
        known.setdefault(output.order, OrderLife()).lines[output.n] = output


def rests_on_report(order: Order, known: Mapping[str, OrderLife]) -> bool:
    """Whether an order of these rests on a report (举报), or follows from one that does."""

    def above(name: str) -> Order | None:
        life = known.get(name)
        return life.order if life else None

    return texts.rests_on_report(order, above)
