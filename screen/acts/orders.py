"""The acts of people on orders: one route, which answers with the act's place in the log (202). The rest says the log."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, Audience
from screen.access.people import Person, person_of
from screen.acts.commands import Commands, order_id
from screen.acts.order_about import UNKNOWN, About
from screen.acts.order_press import OrderPress, by, read_order
from screen.dispatch.visits import refusal, refusal_of_act
from screen.feed.hub import Hub
from screen.feed.slices.orders import Orders
from screen.orders.rights import Offer, offer
from screen.orders.seen import known_to
from screen.web.json_response import RefusedError
from streams.messages import Issue, OrderAct, Place
from streams.orders.kinds import kinds


class OrderActs:
    """The route by which people act on the orders of one log."""

    def __init__(self, hub: Hub, commands: Commands, log: str) -> None:
        self._hub, self._commands, self._log = hub, commands, log

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [ActRoute("/screen/order", self.act, reads=read_order, right=_right, bounds=self._bounds)]

    async def act(self, press: OrderPress, request: Request) -> Place:
        """Take a press; 409 where the order, or a line, does not offer it now, is not known here, or is over the cap."""
        person = person_of(request)
        press = by(press, (press.whose(person) or person).actor)
        if place := self._commands.place(order_id(press)):
            return place
        now = self._hub.now()
        region = self._sent_to(press.act) if isinstance(press.act, Issue) else self._offered(press, person)
        order = self._hub.view[Orders].orders.get(press.act.order)
        about = About(order.kind, dict(order.traits)) if order else UNKNOWN
        return await run_in_threadpool(self._commands.order, self._log, region, press, now, token_of(request), about)

    def _sent_to(self, issue: Issue) -> str:
        """The district of an order that is made; RefusedError where it would send an inspector whom the yearly cap forbids."""
        if why := refusal(self._hub.view, issue):
            raise RefusedError(409, why)
        return issue.adcode

    def _offered(self, press: OrderPress, person: Person) -> str:
        """The district of the order; RefusedError where it does not offer the act, or that would go beyond the yearly cap."""
        order = self._hub.view[Orders].orders.get(press.act.order)
        found = self._offers(press, person)
        if order is None or not found:
            raise RefusedError(409, f"the screen knows no order {press.act.order} with these lines")
        if why := next((each for each in found if each.why), None):
            raise RefusedError(
                409, f"cannot {press.verb} {order.number} {why.line} now ({why.why}): its state is {order.state}"
            )
        if isinstance(press.act, OrderAct) and (over := refusal_of_act(self._hub.view, press.verb, press.act)):
            raise RefusedError(409, over)
        return order.adcode

    def _bounds(self, press: OrderPress, person: Person) -> str:
        """Why it is not this person's, or of whom it stands in for; whether the state allows it is answered later."""
        acting = press.whose(person)
        if acting is None:
            return f"account {person.id!r} does not stand in for {press.act.behalf!r} today"
        if why_not := acting.may_not(press.right):
            return why_not
        for each in self._offers(press, person):
            if each.why == "unit":
                return (
                    f"{press.verb} is for somebody of the body that is {' or '.join(each.scopes)}; account {person.id!r} is not"
                )
        return ""

    def _offers(self, press: OrderPress, person: Person) -> list[Offer]:
        """What the order says to the act on each of the lines named; nothing where it is not known, or not to this person."""
        act, acting = press.act, press.whose(person)
        if isinstance(act, Issue) or acting is None:
            return []
        found = known_to(self._hub.view, act.order, person)
        if found is None or known_to(self._hub.view, act.order, acting) is None:
            return []
        order, lines = found
        if not set(act.lines) <= set(lines):
            return []
        kind = kinds().get(order.kind)
        if kind is None:
            return []
        return [offer(acting, kind, order, lines, press.verb, n) for n in act.lines or ("",)]


def _right(press: OrderPress) -> Audience | str:
    """The right that a press needs; the bounds ask it of whom somebody stands in for."""
    return Audience.SIGNED_IN if press.act.behalf else press.right
