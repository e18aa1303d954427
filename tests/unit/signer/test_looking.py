"""Looking at a sealed text by HTTP, with signer and keeper behind it: on record first; where something is amiss, nothing."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import json, to_builtins
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from screen.access.accounts import Account, token_hash, write
from screen.access.authentication import COOKIE, Authentication
from screen.access.declared_routes import acts_of
from screen.access.request_guard import RequestGuard
from screen.access.signin import SignIn
from screen.acts.looks import Looks
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from screen.signer.client import SignerEntrance
from screen.signer.sealing import by_keeper
from screen.signer.wire import LookAt, SignAct
from screen.web.json_response import RefusedError
from streams.keeper.acts import Look
from streams.keeper.client import KeeperClient
from streams.keeper.server import KeeperServer, peers_of
from streams.messages import Act, Actor, Place, Sealed, decode_event
from tests.support.keeper.kept import Kept, MemoryLog, forget, kinds
from tests.support.signer.room import HASH, PEOPLE, PHRASE, RunningSigner, SigningRoom
from tests.support.signing import BEGIN, ENVIRONMENT
from tests.support.town import alert

HOST = "http://127.0.0.1:8501"
OURS = {"origin": HOST, "content-type": "application/json", "x-onescreen": "act"}
HERE = alert("t", 1, BEGIN, verbs=("acknowledge",), subject="站-001")
OTHER = alert("t", 2, BEGIN, verbs=("acknowledge",), subject="站-001")
TEXT = "当事人要求保密，已电话回访"
PLACE = json.Decoder(Place)
GRACE = 72 * 3_600_000
MORE = (
    Account("wu", "吴分析", "analyst", hash=HASH),
    Account("far", "远处", "supervisor", ("zz-amr",), hash=HASH),
    Account("away", "外区", "supervisor", districts=("420100",), hash=HASH),
)


class LookedAt:
    """A screen of an opened log whose signer has people's texts sealed, with one act on an alert in the log."""

    def __init__(self, folder: Path) -> None:
        self.log = MemoryLog()
        self.kept = Kept(folder, self.log)
        self.keeper = KeeperServer(folder / "socket", self.kept.keeper, self.kept.forgetting, "t", peers_of("", os.geteuid()))
        client = KeeperClient(folder / "socket")
        self.signer = RunningSigner(folder, room=SigningRoom(folder, by_keeper(client), keeper=client))
        self.room = self.signer.room
        write(self.room.file, (*PEOPLE, *MORE))
        hub, entrance = Hub(), SignerEntrance(self.signer.client)
        hub.view = fold(View(), [HERE, OTHER])
        routes = [*SignIn(entrance, None).table(), *Looks(hub, self.signer.client).table()]
        layers = [
            Middleware(Authentication, local=None, entrance=entrance, provider=None),
            Middleware(RequestGuard, acts=acts_of(routes)),
        ]
        self.browser = TestClient(Starlette(routes=routes, middleware=layers), HOST)
        act = Act(alert=HERE.id, occurrence=1, actor=Actor(id="zhang", role="supervisor"), reason=TEXT)
        asked = SignAct(
            session=self.room.session("zhang"),
            verb="acknowledge",
            act=act,
            key="0f" * 16,
            now=BEGIN,
            to=ENVIRONMENT,
            subject=HERE.subject,
            region=HERE.adcode,
        )
        self.place = self.signer.client.ask(asked, PLACE)
        self.event = decode_event(self.room.log.written[0][2])
        self.reference = json.decode(self.event.data, type=Act).reason

    def signed_in(self, account: str) -> None:
        """Sign in anew."""
        self.browser.cookies.clear()
        assert self.browser.post("/signin", json={"account": account, "password": PHRASE}, headers=OURS).status_code == 204

    def look(self, **changes: Any) -> httpx.Response:
        """What the desk sends for the act's reason."""
        given = {"alert": HERE.id, "place": self.place, "path": "reason", "reference": self.reference, "purpose": "handling"}
        answer: httpx.Response = self.browser.post("/screen/look", json=to_builtins(given | changes), headers=OURS)
        return answer

    def recorded(self) -> list[tuple[str, Look]]:
        """Family and data of each look on record."""
        events = [decode_event(value) for value in self.log.values("looks")]
        return [(event.subject, json.decode(event.data, type=Look)) for event in events]

    def close(self) -> None:
        """End all of it."""
        self.signer.close()
        self.keeper.close()
        self.kept.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[LookedAt]:
    """A screen where somebody has acted."""
    made = LookedAt(tmp_path)
    yield made
    made.close()


def test_a_text_is_shown_once_its_look_is_on_record(screen: LookedAt) -> None:
    """The log has a reference alone, the answer the text, and is not kept; who looked, why and at what stands in `looks`."""
    assert isinstance(screen.reference, Sealed)
    screen.signed_in("li")
    answer = screen.look(purpose="review")
    assert (answer.status_code, answer.json()) == (200, {"state": "open", "shown": {"zh": TEXT, "en": TEXT}})
    assert answer.headers["cache-control"] == "no-store"
    ((family, look),) = screen.recorded()
    assert family == f"events.environment/{HERE.subject}"
    assert (look.who, look.purpose) == (Actor(id="li", role="dispatcher"), "review")
    assert (look.type, look.id, look.path) == ("command.acknowledge", screen.event.id, "reason")
    assert (look.kid, look.digest) == (screen.reference.kid, screen.reference.digest)
    session = screen.room.sessions.of(screen.browser.cookies[COOKIE], time.time())
    assert session is not None
    assert look.authn.session == session.id
    written = b"".join([*(value for *_, value in screen.room.log.written), *screen.log.values("looks")])
    assert TEXT.encode() not in written
    assert not any(TEXT in line for line in screen.signer.said)


@pytest.mark.parametrize("account", ["hall", "wu", "far", "away"])
def test_without_the_right_nothing_is_opened(screen: LookedAt, account: str) -> None:
    """A viewer, an analyst, another department's or district's supervisor: 403, and the keeper is not asked."""
    screen.signed_in(account)
    assert screen.look().status_code == 403
    assert screen.recorded() == []
    assert not screen.kept.keeper.counts["looks open"]


def test_the_signer_looks_at_the_right_itself(screen: LookedAt) -> None:
    """What the web process would let through the signer refuses: by the session's role, department, and the act's district."""
    for account in ("hall", "wu", "far", "away"):
        asked = LookAt(
            session=screen.room.session(account),
            place=screen.place,
            path="reason",
            reference=screen.reference,  # type: ignore[arg-type]  # it is sealed
            purpose="handling",
            alert=HERE.id,
            subject=HERE.subject,
            department=HERE.department.id,
        )
        with pytest.raises(RefusedError) as refused:
            screen.signer.client.ask(asked, json.Decoder(object))
        assert refused.value.status == 403
    assert screen.signer.refusals.counts == {"right": 4}
    assert screen.recorded() == []


def test_a_dead_session_opens_nothing(screen: LookedAt) -> None:
    """Nobody, and a session that ended in the signer while the web process still believes it: 401."""
    assert screen.look().status_code == 401
    screen.signed_in("li")
    assert screen.look().status_code == 200
    screen.room.sessions.end(token_hash(screen.browser.cookies[COOKIE]))
    assert screen.look().status_code == 401
    assert screen.signer.refusals.counts == {"session": 1}
    assert len(screen.recorded()) == 1


AWAY: dict[str, Callable[[LookedAt], object]] = {
    "Kafka, of the keeper": lambda screen: setattr(screen.log, "away", True),
    "Kafka, of the signer": lambda screen: setattr(screen.room.log, "away", True),
    "the keeper": lambda screen: screen.kept.folder.joinpath("socket").unlink(),
    "no keeper": lambda screen: setattr(screen.room.looking, "_keeper", None),
    "the signer": lambda screen: screen.signer.stop(),
}


@pytest.mark.parametrize("part", AWAY)
def test_nothing_is_opened_where_a_part_is_away(screen: LookedAt, part: str) -> None:
    """503 with a sentence that says so and no word of the text; nothing is on record."""
    screen.signed_in("li")
    AWAY[part](screen)
    answer = screen.look()
    assert answer.status_code == 503
    assert answer.json()["error"].startswith(("nothing is opened: ", "the signer does not run, so nothing was done"))
    assert TEXT not in answer.text
    assert screen.recorded() == []


def test_a_reference_opens_where_it_stands_alone(screen: LookedAt) -> None:
    """Another alert of the subject, path, reference, place, topic: refused before the keeper is asked."""
    screen.signed_in("li")
    assert isinstance(screen.reference, Sealed)
    moved = {
        "alert": ({"alert": OTHER.id}, 409),
        "no alert": ({"alert": "f" * 32}, 404),
        "path": ({"path": "permit"}, 409),
        "no path": ({"path": "actor"}, 422),
        "reference": ({"reference": replace(screen.reference, digest="0" * 64)}, 409),
        "purpose": ({"purpose": "curiosity"}, 422),
        "offset": ({"place": replace(screen.place, offset=99)}, 410),
        "topic": ({"place": replace(screen.place, topic="t.handovers")}, 410),
        "log": ({"place": replace(screen.place, topic="live.events.environment")}, 410),
    }
    for what, (changes, status) in moved.items():
        assert screen.look(**changes).status_code == status, what
    assert screen.recorded() == []
    assert not any(name.startswith("looks") for name in screen.kept.keeper.counts)


def test_a_record_that_is_no_act_opens_nothing(screen: LookedAt) -> None:
    """Bytes that anybody wrote at the place: 409."""
    screen.signed_in("li")
    for value in (b"", b"{", b"[]", b'{"specversion":"1.0","id":"1","source":"s","type":"t","time":"x","data":[1]}'):
        screen.room.log.written[0] = ("t.events.environment", "站-001", value)
        assert screen.look().status_code == 409
    assert screen.recorded() == []


def test_a_log_that_was_never_opened_has_nothing_sealed(screen: LookedAt) -> None:
    """There is no signer to ask: 409."""
    screen.signed_in("li")
    hub = Hub()
    hub.view = fold(View(), [HERE])
    looks = Looks(hub, None)
    screen.browser.app.routes[:] = [*screen.browser.app.routes[:-1], *looks.table()]  # type: ignore[attr-defined]
    assert screen.look().status_code == 409


def test_what_stands_in_a_texts_place_is_never_mixed(screen: LookedAt) -> None:
    """Deleted by an order, sealed in another family, lost: three words, each with a state, none of them the text."""
    screen.signed_in("li")
    assert isinstance(screen.reference, Sealed)
    screen.log.write("sealed", screen.reference.digest, None)
    assert screen.look().json() == {"state": "unavailable", "shown": {"zh": "不可用", "en": "not available"}}
    screen.log.write("forgets", *forget())
    screen.kept.work()
    screen.log.tick = BEGIN + GRACE
    screen.kept.work()
    assert "personal.destroyed" in kinds(screen.log, "forgets")
    assert screen.look().json() == {"state": "deleted", "shown": {"zh": "依法已删除", "en": "deleted as the law provides"}}
    assert screen.recorded() == []


def test_a_sealed_answer_is_told_as_one(screen: LookedAt) -> None:
    """A text of a class that is not for the role stays sealed: 已封存, as it is for whoever may not look."""
    screen.signed_in("li")
    asked = by_class(screen, "sensitive")
    assert screen.look(reference=asked).json() == {"state": "sealed", "shown": {"zh": "已封存", "en": "sealed"}}
    screen.signed_in("zhang")
    assert screen.look(reference=asked).json()["state"] == "open"
    assert [look.who.id for _, look in screen.recorded()] == ["zhang"]


def by_class(screen: LookedAt, class_: str) -> Sealed:
    """The reference to the act's text under a key of another class, put into the act."""
    family = f"events.environment/{HERE.subject}"
    reference = screen.kept.seal(TEXT, party="office", class_=class_, family=family, type=screen.event.type, id=screen.event.id)
    topic, key, value = screen.room.log.written[0]
    assert isinstance(screen.reference, Sealed)
    changed = value
    for old, new in ((screen.reference.kid, reference.kid), (screen.reference.digest, reference.digest)):
        changed = changed.replace(old.encode(), new.encode())
    screen.room.log.written[0] = (topic, key, changed)
    return reference
