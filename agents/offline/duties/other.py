"""Other duties than those that were: time limits, days and hours of work, a duty list, staffing, as a file says.

Everything in the file is in place of, or beside, what stands; what it does not name stays. `agents whatif --orders` says what
would have become of the orders of an archive.
"""

from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from streams import toml
from streams.calendar.holidays import Holidays, Notice, Span, build
from streams.calendar.time_limit import parse_limit
from streams.calendar.working_time import Calendar, Sessions
from streams.command import Trouble
from streams.messages import HOUR, MINUTE
from streams.messages.orders import Part
from streams.orders.kind import Kinds
from streams.organs.routing import DutyList, Route
from streams.organs.unit import Units

Handlers = Annotated[int, Meta(ge=1, le=1_000)]


class OtherLimit(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another time limit of a clock of a kind: for lines of `parts`, of orders with all traits of `when`."""

    kind: str
    clock: str
    limit: str
    parts: tuple[Part, ...] = ("main", "support")
    when: dict[str, str] = {}


class OtherDays(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Days off and days worked beside the calendar's, and the two sessions of a working day where they are other."""

    off: tuple[date, ...] = ()
    work: tuple[date, ...] = ()
    hours: tuple[time, time, time, time] | None = None


class OtherStaff(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many of a unit handle orders at once, as it was (`now`: the unit's own word, no log has it) and as it would be."""

    unit: str
    now: Handlers
    then: Handlers


class OtherDuties(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What would be other. Of limits the first that fits is taken; a row of the duty list goes before those there."""

    limit: tuple[OtherLimit, ...] = ()
    calendar: OtherDays | None = None
    route: tuple[Route, ...] = ()
    staff: tuple[OtherStaff, ...] = ()


def read(path: Path, kinds: Kinds, units: Units) -> OtherDuties:
    """The file; Trouble names each thing that is wrong with it."""
    try:
        found = msgspec.convert(toml.loads(path.read_text("utf-8")), OtherDuties)
    except (OSError, ValueError) as error:
        raise Trouble(f"{path}: {error}") from None
    if wrong := list(wrongs(found, kinds, units)):
        raise Trouble("\n".join(f"{path}: {each}" for each in wrong))
    return found


def wrongs(found: OtherDuties, kinds: Kinds, units: Units) -> Iterator[str]:
    """Each thing that is wrong with other duties."""
    if found == OtherDuties():
        yield "it changes nothing: give limit, calendar, route or staff"
    for each in found.limit:
        if (kind := kinds.get(each.kind)) is None:
            yield f"limit: there is no kind of order {each.kind!r}; kinds are {', '.join(kinds)}"
        elif each.clock not in (clocks := {row.clock for row in kind.limits}):
            yield f"limit: an order of kind {each.kind} has no clock {each.clock!r}; clocks are {', '.join(sorted(clocks))}"
        try:
            parse_limit(each.limit)
        except ValueError as error:
            yield f"limit of {each.kind} {each.clock}: {error}"
    for one in found.staff:
        if one.unit not in units:
            yield f"staff: there is no body {one.unit!r} in units.toml"
    if len({one.unit for one in found.staff}) < len(found.staff):
        yield "staff: a unit stands twice"


def other_calendar(found: OtherDuties, holidays: Holidays) -> Calendar | None:
    """The calendar as it would be, None where it stays; Trouble where the days are none."""
    days = found.calendar
    if days is None:
        return None
    years = sorted({day.year for day in (*days.off, *days.work)})
    notices = tuple(
        Notice(
            year=year,
            source="whatif",
            off=tuple(Span("whatif", day, day) for day in days.off if day.year == year),
            work=tuple(day for day in days.work if day.year == year),
        )
        for year in years
    )
    sessions = holidays.sessions if days.hours is None else Sessions(*map(_passed, days.hours))
    try:
        return build(replace(holidays, local=(*holidays.local, *notices), sessions=sessions))
    except ValueError as error:
        raise Trouble(f"calendar: {error}") from None


def other_list(found: OtherDuties, duties: DutyList) -> DutyList:
    """The duty list with the rows before its own."""
    return replace(duties, routes=(found.route, *duties.routes)) if found.route else duties


def limit_of(found: OtherDuties, kind: str, clock: str, part: Part | None, traits: Mapping[str, str]) -> str:
    """The other limit of a clock; empty where it stays. `part`: of a line, None of an order's own clock."""
    for each in found.limit:
        fits = each.kind == kind and each.clock == clock and (part is None or part in each.parts)
        if fits and each.when.items() <= traits.items():
            return each.limit
    return ""


def _passed(at: time) -> int:
    return at.hour * HOUR + at.minute * MINUTE
