"""The web process's side of the signer's socket: who is signed in, and what people do, are asked there."""

import base64
import socket
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

from msgspec import Raw
from msgspec.json import Decoder
from starlette.concurrency import run_in_threadpool

from screen.access.oidc import NotLetInError
from screen.access.sessions import Session
from screen.acts.commands import NotAcceptedError, Noted, Places, check_file, command_id, order_id
from screen.acts.order_about import UNKNOWN, About
from screen.acts.order_press import OrderPress
from screen.signer.entrance import Entered
from screen.signer.wire import (
    LENGTH,
    PATIENCE,
    Active,
    DeviceKey,
    End,
    Held,
    Known,
    Names,
    OpenOriginal,
    Password,
    ProviderAnswer,
    Question,
    Reply,
    SignAct,
    SignEntry,
    Signing,
    SignOrder,
    SignRecord,
    SignRegroup,
    WallToken,
    framed,
)
from screen.web.json_response import RefusedError
from streams.keeper.wire import Opened
from streams.messages import Act, Alert, Incident, Issue, JobCommand, Place, Regroup
from streams.messages.services.entry import EntryDecision, decision_name
from streams.originals.folder import pieces_of
from streams.originals.spool import PIECE

T = TypeVar("T")

AGAIN = 1.0
"""Seconds for which what the signer has said of a session, or of names, holds here."""

FILE_PATIENCE = 60.0
"""Seconds that a file may take on its way."""

QUICK = 2.0
"""Seconds within which the signer says whether a session holds."""

KEPT = 10_000
"""Sessions that are remembered, so that people go on looking while the signer starts again."""

_REPLY = Decoder(Reply)
_PLACE = Decoder(Place)
_OPENED = Decoder(Opened)
_LET_IN = Decoder(Entered)
_SESSION: Decoder[Session | None] = Decoder(Session | None)
_ENTERED: Decoder[Entered | None] = Decoder(Entered | None)
_NAMES, _TEXT, _BOOL = Decoder(dict[str, str]), Decoder(str), Decoder(bool)
_ANYTHING: Decoder[object] = Decoder(object)


class SignerAwayError(NotAcceptedError):
    """Nobody answers at the signer's socket, or not in time (503)."""


class SignerClient:
    """Asks the signer of one log over its socket, one connection a question. Blocking and thread-safe."""

    def __init__(self, path: Path, log: str) -> None:
        self._path, self._log = path, log

    def ask(self, question: Question, value: Decoder[T], patience: float = QUICK, file: IO[bytes] | None = None) -> T:
        """The signer's value; RefusedError with its own sentence, SignerAwayError where it does not answer.

        `file`: whose bytes follow the question.
        """
        return value.decode(self._asked(question, patience, file=file))

    def original(self, question: OpenOriginal, target: IO[bytes]) -> Opened:
        """Write an original into `target`, or say why it is not opened; as `ask`."""
        return _OPENED.decode(self._asked(question, FILE_PATIENCE, target=target))

    def _asked(
        self, question: Question, patience: float, file: IO[bytes] | None = None, target: IO[bytes] | None = None
    ) -> Raw:
        reply = self._exchanged(question, patience, file, target)
        if reply.status != 200:
            raise RefusedError(reply.status, reply.why)
        return reply.value

    def _exchanged(self, question: Question, patience: float, file: IO[bytes] | None, target: IO[bytes] | None) -> Reply:
        try:
            message = framed(question)
        except ValueError as error:
            raise RefusedError(413, f"it is too long to be signed: {error}") from None
        until = time.monotonic() + patience
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(patience)
            try:
                line.connect(str(self._path))
            except OSError as error:
                raise SignerAwayError(
                    f"the signer does not run, so nothing was done: start python -m screen signer --log {self._log} "
                    f"({error.strerror or error})"
                ) from None
            try:
                line.sendall(message)
                with suppress(BrokenPipeError, ConnectionResetError):  # it may refuse before it has all, and says why
                    for piece in pieces_of(file) if file is not None else ():
                        line.sendall(piece)
                return _replied(line, until, target)
            except TimeoutError:
                why = f"within {patience:g} s"
            except (OSError, EOFError):
                why = "but closed the connection: its log says why"
        raise SignerAwayError(f"the signer has not answered {why}; whether it was done, the log says")


def _replied(line: socket.socket, until: float, target: IO[bytes] | None) -> Reply:
    """The reply, once the file that follows it is in `target`."""
    (length,) = LENGTH.unpack(_received(line, LENGTH.size, until))
    reply = _REPLY.decode(_received(line, length, until))
    if target is not None and reply.status == 200:
        left = _OPENED.decode(reply.value).size
        while left:
            piece = _received(line, min(PIECE, left), until)
            target.write(piece)
            left -= len(piece)
    return reply


def _received(line: socket.socket, size: int, until: float) -> bytes:
    found = bytearray()
    while len(found) < size:
        line.settimeout(max(until - time.monotonic(), 0.001))
        part = line.recv(size - len(found))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


class SignedCommands:
    """`Commands` that the signer writes. This process has no way into the log."""

    def __init__(self, client: SignerClient) -> None:
        self._client = client
        self._places = Places()

    def place(self, name: str) -> Place | None:
        """As `Commands`."""
        return self._places.get(name)

    def act(self, alert: Alert, verb: str, act: Act, key: str, now: int, session: str) -> Place:
        """As `Commands`."""
        to = _to(alert.place)
        asked = SignAct(
            session=session, verb=verb, act=act, key=key, now=now, to=to, subject=alert.subject, region=alert.adcode
        )
        return self._places.keep(command_id(verb, act, key), self._sign(asked))

    def regroup(self, incident: Incident, verb: str, act: Regroup, now: int, session: str) -> Place:
        """As `Commands`."""
        return self._sign(SignRegroup(session=session, verb=verb, act=act, now=now, city=incident.city, rev=incident.rev))

    def record(self, _log: str, record: Noted, name: str, session: str) -> Place:
        """As `Commands`."""
        return self._places.keep(name, self._sign(SignRecord(session=session, record=record)))

    def decide(self, _log: str, decision: EntryDecision, region: str, session: str) -> Place:
        """As `Commands`; the signer reads the draft in the log."""
        asked = SignEntry(session=session, decision=decision, region=region)
        return self._places.keep(decision_name(decision), self._sign(asked))

    def job(self, _log: str, command: JobCommand, name: str, session: str) -> Place:
        """As `Commands`."""
        return self._places.keep(name, self._sign(SignRecord(session=session, record=command)))

    def order(
        self,
        _log: str,
        region: str,
        press: OrderPress,
        now: int,
        session: str,
        about: About = UNKNOWN,
        file: IO[bytes] | None = None,
    ) -> Place:
        """As `Commands`."""
        check_file(press, file)
        act, issue = (None, press.act) if isinstance(press.act, Issue) else (press.act, None)
        asked = SignOrder(
            session=session, verb=press.verb, act=act, issue=issue, key=press.key, now=now, region=region, about=about
        )
        place = self._client.ask(asked, _PLACE, FILE_PATIENCE if file else PATIENCE, file)
        return self._places.keep(order_id(press), place)

    def close(self) -> None:
        """As `Commands`: there is none to let go of."""

    def _sign(self, asked: Signing) -> Place:
        return self._client.ask(asked, _PLACE, PATIENCE)


class SignerEntrance:
    """An `Entrance` that asks the signer, in threads. What it has said of a session holds for AGAIN seconds here.

    While it is away, who was signed in goes on looking; acts and sign-ins are refused.
    """

    def __init__(self, client: SignerClient) -> None:
        self._client = client
        self._sessions: OrderedDict[str, tuple[float, Session]] = OrderedDict()
        self._names: tuple[float, dict[str, str]] = (0.0, {})
        self._key = b""

    @property
    def has_accounts(self) -> bool:
        """As an `Entrance`: who acts in an opened log has an account."""
        return True

    async def held(self, hashed: str) -> Session | None:
        """As an `Entrance`; SignerAwayError where it is away and this session was not known here."""
        now = time.monotonic()
        at, known = self._sessions.get(hashed, (0.0, None))
        if known is not None and now - at < AGAIN:
            return known
        try:
            found = await self._ask(Held(hashed=hashed), _SESSION)
        except SignerAwayError:
            if known is None or time.time() > known.ends:
                raise
            found = known
        self._sessions.pop(hashed, None)
        if found is not None:
            self._sessions[hashed] = (now, found)
            while len(self._sessions) > KEPT:
                self._sessions.popitem(last=False)
        return found

    async def active(self, hashed: str) -> None:
        """As an `Entrance`; nothing where the signer is away."""
        try:
            await self._ask(Active(hashed=hashed), _ANYTHING)
        except SignerAwayError:
            return

    async def end(self, hashed: str) -> None:
        """As an `Entrance`."""
        await self._ask(End(hashed=hashed), _ANYTHING)
        self._sessions.pop(hashed, None)

    async def by_password(self, account: str, password: str) -> Entered | None:
        """As an `Entrance`."""
        return await self._ask(Password(account=account, password=password), _ENTERED, PATIENCE)

    async def by_wall(self, token: str) -> Entered | None:
        """As an `Entrance`."""
        return await self._ask(WallToken(token=token), _ENTERED)

    async def by_provider(self, answer: str) -> Entered:
        """As an `Entrance`."""
        try:
            return await self._ask(ProviderAnswer(answer=answer), _LET_IN)
        except RefusedError as error:
            if error.status == 403:
                raise NotLetInError(str(error)) from None
            raise

    async def knows(self, account: str) -> bool:
        """As an `Entrance`."""
        return await self._ask(Known(account=account), _BOOL)

    async def device_key(self) -> bytes:
        """As an `Entrance`; asked once."""
        if not self._key:
            text = await self._ask(DeviceKey(), _TEXT)
            self._key = base64.b64decode(text)
        return self._key

    async def names(self) -> dict[str, str]:
        """As an `Entrance`; the last ones where the signer is away."""
        at, names = self._names
        if time.monotonic() - at >= AGAIN or not at:
            try:
                names = await self._ask(Names(), _NAMES)
                self._names = (time.monotonic(), names)
            except SignerAwayError:
                pass
        return names

    async def _ask(self, question: Question, value: Decoder[T], patience: float = QUICK) -> T:
        return await run_in_threadpool(self._client.ask, question, value, patience)


def _to(place: Place) -> str:
    """What a record at a place was for: its topic below the log's name."""
    return place.topic.partition(".")[2]
