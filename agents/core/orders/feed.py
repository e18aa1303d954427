"""What the third stage feeds the first with: that an alert is tied to an order, and that the order lets it go."""

from collections.abc import Iterable

from agents.core.feed import fed
from agents.core.orders.whole import TIE, UNTIE
from streams.messages import LINK, RELEASE, Order, OrderAudit
from streams.messages.orders import Link
from streams.outputs import Output

_TYPES = {TIE: LINK, UNTIE: RELEASE}


def ties(outputs: Iterable[Output], domain: str) -> list[tuple[bytes, bytes]]:
    """What a domain's stage reads of these outputs, as key (the alert's subject) and event.

    It follows from the outputs of one record alone, so that a crash repeats it byte for byte.
    """
    waiting: Order | None = None
    found = []
    for output in outputs:
        if isinstance(output, Order):
            waiting = output
        elif isinstance(output, OrderAudit) and waiting and (what := output.told.get("alerts")) and not output.line:
            found += [_event(what, waiting, output, each.link) for each in waiting.alerts if each.link.domain == domain]
    return found


def _event(what: str, order: Order, entry: OrderAudit, link: Link) -> tuple[bytes, bytes]:
    data = Link(
        domain=link.domain,
        subject=link.subject,
        alert=link.alert,
        occurrence=link.occurrence,
        order=order.id,
        number=order.number,
        outcome=order.outcome if what == UNTIE else "",
    )
    return fed(
        type=_TYPES[what],
        id=f"{order.id}/{link.alert}/{what}/{entry.n}",
        time=entry.at,
        subject=link.subject,
        region=order.adcode,
        data=data,
    )
