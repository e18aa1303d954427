"""The dispatcher's view: what waits for a decision; of a filed matter the proposal, its likes and its duplicates."""

from typing import Any

from screen.access.people import Person
from screen.dispatch.likes import duplicates, likes
from screen.dispatch.receivers import Ground, proposal
from screen.dispatch.sender import sender_of
from screen.dispatch.sheet import bodies, loads_of
from screen.feed.order_flow import OrderFlow, is_filed
from screen.feed.slices.clock import Clock
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.i18n.texts import unit_name
from screen.orders.seen import looker, view_for
from streams.messages import Order, OrderLine, Text, day_of, parse_time
from streams.orders.matter import PROVIDER, TOPIC
from streams.orders.texts import complained_of
from streams.organs.routing import Asked, Routing
from streams.places import organs

MOST_WAITING = 60
"""Rows of each list of the queue that are told of; the others are counted."""


def queue(view: View, person: Person) -> dict[str, Any]:
    """Return applications that wait, the one that is due first before the others; then filed matters, the oldest first."""
    view = view_for(view, looker(person))
    orders = view[Orders]
    flow = view[OrderFlow]
    returns = [found for name in flow.returns if (found := _line(view, name)) is not None]
    filed = [order for name in flow.filed if (order := orders.orders.get(name)) is not None]
    returns.sort(key=lambda each: _due(each[1]))
    filed.sort(key=lambda each: (parse_time(each.opened_at), each.id))
    loads = loads_of(view)
    busy = sorted(loads.items(), key=lambda each: (-each[1].unsigned, -each[1].open, each[0]))
    return {
        "returns": {"count": len(returns), "rows": [_return_row(*each) for each in returns[:MOST_WAITING]]},
        "filed": {"count": len(filed), "rows": [_row(each) for each in filed[:MOST_WAITING]]},
        "loads": [{"unit": unit, "name": unit_name(unit), "load": load} for unit, load in busy[:MOST_WAITING]],
    }


def matter(view: View, person: Person, name: str) -> dict[str, Any] | None:
    """What a dispatcher sees beside one filed matter; None where it is not known or was dispatched already."""
    view = view_for(view, looker(person))
    orders = view[Orders]
    order = orders.orders.get(name)
    if order is None or not is_filed(order):
        return None
    now = view[Clock].now or 0
    day = day_of(now)
    units = bodies(day)
    sender = order.issuer if order.issuer in units else sender_of(person, units)
    ground = Ground(organs.routes(), units, organs.correspondence(), view[OrderFlow].loads)
    topic = order.traits.get(TOPIC, order.traits.get("category", ""))
    accused, *others = sorted(complained_of(order.traits)) or [""]
    asked = Asked(
        day=day,
        topic=topic,
        adcode=order.adcode,
        lon=order.lon,
        lat=order.lat,
        accused=accused,
        interests=tuple(others),
    )
    found = proposal(ground, asked, sender, order.paper, None, known=_provided(order))
    requests = [each for each in (orders.orders.get(one) for one in view[OrderFlow].requests) if each is not None]
    same = duplicates(requests, order)
    apart = {order.id, *(each.id for each in same)}
    return {
        "order": {"id": order.id},
        "receivers": found,
        "likes": likes([each for each in requests if each.id not in apart], "", frozenset(), (order.lon, order.lat), now),
        "duplicates": same,
    }


def _provided(order: Order) -> Routing | None:
    """Of data that may be wrong: whoever provides them answers, and the department in charge of sharing supervises."""
    provider = order.traits.get(PROVIDER)
    if not provider:
        return None
    return Routing(
        main=provider,
        supports=(),
        assists=(),
        supervising=order.supervising,
        basis="政务数据共享条例（令809）第二十六条",
        why=(Text("谁提供数据，谁核实、更正、反馈", "who provides the data checks, corrects and answers"),),
        upward=False,
    )


def _line(view: View, name: str) -> tuple[Order, OrderLine] | None:
    """A line by its id, `order/n`, with its order."""
    order_id, _, n = name.partition("/")
    orders = view[Orders]
    order, line = orders.orders.get(order_id), orders.lines_of(order_id).get(n)
    return None if order is None or line is None else (order, line)


def _due(line: OrderLine) -> tuple[int, str]:
    asked = line.returns
    return (parse_time(asked.due or asked.asked.at) if asked else 0, line.id)


def _row(order: Order) -> dict[str, Any]:
    """What is shown of a matter: nothing of who called (orders.md row 41)."""
    return {
        "id": order.id,
        "number": order.number,
        "title": order.title,
        "opened": parse_time(order.opened_at),
    }


def _return_row(order: Order, line: OrderLine) -> dict[str, Any]:
    asked = line.returns
    if asked is None:
        return _row(order)
    return _row(order) | {
        "line": line.n,
        "unit": unit_name(line.unit),
        "clause": asked.clause,
        "proposed_name": unit_name(asked.unit) if asked.unit else None,
        "due": parse_time(asked.due) if asked.due else None,
        "decision": asked.decision,
        "asked": parse_time(asked.asked.at),
    }
