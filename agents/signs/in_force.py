"""What a worker tells of the book of signs, so that whoever shows them need not know it."""

from collections.abc import Collection, Mapping

import msgspec

from agents.signs.book.case import SignCase
from agents.signs.book.sign import MissingSign, SignRow, subjects_of, types_of
from agents.signs.pages import formula_text
from agents.signs.rule_file import deadband_of, rule_of, silence_of
from agents.signs.stage.partition import definition_of
from streams.messages import Text
from streams.rulebook import SignExample, SignInForce, SignLimit, SignNotThere, SignsInForce


def signs_in_force(book: Mapping[str, SignRow], missing: Mapping[str, MissingSign], rules: Collection[str]) -> SignsInForce:
    """The record of a book of signs, and of those that are not there. `rules`: the ids of the rule book beside it."""
    absent = {name: SignNotThere(name=each.name, what=each.what, needs=each.needs) for name, each in missing.items()}
    return SignsInForce({name: _told(name, row, rules) for name, row in book.items()}, absent)


def _told(name: str, row: SignRow, rules: Collection[str]) -> SignInForce:
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
        formula=formula_text(row),
        undue=getattr(row.formula, "undue", None),
        version=definition_of(row, whole=True),
        owner=row.owner,
        delay=row.delay,
        deadband=deadband_of(row) if row.thresholds else None,
        opens=row.opens,
        same_as=row.same_as,
        rules=tuple(each for each in (rule_of(name), silence_of(name)) if each in rules),
        cases=tuple(map(_example, row.case)),
    )


def _example(case: SignCase) -> SignExample:
    numbers = {name: float(value) for name, value in msgspec.to_builtins(case.expect).items() if isinstance(value, int | float)}
    return SignExample(name=Text(case.zh, case.name), at=case.at, state=case.expect.state, numbers=numbers)
