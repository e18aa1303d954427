"""Whether a stored entry of a trail has its own hash, and follows another: of logs that were opened, and of all others.

Only the bytes as they stand count: what a later release adds to an entry is covered by its hash all the same.
"""

from streams.messages import GENESIS, TrailEntry, stored_digest
from streams.signing.chain import genesis, links


def form_of(entry: TrailEntry) -> str:
    """How the hash of an entry begins: `sha256:` in a log that was opened, with nothing in any other."""
    return entry.hash[: entry.hash.find(":") + 1]


def hash_of(stored: bytes, entry: TrailEntry) -> bytes | None:
    """The hash of a stored entry, None where what it says is another one; `entry` is what it was decoded to."""
    own = links(stored, entry.prev) if form_of(entry) else stored_digest(stored, entry.prev)
    return bytes.fromhex(own.rpartition(":")[2]) if own and own == entry.hash else None


def follows(prev: str, form: str, before: bytes, form_before: str) -> bool:
    """Whether an entry of this form, with `prev`, follows one with the hash `before`: no log is as never opened again."""
    if form_before and not form:
        return False
    return prev == f"{form_before or ('sha256:' if form else '')}{before.hex()}"


def begins(prev: str, form: str, kind: str, thing: str, log: str) -> bool:
    """Whether an entry of this form, with `prev`, may be the first of a trail; `log`: the log's id, or empty."""
    if not form:
        return prev == GENESIS
    return not log or prev == genesis(form[:-1], log, kind, thing)
