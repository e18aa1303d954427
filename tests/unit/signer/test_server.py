"""The signer's socket before a web process that was taken over: what it asks for is refused and told, the signer lives on."""

import asyncio
import os
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from screen.access.accounts import token_hash
from screen.access.sessions import Session
from screen.signer import server as server_module
from screen.signer.client import SignedCommands, SignerAwayError, SignerEntrance
from screen.signer.refusals import Refusals
from screen.signer.server import GUESSES, MOST_OPEN, listen
from screen.signer.wire import LENGTH, MOST, Held, Known, Password, Reply, SignAct, framed
from screen.web.json_response import RefusedError
from streams.command import Trouble
from streams.messages import Act, Actor, Place
from streams.signing.envelope import claim
from tests.support.signer.room import PHRASE, RunningSigner
from tests.support.signing import BEGIN, ENVIRONMENT
from tests.support.town import alert

KEY = "0f" * 16
WRONG = "wrong-wrong-wrong"
ANY: json.Decoder[Any] = json.Decoder(object)
PLACE = json.Decoder(Place)


class Socket(RunningSigner):
    """A signer, and bytes that no client of ours sends."""

    def raw(self, sent: bytes, *, end: bool = True) -> bytes:
        """What it answers to some bytes; `end`: nothing more is sent."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(10)
            line.connect(str(self.path))
            line.sendall(sent)
            if end:
                line.shutdown(socket.SHUT_WR)
            found = b""
            while part := line.recv(65_536):
                found += part
            return found

    def status(self, sent: bytes, *, end: bool = True) -> int:
        """The status of its answer to some bytes."""
        return json.decode(self.raw(sent, end=end)[LENGTH.size :], type=Reply).status

    def lives(self) -> bool:
        """Whether it still signs."""
        place = self.client.ask(press(self.room.session("zhang"), key=os.urandom(16).hex()), PLACE)
        return place.topic == "t.events.environment"


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[Socket]:
    """A signer that runs."""
    made = Socket(tmp_path)
    yield made
    made.close()


def press(session: str, **changes: Any) -> SignAct:
    """A question to sign an acknowledgement."""
    act = Act(alert="a1", occurrence=1, actor=Actor(id="zhang", role="supervisor"), reason="已派人")
    given = {"session": session, "verb": "acknowledge", "act": act, "key": KEY, "now": BEGIN, "to": ENVIRONMENT}
    return SignAct(**(given | {"subject": "站-1", "region": "410102"} | changes))


def test_a_taken_over_web_process_gets_nothing_beyond_who_is_signed_in(signer: Socket) -> None:
    """Another account, an ended session, a hash for a session, an admin's verb: refused, told, and nothing is in the log."""
    token = signer.room.session("zhang")
    ended, admin = signer.room.session("zhang"), signer.room.session("sun")
    signer.room.sessions.end(token_hash(ended))
    boss = Act(alert="a1", occurrence=1, actor=Actor(id="sun", role="admin"), reason="x", lasts="8h")
    asked = {
        "actor": press(token, act=boss),
        "session": press(ended),
        "right": press(token, verb="suppress"),
        "second": press(admin, verb="suppress", act=boss),
    }
    for kind, question in asked.items():
        with pytest.raises(RefusedError):
            signer.client.ask(question, PLACE)
        assert signer.refusals.counts[kind] == 1
        assert any(line.startswith(f"refused ({kind}, 1 so far)") for line in signer.said)
    with pytest.raises(RefusedError):
        signer.client.ask(press(token_hash(token)), PLACE)
    assert signer.room.log.written == []
    told = "\n".join(signer.said)
    assert not any(secret in told for secret in (token, token_hash(token), ended, admin, PHRASE))
    assert signer.lives()


def test_no_session_is_made_without_a_password(signer: Socket) -> None:
    """There is no question that begins a session but by a password, a wall's token or a provider's answer that holds."""
    assert signer.client.ask(Password(account="sun", password=WRONG), ANY) is None
    with pytest.raises(RefusedError):
        signer.client.ask(press("x" * 43), PLACE)
    assert signer.client.ask(Held(hashed="0" * 64), ANY) is None


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        (b"", 400, "malformed"),
        (b"\x00\x00", 400, "malformed"),
        (LENGTH.pack(10) + b"{}", 400, "malformed"),
        (LENGTH.pack(2) + b"{}", 400, "malformed"),
        (LENGTH.pack(4) + b"\xff\xfe\x00\x01", 400, "malformed"),
        (LENGTH.pack(20_000) + b"[" * 20_000, 400, "malformed"),
        (framed({"what": "sign-anything", "bytes": "x"}), 400, "malformed"),
        (framed({"what": "held", "hashed": "x", "more": 1}), 400, "malformed"),
        (framed({"what": "held", "hashed": "x" * 201}), 400, "malformed"),
        (LENGTH.pack(MOST + 1) + b"x" * (MOST + 1), 413, "too-big"),
        (LENGTH.pack(2**32 - 1), 413, "too-big"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 413, "too-big"),
    ],
)
def test_garbage_is_refused(signer: Socket, sent: bytes, status: int, kind: str) -> None:
    """What is no question is answered so, told without a byte of it, and changes nothing."""
    assert signer.status(sent) == status
    assert signer.refusals.counts[kind] == 1
    assert signer.lives()


def test_half_a_question_does_not_hold_the_signer_up(signer: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused after a bound; meanwhile others are answered."""
    monkeypatch.setattr(server_module, "WITHIN", 0.2)
    with socket.socket(socket.AF_UNIX) as hanging:
        hanging.connect(str(signer.path))
        hanging.sendall(LENGTH.pack(100) + b"{")
        assert signer.lives()
        hanging.settimeout(10)
        assert json.decode(hanging.recv(1_000)[LENGTH.size :], type=Reply).status == 408
    assert signer.refusals.counts["slow"] == 1


def test_a_crowd_is_turned_away(signer: Socket) -> None:
    """Beyond so many connections at one time further ones are closed unread; when they go, it answers again."""
    crowd = []
    for _ in range(MOST_OPEN):
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(signer.path))
        crowd.append(line)
    until = time.monotonic() + 5
    while signer._server._open < MOST_OPEN and time.monotonic() < until:
        time.sleep(0.01)
    with pytest.raises(SignerAwayError):
        signer.client.ask(Known(account="zhang"), ANY)
    for line in crowd:
        line.close()
    while signer._server._open and time.monotonic() < until:
        time.sleep(0.01)
    assert signer.lives()


def test_a_foreign_process_is_not_answered(tmp_path: Path) -> None:
    """The kernel says whose process asks; where that user may not, the connection is closed unread, and it is told."""
    foreign = Socket(tmp_path, peers=(os.geteuid() + 1,))
    with pytest.raises(SignerAwayError, match="closed the connection"):
        foreign.client.ask(press(foreign.room.session("zhang")), PLACE)
    assert foreign.refusals.counts["peer"] == 1
    assert foreign.room.log.written == []
    assert stat.S_IMODE(foreign.path.stat().st_mode) == 0o660, "else that user could not reach it at all"
    foreign.close()


def test_the_socket_is_the_owners_alone(signer: Socket) -> None:
    """Where no other user may ask, the file system says so too; a path that cannot be used is said."""
    assert stat.S_IMODE(signer.path.stat().st_mode) == 0o600
    with pytest.raises(Trouble, match="ONESCREEN_SIGNER"):
        listen(signer.path.parent / ("x" * 200), (os.geteuid(),))


def test_a_fault_of_the_signer_ends_one_question_alone(signer: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers 500 without what is wrong, tells the error's type, and goes on."""
    monkeypatch.setattr(signer.room.accounts, "of", lambda _name: 1 / 0)
    with pytest.raises(RefusedError) as failed:
        signer.client.ask(Known(account="zhang"), ANY)
    assert failed.value.status == 500
    monkeypatch.undo()
    assert signer.said == ["refused (fault, 1 so far): a fault of the signer's own: ZeroDivisionError"]
    assert signer.lives()


def test_passwords_are_not_guessed_here(signer: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """A web process that has no limits any more meets the signer's own: so many an hour and account."""
    monkeypatch.setattr(server_module, "GUESSES", 3)
    for _ in range(3):
        assert signer.client.ask(Password(account="sun", password=WRONG), ANY) is None
    with pytest.raises(RefusedError) as waiting:
        signer.client.ask(Password(account="sun", password=PHRASE), ANY)
    assert waiting.value.status == 429
    assert signer.client.ask(Password(account="zhang", password=PHRASE), ANY)
    assert GUESSES == 600


def test_refusals_are_told_at_powers_of_two() -> None:
    """A flood of them writes few lines, each with how many there were."""
    said: list[str] = []
    refusals = Refusals(said.append)
    for _ in range(1_000):
        refusals.note("session", "ended")
    assert refusals.counts["session"] == 1_000
    assert len(said) == 10
    assert said[-1] == "refused (session, 512 so far): ended"


def test_the_web_process_writes_by_the_signer_alone(signer: Socket) -> None:
    """`Commands` of an opened log: the act of a person on an alert stands in the log as the signer says; without it, 503."""
    commands, token = SignedCommands(signer.client), signer.room.session("zhang")
    standing = alert("t", 1, BEGIN)
    act = Act(alert=standing.id, occurrence=1, actor=Actor(id="zhang", name="张值班", role="supervisor"), reason="已派人")
    place = commands.act(standing, "acknowledge", act, KEY, BEGIN, token)
    topic, key, value = signer.room.log.written[0]
    assert (place.topic, key) == (topic, standing.subject)
    assert json.decode(claim(value).envelope.data, type=Act).actor == Actor(id="zhang", role="supervisor", department="zz-ee")
    signer.stop()
    with pytest.raises(SignerAwayError, match="start python -m screen signer --log t") as away:
        commands.act(standing, "acknowledge", act, "1f" * 16, BEGIN, token)
    assert away.value.status == 503
    assert len(signer.room.log.written) == 1


def test_who_is_signed_in_goes_on_looking_while_the_signer_is_away(signer: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that was known holds; one that was not, and a sign-in, are refused; what has ended has ended at once."""
    monkeypatch.setattr("screen.signer.client.AGAIN", 0.0)
    entrance, hashed = SignerEntrance(signer.client), token_hash(signer.room.session("zhang"))

    async def before() -> Session | None:
        left = token_hash(signer.room.session("li"))
        assert await entrance.held(left)
        await entrance.end(left)
        assert await entrance.held(left) is None
        assert await entrance.knows("zhang")
        assert not await entrance.knows("nobody")
        assert await entrance.device_key() == signer.room.sessions.device_key
        assert (await entrance.names())["zhang"] == "张值班"
        entered = await entrance.by_password("zhang", PHRASE)
        assert entered
        assert await entrance.by_password("zhang", "wrong-wrong-wrong") is None
        assert await entrance.by_wall("w" * 43) is None
        return await entrance.held(hashed)

    async def after() -> None:
        assert await entrance.held(hashed) == known
        await entrance.active(hashed)
        assert (await entrance.names())["zhang"] == "张值班"
        with pytest.raises(SignerAwayError):
            await entrance.held("0" * 64)
        with pytest.raises(SignerAwayError):
            await entrance.by_password("zhang", PHRASE)

    known = asyncio.run(before())
    assert known
    assert known.person.name == "张值班"
    signer.stop()
    asyncio.run(after())
