"""The roots' events of a log in Kafka: first in `<log>.keys`, then the same bytes in every partition that is judged.

There is no order across partitions, and none is needed: whoever was stopped half way is completed by the next. A second copy
changes nothing, and one that is missing shows at the next.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct
from msgspec.structs import replace

from streams.command import Trouble
from streams.kafka import clients
from streams.messages import MINUTE
from streams.settings import Settings
from streams.signing.machine.part import pinned
from streams.signing.state import Trust
from streams.signing.trust import Delivered, Outcome, take
from streams.signing.verify import verify
from streams.topics import input_topics, topic_name

KEYS = "keys"
"""The topic of a log's series, for readers that are no folds; one partition."""

MARGIN = 10 * MINUTE
"""How far (ms) the clock of whoever writes a copy may stand from the broker's, for the copy to be found at once."""

ACCEPTED = 10.0
"""Seconds that Kafka may take to accept a record."""


class LogSeries(Struct, frozen=True):
    """The series as it was taken: the bytes of each event, when Kafka got it (ms), and the trust after it."""

    values: tuple[bytes, ...] = ()
    times: tuple[int, ...] = ()
    states: tuple[Trust, ...] = ()

    @property
    def trust(self) -> Trust:
        """What holds now; of a log that was never opened nothing does."""
        return self.states[-1] if self.states else Trust()

    def trust_at(self, at: int) -> Trust:
        """What held when Kafka got a record at a time (ms)."""
        n = bisect_right(self.times, at)
        return self.states[n - 1] if n else Trust()


def folded(records: Iterable[tuple[int, bytes | None]], logid: str = "", series: LogSeries | None = None) -> LogSeries:
    """The series in some records (time in ms, bytes), after `series`; of another log than the one demanded nothing."""
    found = series or LogSeries()
    for at, value in records:
        if value is None:
            continue
        done = _taken(found, value)
        other = bool(logid) and done.trust.logid not in {"", logid}
        if done.reason is None and not done.copy and not other:
            times = (*found.times, max((at, *found.times[-1:])))
            found = LogSeries((*found.values, value), times, (*found.states, done.trust))
    return found


def following(series: LogSeries, values: Iterable[bytes], log: str) -> Iterator[bytes]:
    """Of these events those that a series does not have; Trouble where one of them does not follow it."""
    stand = {state.prev for state in series.states}
    for value in values:
        done = _taken(series, value)
        if done.reason or (done.copy and done.content not in stand):
            why = done.message or "another event has its number"
            raise Trouble(f"an event does not follow what stands in {topic_name(log, KEYS)}: {why}; draft it anew, or sign it")
        if not done.copy:
            yield value
            stand.add(done.content)
            series = folded([(0, value)], "", series)


def _taken(series: LogSeries, value: bytes) -> Outcome:
    return take(series.trust, Delivered(KEYS, 0, len(series.values), None, value), None, verify, lambda _: None)


def held(series: Sequence[bytes], values: Iterable[bytes | None], *, trimmed: bool = False) -> int:
    """How many events of a series, from the first on, a partition has taken whose values are these, as whoever judges it finds.

    `trimmed`: the beginning of the partition is gone, so that what stands first in it stands for what was before.
    """
    place = {value: n for n, value in enumerate(series)}
    count = 0
    for value in values:
        n = None if value is None else place.get(value)
        if n is not None and (n == count or (trimmed and count == 0)):
            count = n + 1
    return count


def read_series(settings: Settings, log: str, logid: str | None = None) -> LogSeries:
    """The series of a log, by default of the id that this machine demands; Trouble where `<log>.keys` has another log's."""
    demanded = pinned(settings, log) if logid is None else logid
    found = folded(
        ((record.timestamp, record.value) for record in clients.read_topic(settings, topic_name(log, KEYS))), demanded
    )
    if demanded and not found.values:
        raise Trouble(
            f"{topic_name(log, KEYS)} does not hold the opening of the log {demanded}: "
            "it was written for another, or its topic was emptied; compare the id by `python -m agents keys show`"
        )
    return found


def series_of(settings: Settings, log: str) -> LogSeries:
    """The series of a log that this machine knows as opened; an empty one of every other."""
    return read_series(settings, log) if pinned(settings, log) else LogSeries()


def publish(settings: Settings, log: str, values: Sequence[bytes], logid: str) -> tuple[LogSeries, int]:
    """Bring events into a log, first completing what somebody else began; the series, and how many copies were written.

    Trouble where one of them does not follow what stands.
    """
    records = [(record.timestamp, record.value) for record in clients.read_topic(settings, topic_name(log, KEYS))]
    series = folded(records, logid)
    if not series.values and (other := folded(records).trust.logid):
        raise Trouble(f"log {log!r} is open already as {other}, and these events are of {logid}")
    written = copy(settings, log, series)
    new = list(following(series, values, log))
    if new:
        _send(settings, [(TopicPartition(topic_name(log, KEYS), 0), value) for value in new])
        series = read_series(settings, log, logid)
        if not set(new) <= set(series.values):
            raise Trouble(f"somebody else has written into {topic_name(log, KEYS)} just now: draft these events anew")
        written += copy(settings, log, series)
    return series, written


def copy(settings: Settings, log: str, series: LogSeries, topics: Iterable[str] | None = None) -> int:
    """Write into each partition of some topics (by default all that are judged) what it lacks; how many copies."""
    if not series.values:
        return 0
    with clients.consumer(settings) as reader:
        places = [
            place
            for topic in (input_topics(log) if topics is None else topics)
            for place in clients.partitions_of(reader, topic)
        ]
        counts = _standing(reader, places, series)
    missing = lacking(series.values, counts)
    _send(settings, missing)
    return len(missing)


def lacking(series: Sequence[bytes], counts: Mapping[TopicPartition, int]) -> list[tuple[TopicPartition, bytes]]:
    """What each partition lacks that has so many events of a series, one event after the other."""
    return [(place, value) for n, value in enumerate(series) for place, count in counts.items() if count <= n]


def standing_series(settings: Settings, log: str, series: LogSeries) -> dict[TopicPartition, int]:
    """How many events of the series each partition has, as reading all of it since the log was opened tells."""
    with clients.consumer(settings) as reader:
        places = [place for topic in input_topics(log) for place in clients.partitions_of(reader, topic)]
        return _found(reader, places, series)


PlaceCounts = dict[TopicPartition, int]
"""How many events of the series each partition has."""


def _standing(reader: KafkaConsumer, places: Sequence[TopicPartition], series: LogSeries) -> PlaceCounts:
    """As `_found`, but the newest event is looked for first where it was written: it is there only after all others."""
    newest = series.times[-1]
    found = _between(reader, places, series, newest - MARGIN, newest + MARGIN)
    whole = {place: len(series.values) for place in places if series.values[-1] in found[place]}
    return whole | _found(reader, [place for place in places if place not in whole], series)


def _found(reader: KafkaConsumer, places: Sequence[TopicPartition], series: LogSeries) -> PlaceCounts:
    found = _between(reader, places, series, series.times[0] - MARGIN)
    begins = reader.beginning_offsets(places) if places else {}
    return {place: held(series.values, found[place], trimmed=begins[place] > 0) for place in places}


def _between(
    reader: KafkaConsumer, places: Sequence[TopicPartition], series: LogSeries, since: int, until: int | None = None
) -> dict[TopicPartition, list[bytes]]:
    """The events of the series in each partition, of those that were written between two times (ms)."""
    found: dict[TopicPartition, list[bytes]] = {place: [] for place in places}
    if not places:
        return found
    ends = reader.end_offsets(places)
    low, high = (_offsets(reader, places, at, ends) for at in (since, until))
    known = set(series.values)
    for record in clients.records_between(reader, low, high):
        if record.value in known:
            found[TopicPartition(record.topic, record.partition)].append(record.value)
    return found


def _offsets(
    reader: KafkaConsumer, places: Sequence[TopicPartition], at: int | None, ends: Mapping[TopicPartition, int]
) -> PlaceCounts:
    """The first offset of each partition from a time (ms) on; the end where nothing is so new, or no time is given."""
    if at is None:
        return dict(ends)
    found = reader.offsets_for_times(dict.fromkeys(places, at))
    return {place: found[place].offset if found[place] else ends[place] for place in places}


def _send(settings: Settings, values: Sequence[tuple[TopicPartition, bytes]]) -> None:
    if not values:
        return
    try:
        with closing(clients.producer(settings)) as producer:
            sent = [producer.send(place.topic, value, partition=place.partition) for place, value in values]
            for each in sent:
                each.get(ACCEPTED)
    except KafkaError as error:
        raise Trouble(
            f"Kafka did not take all events of the roots: {error}; run `python -m agents keys publish` again"
        ) from error


def as_of(series: LogSeries, at: int, seq: Mapping[str, int]) -> Trust:
    """The trust when Kafka got a record at a time (ms), with the newest numbers that one partition has had."""
    return replace(series.trust_at(at), seq=dict(seq))
