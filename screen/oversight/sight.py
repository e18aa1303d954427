"""Whose figures and cases a person sees: of every unit, or of its own bodies and the city's sums alone. Pure.

What rests on a report (举报) about the person's own body, or one above it, is in none of them, whatever its role: the service
leaves it out, which knows orders that the screen has let go of.
"""

from datetime import date

from msgspec import Struct

from screen.access.people import Person
from screen.feed.directory import measuring_office
from screen.orders.seen import looker
from streams.directory.versions import AUTHORITY
from streams.oversight.wire import FigureScope, Word
from streams.places.organs import units

NONE = "-"
"""What a page asks for where something has none: no district, no matter."""


class Narrowed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a page narrows figures to; empty does not narrow. `own`: to the person's own bodies."""

    unit: Word = ""
    unit_kind: Word = ""
    district: Word = ""
    domain: Word = ""
    kind: Word = ""
    matter: Word = ""
    own: bool = False


class Reach(Struct, frozen=True):
    """What a person reaches: figures of every unit (`whole`), those of its `own` bodies; `within`: these and those above."""

    whole: bool
    own: frozenset[str]
    within: frozenset[str] = frozenset()

    def sums(self, asked: Narrowed) -> FigureScope:
        """Of whom the figures are: the city's are everybody's, but narrowed to a unit, place, field or matter its own alone."""
        narrow = asked.unit or asked.unit_kind or asked.district or asked.domain or asked.matter
        return self._scope(asked, None if self.whole or not narrow else self.own)

    def cases(self, asked: Narrowed) -> FigureScope:
        """Of whom cases, and figures of single units, are."""
        return self._scope(asked, None if self.whole else self.own)

    def _scope(self, asked: Narrowed, units: frozenset[str] | None) -> FigureScope:
        for those in (self.own if asked.own else None, frozenset({asked.unit}) if asked.unit else None):
            if those is not None:
                units = those if units is None else units & those
        return FigureScope(
            units=units,
            unit_kinds=_one(asked.unit_kind),
            districts=_one(asked.district),
            domains=_one(asked.domain),
            kinds=_one(asked.kind),
            matters=_one(asked.matter),
            hidden_from=self.within,
        )


def oversees(person: Person) -> bool:
    """Whether a person sees every unit: by right, and not for departments alone, but the authority for data or who measures."""
    bound = bool(person.departments) and {AUTHORITY, measuring_office()}.isdisjoint(person.departments)
    return not bound and not person.may_not("oversee")


def reach_of(person: Person, day: date) -> Reach:
    """What a person reaches on a day: of its own bodies none whose duties somebody else has by then, who counts for it."""
    who, known = looker(person), units()
    own = who.units or frozenset()
    left = {each for each in own if (now := known.standing(each, day)) is not None and now.id not in own}
    return Reach(oversees(person), own - left, who.within)


def _one(value: str) -> frozenset[str] | None:
    return frozenset({"" if value == NONE else value}) if value else None
