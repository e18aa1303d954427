"""Somebody who looks at a few routes of the screen, without accounts and without a server."""

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from screen.access.authentication import Authentication
from screen.access.people import Person
from streams.messages import Role


def visitor(routes: Iterable[BaseRoute], role: Role = "viewer", *more: Middleware) -> TestClient:
    """The browser of a person in this role before these routes alone; `more`: what is asked after who it is."""
    person = Person(id="p", name="人", role=role)
    known = Middleware(Authentication, local=person, entrance=None, provider=None)
    return TestClient(Starlette(routes=list(routes), middleware=[known, *more]))
