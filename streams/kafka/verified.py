"""What people write beside the stages, read by whoever is no fold: in an opened log only what its keys have signed.

Such a reader has no partition in which the series of the roots stands beside the records. It takes the series from `<log>.keys`
and lets a key count for what Kafka got before the key's end: both topics carry the broker's time.
"""

import time
from collections.abc import Callable

from kafka.consumer.fetcher import ConsumerRecord

from streams.desk import DeskRecord, record_of
from streams.kafka import clients
from streams.kafka.series import LogSeries, as_of, series_of
from streams.messages import DecodeError
from streams.settings import Settings
from streams.signing.trust import Delivered, Outcome, take
from streams.signing.verify import verify

FRESH = 5.0
"""Seconds after which the series is read again before a record is believed: a key that was ended counts no longer than that."""


class DeskReader:
    """Reads jobs and notes of shifts of a log, in the order of each partition. `who` says on stderr what it passes over.

    `series`: reads what the log's roots have said.
    """

    def __init__(
        self, log: str, who: str, series: Callable[[], LogSeries], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._prefix, self._who = f"{log}.", who
        self._read_series, self._clock = series, clock
        self._series, self._at = series(), clock()
        self._seq: dict[tuple[str, int], dict[str, int]] = {}

    def read(self, record: ConsumerRecord, plain: object) -> DeskRecord | None:
        """What a record says, None where it is passed over. `plain`: its type in a log that was never opened."""
        if record.value is None:
            return None
        if self._clock() > self._at + FRESH:
            self._series, self._at = self._read_series(), self._clock()
        if not self._series.trust_at(record.timestamp).logid:
            return clients.read(record, plain, self._who)  # type: ignore[arg-type] # a union is no type to mypy
        done = self._taken(record)
        if done.reason is not None or done.envelope is None:
            clients.passed_over(record, f"{done.reason}: {done.message}", self._who)
            return None
        try:
            return record_of(done.envelope.type, bytes(done.envelope.data))
        except DecodeError as error:
            clients.passed_over(record, str(error), self._who)
            return None

    def _taken(self, record: ConsumerRecord) -> Outcome:
        place = (record.topic, record.partition)
        trust = as_of(self._series, record.timestamp, self._seq.get(place, {}))
        to = record.topic.removeprefix(self._prefix)
        where = Delivered(to, record.partition, record.offset, record.key, record.value)
        done = take(trust, where, None, verify, lambda _: None)
        self._seq[place] = done.trust.seq
        return done


def desk_reader(settings: Settings, log: str, who: str) -> DeskReader:
    """The reader of a log, as this machine knows it."""
    return DeskReader(log, who, lambda: series_of(settings, log))
