"""What the page is told of what stands beside figures, with the names of bodies, and what a person may do. Pure."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import asdict

from screen.access.people import Person
from screen.feed.directory import Appeals
from screen.feed.view import View
from screen.i18n.texts import unit_name
from screen.oversight.told import told_state
from streams.appraisal.objections import Objected
from streams.messages import Text
from streams.oversight.wire import BesideTold, Comparison, IndexList, IndexTold, ObjectionList, ReckonedRows


def told_comparison(answer: Comparison) -> dict[str, Any]:
    """Units beside each other, by name."""
    rows = [asdict(each) | {"name": unit_name(each.unit)} for each in answer.rows]
    return asdict(answer) | {"state": told_state(answer.state), "rows": rows}


def told_objections(answer: ObjectionList, view: View, person: Person) -> dict[str, Any]:
    """Objections by the names of their units; `may`: what the person may do about each now."""
    known = view[Appeals].known
    found = [
        asdict(each) | {"unit_name": unit_name(each.unit), "may": list(_may(known.get(each.objection), answer.office, person))}
        for each in answer.objections
    ]
    return asdict(answer) | {"state": told_state(answer.state), "office": _named(answer.office), "objections": found}


def told_indexes(answer: IndexList) -> dict[str, Any]:
    """The indexes of the place, and the body that drafts and adopts them."""
    return asdict(answer) | {"state": told_state(answer.state), "office": _named(answer.office)}


def told_index(answer: IndexTold) -> dict[str, Any]:
    """Scores by the names of units."""
    scores = [asdict(each) | {"name": unit_name(each.key) if answer.by == "unit" else None} for each in answer.scores]
    return asdict(answer) | {"state": told_state(answer.state), "scores": scores}


def told_beside(answer: BesideTold) -> dict[str, Any]:
    """The measures beside the book, and what is not measured."""
    return asdict(answer) | {"state": told_state(answer.state)}


def told_reckoned(answer: ReckonedRows, by: str) -> dict[str, Any]:
    """The rows of one of these, those of units by name."""
    rows = [asdict(each) | {"name": unit_name(each.key) if by == "unit" else None} for each in answer.rows]
    return asdict(answer) | {"state": told_state(answer.state), "rows": rows}


def _named(office: str) -> Text | None:
    """The name of the body that measures; None where the place names none."""
    return unit_name(office) if office else None


def _may(known: Objected | None, office: str, person: Person) -> Iterator[str]:
    if known is None or known.answer is not None:
        return
    own = person.actor.department
    if own == known.said.unit and not person.may_not("figure-object"):
        yield "withdraw"
    if office and own == office and not person.may_not("figure-answer") and known.said.by.id != person.id:
        yield "answer"
