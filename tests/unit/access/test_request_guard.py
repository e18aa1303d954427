"""Safety is not opt-in: every route of the built application, ours and Streamlit's, is walked with what must be refused."""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.sync.client import connect

from screen.access import request_guard
from screen.access.accounts import Account, write
from screen.access.authentication import OPEN
from screen.access.declared_routes import (
    ActRoute,
    Audience,
    LookRoute,
    Nothing,
    SocketRoute,
    UndeclaredRouteError,
    UploadRoute,
    acts_of,
    reader,
)
from screen.access.people import PERSON, Person
from screen.access.request_guard import MOST_BODY, RequestGuard
from screen.acts import commands
from screen.wall.picture import BASE
from screen.web.version import versioned
from streams import request_timeout
from streams.messages import RIGHTS, ROLES, Role
from streams.request_timeout import TimedProtocol
from tests.support.application import application

HOST = "http://127.0.0.1:8501"
OURS = {"origin": HOST, "content-type": "application/json", "x-onescreen": "act"}
EVIL = "http://evil.example"
PHRASE = "红旗渠-2026-夜班-甲"
KEY = "0f" * 16
CHANGES = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY")

SENDS: dict[str, dict[str, Any]] = {
    "/signin": {"account": "nobody", "password": "wrong-wrong-wrong"},
    "/signin/wall": {"token": "x" * 43},
    "/signout": {},
    "/screen/here": {},
    "/screen/act": {"alert": "a", "occurrence": 1, "verb": "acknowledge", "reason": "已派人", "key": KEY},
    "/screen/regroup": {"incident": "i", "verb": "merge", "reason": "一回事", "others": ["j"]},
    "/screen/handover": {"department": "zz-ee", "note": "交班", "key": KEY},
    "/screen/takeover": {"handover": "h", "note": "接班", "key": KEY},
    "/screen/look": {
        "alert": "a",
        "path": "reason",
        "purpose": "handling",
        "place": {"topic": "t.events.environment", "partition": 0, "offset": 0},
        "reference": {"kid": "ab" * 32, "digest": "cd" * 32, "size": 32},
    },
    "/screen/reveal": {
        "alert": "a",
        "purpose": "handling",
        "place": {"topic": "t.events.environment", "partition": 0, "offset": 0},
    },
    "/screen/order": {"verb": "note", "key": KEY, "data": {"order": KEY, "reason": "已核实"}},
    "/screen/orders/look": {
        "order": KEY,
        "act": "issue",
        "name": "cause",
        "purpose": "handling",
        "reference": {"kid": "ab" * 32, "digest": "cd" * 32, "size": 32},
    },
    "/screen/dispatch": {"alert": "a", "key": KEY},
    "/screen/dispatch/document": {"alert": "a", "key": KEY},
    "/screen/sharing": {"request": KEY, "step": "accepted"},
    "/screen/sharing/ask": {
        "type": "environment.source_hour",
        "purpose": "核查",
        "basis": "条例",
        "use": "查询",
        "way": "service",
        "since": "2026-03-01",
        "until": "2026-12-31",
        "key": KEY,
    },
    "/screen/entry/draft": {
        "type": "environment.emergency",
        "subject": "air.410100.test",
        "time": "2026-06-01T08:00:00+08:00",
        "data": {"emergency": "E1", "step": "occurred"},
        "note": "值班记录",
        "key": KEY,
    },
    "/screen/entry/decide": {"entry": KEY, "outcome": "confirmed"},
    "/screen/entry/look": {"entry": KEY, "path": "note", "purpose": "review"},
    "/screen/oversight/object": {
        "measure": "request-signed",
        "unit": "zz-ee",
        "since": "2026-03",
        "until": "2026-03",
        "cases": ["a/1"],
        "reason": "重复派单",
        "key": KEY,
    },
    "/screen/oversight/answer": {"objection": KEY, "outcome": "refused", "reason": "已送达"},
    "/screen/job": {"kind": "export", "params": {}, "key": KEY},
    "/screen/job/cancel": {"job": KEY},
}
"""What a page sends to each address that takes acts: a new one that stands not here fails the walk."""

SENDER = {
    "/screen/job": "replay",
    "/screen/sharing": "share-answer",
    "/screen/oversight/answer": "figure-answer",
    "/screen/entry/decide": "entry-confirm",
    "/screen/order": "order.{verb}",
}
"""How the act of a press stands in the table of rights, where it is not its verb."""

UPLOADS = {"/screen/orders/file"}
"""The addresses that take a file; what they refuse stands in tests/unit/originals."""

LOOKED_AT: dict[str, Audience | str] = {
    "/screen/sign/{sign}/records/{subject}": Audience.SIGNED_IN,
    "/screen/sign/{sign}/sources/{area}": Audience.SIGNED_IN,
    "/signin": Audience.ANYBODY,
    "/signin/ways": Audience.ANYBODY,
    "/signin/oidc": Audience.ANYBODY,
    "/screen/texts": Audience.ANYBODY,
    "/screen/health": Audience.ANYBODY,
    "/": Audience.SIGNED_IN,
    "/wall": Audience.SIGNED_IN,
    "/desk": Audience.SIGNED_IN,
    "/orders": Audience.SIGNED_IN,
    "/replay": "replay",
    "/rules": Audience.SIGNED_IN,
    "/print": Audience.SIGNED_IN,
    "/screen/who": Audience.SIGNED_IN,
    "/screen/alert/{id}": Audience.SIGNED_IN,
    "/screen/performance": Audience.SIGNED_IN,
    "/screen/incident/{alert}": Audience.SIGNED_IN,
    "/screen/handovers": Audience.SIGNED_IN,
    "/screen/deck.js": Audience.SIGNED_IN,
    "/screen/around/{id}": Audience.SIGNED_IN,
    "/screen/readings/{id}": Audience.SIGNED_IN,
    "/screen/dispatch/queue": "order.dispatch",
    "/screen/dispatch/{order}": "order.dispatch",
    "/catalogue": Audience.SIGNED_IN,
    "/screen/catalogue": Audience.SIGNED_IN,
    "/screen/catalogue/file": Audience.SIGNED_IN,
    "/screen/catalogue/now": Audience.SIGNED_IN,
    "/oversight": Audience.SIGNED_IN,
    **{f"/screen/oversight/{name}": Audience.SIGNED_IN for name in ("book", "lead", "figures", "rows", "cases", "corrections")},
    **{f"/screen/oversight/{name}": Audience.SIGNED_IN for name in ("compare", "objections", "indexes", "index")},
    **{f"/screen/oversight/{name}": Audience.SIGNED_IN for name in ("beside", "reckoned")},
    "/screen/signs": Audience.SIGNED_IN,
    "/screen/sign/{sign}": Audience.SIGNED_IN,
    "/entry": "entry-draft",
    "/screen/entries": "entry-draft",
    "/screen/rules": Audience.SIGNED_IN,
    "/screen/rules/now": Audience.SIGNED_IN,
    "/screen/law": Audience.SIGNED_IN,
    "/screen/order/{id}": Audience.SIGNED_IN,
    "/screen/order/{id}/document": "order.paper",
    "/screen/orders/archive/{order}": "order.archive",
    "/screen/orders/file/{digest}": "order.look-office",
    "/screen/orders/file/{digest}/copy": "order.look-office",
    "/screen/jobs": "take-cases",
    "/screen/job/{id}/{file}": "take-cases",
    "/screen/days": "replay",
}
"""Whose each address is that answers a GET of ours: a new one that stands not here fails the walk."""

STREAMLITS: dict[str, Audience] = {
    "/_stcore/health": Audience.ANYBODY,
    "/auth/login": Audience.ANYBODY,
    "/auth/logout": Audience.ANYBODY,
    "/oauth2callback": Audience.ANYBODY,
    "/_stcore/metrics": Audience.SIGNED_IN,
    "/_stcore/host-config": Audience.SIGNED_IN,
    "/media/{file_id:path}": Audience.SIGNED_IN,
    "/component/{path:path}": Audience.SIGNED_IN,
    "/_stcore/bidi-components/{path:path}": Audience.SIGNED_IN,
    "/_stcore/agent/interact": Audience.SIGNED_IN,
    "/_stcore/agent/openapi.json": Audience.SIGNED_IN,
    "/_stcore/agent/mcp": Audience.SIGNED_IN,
    "": Audience.SIGNED_IN,  # its files
}
"""So for Streamlit's own: one of a newer version that stands not here fails the walk."""


Asked = tuple[str, str, dict[str, str]]
"""Method, address and headers of a request."""


class Answer(NamedTuple):
    """What a request is answered."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(app: ASGIApp, method: str, path: str, headers: dict[str, str]) -> Answer:
    """What an application answers to a request with the body `{}`."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path, "raw_path": path.encode()}
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    await app(scope | {"query_string": b"", "headers": named, "root_path": ""}, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], found, b"".join(each.get("body", b"") for each in sent[1:]))


def cookies(client: TestClient) -> str:
    """The header with a browser's cookies."""
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


class Built:
    """The application as `python -m screen` builds it, with an account of every role, without Kafka and its reader."""

    def __init__(self, folder: Path, portal: BlockingPortal) -> None:
        """`portal`: the one loop of all clients, each of which else makes one for each request."""
        same = PasswordHasher(1, 8, 1).hash(PHRASE)  # a cheap hash: what is tested here is not its strength
        write(folder / "people.json", [Account(role, role, role, hash=same) for role in ROLES])
        self.app, self.portal = application(folder), portal
        self.routes = list(self.app.routes)
        self.acts = [route for route in self.routes if isinstance(route, ActRoute)]

    def stranger(self) -> TestClient:
        """A browser that nobody has signed in with."""
        client = TestClient(self.app, HOST, follow_redirects=False, raise_server_exceptions=False)
        client.portal = self.portal
        client.headers["accept-encoding"] = "identity"  # the map's library is megabytes: packing it is not what is tested
        return client

    def signed(self, role: Role) -> TestClient:
        """A browser of somebody in this role."""
        client = self.stranger()
        assert client.post("/signin", json={"account": role, "password": PHRASE}, headers=OURS).status_code == 204
        return client

    def answers(self, client: TestClient, asked: list[Asked]) -> list[Answer]:
        """What thousands of requests with somebody's cookies are answered, asked as a server asks: no client is as fast."""
        ours = {"host": HOST.removeprefix("http://"), "cookie": cookies(client), "content-length": "2"}

        async def all_of_them() -> list[Answer]:
            return [await ask(self.app, method, path, ours | headers) for method, path, headers in asked]

        return asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """One for all: nothing here changes it."""
    with start_blocking_portal() as portal:
        yield Built(tmp_path_factory.mktemp("screen"), portal)


@pytest.fixture(scope="module")
def admin(built: Built) -> TestClient:
    """Somebody who may do everything."""
    return built.signed("admin")


@pytest.fixture(scope="module")
def roles(built: Built) -> dict[Role, TestClient]:
    """Somebody of each role."""
    return {role: built.signed(role) for role in ROLES}


def address(route: BaseRoute) -> str:
    """An address that this route answers."""
    path: str = getattr(route, "path", "")
    return re.sub(r"{.*?}", "x", path) or "/"


def test_the_walk_knows_every_act(built: Built) -> None:
    """Each route that takes a POST has its body in the table above, and nothing else is there."""
    assert {route.path for route in built.acts} == set(SENDS)
    assert {route.path for route in built.routes if isinstance(route, UploadRoute)} == UPLOADS
    assert {route.path for route in built.acts if route.right is Audience.ANYBODY} == {"/signin", "/signin/wall"} <= OPEN


def test_the_walk_knows_every_look(built: Built) -> None:
    """Each route that answers a GET has its row, and nothing else is there; of mounts there are our files and Streamlit's."""
    ours = {route.path: route.right for route in built.routes if isinstance(route, LookRoute)}
    assert ours == LOOKED_AT
    others = [route for route in built.routes if not isinstance(route, LookRoute | ActRoute | UploadRoute | WebSocketRoute)]
    mounts = {route.path for route in others if isinstance(route, Mount)}
    assert {path for path in mounts if path} == {BASE, versioned()}
    looks = {route.path for route in others if isinstance(route, Route) and "GET" in (route.methods or {"GET"})}
    assert looks | (mounts & {""}) == set(STREAMLITS)
    anybody = {path for path, right in (LOOKED_AT | STREAMLITS).items() if right is Audience.ANYBODY}
    assert anybody == OPEN - {"/signin/wall"}, "what lets strangers in is the same table twice: that address takes acts alone"


@pytest.mark.parametrize("path", LOOKED_AT | STREAMLITS)
def test_a_look_is_for_whom_its_row_says(built: Built, roles: dict[Role, TestClient], path: str) -> None:
    """A stranger gets what is anybody's, else 401; a person 403 where its role has not the right; all else is the log's."""
    right: Audience | str = (LOOKED_AT | STREAMLITS)[path]
    at = re.sub(r"{.*?}", "x", path) or "/static/x"
    for method in ("GET", "HEAD"):
        assert (built.stranger().request(method, at).status_code == 401) == (right is not Audience.ANYBODY)
        for role, client in roles.items():
            status = client.request(method, at).status_code
            assert (status == 403) == (isinstance(right, str) and role not in RIGHTS[right]), (method, role, status)
            assert status != 401


def test_of_another_site_nothing_is_taken(built: Built, admin: TestClient) -> None:
    """Any route, ours and Streamlit's, any method but GET and HEAD, with the person's cookie: 403; also without an Origin."""
    assert len(built.routes) > 40
    origins = (EVIL, "null", "http://[", None, f"{HOST}.evil.example", "https://127.0.0.1")
    asked = [
        (method, path, {name: value for name, value in (OURS | {"origin": origin}).items() if value is not None})
        for path in {address(route) for route in built.routes}
        for method in CHANGES
        for origin in origins
    ]
    for (method, path, headers), found in zip(asked, built.answers(admin, asked), strict=True):
        assert found.status == 403, (method, path, headers)
        assert "is not this screen" in json.loads(found.body)["error"]


def test_what_is_no_act_takes_nothing(built: Built, admin: TestClient) -> None:
    """Uploads, the agents' interface, OPTIONS, pages, files: 405 to everything but GET and HEAD, also from our own page."""
    acts = set(SENDS) | UPLOADS
    streamlit = {path for path in map(address, built.routes) if path.startswith("/_stcore/")}
    assert {"/_stcore/upload_file/x/x", "/_stcore/agent/mcp"} <= streamlit
    asked = [
        (method, path, OURS)
        for path in {address(route) for route in built.routes} | {"/nothing", "/screen/act/", "//screen/act"}
        for method in CHANGES
        if method != "POST" or path not in acts
    ]
    for (method, path, _), found in zip(asked, built.answers(admin, asked), strict=True):
        assert found.status == 405, (method, path)
        assert found.headers["allow"] == ("POST" if path in acts else "GET, HEAD")


def test_no_websocket_opens_for_another_site(built: Built, admin: TestClient) -> None:
    """Each websocket, Streamlit's own stream too, with the person's cookie: closed with 1008 before it is accepted."""
    sockets = [route.path for route in built.routes if isinstance(route, WebSocketRoute)]
    assert set(sockets) == {"/screen/feed", "/screen/desk", "/screen/orders", "/_stcore/stream"}
    for path in sockets:
        for origin in (EVIL, "null", "http://[", None):
            headers = {"host": HOST.removeprefix("http://"), "cookie": cookies(admin)} | ({"origin": origin} if origin else {})
            with pytest.raises(WebSocketDisconnect) as closed, admin.websocket_connect(path, headers=headers):
                pass
            assert closed.value.code == 1008, (path, origin)


@pytest.mark.parametrize("path", SENDS)
def test_a_stranger_is_401(built: Built, path: str) -> None:
    """Before its body is read; the two that sign in answer 401 to what is wrong."""
    client = built.stranger()
    assert client.post(path, json=SENDS[path], headers=OURS).status_code == 401
    if path not in OPEN:
        assert client.post(path, content=b"{", headers=OURS).status_code == 401


@pytest.mark.parametrize("path", SENDS)
@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b"x" * (MOST_BODY + 1), 413, "65536 bytes"),
        (b"", 400, "no JSON"),
        (b"{", 400, "no JSON"),
        (b"\xff\xfe", 400, "no JSON"),
        (b'{"a":"\xff"}', 400, "no JSON"),
        (b"alert=1&verb=acknowledge", 400, "no JSON"),
        (b'{"key":NaN}', 400, "no JSON"),
        (b"[" * 30_000 + b"]" * 30_000, 400, "too deep"),
        (b'{"params":' + b'{"a":' * 9_000 + b"1" + b"}" * 9_001, 400, "too deep"),
        (b"[]", 422, "object"),
        (b"7", 422, "object"),
    ],
    ids=["long", "nothing", "half", "bytes", "text that is none", "form", "NaN", "deep", "deep in a field", "list", "number"],
)
def test_what_cannot_be_read_is_refused_alike(admin: TestClient, path: str, body: bytes, status: int, word: str) -> None:
    """Too long 413, no JSON or nested too deep 400, JSON of another shape 422: each with a sentence, at every address."""
    found = admin.post(path, content=body, headers=OURS)
    assert (found.status_code, word in found.json()["error"]) == (status, True), found.text


@pytest.mark.parametrize("path", SENDS)
def test_only_our_own_page_can_say_it_so(admin: TestClient, path: str) -> None:
    """Another content type is 415, a missing header of ours 403: a form of another site can send neither right."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert admin.post(path, json=SENDS[path], headers=OURS | {"content-type": kind}).status_code == 415
    plain = {name: value for name, value in OURS.items() if name != "x-onescreen"}
    assert admin.post(path, json=SENDS[path], headers=plain).status_code == 403
    assert admin.get(path, headers=OURS).status_code in {200, 303, 403, 405}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_right_is_403(built: Built, role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    """For each act exactly the roles of the table of rights pass; what they are then answered is the log's matter."""
    monkeypatch.setattr(commands, "PATIENCE_MS", 100)
    client = built.signed(role)
    for route in built.acts:
        if isinstance(route.right, Audience):
            continue
        sent = SENDS[route.path]
        right = route.right if isinstance(route.right, str) else SENDER.get(route.path, "{verb}").format(**sent)
        found = client.post(route.path, json=sent, headers=OURS)
        if role in RIGHTS[right]:
            assert found.status_code in {202, 404, 409, 503}, (route.path, found.text)
        else:
            assert (found.status_code, f"may not {right}" in found.json()["error"]) == (403, True), route.path


async def _toy(_sent: Nothing, _request: Request) -> str:
    return "done"


async def _raw(_request: Request) -> Response:
    return Response("done")


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


@pytest.mark.parametrize(
    "route",
    [
        Route("/toy", _raw, methods=["POST"]),
        Route("/toy", _raw, methods=["GET", "DELETE"]),
        Route("/toy", type("Endpoint", (), {})),
        Mount("/toy", Starlette(routes=[Route("/", _raw, methods=["POST"])])),
        WebSocketRoute("/toy", _socket),
        Route("/toy", _raw),
    ],
    ids=["post", "delete", "any method", "mount", "websocket", "look"],
)
def test_a_route_that_does_not_say_whose_it_is_stops_the_start(route: BaseRoute) -> None:
    """The application is not built with it: the error names the address and what to do."""
    with pytest.raises(
        UndeclaredRouteError, match=r"toy.*does not say whose it is: make it an ActRoute, an UploadRoute, a Look"
    ):
        acts_of([LookRoute("/looks", _raw, right=Audience.ANYBODY), route])


def test_the_start_looks_at_every_route(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`build` itself refuses a toy GET or POST in any table of ours; a right that no table knows, where it is written."""
    for method in ("GET", "POST"):
        toys = [Route("/toy", _raw, methods=[method])]
        monkeypatch.setattr("screen.rules.book.RuleBook.table", lambda _book, toys=toys: toys)
        with pytest.raises(UndeclaredRouteError, match="toy"):
            application(tmp_path)
    unknown: list[Callable[[], BaseRoute]] = [
        lambda: ActRoute("/toy", _toy, reads=reader(Nothing), right="play", bounds=None),
        lambda: LookRoute("/toy", _raw, right="play"),
        lambda: SocketRoute("/toy", _socket, right="play"),
    ]
    for made in unknown:
        with pytest.raises(UndeclaredRouteError, match="there is no act 'play'"):
            made()


def toy(right: Any = Audience.SIGNED_IN, person: Person | None = None, bounds: Any = None) -> Starlette:
    """An application with one act, one look and one websocket, guarded, as somebody asks it."""
    routes = [
        ActRoute("/toy", _toy, reads=reader(Nothing), right=right, bounds=bounds),
        LookRoute("/look", _raw, right=right),
        SocketRoute("/ear", _socket, right=right),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(RequestGuard, acts=acts_of(routes))])

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        scope[PERSON] = person
        await app(scope, receive, send)

    return asked  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("right", "role", "bounds", "status"),
    [
        (Audience.ANYBODY, None, None, 202),
        (Audience.SIGNED_IN, None, None, 401),
        (Audience.SIGNED_IN, "viewer", None, 202),
        ("replay", None, None, 401),
        ("replay", "viewer", None, 403),
        ("replay", "analyst", None, 202),
        ("replay", "analyst", lambda _sent, who: f"not {who.id}'s", 403),
        ("notify", "admin", None, 403),
    ],
)
def test_a_new_act_is_safe_by_what_it_declares(right: Any, role: Any, bounds: Any, status: int) -> None:
    """Its handler looks at nothing and is asked only where right and bounds allow it; a look and a websocket likewise."""
    person = Person("zhao", "赵", role) if role else None
    client = TestClient(toy(right, person, bounds), HOST)
    assert client.post("/toy", json={}, headers=OURS).status_code == status
    assert client.get("/look").status_code == (200 if status == 202 or bounds else status)
    headers = {"host": HOST.removeprefix("http://"), "origin": HOST}
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/ear", headers=headers) as ear:
        ear.receive_text()
    assert closed.value.code == (1000 if status == 202 or bounds else 1008)


def test_without_the_guard_no_act_answers() -> None:
    """A table of acts that somebody mounts without it fails closed."""
    routes = [ActRoute("/toy", _toy, reads=reader(Nothing), right=Audience.ANYBODY, bounds=None)]
    client = TestClient(Starlette(routes=routes), HOST, raise_server_exceptions=False)
    assert client.post("/toy", json={}, headers=OURS).status_code == 500


def test_a_body_is_read_no_further_than_its_limit() -> None:
    """Of an endless one without a length, or with a false one, at most one piece beyond the limit is taken."""
    for length in (None, "2", "-1", "1e9", "٣"):
        taken = 0

        async def endless() -> dict[str, Any]:
            nonlocal taken
            taken += 1024
            return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

        head = OURS | {"host": HOST.removeprefix("http://")} | ({"content-length": length} if length else {})
        status, headers = asyncio.run(_answered(head, endless))
        assert (status, headers["connection"]) == (413, "close")
        assert taken == MOST_BODY + 1024


def test_a_body_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that stops, or drips byte by byte, is 408 after the limit of time; one that goes away is no failure."""
    monkeypatch.setattr(request_guard, "WITHIN", 0.05)
    head = OURS | {"host": HOST.removeprefix("http://")}

    async def stopped() -> dict[str, Any]:
        return await asyncio.Future()

    async def drips() -> dict[str, Any]:
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    for receive, status in ((stopped, 408), (drips, 408), (gone, 400)):
        assert asyncio.run(_answered(head, receive))[0] == status


async def _answered(head: dict[str, str], receive: Any) -> tuple[int, dict[str, str]]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(name.encode(), value.encode()) for name, value in head.items()]
    scope = {"type": "http", "method": "POST", "path": "/toy", "raw_path": b"/toy", "query_string": b"", "headers": headers}
    await toy(Audience.ANYBODY)(scope, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """The port at which a real server of our protocol serves this application."""
    quiet: dict[str, Any] = {"lifespan": "off", "access_log": False, "log_level": "error"}
    server = uvicorn.Server(uvicorn.Config(app, http="auto", timeout_keep_alive=1, **quiet))
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            running.join()


def heard(port: int, *said: bytes) -> bytes:
    """What a connection answers to the last of these pieces, when each before has been, until the server ends it."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as peer:
        try:
            for piece in said[:-1]:
                peer.sendall(piece)
                assert b" 404 " in peer.recv(65536)
            peer.sendall(said[-1])
            answer = b"".join(iter(lambda: peer.recv(65536), b""))
        except ConnectionError:  # it closes while we still send
            answer = b""
    return answer


HEAD = (
    b"POST /toy HTTP/1.1\r\nhost: 127.0.0.1:8501\r\norigin: http://127.0.0.1:8501\r\n"
    b"content-type: application/json\r\nx-onescreen: act\r\n"
)


def test_the_server_waits_for_no_half_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing, half a head, a head without its body, a body for somebody refused, a second half: closed in time by uvicorn."""
    monkeypatch.setitem(uvicorn.config.HTTP_PROTOCOLS, "auto", "")
    request_timeout.bound_requests()
    assert uvicorn.Config("x:y", http="auto").http == "auto"
    monkeypatch.setattr(request_timeout, "WHOLE", 2.0)
    monkeypatch.setattr(request_guard, "WITHIN", 0.2)
    whole = b"HEAD / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
    halves: list[tuple[tuple[bytes, ...], bytes]] = [
        ((b"",), b""),
        ((b"GET / HTTP/1.1\r\nhost: a",), b""),
        ((HEAD + b"content-length: 9\r\n\r\n{",), b"408"),
        ((HEAD.replace(b"origin", b"x") + b"content-length: 9\r\n\r\n{",), b"403"),
        ((whole, whole[:20]), b""),
    ]
    with serving(toy(Audience.ANYBODY)) as port:
        for said, status in halves:
            answer = heard(port, *said)
            assert answer[9:12] == status, (said, answer)
        assert httpx.post(f"http://127.0.0.1:{port}/toy", json={}, headers=OURS | {"host": "127.0.0.1:8501"}).status_code == 202


def test_a_websocket_outlives_the_time_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is asked for it is no request any more: it stays open for as long as both want, here ten times as long."""
    monkeypatch.setitem(uvicorn.config.HTTP_PROTOCOLS, "auto", f"{TimedProtocol.__module__}:{TimedProtocol.__name__}")
    monkeypatch.setattr(request_timeout, "WHOLE", 0.2)
    with serving(Starlette(routes=[WebSocketRoute("/echo", _echo)])) as port, connect(f"ws://127.0.0.1:{port}/echo") as socket:
        until = time.monotonic() + 2
        while time.monotonic() < until:
            socket.send("?")
            assert socket.recv(5) == "?"


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_text(await socket.receive_text())


def test_the_server_takes_no_endless_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """A length of 400 MB is refused by its head; a chunked body without a length once it is too long: 413 and closed."""
    monkeypatch.setitem(uvicorn.config.HTTP_PROTOCOLS, "auto", f"{TimedProtocol.__module__}:{TimedProtocol.__name__}")
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    with serving(toy(Audience.ANYBODY)) as port:
        assert heard(port, HEAD + b"content-length: 400000000\r\n\r\n")[9:12] == b"413"
        assert heard(port, HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunk * 3)[9:12] == b"413"
