"""What the stage of signs is judged by, from the book of signs and the place's names of areas."""

from collections.abc import Mapping
from functools import cache, partial

from agents.core.signs.rules import SignRules, StageSign, Sums
from agents.signs.book.read import sign_book
from agents.signs.book.sign import AirForm, RateForm, SignRow, is_owed, least_of
from agents.signs.reading import level_of, mean_index, share_of
from agents.signs.stage.judging import IncidentPart
from agents.signs.stage.partition import PartitionCounts, definition_of
from streams import places
from streams.messages import Text
from streams.places.residents import residents


@cache
def sign_rules() -> SignRules:
    """The committed book as the stage needs it, with the names of this place's areas. Trouble names what is wrong with it."""
    here = places.here()
    areas = {**places.areas(), f"{here:0<6}": places.place(here).name}
    return rules_of(sign_book(), areas, places.answering("data"), residents())


def rules_of(book: Mapping[str, SignRow], areas: Mapping[str, Text], owner: str, residents: Mapping[str, int]) -> SignRules:
    """What the stage is judged by, of a book."""
    signs = {name: _sign(row, residents) for name, row in book.items()}
    return SignRules(
        signs=signs, areas=areas, owner=owner, counts=partial(PartitionCounts, book), incidents=partial(IncidentPart, book)
    )


def _sign(row: SignRow, residents: Mapping[str, int]) -> StageSign:
    return StageSign(
        name=row.name,
        version=definition_of(row, whole=True),
        made=definition_of(row),
        owed=is_owed(row.formula),
        floor=row.floor,
        value=partial(_value, row),
        residents=residents if isinstance(row.formula, RateForm) and not row.formula.subjects else None,
        least=least_of(row),
        level=partial(level_of, row),
    )


def _value(row: SignRow, numerator: float, denominator: float, sums: Sums, at: int) -> float | None:
    if isinstance(row.formula, AirForm):
        return mean_index(sums, at)[0]
    return share_of(row.formula, numerator, denominator)
