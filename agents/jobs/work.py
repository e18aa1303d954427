"""What every kind of job is given, and the period it is about."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from agents.offline.reading import RefusedError, Tell
from streams.archive.files import count
from streams.command import Trouble
from streams.messages import DAY, Actor, parse_time
from streams.settings import Settings

T = TypeVar("T")


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

    @property
    def asker(self) -> tuple[str, str]:
        """Role and department of who asked; empty where nobody did."""
        return ("", "") if self.by is None else (self.by.role, self.by.department)

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
