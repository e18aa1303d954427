"""The records of an archive or a log up to a time, and what cannot be read or asked so."""

from collections.abc import Callable, Iterable, Iterator

from streams.archive.files import Record
from streams.command import Trouble
from streams.messages import Text, format_time
from streams.signing.partition_clock import PartitionClock
from streams.signing.verify import verify

Tell = Callable[[float], None]
"""Told how far the work has come (0 to 1); raises where it is to go no further."""

EVERY = 256
"""Records after which a job says how far it is."""

ReadPlace = tuple[str, int]
"""A partition: its topic and number."""


class RefusedError(Trouble):
    """What is asked cannot be done: `text` says why to the person who asked, the message is its English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


class Reading:
    """Hands on records up to a time and says how far it has come; `reached`: up to where there is anything in every partition.

    `total`: how many records there are. It is the first `share` of the whole work.
    """

    def __init__(self, until: int, total: int, tell: Tell, share: float = 1.0) -> None:
        self.reached = until
        self._until, self._total, self._tell, self._share = until, max(1, total), tell, share
        self._done = 0

    def records(self, place: ReadPlace, records: Iterable[Record]) -> Iterator[Record]:
        """The records of one partition before its first tick at or after the end."""
        return (record for _, record in self._timed(place, records))

    def moments(self, place: ReadPlace, records: Iterable[Record]) -> Iterator[tuple[int | None, list[Record]]]:
        """The same records cut before each tick, with the time that it tells (ms): while a part is judged time stands still.

        None: what comes before the first tick.
        """
        now: int | None = None
        part: list[Record] = []
        for at, record in self._timed(place, records):
            if at is not None:
                if part:
                    yield now, part
                now, part = at, []
            part.append(record)
        if part:
            yield now, part

    def _timed(self, place: ReadPlace, records: Iterable[Record]) -> Iterator[tuple[int | None, Record]]:
        """Each record, with the time that it tells where it is a tick that is believed: a false one of 2099 ends nothing."""
        topic, partition = place
        time = PartitionClock((topic.partition(".")[2], partition), verify)
        for record in records:
            if self._done % EVERY == 0:
                self._tell(self._share * min(1.0, self._done / self._total))
            self._done += 1
            at = time.take(*record)
            if at is not None and at >= self._until:
                return
            yield at, record
        if time.now is not None:
            self.reached = min(self.reached, time.now)

    def check(self, begin: int, log: str) -> None:
        """RefusedError where the archive has nothing after the beginning (ms) of the period."""
        if self.reached <= begin:
            reached, since = format_time(self.reached), format_time(begin)
            raise RefusedError(
                f"日志 {log} 的归档只到 {reached}，不晚于时段的开始 {since}：请选较早的时段，或待归档跟上",
                f"the archive of log {log!r} reaches to {reached}, which is not after the beginning of the period, {since}: "
                "choose an earlier period, or let the archive catch up",
            )
