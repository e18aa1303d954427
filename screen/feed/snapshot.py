"""What goes to the page: a View in sections of JSON, each built once and sent only where it changed. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from screen.feed.fold import SLICES
from screen.feed.view import View
from streams.messages import encode

Sections = dict[str, bytes]


class Health(Struct, frozen=True):
    """How the reader does: whether the broker answers, and in its own words why not; whether all that stood there is read."""

    broker: bool = False
    trouble: str = ""
    loaded: bool = False


def sections(view: View, health: Health, before: Sections) -> Sections:
    """The sections that are told at once: all but the slow ones.

    One that did not change is the very object of `before`, so that `is` tells what is new.
    """
    values: dict[str, Any] = {"health": health}
    for kind in SLICES:
        values |= view[kind].sections(view)
    return _kept(_encoded(values), before)


def slow_sections(view: View, before: Sections, known: View | None = None) -> Sections:
    """The sections that look at all that stands, as `sections` has the others. `known`: the View of which `before` was made."""
    values: dict[str, Any] = {}
    for kind in SLICES:
        values |= view[kind].slow_sections(view, known)
    return _kept(before | _encoded(values), before)


def _encoded(values: Mapping[str, Any]) -> Sections:
    return {name: encode(value) for name, value in values.items()}


def _kept(built: Sections, before: Sections) -> Sections:
    return {name: before[name] if before.get(name) == value else value for name, value in built.items()}


def body(changed: Sections) -> str:
    """Sections as the text that a message holds."""
    return b",".join(encode(name) + b":" + value for name, value in changed.items()).decode()


def message(body: str, at: int, **more: Any) -> str:
    """One message to a page: server's time `at` (ms), the `body` of the sections that are new to it, what else it must know."""
    rest = b"".join(b"," + encode(name) + b":" + encode(value) for name, value in more.items()).decode()
    return f'{{"at":{at},"set":{{{body}}}{rest}}}'
