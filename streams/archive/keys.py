"""The keys of an opened log while its archive is written, as `<log>.keys` has them."""

from kafka import KafkaConsumer

from streams.kafka import clients
from streams.settings import Settings
from streams.signing.proofs.reading import KEYS, read_series
from streams.signing.state import Trust
from streams.signing.verify import verify
from streams.topics import topic_name


class KeysReader:
    """Follows the series of a log of this id; of a log that was never opened there is nothing to read."""

    def __init__(self, settings: Settings, log: str, logid: str) -> None:
        self._settings, self._topic, self._logid = settings, topic_name(log, KEYS), logid
        self._reader: KafkaConsumer | None = None
        self._offsets: dict[int, int] = {}
        self._trust = Trust()

    def trust(self) -> Trust:
        """What stands there now: every key of a record that was read before, for a key comes here first."""
        if not self._logid:
            return self._trust
        if self._reader is None:
            self._reader = clients.consumer(self._settings)
            clients.partitions_of(self._reader, self._topic)
        ends = clients.end_offsets(self._reader, self._topic)
        records = clients.stream(self._reader, self._topic, self._offsets, ends)
        series = [(record.timestamp, record.value or b"") for record in records]
        self._offsets, self._trust = dict(ends), read_series(self._trust, self._logid, series, verify)
        return self._trust

    def close(self) -> None:
        """Leave the broker."""
        if self._reader is not None:
            self._reader.close()
