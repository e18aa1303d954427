"""Which rows of some columns a question is about. Pure."""

from collections.abc import Callable, Iterable

import numpy as np

from agents.measures.columns import Codes, Columns, Numbers
from agents.oversight.bodies import StandingBodies
from streams.oversight.wire import FigureScope


def chosen(columns: Columns, codes: Codes, scope: FigureScope, bodies: StandingBodies) -> Numbers | None:
    """A truth for each row, of the scope but what it leaves out by order; None where it does not narrow."""
    asked: tuple[tuple[str, frozenset[str] | None, Callable[[str], str]], ...] = (
        ("unit", scope.units, bodies.standing),
        ("unit", scope.unit_kinds, bodies.kind),
        ("district", scope.districts, str),
        ("domain", scope.domains, str),
        ("kind", scope.kinds, str),
        ("matter", scope.matters, str),
    )
    found: Numbers | None = None
    for column, words, told in asked:
        if words is not None:
            wanted = {told(word) for word in words} if told == bodies.standing else words
            allowed = np.fromiter((told(word) in wanted for word in codes.words), bool, len(codes.words))
            rows = allowed[columns.numbers(column)]
            found = rows if found is None else found & rows
    return found


def without(columns: Columns, found: Numbers | None, names: Iterable[str]) -> Numbers | None:
    """The same without the rows of these ids."""
    rows = [columns.rows[name] for name in names if name in columns.rows]
    if not rows:
        return found
    left = np.ones(len(columns), bool) if found is None else found.copy()
    left[rows] = False
    return left
