"""A keeper of keys with a log in memory, which is a log of the project's own form: partitions by key, nothing taken back."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Raw, json

from streams.keeper.client import KeeperClient
from streams.keeper.disk.kek import FileKeks
from streams.keeper.disk.shelf import Shelf
from streams.keeper.disk.store import Store
from streams.keeper.errors import AwayError
from streams.keeper.forgetting import Choices, Forgetting
from streams.keeper.keeper import Keeper
from streams.keeper.log import Stored
from streams.keeper.rights import by_role
from streams.keeper.server import MOST_FILE, KeeperServer, peers_of
from streams.keeper.wire import OpenText, SealText
from streams.messages import Actor, Authn, Event, decode_event, format_time
from streams.messages.words import Sealed
from streams.private import private
from streams.sealing.record import record_of
from streams.signing.envelope import envelope_bytes
from streams.signing.kinds import NUMBERED, matches, partition_of
from streams.signing.sign import addressed, cosigned, signed
from tests.support.signing import BEGIN, PARTITIONS, Hand, Roots

STAGE = "events.environment"
FAMILY = f"{STAGE}/站-001"
ELSEWHERE = f"{STAGE}/站-002"
SIZES = PARTITIONS | {"forgets": 4, "looks": 4}
ROOTS = Roots(partitions=SIZES)
LOGID = ROOTS.logid
KEEPER, SIGNER = Hand("keeper"), Hand("signer")
OWN = {name: Hand(f"card of {name}") for name in ("lw", "zj")}
CHAIN = [
    ROOTS.opened,
    ROOTS.key(KEEPER, "keeper", may=["personal.*"], roles=["supervisor"], to=[STAGE, "forgets", "looks"]),
    ROOTS.key(SIGNER, "signer", may=["personal.*"], roles=["admin", "viewer"], to=["forgets"]),
    *(
        ROOTS.key(hand, f"person-{name}", may=["personal.*"], cosigns=["personal.*"], roles=["admin"], to=["forgets"])
        for name, hand in OWN.items()
    ),
]
"""The roots' events: the keeper's key, that of the signer of people's acts, and two people's own."""

HOUR = 3_600_000


class Killed(BaseException):
    """The process ends here."""


class MemoryLog:
    """A log in memory; `away`: it takes nothing. `before`: asked before each write, and may end the process."""

    def __init__(self) -> None:
        self.topics: dict[str, dict[int, list[Stored]]] = {}
        self.tick: int | None = BEGIN
        self.away = False
        self.before: Callable[[str], None] = lambda _: None
        self.write_chain(CHAIN)

    def write_chain(self, events: Iterable[Any]) -> None:
        """Write the roots' events into the topic of the keys."""
        for event in events:
            self._put("keys", 0, None, envelope_bytes(event))

    def reader(self) -> "MemoryReader":
        """The log as a keeper that starts sees it."""
        return MemoryReader(self)

    def write(self, topic: str, key: str, value: bytes | None) -> None:
        """Write a record, or nothing at all."""
        self.before(topic)
        if self.away:
            raise AwayError("Kafka is away")
        self._put(topic, partition_of(key.encode(), SIZES.get(topic, 4)), key.encode(), value)

    def values(self, topic: str) -> list[bytes]:
        """The values of a topic, by partition and offset."""
        return [each.value for part in sorted(self.topics.get(topic, {}).items()) for each in part[1] if each.value]

    def newest(self) -> dict[str, bytes]:
        """The sealed texts as compaction leaves them."""
        found = {str(each.key, "ascii"): each.value for part in self.topics.get("sealed", {}).values() for each in part}
        return {digest: value for digest, value in found.items() if value}

    def _put(self, topic: str, partition: int, key: bytes | None, value: bytes | None) -> None:
        part = self.topics.setdefault(topic, {}).setdefault(partition, [])
        part.append(Stored(partition, len(part), key, value or b""))


class MemoryReader:
    """One keeper's view of a log in memory."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log
        self._next: dict[tuple[str, int], int] = {}
        self.asked: list[str] = []

    def write(self, topic: str, key: str, value: bytes | None) -> None:
        """Write through."""
        self._log.write(topic, key, value)

    def chain(self) -> list[bytes]:
        """What is new of the keys."""
        return [each.value for each in self._new("keys")]

    def orders(self) -> list[Stored]:
        """What is new of the orders."""
        return self._new("forgets")

    def text(self, digest: str) -> bytes | None:
        """A sealed text."""
        self.asked.append(digest)
        return self._log.newest().get(digest)

    def texts(self) -> list[tuple[str, str]]:
        """All of them."""
        return [(digest, record_of(value).kid) for digest, value in self._log.newest().items()]

    def now(self) -> int | None:
        """The newest tick."""
        return self._log.tick

    def _new(self, topic: str) -> list[Stored]:
        found = []
        for number, part in sorted(self._log.topics.get(topic, {}).items()):
            found += part[self._next.get((topic, number), 0) :]
            self._next[topic, number] = len(part)
        return found


class Kept:
    """A keeper that runs: its store in two folders, its log, what it told."""

    def __init__(self, folder: Path, log: MemoryLog, alive: bool = True, **choices: int) -> None:
        self.folder, self.log, self.wall = folder, log, BEGIN
        self.alive = alive
        self.told: list[tuple[str, dict[str, object]]] = []
        self.numbers = BEGIN * 1_000
        folders = [private(folder / name) for name in ("store", "copy")]
        self.store = Store(*folders, FileKeks(folders), self.wall)
        self.reader = log.reader()
        tell = lambda what, facts: self.told.append((what, facts))  # noqa: E731 - a list that takes two
        self.shelf = Shelf(folder / "originals")
        self.forgetting = Forgetting(self.store, self.reader, self.shelf, LOGID, self.sign, tell, Choices(**choices))
        right = by_role(lambda _: self.alive)
        now = lambda: self.wall  # noqa: E731
        self.keeper = Keeper(self.store, self.reader, self.shelf, self.forgetting, LOGID, self.sign, right, tell, now)
        try:
            self.forgetting.catch_up()
        except BaseException:
            self.close()
            raise

    def sign(self, event: bytes, to: str) -> bytes:
        """Sign as the keeper's part does."""
        return by_hand(event, to, KEEPER)

    def close(self) -> None:
        """End the process in order."""
        self.store.close()

    def work(self) -> None:
        """What the process does every few seconds."""
        self.forgetting.catch_up()
        self.forgetting.step()

    def seal(self, text: str = "请尽快处理", **more: Any) -> Sealed:
        """The reference to a text."""
        return self.keeper.seal(sealing(text, **more))

    def open(self, reference: Sealed, **more: Any) -> tuple[str, str]:
        """How a text is answered: the state and the text."""
        found = self.keeper.open(looking(reference, **more))
        return found.state, found.text

    @contextmanager
    def answering(self, path: Path, most: int = MOST_FILE) -> Iterator[KeeperClient]:
        """A client of it while it answers at a socket, to its own uid; `most`: bytes of a file."""
        server = KeeperServer(path, self.keeper, self.forgetting, "t", peers_of("", os.geteuid()), most)
        try:
            yield KeeperClient(path)
        finally:
            server.close()


_last = BEGIN * 1_000


def by_hand(event: bytes, to: str, hand: Hand, *seconds: Hand) -> bytes:
    """The signed record of an event."""
    global _last  # noqa: PLW0603 - numbers rise in every test
    read = decode_event(event)
    _last += 1
    envelope = signed(addressed(read, LOGID, to, 0 if matches(NUMBERED, read.type) else _last), hand)
    for second in seconds:
        envelope = cosigned(envelope, second)
    return envelope_bytes(envelope)


def sealing(text: str = "请尽快处理", **more: Any) -> SealText:
    """A request to seal the text of a comment."""
    given = {"family": FAMILY, "party": "caller", "type": "command.comment", "id": "e1", "path": "reason", "text": text}
    return SealText(**given | more)


def looking(reference: Sealed, **more: Any) -> OpenText:
    """A supervisor's request to open that text."""
    given: dict[str, Any] = {
        "actor": Actor(id="lw", role="supervisor", department="hb"),
        "authn": Authn("local", format_time(BEGIN), "s1"),
        "purpose": "handling",
        "family": FAMILY,
        "type": "command.comment",
        "id": "e1",
        "path": "reason",
        "reference": reference,
    }
    return OpenText(**given | more)


def order(kind: str, id_: str, *seconds: Hand, hand: Hand = SIGNER, at: int = BEGIN, **data: object) -> tuple[str, bytes]:
    """Key and record of a signed order about a family or a person; `actor` lw, an admin."""
    given: dict[str, object] = {"actor": {"id": "lw", "role": "admin"}, "reason": "erasure-request"}
    if kind != "personal.cancel" and "person" not in data:
        given["family"] = FAMILY
    if kind == "personal.forget":
        given["basis"] = "pipl-47"
    given |= data
    subject = str(given.get("person") or given.get("family") or FAMILY)
    event = Event(
        specversion="1.0",
        id=id_,
        source="signer",
        type=kind,
        subject=subject,
        time=format_time(at),
        data=Raw(json.encode(given)),
    )
    return subject, by_hand(json.encode(event), "forgets", hand, *seconds)


def forget(id_: str = "f1", **more: Any) -> tuple[str, bytes]:
    """An order of two people to forget the family."""
    return order("personal.forget", id_, OWN["zj"], **more)


def kinds(log: MemoryLog, topic: str) -> list[str]:
    """The kinds of a topic's events."""
    return [decode_event(value).type for value in log.values(topic)]


def id_of(text: str) -> str:
    """An id made of a text."""
    return sha256(text.encode()).hexdigest()[:32]
