"""The calendar of a place: the nation's holidays, its own government's days off, and when its offices work."""

from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from streams import places
from streams.calendar.holidays import Holidays, Notice, build, read
from streams.calendar.working_time import Calendar, Sessions
from streams.messages import HOUR, MINUTE


class NoticeFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`notices.toml`: what the place's government adds to the State Council's notice of a year, by days off and days worked."""

    notice: tuple[Notice, ...]


@cache
def load() -> Calendar:
    """The calendar of this place, built once."""
    return build(here())


def here(code: str | None = None, root: Path = places.ROOT) -> Holidays:
    """The nation's holidays with what a place (default: this one) adds; ValueError names the file and the field at fault."""
    code = places.here() if code is None else code
    files = places.files(code, "notices.toml", root)
    local = tuple(notice for file in files for notice in places.read(file, NoticeFile).notice)
    return replace(read(), local=local, sessions=_sessions(code, root))


def _sessions(code: str, root: Path) -> Sessions:
    if not (hours := places.place(code, root).hours):
        return Sessions()
    return Sessions(*(each.hour * HOUR + each.minute * MINUTE for each in (*hours.morning, *hours.afternoon)))
