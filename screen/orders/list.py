"""The list of orders: every one that has not been put away, sorted once for all pages, and what one page asks of it. Pure.

It is kept up from what has changed; so is what a page has asked for. Neither costs more where more orders stand. Another list
of the same make holds receivers' lines, for the page of a unit's own people.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import attrgetter
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct, field

from screen.feed.blocks import Blocks
from screen.feed.ordered import counted
from screen.feed.sharded import Sharded

Group = Literal["return", "late", "soon", "check", "sign", "open", "review", "back", "ended"]
"""Where a row stands: a return waits for a decision (退单申请), 超期, 临期, 待核查, 待签收, 在办.

Of a unit's own lines also 单位审核 and 被退回. 已结 is shown where it is asked for alone.
"""

GROUPS: tuple[Group, ...] = get_args(Group)
"""From the top of a list to its end."""

ENDED: Group = "ended"

FACETS = ("kind", "unit", "district")
"""What may be filtered by beside the group, in the order of `Row.facets`."""

FAR = 2**53
"""The due time of a row without a clock that runs."""

MOST_WORDS = 8
"""Words of a search that count."""

REMEMBERED = 64
"""Publications whose changes are kept (16 s at four a second), for pages that come late."""

Values = Annotated[frozenset[str], Meta(max_length=200)]
Words = Annotated[str, Meta(max_length=200)]

Key = tuple[int, int, str]


class OrderRow(Struct, frozen=True, gc=False):
    """An order, or a line, in its list: group, due time and id; what it is filtered by, and in what a search looks.

    `facets`: kind, unit of the main receiver (of a line: the receiver) and district. `units`: the bodies that it concerns;
    `people`: the accounts that have done something to it.
    """

    key: Key
    facets: tuple[str, str, str]
    text: str
    units: frozenset[str]
    people: frozenset[str]

    @property
    def id(self) -> str:
        """The order's id, or the line's."""
        return self.key[2]

    @property
    def order(self) -> str:
        """The id of the order, of a line of that which it is of."""
        return self.key[2].partition("/")[0]

    @property
    def group(self) -> Group:
        """Where it stands."""
        return GROUPS[self.key[0]]


RowChange = tuple[OrderRow | None, OrderRow | None]
"""A row before and after; None where there was none, or is none any more."""

ROW_KEY = attrgetter("key")


def _none() -> Blocks[OrderRow]:
    return Blocks(ROW_KEY)


class OrderIndex(Struct, frozen=True):
    """The list of a publication, in order and by id; how many rows each group has and each value of a facet has.

    `changes[-1]` led from the publication `number - 1` to this one.
    """

    number: int = 0
    order: Blocks[OrderRow] = field(default_factory=_none)
    rows: Sharded[OrderRow] = field(default_factory=Sharded)
    groups: Mapping[Group, int] = {}
    facets: Mapping[tuple[str, str], int] = {}
    changes: tuple[tuple[RowChange, ...], ...] = ()


class OrderQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks for: words that must all be found, and values that count (none: all do).

    `mine`: what the person has done something to; `own`: what concerns one of its units; `due`: what is due by then (ms).
    """

    search: Words = ""
    group: Group | None = None
    own: bool = False
    mine: bool = False
    kind: Values = frozenset()
    unit: Values = frozenset()
    district: Values = frozenset()
    due: Annotated[int, Meta(ge=0, le=FAR)] | None = None


class Looker(Struct, frozen=True):
    """Who asks: the account, and the bodies that it is of, None for all; `bound`: it sees what concerns them and no more.

    `within`: its own bodies, and those to whom they belong: what rests on a report about one of these is not for it.
    """

    person: str = ""
    units: frozenset[str] | None = None
    bound: bool = False
    within: frozenset[str] = frozenset()


class OrderSelection(Struct, frozen=True):
    """The rows of an index that somebody's query asks for, in order; how many each group has while the other filters stay."""

    query: OrderQuery
    looker: Looker
    number: int
    order: Blocks[OrderRow]
    groups: Mapping[Group, int]

    @property
    def total(self) -> int:
        """Rows to be shown; those that have ended stand behind them where they are not asked for."""
        return len(self.order) - (self.groups.get(ENDED, 0) if self.query.group is None else 0)


def advance(index: OrderIndex, rows: Iterable[tuple[str, OrderRow | None]]) -> OrderIndex:
    """The index after these rows by id have changed, or gone (None)."""
    changes = [(index.rows.get(name), after) for name, after in rows]
    changes = [(before, after) for before, after in changes if before != after]
    if not changes:
        return index
    known = index.rows.__copy__()
    for before, after in changes:
        if after is not None:
            known.put(after.id, after)
        elif before is not None:
            known.drop(before.id)
    facets = dict(index.facets)
    for row, by in _signed(changes):
        for named in zip(FACETS, row.facets, strict=True):
            counted(facets, named, by)
    return OrderIndex(
        number=index.number + 1,
        order=_moved(index.order, changes),
        rows=known,
        groups=_grouped(index.groups, changes),
        facets=facets,
        changes=(*index.changes, tuple(changes))[-REMEMBERED:],
    )


def without(index: OrderIndex, gone: Iterable[str], hidden: frozenset[str]) -> OrderIndex:
    """The same publication as if there were no orders of these ids (`hidden`); `gone`: the ids of their rows."""
    found = [row for name in gone if (row := index.rows.get(name))]
    rows, facets, dropped = index.rows.__copy__(), dict(index.facets), [(row, None) for row in found]
    for row in found:
        rows.drop(row.id)
        for named in zip(FACETS, row.facets, strict=True):
            counted(facets, named, -1)
    return OrderIndex(
        number=index.number,
        order=_moved(index.order, dropped),
        rows=rows,
        groups=_grouped(index.groups, dropped),
        facets=facets,
        changes=tuple(tuple(each for each in changes if _order_of(each) not in hidden) for changes in index.changes),
    )


def select(index: OrderIndex, query: OrderQuery, looker: Looker) -> OrderSelection:
    """What somebody's query asks of an index."""
    if query == OrderQuery() and not looker.bound:
        return OrderSelection(query, looker, index.number, index.order, index.groups)
    found = list(filter(asked(query, looker), index.order))
    groups = {GROUPS[at]: count for at, count in Counter(row.key[0] for row in found).items()}
    shown = found if query.group is None else [row for row in found if row.group == query.group]
    return OrderSelection(query, looker, index.number, Blocks(ROW_KEY, shown), groups)


def follow(selection: OrderSelection, index: OrderIndex) -> OrderSelection:
    """The same query's selection of a later index."""
    query, looker = selection.query, selection.looker
    late = index.number - selection.number
    if late == 0:
        return selection
    if late > len(index.changes) or (query == OrderQuery() and not looker.bound):
        return select(index, query, looker)
    fits = asked(query, looker)
    found = [_narrowed(change, fits) for changes in index.changes[-late:] for change in changes]
    shown = [_narrowed(change, lambda row: query.group in {None, row.group}) for change in found]
    return OrderSelection(query, looker, index.number, _moved(selection.order, shown), _grouped(selection.groups, found))


def asked(query: OrderQuery, looker: Looker) -> Callable[[OrderRow], bool]:
    """Whether a row is asked for, whatever its group."""
    words = query.search.lower().split()[:MOST_WORDS]
    ours = looker.units if looker.bound or query.own else None
    wanted = (query.kind, query.unit, query.district)

    due, checks = query.due, list[Callable[[OrderRow], bool]]()
    if ours is not None:
        checks.append(lambda row: not ours.isdisjoint(row.units))
    if query.mine:
        checks.append(lambda row: looker.person in row.people)
    checks += [_has(at, values) for at, values in enumerate(wanted) if values]
    if due is not None:
        checks.append(lambda row: row.key[1] <= due)
    checks += [partial(_says, word) for word in words]
    return checks[0] if len(checks) == 1 else lambda row: all(check(row) for check in checks)


def _has(at: int, values: frozenset[str]) -> Callable[[OrderRow], bool]:
    return lambda row: row.facets[at] in values


def _says(word: str, row: OrderRow) -> bool:
    return word in row.text


def read_order_query(given: object) -> OrderQuery:
    """The query that a page sends; ValueError says what is wrong with it."""
    return msgspec.convert(given, OrderQuery)


def _order_of(change: RowChange) -> str:
    return next(row.order for row in change if row)


def _narrowed(change: RowChange, fits: Callable[[OrderRow], bool]) -> RowChange:
    before, after = (row if row and fits(row) else None for row in change)
    return before, after


def _moved(order: Blocks[OrderRow], changes: Iterable[RowChange]) -> Blocks[OrderRow]:
    """The rows after the changes; of one that has changed twice the last word counts."""
    first: dict[str, OrderRow | None] = {}
    last: dict[str, OrderRow | None] = {}
    for before, after in changes:
        for row in (before, after):
            if row is not None:
                first.setdefault(row.id, before)
                last[row.id] = after
    gone = [row.key for row in first.values() if row]
    come = [row for row in last.values() if row]
    return order.changed(gone, come) if gone or come else order


def _grouped(groups: Mapping[Group, int], changes: Iterable[RowChange]) -> Mapping[Group, int]:
    found = dict(groups)
    for row, by in _signed(changes):
        counted(found, row.group, by)
    return found


def _signed(changes: Iterable[RowChange]) -> Iterable[tuple[OrderRow, int]]:
    for before, after in changes:
        if before:
            yield before, -1
        if after:
            yield after, 1
