"""The sections of signs on the wall of the whole city, and those of one's own wall. Pure but for files."""

from typing import Any

from screen.access.people import Person
from screen.feed.signs.city_signs import CitySigns
from screen.feed.signs.scope import SignScope, city, why_not
from screen.feed.signs.told import told_book, told_signs
from screen.feed.view import Slice, View
from streams.messages import encode


class SignBoard(Slice):
    """Knows nothing itself. Reads CitySigns and Alarms."""

    def slow_sections(self, view: View, known: View | None) -> dict[str, Any]:
        """`signs`: where something of them has changed; `sign_book`: where the book has."""
        own, before = view[CitySigns], known and known[CitySigns]
        told = {} if before and before.edition == own.edition else {"sign_book": told_book(view)}
        return told if before and before.stamp == own.stamp else told | {"signs": told_signs(view, SignScope(city()))}


class OwnSigns:
    """The section `signs` of the walls of single districts and departments, each made once for all pages that show it."""

    def __init__(self) -> None:
        self._made: dict[SignScope | str, bytes] = {}
        self._stamp = -1

    def section(self, view: View, scope: SignScope, person: Person) -> bytes:
        """The section as this person may see it; one that did not change is the very object of before."""
        if view[CitySigns].stamp != self._stamp:
            self._made.clear()
            self._stamp = view[CitySigns].stamp
        refused = why_not(person, scope)
        key = refused or scope
        if key not in self._made:
            self._made[key] = encode({"refused": refused} if refused else told_signs(view, scope))
        return self._made[key]
