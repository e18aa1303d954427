"""An archive's orders under other duties: the archive is judged anew, and its orders are compared both ways."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from agents.offline.duties.compared import DutyCompared, KnownPast, Unit, UnitDuties, beyond, by_unit, compared
from agents.offline.duties.other import OtherDuties, other_calendar, other_list
from agents.offline.reading import ReadPlace
from agents.rulebook.book_cache import BookCache
from agents.rulebook.orders import order_rules
from agents.stages import Basis, sound_basis, stage_of
from streams.archive.files import Record, partitions, read_books, read_partition
from streams.calendar.periods import months_after
from streams.command import Trouble
from streams.messages import Alert, Order, OrderLine, day_of, parse_time
from streams.orders.texts import rests_on_report
from streams.organs.routing import Asked, route
from streams.places import organs
from streams.topics import split_events_topic

INPUT = "orders"
QUARTER = -3
"""Months back from the newest time: what is looked at where nobody says."""

Watched = Callable[[ReadPlace, Iterable[Record]], Iterable[Record]]
"""Hands on the records of a partition, and is told of each."""


class DutiesFound(NamedTuple):
    """What would have been other: each duty, the sums by unit and clock, and how many answers were beyond the handlers told.

    `since`, `until`: the period in which the duties began (ms); `now`: the archive's newest time.
    """

    rows: list[DutyCompared]
    sums: list[UnitDuties]
    beyond: dict[str, int]
    since: int
    until: int
    now: int


def duties_found(
    source: Path,
    other: OtherDuties,
    since: int | None = None,
    until: int | None = None,
    watched: Watched = lambda _, records: records,
) -> DutiesFound:
    """The duties that began from `since` (three months before the newest time) to before `until`; Trouble where there are none.

    Reports (举报), and what follows from one, are not among them: what is compared is for many eyes.
    """
    basis, rules = sound_basis(BookCache(read_books(source))), order_rules()
    past = _past(basis, source, watched)
    if not past.orders:
        raise Trouble(f"the archive {str(source)!r} has no orders")
    begin = months_after(past.now, QUARTER) if since is None else since
    end = past.now + 1 if until is None else until
    unit = _unit(other, _alerts(basis, source, watched) if other.route else {})
    changed = other_calendar(other, rules.holidays)
    found = list(compared(past, other, rules.calendar, changed, since=begin, until=end, unit=unit))
    more = {each.unit: beyond(past, each) for each in other.staff}
    return DutiesFound(found, by_unit(found), {name: n for name, n in more.items() if n}, begin, end, past.now)


def _past(basis: Basis, source: Path, watched: Watched) -> KnownPast:
    """The orders of an archive, judged anew."""
    orders, lines, now = dict[str, Order](), dict[str, OrderLine](), 0
    for topic, partition in partitions(source):
        if split_events_topic(topic)[1] != INPUT or (stage := stage_of(basis, topic, partition)) is None:
            continue
        for records in read_partition(source, topic, partition):
            for each in stage.run(watched((topic, partition), records)):
                if isinstance(each, Order):
                    orders[each.id] = each
                elif isinstance(each, OrderLine):
                    lines[each.id] = each
        now = max(now, stage.now or 0)
    return KnownPast({name: each for name, each in orders.items() if not rests_on_report(each, orders.get)}, lines, now)


def _alerts(basis: Basis, source: Path, watched: Watched) -> dict[str, Alert]:
    """The alerts of an archive by id, which say what rule found what an order is about."""
    found: dict[str, Alert] = {}
    for topic, partition in partitions(source):
        if split_events_topic(topic)[1] != INPUT and (stage := stage_of(basis, topic, partition)):
            for records in read_partition(source, topic, partition):
                out = stage.run(watched((topic, partition), records))
                found |= {each.id: each for each in out if isinstance(each, Alert)}
    return found


def _unit(other: OtherDuties, alerts: Mapping[str, Alert]) -> Unit:
    """Whose a line would be: another unit's where it went to the one that the duty list named, and that names another."""
    duties, units = organs.routes(), organs.units()
    changed = other_list(other, duties)

    def unit(order: Order, line: OrderLine) -> str:
        if not other.route or line.part != "main":
            return line.unit
        about = next((alerts[each.link.alert] for each in order.alerts if each.link.alert in alerts), None)
        asked = Asked(
            day=day_of(parse_time(order.opened_at)),
            rule=about.rule if about else "",
            department=about.department.id if about else "",
            topic=order.traits.get("topic", order.traits.get("category", "")),
            adcode=order.adcode,
            lon=order.lon,
            lat=order.lat,
            accused=order.traits.get("against", ""),
        )
        there = units.at(asked.day)
        return route(changed, there, asked).main if route(duties, there, asked).main == line.unit else line.unit

    return unit
