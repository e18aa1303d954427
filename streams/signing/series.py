"""The data of the roots' series of events: what a log is, whose keys it trusts, what it demands."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Short = Annotated[str, Meta(min_length=1, max_length=200)]
Patterns = Annotated[tuple[Short, ...], Meta(max_length=64)]
Count = Annotated[int, Meta(ge=1, le=2**31)]
Length = Annotated[int, Meta(ge=0, le=2**53)]
"""A length of time in ms."""

Numbers = Annotated[dict[Short, Count], Meta(max_length=256)]


class SeriesEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Its place in the series: `n` from 0, and the content digest of the event before, empty of the first."""

    n: Annotated[int, Meta(ge=0, le=2**31)]
    prev: str


class RootKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A root's suite and public key (base64url)."""

    suite: Short
    public: Short


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the log demands.

    `signed`: kinds that need a signature, or `*` for every kind that is not measured; `cosigned`: kinds that need a second one;
    `ahead`: how far a chain of ticks may begin after the newest tick; `stale`: how old a numbered event may be, 0 for any age;
    `step`: the longest step of a chain of ticks. The last three in ms.
    """

    signed: Patterns = ()
    cosigned: Patterns = ()
    ahead: Length = 0
    stale: Length = 0
    step: Length = 0


class Follows(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The log that this one follows, and the newest anchor of it.

    `until`: by stage and partition, the offset in the new log before which copied records of the old one stand; empty where
    none was copied.
    """

    logid: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    until: Annotated[dict[Short, tuple[Length, ...]], Meta(max_length=256)] = {}
    anchor: Annotated[str, Meta(max_length=200)] = ""


class LogOpened(SeriesEvent, frozen=True):
    """`log.opened`: the hash of these data is the log's id. `suite` gives the log's hash; `nonce` makes each log another."""

    format: Literal[1]
    name: Short
    nonce: Annotated[str, Meta(pattern="^[0-9a-f]{32,64}$")]
    partitions: Numbers
    suite: Short
    roots: Annotated[tuple[RootKey, ...], Meta(min_length=1, max_length=16)]
    threshold: Annotated[int, Meta(ge=1, le=16)]
    policy: Policy
    follows: Follows | None = None


class KeyAdded(SeriesEvent, frozen=True):
    """`key.added`: a key of one part, and what it may.

    `may`: kinds that it signs; `cosigns`: kinds that it signs as the second; `roles`: that its actors may claim; `to`: the
    `sigto` that it may write; `until`: a time; `proof`: its own signature over the proof's preimage.
    """

    suite: Short
    public: Short
    part: Short
    may: Patterns
    to: Patterns
    proof: Annotated[str, Meta(min_length=1, max_length=4_000)]
    cosigns: Patterns = ()
    roles: Patterns = ()
    until: str = ""


class KeyEnded(SeriesEvent, frozen=True):
    """`key.ended`: the key or root ends here. `since`: from when on its signatures are doubted, which undoes none of them."""

    kid: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    why: Literal["retired", "lost", "stolen"]
    since: str = ""


class PolicyChanged(SeriesEvent, frozen=True):
    """`log.policy`: another policy, whole."""

    policy: Policy


class StagesAdded(SeriesEvent, frozen=True):
    """`log.stages`: partitions of new stages. A stage that stands keeps its number: key to partition would change."""

    partitions: Numbers


class SuitesChanged(SeriesEvent, frozen=True):
    """`log.suite`: suites that keys may have from here, and suites whose signatures end here."""

    adopts: Patterns = ()
    retires: Patterns = ()


class LogClosed(SeriesEvent, frozen=True):
    """`log.closed`: nothing is taken after it."""


SERIES_DATA: dict[str, type[SeriesEvent]] = {
    "log.opened": LogOpened,
    "log.policy": PolicyChanged,
    "log.stages": StagesAdded,
    "log.suite": SuitesChanged,
    "log.closed": LogClosed,
    "key.added": KeyAdded,
    "key.ended": KeyEnded,
}
"""The data of each kind of the series."""
