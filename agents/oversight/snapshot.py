"""The books on disk, so that a start need not read the whole log: one file, whole or not there, used only where it fits."""

from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from agents.oversight.books import BooksState
from streams.gateways.spool import write_whole

FORM = 1
"""The form of the file; one of another form is made anew."""


class UnusableError(ValueError):
    """A snapshot cannot be used; the message says why."""


class SnapshotHead(Struct, frozen=True):
    """What a snapshot is of: the log, its identity, the book of measures; how far each partition was read (topic/number)."""

    form: int
    log: str
    identity: str
    book: str
    offsets: dict[str, int]


def encoded(head: SnapshotHead, state: BooksState) -> bytes:
    """A snapshot: head, then books, each with its length before it, then the digest of both."""
    encode = msgspec.msgpack.encode
    body = b"".join(len(part).to_bytes(8, "big") + part for part in (encode(head), encode(state)))
    return body + sha256(body).digest()


def write(path: Path, whole: bytes) -> None:
    """Write a snapshot so that it is there as a whole or not at all; OSError where the disk fails."""
    write_whole(path, whole)


def read(path: Path, log: str, identity: str, book: str) -> tuple[SnapshotHead, BooksState] | None:
    """The snapshot of a log and book; None where there is none, UnusableError where it is another's, older, or broken."""
    try:
        whole = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableError(f"{path} cannot be read: {error.strerror}") from None
    body, digest = whole[:-32], whole[-32:]
    if sha256(body).digest() != digest:
        raise UnusableError(f"{path} is broken: its bytes are not those that were written")
    size = int.from_bytes(body[:8], "big")
    head = msgspec.msgpack.decode(body[8 : 8 + size], type=SnapshotHead)
    wanted = {"form": FORM, "log": log, "identity": identity, "book": book}
    if differs := [name for name, value in wanted.items() if getattr(head, name) != value]:
        raise UnusableError(f"{path} is of another {' and '.join(differs)}")
    try:
        return head, msgspec.msgpack.decode(body[16 + size :], type=BooksState)
    except msgspec.DecodeError as error:
        raise UnusableError(f"{path} is of another form: {error}") from None
