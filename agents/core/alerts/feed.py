"""What the input of orders is fed with: revisions of the alerts that orders are tied to, and the matters that open one."""

from collections.abc import Iterable
from hashlib import blake2s

from agents.core.feed import fed, recorded
from streams.messages import FILED, REVISED, Alert, Audit, Matter
from streams.outputs import Output


def revisions_for_orders(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the stage of orders reads of these outputs, as key (the order) and event, in their order.

    Of an alert with orders each revision that has an entry in the trail, once for each order. The revision by which an order
    lets an alert go, or is refused it, goes to that order too, once. Of a matter the event that opens its order or tells it a
    step. It follows from the outputs of one record alone, so that a crash repeats it byte for byte.
    """
    found = []
    for each in recorded(outputs):
        if isinstance(each, tuple):
            alert, entry = each
            whom = dict.fromkeys((*(alert.orders or ()), *((entry.order,) if entry.order else ())))
            found += [_event(order, alert, entry) for order in whom]
        elif isinstance(each, Matter):
            found.append(_filed(each))
    return found


def order_of(matter: Matter) -> str:
    """The order that answers for a matter: BLAKE2s-128 (hex) of its id."""
    return blake2s(matter.id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _event(order: str, alert: Alert, entry: Audit) -> tuple[bytes, bytes]:
    return fed(type=REVISED, id=f"{alert.id}/{entry.n}", time=entry.at, subject=order, region=alert.adcode, data=alert)


def _filed(matter: Matter) -> tuple[bytes, bytes]:
    """Steps of one matter may come from several partitions: their subject stands in the id, so that none passes for a copy.

    The subject of a fault is in all of them: its partition stands there too, where it is not 0.
    """
    partition = f"{matter.partition}/" if matter.partition else ""
    return fed(
        type=FILED,
        id=f"{matter.id}/{matter.subject}/{partition}{matter.n}",
        time=matter.at,
        subject=order_of(matter),
        region=matter.adcode,
        data=matter,
    )
