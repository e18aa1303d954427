"""Where time stands in each partition of a log, as whoever judges it says: a tick far ahead of the one before is none."""

from collections.abc import Iterable

from kafka import KafkaConsumer, TopicPartition

from streams.kafka import clients
from streams.messages import STEP, ToldTime, told_time
from streams.settings import Settings
from streams.topics import input_topics

LOOKED_AT = 16
"""Times of a partition that are looked at, newest first: among so many, most are true."""


def newest_ticks(settings: Settings, log: str) -> dict[TopicPartition, int | None]:
    """The newest tick (ms) of each partition of a log's inputs, None before the first; Trouble where a topic is missing."""
    with clients.consumer(settings) as reader:
        places = [place for topic in input_topics(log) for place in clients.partitions_of(reader, topic)]
        return {place: standing(_times(reader, place)) for place in places}


def standing(times: Iterable[ToldTime]) -> int | None:
    """Where time stands after these, in the order of the log; None where there are none.

    Of the first nothing is known before it: it counts only if the next that is not before it follows within a step.

    >>> standing(map(ToldTime, [1_000, 2_000, 9_999_999_999_999])), standing([])
    (2000, None)
    """
    told = list(times)
    begin = next((n for n, each in enumerate(told[:-1]) if _follows(told[n + 1], each.at)), len(told) - 1)
    now: int | None = None
    for each in told[max(begin, 0) :]:
        if now is None or _follows(each, now):
            now = each.at
    return now


def _follows(told: ToldTime, now: int) -> bool:
    return told.at > now and (told.since == now or told.at <= now + STEP)


def _times(reader: KafkaConsumer, place: TopicPartition) -> list[ToldTime]:
    """The newest times that a partition tells, in its order."""
    records = clients.newest_of(reader, place, lambda record: told_time(record.value) is not None, LOOKED_AT)
    return [told for record in records if (told := told_time(record.value))]
