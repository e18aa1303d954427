"""What may not be deleted though its time is over: evidence of open alerts and cases, what orders in hand rest on. Pure."""

from collections.abc import Iterable, Iterator

from streams.messages import Alert, Order, OrderLine, Place

Held = dict[tuple[str, int], dict[int, str]]
"""By topic and partition the offsets that are held, each with why."""


def held(alerts: Iterable[Alert], orders: Iterable[Order | OrderLine]) -> Held:
    """What the newest revisions of alerts and orders hold.

    An alert holds its evidence until it has ended, case and orders with it. An order holds what it rests on, the evidence of
    its alerts too, until it is closed and none of its instruments (执法文书) waits for its end.
    """
    known = {alert.id: alert for alert in alerts}
    found: Held = {}
    for alert in known.values():
        if not alert.ended:
            _hold(found, _of(alert), f"alert {alert.id} is open")
    for order in orders:
        if isinstance(order, Order) and _in_hand(order):
            why = f"order {order.number or order.id} is in hand"
            _hold(found, (order.place,), why)
            about = (known.get(each.link.alert) for each in order.alerts)
            for tied in filter(None, about):
                _hold(found, _of(tied), why)
    return found


def why_held(found: Held, topic: str, partition: int, first: int, last: int) -> str:
    """Why the offsets from `first` to `last` of a partition are held, or an empty text."""
    offsets = found.get((topic, partition), {})
    return next((why for offset, why in offsets.items() if first <= offset <= last), "")


def _in_hand(order: Order) -> bool:
    return not order.ended or any(not each.end for each in order.instruments)


def _of(alert: Alert) -> Iterator[Place]:
    yield alert.place
    for each in alert.evidence:
        yield each.place


def _hold(found: Held, places: Iterable[Place], why: str) -> None:
    for place in places:
        found.setdefault((place.topic, place.partition), {}).setdefault(place.offset, why)
