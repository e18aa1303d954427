"""The gate before every route, signing in and out, and the rights of each act: the routes themselves, in one process."""

import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from argon2 import PasswordHasher
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from screen.access.accounts import Account, Accounts, token_hash, with_wall, write
from screen.access.authentication import COOKIE, NEXT, OPEN, OPEN_FILES, Authentication
from screen.access.declared_routes import acts_of
from screen.access.local_path import local_path
from screen.access.passwords import with_password
from screen.access.people import Person, person_of
from screen.access.request_guard import RequestGuard
from screen.access.security import POLICIES, Policy
from screen.access.sessions import Sessions
from screen.access.signin import SignIn
from screen.acts.routes import Acts
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.snapshot import Health
from screen.feed.view import View
from screen.signer.entrance import Admission, OwnEntrance
from screen.web.first_html import SCRIPT_HASH
from screen.web.pages import PAGES, Page
from screen.web.routes import Routes
from streams.clock import wall_time
from streams.handover import Summary, handed
from streams.messages import Place, Role
from tests.support.town import alert, incident

HOST = "http://127.0.0.1:8501"
OURS = {"origin": HOST, "content-type": "application/json", "x-onescreen": "act"}
PHRASE = "红旗渠-2026-夜班-甲"
TOKEN = "w" * 43
NOW = wall_time()
HERE = alert("t", 1, NOW, verbs=("acknowledge", "comment", "suppress"))
"""Of the bureau, in the first station's district."""

THERE = alert("t", 2, NOW, verbs=("acknowledge", "comment"))


@cache
def accounts() -> tuple[Account, ...]:
    """Somebody of every role; the first supervisor is for one department and one district."""
    bound = Account("zhang", "张值班", "supervisor", ("zz-ee",), (HERE.adcode or "",))
    roles: dict[str, tuple[str, Role]] = {
        "wang": ("王主管", "supervisor"),
        "li": ("李调度", "dispatcher"),
        "zhao": ("赵分析", "analyst"),
        "sun": ("孙管理", "admin"),
        "hall": ("大厅", "viewer"),
    }
    people = [bound, *(Account(name, shown, role) for name, (shown, role) in roles.items())]
    same = PasswordHasher(1, 8, 1).hash(PHRASE)  # a cheap hash: what is tested here is not its strength
    return tuple(replace(each, hash=same) for each in people)


class Log:
    """Takes what the routes write, as Kafka would."""

    def __init__(self) -> None:
        self.written: list[tuple[Any, ...]] = []

    def place(self, _name: str) -> Place | None:
        """Nothing was sent before."""
        return None

    def act(self, *what: Any) -> Place:
        """Keep it."""
        self.written.append(what)
        return Place("t.events.environment", 0, len(self.written))

    regroup = record = act


class Screen:
    """The screen's own routes behind its own middleware, with a stand-in for Streamlit's."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "people.json"
        self.people = list(accounts())
        write(self.file, self.people)
        known = Accounts(self.file)
        self.sessions = Sessions(folder / "sessions.sqlite", known, 1800, 43_200)
        entrance = OwnEntrance(Admission(known, None, self.sessions))
        self.log, self.hub = Log(), (hub := Hub())
        chen = Person("chen", "陈", "supervisor").actor
        note = handed("zz-amr", chen, "交", Summary({}, {}, (), {}), "k", NOW)
        self.note = note.id
        hub.view = fold(View(), [HERE, THERE, incident(HERE), incident(THERE), note])
        hub.health = Health(broker=True, loaded=True)
        ours = [
            *SignIn(entrance, None).table(),
            *Routes(hub, "t").table(),
            *Acts(hub, self.log, "t").table(),  # type: ignore[arg-type]
        ]
        routes = [
            *ours,
            WebSocketRoute("/_stcore/stream", _stream),
            Route("/_stcore/health", _page),
            Route("/_stcore/host-config", _page),
            Route("/fails", _fails),
            Route("/", _page),
            Route("/lab", _page),
            Mount("/static", HTMLResponse("<p>")),
        ]
        layers = [
            Middleware(Policy, name=""),
            Middleware(Authentication, local=None, entrance=entrance, provider=None),
            Middleware(RequestGuard, acts=acts_of(ours)),
        ]
        self.app = Starlette(routes=routes, middleware=layers)

    def client(self) -> TestClient:
        """A browser that nobody has signed in with."""
        return TestClient(self.app, HOST, follow_redirects=False, raise_server_exceptions=False)

    def signed(self, account: str) -> TestClient:
        """A browser of this account."""
        client = self.client()
        assert enter(client, account, PHRASE).status_code == 204
        return client


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(person_of(socket).id)
    while True:
        await socket.receive_text()


async def _page(_request: Request) -> Response:
    return HTMLResponse("<p>")


async def _fails(_request: Request) -> Response:
    raise LookupError("a bug")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """A screen with accounts of every role."""
    made = Screen(tmp_path)
    yield made
    made.sessions.close()


def enter(client: TestClient, account: str, password: str, **changes: str | None) -> httpx.Response:
    """Sign in, as the page does; `changes` replace headers, None leaves one out."""
    wanted = OURS | {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in wanted.items() if value is not None}
    return client.post("/signin", json={"account": account, "password": password}, headers=headers)


def connect(client: TestClient, path: str, origin: str | None = HOST) -> Any:
    """Open a websocket, as a page from `origin` does; the test client would call the host by a name of its own."""
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers = {"host": HOST.removeprefix("http://"), "cookie": cookie} | ({"origin": origin} if origin else {})
    return client.websocket_connect(path, headers=headers)


def closed_with(socket: Any) -> int:
    """The code with which the server closes a websocket, whatever it sends before."""
    while True:
        try:
            socket.receive_text()
        except WebSocketDisconnect as closed:
            return closed.code


def act(client: TestClient, made: Any, verb: str = "acknowledge", **changes: Any) -> httpx.Response:
    """Act on an alert, as the page does."""
    body = {"alert": made.id, "occurrence": 1, "verb": verb, "reason": "已派人", "key": "a" * 32} | changes
    return client.post("/screen/act", json=body, headers=OURS)


def test_without_a_session_nothing_answers(screen: Screen) -> None:
    """Pages lead to signing in and back; every other route, ours and Streamlit's, is 401; websockets are closed with 4401."""
    client = screen.client()
    found = client.get("/lab?lang=en", headers={"accept": "text/html,*/*"})
    assert found.status_code == 303
    assert found.headers["location"] == "/signin?next=%2Flab%3Flang%3Den&lang=en"
    ours = [route for route in screen.app.routes if isinstance(route, Route) and route.path not in OPEN]
    assert len(ours) > 12
    for route in ours:
        path = re.sub(r"{.*?}", "x", route.path)
        for method in route.methods or {"GET"}:
            assert client.request(method, path).status_code == 401, (method, path)
    for path in (
        "/static/js/main.js",
        "/screen/static/wall/wall.js",
        "/screen/static/districts.geojson",
        "/nothing",
        "/signin/x",
    ):
        assert client.get(path).status_code == 401, path
    for path in ("/screen/feed", "/_stcore/stream", "/signin", "/nothing"):
        with pytest.raises(WebSocketDisconnect) as closed, connect(client, path):
            pass
        assert closed.value.code == 4401
    assert client.post("/", headers={"accept": "text/html"}).status_code == 401


def test_what_is_open_is_what_signing_in_needs(screen: Screen) -> None:
    """The page, its words, its files, and the server's health; nothing that tells of the log."""
    client = screen.client()
    for path in (
        "/signin",
        "/signin/ways",
        "/screen/texts",
        "/_stcore/health",
        "/screen/health",
        "/screen/static/signin/signin.js",
    ):
        assert client.get(path).status_code == 200, path
    assert client.get("/signin/ways").json() == {"local": True, "oidc": False, "who": ""}
    assert set(OPEN_FILES) == {"/screen/static/common/", "/screen/static/fonts/", "/screen/static/signin/"}
    assert client.get("/screen/static/common/../wall/wall.js").status_code in {401, 404}
    assert client.get("/screen/static/common/%2e%2e/%2e%2e/page.py").status_code in {401, 404}


@pytest.mark.parametrize(
    "health",
    [
        Health(broker=False, trouble="secret-x", loaded=True),
        Health(broker=True, trouble="secret-x", loaded=True),
        Health(broker=True, loaded=False),
    ],
)
def test_health_tells_the_truth_and_nothing_else(screen: Screen, health: Health) -> None:
    """200 while the pages show what the log says now; else 503, and why not is for those who may see the pages."""
    client = screen.client()
    assert (client.get("/screen/health").status_code, client.get("/screen/health").json()) == (200, {"state": "well"})
    screen.hub.health = health
    told = client.get("/screen/health")
    assert (told.status_code, told.json()) == (503, {"state": "not well"})


def test_signing_in_gives_a_cookie_that_scripts_cannot_read(screen: Screen) -> None:
    """HttpOnly, SameSite=Lax, for twelve hours; Secure where the page is https; another one at each sign-in."""
    client = screen.client()
    first = enter(client, "wang", PHRASE)
    cookie = first.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Secure" not in cookie
    assert PHRASE not in cookie
    assert client.get("/screen/who").json()["id"] == "wang"
    before = client.cookies[COOKIE]
    enter(client, "wang", PHRASE)
    assert client.cookies[COOKIE] != before
    assert screen.sessions.of(before, time.time()) is None
    secure = TestClient(screen.app, "https://127.0.0.1:8501")
    assert "Secure" in enter(secure, "wang", PHRASE, origin="https://127.0.0.1:8501").headers["set-cookie"]


def test_a_password_that_is_wrong(screen: Screen, capfd: pytest.CaptureFixture[str]) -> None:
    """401 without a cookie, and the same words for an unknown account; the log names the account, and no password or typo."""
    client = screen.client()
    wrong, unknown = enter(client, "wang", "hunter2-hunter2"), enter(client, "my-secret-passphrase", PHRASE)
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.content == unknown.content
    assert "set-cookie" not in wrong.headers
    assert enter(client, "wang", PHRASE).status_code == 204
    log = capfd.readouterr().err
    assert "sign-in refused: wang from testclient: wrong password" in log
    assert "sign-in refused: an unknown account from testclient" in log
    assert "wang (supervisor) has signed in from testclient" in log
    assert not any(secret in log for secret in ("hunter2", "my-secret", PHRASE, client.cookies[COOKIE]))


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes for the limits, however long a busy machine takes over a password."""
    monkeypatch.setattr("screen.access.signin.time", SimpleNamespace(monotonic=lambda: 0.0, time=time.time))


@pytest.mark.usefixtures("still")
def test_attempts_are_limited(screen: Screen) -> None:
    """The fourth attempt on an account must wait, also with the right password; another account need not."""
    client = screen.client()
    assert [enter(client, "wang", "wrong-wrong-wrong").status_code for _ in range(4)] == [401, 401, 401, 429]
    held = enter(client, "wang", PHRASE)
    assert held.status_code == 429
    assert 1 <= int(held.headers["retry-after"]) <= 2
    assert held.json()["wait"] == int(held.headers["retry-after"])
    assert enter(client, "li", PHRASE).status_code == 204


@pytest.mark.usefixtures("still")
def test_an_address_is_limited_over_all_accounts(screen: Screen) -> None:
    """One attempt at each of many accounts from one address: the eleventh must wait."""
    client = screen.client()
    found = [enter(client, f"account{n}", "wrong-wrong-wrong").status_code for n in range(11)]
    assert found == [401] * 10 + [429]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": None}, 403),
        ({"origin": "null"}, 403),
        ({"content_type": "text/plain"}, 415),
        ({"x_onescreen": None}, 403),
    ],
)
def test_signing_in_comes_from_our_own_page_alone(screen: Screen, changes: dict[str, str | None], status: int) -> None:
    """Another site cannot sign a browser in or out (login CSRF), nor sign a wall in, nor keep a session awake."""
    client = screen.client()
    assert enter(client, "wang", PHRASE, **changes).status_code == status
    assert COOKIE not in client.cookies
    signed = screen.signed("wang")
    wanted = OURS | {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in wanted.items() if value is not None}
    for path in ("/signout", "/screen/here", "/signin/wall"):
        assert signed.post(path, json={}, headers=headers).status_code == status
    assert signed.get("/screen/who").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"account": 1, "password": "x"}', 422),
        (b'{"account":"a","password":"b","role":"admin"}', 422),
    ],
)
def test_signing_in_takes_nothing_else(screen: Screen, body: bytes, status: int) -> None:
    """Anything but an account and a password is 422, what is no JSON 400."""
    assert screen.client().post("/signin", content=body, headers=OURS).status_code == status


def test_signing_out_ends_it_at_once(screen: Screen) -> None:
    """Every open websocket of the session is closed with 4401, its cookie is worth nothing any more."""
    client = screen.signed("wang")
    copied = client.cookies[COOKIE]
    with connect(client, "/_stcore/stream") as socket:
        assert socket.receive_text() == "wang"
        left = client.post("/signout", json={}, headers=OURS)
        assert left.json() == {"to": "/signin"}
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
        assert closed.value.code == 4401
    assert COOKIE not in client.cookies
    thief = screen.client()
    thief.cookies.set(COOKIE, copied)
    assert thief.get("/screen/who").status_code == 401


@pytest.mark.parametrize("how", ["removed", "password", "role", "broken"])
def test_a_change_of_the_account_closes_its_websockets(screen: Screen, how: str) -> None:
    """The administrator's command is enough; a page whose rights have changed connects anew and is told them."""
    client = screen.signed("wang")
    with connect(client, "/screen/feed") as socket:
        assert socket.receive_json()["person"]["role"] == "supervisor"
        rest = [each for each in screen.people if each.id != "wang"]
        wang = next(each for each in screen.people if each.id == "wang")
        if how == "broken":
            screen.file.write_text("{", "utf-8")
        else:
            new = {
                "removed": [],
                "password": [with_password(wang, "another-long-one")],
                "role": [Account("wang", "王", "viewer", hash=wang.hash)],
            }
            write(screen.file, [*rest, *new[how]])
        assert closed_with(socket) == 4401
    assert client.get("/screen/who").status_code == (200 if how == "role" else 401)


def test_a_wall_signs_in_with_its_token(screen: Screen) -> None:
    """It is the viewer and acts nothing; a wrong token is refused; revoked, its websocket is closed, its cookie is nothing."""
    hall = with_wall(next(each for each in screen.people if each.id == "hall"), TOKEN)
    write(screen.file, [each for each in screen.people if each.id != "hall"] + [hall])
    client = screen.client()
    assert client.post("/signin/wall", json={"token": "x" * 43}, headers=OURS).status_code == 401
    assert client.post("/signin/wall", json={"token": ""}, headers=OURS).status_code == 401
    welcome = client.post("/signin/wall", json={"token": TOKEN}, headers=OURS)
    assert welcome.status_code == 204
    assert "Max-Age=34560000" in welcome.headers["set-cookie"]
    assert act(client, HERE).status_code == 403
    with connect(client, "/screen/feed") as socket:
        assert socket.receive_json()["person"]["role"] == "viewer"
        write(screen.file, screen.people)
        assert closed_with(socket) == 4401
    assert client.get("/screen/who").status_code == 401


def test_the_feed_is_for_our_own_pages_alone(screen: Screen) -> None:
    """A page of another site, with the person's cookie, is not told anything."""
    client = screen.signed("wang")
    for origin in ("http://evil.example", None):
        with pytest.raises(WebSocketDisconnect) as closed, connect(client, "/screen/feed", origin):
            pass
        assert closed.value.code == 1008


@pytest.mark.parametrize(
    ("account", "verb", "made", "status"),
    [
        ("zhang", "acknowledge", HERE, 202),
        ("zhang", "acknowledge", THERE, 403),
        ("wang", "acknowledge", THERE, 202),
        ("wang", "suppress", HERE, 403),
        ("sun", "suppress", HERE, 202),
        ("li", "acknowledge", HERE, 403),
        ("li", "comment", HERE, 202),
        ("zhao", "comment", HERE, 202),
        ("zhao", "acknowledge", HERE, 403),
        ("hall", "comment", HERE, 403),
    ],
)
def test_each_act_is_checked_where_it_is_made(screen: Screen, account: str, verb: str, made: Any, status: int) -> None:
    """By role, department and district; what is refused says why and is not written; what is taken carries its person."""
    lasts = {"lasts": "1h"} if verb == "suppress" else {}
    answered = act(screen.signed(account), made, verb, **lasts)
    assert answered.status_code == status, answered.text
    if status == 403:
        assert screen.log.written == []
        assert re.search("may not|is in district", answered.json()["error"])
        return
    ((_, _, command, *_),) = screen.log.written
    person = next(each for each in screen.people if each.id == account)
    assert command.actor == person.person.actor
    assert (command.actor.id, command.actor.name, command.actor.role) == (account, person.name, person.role)
    assert command.actor.department == ("zz-ee" if account == "zhang" else "")


@pytest.mark.parametrize(("account", "status"), [("zhang", 403), ("wang", 202), ("li", 202), ("zhao", 403), ("hall", 403)])
def test_merge_and_shifts_are_checked_too(screen: Screen, account: str, status: int) -> None:
    """A merge with another district's incident, a note of another department, a takeover of one."""
    client = screen.signed(account)
    move = {"incident": incident(HERE).id, "verb": "merge", "reason": "一回事", "others": [incident(THERE).id]}
    assert client.post("/screen/regroup", json=move, headers=OURS).status_code == status
    note = {"department": "zz-amr", "note": "交班", "key": "b" * 32}
    assert client.post("/screen/handover", json=note, headers=OURS).status_code == status
    taking = {"handover": screen.note, "note": "接班", "key": "c" * 32}
    assert client.post("/screen/takeover", json=taking, headers=OURS).status_code == status
    assert len(screen.log.written) == (3 if status == 202 else 0)


def test_a_page_that_is_not_theirs_says_so(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address answers 403 with a page of ours; for who may see it, it is the page."""
    lab = Page("lab", "试验", "Lab", "suppress")
    monkeypatch.setattr("screen.access.authentication.PAGES", (*PAGES, lab))
    refused = screen.signed("wang").get("/lab")
    assert refused.status_code == 403
    assert "/screen/static/signin/signin.js" in refused.text
    assert screen.signed("sun").get("/lab").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/signin", 200),
        ("/", 303),
        ("/screen/who", 401),
        ("/screen/static/common/dom.js", 200),
        ("/screen/static/common/no.js", 404),
        ("/screen/texts", 200),
    ],
)
def test_every_answer_carries_the_policy(screen: Screen, path: str, status: int) -> None:
    """Pages, files, redirects, refusals and what is not there."""
    answered = screen.client().get(path, headers={"accept": "text/html"})
    if path == "/screen/who":
        answered = screen.client().get(path)
    assert answered.status_code == status
    assert {name: answered.headers.get(name) for name in POLICIES} == POLICIES


def test_a_failure_carries_the_policy_and_tells_nothing(screen: Screen) -> None:
    """An exception of ours is 500 with the policy and without its words; another host name is 421 with the policy."""
    failed = screen.signed("wang").get("/fails")
    assert failed.status_code == 500
    assert {name: failed.headers.get(name) for name in POLICIES} == POLICIES
    assert "a bug" not in failed.text
    other = screen.client().get("/signin", headers={"host": "evil.example"})
    assert other.status_code == 421
    assert {name: other.headers.get(name) for name in POLICIES} == POLICIES


def test_the_policy_lets_nothing_in_or_out() -> None:
    """No source beyond this server but data and blobs, one inline script, no eval, no plugin, no foreign frame or form."""
    policy = dict(part.split(" ", 1) for part in POLICIES["content-security-policy"].split("; "))
    assert set(policy["default-src"].split()) == {"'self'"}
    allowed = {"'self'", "'none'", "data:", "blob:", "'wasm-unsafe-eval'", "'unsafe-inline'", SCRIPT_HASH}
    assert {source for sources in policy.values() for source in sources.split()} == allowed
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["object-src"] == "'none'"
    assert {"base-uri", "form-action", "frame-ancestors"} <= set(policy)


@pytest.mark.parametrize(
    ("name", "asked", "status"),
    [
        ("Screen.Example", "screen.example", 200),
        ("Screen.Example", "127.0.0.1:8501", 200),
        ("Screen.Example", "evil.example", 421),
        ("Screen.Example", "[", 421),
        ("", "any.example", 421),
        ("", "192.168.1.7:8501", 421),
        ("", "localhost", 200),
        ("", "", 421),
    ],
)
def test_the_screen_has_a_name(name: str, asked: str, status: int) -> None:
    """A screen answers to its name, where it has one, to loopback and to no other."""
    app = Policy(HTMLResponse("<p>"), name=name)
    assert TestClient(app).get("/", headers={"host": asked}).status_code == status


@pytest.mark.parametrize(
    ("address", "within"),
    [
        ("/", True),
        ("/desk?lang=en&a=%2F", True),
        ("", False),
        ("desk", False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("/.//evil.example", False),
        ("/..//evil.example", False),
        ("/%2e//evil.example", False),
        ("/%2E%2e//evil.example", False),
        ("/./\\evil.example", False),
        ("/desk/..//evil.example", False),
        ("/desk//evil.example", False),
        ("/\t/evil.example", False),
        ("/\n/evil.example", False),
        ("/%09/evil.example", False),
        ("/@evil.example", False),
        ("/desk#//evil.example", False),
        ("/ /evil.example", False),
        ("\u2215/evil.example", False),
        ("javascript:alert(1)", False),
        ("/desk/", True),
        ("/?next=//evil.example", True),
        ("https://evil.example", False),
        ("/a\r\nset-cookie: x=1", False),
    ],
)
def test_after_signing_in_somebody_stays_within_the_screen(screen: Screen, address: str, within: bool) -> None:
    """One rule for `next` in the page's address, in the provider's cookie, and for the address that somebody came to."""
    assert local_path(address) == (address if within else "")
    client = screen.client()
    page = client.get("/signin", params={"lang": "en", "next": address})
    assert (page.status_code, page.headers.get("location")) == ((200, None) if within else (303, "/signin?lang=en"))
    away = client.get("/signin/oidc", params={"next": address})
    assert unquote(client.cookies[NEXT].strip('"')) == (address if within else "/"), away.headers


@pytest.mark.parametrize("asked", ["//evil.example/", "/.//evil.example", "/%2e//evil.example", "/desk/..//evil.example"])
def test_who_came_to_a_strange_address_goes_to_the_first_page(screen: Screen, asked: str) -> None:
    """The way back that a stranger's own address gives is under the same rule."""
    client = screen.client()
    found = client.get(httpx.URL(HOST).copy_with(raw_path=asked.encode()), headers={"accept": "text/html"})
    assert found.headers["location"] == "/signin?next=%2F"


def test_the_session_is_kept_by_its_person_alone(screen: Screen) -> None:
    """A page that asks and an open websocket keep nothing awake; an act or a word that somebody is there does."""
    client = screen.signed("wang")
    token = client.cookies[COOKIE]
    began = time.time()
    screen.sessions._base.execute("update session set seen = ?", (began - 1700,))
    client.get("/screen/who")
    assert screen.sessions.of(token, began + 200) is None
    assert client.post("/screen/here", json={}, headers=OURS).status_code == 204
    assert screen.sessions.of(token, began + 200)
    assert screen.sessions.held(token_hash(token), began + 1900) is None
