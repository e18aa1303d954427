"""Bad input as an owned record (问题数据, 首问责任制): why, whose and where it stands; never what it says.

A record that nobody could read may hold a password, a telephone number or a whole file: whoever may see the log looks it up at
its place, everybody else has what is needed to put the source right.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Time
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
    "bad-tick",
    "unsigned",
    "not-strict",
    "wrong-log",
    "closed-log",
    "wrong-place",
    "unknown-key",
    "ended-key",
    "wrong-suite",
    "not-its-right",
    "stale",
    "bad-signature",
    "needs-second",
    "replayed",
    "broken-series",
    "unusable-key",
]
"""Why a record is bad. From `unsigned` on: refusals of a signed log alone (`streams.signing.kinds`), not given yet."""


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
