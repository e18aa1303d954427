"""The limits that an order would have if it were sent now: their sources, and when they end by the place's calendar. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from streams.calendar.time_limit import deadline, parse_limit, warning
from streams.calendar.working_time import Calendar, OutOfCalendarError
from streams.messages import Text
from streams.messages.orders import Part
from streams.messages.outputs.order import Basis
from streams.orders.kind import LimitRow, OrderKind


class Due(Struct, frozen=True, kw_only=True):
    """One clock as it would stand. `due`, `warn`: ms, None beyond the years that the calendar knows.

    `mark` is `default` where no source was found (本系统默认), `issuer` where whoever sends the order says so.
    """

    clock: str
    part: Part | str
    limit: Text
    due: int | None
    warn: int | None
    provisional: bool
    source: Text
    mark: Basis
    place: str
    urgent: bool


def dues(kind: OrderKind, parts: Iterable[Part], traits: Mapping[str, str], calendar: Calendar, now: int) -> list[Due]:
    """The clocks that begin when an order of this kind is sent at `now` (ms) to receivers of these parts."""
    there = (None, *dict.fromkeys(parts))
    asked = dict.fromkeys((row.clock, part) for row in kind.limits if row.start == "sent" for part in there)
    found = ((part, kind.limit(clock, part, traits)) for clock, part in asked)
    return [_due(row, part or "", calendar, now) for part, row in found if row is not None and row.start == "sent"]


def own(clock: str, part: Part, limit: str, calendar: Calendar, now: int) -> Due:
    """The limit that whoever sends the order gives a receiver; ValueError where it is none."""
    by = Text("下达人规定", "Set by the issuer")
    return _due(LimitRow(clock, "sent", "endorse", limit, "", by, "issuer"), part, calendar, now)


def _due(row: LimitRow, part: Part | str, calendar: Calendar, now: int) -> Due:
    limit = parse_limit(row.limit)
    try:
        end = deadline(now, limit, calendar)
        warn = warning(now, end.at, parse_limit(row.warn), calendar) if row.warn else None
    except OutOfCalendarError:
        at, warn, provisional = None, None, True
    else:
        at, provisional = end.at, end.provisional
    return Due(
        clock=row.clock,
        part=part,
        limit=limit.title(),
        due=at,
        warn=warn,
        provisional=provisional,
        source=row.source,
        mark=row.mark,
        place=row.place,
        urgent=row.urgent,
    )
