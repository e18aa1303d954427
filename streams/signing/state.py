"""What a partition knows of its log's trust: a struct that a checkpoint keeps, changed by whole copies alone."""

from typing import Any

from msgspec import Struct
from msgspec.json import Encoder, decode
from msgspec.structs import replace

from streams.signing.series import Policy
from streams.signing.ticks import ClockState
from streams.signing.words import digest, labelled

FORMAT = 1
"""The version of this state as it is kept."""

_encode = Encoder(order="sorted").encode


class KeyRow(Struct, frozen=True, gc=False):
    """An adopted key: its suite and public key, what it may, and from which offset to which it is valid.

    `until` and `since` in ms; `ended`: the offset of its end; `why`: retired, lost or stolen.
    """

    suite: str
    public: str
    part: str
    may: tuple[str, ...]
    roles: tuple[str, ...]
    to: tuple[str, ...]
    cosigns: tuple[str, ...]
    until: int | None
    added: int
    ended: int | None = None
    why: str = ""
    since: int | None = None


class RootRow(Struct, frozen=True, gc=False):
    """A root: its suite and public key, and the offset of its end."""

    suite: str
    public: str
    ended: int | None = None


class Trust(Struct, frozen=True):
    """All of it. Before `log.opened` it is as made here, and nothing needs a signature.

    `n`, `prev`: number and content of the newest event of the roots' series; `seq`: the newest number of each key; `hour`,
    `refused`: refusals of the newest hour of the log, by reason and known key; `follows`, `until`, `copied`: the log whose
    records were copied to before offset `until`, and its own trust; `closed`: nothing more is taken.
    """

    format: int = FORMAT
    logid: str = ""
    name: str = ""
    partitions: dict[str, int] = {}
    suite: str = ""
    suites: dict[str, bool] = {}
    policy: Policy = Policy()
    roots: dict[str, RootRow] = {}
    threshold: int = 0
    n: int = 0
    prev: str = ""
    keys: dict[str, KeyRow] = {}
    seq: dict[str, int] = {}
    clock: ClockState = ClockState()
    hour: int = -1
    refused: dict[str, int] = {}
    closed: bool = False
    follows: str = ""
    until: int = 0
    copied: "Trust | None" = None


def trust_bytes(trust: Trust) -> bytes:
    """The bytes that a checkpoint keeps: equal states give equal bytes, however they came about."""
    return _encode(trust)


def trust_of(value: bytes) -> Trust:
    """The state of a checkpoint's bytes; ValueError where they are of another format."""
    head: dict[str, Any] = decode(value)
    if head.get("format") != FORMAT:
        raise ValueError(
            f"trust of format {head.get('format')!r}, only {FORMAT} is known: start with the release that wrote it"
        )
    return decode(value, type=Trust)


def trust_digest(trust: Trust, name: str) -> str:
    """The digest (hex) of a state, which a seal names."""
    return digest(name, labelled("trust") + trust_bytes(trust)).hex()


def with_key(trust: Trust, kid: str, row: KeyRow) -> Trust:
    """The state with one row of the keys."""
    return replace(trust, keys={**trust.keys, kid: row})
