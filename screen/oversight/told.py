"""What the page is told of an answer of the oversight service: names of bodies and titles of orders beside it. Pure."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from msgspec.structs import asdict

from screen.access.people import Person
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.i18n.texts import unit_name
from screen.orders.seen import looker, may_see, view_for
from screen.oversight.sight import Reach
from streams.catalogue import domains
from streams.catalogue.sight import seen
from streams.messages import Text
from streams.messages.rights import TAKE_CASES
from streams.orders.kinds import kinds
from streams.orders.words import states
from streams.oversight.wire import (
    BookTold,
    CaseList,
    CaseRow,
    Correction,
    CorrectionList,
    HowCounted,
    KeyedFigure,
    LeadPage,
    LedgerState,
    MeasureRows,
    Overview,
)
from streams.places import areas
from streams.places.organs import units

LISTS = ("oldest", "returned", "supervision")
"""The lists of orders on the leader's page."""

DISTRICT = len("410102")
"""Digits of a district's code."""


def told_state(state: LedgerState) -> dict[str, Any]:
    """What figures rest on, without the count of changes: it would tell of orders that are hidden from who asks."""
    told = asdict(state)
    del told["version"]
    return told


def told_book(book: BookTold, reach: Reach, person: Person) -> dict[str, Any]:
    """The measures, the names of all by which they may be looked at, and what the person reaches."""
    own = [each for each in _bodies() if reach.whole or each["id"] in reach.own]
    return {
        "state": told_state(book.state),
        "measures": book.measures,
        "units": own,
        "districts": {code: name for code, name in areas().items() if len(code) == DISTRICT},
        "domains": {name: described.short or described.title for name, described in domains().items()},
        "kinds": {
            name: {"title": kind.title, "states": states(kind), "clocks": sorted({row.clock for row in kind.limits})}
            for name, kind in kinds().items()
        },
        "whole": reach.whole,
        "own": sorted(reach.own),
        "object_for": object_for(person),
        "may_export": not person.may_not(TAKE_CASES) and reach.whole,
        "may_study": not person.may_not("replay") and reach.whole,
    }


def object_for(person: Person) -> str:
    """The unit to whose figures a person may object; empty where it may not."""
    return "" if person.may_not("figure-object") else person.actor.department


def told_lead(page: LeadPage, lists: LeadPage | None, view: View, person: Person) -> dict[str, Any]:
    """The leader's page; `lists`: the page whose lists of orders the person may see, None for none."""
    titles = Titles(view, person)
    rows = {name: titles.rows(getattr(lists, name)) if lists else [] for name in LISTS}
    return asdict(page) | rows | {"state": told_state(page.state), "lists": lists is not None}


def told_figures(answer: Overview, since: str, until: str, *, opens: bool) -> dict[str, Any]:
    """Every measure over the months; `opens`: whether the person may open the cases behind them."""
    return {"state": told_state(answer.state), "since": since, "until": until, "lines": answer.lines, "opens": opens}


def told_rows(answer: MeasureRows, by: str) -> dict[str, Any]:
    """The rows of a measure: units in the order of the city's own list, never by their figures."""
    rows = answer.rows
    if by == "unit":
        rows = tuple(sorted(rows, key=_listed))
    return {"state": told_state(answer.state), "rows": [asdict(each) | {"name": _name(by, each.key)} for each in rows]}


def told_cases(answer: CaseList, view: View, person: Person) -> dict[str, Any]:
    """Cases with the names of their bodies, and the titles of those orders that the person may open."""
    return {"state": told_state(answer.state), "total": answer.total, "cases": Titles(view, person).rows(answer.cases)}


def told_corrections(answer: CorrectionList) -> dict[str, Any]:
    """Corrections with the names of their bodies."""
    return {
        "state": told_state(answer.state),
        "total": answer.total,
        "kept": answer.kept,
        "corrections": [_correction(each) for each in answer.corrections],
    }


class Titles:
    """The titles of orders as one person sees them, by the newest view of the screen."""

    def __init__(self, view: View, person: Person) -> None:
        self._who, self._marks = looker(person), person.sees()
        self._orders = view_for(view, self._who)[Orders]

    def rows(self, cases: Iterable[CaseRow]) -> list[dict[str, Any]]:
        """Cases, each with its body's name and its order's title; None where the screen has none of it for this person."""
        return [asdict(each) | {"unit_name": unit_name(each.unit), "title": self._of(each.order)} for each in cases]

    def _of(self, name: str) -> Text | None:
        order = self._orders.orders.get(name)
        if order is None or not may_see(self._who, order, self._orders.lines_of(name)):
            return None
        return seen(order, self._marks).title


def _correction(each: Correction) -> dict[str, Any]:
    def named(how: HowCounted | None) -> Mapping[str, Any] | None:
        return None if how is None else asdict(how) | {"unit_name": unit_name(how.unit)}

    return asdict(each) | {"before": named(each.before), "after": named(each.after)}


def _name(by: str, key: str) -> Text | None:
    return unit_name(key) if by == "unit" else None


def _listed(row: KeyedFigure) -> tuple[int, str]:
    return _places().get(row.key, len(_places())), row.key


@cache
def _places() -> Mapping[str, int]:
    """Where each body stands in the city's list."""
    return {unit.id: n for n, unit in enumerate(units())}


@cache
def _bodies() -> tuple[dict[str, Any], ...]:
    """All bodies of the place but communities, which are not measured, in the city's order."""
    return tuple(
        {"id": each.id, "name": each.name, "kind": each.kind, "level": each.level, "district": each.adcode[:DISTRICT]}
        for each in units()
        if each.level != "community"
    )
