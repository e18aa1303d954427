"""`python -m agents notice FILE --log LOG`: the State Council's notice of a year's holidays becomes an event of the log.

FILE is TOML as in streams/calendar/holidays.toml: `[[notices]]` with year, source, off and work. The event goes into
every partition of every events topic, so that a replay reckons anew at the same place: deadlines that were provisional
become certain.
"""

import argparse
import sys
import time
import tomllib
from pathlib import Path

from msgspec import Struct, ValidationError, convert

from agents.commands.adoption import PART
from agents.commands.signed import cosign_option
from streams.calendar.holidays import Notice, build
from streams.command import Trouble
from streams.gateways.sink import LogWriter
from streams.messages import NOTICE, SECOND, event_bytes, format_time
from streams.places.calendar import here
from streams.settings import load
from streams.signing.machine.part import cosigners
from streams.topics import LIVE


class NoticeFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of notices."""

    notices: tuple[Notice, ...]


def notices(path: Path) -> tuple[Notice, ...]:
    """The notices of a file; Trouble names the file and what is wrong, also with what they say of days."""
    try:
        found = convert(tomllib.loads(path.read_text("utf-8")), NoticeFile).notices
        for notice in found:
            build(here().with_notice(notice))
    except (OSError, ValidationError, tomllib.TOMLDecodeError, ValueError) as error:
        raise Trouble(f"{path}: {error}") from None
    return found


def notice_bytes(notice: Notice, at: int) -> bytes:
    """The event that brings a notice, sent at a time (ms)."""
    return event_bytes(type=NOTICE, source="notice", id=f"{notice.year}/{at}", time=format_time(at), data=notice)


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 once Kafka has the events."""
    parser = argparse.ArgumentParser(prog="python -m agents notice", description=__doc__)
    parser.add_argument("file", metavar="FILE", type=Path, help="TOML with [[notices]]")
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--stdout", action="store_true", help="write the events as JSON lines; no Kafka")
    cosign_option(parser)
    options = parser.parse_args(argv)
    found = notices(options.file)
    events = [notice_bytes(notice, int(time.time()) * SECOND) for notice in found]
    if options.stdout:
        sys.stdout.buffer.write(b"".join(event + b"\n" for event in events))
        return 0
    with LogWriter(load(), options.log, part=PART) as log, cosigners(options.cosign) as seconds:
        for event in events:
            log.everywhere(event, seconds)
    sys.stderr.write(f"notice: log {options.log!r} knows the holidays of {', '.join(str(each.year) for each in found)}\n")
    return 0
