"""What a gateway says of single fields of a fact: those that it refused, those that it took though they are irregular."""

from typing import Annotated

from msgspec import Meta, Struct

FIELD_NOTE = "field_note"
"""The kind of fact by which a gateway says so; every domain has it."""

Label = Annotated[str, Meta(max_length=100)]


class FieldNote(Struct, frozen=True, gc=False):
    """One field: its name, the reason by the gateway's table, its size in characters, and whether it was taken all the same.

    What the field said stands in no note.
    """

    field: Label
    reason: Label
    size: Annotated[int, Meta(ge=0)]
    taken: bool
    message: Annotated[str, Meta(max_length=1_000)]


class FieldNotes(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What a gateway has to say of the fields of a fact of the kind `of`, which has the same subject and time."""

    of: Label
    notes: Annotated[tuple[FieldNote, ...], Meta(max_length=256)]
