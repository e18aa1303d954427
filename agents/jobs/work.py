"""What every kind of job is given, the period it is about, and the records of the archive up to the period's end."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from streams.archive.files import Record, count
from streams.command import Trouble
from streams.messages import DAY, Actor, Text, format_time, parse_time
from streams.settings import Settings
from streams.signing.partition_clock import PartitionClock
from streams.signing.verify import verify

Tell = Callable[[float], None]
"""Told how far the work has come (0 to 1); raises where it is to go no further."""

EVERY = 256
"""Records after which a job says how far it is."""

JobPlace = tuple[str, int]
"""A partition: its topic and number."""

T = TypeVar("T")


class RefusedError(Trouble):
    """What is asked cannot be done: `text` says why to the person who asked, the message is its English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


class Work(Struct, frozen=True):
    """The log that a job is about, its archive, the empty folder for the result, and whom to tell how far it is.

    `sender`: who sends CAP messages; `by`: who asked, and when (real time), None where nobody did.
    """

    settings: Settings
    log: str
    archive: Path
    folder: Path
    tell: Tell
    sender: str = "onescreen"
    by: Actor | None = None
    at: str = ""

    @property
    def records(self) -> int:
        """How many records the archive holds; RefusedError where there is none."""
        try:
            return count(self.archive)
        except Trouble as trouble:
            raise RefusedError(f"日志 {self.log} 还没有归档，`python -m streams archive` 会写出它", str(trouble)) from None

    def write(self, name: str, value: Any) -> None:
        """A file of the result as JSON."""
        (self.folder / name).write_bytes(msgspec.json.encode(value))


class JobPeriod(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a time up to but not including another, RFC 3339."""

    since: str = field(name="from")
    until: str = field(name="to")


def span(since: str, until: str, most: int) -> tuple[int, int]:
    """Both ends of a period (ms); RefusedError where it is none, or longer than `most`."""
    try:
        begin, end = parse_time(since), parse_time(until)
    except ValueError as error:
        raise RefusedError(f"时段有误：{error}", f"the period: {error}") from None
    if begin >= end:
        raise RefusedError(
            f"时段的结束（{until}）不晚于开始（{since}）", f"the period ends ({until}) before it begins ({since})"
        )
    if end - begin > most:
        raise RefusedError(
            f"时段超过 {most // DAY} 天，请缩短", f"the period is longer than {most // DAY} days: choose a shorter one"
        )
    return begin, end


def read(params: msgspec.Raw, type_: type[T]) -> T:
    """The parameters of a job; RefusedError says what is wrong with them."""
    try:
        return msgspec.json.decode(params, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RefusedError(f"参数有误：{error}", f"the parameters: {error}") from None


class Reading:
    """Hands on records up to a time and says how far it has come; `reached`: up to where there is anything in every partition.

    `total`: how many records there are. It is the first `share` of the whole work.
    """

    def __init__(self, until: int, total: int, tell: Tell, share: float = 1.0) -> None:
        self.reached = until
        self._until, self._total, self._tell, self._share = until, max(1, total), tell, share
        self._done = 0

    def records(self, place: JobPlace, records: Iterable[Record]) -> Iterator[Record]:
        """The records of one partition before its first tick at or after the end."""
        return (record for _, record in self._timed(place, records))

    def moments(self, place: JobPlace, records: Iterable[Record]) -> Iterator[tuple[int | None, list[Record]]]:
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

    def _timed(self, place: JobPlace, records: Iterable[Record]) -> Iterator[tuple[int | None, Record]]:
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
