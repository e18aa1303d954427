"""What goes to the page: a View in sections of JSON, each built once and sent only where it changed. Pure."""

from collections.abc import Callable, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

from msgspec import Struct

from screen.feed.fold import SLICES
from screen.feed.view import Slice, View
from streams.messages import encode

Sections = dict[str, bytes]


class Health(Struct, frozen=True):
    """How the reader does: whether the broker answers, whether all that stood there is read, and what is wrong, in words.

    `left_out`: records that could not be read or shown, since the reader began, and revisions that wait for a pulse now.
    `signed`: whether the log was opened by its roots, as this screen was told.
    """

    broker: bool = False
    trouble: str = ""
    loaded: bool = False
    left_out: int = 0
    signed: bool = False


def sections(view: View, health: Health, before: Sections, faults: list[str] | None = None) -> Sections:
    """The sections that are told at once: all but the slow ones.

    One that did not change is the very object of `before`, so that `is` tells what is new. What a slice cannot tell stays as it
    was before, and `faults` gets a word of it.
    """
    return _kept({"health": encode(health)} | _told(lambda each: each.sections(view), view, faults), before)


def slow_sections(view: View, before: Sections, known: View | None = None, faults: list[str] | None = None) -> Sections:
    """The sections that look at all that stands, as `sections` has the others. `known`: the View of which `before` was made."""
    return _kept(before | _told(lambda each: each.slow_sections(view, known), view, faults), before)


def _told(of: Callable[[Slice], Mapping[str, Any]], view: View, faults: list[str] | None) -> Sections:
    """What each slice tells, encoded. Where one cannot, all the others do."""
    told: Sections = {}
    for kind in SLICES:
        try:
            told |= {name: encode(value) for name, value in of(view[kind]).items()}
        except Exception as error:  # noqa: BLE001 - whatever it was, the rest of the wall is true
            if faults is not None:
                faults.append(fault(kind.__name__, error))
    return told


def fault(what: str, error: Exception) -> str:
    """What cannot be shown, by what error and where it came up; its own words may quote a record."""
    *_, frame = extract_tb(error.__traceback__)
    return f"{what} cannot be shown: {type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _kept(built: Sections, before: Sections) -> Sections:
    return {name: before[name] if before.get(name) == value else value for name, value in built.items()}


def body(changed: Sections) -> str:
    """Sections as the text that a message holds."""
    return b",".join(encode(name) + b":" + value for name, value in changed.items()).decode()


def message(body: str, at: int, **more: Any) -> str:
    """One message to a page: server's time `at` (ms), the `body` of the sections that are new to it, what else it must know."""
    rest = b"".join(b"," + encode(name) + b":" + encode(value) for name, value in more.items()).decode()
    return f'{{"at":{at},"set":{{{body}}}{rest}}}'
