"""What orders are judged by, from the files: the kinds, the place's calendar, its public bodies, who may write to whom."""

from datetime import date
from functools import cache

from msgspec.structs import replace

from agents.core.orders.rules import OrderRules
from streams import places
from streams.calendar.holidays import build
from streams.messages import day_of
from streams.messages.orders import PaperKind
from streams.orders.kind import OrderKind
from streams.orders.kinds import kinds
from streams.organs.correspondence import Correspondence, may_write
from streams.organs.unit import Units
from streams.places import calendar
from streams.places.organs import correspondence, units


class PlaceBodies:
    """A place's public bodies as the core asks for them: `agents.core.orders.rules.Bodies`."""

    def __init__(self, known: Units, rules: Correspondence) -> None:
        self._known = known
        self._rules = rules
        self._days: dict[date, Units] = {}

    def within(self, unit: str, other: str) -> bool:
        """Whether a unit is another one, or stands below it (隶属)."""
        return self._known.is_within(unit, other)

    def acts_for(self, unit: str, body: str) -> bool:
        """Whether a unit is a body, or an inner office of it."""
        return self._known.acts_for(unit, body)

    def sort(self, unit: str) -> str:
        """What a unit is; empty where nobody knows it."""
        found = self._known.get(unit)
        return "" if found is None else found.kind

    def organ(self, unit: str) -> str:
        """The body in whose name an inner office acts; itself where it is none."""
        found = self._known.organ(unit)
        return unit if found is None else found.id

    def objection(self, sender: str, receiver: str, paper: PaperKind, at: int) -> str:
        """The sentence that forbids it, its source and what to do instead; empty where it may."""
        day = day_of(at)
        there = self._days.get(day)
        if there is None:
            there = self._known.at(day)
            self._days = {day: there}
        verdict = may_write(self._rules, there, sender, receiver, paper)
        return "" if verdict.allowed else f"{verdict.sentence.zh}（{verdict.basis}）；{verdict.instead.zh}"


@cache
def order_rules(code: str | None = None) -> OrderRules:
    """What the orders of a place (default: here) are judged by; ValueError names the file and what is wrong."""
    code = places.here() if code is None else code
    known, holidays = units(code), calendar.here(code)
    all_kinds = {name: _there(kind, code) for name, kind in kinds().items()}
    owner = places.answering("data", code)
    desks = {kind.id: _desk(kind, known, code) for kind in all_kinds.values() if kind.desk}
    return OrderRules(
        kinds=all_kinds,
        holidays=holidays,
        calendar=build(holidays),
        bodies=PlaceBodies(known, correspondence()),
        owner=owner,
        desks=desks,
    )


def _there(kind: OrderKind, code: str) -> OrderKind:
    """A kind with the limits that hold at a place: the nation's, and those of what it lies in."""
    return replace(kind, limits=tuple(row for row in kind.limits if row.place in {"", *places.chain(code)}))


def _desk(kind: OrderKind, known: Units, code: str) -> str:
    """The body of the place that has a kind's role, the city's before the province's."""
    prefixes = (places.place(each).prefix for each in reversed(places.chain(code)) if each in places.known())
    found = next((name for prefix in prefixes if (name := f"{prefix}-{kind.desk}") in known), None)
    if found is None:
        raise ValueError(f"place {code} has no body {kind.desk!r} with which a {kind.id} begins: list it in units.toml")
    return found
