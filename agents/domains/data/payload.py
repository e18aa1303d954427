"""What the standing watch tells of the data themselves: where a sign was seen, never what was written there.

Subjects are registered by the watch as `data_source` (who sends, by the `source` of its events or a gateway's register),
`data_account` (who reads), `sharing_request` (one department's request for another's data) and `directory_version`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Label = Annotated[str, Meta(max_length=100)]
"""A name of a type, a part or a page."""

Paths = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(min_length=1, max_length=32)]
"""Fields, as paths within the data (`probe.temp`); a name that is none is `?`."""

More = Annotated[int, Meta(ge=0)]
"""How many signs of its kind a fact stands for beside itself."""

Moment = Annotated[str, Meta(max_length=40)]
"""A time (RFC 3339), or an empty text."""


class UndeclaredField(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An event of a declared type with fields that the data directory does not have."""

    type: Label
    fields: Paths
    more: More = 0


class PersonalValue(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A text in which something looks like personal data: of which kind, and in which fields."""

    what: Literal["id-number", "bank-card", "phone"]
    type: Label
    fields: Paths
    more: More = 0


class RefusedSource(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A gateway refused what a source sent, for it may not send that: `reason` as the gateway says it."""

    reason: Literal["rights", "not-its-type", "not-its-subject", "not-its-source"]
    gateway: Label
    more: More = 0


class RefusedRead(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody asked for a page or a text that is not for the role, the department or the district, and did not get it."""

    page: Label
    more: More = 0


class Reveal(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody had a sealed text or a masked value shown, on record: which and what for stands there."""

    page: Label
    more: More = 0


class Export(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A file left the system to whoever is signed in: its size."""

    page: Label
    megabytes: Annotated[float, Meta(ge=0)]


class TwoPlaces(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One token or session was used from several networks in turns, so that they used it at one time."""

    part: Label
    networks: Annotated[int, Meta(ge=2, le=1_000)]
    more: More = 0


class SharingTold(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a request to share, by a department: what was asked for, of whom, and when (RFC 3339).

    `ended`: the last day of its use is over and nothing was provided. `in_time`, of `extended`: whether more time was asked for
    within the first limit; else it puts off nothing.
    """

    request: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    step: Literal[
        "asked",
        "accepted",
        "refused",
        "extension-asked",
        "extended",
        "extension-refused",
        "provided",
        "withdrawn",
        "revoked",
        "ended",
    ]
    type: Label
    provider: Label
    sharing: Literal["unconditional", "conditional", "none"]
    asked: Moment
    department: Label = ""
    in_time: bool = False


class DirectoryTold(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a version of the data directory, by a department; `drafted`: when its draft was made (RFC 3339).

    `update`: whether it follows a change of law or duty (`since`: when that was), and whether the authority has by then
    consented in time to five more days (`extended`). `replaces`: of a draft made again, when the one before was made.
    """

    version: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    step: Literal["drafted", "consented", "agreed", "reviewed", "published", "returned"]
    drafted: Moment
    update: Literal["none", "usual", "extended"]
    department: Label = ""
    since: Moment = ""
    replaces: Moment = ""
