"""A signer with accounts, sessions and a key that a test's log has adopted; Kafka is a list."""

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from argon2 import PasswordHasher

from screen.access.accounts import Account, Accounts, write
from screen.access.sessions import Sessions
from screen.acts.commands import ActLog, NotAcceptedError, Places
from screen.signer.client import SignerClient
from screen.signer.entrance import Admission
from screen.signer.looking import Looking
from screen.signer.notary import Notary, NotSignedError, Seal, in_clear
from screen.signer.order_texts import IN_CLEAR, OrderSeals
from screen.signer.refusals import Refusals
from screen.signer.server import SignerServer, listen
from streams.keeper.client import KeeperClient
from streams.messages import Place
from streams.signing.machine.keyfile import Key, write_new
from streams.signing.machine.part import Part
from streams.topics import inputs
from tests.support.signing import Roots

PHRASE = "红旗渠-2026-夜班-甲"
HASH = PasswordHasher(1, 8, 1).hash(PHRASE)  # a cheap hash: what is tested here is not its strength
PEOPLE = (
    Account("zhang", "张值班", "supervisor", ("zz-ee",), hash=HASH),
    Account("li", "李调度", "dispatcher", hash=HASH),
    Account("sun", "孙管理", "admin", hash=HASH),
    Account("hall", "大厅", "viewer", hash=HASH),
)
TO = (*(f"events.{name}" for name in inputs()), "jobs", "handovers")


class ListLog:
    """Takes what is written, as Kafka would, or is away."""

    def __init__(self) -> None:
        self.written: list[tuple[str, str, bytes]] = []
        self.away = False
        self._places = Places()

    def place(self, name: str) -> Place | None:
        """As `ActLog`."""
        return self._places.get(name)

    def once(self, name: str, topic: str, key: str, value: Callable[[], bytes]) -> Place:
        """As `ActLog`."""
        if place := self._places.get(name):
            return place
        self.written.append((topic, key, value()))
        if self.away:
            raise NotAcceptedError("Kafka does not answer")
        return self._places.keep(name, Place(topic, 0, len(self.written) - 1))


class SigningRoom:
    """Accounts, their sessions, a notary with the key `screen-1` of an opened log, and what writes into that."""

    def __init__(
        self,
        folder: Path,
        seal: Seal = in_clear,
        name: str = "t",
        acts: ActLog | None = None,
        partitions: int = 1,
        keeper: KeeperClient | None = None,
        orders: OrderSeals = IN_CLEAR,
    ) -> None:
        self.file = folder / "people.json"
        write(self.file, PEOPLE)
        self.accounts = Accounts(self.file)
        self.sessions = Sessions(folder / "sessions.sqlite", self.accounts, 1800, 43_200)
        self.admission = Admission(self.accounts, None, self.sessions)
        self.roots = Roots(name, partitions=dict.fromkeys(TO, partitions))
        write_new(folder / "screen-1.json", "screen-1")
        self.key = Key(folder / "screen-1.json")
        self.adopted = self.roots.key(
            self.key,  # type: ignore[arg-type]  # it signs as a hand does
            "screen-1",
            may=["command.*", "job.*", "shift.*"],
            roles=["supervisor", "dispatcher", "analyst", "admin", "handler", "receptionist"],
            to=list(TO),
        )
        self.log = ListLog()
        self.notary = Notary(name, Part(self.roots.logid, self.key), self.sessions, acts or self.log, seal, orders)  # type: ignore[arg-type]
        self.looking = Looking(name, self.sessions, self.record_at, keeper)

    def record_at(self, place: Place) -> bytes | None:
        """The value of a record; NotSignedError where the log is away."""
        if self.log.away:
            raise NotSignedError(503, "kafka", "nothing is opened: Kafka does not answer")
        found = self.log.written[place.offset : place.offset + 1]
        return found[0][2] if found else None

    def session(self, account: str) -> str:
        """The secret of a new session of this account."""
        entered = self.admission.by_password(account, PHRASE)
        assert entered
        return entered.token

    def close(self) -> None:
        """Let go of files."""
        self.sessions.close()
        self.key.close()


class RunningSigner:
    """A signer that answers in a thread, at a path that is short enough for a socket; `said` is what it has told."""

    def __init__(self, folder: Path, peers: tuple[int, ...] = (os.geteuid(),), room: SigningRoom | None = None) -> None:
        self.room = room or SigningRoom(folder)
        self._short = TemporaryDirectory()
        self.path = Path(self._short.name) / "t.sock"
        self.said: list[str] = []
        self.refusals = Refusals(self.said.append)
        self._listening = listen(self.path, peers)
        self._server = SignerServer(self.room.notary, self.room.admission, self.room.looking, peers, self.refusals)
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.client = SignerClient(self.path, "t")

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve(self._listening, self._stop))
        self._loop.close()

    def stop(self) -> None:
        """End it, as SIGTERM does."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def close(self) -> None:
        """End it, and let go of files."""
        self.stop()
        self.room.close()
        self._short.cleanup()
