"""What every audit trail has in common: entries numbered from 1, each with the hash of the one before it."""

from hashlib import sha256
from typing import Any, Protocol

from msgspec.structs import replace

from streams.messages.codec import encode
from streams.messages.text import Place

GENESIS = "0" * 64
"""What the first entry of a trail has for the hash of the entry before it."""


class TrailEntry(Protocol):
    """One entry of a trail: its number, the record that caused it, the hash before it and its own."""

    @property
    def n(self) -> int:
        """Its number, from 1."""

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
