"""What the input of orders is fed with: revisions of the alerts that orders are tied to, and the matters that open one."""

from collections.abc import Iterable
from hashlib import blake2s

from streams.messages import FILED, REVISED, Alert, Audit, Matter, event_bytes
from streams.outputs import Output

SOURCE = "judge"
"""The source of the events that one stage makes for the next."""


def revisions_for_orders(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the stage of orders reads of these outputs, as key (the order) and event, in their order.

    Of an alert with orders each revision that has an entry in the trail (as `agents.core.incidents.feed` has them), once for
    each order. The revision by which an order lets an alert go, or is refused it, goes to that order too, once. Of a matter
    the event that opens its order or tells it a step. It follows from the outputs of one record alone, so that a
    crash repeats it byte for byte.
    """
    waiting: dict[str, Alert] = {}
    found = []
    for output in outputs:
        if isinstance(output, Alert):
            waiting[output.id] = output
        elif isinstance(output, Audit) and (alert := waiting.get(output.alert)) and _newest(alert, output):
            whom = dict.fromkeys((*(alert.orders or ()), *((output.order,) if output.order else ())))
            found += [_event(order, alert, output) for order in whom]
        elif isinstance(output, Matter):
            found.append(_filed(output))
    return found


def order_of(matter: Matter) -> str:
    """The order that answers for a matter: BLAKE2s-128 (hex) of its id."""
    return blake2s(matter.id.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _newest(alert: Alert, entry: Audit) -> bool:
    """Whether an entry is the newest of an alert's trail as this revision has it."""
    return (alert.audit, alert.rev) == (entry.n, entry.rev)


def _event(order: str, alert: Alert, entry: Audit) -> tuple[bytes, bytes]:
    value = event_bytes(
        type=REVISED,
        source=SOURCE,
        id=f"{alert.id}/{entry.n}",
        time=entry.at,
        subject=order,
        region=alert.adcode,
        data=alert,
    )
    return order.encode(), value


def _filed(matter: Matter) -> tuple[bytes, bytes]:
    """Steps of one matter may come from several partitions: its subject stands in the id, so that none passes for a copy."""
    order = order_of(matter)
    value = event_bytes(
        type=FILED,
        source=SOURCE,
        id=f"{matter.id}/{matter.subject}/{matter.n}",
        time=matter.at,
        subject=order,
        region=matter.adcode,
        data=matter,
    )
    return order.encode(), value
