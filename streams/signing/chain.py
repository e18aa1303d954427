"""The hash chain of a trail, over the bytes as they are stored. An entry's last member is its hash, with the algorithm."""

import re

from msgspec import Raw
from msgspec.json import Decoder

from streams.signing.suites import SUITES
from streams.signing.words import digest, labelled, net

_BLANK = b'"hash":""}'
_END = re.compile(rb'"hash":"(?P<name>[a-z0-9]+):(?P<hex>[0-9a-f]{64})"\}\Z')
_PREV = re.compile(rb'"prev":"(?P<prev>[a-z0-9]+:[0-9a-f]{64})",\Z')
_KNOWN = frozenset(suite.hash for suite in SUITES.values())
_members = Decoder(dict[str, Raw])

FOLLOWING = frozenset({"audit", "head", "verbs"})
"""The members of a revision that follow from its newest entry or its other members: an entry's digest leaves them out."""


def genesis(name: str, log: str, kind: str, thing: str) -> str:
    """What the first entry of a trail has before it: bound to the log's id, the kind of trail and the thing's id."""
    return f"{name}:{digest(name, labelled('trail', log, kind, thing)).hex()}"


def entry_hash(name: str, blank: bytes) -> str:
    """The hash of an entry, of its bytes that end with its `prev` and an empty `hash`; ValueError where they do not."""
    prev = _prev(blank[: -len(_BLANK)])
    if not blank.endswith(_BLANK) or prev is None:
        raise ValueError("an entry ends with its members prev and hash, hash being empty")
    return _hash(name, prev, blank)


def chained(name: str, blank: bytes) -> bytes:
    """The stored bytes of an entry, of those with an empty `hash`; ValueError as `entry_hash`."""
    return blank[: -len(_BLANK)] + f'"hash":"{entry_hash(name, blank)}"}}'.encode()


def revision_digest(name: str, stored: bytes) -> str:
    """What an entry says of the revision that it makes: the hash of its stored members as they stand, without FOLLOWING."""
    members = _members.decode(stored)
    kept = b",".join(b'"%b":%b' % (key.encode(), bytes(raw)) for key, raw in members.items() if key not in FOLLOWING)
    return f"{name}:{digest(name, labelled('revision') + b'{%b}' % kept).hex()}"


def links(stored: bytes, prev: str) -> str | None:
    """The hash of a stored entry that follows `prev`; None where it does not, or its own hash is another.

    Looks at the bytes alone: what the entry says is read by whoever wants to know.
    """
    end = _END.search(stored)
    if end is None or end["name"].decode() not in _KNOWN:
        return None
    body, name = stored[: end.start()], end["name"].decode()
    said = f"{name}:{end['hex'].decode()}"
    if _prev(body) != prev or _hash(name, prev, body + _BLANK) != said:
        return None
    return said


def _prev(body: bytes) -> str | None:
    found = _PREV.search(body)
    return found["prev"].decode() if found else None


def _hash(name: str, prev: str, blank: bytes) -> str:
    return f"{name}:{digest(name, labelled('entry') + net(prev) + blank).hex()}"
