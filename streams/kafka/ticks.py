"""Where time stands in each partition of a log, as whoever judges it says: a tick far ahead of the one before is none.

In a log that was opened only ticks of a chain count that the clock's key has signed.
"""

from collections.abc import Iterable

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Struct, json
from msgspec.structs import replace

from streams.kafka import clients
from streams.kafka.series import series_of
from streams.messages import RESUMED, STEP, TICK, DecodeError, ToldTime, decode_event, parse_time, told_time
from streams.settings import Settings
from streams.signing.state import Trust
from streams.signing.ticks import CHAIN, ClockTick
from streams.signing.trust import Delivered, take, tick
from streams.signing.verify import verify
from streams.topics import input_topics

LOOKED_AT = 16
"""Times of a partition that are looked at, newest first: among so many, most are true."""


def newest_ticks(settings: Settings, log: str) -> dict[TopicPartition, int | None]:
    """The newest tick (ms) of each partition of a log's inputs, None before the first; Trouble where a topic is missing."""
    return {place: stand.now for place, stand in clock_stands(settings, log).items()}


class ClockStand(Struct, frozen=True):
    """Where time stands in one partition: the newest tick (ms), None before the first; to when it was resumed after it.

    `trust`: what is trusted from there on, the clock's chain among it.
    """

    now: int | None = None
    resumed: int | None = None
    trust: Trust = Trust()


def clock_stands(settings: Settings, log: str) -> dict[TopicPartition, ClockStand]:
    """Where time stands in each partition of a log's inputs; Trouble where a topic is missing."""
    trust = series_of(settings, log).trust
    with clients.consumer(settings) as reader:
        places = [place for topic in input_topics(log) for place in clients.partitions_of(reader, topic)]
        return {place: _stand(reader, place, trust) for place in places}


def _stand(reader: KafkaConsumer, place: TopicPartition, trust: Trust) -> ClockStand:
    lenient = _with_retired(trust)
    if trust.logid and (told := _since_chain(reader, place, lenient)):
        return chained(told, lenient)
    return ClockStand(standing(_times(reader, place)), trust=lenient)


def chained(values: Iterable[tuple[int, bytes]], trust: Trust) -> ClockStand:
    """Where time stands after the records (offset, value) of a partition from a chain of its clock on."""
    now: int | None = None
    for offset, value in values:
        kind = _clock_kind(value)
        if kind == TICK:
            event = decode_event(value)
            try:
                at, link = parse_time(event.time), json.decode(event.data, type=ClockTick).r
            except (ValueError, OverflowError):
                continue
            found = tick(trust, at, link, offset, now)
            now = now if found.reason else at
        elif kind:
            found = take(trust, Delivered("", 0, offset, None, value), now, verify, lambda _: None)
            now = found.trust.clock.begin if now is None and found.reason is None else now  # not before the tick before it
        else:
            continue
        trust = found.trust
    return ClockStand(now, trust.clock.resumed, trust)


def _since_chain(reader: KafkaConsumer, place: TopicPartition, trust: Trust) -> list[tuple[int, bytes]]:
    """The records of a partition's clock from its newest chain on that a clock's key has signed; none where there is none."""

    def begins(record: ConsumerRecord) -> bool:
        if record.value is None or _clock_kind(record.value) != CHAIN:
            return False
        return take(trust, Delivered("", 0, record.offset, None, record.value), None, verify, lambda _: None).reason is None

    chain = clients.newest(reader, place, begins)
    if chain is None:
        return []
    ends = reader.end_offsets([place])
    return [
        (record.offset, record.value)
        for record in clients.records_between(reader, {place: chain.offset}, ends)
        if record.value is not None and _clock_kind(record.value)
    ]


def _with_retired(trust: Trust) -> Trust:
    """The trust in which keys that have retired count: what they signed before stands."""
    return replace(
        trust, keys={kid: replace(row, ended=None) if row.why == "retired" else row for kid, row in trust.keys.items()}
    )


def _clock_kind(value: bytes) -> str:
    """Whether a record is a tick, a chain or a resumption: its type; empty of every other."""
    if b'"clock.' not in value:
        return ""
    try:
        kind = decode_event(value).type
    except DecodeError:
        return ""
    return kind if kind in {TICK, RESUMED, CHAIN} else ""


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
