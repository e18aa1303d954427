"""The figures of signs at each full hour of a time, from an archive: as `agents sign show --at` tells them, in one reading.

An hour is reckoned once every partition has come a day (`SLACK`) further or to its end, so that what came late is in it; what
came later than that is not. An hour whose window began before the log did is not told, for a part of its input is not there.
All areas are reckoned in the same pass, of what each district comes to.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from agents.measures.parts import MILLIONTHS
from agents.signs.book.sign import RegisterForm, SignRow, reach_of, types_of
from agents.signs.figures import SignFigure, SignSums, area_holds, figure_of
from agents.signs.ground import ground_of_archive
from agents.signs.past.cases import CaseHours
from agents.signs.past.partition import PartitionHours
from agents.signs.stage.sums import AreaSums, ByArea, summed
from streams.archive.files import partitions
from streams.catalogue import domains
from streams.command import Trouble
from streams.messages import DAY, HOUR, begin_of, format_time
from streams.places import here, place
from streams.topics import split_events_topic


def hourly(book: Mapping[str, SignRow], path: Path, areas: Sequence[str], since: int, until: int) -> Iterator[SignFigure]:
    """Each sign of each area at each full hour from `since` to before `until` (ms); Trouble where the archive ends before."""
    parts = [PartitionHours(book, path, *place) for place in read_by(book, path)]
    ground = ground_of_archive(book, path, until)
    cases = {name: CaseHours(row, ground.cases[name]) for name, row in book.items() if name in ground.cases}
    for at in range(-(-since // HOUR) * HOUR, until, HOUR):
        for part in parts:
            part.bring(at)
        for own in cases.values():
            own.bring(at)
        if (reached := min(each.now for each in parts)) < at:
            raise Trouble(f"{path} reaches to {format_time(reached)}: choose an end up to then")
        began = max(each.began for each in parts)
        for name, row in book.items():
            whole = at - reach_of(row) >= began
            totals = [each for part in parts for each in part.totals(name)]
            found = _by_district([*totals, cases[name].totals] if name in cases else totals)
            for area in areas:
                sums = _sums(each for district, each in found.items() if area_holds(area, district))
                told = figure_of(name, row, sums, area, at, ground)
                yield told if whole else replace(told, value=None, state="na")


def _by_district(totals: Iterable[ByArea]) -> ByArea:
    parts: dict[str, list[AreaSums]] = {}
    for each in totals:
        for district, sums in each.items():
            parts.setdefault(district, []).append(sums)
    return {district: found[0] if len(found) == 1 else summed(found) for district, found in parts.items()}


def _sums(parts: Iterable[AreaSums]) -> SignSums:
    found = summed(parts)
    items = {item: (total, count) for item, (total, count) in found.items.items()}
    numerator, denominator = found.numerator / MILLIONTHS, found.denominator / MILLIONTHS
    return SignSums(numerator, denominator, found.valid, found.due, found.newest or None, items)


def read_by(book: Mapping[str, SignRow], path: Path) -> list[tuple[str, int]]:
    """The partitions of the domains whose facts the signs read; where they read none, all, for these tell the time."""
    read = {each.partition(".")[0] for row in book.values() for each in types_of(row.formula)}
    read |= {row.formula.domain for row in book.values() if isinstance(row.formula, RegisterForm)}
    found = fact_partitions(path)
    return [each for each in found if split_events_topic(each[0])[1] in read] or found


def fact_partitions(path: Path) -> list[tuple[str, int]]:
    """Topic and number of each partition of facts of an archive; Trouble where there is none."""
    found = [place for place in partitions(path) if split_events_topic(place[0])[1] in domains()]
    if not found:
        raise Trouble(f"{path} has no facts of a domain: give the archive of a log")
    return found


def log_of(path: Path) -> str:
    """The log that an archive is of; Trouble where there is none."""
    return split_events_topic(partitions(path)[0][0])[0]


def here_areas() -> list[str]:
    """The place and its districts, six digits each."""
    return [f"{here():0<6}", *place(here()).districts]


def days(since: str, until: str) -> tuple[int, int]:
    """When the first day of a window begins, and when its last day is over (ms); ValueError where they are no window."""
    try:
        begin, end = begin_of(since), begin_of(until) + DAY
    except ValueError as error:
        raise ValueError(f"from {since!r} to {until!r}: {error}; write days as 2026-03-05") from None
    if begin >= end:
        raise ValueError(f"the window ends ({until}) before it begins ({since})")
    return begin, end


def window_options(parser: argparse.ArgumentParser) -> None:
    """Of which archive and days something is reckoned."""
    parser.add_argument("--archive", type=Path, required=True, metavar="DIR", help="an archive of a log")
    parser.add_argument("--from", dest="since", required=True, metavar="DAY", help="first day, as 2026-01-01")
    parser.add_argument("--to", dest="until", required=True, metavar="DAY", help="last day")


def areas_option(parser: argparse.ArgumentParser) -> None:
    """Of which areas hourly figures are reckoned."""
    parser.add_argument("--area", action="append", metavar="ADCODE", help="a city or district, more than once")
