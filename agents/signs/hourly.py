"""The figures of signs at each full hour of a time, from an archive: as `agents sign show --at` tells them, in one reading.

An hour is reckoned once every partition has come a day (`SLACK`) further or to its end, so that what came late is in it; what
came later than that is not. An hour whose window began before the log did is not told, for a part of its input is not there.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from msgspec.structs import replace

from agents.signs.book.sign import SignRow, reach_of
from agents.signs.facts import SLACK, PartitionFacts
from agents.signs.figures import SignFigure, figure
from agents.signs.ground import ground_of_archive
from streams.archive.files import partitions, read_partition
from streams.catalogue import domains
from streams.command import Trouble
from streams.messages import DAY, HOUR, NEVER, begin_of, format_time
from streams.places import here, place
from streams.topics import split_events_topic


class _Part:
    """One partition, taken up as far as is asked for. `began`: its first tick (ms)."""

    def __init__(self, book: Mapping[str, SignRow], path: Path, topic: str, partition: int) -> None:
        self.topic, self.partition, self.facts, self.began = topic, partition, PartitionFacts(book), NEVER
        self._records = chain.from_iterable(read_partition(path, topic, partition))

    def until(self, at: int) -> None:
        """Take up records until a tick of a moment (ms) or later, or to the end."""
        while self.facts.now < at and (record := next(self._records, None)) is not None:
            self.facts.take(record[0], record[2])
            if self.began == NEVER and self.facts.now:
                self.began = self.facts.now


def hourly(book: Mapping[str, SignRow], path: Path, areas: Sequence[str], since: int, until: int) -> Iterator[SignFigure]:
    """Each sign of each area at each full hour from `since` to before `until` (ms); Trouble where the archive ends before."""
    parts = [_Part(book, path, *place) for place in fact_partitions(path)]
    ground = ground_of_archive(book, path, until)
    for at in range(-(-since // HOUR) * HOUR, until, HOUR):
        for each in parts:
            each.until(at + SLACK)
        if (reached := min(each.facts.now for each in parts)) < at:
            raise Trouble(f"{path} reaches to {format_time(reached)}: choose an end up to then")
        began = max(each.began for each in parts)
        known = [(each.topic, each.partition, each.facts) for each in parts]
        for name, row in book.items():
            for area in areas:
                found = figure(name, row, known, area, at, ground)
                yield found if at - reach_of(row) >= began else replace(found, value=None, state="na")


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
