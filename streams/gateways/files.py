"""`python -m streams import FILE`: a table (CSV, Parquet) or CloudEvents (JSON lines) into a log of its own.

The log gets ticks of the file's own time. Rows go in the order of their time, each after the tick of that time; ticks run on
after the last (`--settle`), so that every deadline that the file gives rise to is judged. A table's columns are known from
its header, or named by `--map`.
"""

import argparse
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
from rich.console import Console
from rich.progress import track

from streams.catalogue import domains
from streams.clock import newest_tick
from streams.command import Trouble
from streams.gateways.lines import write_lines
from streams.gateways.mapping import Mapping, Row, find_mapping, read_row
from streams.gateways.sink import write_log
from streams.gateways.stations import registrations
from streams.gateways.tables import is_event_lines, read_events, read_table
from streams.gateways.timeline import Arrival, Beat, Undated, dated, timeline
from streams.kafka.admin import create_topics
from streams.messages import DAY, HOUR, MINUTE, SECOND, format_time
from streams.settings import Settings, load
from streams.topics import LIVE

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


class Content(msgspec.Struct):
    """A file understood: rows read, stations registered, and its arrivals in order."""

    rows: int
    stations: int
    arrivals: list[Arrival]


class Report(msgspec.Struct):
    """What an import did; printed as one JSON line."""

    rows: int
    events: int
    ticks: int
    stations: int
    seconds: float


def duration(text: str) -> int:
    """Milliseconds of a duration in whole seconds, minutes, hours or days.

    >>> duration("26h")
    93600000
    """
    match = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: write 90s, 15m, 26h or 2d")
    return int(match[1]) * _UNITS[match[2]]


def read_file(path: Path, domain: str, own: Path | None = None, region: str = "") -> Content:
    """The content of a file; Trouble where it cannot be read or nothing in it has a time."""
    if not path.is_file():
        raise Trouble(f"there is no file {path}")
    content = _events(path, domain) if is_event_lines(path) else _table(path, domain, own, region)
    if not content.arrivals or not content.arrivals[-1].at:
        raise Trouble(f"no record in {path} has a time that can be read; there is nothing to import")
    return content


def _events(path: Path, domain: str) -> Content:
    records = list(read_events(path, domain))
    return Content(len(records), 0, dated(records))


def _table(path: Path, domain: str, own: Path | None, region: str) -> Content:
    lines = read_table(path)
    header = next(lines, [])
    mapping = find_mapping(header, own)
    if region:
        mapping = msgspec.structs.replace(mapping, region=region)
    source = f"file:{quote(path.name)}"
    rows = [read_row(mapping, header, cells, (domain, source, number)) for number, cells in enumerate(lines, 1)]
    registers = list(registrations(mapping, rows, domain, source))
    records = [Undated(row.at, domain, _key(mapping, row), row.value) for row in rows]
    return Content(len(rows), len(registers), sorted([*registers, *dated(records)], key=lambda arrival: arrival.at))


def _key(mapping: Mapping, row: Row) -> bytes:
    return mapping.subject_of(row.station).encode()


def beats(content: Content, step: int, settle: int) -> Iterator[Beat]:
    """The file's timeline: ticks every `step` ms from an hour before its first record to `settle` ms after its last."""
    first, last = content.arrivals[0].at, content.arrivals[-1].at
    start = (first - HOUR) // step * step
    return timeline(content.arrivals, start, last + settle, step)


def prepare_log(settings: Settings, log: str, start: int) -> None:
    """Make sure that a log can take a file that begins at `start` (ms), and make its topics; Trouble where it cannot."""
    if log == LIVE:
        raise Trouble(f"the log {LIVE!r} is for what happens now; import into a log of another name, as --log history")
    create_topics(settings, log)
    newest = newest_tick(settings, log)
    if newest is not None and newest > start:
        raise Trouble(
            f"the log {log!r} has got to {format_time(newest)}, the file begins at {format_time(start)}: "
            "time never goes back, choose another name (--log NAME)"
        )


def _shown(items: Iterable[Beat], total: int) -> Iterable[Beat]:
    """The items behind a progress bar where standard error is a terminal."""
    console = Console(stderr=True)
    return track(items, "import", total, console=console, transient=True, disable=not console.is_terminal)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m streams import", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help=".csv, .parquet, or .jsonl of CloudEvents")
    parser.add_argument("--domain", default="environment", choices=sorted(domains()), help="whose facts they are (environment)")
    parser.add_argument("--log", default="history", help="the log to write into (history)")
    parser.add_argument("--stdout", action="store_true", help="write JSON lines for `python -m agents judge -`; no Kafka")
    parser.add_argument("--tick", type=int, default=60, metavar="SECONDS", help="seconds between ticks (60)")
    parser.add_argument("--settle", type=duration, default="26h", help="how long ticks go on after the last record (26h)")
    parser.add_argument("--map", type=Path, metavar="FILE.toml", help="what the columns mean, where the header is not known")
    parser.add_argument("--region", default="", metavar="ADCODE", help="the city, where the mapping's is another")
    options = parser.parse_args(arguments)
    if options.tick < 1:
        parser.error(f"--tick is {options.tick}: give 1 second or more")
    return options


def main(arguments: list[str]) -> int:
    """Run the import; prints one JSON line: on standard output, or on standard error where that carries the events."""
    options = _options(arguments)
    began = time.monotonic()
    content = read_file(options.file, options.domain, options.map, options.region)
    step = options.tick * SECOND
    items = beats(content, step, options.settle)
    span = content.arrivals[-1].at - content.arrivals[0].at + HOUR + options.settle
    shown = _shown(items, len(content.arrivals) + span // step)
    if options.stdout:
        counts, out = write_lines(shown, sys.stdout.buffer), sys.stderr
    else:
        settings = load()
        prepare_log(settings, options.log, content.arrivals[0].at - HOUR)
        counts, out = write_log(shown, settings, options.log), sys.stdout
    report = Report(content.rows, counts.events, counts.ticks, content.stations, round(time.monotonic() - began, 3))
    out.write(msgspec.json.encode(report).decode() + "\n")
    return 0
