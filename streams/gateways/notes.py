"""What a gateway has to say of single fields: those that it had to refuse, and those that it took though they are irregular.

The fact carries the good fields; beside it goes one event of the kind `field_note` with all that there is to say of it. A note
has a field's name and how long its text was, never the text itself.
"""

from collections.abc import Sequence

from streams.messages import FIELD_NOTE, FieldNote, event_bytes, format_time

LONGEST = 100
"""Characters of a field's name that a note keeps."""

MOST = 256
"""Notes of one event; a frame of one segment cannot have more."""


def notes_event(domain: str, source: str, fact: tuple[str, str, str], at: int, notes: Sequence[FieldNote]) -> bytes:
    """The event of notes on a fact; `fact` is its (kind, id, subject), `at` its time (ms)."""
    kind, id_, subject = fact
    return event_bytes(
        type=f"{domain}.{FIELD_NOTE}",
        source=source,
        id=f"{id_}-notes",
        time=format_time(at),
        subject=subject,
        data={"of": kind, "notes": notes[:MOST]},
    )
