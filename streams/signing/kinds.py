"""Closed sets: which kinds of events go everywhere or number themselves, whose partition is which, why a record is refused."""

import re
from functools import lru_cache

from streams.messages.outputs.quality import Unfit


class Unverified(Exception):  # noqa: N818 - not an error of ours: the record is refused
    """This record is not taken: the reason, and in words why. The words hold no value of the record's data."""

    def __init__(self, reason: Unfit, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


EVERYWHERE = ("log.*", "key.*", "clock.*", "book.adopted", "calendar.notice")
"""Kinds that go into every partition of every stage: `sigto` is `*`, they have no subject and no Kafka key."""

NUMBERED = (
    *("log.*", "key.*", "alert.revised", "order.link", "order.release", "order.filed", "personal.destroyed"),
    *("sign.cells", "signs.registered", "signs.figure"),
)
"""Kinds that are known again by a number of their own, so that a part may write them twice: their `sigseq` is 0, and they
may be written late."""

SERIES = ("log.*", "key.*")
"""The series of events of the roots, each of which names the one before."""

LONGEST = 200
"""Characters of a kind for which an answer is remembered: strangers' longer ones, of up to 64 KiB, fill no memory."""

_PATTERN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?")
_MASK = 0xFFFFFFFF


def is_pattern(text: str) -> bool:
    """Whether a text names a kind, or with `.*` at its end all that begin so.

    >>> is_pattern("command.*"), is_pattern("alert.revised"), is_pattern("*")
    (True, True, False)
    """
    return _PATTERN.fullmatch(text) is not None


def matches(patterns: tuple[str, ...], kind: str) -> bool:
    """Whether one of the patterns names the kind.

    >>> matches(("command.*",), "command.shelve"), matches(("command.*",), "commander.x"), matches(("a.b",), "a.b.c")
    (True, False, False)
    """
    return (_remembered if len(kind) <= LONGEST else _matches)(patterns, kind)


def _matches(patterns: tuple[str, ...], kind: str) -> bool:
    return any(kind.startswith(each[:-1]) if each.endswith(".*") else kind == each for each in patterns)


_remembered = lru_cache(maxsize=8192)(_matches)


def account_part(account: str) -> str:
    """The part of a person's own key at a command line.

    >>> account_part("Wang Wei")
    'cli-wang-wei'
    """
    return f"cli-{re.sub(r'[^a-z0-9._-]', '-', account.lower()) or 'person'}"


def own_key(part: str) -> bool:
    """Whether a part's key is a person's own: it signs for that account alone.

    >>> own_key("cli-wang"), own_key("screen-1")
    (True, False)
    """
    return part.startswith("cli-")


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key: murmur2 with Kafka's seed, its sign bit off, modulo their number.

    Source: Apache Kafka, org.apache.kafka.common.utils.Utils.murmur2 and BuiltInPartitioner.partitionForKey.
    """
    length = len(key)
    h = 0x9747B28C ^ length
    for at in range(0, length & ~3, 4):
        k = int.from_bytes(key[at : at + 4], "little") * 0x5BD1E995 & _MASK
        k = (k ^ k >> 24) * 0x5BD1E995 & _MASK
        h = h * 0x5BD1E995 & _MASK ^ k
    if length & 3:
        h = (h ^ int.from_bytes(key[length & ~3 :], "little")) * 0x5BD1E995 & _MASK
    h = (h ^ h >> 13) * 0x5BD1E995 & _MASK
    return ((h ^ h >> 15) & 0x7FFFFFFF) % partitions
