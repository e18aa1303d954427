"""`python -m agents whatif ARCHIVE --orders FILE`: an archive's orders under other duties, by unit, or as JSON lines."""

import sys
from collections.abc import Mapping
from pathlib import Path

from msgspec import structs
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.offline.duties.compared import DutyCompared, KnownPast, Unit, UnitDuties, beyond, by_unit, compared
from agents.offline.duties.other import OtherDuties, other_calendar, other_list, read
from agents.rulebook.book_cache import BookCache
from agents.rulebook.orders import order_rules
from agents.stages import Basis, sound_basis, stage_of
from streams.archive.files import partitions, read_books, read_partition
from streams.calendar.periods import months_after
from streams.command import Trouble
from streams.messages import Alert, Order, OrderLine, day_of, format_time, parse_time
from streams.orders.texts import rests_on_report
from streams.organs.routing import Asked, route
from streams.places import organs
from streams.topics import split_events_topic

INPUT = "orders"
QUARTER = -3
"""Months back from the newest time: what is looked at where nobody says."""


def whatif_orders(source: Path, file: Path, since: str | None, until: str | None, *, as_json: bool) -> int:
    """Show what would have been other; exit 0, whatever that is."""
    if not source.is_dir():
        raise Trouble(f"{str(source)!r} is no archive: orders are compared over an archive of a log")
    rules = order_rules()
    other = read(file, rules.kinds, organs.units())
    basis = sound_basis(BookCache(read_books(source)))
    past = _past(basis, source)
    if not past.orders:
        raise Trouble(f"the archive {str(source)!r} has no orders")
    begin = parse_time(since) if since else months_after(past.now, QUARTER)
    end = parse_time(until) if until else past.now + 1
    if begin >= end:
        raise ValueError(f"the period from {format_time(begin)} to {format_time(end)} runs backward")
    unit = _unit(other, _alerts(basis, source) if other.route else {})
    changed = other_calendar(other, rules.holidays)
    found = list(compared(past, other, rules.calendar, changed, since=begin, until=end, unit=unit))
    for each in other.staff:
        if more := beyond(past, each):
            sys.stderr.write(
                f"whatif: {each.unit}: {more} answers went out while more than {each.now} were in hand: now is too low\n"
            )
    _show(found, by_unit(found), as_json=as_json)
    return 0


def _past(basis: Basis, source: Path) -> KnownPast:
    """The orders of an archive, judged anew.

    A report (举报) is not among them, nor what follows from one: what is compared is for many eyes.
    """
    orders, lines, now = dict[str, Order](), dict[str, OrderLine](), 0
    for topic, partition in partitions(source):
        if split_events_topic(topic)[1] != INPUT or (stage := stage_of(basis, topic, partition)) is None:
            continue
        for records in read_partition(source, topic, partition):
            for each in stage.run(records):
                if isinstance(each, Order):
                    orders[each.id] = each
                elif isinstance(each, OrderLine):
                    lines[each.id] = each
        now = max(now, stage.now or 0)
    told = {name: each for name, each in orders.items() if not rests_on_report(each, orders.get)}
    return KnownPast(told, lines, now)


def _alerts(basis: Basis, source: Path) -> dict[str, Alert]:
    """The alerts of an archive by id, which say what rule found what an order is about."""
    found: dict[str, Alert] = {}
    for topic, partition in partitions(source):
        if split_events_topic(topic)[1] != INPUT and (stage := stage_of(basis, topic, partition)):
            for records in read_partition(source, topic, partition):
                found |= {each.id: each for each in stage.run(records) if isinstance(each, Alert)}
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


def _show(found: list[DutyCompared], sums: list[UnitDuties], *, as_json: bool) -> None:
    console = Console()
    if as_json or not console.is_terminal:
        told = (*(each for each in found if each.changed), *sums)
        write_lines({"of": type(each).__name__} | structs.asdict(each) for each in told)
        return
    table = Table(title="duties that were due: late before and after, share late with the 95 % interval", title_justify="left")
    for heading in (
        "unit",
        "clock",
        "due",
        "late",
        "share",
        "due then",
        "late then",
        "share then",
        "saved",
        "lost",
        "gone",
        "come",
    ):
        table.add_column(heading, justify="left" if heading in {"unit", "clock"} else "right")
    for each in sums:
        cells = (each.due, each.late, _share(each.share), each.other_due, each.other_late, _share(each.other_share))
        table.add_row(each.unit, each.clock, *map(str, cells), *map(str, (each.saved, each.lost, each.gone, each.come)))
    console.print(table)


def _share(share: tuple[float, float, float] | None) -> str:
    return "-" if share is None else f"{share[0]:.0%} ({share[1]:.0%} – {share[2]:.0%})"
