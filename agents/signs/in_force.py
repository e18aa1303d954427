"""What a worker tells of the book of signs, so that whoever shows them need not know it."""

from collections.abc import Mapping

from agents.signs.book.sign import SignRow, subjects_of, types_of
from streams.rulebook import SignInForce, SignLimit, SignsInForce


def signs_in_force(book: Mapping[str, SignRow]) -> SignsInForce:
    """The record of a book of signs."""
    return SignsInForce({name: _told(row) for name, row in book.items()})


def _told(row: SignRow) -> SignInForce:
    return SignInForce(
        name=row.name,
        what=row.what,
        unit=row.unit,
        window=row.window,
        better=row.direction,
        floor=row.floor,
        floor_basis=row.floor_basis,
        limits={level: SignLimit(each.value, each.basis) for level, each in row.thresholds.items()},
        provenance=row.provenance,
        source=row.source,
        mark=row.mark,
        department=row.department,
        guidance=row.guidance,
        reads=tuple(dict.fromkeys(types_of(row.formula))),
        subjects=tuple(dict.fromkeys(subjects_of(row.formula))),
    )
