"""What the check of an audit trail finds wrong."""

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "malformed",
    "changed",
    "removed",
    "inserted",
    "reordered",
    "cut",
    "anchor-forged",
    "anchor-removed",
    "anchor-reordered",
    "anchor-forked",
    "anchor-differs",
    "seal-forged",
    "seal-removed",
    "seal-forked",
    "note-differs",
    "file-removed",
    "file-changed",
    "manifest-forged",
    "original-changed",
    "original-removed",
    "wrong-log",
]
"""`cut`: the end of a trail, or all of it, is missing since an anchor; `removed`: entries before others that are there.

`anchor-forked` and `seal-forked`: a genuine key has signed two histories. `anchor-differs`: the seals here are not those that
were anchored. `wrong-log`: what is here is no log of the id that was given.
"""


class AuditFinding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong: in entries `first` to `last` of a trail, or with anchors `first` to `last`.

    `alert`: whose trail; of another kind of trail, `trail` is its topic (below the log's name) and `of` the id of whose it is.
    `anchor`: the anchor that says so. `place`: where the bytes stand, `topic/partition/offset` or the line of a file.
    """

    kind: Kind
    message: str
    alert: str = ""
    trail: str = ""
    of: str = ""
    first: int = 0
    last: int = 0
    anchor: int = 0
    place: str = ""
