"""The alerts of an order: how their condition stands, when they may be re-inspected, and what it means when it comes back."""

from msgspec.structs import replace

from agents.core.orders.family import OrderEntry
from agents.core.orders.turn import NOT_NOW, Turn
from agents.core.orders.whole import step
from streams.messages import Alert, format_time, parse_time
from streams.messages.outputs.order import Linked, Order


def condition(turn: Turn, alert: Alert) -> None:
    """Take up a revision of an alert that the order is about; one that was seen before, or changes nothing here, is silent."""
    known = next((each for each in turn.order.alerts if each.link.alert == alert.id), None)
    if known is None or alert.audit <= known.audit:
        return
    seen = replace(known, audit=alert.audit, ended=alert.ended)
    if alert.active == known.active and not _reraised(known, alert):
        _keep(turn, seen)
    elif not alert.active:
        quiet = replace(seen, active=False, quiet=alert.cleared_at or turn.cause.time, ready=None)
        _tell(turn, "condition", quiet, {"alert": alert.id, "active": "no"})
    else:
        _back(turn, replace(seen, active=True, quiet=None, ready=None), known)


def ready(turn: Turn) -> None:
    """达到复查条件: alerts that were quiet for the time of the kind may be re-inspected. It closes nothing."""
    for each in turn.order.alerts:
        if each.quiet is not None and each.ready is None and turn.ready_at(each) <= turn.now:
            at = format_time(max(turn.ready_at(each), parse_time(each.quiet)))
            _tell(turn, "ready", replace(each, ready=at), {"alert": each.link.alert})


def _back(turn: Turn, again: Linked, known: Linked) -> None:
    """The condition is there again.

    Within the matter a new round, where it had been told as quiet for long enough or answered.
    """
    order = turn.order
    answered = turn.kind.after(order.state, "send-back") is not None
    told = {"alert": again.link.alert, "active": "yes"}
    if order.ended or turn.kind.again != "round" or not (answered or known.ready is not None):
        _tell(turn, "condition", again, told)
        return
    said = OrderEntry(event="round", told=told)
    made = _with(order, again)
    if not answered:
        turn.tell(said, replace(made, round=order.round + 1))
        return
    mark = turn.mark()
    try:
        step(turn, "send-back", None, said, made, turn.kind.after(order.state, "send-back") or order.state)
    except NOT_NOW:
        turn.back(mark)
        _tell(turn, "condition", again, told)


def _reraised(known: Linked, alert: Alert) -> bool:
    """Whether it was quiet and came back between two revisions that came here."""
    return alert.active and known.quiet is not None


def _tell(turn: Turn, event: str, one: Linked, told: dict[str, str]) -> None:
    turn.tell(OrderEntry(event=event, told=told), _with(turn.order, one))


def _keep(turn: Turn, one: Linked) -> None:
    turn.head.order = _with(turn.order, one)


def _with(order: Order, one: Linked) -> Order:
    alerts = tuple(one if each.link.alert == one.link.alert else each for each in order.alerts)
    return replace(order, alerts=alerts)
