"""What of an archive is past its ceiling, what is held all the same, and its deletion.

Files go from the oldest of a partition on, and never the newest: by it the archive knows where to go on. What is held keeps all
that is behind it, so that the records of a partition go on following each other.
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from streams.archive.expired import expire, newest_time
from streams.archive.files import files_of, locked, partitions
from streams.archive.redaction import LOCK
from streams.catalogue.entry import Bound
from streams.directory.keeping import ceiling_of, longest
from streams.messages import DAY
from streams.retention.bounds import floor_of
from streams.retention.holds import Held, why_held
from streams.topics import split_events_topic


class Due(Struct, frozen=True):
    """A partition of an archive: how many files it has, those that are `due`, each with the time (ms) of its newest record.

    `held`: why the next one that is past the ceiling stays, and what is behind it; empty where nothing is held.
    """

    topic: str
    partition: int
    files: int
    due: tuple[tuple[Path, int], ...]
    floor: Bound | None
    ceiling: Bound | None
    held: str

    @property
    def place(self) -> str:
        """Its name as proposals have it: `live.events.orders/0`."""
        return f"{self.topic}/{self.partition}"


class Allowed(Struct, frozen=True):
    """Up to which offset files of a partition may go, by which proposal; the document of their hand-over, if one is needed."""

    upto: int
    proposal: str
    handed: str = ""


def due(root: Path, now: int, held: Held) -> list[Due]:
    """Each partition of an archive at `now` (ms, real time); Trouble where there is no archive, or a file cannot be read."""
    return [_due(root, topic, partition, now, held) for topic, partition in partitions(root)]


def _due(root: Path, topic: str, partition: int, now: int, held: Held) -> Due:
    group = split_events_topic(topic)[1]
    floor, ceiling = floor_of(group), ceiling_of(group)
    files, found, why = files_of(root, topic, partition), list[tuple[Path, int]](), ""
    kept = longest((floor, ceiling)) if ceiling else None
    days = kept.days if kept else 0
    for first, last, path in files[:-1] if days else ():
        newest = newest_time(path)
        if newest + days * DAY >= now:
            break
        if why := why_held(held, topic, partition, first, last):
            break
        found.append((path, newest))
    return Due(topic, partition, len(files), tuple(found), floor, ceiling, why)


def delete(root: Path, now: int, held: Held, allowed: Mapping[str, Allowed]) -> list[Due]:
    """Delete what is due and `allowed`, by partition; what was. Trouble where another process redacts or deletes there."""
    with locked(root, LOCK):
        found = [_within(each, allowed.get(each.place)) for each in due(root, now, held)]
        for each in found:
            by = allowed.get(each.place)
            for path, newest in each.due:
                if each.ceiling and by:
                    expire(path, newest, each.ceiling.days, each.ceiling.law.zh, now, by.proposal, by.handed)
        return found


def _within(part: Due, by: Allowed | None) -> Due:
    """Of what is due what two persons have agreed to."""
    upto = by.upto if by else -1
    return replace(part, due=tuple(each for each in part.due if last_of(each[0]) <= upto))


def last_of(path: Path) -> int:
    """The last offset of a file."""
    return int(path.stem.rpartition("-")[2])
