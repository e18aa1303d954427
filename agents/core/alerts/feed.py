"""What the input of orders is fed with: revisions of the alerts that orders are tied to, each under its order."""

from collections.abc import Iterable

from streams.messages import REVISED, Alert, Audit, event_bytes
from streams.outputs import Output

SOURCE = "judge"
"""The source of the events that one stage makes for the next."""


def revisions_for_orders(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the stage of orders reads of these outputs, as key (the order) and event: one for each order of the alert.

    Of revisions with an entry in the trail, as `agents.core.incidents.feed` has them. The revision by which an order lets an
    alert go, or is refused it, goes to that order too, once. It follows from the outputs of one record alone, so that a crash
    repeats it byte for byte.
    """
    waiting: dict[str, Alert] = {}
    found = []
    for output in outputs:
        if isinstance(output, Alert):
            waiting[output.id] = output
        elif isinstance(output, Audit) and (alert := waiting.get(output.alert)) and _newest(alert, output):
            whom = dict.fromkeys((*(alert.orders or ()), *((output.order,) if output.order else ())))
            found += [_event(order, alert, output) for order in whom]
    return found


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
