"""A press on an order through the routes of the screen, and what was written of it."""

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from screen.access.declared_routes import acts_of
from screen.access.people import PERSON, SESSION, Person
from screen.access.request_guard import RequestGuard
from screen.acts.order_press import OrderPress
from screen.acts.orders import OrderActs
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from streams.messages import Place
from tests.support.orders.records import line, name, order

KEY = "a" * 32


class WrittenActs:
    """Commands that are kept instead of written."""

    def __init__(self) -> None:
        self.presses: list[tuple[str, OrderPress]] = []

    def place(self, _name: str) -> Place | None:
        """None is remembered."""

    def order(self, _log: str, region: str, press: OrderPress, _now: int, _session: str, *_more: object) -> Place:
        """Keep it."""
        self.presses.append((region, press))
        return Place("test.events.orders", 0, len(self.presses))


class SignedIn:
    """ASGI middleware: this person asks."""

    def __init__(self, app: ASGIApp, person: Person) -> None:
        self._app, self._person = app, person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let everything through."""
        scope[PERSON], scope[SESSION] = self._person, None
        await self._app(scope, receive, send)


def sent(person: Person, verb: str, view: View | None = None, **data: Any) -> tuple[int, WrittenActs]:
    """The answer to a press of this person on order 1, and what was written."""
    hub, kept = Hub(), WrittenActs()
    hub.view = view or fold(View(), [order(1), line(1)])
    routes = OrderActs(hub, kept, "test").table()  # type: ignore[arg-type]
    middleware = [Middleware(SignedIn, person=person), Middleware(RequestGuard, acts=acts_of(routes))]
    client = TestClient(Starlette(routes=routes, middleware=middleware), base_url="http://127.0.0.1")
    headers = {"origin": "http://127.0.0.1", "x-onescreen": "act"}
    body = {"verb": verb, "key": KEY, "data": {"order": name(1)} | data}
    return client.post("/screen/order", json=body, headers=headers).status_code, kept
