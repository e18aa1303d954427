"""What a gateway refused, as an event in the log: each domain has it (`<domain>.refused_input`), so that its owner is told."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

REFUSED_INPUT = "refused_input"
"""The kind of fact by which a gateway says that it took something not."""

HEAD = 400
"""Characters of a redacted head that an event keeps at most."""

Label = Annotated[str, Meta(max_length=100)]

RefusalReason = Literal[
    "token",
    "signature",
    "rights",
    "media-type",
    "too-big",
    "too-many",
    "cut-off",
    "not-json",
    "not-cloudevent",
    "unreadable",
    "not-mapped",
    "not-its-type",
    "not-its-subject",
    "not-its-source",
    "bad-time",
    "bad-data",
    "conflict",
    "unkept",
]
"""Why: who sends has not shown who it is, may not send this, or sends what cannot be read or was said otherwise before."""


class RefusedInput(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that a gateway refused; it says what is wrong in our words, never what was sent.

    `source`: who sent it, by the gateway's register, empty where nobody in it did. `type`: of a kind that the catalogue knows.
    `size` in bytes and `digest` (SHA-256, hex): of what was refused. `head`: its beginning, of which names of fields alone are
    left. `more`: how many it stands for beside itself, where its like was told before.
    """

    gateway: Label
    source: Label = ""
    reason: RefusalReason
    message: Annotated[str, Meta(max_length=1_000)]
    type: Label = ""
    size: Annotated[int, Meta(ge=0)] = 0
    digest: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    head: Annotated[str, Meta(max_length=HEAD)] = ""
    more: Annotated[int, Meta(ge=0)] = 0
