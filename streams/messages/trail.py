"""What every audit trail has in common: entries numbered from 1, each with the hash of the one before it."""

from hashlib import sha256
from typing import Any, Protocol

from msgspec import UnsetType
from msgspec.structs import replace

from streams.messages.codec import encode
from streams.messages.text import Place, Text
from streams.messages.words import Words, glued, shown

GENESIS = "0" * 64
"""What the first entry of a trail has for the hash of the entry before it."""


class TrailEntry(Protocol):
    """One entry of a trail: its number, the record that caused it, the hash before it and its own."""

    @property
    def n(self) -> int:
        """Its number, from 1."""

    @property
    def event(self) -> str:
        """What happened."""

    @property
    def reason(self) -> str:
        """What the judge says of it, with a person's own words where these do not stand apart."""

    @property
    def words(self) -> Words | UnsetType:
        """A person's own words where they stand apart."""

    @property
    def place(self) -> Place:
        """Where the record stands that caused it."""

    @property
    def prev(self) -> str:
        """The hash of entry `n` - 1; GENESIS for the first."""

    @property
    def hash(self) -> str:
        """Its own, as `digest` has it."""


def digest(entry: Any) -> str:
    """SHA-256 (hex) over the previous hash and the canonical JSON of an entry, a struct, with an empty `hash`."""
    return sha256(entry.prev.encode() + encode(replace(entry, hash=""))).hexdigest()


_EMPTY = b'"hash":"'
_DIGITS = 64


def stored_digest(stored: bytes, prev: str) -> str | None:
    """The same over the bytes of an entry as they stand; None where they do not end with its hash."""
    head, digits, end = stored[: -_DIGITS - 2], stored[-_DIGITS - 2 : -2], stored[-2:]
    if not head.endswith(_EMPTY) or len(digits) != _DIGITS or end != b'"}':
        return None
    return sha256(prev.encode("utf-8", "surrogatepass") + head + end).hexdigest()


def whole_reason(entry: TrailEntry) -> Text:
    """A person's own words and the judge's in one text, wherever the entry has them; a sealed text is said to be sealed."""
    if isinstance(entry.words, UnsetType):
        return Text(entry.reason, entry.reason)
    own = shown(entry.words)
    return Text(glued(entry.event, own.zh, entry.reason), glued(entry.event, own.en, entry.reason))
