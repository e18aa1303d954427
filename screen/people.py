"""Who sits before the screen: one person for each connection, known before any route of ours is asked."""

from typing import Literal

from msgspec import Struct
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from streams.messages import Actor

Role = Literal["viewer", "supervisor", "dispatcher", "analyst", "admin"]

PERSON = "onescreen.person"


class Person(Struct, frozen=True):
    """An account, the name to show, the role, and the departments and districts (adcodes) it is for; none means all."""

    id: str
    name: str
    role: Role
    departments: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()

    @property
    def actor(self) -> Actor:
        """The person as its acts name it."""
        return Actor(id=self.id, name=self.name, role=self.role, department=self.departments[0] if self.departments else "")


class People:
    """ASGI middleware: says who asks. Without accounts it is one local supervisor."""

    def __init__(self, app: ASGIApp, local: Person) -> None:
        self._app, self._local = app, local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as for this person."""
        if scope["type"] in {"http", "websocket"}:
            scope[PERSON] = self._local
        await self._app(scope, receive, send)


def person_of(connection: HTTPConnection) -> Person:
    """Who asks."""
    person: Person = connection.scope[PERSON]
    return person
