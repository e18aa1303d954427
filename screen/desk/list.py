"""The desk's list: every alert that has not ended, sorted once for all pages, and what one page has asked of it. Pure.

An Index is made of the one before and of the alerts whose object has changed, a Selection of the one before and of the rows
that have changed: what a publication costs grows with what is new. Both are never changed once made, so a page keeps what it
shows (its list is frozen) by keeping its Selection.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from screen.feed.ordered import counted, moved
from screen.feed.slices.alarms import Alarms
from screen.feed.view import View
from streams.catalogue.sight import NOBODY, seen
from streams.messages import SEVERITIES, Alert, Phase, Severity, Text, parse_time

Group = Literal["unacknowledged", "acknowledged", "case", "shelved", "suppressed", "out-of-service"]
"""Where an alert stands in the list: `case`, its alarm is normal and its case is open."""

GROUPS: tuple[Group, ...] = get_args(Group)
"""From the top of the list to its end."""

_GROUP_OF: dict[str, Group] = {
    "A": "case",
    "B": "unacknowledged",
    "C": "acknowledged",
    "D": "unacknowledged",
    "E": "shelved",
    "F": "suppressed",
    "G": "out-of-service",
}

FACETS = ("severity", "phase", "group", "domain", "department", "district")
"""What may be filtered by, in the order of `Row.facets`."""

Facets = tuple[str, str, str, str, str, str]
Key = tuple[int, int, int, str]

MOST_WORDS = 8
"""Words of a search that count."""

REMEMBERED = 64
"""Publications whose changes are kept (16 s at four a second), for pages that come late."""

Values = Annotated[frozenset[str], Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=200)]


class Row(Struct, frozen=True, gc=False):
    """An alert in the list: its place, what it is filtered by, and in what a search looks (lower case)."""

    key: Key
    facets: Facets
    text: str
    alert: Alert


Change = tuple[Row | None, Row | None]
"""A row before and after; None where there was none, or is none any more."""

_KEY = attrgetter("key")


class Index(Struct, frozen=True):
    """The list of a publication, in order and by id; how many rows have equal facets; what the newest publications changed.

    `changes[-1]` led from the publication `number - 1` to this one.
    """

    number: int = 0
    order: Sequence[Row] = ()
    rows: Mapping[str, Row] = {}
    facets: Mapping[Facets, int] = {}
    changes: tuple[tuple[Change, ...], ...] = ()


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks for: words that must all be found, and the values of each facet that count (none: all do)."""

    search: Line = ""
    severity: frozenset[Severity] = frozenset()
    phase: frozenset[Phase] = frozenset()
    group: frozenset[Group] = frozenset()
    domain: Values = frozenset()
    department: Values = frozenset()
    district: Values = frozenset()

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the search."""
        return tuple(self.search.lower().split()[:MOST_WORDS])

    @property
    def wanted(self) -> tuple[frozenset[str], ...]:
        """The values that count, by facet."""
        return tuple(frozenset(getattr(self, name)) for name in FACETS)


class Selection(Struct, frozen=True):
    """The rows of an Index that a Query asks for, in order; of all that its search finds, how many have equal facets."""

    query: Query
    number: int
    order: Sequence[Row]
    facets: Mapping[Facets, int]


def row_of(alert: Alert) -> Row:
    """The row of an alert that has not ended."""
    group = _GROUP_OF[alert.state[0]]
    key = (GROUPS.index(group), SEVERITIES.index(alert.severity), parse_time(alert.raised_at), alert.id)
    facets = (alert.severity, alert.phase, group, alert.domain, alert.department.id, alert.adcode)
    return Row(key, facets, _text(alert), alert)


def advance(index: Index, view: View) -> Index:
    """The Index of a View: only alerts whose object is another one than before are looked at."""
    known = index.rows
    alarms = view[Alarms]
    standing = (alarms.alerts, alarms.aside, alarms.normal)
    fresh = [
        alert
        for alerts in standing
        for name, alert in alerts.items()
        if (row := known.get(name)) is None or row.alert is not alert
    ]
    gone = [name for name in known if not any(name in alerts for alerts in standing)] if _fewer(index, standing, fresh) else []
    if not fresh and not gone:
        return index
    changes: list[Change] = [(known.get(alert.id), row_of(alert)) for alert in fresh]
    changes += [(known[name], None) for name in gone]
    rows = dict(known)
    for name in gone:
        del rows[name]
    rows |= {row.alert.id: row for _, row in changes if row}
    return Index(
        number=index.number + 1,
        order=_moved(index.order, changes),
        rows=rows,
        facets=_counted(index.facets, changes),
        changes=(*index.changes, tuple(changes))[-REMEMBERED:],
    )


def select(index: Index, query: Query) -> Selection:
    """What a query asks of an Index."""
    words, wanted = query.words, query.wanted
    found = [row for row in index.order if all(word in row.text for word in words)] if words else index.order
    if not any(wanted):
        return Selection(query, index.number, found, Counter(row.facets for row in found) if words else index.facets)
    facets = Counter(row.facets for row in found) if words else index.facets
    matching = {each for each in facets if _matches(each, wanted)}
    return Selection(query, index.number, [row for row in found if row.facets in matching], facets)


def follow(selection: Selection, index: Index) -> Selection:
    """The same query's Selection of a later Index."""
    late = index.number - selection.number
    if late == 0:
        return selection
    words, wanted = selection.query.words, selection.query.wanted
    if late > len(index.changes) or not (words or any(wanted)):
        return select(index, selection.query)
    found = [_narrowed(change, words) for changes in index.changes[-late:] for change in changes]
    shown: list[Change] = [
        (row if row and _matches(row.facets, wanted) else None, new if new and _matches(new.facets, wanted) else None)
        for row, new in found
    ]
    return Selection(
        selection.query,
        index.number,
        _moved(selection.order, shown),
        _counted(selection.facets, found) if words else index.facets,
    )


def arrived(frozen: Selection, live: Selection, index: Index) -> int | None:
    """How many rows the live list has that the frozen one has not; None where too much has happened since to know."""
    late = index.number - frozen.number
    if late > len(index.changes):
        return None
    words, wanted = live.query.words, live.query.wanted
    was: dict[str, Row | None] = {}
    now: dict[str, Row | None] = {}
    for row, new in (change for changes in index.changes[len(index.changes) - late :] for change in changes):
        name = (row or new).alert.id  # type: ignore[union-attr]  # one of them is there
        was.setdefault(name, row)
        now[name] = new

    def shown(row: Row | None) -> bool:
        return row is not None and _matches(row.facets, wanted) and all(word in row.text for word in words)

    return sum(shown(now[name]) and not shown(was[name]) for name in now)


def counts(selection: Selection) -> dict[str, dict[str, int]]:
    """For each facet, how many rows each of its values would give while the filters of the other facets stay as they are."""
    wanted = selection.query.wanted
    found: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for facets, count in selection.facets.items():
        wrong = [n for n, values in enumerate(wanted) if values and facets[n] not in values]
        for n, name in enumerate(FACETS):
            if not wrong or wrong == [n]:
                found[name][facets[n]] += count
    return {name: dict(counter) for name, counter in found.items()}


def grouped(selection: Selection) -> dict[str, int]:
    """How many rows of the selection stand in each group: the first group's come first in the list."""
    wanted, place = selection.query.wanted, FACETS.index("group")
    found = Counter[str]()
    for facets, count in selection.facets.items():
        if _matches(facets, wanted):
            found[facets[place]] += count
    return {group: found[group] for group in GROUPS}


def place_of(selection: Selection, row: Row) -> int | None:
    """Where a row stands in the selection, or None."""
    at = bisect_left(selection.order, row.key, key=_KEY)
    return at if at < len(selection.order) and selection.order[at].key == row.key else None


def read_query(given: object) -> Query:
    """The query that a page sends; ValueError says what is wrong with it."""
    return msgspec.convert(given, Query)


def _fewer(index: Index, standing: Iterable[Mapping[str, Alert]], fresh: Iterable[Alert]) -> bool:
    """Whether any row has no alert any more: the alerts that stand are as many as the rows, but for those that are new."""
    new = sum(alert.id not in index.rows for alert in fresh)
    return sum(map(len, standing)) != len(index.rows) + new


def _text(alert: Alert) -> str:
    """In what a search looks: nothing that is masked for anybody, for a hit would tell it."""
    alert = seen(alert, NOBODY)
    clause = alert.clause
    texts: tuple[Text, ...] = (alert.title, alert.department.name)
    words = (
        *(word for text in texts for word in (text.zh, text.en)),
        alert.name.zh,
        alert.name.en,
        alert.subject,
        alert.item,
        alert.rule,
        alert.row,
        clause.edition,
        clause.article,
        clause.id,
        alert.id,
    )
    return "\n".join(words).lower()


def _matches(facets: Facets, wanted: tuple[frozenset[str], ...]) -> bool:
    return all(not values or facet in values for facet, values in zip(facets, wanted, strict=True))


def _narrowed(change: Change, words: tuple[str, ...]) -> Change:
    """The change as a search sees it."""
    before, after = (row if row and all(word in row.text for word in words) else None for row in change)
    return before, after


def _counted(facets: Mapping[Facets, int], changes: Iterable[Change]) -> Mapping[Facets, int]:
    found = dict(facets)
    for before, after in changes:
        if before:
            counted(found, before.facets, -1)
        if after:
            counted(found, after.facets, 1)
    return found


def _moved(order: Sequence[Row], changes: Sequence[Change]) -> Sequence[Row]:
    """The rows after the changes, in order."""
    gone, come = [before.key for before, _ in changes if before], [after for _, after in changes if after]
    return moved(order, gone, come, _KEY) if gone or come else order
