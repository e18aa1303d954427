"""What the screen tells the standing watch of a request: refused looks, exports, two places; neither addresses nor texts."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from screen.access.people import PERSON, SESSION, Person
from screen.access.sessions import Session
from screen.watching.middleware import AccessTold
from streams.messages import MINUTE, Access
from streams.risk.places import Networks

LW = Person(id="lw", name="李伟", role="viewer")


def asked(
    path: str,
    *answer: Message,
    method: str = "GET",
    person: Person | None = LW,
    client: str = "192.0.2.7",
    told: list[Access] | None = None,
    app: AccessTold | None = None,
) -> list[Access]:
    """What is told of a request that gets this answer."""
    found: list[Access] = [] if told is None else told

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        scope[PERSON] = person
        scope[SESSION] = None if person is None else Session("t" * 64, person, "password", 0.0)  # type: ignore[arg-type]
        for message in answer:
            await send(message)

    async def nothing(*_: Any) -> Any:
        return None

    kind = "websocket" if answer[0]["type"].startswith("websocket") else "http"
    scope = {"type": kind, "method": method, "path": path, "client": (client, 5), "headers": []}
    middleware = app or AccessTold(answering, found.append, lambda: 0)
    asyncio.run(middleware(scope, nothing, nothing))
    return found


def start(status: int, disposition: str = "") -> Message:
    """The beginning of an answer."""
    headers = [(b"content-disposition", disposition.encode())] if disposition else []
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(size: int, *, more: bool = False) -> Message:
    """A piece of its body."""
    return {"type": "http.response.body", "body": b"x" * size, "more_body": more}


def test_a_refused_look_is_told_without_what_was_asked_for() -> None:
    """403 to a GET: the account and the page, neither the order nor the file."""
    path = "/screen/orders/file/9f86d081884c7d659a2feaa0c55ad015"
    assert asked(path, start(403), body(9)) == [Access(kind="refused-read", who="lw", what="/screen/orders/file/*")]


@pytest.mark.parametrize(
    ("path", "answer", "method", "person", "kinds"),
    [
        ("/wall", [start(200), body(9)], "GET", LW, []),
        ("/wall", [start(403), body(9)], "GET", None, []),
        ("/screen/act", [start(403), body(9)], "POST", LW, []),
        ("/screen/look", [start(403), body(9)], "POST", LW, ["refused-read"]),
        ("/screen/orders/look", [start(403), body(9)], "POST", LW, ["refused-read"]),
        ("/screen/feed", [{"type": "websocket.close", "code": 1008}], "GET", LW, ["refused-read"]),
        ("/screen/feed", [{"type": "websocket.close", "code": 4401}], "GET", LW, []),
    ],
)
def test_what_is_a_reading(path: str, answer: list[Message], method: str, person: Person | None, kinds: list[str]) -> None:
    """A look or a websocket that is refused to whoever is signed in; a refused act is none, a stranger has no account."""
    assert [each.kind for each in asked(path, *answer, method=method, person=person)] == kinds


def test_a_look_that_is_answered_is_a_reveal() -> None:
    """A sealed text that was looked at is counted; one at a masked value is told by its own route, once."""
    assert asked("/screen/look", start(200), body(9), method="POST") == [Access(kind="reveal", who="lw", what="/screen/look")]
    assert asked("/screen/orders/look", start(409), body(9), method="POST") == []
    assert [each.kind for each in asked("/screen/orders/file/9f86d0/copy", start(200, "inline"), body(9))] == ["reveal"]
    assert asked("/screen/reveal", start(200), body(9), method="POST") == []
    assert [each.kind for each in asked("/screen/reveal", start(403), body(9), method="POST")] == ["refused-read"]


def test_an_export_is_what_went_out() -> None:
    """An attachment is told with its bytes, a page that is shown is not, nor one of which nothing was sent."""
    sent = asked("/screen/orders/archive/9f86d0", start(200, 'attachment; filename="a.zip"'), body(7, more=True), body(5))
    assert sent == [Access(kind="export", who="lw", what="/screen/orders/archive/*", size=12)]
    assert asked("/screen/orders/copy/9f86d0", start(200, "inline"), body(7)) == []
    assert asked("/screen/orders/archive/9f86d0", start(200, "attachment"), body(0), method="HEAD") == []


def test_an_export_that_is_broken_off_is_told() -> None:
    """Whoever goes before the last byte has what came until then."""
    sent = asked("/screen/orders/archive/1", start(200, "attachment"), body(7, more=True))
    assert [(each.kind, each.size) for each in sent] == [("export", 7)]


Use = tuple[str, int]


@pytest.mark.parametrize(
    ("uses", "networks"),
    [
        ([("192.0.2.1", 0), ("192.0.2.200", 1)], [0, 0]),  # one network
        ([("192.0.2.1", 0), ("198.51.100.1", 1)], [0, 0]),  # moved
        ([("192.0.2.1", 0), ("198.51.100.1", 1), ("192.0.2.1", 2)], [0, 0, 2]),  # back while the other was there
        ([("192.0.2.1", 0), ("198.51.100.1", 1), ("192.0.2.1", 11)], [0, 0, 0]),  # back after more than ten minutes
        ([("192.0.2.1", 0), ("198.51.100.1", 1), ("192.0.2.1", 10)], [0, 0, 2]),  # after exactly ten
        ([("192.0.2.1", 0), ("2001:db8::1", 1), ("192.0.2.1", 2), ("2001:db8::9", 3)], [0, 0, 2, 2]),
    ],
)
def test_two_places_are_networks_in_turns(uses: list[Use], networks: list[int]) -> None:
    """A token that comes back to a network within ten minutes was in two; one that only moves is in one."""
    known = Networks()
    assert [known.used("token", address, minute * MINUTE) for address, minute in uses] == networks


def test_a_session_in_two_places_is_told_without_addresses() -> None:
    """The third request comes from where the first came, with another network between: told once, no address in it."""
    told: list[Access] = []

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        scope[PERSON], scope[SESSION] = LW, Session("t" * 64, LW, "password", 0.0)  # type: ignore[arg-type]
        await send(start(200))

    app = AccessTold(answering, told.append, lambda: 0)
    for client in ("192.0.2.7", "198.51.100.1", "192.0.2.7"):
        asked("/wall", start(200), client=client, app=app, told=told)
    assert told == [Access(kind="two-places", who="lw", what="screen", networks=2)]
