"""What parts tell of who reads what: in `<log>.access`, for the standing watch: no address, no value, no text."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages.checked import Count
from streams.messages.words import Line

AccessKind = Literal["refused-read", "export", "two-places", "reveal"]


class Access(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One thing that an account did: it asked for what is not for it, took a file out, was in two places, had a value shown.

    `who`: the account; `what`: page or part, without what was asked for there; `size`: bytes of the file; `networks`: in how
    many the credential was used. Of a reveal (`reveal`) of what is masked: `record`, where it stands (topic/partition/offset);
    `fields`, type and path of each; `purpose`, what for. The values never. Of a look at a sealed text the keeper has these.
    """

    kind: AccessKind
    who: Line
    what: Annotated[str, Meta(max_length=100)]
    size: Count = 0
    networks: Count = 0
    record: Line = ""
    fields: Annotated[tuple[Line, ...], Meta(max_length=32)] = ()
    purpose: Annotated[str, Meta(max_length=20)] = ""
