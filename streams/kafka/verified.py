"""What people write beside the stages, read by whoever is no fold: in an opened log only what its keys have signed.

Such a reader has no partition in which the series of the roots stands beside the records. It takes the series from `<log>.keys`
and lets a key count for what Kafka got before the key's end: both topics carry the broker's time.
"""

import time
from collections.abc import Callable
from typing import Any

from kafka.consumer.fetcher import ConsumerRecord

from streams.desk import DeskRecord, record_of
from streams.kafka import clients
from streams.kafka.series import LogSeries, as_of, series_of
from streams.messages import DecodeError, decode, decode_event
from streams.settings import Settings
from streams.signing.trust import Delivered, Outcome, take
from streams.signing.verify import verify

FRESH = 5.0
"""Seconds after which the series is read again before a record is believed: a key that was ended counts no longer than that."""


class DeskReader:
    """Reads what people write of a log, in the order of each partition. `who` says on stderr what it passes over.

    `series`: reads what the log's roots have said. `demand`: what Kafka got before the log was opened is passed over too.
    """

    def __init__(
        self,
        log: str,
        who: str,
        series: Callable[[], LogSeries],
        clock: Callable[[], float] = time.monotonic,
        *,
        demand: bool = False,
    ) -> None:
        self._prefix, self._who = f"{log}.", who
        self._read_series, self._clock, self._demand = series, clock, demand
        self._series, self._at = series(), clock()
        self._seq: dict[tuple[str, int], dict[str, int]] = {}

    def read(self, record: ConsumerRecord, plain: Any) -> DeskRecord | None:
        """What a record says; None for what is passed over, which stderr names by its place. `plain` as of `decoded`."""
        if record.value is None:
            return None
        try:
            return self.decoded(record, plain)
        except DecodeError as error:
            clients.passed_over(record, str(error), self._who)
            return None

    def event_id(self, record: ConsumerRecord) -> str:
        """The id of the event that a record is, empty where it is none, or not signed by who may."""
        if record.value is None:
            return ""
        self._renew()
        if self._series.trust_at(record.timestamp).logid:
            done = self._taken(record)
            return done.envelope.id if done.reason is None and done.envelope else ""
        try:
            return decode_event(record.value).id
        except DecodeError:
            return ""

    def decoded(self, record: ConsumerRecord, plain: Any) -> DeskRecord:
        """What a record that is no tombstone says; DecodeError where it is not one, or not signed by who may.

        `plain`: the type of the topic's messages in a log that was never opened.
        """
        self._renew()
        if not self._demand and not self._series.trust_at(record.timestamp).logid:
            found: DeskRecord = decode(record.value, plain)
            return found
        done = self._taken(record)
        event = done.envelope
        if done.reason is not None or event is None:
            raise DecodeError(done.reason or "unsigned", f"{done.reason}: {done.message}")
        return record_of(event.type, bytes(event.data))

    def _renew(self) -> None:
        if self._clock() > self._at + FRESH:
            self._series, self._at = self._read_series(), self._clock()

    def _taken(self, record: ConsumerRecord) -> Outcome:
        place = (record.topic, record.partition)
        trust = as_of(self._series, record.timestamp, self._seq.get(place, {}))
        to = record.topic.removeprefix(self._prefix)
        where = Delivered(to, record.partition, record.offset, record.key, record.value)
        done = take(trust, where, None, verify, lambda _: None)
        self._seq[place] = done.trust.seq
        return done


def desk_reader(settings: Settings, log: str, who: str, *, demand: bool = False) -> DeskReader:
    """The reader of a log, as this machine knows it; `demand` as of `DeskReader`."""
    return DeskReader(log, who, lambda: series_of(settings, log), demand=demand)
