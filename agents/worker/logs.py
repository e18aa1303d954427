"""What the worker says on stderr: little, and nothing twice in a row. A broker that is away would fill a disk otherwise."""

import logging
import sys
from time import monotonic

PAUSE = 10.0
"""Seconds in which the same kind of message is said once."""


OWN = "onescreen.worker"
"""The logger of what a person wants to know even if nothing is wrong."""


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


def set_up() -> None:
    """Warnings and worse of all libraries, and what the worker itself has to say, to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Once())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger(OWN).setLevel(logging.INFO)
