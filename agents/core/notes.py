"""What a gateway noted of a fact's fields, as quality records: the check of `field_note`, which every domain has."""

from streams.messages.notes import FieldNotes


def check_field_notes(data: FieldNotes, at: int) -> list[tuple[str, str, str]]:  # noqa: ARG001 - the contract of a check
    """Each field that a gateway refused (DQ-15), and each that it took with a remark (DQ-09)."""
    return [
        ("DQ-09" if note.taken else "DQ-15", f"$.data.notes[{n}]", f"{note.reason}: {data.of} {note.field}: {note.message}")
        for n, note in enumerate(data.notes)
    ]
