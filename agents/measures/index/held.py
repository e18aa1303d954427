"""By which text an index is scored in a period: what was adopted for it, or the place's file as a draft. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from agents.measures.book.read import MeasureBook
from agents.measures.index.spec import IndexRow, IndexText, definition, digest_of_text, index_text, written
from streams.appraisal.adoptions import Adopted


class HeldIndex(Struct, frozen=True):
    """The text, its version, whether that was adopted, and the measures whose definition is another since."""

    text: IndexText
    version: str
    adopted: bool
    changed: tuple[str, ...] = ()


def draft_held(index: str, indexes: Mapping[str, IndexRow], book: MeasureBook) -> HeldIndex:
    """A sound index of the place as its file stands, which counts for nothing."""
    text = index_text(index, indexes, book)
    return HeldIndex(text, digest_of_text(written(text))[:16], adopted=False)


def adopted_held(found: Adopted, text: IndexText, book: MeasureBook) -> HeldIndex:
    """What was adopted, with its text; ValueError where it rests on measures that the book has no more."""
    if strange := sorted(set(text.measures) - set(book.measures)):
        raise ValueError(f"version {found.version} rests on measures that are no more: {', '.join(strange)}")
    changed = tuple(name for name, digest in text.measures.items() if definition(book.measures[name], book) != digest)
    return HeldIndex(text, found.version, adopted=True, changed=changed)
