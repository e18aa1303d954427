"""Where time stands in each partition of a log, as whoever judges it says: a tick far ahead of the one before is none."""

from collections.abc import Iterable

from kafka import KafkaConsumer, TopicPartition

from streams.kafka import clients
from streams.messages import STEP, told_time
from streams.settings import Settings
from streams.topics import input_topics

LOOKED_AT = 16
"""Times of a partition that are looked at, newest first: among so many, most are true."""

Told = tuple[int, int | None]
"""A time (ms) that a record tells, and the tick after which it resumes time, None for a tick."""


def newest_ticks(settings: Settings, log: str) -> dict[TopicPartition, int | None]:
    """The newest tick (ms) of each partition of a log's inputs, None before the first; Trouble where a topic is missing."""
    with clients.consumer(settings) as reader:
        places = [place for topic in input_topics(log) for place in clients.partitions_of(reader, topic)]
        return {place: standing(_times(reader, place)) for place in places}


def standing(times: Iterable[Told]) -> int | None:
    """Where time stands after these, in the order of the log; None where there are none.

    Of the first nothing is known before it: it counts only if the next that is not before it follows within a step.

    >>> standing([(1_000, None), (2_000, None), (9_999_999_999_999, None)]), standing([])
    (2000, None)
    """
    told = list(times)
    begin = next((n for n, (at, _) in enumerate(told[:-1]) if _follows(told[n + 1], at)), len(told) - 1)
    now: int | None = None
    for each in told[max(begin, 0) :]:
        if now is None or _follows(each, now):
            now = each[0]
    return now


def _follows(told: Told, now: int) -> bool:
    at, since = told
    return at > now and (since == now or at <= now + STEP)


def _times(reader: KafkaConsumer, place: TopicPartition) -> list[Told]:
    """The newest times that a partition tells, in its order."""
    records = clients.newest_of(reader, place, lambda record: told_time(record.value) is not None, LOOKED_AT)
    return [told for record in records if (told := told_time(record.value))]
