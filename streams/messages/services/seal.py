"""A seal: a worker's signed statement of the heads that it made with one checkpoint of a partition."""

from msgspec import Struct, field

from streams.messages.checked import Count, Digest, Kid, Time


class SealedHead(Struct, frozen=True, gc=False, array_like=True):
    """The newest entry of a trail: its kind (topic below the log's name), the thing's id, the entry's number and hash.

    `revision`: the digest of the thing's newest revision since the seal before; empty where there was none.
    """

    kind: str
    id: str
    n: Count
    hash: str
    revision: str = ""


class Seal(Struct, frozen=True, gc=False, kw_only=True):
    """One seal; those of a partition stand in `<log>.seals`, chained and signed, key = topic and partition.

    `n`: its number, from 1. `prev`: the hash of what seal `n - 1` signs, empty of the first. `begin` and `end` (`from` and
    `to`): the offsets between which the events stand that made these heads. `trust`: the digest of what the partition knows of
    its log's trust then, empty where it knows nothing. `at`: its newest tick, empty before the first.
    """

    logid: Digest
    topic: str
    partition: Count
    n: Count
    prev: str
    begin: Count = field(name="from")
    end: Count = field(name="to")
    heads: tuple[SealedHead, ...]
    trust: str
    at: Time
    sigsuite: str
    sigkid: Kid
    sig: str
