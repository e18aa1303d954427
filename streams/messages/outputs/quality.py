"""Bad input as an owned record (问题数据, 首问责任制): why, whose, where it stands, and the bytes."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from streams.messages.text import Place

Reason = Literal[
    "not-json",
    "not-cloudevent",
    "unknown-type",
    "bad-time",
    "malformed-data",
    "out-of-range",
    "unregistered",
    "future",
    "late",
    "duplicate",
    "conflict",
    "key-mismatch",
    "too-big",
    "unknown-alert",
    "unknown-incident",
    "inconsistent",
    "unusable-book",
    "undeclared-field",
    "unknown-kind",
    "unknown-code",
    "nothing-to-judge",
    "no-rule",
]

MAX_BYTES = 4_096
"""How many of the offending bytes a record keeps; `size` and `sha256` are of the whole."""


class Quality(Struct, frozen=True, gc=False, kw_only=True):
    """One piece of bad input.

    `id`: BLAKE2s-128 (hex) of place and reason. `owner`: the department that answers for the data (id of the
    departments' list). `at`: the partition's time, or null before its first tick. `field`: the field at fault, as a
    path (`$.data.so2`), or empty. `rule`: the DQ row of the rule list (`DQ-03`) where there is one. `more`: how many more
    records of a day this one stands for, where its like was told before.
    """

    id: str
    reason: Reason
    rule: str
    message: str
    field: str
    owner: str
    log: str
    domain: str
    place: Place
    at: str | None
    type: str
    subject: str
    size: int
    sha256: str
    bytes: bytes
    more: int | UnsetType = UNSET
