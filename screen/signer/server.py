"""The signer's socket: who may speak to it, how long a question may be and take, and which hands answer it."""

import asyncio
import base64
import os
import socket
import struct
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Raw

from screen.access.accounts import names_of
from screen.access.oidc import NotLetInError
from screen.signer.entrance import Admission
from screen.signer.looking import Looking
from screen.signer.notary import Notary, NotSignedError
from screen.signer.refusals import Refusals
from screen.signer.wire import (
    LENGTH,
    MOST,
    Active,
    Asked,
    DeviceKey,
    End,
    Held,
    Known,
    LookAt,
    Looked,
    LookEntry,
    LookOrder,
    Names,
    OpenOriginal,
    Password,
    ProviderAnswer,
    Reply,
    SignAct,
    SignEntry,
    SignOrder,
    SignRecord,
    SignRegroup,
    WallToken,
    framed,
)
from screen.web.json_response import RefusedError
from streams.command import Trouble
from streams.keeper.wire import Opened
from streams.messages import DecodeError, decode
from streams.originals.folder import pieces_of
from streams.originals.spool import PIECE, spool

WITHIN = 2.0
"""Seconds within which a question must be whole: its sender is on this machine and has it whole before it connects."""

MOST_OPEN = 64
"""Connections at most; one more is closed unread."""

TOO_LATE = 4.0
"""Seconds after which an act or look that waits for others is not begun: its person is soon told that it was not accepted."""

GUESSES = 600
"""Wrong passwords of one account an hour at most. A choice: what a screen that keeps its own limits lets through is a tenth of
it, so that only one that was taken over meets it; a password withstands ten thousand million guesses."""

AT_ONCE = 4
"""Passwords that are checked at one time, so many as the screen lets through of known devices and strangers: 64 MiB each."""

LOOKS_AT_ONCE = 2
"""Sealed texts that are opened at one time: the keeper opens one after the other."""

FILES_AT_ONCE = 4
"""Files that are taken in at one time: each is held here until the keeper has it."""

FILE_WITHIN = 60.0
"""Seconds within which a file must be whole: the web process has it when it asks."""

UNDONE = "this act is not in the log"

_HOUR = 3_600.0
_PEER = struct.Struct("3i")


class SignerServer:
    """Answers questions over one socket until it is stopped; `peers` are the user ids that may ask, `most`: bytes of a file."""

    def __init__(
        self,
        notary: Notary,
        admission: Admission,
        looking: Looking,
        peers: Iterable[int],
        refusals: Refusals,
        most: int = 20 << 20,
    ) -> None:
        self._most, self._files = most, asyncio.Semaphore(FILES_AT_ONCE)
        self._notary, self._admission, self._looking = notary, admission, looking
        self._peers, self._refusals = frozenset(peers), refusals
        self._open = 0
        self._wrong: dict[str, tuple[int, int]] = {}
        self._hand = ThreadPoolExecutor(1, "sign")  # one act after the other: so their numbers rise in the log too
        self._eyes = ThreadPoolExecutor(LOOKS_AT_ONCE, "look")  # apart: nothing that is signed waits for a look
        self._guards = ThreadPoolExecutor(AT_ONCE, "password")

    async def serve(self, listening: socket.socket, stop: asyncio.Event) -> None:
        """Answer until `stop` is set; an act that is being written then is."""
        server = await asyncio.start_unix_server(self._asked, sock=listening, limit=MOST)
        async with server:
            await stop.wait()
        for pool in (self._hand, self._eyes, self._guards):
            pool.shutdown(wait=True, cancel_futures=True)

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open += 1
        try:
            with suppress(ConnectionError), ExitStack() as held:
                reply, original = await self._answered(reader, writer, held)
                if reply is not None:
                    writer.write(framed(reply))
                    await asyncio.wait_for(writer.drain(), WITHIN)
                for piece in pieces_of(original) if original is not None else ():
                    writer.write(piece)
                    await asyncio.wait_for(writer.drain(), WITHIN)
        except TimeoutError:
            self._refusals.note("slow", "somebody does not take the reply")
        finally:
            self._open -= 1
            writer.close()

    async def _answered(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: ExitStack
    ) -> tuple[Reply | None, IO[bytes] | None]:
        """The reply to what comes, None to whom nothing is said, and the file that follows it."""
        peer = _peer(writer.get_extra_info("socket"))
        if peer not in self._peers:
            self._refusals.note("peer", f"a process of the user {peer} may not ask: see ONESCREEN_SIGNER_PEERS")
            return None, None
        if self._open > MOST_OPEN:
            self._refusals.note("crowd", f"more than {MOST_OPEN} connections at one time")
            return None, None
        try:
            asked = await _read(reader)
            file = held.enter_context(spool()) if isinstance(asked, OpenOriginal | SignOrder) else None
            if file is not None and isinstance(asked, SignOrder):
                await self._filled(file, reader, asked.following)
            value = await self._answer(asked, file)
            if file is not None:
                file.seek(0)
            return Reply(200, Raw(msgspec.json.encode(value))), file if isinstance(asked, OpenOriginal) else None
        except RefusedError as error:
            if isinstance(error, NotSignedError):
                self._refusals.note(error.kind, str(error))
            return Reply(error.status, why=str(error)), None
        except NotLetInError as error:
            self._refusals.note("provider", f"a provider's answer lets nobody in: {error.why}")
            return Reply(403, why=error.why), None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one question, the next one is answered
            self._refusals.note("fault", f"a fault of the signer's own: {type(error).__name__}")
            return Reply(500, why="the signer has failed: its log says so"), None

    async def _filled(self, body: IO[bytes], reader: asyncio.StreamReader, size: int) -> None:
        """Take the bytes that follow a question; RefusedError where they are too many, or do not come."""
        if size > self._most:
            raise NotSignedError(413, "too-big", f"a file of {size} bytes: at most {self._most} are taken")
        if self._files.locked():
            raise RefusedError(503, "other files are being taken: send it again in a while")
        async with self._files:
            try:
                async with asyncio.timeout(FILE_WITHIN):
                    while size and (piece := await reader.read(min(PIECE, size))):
                        body.write(piece)
                        size -= len(piece)
            except TimeoutError:
                raise NotSignedError(408, "slow", f"the file is not whole within {FILE_WITHIN:g} s") from None
        if size:
            raise NotSignedError(400, "malformed", "the file ended before it was whole")

    async def _looked(self, asked: Looked, file: IO[bytes] | None) -> Opened:
        def work() -> Opened:
            if isinstance(asked, LookAt):
                return self._looking.look(asked)
            if isinstance(asked, OpenOriginal) and file is not None:
                return self._looking.original(asked, file)
            if isinstance(asked, LookEntry):
                return self._looking.look_entry(asked)
            return self._looking.look_order(asked)  # type: ignore[arg-type]  # there is a file for each original

        found: Opened = await self._in_turn(self._eyes, work, "nothing is opened")  # type: ignore[assignment]
        return found

    async def _answer(self, asked: Asked, file: IO[bytes] | None) -> object:  # noqa: PLR0911, C901 - a table of what there is to ask
        admission, now = self._admission, time.time()
        match asked:
            case SignAct() | SignRegroup() | SignRecord() | SignEntry():
                return await self._in_turn(self._hand, lambda: self._notary.sign(asked), UNDONE)
            case SignOrder():
                body = file if asked.following else None
                return await self._in_turn(self._hand, lambda: self._notary.sign(asked, body), UNDONE)
            case LookAt() | LookEntry() | LookOrder() | OpenOriginal():
                return await self._looked(asked, file)
            case Held(hashed=hashed):
                return admission.sessions.held(hashed, now)
            case Active(hashed=hashed):
                admission.sessions.active(hashed, now)
                return None
            case End(hashed=hashed):
                admission.sessions.end(hashed)
                return None
            case Password():
                return await self._password(asked)
            case WallToken(token=token):
                return admission.by_wall(token)
            case ProviderAnswer(answer=answer):
                return admission.by_provider(answer)
            case Known(account=account):
                return admission.knows(account)
            case DeviceKey():
                return base64.b64encode(admission.sessions.device_key).decode()
            case Names():
                return names_of(admission.accounts)

    async def _in_turn(self, pool: ThreadPoolExecutor, work: Callable[[], object], undone: str) -> object:
        since = time.monotonic()

        def done() -> object:
            if time.monotonic() - since > TOO_LATE:
                raise RefusedError(503, f"others were before it for too long: {undone}")
            return work()

        return await asyncio.get_running_loop().run_in_executor(pool, done)

    async def _password(self, asked: Password) -> object:
        hour = int(time.time() // _HOUR)
        of, wrong = self._wrong.get(asked.account, (hour, 0))
        if of == hour and wrong >= GUESSES:
            raise NotSignedError(429, "guesses", f"{GUESSES} wrong passwords of one account in an hour: wait for the next one")
        loop = asyncio.get_running_loop()
        entered = await loop.run_in_executor(self._guards, self._admission.by_password, asked.account, asked.password)
        if entered is None and self._admission.knows(asked.account):
            self._wrong[asked.account] = (hour, wrong + 1 if of == hour else 1)
        return entered


async def _read(reader: asyncio.StreamReader) -> Asked:
    try:
        async with asyncio.timeout(WITHIN):
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            if length > MOST:
                raise NotSignedError(413, "too-big", f"a question has at most {MOST} bytes")
            body = await reader.readexactly(length)
    except TimeoutError:
        raise NotSignedError(408, "slow", f"the question is not whole within {WITHIN:g} s") from None
    except asyncio.IncompleteReadError:
        raise NotSignedError(400, "malformed", "the question ended before it was whole") from None
    try:
        return decode(body, Asked)  # type: ignore[arg-type]  # a union is what msgspec takes too
    except DecodeError as error:
        raise NotSignedError(400, "malformed", f"no question that the signer knows, at {error.field}") from None


def _peer(connection: socket.socket) -> int:
    """The user id of the process at the other end, by the kernel (unix(7), SO_PEERCRED)."""
    _, uid, _ = _PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return int(uid)


def listen(path: Path, peers: Iterable[int]) -> socket.socket:
    """A socket at a path: mode 600, or 660 where others than our own user may ask; Trouble where it cannot be made.

    What stands there is what a signer has left that ended: this one has the key, so no other runs.
    """
    shared = bool(set(peers) - {os.geteuid()})
    listening = socket.socket(socket.AF_UNIX)
    before = os.umask(0o117 if shared else 0o177)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750 if shared else 0o700)
        path.unlink(missing_ok=True)
        listening.bind(str(path))
        listening.listen(MOST_OPEN)
    except OSError as error:
        listening.close()
        raise Trouble(f"no socket can be made at {path}: {error}. Set ONESCREEN_SIGNER to another folder") from None
    finally:
        os.umask(before)
    return listening
