"""The books on disk, so that a start need not read the whole log: one file, whole or not there, used only where it fits.

It is a row of parts, each with its length before it: the head, each order, the rest of the books; then the digest of all that.
"""

import os
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from agents.measures.ledger import OrderFacts
from agents.oversight.books import BooksState, OversightBooks
from streams.durable import sync_folder

FORM = 4
"""The form of the file, and of how cases count; one of another form is made anew."""

_LENGTH, _DIGEST = 8, 32

_encode = msgspec.msgpack.Encoder().encode
_orders = msgspec.msgpack.Decoder(tuple[str, OrderFacts])


class UnusableError(ValueError):
    """A snapshot cannot be used; the message says why."""


class SnapshotHead(Struct, frozen=True):
    """What a snapshot is of: the log, its identity, the book of measures; how far each partition was read (topic/number)."""

    form: int
    log: str
    identity: str
    book: str
    offsets: dict[str, int]


class SnapshotWriting:
    """Writes a snapshot little by little, while its books go on; OSError where the disk fails.

    Orders may be older in it than the rest, and never than `head` says: what came since is read again, and changes nothing that
    was counted already.
    """

    def __init__(self, path: Path, head: SnapshotHead, books: OversightBooks) -> None:
        self._path, self._beside = path, path.with_suffix(".new")
        self._parts = _parts(head, books)
        self._digest = sha256()
        self._file = self._beside.open("wb")

    def step(self, seconds: float = float("inf")) -> bool:
        """Write for so long; whether it is whole, and in its place."""
        until = time.monotonic() + seconds
        for part in self._parts:
            self._write(len(part).to_bytes(_LENGTH, "big") + part)
            if time.monotonic() > until:
                return False
        self._file.write(self._digest.digest())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self._path)
        sync_folder(self._path.parent)
        return True

    def give_up(self) -> None:
        """Write no more of it."""
        self._file.close()

    def _write(self, value: bytes) -> None:
        self._digest.update(value)
        self._file.write(value)


def _parts(head: SnapshotHead, books: OversightBooks) -> Iterator[bytes]:
    yield _encode(head)
    for name in list(books.ledger.facts):
        if (facts := books.ledger.facts.get(name)) is not None:
            yield _encode((name, facts))
    yield _encode(books.state())


def read(path: Path, log: str, identity: str, book: str) -> tuple[SnapshotHead, BooksState, dict[str, OrderFacts]] | None:
    """The snapshot of a log and book; None where there is none, UnusableError where it is another's, older, or broken."""
    try:
        whole = memoryview(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableError(f"{path} cannot be read: {error.strerror}") from None
    body = whole[:-_DIGEST]
    if sha256(body).digest() != whole[-_DIGEST:]:
        raise UnusableError(f"{path} is broken: its bytes are not those that were written")
    first, *orders, last = _read_parts(body)
    try:
        head = msgspec.msgpack.decode(first, type=SnapshotHead)
        wanted = {"form": FORM, "log": log, "identity": identity, "book": book}
        if differs := [name for name, value in wanted.items() if getattr(head, name) != value]:
            raise UnusableError(f"{path} is of another {' and '.join(differs)}")
        return head, msgspec.msgpack.decode(last, type=BooksState), dict(map(_orders.decode, orders))
    except msgspec.DecodeError as error:
        raise UnusableError(f"{path} is of another form: {error}") from None


def _read_parts(body: memoryview) -> Iterator[memoryview]:
    at = 0
    while at < len(body):
        end = at + _LENGTH + int.from_bytes(body[at : at + _LENGTH], "big")
        yield body[at + _LENGTH : end]
        at = end
