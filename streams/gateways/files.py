"""`python -m streams import FILE`: a table (CSV, Excel, Parquet) or CloudEvents (JSON lines) into a log of its own.

The log gets ticks of the file's own time. Rows go in the order of their time, each after the tick of that time; ticks run on
after the last (`--settle`), so that every deadline that the file gives rise to is judged. A table's columns are known from
its header, or named by `--map`. What is refused is reported cell by cell, and the rest is taken; exit 1 where nothing was.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO, TypeVar
from urllib.parse import quote

import msgspec
from rich.console import Console
from rich.progress import track

from streams import places
from streams.catalogue import domains
from streams.clock import newest_tick
from streams.command import Trouble
from streams.gateways.cells import Refusal, RowPlace
from streams.gateways.foreign.contents import FileMeaning, file_records
from streams.gateways.foreign.engine import Origin, Refused
from streams.gateways.foreign.mapping import Foreign, is_foreign
from streams.gateways.foreign.mapping import load as load_mappings
from streams.gateways.intake.registered import note_on
from streams.gateways.lines import write_lines
from streams.gateways.mapping import Mapping, Row, find_mapping, read_row
from streams.gateways.notes import LONGEST, notes_event
from streams.gateways.sink import write_log
from streams.gateways.stations import registrations
from streams.gateways.tables import Record, is_event_lines, read_events, read_table
from streams.gateways.timeline import Arrival, Beat, Counts, Undated, dated, timeline
from streams.gateways.wide import read_wide
from streams.kafka.admin import create_topics
from streams.messages import DAY, HOUR, MINUTE, SECOND, FieldNote, format_time
from streams.places.organs import shapes
from streams.settings import Settings, load
from streams.topics import LIVE

Item = TypeVar("Item")

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


class Content(msgspec.Struct):
    """A file understood: rows read, stations registered, its arrivals in order, how it is written, and what was odd in it."""

    rows: int
    stations: int
    arrivals: list[Arrival]
    form: str = "CloudEvents"
    odd: list[Refusal] = []


class Report(msgspec.Struct):
    """What an import did; printed as one JSON line. `refused` and `remarks` are numbers of cells and rows by reason."""

    rows: int
    events: int
    ticks: int
    stations: int
    seconds: float
    refused: dict[str, int]
    remarks: dict[str, int]


def duration(text: str) -> int:
    """Milliseconds of a duration in whole seconds, minutes, hours or days.

    >>> duration("26h")
    93600000
    """
    match = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: write 90s, 15m, 26h or 2d")
    return int(match[1]) * _UNITS[match[2]]


def read_file(path: Path, domain: str, own: Path | None = None, region: str = "", strict: bool = False) -> Content:
    """The content of a file; Trouble where it cannot be read. With `strict` nothing irregular is taken."""
    if not path.is_file():
        raise Trouble(f"there is no file {path}")
    if own and is_foreign(own):
        return _foreign(path, load_mappings(own))
    return _events(path, domain) if is_event_lines(path) else _table(path, domain, own, region, strict)


def check(path: Path, content: Content) -> None:
    """Trouble where nothing in a file has a time."""
    if not content.arrivals or not content.arrivals[-1].at:
        raise Trouble(f"no record in {path} has a time that can be read; there is nothing to import")


def _events(path: Path, domain: str) -> Content:
    records = list(read_events(path, domain))
    return Content(len(records), 0, dated(records))


def _foreign(path: Path, mappings: tuple[Foreign, ...]) -> Content:
    """A file of documents by mappings of the engine; without a time of its own a record is of when the file was written."""
    now = path.stat().st_mtime_ns // 1_000_000
    origin = Origin(source=f"file:{quote(path.name)}", now=now, topic=path.stem, areas=shapes(places.here(), places.ROOT))
    meaning, content = FileMeaning(mappings, origin), Content(0, 0, [], "documents")
    records: list[Undated] = []
    for record in meaning.in_time(_shown(file_records(path), "read")):
        content.rows += 1
        if record.fault is not None:
            content.odd.append(_refusal(path, record.line, "", record.fault.reason, str(record.fault)))
            continue
        for each in meaning.take(record):
            if isinstance(each, Refused):
                content.odd.append(_refusal(path, record.line, each.where, each.reason, each.message))
                continue
            content.stations += each.registers
            records += [Undated(each.at, each.domain, each.subject.encode(), value) for value in each.events]
            content.odd += [
                _refusal(path, record.line, note.field, note.reason, note.message, taken=note.taken) for note in each.odd
            ]
    content.arrivals = dated(records)
    return content


def _refusal(path: Path, line: int, column: str, reason: str, message: str, *, taken: bool = False) -> Refusal:
    return Refusal(path.name, line, column, "", message, reason, taken)


def _table(path: Path, domain: str, own: Path | None, region: str, strict: bool) -> Content:
    table = read_table(path)
    header = [column.strip() for column in next(table.rows, Record(1, [])).cells]
    mapping = find_mapping(header, own)
    if region:
        mapping = msgspec.structs.replace(mapping, region=region)
    source = f"file:{quote(path.name)}"
    lines = (record.fitted(len(header)) for record in _shown(table.rows, "read"))
    records = [(record, RowPlace(path.name, record.line, strict)) for record in lines]
    odd = [RowPlace(path.name, 1, strict).refusal("sheets", "", name) for name in table.unread]
    if mapping.wide:
        wide = read_wide(mapping, mapping.wide, header, records)
        rows = list(wide.rows(domain, source))
        odd += wide.odd
    else:
        origins = ((domain, source, number) for number in range(1, len(records) + 1))
        rows = [read_row(mapping, header, *each, origin) for each, origin in zip(records, origins, strict=True)]
    odd += [each for row in rows for each in row.odd]
    registers = list(registrations(mapping, rows, domain, source))
    facts = [each for row in rows for each in _arrivals(mapping, row, domain, source)]
    areas = shapes(places.here(), places.ROOT)
    doubts = [each._replace(value=note) for each in registers if (note := note_on(each.value, areas))]
    arrivals = sorted([*registers, *doubts, *dated(facts)], key=lambda arrival: arrival.at)
    return Content(len(records), len(registers), arrivals, table.form, odd)


def _arrivals(mapping: Mapping, row: Row, domain: str, source: str) -> Iterator[Undated]:
    """A row's fact and, where single cells were refused, the note of them."""
    key = _key(mapping, row)
    yield Undated(row.at, domain, key, row.value)
    notes = [_note(each) for each in row.odd if each.column and not each.taken]
    if notes and row.at is not None and row.station:
        fact = (mapping.fact, row.id, mapping.subject_of(row.station))
        yield Undated(row.at, domain, key, notes_event(domain, source, fact, row.at, notes))


def _note(odd: Refusal) -> FieldNote:
    message = f"line {odd.line}: expected {odd.expected}"
    return FieldNote(odd.column[:LONGEST], odd.reason, len(odd.value), odd.taken, message)


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


def _shown(items: Iterable[Item], what: str, total: int | None = None) -> Iterable[Item]:
    """The items behind a progress bar where standard error is a terminal."""
    console = Console(stderr=True)
    return track(items, what, total, console=console, transient=True, disable=not console.is_terminal)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m streams import", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help=".csv, .xlsx, .xls, .ods, .parquet, or .jsonl of CloudEvents")
    parser.add_argument("--domain", default="environment", choices=sorted(domains()), help="whose facts they are (environment)")
    parser.add_argument("--log", default="history", help="the log to write into (history)")
    parser.add_argument("--stdout", action="store_true", help="write JSON lines for `python -m agents judge -`; no Kafka")
    parser.add_argument("--tick", type=int, default=60, metavar="SECONDS", help="seconds between ticks (60)")
    parser.add_argument("--settle", type=duration, default="26h", help="how long ticks go on after the last record (26h)")
    parser.add_argument("--map", type=Path, metavar="FILE.toml", help="what the columns mean, where the header is not known")
    parser.add_argument("--region", default="", metavar="ADCODE", help="the city, where the mapping's is another")
    parser.add_argument("--strict", action="store_true", help="refuse what is irregular though it can be read in one way only")
    parser.add_argument("--report", type=Path, metavar="FILE.jsonl", help="where to list what was refused (standard output)")
    parser.add_argument("--dry-run", action="store_true", help="read and report, write nothing")
    options = parser.parse_args(arguments)
    if options.tick < 1:
        parser.error(f"--tick is {options.tick}: give 1 second or more")
    return options


def main(arguments: list[str]) -> int:
    """Run the import; JSON lines of what was odd and what was done, on standard error where `--stdout` carries the events."""
    options = _options(arguments)
    began = time.monotonic()
    content = read_file(options.file, options.domain, options.map, options.region, options.strict)
    out = sys.stderr if options.stdout else sys.stdout
    _list(content.odd, options.report, out)
    refused = Counter(each.reason for each in content.odd if not each.taken)
    remarks = Counter(each.reason for each in content.odd if each.taken)
    told = (
        f"{content.rows} rows ({content.form}); {refused.total()} cells or rows refused, {remarks.total()} taken with a remark"
    )
    sys.stderr.write(f"{options.file}: {told}\n")
    check(options.file, content)
    counts = _write(content, options)
    seconds = round(time.monotonic() - began, 3)
    report = Report(content.rows, counts.events, counts.ticks, content.stations, seconds, dict(refused), dict(remarks))
    out.write(msgspec.json.encode(report).decode() + "\n")
    return 0


def _list(odd: list[Refusal], report: Path | None, out: TextIO) -> None:
    """List what was odd, one JSON line each."""
    lines = "".join(msgspec.json.encode(each).decode() + "\n" for each in odd)
    if report is None:
        out.write(lines)
        return
    try:
        report.write_text(lines, "utf-8")
    except OSError as error:
        raise Trouble(f"the report {report} cannot be written: {error.strerror}") from None


def _write(content: Content, options: argparse.Namespace) -> Counts:
    """Write the timeline where it belongs; nowhere in a dry run, of which the counts are told all the same."""
    step = options.tick * SECOND
    span = content.arrivals[-1].at - content.arrivals[0].at + HOUR + options.settle
    shown = _shown(beats(content, step, options.settle), "import", len(content.arrivals) + span // step)
    if options.dry_run:
        counts = Counts()
        for beat in shown:
            counts.ticks += isinstance(beat, int)
            counts.events += not isinstance(beat, int)
        return counts
    if options.stdout:
        return write_lines(shown, sys.stdout.buffer)
    settings = load()
    prepare_log(settings, options.log, content.arrivals[0].at - HOUR)
    return write_log(shown, settings, options.log)
