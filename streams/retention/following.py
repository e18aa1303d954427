"""Whether an archive follows a log: without one no floor of events holds, for the topics keep 30 days alone."""

from collections.abc import Iterator
from pathlib import Path

from kafka import TopicPartition
from msgspec import Struct

from streams.archive.files import newest_offset
from streams.kafka import clients
from streams.messages import DAY, format_time
from streams.settings import Settings
from streams.topics import input_topics

MOST_BEHIND = DAY
"""How old (ms) the oldest record may be that no archive has, until it is told: 本系统默认. The archive writes once a minute."""


class Unarchived(Struct, frozen=True):
    """A partition of which records stand in no archive, the oldest since `since` (RFC 3339)."""

    topic: str
    partition: int
    since: str


def unarchived(settings: Settings, log: str, root: Path, now: int) -> list[Unarchived]:
    """The partitions of a log whose oldest record that the archive in `root` lacks is older than MOST_BEHIND at `now` (ms)."""
    with clients.consumer(settings) as reader:
        places = [place for topic in input_topics(log) for place in clients.partitions_of(reader, topic)]
        begins, ends = reader.beginning_offsets(places), reader.end_offsets(places)
        first = {place: max(begins[place], _archived(root, place)) for place in places}
        asked = {place: at for place, at in first.items() if at < ends[place]}
        records = clients.records_between(reader, asked, {place: at + 1 for place, at in asked.items()})
        found = {TopicPartition(each.topic, each.partition): each.timestamp for each in records}
    late = {place: at for place, at in sorted(found.items()) if now - at > MOST_BEHIND}
    return [Unarchived(place.topic, place.partition, format_time(at)) for place, at in late.items()]


def warnings(found: list[Unarchived], log: str) -> Iterator[str]:
    """What is said of a log that no archive follows; nothing where one does."""
    if found:
        oldest = min(found, key=lambda each: each.since)
        yield (
            f"no archive follows log {log!r}: {len(found)} partitions have records that none has, the oldest in {oldest.topic}/"
            f"{oldest.partition} since {oldest.since}; their topics delete them after their own time, and no floor of events "
            f"holds. Run `python -m streams archive --log {log} --follow`"
        )


def _archived(root: Path, place: TopicPartition) -> int:
    """The offset behind the newest one that the archive has of a partition."""
    newest = newest_offset(root, place.topic, place.partition) if root.exists() else None
    return 0 if newest is None else newest + 1
