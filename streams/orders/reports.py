"""Which orders rest on a report (举报) about a body, so that nothing of them is for its people (信访工作条例 30). Pure.

What follows from such an order, as its supervision does, is hidden with it.
"""

from collections.abc import Collection, Mapping

from msgspec import Struct

from streams.messages import Order
from streams.orders.texts import accused_of

Ids = frozenset[str]

NONE: Ids = frozenset()


class Reports(Struct):
    """`about`: by body the ids of the orders that rest on a report about it; `under`: by order those that follow from it."""

    about: dict[str, Ids] = {}
    under: dict[str, Ids] = {}

    def changed(self, before: Order | None, after: Order | None) -> "Reports":
        """Those after a revision of an order, these where it changes nothing; None where it is not known, or not any more."""
        if _whose(before) == _whose(after):
            return self
        made = Reports(dict(self.about), dict(self.under))
        made.take(before, after)
        return made

    def take(self, before: Order | None, after: Order | None) -> None:
        """Be those after a revision of an order."""
        if _whose(before) == _whose(after):
            return
        for order, there in ((before, False), (after, True)):
            if order is None:
                continue
            bodies, parent = _whose(order)
            for body in bodies:
                _put(self.about, body, order.id, there=there)
            if parent:
                _put(self.under, parent, order.id, there=there)

    def hidden(self, bodies: frozenset[str]) -> Ids:
        """The orders of which nothing is for whoever is of one of these bodies, or below it."""
        found = {name for body in bodies for name in self.about.get(body, NONE)}
        new = list(found)
        while new:
            new = [name for each in new for name in self.under.get(each, NONE) if name not in found]
            found.update(new)
        return frozenset(found)


def follows_from(name: str, reports: Collection[str], above: Mapping[str, str]) -> bool:
    """Whether an order is one of these reports, or follows from one: `above` has the parents, empty where there is none."""
    seen = set[str]()
    while name and name not in seen:
        if name in reports:
            return True
        seen.add(name)
        name = above.get(name, "")
    return False


def _whose(order: Order | None) -> tuple[frozenset[str], str]:
    return (accused_of(order.traits), order.parent) if order else (frozenset(), "")


def _put(ids: dict[str, Ids], key: str, name: str, *, there: bool) -> None:
    left = ids.get(key, NONE) | {name} if there else ids.get(key, NONE) - {name}
    if left:
        ids[key] = left
    else:
        ids.pop(key, None)
