"""The named clocks of an order: begun, met, stopped for a while, given more time, run out, and reckoned anew."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import UNSET
from msgspec.structs import replace

from streams.calendar.periods import Pause
from streams.calendar.time_limit import TimeLimit, deadline, parse_limit, warning
from streams.calendar.working_time import Calendar, OutOfCalendarError
from streams.messages import NEVER, Text, format_time, parse_time
from streams.messages.orders import Part
from streams.messages.outputs.order import ClockPause, OrderClock
from streams.orders.kind import HANDOVER, SIGN, LimitRow, OrderKind

Clocks = tuple[OrderClock, ...]

ISSUER = Text("下达单位写明", "As the issuer says")
CHECKING = "checking"
"""The pause while an answer is looked at that is sent back afterwards: it was not with the receiver then. 本系统默认."""

_BY_DAYS = ("statutory-", "civil-", "calendar-")


def begun(row: LimitRow, start: int, calendar: Calendar, *, urgent: bool, own: str = "") -> OrderClock:
    """The clock of a row from a moment on (ms); `own`: the limit that the issuer gives instead.

    OutOfCalendarError where it would end beyond the years that are known.
    """
    limit = own or row.limit
    end = deadline(start, parse_limit(limit), calendar)
    due = format_time(end.at)
    return OrderClock(
        name=row.clock,
        limit=limit,
        start=format_time(start),
        due=due,
        first_due=due,
        warn=format_time(warning(start, end.at, parse_limit(row.warn), calendar)),
        provisional=end.provisional,
        ahead=row.warn,
        urgent=urgent or row.urgent,
        source=ISSUER if own else row.source,
        place="" if own else row.place,
        mark="issuer" if own else row.mark,
        stops=(row.stop, *row.also),
    )


def after(
    clocks: Clocks,
    kind: OrderKind,
    act: str,
    part: Part | None,
    traits: Mapping[str, str],
    now: int,
    calendar: Calendar,
    *,
    urgent: bool,
    own: Mapping[str, str] = {},
    recorded: int | None = None,
) -> Clocks:
    """The clocks once an act is done: those that it stops are met, those that it starts run from now.

    `part`: of the line that it concerns, None for the order as a whole; `own`: limits of the issuer's by clock; `recorded`: the
    moment (ms) that the act records, from which some of them run.
    """
    kept = [met(each, kind, act, part, traits, now) for each in clocks]
    for name in kind.started(act):
        row = kind.limit(name, part, traits)
        if row is None or row.start != act or any(each.name == name and each.runs for each in kept):
            continue
        start = recorded if row.recorded and recorded is not None else now
        kept.append(begun(row, start, calendar, urgent=urgent, own=own.get(name, "")))
    return tuple(kept)


def met(clock: OrderClock, kind: OrderKind, act: str, part: Part | None, traits: Mapping[str, str], now: int) -> OrderClock:
    """A clock that an act stops, where it is one: by the row that it began by, whatever traits the order has got since."""
    if not clock.runs or act not in _stops(clock, kind, part, traits):
        return clock
    return replace(_ended(clock, now), met=format_time(now))


def _stops(clock: OrderClock, kind: OrderKind, part: Part | None, traits: Mapping[str, str]) -> tuple[str, ...]:
    """The acts that meet a clock; of one from before that was kept those of the row for the traits as they are."""
    if clock.stops is not UNSET:
        return clock.stops
    row = kind.limit(clock.name, part, traits)
    return () if row is None else (row.stop, *row.also)


def handover(kind: OrderKind, part: Part, traits: Mapping[str, str], now: int, calendar: Calendar, *, urgent: bool) -> Clocks:
    """首问: the clock of who hands a matter on, in the time that the next one has to sign; none where the kind sets none."""
    row = kind.limit(SIGN, part, traits)
    return () if row is None else (replace(begun(row, now, calendar, urgent=urgent), name=HANDOVER, stops=(SIGN,)),)


def dropped(clocks: Clocks, now: int) -> Clocks:
    """Clocks of what has come to an end: none runs on."""
    return tuple(replace(_ended(each, now), dropped=True) if each.runs else each for each in clocks)


def again(clocks: Clocks, names: frozenset[str], since: str, now: int, calendar: Calendar) -> Clocks:
    """Of the clocks of these names the one that was met last goes on, as of an answer that is sent back.

    While it was looked at it did not run, unless a law sets its time: none says that this is not counted.
    `since`: from when it has not run (RFC 3339) where it was never met.
    """
    stopped = [each for each in clocks if each.name in names and not each.runs]
    last = max(stopped, key=lambda each: parse_time(each.met or since), default=None)
    return tuple(_going_on(each, since, now, calendar) if each is last else each for each in clocks)


def _going_on(clock: OrderClock, since: str, now: int, calendar: Calendar) -> OrderClock:
    if clock.runs:
        return clock
    going = replace(clock, met=None, dropped=False)
    if clock.mark == "certain":
        return renewed(going, calendar)
    pause = ClockPause(kind=CHECKING, basis="本系统默认", begin=clock.met or since, end=format_time(now))
    return renewed(replace(going, pauses=(*clock.pauses, pause)), calendar)


def paused(clock: OrderClock, kind: str, basis: str, now: int) -> OrderClock:
    """A clock that stands still from now on."""
    return replace(clock, pauses=(*clock.pauses, ClockPause(kind=kind, basis=basis, begin=format_time(now))))


def resumed(clock: OrderClock, now: int, calendar: Calendar) -> OrderClock:
    """A clock that goes on; its end is later by what did not count."""
    return renewed(replace(clock, pauses=tuple(_over(each, now) for each in clock.pauses)), calendar)


def given(clock: OrderClock, limit: str, calendar: Calendar) -> OrderClock:
    """A clock that was given more time."""
    return renewed(replace(clock, extra=(*clock.extra, limit)), calendar)


def stands(clock: OrderClock) -> bool:
    """Whether a clock stands still now."""
    return any(each.end is None for each in clock.pauses)


def renewed(clock: OrderClock, calendar: Calendar) -> OrderClock:
    """A clock reckoned from its start by the calendar as it is known now; what it has told before it does not tell again."""
    start = parse_time(clock.start)
    pauses = [Pause(parse_time(each.begin), parse_time(each.end)) for each in clock.pauses if each.end is not None]
    end = deadline(start, parse_limit(clock.limit), calendar, pauses)
    at, provisional = end.at, end.provisional
    for extra in clock.extra:
        end = deadline(_from(at, extra), parse_limit(extra), calendar)
        at, provisional = end.at, end.provisional
    ahead = parse_limit(clock.ahead)
    late = clock.late and (clock.met is not None or clock.dropped)
    warn = warning(start, at, ahead, calendar)
    return replace(clock, due=format_time(at), warn=format_time(warn), provisional=provisional, late=late)


def longer(due: int, limit: str, most: str, calendar: Calendar) -> bool:
    """Whether more time from an end on (ms) is longer than the most that may be granted."""
    return _end(due, parse_limit(limit), limit, calendar) > _end(due, parse_limit(most), most, calendar)


def next_at(clocks: Iterable[OrderClock]) -> int:
    """When time does something to one of these clocks (ms), or NEVER."""
    return min((_next(each) for each in clocks), default=NEVER)


def told(clock: OrderClock, now: int, calendar: Calendar) -> OrderClock:
    """A clock whose time has come: it has turned yellow or red, and rings, at the next opening unless it is urgent."""
    late = parse_time(clock.due) < now
    rings = format_time(now if clock.urgent else opening(now, calendar))
    return replace(clock, warned=True, late=late, rings=rings)


def turned(clocks: Clocks, now: int, calendar: Calendar) -> Iterator[tuple[OrderClock, Clocks]]:
    """Each clock whose time has come, as it is then, and all of them after it, one after the other."""
    for index, clock in enumerate(clocks):
        if _next(clock) <= now:
            over = told(clock, now, calendar)
            clocks = (*clocks[:index], over, *clocks[index + 1 :])
            yield over, clocks


def opening(at: int, calendar: Calendar) -> int:
    """This moment where the offices work, else the next one at which they do (ms); this one where the calendar ends before."""
    try:
        return calendar.add(at, 1) - 1
    except OutOfCalendarError:
        return at


def _next(clock: OrderClock) -> int:
    if not clock.runs or clock.late or stands(clock):
        return NEVER
    return parse_time(clock.due) + 1 if clock.warned else parse_time(clock.warn)


def _ended(clock: OrderClock, now: int) -> OrderClock:
    late = clock.late or (not stands(clock) and parse_time(clock.due) < now)
    return replace(clock, pauses=tuple(_over(each, now) for each in clock.pauses), late=late)


def _over(pause: ClockPause, now: int) -> ClockPause:
    return pause if pause.end is not None else replace(pause, end=format_time(now))


def _end(due: int, limit: TimeLimit, text: str, calendar: Calendar) -> int:
    return deadline(_from(due, text), limit, calendar).at


def _from(due: int, limit: str) -> int:
    """From when more time runs (ms): after an end at 24:00, by days, from the day that it ends, which is not counted."""
    return due - 1 if limit.partition(" ")[2].startswith(_BY_DAYS) else due
