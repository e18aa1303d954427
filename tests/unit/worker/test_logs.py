"""What a line of the worker's log looks like: for a program, and for a person."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

import pytest

from agents.worker.observe import logs


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@contextmanager
def logging_to(stream: io.StringIO) -> Iterator[None]:
    """The worker's logging; the root logger is as before afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers.clear()
    logs.set_up(stream)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def said(stream: io.StringIO) -> list[str]:
    """The lines of a stream."""
    return stream.getvalue().splitlines()


def test_a_program_gets_json() -> None:
    """Level, logger, message and what `extra` says of the place; a traceback is one field; a lone surrogate breaks no line."""
    stream = io.StringIO()
    with logging_to(stream):
        logging.getLogger("some.library").warning("lost %s\nand found", "\udc80", extra={"topic": "t", "partition": 3})
        try:
            raise ValueError("坏了")
        except ValueError:
            logging.getLogger("other").exception("failed")
    first, second = map(json.loads, said(stream))
    assert (first["level"], first["logger"], first["message"]) == ("warning", "some.library", "lost \udc80\nand found")
    assert (first["topic"], first["partition"]) == ("t", 3)
    assert "offset" not in first
    assert second["exc"].endswith("\nValueError"), "an error's words may quote a record"
    assert "topic" not in second


def test_all_that_is_said_about_a_place_carries_it() -> None:
    """Inside `about` every logger's line has the place, outside none; after an error it stays, for the worker's last line."""

    def work() -> None:
        with logs.about("t", 1, 99):
            logging.getLogger("a").warning("inside")
        logging.getLogger("a").warning("outside")
        with pytest.raises(ZeroDivisionError), logs.about("t", 2):
            _ = 1 / 0
        logging.getLogger("a").critical("the end")

    stream = io.StringIO()
    with logging_to(stream):
        copy_context().run(work)
    inside, outside, end = map(json.loads, said(stream))
    assert (inside["topic"], inside["partition"], inside["offset"]) == ("t", 1, 99)
    assert "topic" not in outside
    assert (end["topic"], end["partition"]) == ("t", 2)


def test_a_person_gets_a_line() -> None:
    """In a terminal: level, message, place in brackets; a traceback below it."""
    stream = Terminal()
    with logging_to(stream):
        logging.getLogger("a").warning("odd", extra={"topic": "t", "partition": 3, "offset": 7})
        try:
            raise ValueError("broken")
        except ValueError:
            logging.getLogger("a").exception("failed")
    first, second, *rest = said(stream)
    assert first.endswith("WARNING odd (topic=t partition=3 offset=7)")
    assert second.endswith("ERROR failed")
    assert rest[-1] == "ValueError"


def test_quiet_by_default() -> None:
    """Libraries say warnings and worse, the worker also what is news; one kind of message is said once in a while."""
    stream = io.StringIO()
    with logging_to(stream):
        logging.getLogger("some.library").info("chatter")
        logging.getLogger(logs.OWN).info("news")
        for n in range(5):
            logging.getLogger("some.library").warning("again %d", n)
    assert [json.loads(line)["message"] for line in said(stream)] == ["news", "again 0"]
