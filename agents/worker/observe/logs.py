"""What the worker says on stderr: little, and nothing twice in a row. A broker that is away would fill a disk otherwise.

A terminal gets lines for people; anything else gets one JSON object a line: `time`, `level`, `logger`, `message`, then `topic`,
`partition` and `offset` where they are known, and `exc`, the traceback of an error. The words of an error stand there only
where Kafka or the machine speaks: others may quote a record, and what a record says is in no log file.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, TextIO

from aiokafka.errors import KafkaError

from streams.command import Trouble
from streams.messages import SECOND, format_time

PAUSE = 10.0
"""Seconds in which the same kind of message is said once."""


OWN = "onescreen.worker"
"""The logger of what a person wants to know even if nothing is wrong."""

PLACE = ("topic", "partition", "offset")
"""What a line says of where in the log it happened; a caller may give them with `extra`."""

OUTSIDE = (KafkaError, OSError, Trouble)
"""Errors whose words are Kafka's, the machine's or our own, and never a record's."""

_about: ContextVar[dict[str, str | int]] = ContextVar("about", default={})  # noqa: B039 - it is replaced, never changed


@contextmanager
def about(topic: str, partition: int, offset: int | None = None) -> Iterator[None]:
    """All that is said in here is about this place, whatever library says it. An error keeps it, for the worker's last line."""
    place: dict[str, str | int] = {"topic": topic, "partition": partition}
    token = _about.set(place if offset is None else place | {"offset": offset})
    yield
    _about.reset(token)


class Once(logging.Filter):
    """Lets a kind of message (logger and text before its arguments) pass once in PAUSE seconds; what is critical always."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this record is to be said."""
        kind, now = (record.name, str(record.msg)), monotonic()
        if record.levelno < logging.CRITICAL and now - self._said.get(kind, -PAUSE) < PAUSE:
            return False
        self._said[kind] = now
        return True


class Bare(logging.Formatter):
    """Tracebacks without words that may quote what was judged: frames, source lines and the error's type."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """The traceback of an error."""
        _, error, frames = ei
        if isinstance(error, OUTSIDE):
            return super().formatException(ei)
        lines = [*traceback.format_tb(frames), type(error).__qualname__]
        return "".join(["Traceback (most recent call last):\n", *lines])


class JsonLines(Bare):
    """One JSON object a line; everything beyond ASCII is escaped, so that no locale and no stray byte can break a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line: dict[str, str | int] = {
            "time": format_time(int(record.created * SECOND)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **place_of(record),
        }
        if record.exc_info:
            line["exc"] = self.formatException(record.exc_info)
        return json.dumps(line)


class Text(Bare):
    """A line for a person, with its place at the end."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """The line of a record, without its traceback."""
        place = " ".join(f"{name}={value}" for name, value in place_of(record).items())
        line = f"{self.formatTime(record)} {record.levelname} {record.getMessage()}"
        return f"{line} ({place})" if place else line


def place_of(record: logging.LogRecord) -> dict[str, str | int]:
    """What is known of the place that a record is about: what its caller gave, else what is being worked on."""
    given = {name: record.__dict__[name] for name in PLACE if name in record.__dict__}
    return given or _about.get()


def set_up(stream: TextIO = sys.stderr) -> None:
    """Warnings and worse of all libraries, and what the worker itself has to say, to stderr."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(Once())
    handler.setFormatter(Text() if stream.isatty() else JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger(OWN).setLevel(logging.INFO)
