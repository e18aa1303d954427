"""Which orders would have been late, or not, under other duties. Pure: what people did, and when, stays as it was.

Nothing else is guessed: who signed and answered when is what the log says. So another limit or calendar moves ends alone;
another duty list moves a line to the unit that it names, with the times in which the work was really done; other staffing
moves answers, by a queue that is served in the order of arrival.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from heapq import heapify, heapreplace
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from agents.core.orders.clocks import renewed, stands
from agents.core.orders.turn import HANDLE
from agents.measures.interval import wilson
from agents.offline.duties.other import OtherDuties, OtherStaff, limit_of
from streams.calendar.working_time import Calendar, OutOfCalendarError
from streams.messages import Order, OrderLine, parse_time
from streams.messages.outputs.order import OrderClock

Fate = Literal["in-time", "late", "open", "out"]
"""In time; late, also where it is still open; not due yet, or its time stands still; ended before its time was over."""


class DutyCompared(Struct, frozen=True, kw_only=True):
    """One clock of a line (`dispatch` and others: of an order) as it was and as it would have been. Moments in ms."""

    order: str
    number: str
    kind: str
    line: str
    clock: str
    unit: str
    other_unit: str
    due: int
    other_due: int
    met: int | None
    other_met: int | None
    before: Fate
    after: Fate

    @property
    def changed(self) -> bool:
        """Whether anything would have been other for somebody: the outcome, or whose it is."""
        return self.before != self.after or self.unit != self.other_unit


class UnitDuties(Struct, frozen=True, kw_only=True):
    """One unit's duties of a clock: of those that were due how many were late, and would have been; shares by Wilson (95 %).

    `saved`: late, and would not have been; `lost`: the other way round; `gone` and `come`: would have been another unit's, and
    its own.
    """

    unit: str
    clock: str
    due: int
    late: int
    share: tuple[float, float, float] | None
    other_due: int
    other_late: int
    other_share: tuple[float, float, float] | None
    saved: int
    lost: int
    gone: int
    come: int


class KnownPast(Struct, frozen=True):
    """What is known of the orders of a log at a time (ms): the newest revisions of orders and lines, by id."""

    orders: Mapping[str, Order]
    lines: Mapping[str, OrderLine]
    now: int


Unit = Callable[[Order, OrderLine], str]
"""Whose a line would be by another duty list."""


def compared(
    told: KnownPast, other: OtherDuties, days: Calendar, changed: Calendar | None, *, since: int, until: int, unit: Unit
) -> Iterator[DutyCompared]:
    """Every duty that began from `since` to before `until` (ms), by the calendar as it is (`days`) and, if it is, `changed`."""
    met = served(told, other.staff, days)
    for line in told.lines.values():
        order = told.orders.get(line.order)
        if order is None or line.part == "assist":
            continue
        theirs = unit(order, line)
        for clock in line.clocks:
            if since <= parse_time(clock.start) < until:
                limit = limit_of(other, order.kind, clock.name, line.part, order.traits)
                moved = met.get(line.id) if clock.name == HANDLE else None
                yield _compared(told, order, clock, (days, changed), line=line, unit=theirs, limit=limit, moved=moved)
    for order in told.orders.values():
        for clock in order.clocks:
            if since <= parse_time(clock.start) < until:
                limit = limit_of(other, order.kind, clock.name, None, order.traits)
                yield _compared(told, order, clock, (days, changed), line=None, unit="", limit=limit, moved=None)


def _compared(
    told: KnownPast,
    order: Order,
    clock: OrderClock,
    calendars: tuple[Calendar, Calendar | None],
    *,
    line: OrderLine | None,
    unit: str,
    limit: str,
    moved: int | None,
) -> DutyCompared:
    """A duty both ways. What the issuer set himself stays, and so does an end that the calendar cannot tell."""
    days, changed = calendars
    due = parse_time(clock.due)
    if changed is not None or (limit and clock.mark != "issuer"):
        with suppress(OutOfCalendarError):
            other = replace(clock, limit=limit) if limit and clock.mark != "issuer" else clock
            due = parse_time(renewed(other, changed or days).due)
    whose = order.issuer if line is None else line.unit
    met = None if clock.met is None else parse_time(clock.met)
    ends = (order.closed_at, (order if line is None else line).changed_at)
    ended = min(parse_time(each) for each in ends if each)
    return DutyCompared(
        order=order.id,
        number=order.number,
        kind=order.kind,
        line="" if line is None else line.n,
        clock=clock.name,
        unit=whose,
        other_unit=unit or whose,
        due=parse_time(clock.due),
        other_due=due,
        met=met,
        other_met=met if moved is None else moved,
        before=_fate(clock, parse_time(clock.due), met, ended, told.now),
        after=_fate(clock, due, met if moved is None else moved, ended, told.now),
    )


def _fate(clock: OrderClock, due: int, met: int | None, ended: int, now: int) -> Fate:
    if met is not None:
        return "late" if met > due else "in-time"
    if clock.dropped:
        return "late" if ended > due else "out"
    return "late" if now > due and not stands(clock) else "open"


def served(told: KnownPast, staff: Iterable[OtherStaff], calendar: Calendar) -> dict[str, int]:
    """When answers would have gone out (ms), by line, with so many handlers in place of those that there were.

    Lines are served as they came (signed, or sent where nobody signed). How long each was really in hand follows from when it
    came, when it went out, and how many handled orders then; so with as many as there were, nothing moves. What is not
    answered stays so.
    """
    found: dict[str, int] = {}
    for each in staff:
        lines = sorted(
            (_came(line), line.id, met) for line in told.lines.values() if line.unit == each.unit and (met := _answered(line))
        )
        was, then = [0] * each.now, [0] * each.then
        heapify(was)
        heapify(then)
        for came, name, met in lines:
            start = max(came, was[0])
            if start >= met:  # more than were told of had orders in hand: it waited for nobody
                start = came
            heapreplace(was, max(met, was[0]))
            begins = max(came, then[0])
            work = calendar.worked(start, met)
            found[name] = met if begins == start else calendar.add(begins, work) if work > 0 else max(begins, came)
            heapreplace(then, max(found[name], then[0]))
    return found


def beyond(told: KnownPast, each: OtherStaff) -> int:
    """How many answers of a unit went out while more orders were in hand at once than its handlers: `now` is then too low."""
    lines = sorted((_came(line), met) for line in told.lines.values() if line.unit == each.unit and (met := _answered(line)))
    was, found = [0] * each.now, 0
    for came, met in lines:
        found += max(came, was[0]) >= met
        heapreplace(was, max(met, was[0]))
    return found


def _came(line: OrderLine) -> int:
    return parse_time(line.signed.at if line.signed else line.sent)


def _answered(line: OrderLine) -> int | None:
    met = next((each.met for each in reversed(line.clocks) if each.name == HANDLE), None)
    return None if met is None or line.part == "assist" else parse_time(met)


def by_unit(found: Iterable[DutyCompared]) -> list[UnitDuties]:
    """The sums by unit and clock, in their order."""
    sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in found:
        mine, other = sums[each.unit, each.clock], sums[each.other_unit, each.clock]
        mine["due"] += each.before in {"in-time", "late"}
        mine["late"] += each.before == "late"
        other["other_due"] += each.after in {"in-time", "late"}
        other["other_late"] += each.after == "late"
        other["saved"] += each.before == "late" != each.after
        other["lost"] += each.before != "late" == each.after
        mine["gone"] += each.unit != each.other_unit
        other["come"] += each.unit != each.other_unit
    return [
        UnitDuties(
            unit=unit,
            clock=clock,
            share=_share(each["late"], each["due"]),
            other_share=_share(each["other_late"], each["other_due"]),
            **{name: each[name] for name in ("due", "late", "other_due", "other_late", "saved", "lost", "gone", "come")},
        )
        for (unit, clock), each in sorted(sums.items())
        if each.total()
    ]


def _share(count: int, of: int) -> tuple[float, float, float] | None:
    return (count / of, *wilson(count, of)) if of else None
