"""`python -m agents performance`: how the alarm system does, by the measures of ISA-18.2 and EEMUA 191.

It reads the trails and revisions of a log's alerts, or with FILE what `python -m agents judge` printed. With --follow it goes
on, and writes the measures into `<log>.performance` once a minute of the log's time. How each is counted:
docs/operate/performance.md.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Cell

from agents.measures.kpi import GROUPINGS, MEASURES, Targets, faults, performance, period, unknown
from agents.measures.performance import TYPES, Journal, remember, told
from streams import toml
from streams.command import Trouble
from streams.messages import DAY, Measure, Performance, decode, encode, format_time, parse_time
from streams.settings import load
from streams.topics import LIVE

TARGETS = Path(__file__).parent / "targets.toml"

COLOURS = {"acceptable": "", "manageable": "yellow", "exceeded": "bold red", "": "dim"}


class _Line(msgspec.Struct):
    topic: str
    value: msgspec.Raw


_line = msgspec.json.Decoder(_Line)


def main(argv: list[str]) -> int:
    """Entry of the command: a table in a terminal, else a JSON line for each group; exit 0."""
    parser = argparse.ArgumentParser(prog="python -m agents performance", description=__doc__)
    parser.add_argument("source", metavar="FILE", nargs="?", help="what `agents judge` printed, - for standard input")
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--from", dest="begin", metavar="TIME", help="begin of the period (default: 30 days before its end)")
    parser.add_argument("--to", dest="end", metavar="TIME", help="end of the period (default: the log's time)")
    parser.add_argument("--by", action="append", choices=GROUPINGS, help="measure together; may be repeated (default: desk)")
    parser.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    parser.add_argument("--follow", action="store_true", help="go on, and write all groups into the log")
    parser.add_argument("--targets", type=Path, default=TARGETS, metavar="FILE", help="TOML with other targets")
    options = parser.parse_args(argv)
    targets = read_targets(options.targets)
    begin, end = (parse_time(text) if text else None for text in (options.begin, options.end))
    if options.follow:
        if options.source or begin is not None or end is not None:
            raise ValueError("--follow goes with neither FILE nor --from nor --to")
        _follow(options.log, targets)
        return 0
    journal = _remembered(options.source, options.log, end)
    if end is not None:
        told(journal, end)
    over = period(journal, begin)
    if over is None:
        raise Trouble("there is nothing to measure: no alert has a trail up to then")
    if over.since > over.until:
        raise ValueError(f"--from is after {format_time(over.until)}, the end of the period")
    log = "file" if options.source else options.log
    _print(list(performance(journal, targets, log, over, options.by or ["desk"])), as_json=options.json)
    if missing := unknown(journal):
        sys.stderr.write(f"performance: {missing} alerts have a trail but no revision; they are not measured\n")
    return 0


def read_targets(path: Path) -> Targets:
    """The targets of a file; Trouble names it and each place at fault."""
    try:
        targets = msgspec.convert(toml.loads(path.read_text("utf-8")), Targets)
    except (OSError, UnicodeDecodeError, toml.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Trouble(f"{path}: {error}") from None
    if found := list(faults(targets)):
        raise Trouble("\n".join(f"{path}: {fault}" for fault in found))
    return targets


def read_lines(journal: Journal, lines: Iterable[bytes], end: int | None = None) -> None:
    """Fold the lines that `agents judge` printed, up to `end` (ms); Trouble names the first line that is none of them."""
    for number, line in enumerate(lines, 1):
        try:
            head = _line.decode(line)
            if head.topic in TYPES:
                remember(journal, decode(bytes(head.value), TYPES[head.topic]), end)
        except (msgspec.DecodeError, ValueError) as error:
            raise Trouble(f"line {number} is not what `python -m agents judge` prints: {error}") from None


def table(found: Iterable[Performance]) -> Table:
    """All groups for a person: a row each; measures of one kind share a column, as do their targets; colour beyond them."""
    groups = list(found)
    made = Table(title=_title(groups), title_justify="left", header_style="", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    made.add_column("group")
    made.add_column("alarms", justify="right")
    for kind in KINDS:
        made.add_column(kind, justify="right")
    if groups:
        made.add_row("target", "", *_cells(groups[0], lambda each: Cell(_target(each), "dim")), end_section=True)
    for group in groups:
        cells = _cells(group, lambda each: Cell(_number(each.value), COLOURS[each.verdict]))
        made.add_row(Cell(group.key), f"{group.annunciations:,}", *cells)
    return made


def _kind(name: str) -> str:
    """The kind of a measure: `peak` of `peak-hour`."""
    return name.partition("-")[0]


KINDS = tuple(dict.fromkeys(map(_kind, MEASURES)))


def _cells(group: Performance, cell: Callable[[Measure], Cell]) -> list[Cell]:
    return [Cell(" ").join(cell(each) for each in group.measures if _kind(each.name) == kind) for kind in KINDS]


def _title(groups: list[Performance]) -> str:
    if not groups:
        return "No alarms in the period"
    days = (parse_time(groups[0].until) - parse_time(groups[0].since)) / DAY
    short = "" if days >= 30 else "; ISA-18.2 asks for at least 30"  # ISA-18.2-2016 16.4
    return f"Alarms of {groups[0].log}, {groups[0].since} to {groups[0].until} ({days:.1f} days{short})"


def _target(measure: Measure) -> str:
    if measure.target is None:
        return "-"
    sign = {"at most": "≤", "below": "<", "at least": "≥"}[measure.comparison]
    return f"{sign}{measure.target:g}" + ("" if measure.limit is None else f" ({measure.limit:g})")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.{1 if value >= 10 else 2}f}".rstrip("0").rstrip(".")


def _print(found: list[Performance], *, as_json: bool) -> None:
    console = Console()
    if not as_json and console.is_terminal:
        console.print(table(found))
        return
    for each in found:
        sys.stdout.buffer.write(encode(each) + b"\n")
    sys.stdout.buffer.flush()


def _remembered(source: str | None, log: str, end: int | None) -> Journal:
    """All that a file or a log tells, up to `end` (ms)."""
    journal = Journal()
    if source is None:
        from agents.measures.performance_log import Follower  # noqa: PLC0415 - a file needs no Kafka

        with Follower(load(), log, end) as follower:
            follower.catch_up()
            return follower.journal
    if source == "-":
        read_lines(journal, sys.stdin.buffer, end)
        return journal
    path = Path(source)
    if not path.is_file():
        raise Trouble(f"there is no file {source!r}")
    with path.open("rb") as lines:
        read_lines(journal, lines, end)
    return journal


def _follow(log: str, targets: Targets) -> None:
    from agents.measures.performance_log import Follower, Publisher, run  # noqa: PLC0415 - a file needs no Kafka

    stopped: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _: stopped.append(number))
    settings = load()
    with Follower(settings, log) as follower, Publisher(settings, log, targets) as publisher:
        run(follower, publisher, lambda: bool(stopped))
