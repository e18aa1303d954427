"""The days that an archive covers in the time of its log, as the ticks in it tell."""

from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq
from msgspec import Struct

from streams.archive.files import files_of, partitions
from streams.command import Trouble
from streams.messages import DAY, HOUR, format_time, tick_of

_KEPT = 65_536  # files whose ticks are remembered: no tick of them ever changes


class Covered(Struct, frozen=True):
    """A day (UTC+8) and the first and the last tick on it (ms)."""

    day: str
    begin: int
    end: int


def days(root: Path) -> list[Covered]:
    """The days with ticks, in order; none where there is no archive yet. A file that cannot be read is left out.

    Every partition has every tick, so the smallest one is read; each of its files once in a process.
    """
    try:
        places = partitions(root)
    except Trouble:
        return []
    smallest = min(places, key=lambda place: sum(file.stat().st_size for _, _, file in files_of(root, *place)))
    found: dict[str, Covered] = {}
    for _, _, file in files_of(root, *smallest):
        for each in _readable(file):
            known = found.get(each.day, each)
            found[each.day] = Covered(each.day, min(known.begin, each.begin), max(known.end, each.end))
    return [found[day] for day in sorted(found)]


def _readable(file: Path) -> tuple[Covered, ...]:
    try:
        return _covered(file)
    except (OSError, ValueError):  # it went away, or is none of ours (pyarrow's errors are ValueErrors)
        return ()


@lru_cache(_KEPT)
def _covered(file: Path) -> tuple[Covered, ...]:
    values = pq.read_table(file, columns=["value"]).column("value").to_pylist()
    found: dict[int, tuple[int, int]] = {}
    for at in filter(None, map(tick_of, values)):
        day = (at + 8 * HOUR) // DAY
        begin, end = found.get(day, (at, at))
        found[day] = min(begin, at), max(end, at)
    return tuple(Covered(format_time(begin)[:10], begin, end) for begin, end in found.values())
