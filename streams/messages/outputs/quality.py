"""Bad input as an owned record (问题数据): why, whose and where it stands; never what it says.

A record that nobody could read may hold a password, a telephone number or a whole file: whoever may see the log looks it up at
its place, everybody else has what is needed to put the source right.
"""

from typing import Literal, get_args

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Time
from streams.messages.text import Place

Unfit = Literal[
    "too-big",
    "not-cloudevent",
    "unsigned",
    "not-strict",
    "wrong-log",
    "closed-log",
    "wrong-place",
    "unknown-key",
    "ended-key",
    "wrong-suite",
    "not-its-right",
    "future",
    "stale",
    "bad-signature",
    "needs-second",
    "conflict",
    "replayed",
    "malformed-data",
    "broken-series",
    "unusable-key",
    "bad-tick",
]
"""Why a signed record is not taken: a closed set, in the order in which the steps find them (docs/develop/signing.md).

`closed-log`: after `log.closed`. `broken-series`: an event of the roots that does not follow the one before, so that one is
missing. `unusable-key`: one that must not be adopted."""

_UNSIGNED_TOO = {"too-big", "not-cloudevent", "future", "conflict", "malformed-data", "bad-tick"}
UNVERIFIED: frozenset[str] = frozenset(get_args(Unfit)) - _UNSIGNED_TOO
"""Those of `Unfit` that nothing but the lack of a valid signature, or its use in another place or time, gives."""

Reason = Literal[
    "not-json",
    "unknown-type",
    "bad-time",
    "out-of-range",
    "unregistered",
    "late",
    "duplicate",
    "key-mismatch",
    "unknown-alert",
    "unknown-incident",
    "unknown-order",
    "inconsistent",
    "unusable-book",
    "undeclared-field",
    "unknown-kind",
    "unknown-code",
    "nothing-to-judge",
    "no-rule",
    "not-in-force",
    Unfit,
]
"""Why a record is bad; those of `Unfit` that a record without a signature cannot meet are not given yet."""


class Quality(Struct, frozen=True, gc=False, kw_only=True):
    """One piece of bad input.

    `id`: BLAKE2s-128 (hex) of place and reason. `owner`: the department that answers for the data (id of the
    departments' list). `at`: the partition's time, or null before its first tick. `field`: the field at fault, as a
    path (`$.data.so2`), or empty. `rule`: the DQ row of the rule list (`DQ-03`) where there is one. `message`: what is wrong,
    in our words and names of fields alone. `type`, `subject`: where the type is one that is judged, and the subject one that
    is known; else empty. `size`: bytes of the record. `more`: how many more records of a day this one stands for, where its
    like was told before. Older records have the digest and the first bytes of what came too, which nobody reads any more.
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
    at: Time | None
    type: str
    subject: str
    size: Count
    more: Count | UnsetType = UNSET
