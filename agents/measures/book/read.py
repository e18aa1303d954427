"""The book of measures as its files have it, each fault with its file, its line and the id at fault."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from msgspec import Struct

from agents.measures.book import condition, measure
from agents.measures.book.condition import ConditionRow
from agents.measures.book.measure import MeasureRow
from agents.measures.book.tables import BookFault, faults_at, refuse, take_tables
from agents.measures.cases.case import OF_FACTS
from agents.measures.cases.watched import watched_names

FOLDER = Path(__file__).parent

CONDITIONS = "conditions.toml"

RULE = "rule"
"""The field of a case by which conditions name rules."""


class MeasureBook(Struct, frozen=True):
    """All measures by id, in the order of their files, and the conditions that they name."""

    measures: Mapping[str, MeasureRow]
    conditions: Mapping[str, ConditionRow]


@cache
def measure_book(folder: Path = FOLDER) -> MeasureBook:
    """The book of a folder; Trouble names each fault and where it stands."""
    measures, conditions, found = _read(folder)
    refuse(found)
    return MeasureBook(measures, conditions)


def of_orders(book: MeasureBook) -> MeasureBook:
    """The book without what facts make: what whoever follows orders alone can tell."""
    kept = {name: row for name, row in book.measures.items() if row.population not in OF_FACTS}
    return MeasureBook(kept, book.conditions)


def book_faults(folder: Path = FOLDER, duties: Collection[str] | None = None) -> list[BookFault]:
    """Everything that is wrong with the book of a folder; nothing where all is well.

    `duties`: the rules that watch duties of the law, where they are known: a measure counts those, those that measures alone
    watch, and no other.
    """
    _, conditions, found = _read(folder)
    named = {name: set(row.among or ()) for name, row in conditions.items() if row.field == RULE}
    strange = (
        {name: sorted(rules.difference(duties, watched_names())) for name, rules in named.items()} if duties is not None else {}
    )
    wrongs = ((name, f"no rule watches a duty by the name {', '.join(each)}") for name, each in strange.items() if each)
    return [*found, *faults_at(folder / CONDITIONS, wrongs)]


def _read(folder: Path) -> tuple[dict[str, MeasureRow], dict[str, ConditionRow], list[BookFault]]:
    conditions, found = dict[str, ConditionRow](), list[BookFault]()
    measures: dict[str, MeasureRow] = {}
    take_tables(folder / CONDITIONS, ConditionRow, conditions, found)
    found += faults_at(folder / CONDITIONS, condition.wrongs(conditions))
    sound = not found
    for path in sorted(folder.glob("*.toml")):
        if path.name == CONDITIONS:
            continue
        new: dict[str, MeasureRow] = {}
        take_tables(path, MeasureRow, new, found)
        found += faults_at(path, ((name, "there are two measures of this id") for name in new if name in measures))
        if sound:
            found += faults_at(path, ((name, why) for name, row in new.items() for why in measure.wrongs(row, conditions)))
        measures |= new
    used = {name for row in measures.values() for name in (*row.due, *row.numerator, *row.exclusions)}
    used |= {name for row in conditions.values() for name in row.names}
    if not found:
        found += faults_at(folder / CONDITIONS, ((name, "no measure rests on it") for name in conditions if name not in used))
    return measures, conditions, found
