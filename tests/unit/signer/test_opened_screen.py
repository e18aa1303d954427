"""The screen of an opened log: signing in, acting and looking by HTTP, with the signer behind it and without."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from msgspec import json
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access.authentication import Authentication
from screen.access.declared_routes import acts_of
from screen.access.request_guard import RequestGuard
from screen.access.signin import SignIn
from screen.acts.routes import Acts
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from screen.signer.client import SignedCommands, SignerEntrance
from screen.web.routes import Routes
from streams.messages import Act
from streams.signing.envelope import claim
from tests.support.application import application
from tests.support.signer.room import PEOPLE, PHRASE, RunningSigner
from tests.support.signing import BEGIN, SignedPartition
from tests.support.town import alert

HOST = "http://127.0.0.1:8501"
OURS = {"origin": HOST, "content-type": "application/json", "x-onescreen": "act"}
HERE = alert("t", 1, BEGIN, verbs=("acknowledge", "suppress"))


class OpenedScreen:
    """Routes and middleware of the screen, of which nothing knows accounts, sessions or Kafka but the signer."""

    def __init__(self, folder: Path) -> None:
        self.signer = RunningSigner(folder)
        entrance, hub = SignerEntrance(self.signer.client), Hub()
        hub.view = fold(View(), [HERE])
        routes = [
            *SignIn(entrance, None).table(),
            *Routes(hub, "t", entrance).table(),
            *Acts(hub, SignedCommands(self.signer.client), "t").table(),
        ]
        layers = [
            Middleware(Authentication, local=None, entrance=entrance, provider=None),
            Middleware(RequestGuard, acts=acts_of(routes)),
        ]
        self.client = TestClient(Starlette(routes=routes, middleware=layers), HOST)

    def post(self, path: str, **body: object) -> httpx.Response:
        """What a page of ours sends."""
        return self.client.post(path, json=body, headers=OURS)

    def act(self, verb: str = "acknowledge") -> httpx.Response:
        """A new press on the alert."""
        press = {"alert": HERE.id, "occurrence": 1, "verb": verb, "reason": "已派人", "key": os.urandom(16).hex()}
        return self.post("/screen/act", **press)

    def signed_in(self, account: str) -> int:
        """The status of an attempt with the account's password."""
        return self.post("/signin", account=account, password=PHRASE).status_code


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[OpenedScreen]:
    """A screen of an opened log."""
    made = OpenedScreen(tmp_path)
    yield made
    made.signer.close()


def test_a_press_goes_through_the_signer_and_is_taken(screen: OpenedScreen) -> None:
    """Signed in by the signer, acted by HTTP: 202 with the place, and the record is one that whoever judges takes."""
    assert screen.act().status_code == 401
    assert screen.post("/signin", account="li", password="x" * 12).status_code == 401
    assert screen.signed_in("sun") == 204
    answer = screen.act()
    assert answer.status_code == 202
    room = screen.signer.room
    topic, key, value = room.log.written[0]
    assert answer.json() == {"topic": topic, "partition": 0, "offset": 0}
    assert json.decode(claim(value).envelope.data, type=Act).actor.id == "sun"
    partition = SignedPartition()
    partition.now = None  # the log has no tick, so the press bears the machine's time
    partition.take_all([room.roots.opened, room.adopted])
    assert partition.take(value, key.encode()).reason is None


def test_the_desk_is_told_why_nothing_is_signed(screen: OpenedScreen) -> None:
    """The role's right is refused before the signer is asked; the admin's verbs say that they need two."""
    screen.signed_in("hall")
    assert screen.act().status_code == 403
    assert not screen.signer.refusals.counts
    screen.signed_in("sun")
    answer = screen.act("suppress")
    assert answer.status_code == 428
    assert "suppress needs a second signature" in answer.json()["error"]
    assert screen.signer.refusals.counts == {"second": 1}
    assert screen.signer.room.log.written == []


def test_without_the_signer_nothing_is_done(screen: OpenedScreen) -> None:
    """An act is answered 503 with what to do; who was signed in goes on looking; nobody comes in."""
    screen.signed_in("sun")
    assert screen.act().status_code == 202
    screen.signer.stop()
    answer = screen.act()
    assert answer.status_code == 503
    assert "start python -m screen signer --log t" in answer.json()["error"]
    assert screen.client.get("/screen/who").json()["id"] == "sun"
    assert len(screen.signer.room.log.written) == 1
    screen.client.cookies.clear()
    assert screen.signed_in("li") == 503


def test_after_signing_out_nothing_is_signed(screen: OpenedScreen) -> None:
    """The session ends in the signer: its cookie is worth nothing, for a look or an act."""
    screen.signed_in("sun")
    cookies = dict(screen.client.cookies)
    assert screen.post("/signout").status_code == 200
    screen.client.cookies.update(cookies)
    assert screen.act().status_code == 401
    assert screen.client.get("/screen/who").status_code == 401


def test_names_are_those_of_the_accounts(screen: OpenedScreen) -> None:
    """A signed log has none: who works here is told the accounts' own, a hall's screen and a stranger nothing."""
    assert "names" not in screen.client.get("/screen/texts").json()
    screen.signed_in("hall")
    assert "names" not in screen.client.get("/screen/texts").json()
    screen.client.cookies.clear()
    screen.signed_in("sun")
    assert screen.client.get("/screen/texts").json()["names"] == {account.id: account.name for account in PEOPLE}


def test_the_web_process_of_an_opened_log_has_no_sessions(tmp_path: Path) -> None:
    """It makes no file and lets nobody in as the local supervisor, whether or not the signer runs."""
    (tmp_path / "trust" / "t").mkdir(parents=True)
    (tmp_path / "trust" / "t" / "log.id").write_text("ab" * 32)
    client = TestClient(application(tmp_path), HOST, follow_redirects=False)
    assert client.get("/screen/who").status_code == 401
    client.cookies.set("onescreen_session", "x" * 43)
    assert client.get("/screen/who").status_code == 503
    assert [path.name for path in tmp_path.iterdir()] == ["trust"]
