"""What one open desk is told: the window of the list that it shows, and of it only what has changed. Pure."""

from collections import OrderedDict
from typing import Annotated, Any

from msgspec import Meta, Struct

from screen.access.people import Person
from screen.desk.list import Index, Query, Row, Selection, arrived, counts, follow, grouped, place_of, select
from screen.feed.rows import row
from streams.catalogue.sight import seen
from streams.messages import Alert, encode

MOST_ROWS = 200
"""Rows of a window, or of a reach, at most: more are never on a page at once, and no bulk act is greater."""

SHOWN = 8
"""Newest lists that are remembered, so that a page freezes the very one that it shows."""


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks for, newest word wins; `n` counts its words.

    `first` and `rows`: the window. `frozen`: the number of the list under the pointer, which is kept; None: the list moves.
    `selected`: the alert whose place is told. `reach`: first and last place of rows to be told of at once, for a bulk act.
    """

    n: int
    query: Query = Query()
    first: Annotated[int, Meta(ge=0)] = 0
    rows: Annotated[int, Meta(ge=0, le=MOST_ROWS)] = 60
    frozen: int | None = None
    selected: Annotated[str, Meta(max_length=64)] = ""
    reach: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]] | None = None


class DeskPage:
    """One page's state: what it has asked, its list, and what it knows."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._selection: Selection | None = None
        self._frozen: tuple[int, Selection] | None = None
        self._lists: OrderedDict[int, Selection] = OrderedDict()
        self._known: dict[str, tuple[Alert, bool]] = {}
        self._told: dict[str, Any] = {}
        self._counts: Any = None
        self._answered = -1

    def answer(self, index: Index, ask: Ask) -> bytes | None:
        """What the page must be told of this Index; None where it knows all of it."""
        live = self._live(index, ask.query)
        shown, waiting = self._shown(index, live, ask)
        window = shown.order[ask.first : ask.first + ask.rows]
        told: dict[str, Any] = {
            "n": ask.n,
            "number": shown.number,
            "total": len(shown.order),
            "groups": grouped(shown),
            "waiting": waiting,
            "first": ask.first,
            "ids": [one.alert.id for one in window],
            "place": self._place(index, shown, ask.selected),
        }
        fresh = self._fresh(index, window)
        counted = counts(live)
        again = ask.n == self._answered
        if again and not fresh and counted == self._counts and told == self._told:
            return None
        more: dict[str, Any] = {"set": fresh}
        if counted != self._counts:
            more["counts"] = counted
        if ask.reach is not None and not again:
            first, last = sorted(ask.reach)
            rows = shown.order[first : min(last + 1, first + MOST_ROWS)]
            more["reach"] = [row(alert, self._person.sees(alert)) for alert, _ in (_newest(index, one) for one in rows)]
        self._counts, self._told, self._answered = counted, told, ask.n
        return encode(told | more)

    def _live(self, index: Index, query: Query) -> Selection:
        before = self._selection
        known = before is not None and before.query == query
        self._selection = follow(before, index) if known and before else select(index, query)
        if not known:
            self._lists.clear()
            self._frozen = None
        self._lists[index.number] = self._selection
        while len(self._lists) > SHOWN:
            self._lists.popitem(last=False)
        return self._selection

    def _shown(self, index: Index, live: Selection, ask: Ask) -> tuple[Selection, int]:
        """The list to show, and how many rows wait for it to move again."""
        if ask.frozen is None:
            self._frozen = None
            return live, 0
        if self._frozen is None or self._frozen[0] != ask.frozen:
            self._frozen = (ask.frozen, self._lists.get(ask.frozen, live))
        kept = self._frozen[1]
        waiting = arrived(kept, live, index)
        if waiting is None:  # frozen for longer than changes are remembered: count what is not there by id
            known = {one.alert.id for one in kept.order}
            waiting = sum(one.alert.id not in known for one in live.order)
        return kept, waiting

    def _fresh(self, index: Index, window: Any) -> dict[str, Any]:
        """The rows of the window of which the page does not know the newest word."""
        newest = {one.alert.id: _newest(index, one) for one in window}
        fresh = {
            name: self._row(alert) | {"gone": gone}
            for name, (alert, gone) in newest.items()
            if (known := self._known.get(name)) is None or known[0] is not alert or known[1] != gone
        }
        self._known = newest
        return fresh

    def _row(self, alert: Alert) -> dict[str, Any]:
        marks = self._person.sees(alert)
        return row(alert, marks) | seen({"aside": alert.aside, "case": alert.case, "level": alert.level}, marks)

    def _place(self, index: Index, shown: Selection, selected: str) -> int | None:
        found = index.rows.get(selected)
        return place_of(shown, found) if found else None


def _newest(index: Index, one: Row) -> tuple[Alert, bool]:
    """The alert of a row as it stands now, and whether it has ended since."""
    found = index.rows.get(one.alert.id)
    return (found.alert, False) if found else (one.alert, True)
