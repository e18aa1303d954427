"""What comes of a type: the outputs that are made of it, and what is measured of it."""

from typing import Any

from streams.catalogue.described import DescribedType, catalogue, find, read
from streams.catalogue.entry import FACTS, MeasureEntry
from streams.messages import Text

MEASURED = "outputs"
"""The group whose file says what is measured."""


def measures() -> dict[str, MeasureEntry]:
    """All that is measured of outputs, by name."""
    return read(MEASURED).measure


def made_of(described: DescribedType) -> tuple[DescribedType, ...]:
    """The outputs that are made of a type, in the order of the catalogue."""
    return tuple(each for each in catalogue().values() if any(_is(name, described) for name in each.entry.reads))


def measured_of(described: DescribedType) -> tuple[MeasureEntry, ...]:
    """What is measured of an output."""
    return tuple(each for each in measures().values() if described.name in each.reads)


def lineage_row(described: DescribedType) -> dict[str, Any]:
    """Both as they are told: outputs with who makes them, measures with the fields that they read and what they put out."""
    return {
        "into": [{"type": each.name, "title": each.title, "by": each.entry.by} for each in made_of(described)],
        "measures": [
            {
                "title": each.title,
                "names": each.names,
                "fields": each.reads[described.name],
                "puts": each.puts,
                "puts_title": _title(each.puts),
            }
            for each in measured_of(described)
        ],
    }


def _is(name: str, described: DescribedType) -> bool:
    """Whether a name of `reads` means a type: itself, a pattern of events, or FACTS."""
    if name == FACTS:
        return described.entry.topics in {"own", "domains"} and not described.name.startswith(("command.", "order.", "book."))
    return name == described.name


def _title(name: str) -> Text | None:
    found = find(name) if name else None
    return found.title if found else None
