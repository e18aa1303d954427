"""`python -m agents whatif ARCHIVE --orders FILE`: an archive's orders under other duties, by unit, or as JSON lines."""

import sys
from pathlib import Path

from msgspec import structs
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.offline.duties.compared import DutyCompared, UnitDuties
from agents.offline.duties.other import read
from agents.offline.duties.past import duties_found
from agents.rulebook.orders import order_rules
from streams.command import Trouble
from streams.messages import format_time, parse_time
from streams.places import organs


def whatif_orders(source: Path, file: Path, since: str | None, until: str | None, *, as_json: bool) -> int:
    """Show what would have been other; exit 0, whatever that is."""
    if not source.is_dir():
        raise Trouble(f"{str(source)!r} is no archive: orders are compared over an archive of a log")
    other = read(file, order_rules().kinds, organs.units())
    begin, end = (parse_time(each) if each else None for each in (since, until))
    found = duties_found(source, other, begin, end)
    if found.since >= found.until:
        raise ValueError(f"the period from {format_time(found.since)} to {format_time(found.until)} runs backward")
    for each in other.staff:
        if more := found.beyond.get(each.unit):
            sys.stderr.write(
                f"whatif: {each.unit}: {more} answers went out while more than {each.now} were in hand: now is too low\n"
            )
    _show(found.rows, found.sums, as_json=as_json)
    return 0


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
