"""Texts that people write: in clear, or sealed, so that the log holds a reference alone and the text can be forgotten.

Whoever judges looks at one thing only: whether there is a text.
"""

from typing import Annotated

from msgspec import Meta, Struct

from streams.messages.checked import Digest
from streams.messages.text import Text


class Sealed(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A reference to a text that stands sealed beside the log.

    `kid`: the key that seals it; `digest`: the hash of the record that holds it; `size`: bytes of the text, padded. The
    reference says nothing of the text and is never shown in its place.
    """

    kid: Digest
    digest: Digest
    size: Annotated[int, Meta(ge=1, le=2**53)]


Words = str | Sealed
"""A text of a person."""

Line = Annotated[str, Meta(max_length=200)]
"""A short text: a checkpoint must hold whatever a register or a person writes."""

Why = Annotated[str, Meta(max_length=2_000)] | Sealed
"""Why a person does what a command says."""

Remark = Annotated[str, Meta(max_length=500)] | Sealed
"""What whoever files a fact adds in words, of one's own or of a person."""

Reasoning = Annotated[str, Meta(min_length=1, max_length=500)] | Sealed
"""Why, in words that a fact must have."""

SEALED = Text("已封存", "sealed")
"""What stands in the place of a sealed text."""


def is_text(words: Words) -> bool:
    """Whether there is a text; of a sealed one that was looked at where it was sealed.

    >>> is_text("泵检修"), is_text("  "), is_text(Sealed("a" * 64, "b" * 64, 32))
    (True, False, True)
    """
    return isinstance(words, Sealed) or bool(words.strip())


def shown(words: Words) -> Text:
    """The text as people see it, in both languages.

    >>> shown("泵检修"), shown(Sealed("a" * 64, "b" * 64, 32))
    (Text(zh='泵检修', en='泵检修'), Text(zh='已封存', en='sealed'))
    """
    return SEALED if isinstance(words, Sealed) else Text(words, words)


def glued(event: str, own: str, added: str) -> str:
    """A person's own words and what the judge adds to them, in one text, as trails of logs that were never opened have it.

    >>> glued("shelve", "泵检修", "until 10:00"), glued("conclude", "泵检修", "confirmed"), glued("comment", "泵检修", "")
    ('泵检修 (until 10:00)', 'confirmed: 泵检修', '泵检修')
    """
    if not added:
        return own
    return f"{added}: {own}" if event == "conclude" else f"{own} ({added})"
