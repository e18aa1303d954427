"""The hash of a trail's entry: as ever, or, in a log that was opened, bound to that log and to the revision that it makes.

In both the hash is over the entry as it is stored (docs/develop/signing.md).
"""

from typing import TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import replace

from streams.messages import GENESIS, Audit, IncidentAudit, OrderAudit, digest, encode
from streams.outputs import BY_TYPE
from streams.signing.chain import entry_hash, genesis, revision_digest

Entry = TypeVar("Entry", Audit, IncidentAudit, OrderAudit)


class OpenedLog(Struct, frozen=True):
    """What trails need of a log that was opened: its id, and the name of its hash."""

    id: str
    hash: str = "sha256"


def hashed(entry: Entry, log: OpenedLog | None, revision: Struct | None, kid: str = "") -> Entry:
    """An entry, whose `hash` is empty, with its hash.

    In an opened log it has more: its genesis or the hash before it with the algorithm, the digest of the `revision` that it
    makes, and the key `kid` that has signed the act, where it is one.
    """
    if log is None:
        return replace(entry, hash=digest(entry))
    kind = BY_TYPE[type(entry)]
    prev = entry.prev
    if prev == GENESIS:
        prev = genesis(log.hash, log.id, kind.topic, kind.key(entry))
    elif ":" not in prev:
        prev = f"sha256:{prev}"  # the last entry from before the log was opened
    of = UNSET if revision is None else revision_digest(log.hash, encode(revision))
    blank = replace(entry, kid=kid if kid and entry.actor else UNSET, revision=of, prev=prev)
    return replace(blank, hash=entry_hash(log.hash, encode(blank)))
