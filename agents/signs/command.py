"""`python -m agents sign list|show|explain|rules|whatif|record|baseline`: signs of the city, and what they come to.

Each sign is data (agents/signs/book); docs/operate/signs.md says how they are counted. In a terminal a table, else a JSON line
for each sign or input.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kafka.errors import KafkaError
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.signs.baseline.command import add_baseline
from agents.signs.book.read import known_sign, missing_signs, sign_book
from agents.signs.book.sign import SignRow
from agents.signs.facts import PartitionFacts, clock_of
from agents.signs.figures import SignFigure, SignGround, SignInput, all_inputs, figure, judged
from agents.signs.ground import ground_of_archive
from agents.signs.past.hourly import fact_partitions
from agents.signs.past.record import add_record
from agents.signs.past.whatif import add_whatif
from agents.signs.rule_file import rule_file
from streams.archive.command import archive
from streams.archive.files import read_partition
from streams.command import Trouble
from streams.messages import Text, format_time, parse_time
from streams.settings import load

Parts = list[tuple[str, int, PartitionFacts]]


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0."""
    options = _parser().parse_args(argv)
    work: Callable[[argparse.Namespace], int] = options.work
    return work(options)


def _own(options: argparse.Namespace) -> int:
    """List, show, explain."""
    book = sign_book()
    if options.command == "rules":
        options.file.write_text(rule_file(book), "utf-8")
        return 0
    if options.command == "list":
        _list(book, as_json=options.json)
        return 0
    if options.log is None:
        return _retold(options, options.archive)
    settings = load()
    with TemporaryDirectory() as folder:
        try:
            archive(settings, options.log, Path(folder))
        except KafkaError as error:
            raise Trouble(f"Kafka at {settings.bootstrap} stopped answering: {error}; ask again, or name an archive") from error
        return _retold(options, Path(folder))


def _retold(options: argparse.Namespace, path: Path) -> int:
    """Show or explain figures of an archive."""
    chosen = {options.id: known_sign(options.id)} if options.id else sign_book()
    asked = parse_time(options.at) if options.at else None
    parts = read_archive(chosen, path, asked, then=not options.late)
    at = _moment(asked, parts)
    area = options.area or f"{load().place:0<6}"
    ground = ground_of_archive(chosen, path, at)
    found = {name: figure(name, row, parts, area, at, ground) for name, row in chosen.items()}
    if options.command == "explain":
        write_lines(_told(each) for each in found.values())
        write_lines(_inputs(chosen, parts, area, at, ground))
    else:
        _show(chosen, found, area, at, as_json=options.json)
    return 0


def read_archive(book: Mapping[str, SignRow], path: Path, at: int | None = None, *, then: bool = False) -> Parts:
    """The facts of each partition of an archive that the signs read, of a moment (ms) or the end; `then`: as known by then."""
    parts: Parts = []
    for topic, partition in fact_partitions(path):
        facts = PartitionFacts(book, at, then=then, clock=clock_of(topic, partition))
        for records in read_partition(path, topic, partition):
            for offset, key, value in records:
                facts.take(offset, value, key)
        parts.append((topic, partition, facts))
    return parts


def _moment(asked: int | None, parts: Parts) -> int:
    """The moment that is asked for; Trouble where a partition has not come so far: its part would be missing unseen."""
    reached = min(facts.now for _, _, facts in parts)
    if asked is not None and asked > reached:
        late = ", ".join(f"{topic}/{partition}" for topic, partition, facts in parts if facts.now < asked)
        raise Trouble(f"{late}: no tick of {format_time(asked)} or later; name a moment up to {format_time(reached)}")
    return reached if asked is None else asked


def _list(book: Mapping[str, SignRow], *, as_json: bool) -> None:
    console = Console()
    if as_json or not console.is_terminal:
        write_lines({"id": name, "sign": row} for name, row in book.items())
        write_lines({"id": name, "missing": row} for name, row in missing_signs().items())
        return
    table = Table(box=SIMPLE_HEAD)
    for heading in ("id", "name", "what", "window", "floor", "whose", "sure"):
        table.add_column(heading, no_wrap=heading == "id")
    for name, row in book.items():
        floor = "-" if row.floor is None else f"{row.floor:.0%}"
        table.add_row(name, _both(row.name), row.what.zh, row.window, floor, row.provenance, row.mark)
    console.print(table)
    lacking = Table(title="还没有的 not there yet", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("id", "name", "needs"):
        lacking.add_column(heading, no_wrap=heading == "id")
    for name, each in missing_signs().items():
        lacking.add_row(name, _both(each.name), _both(each.needs))
    console.print(lacking)


def _show(book: Mapping[str, SignRow], found: dict[str, SignFigure], area: str, at: int, *, as_json: bool) -> None:
    console = Console()
    if as_json or not console.is_terminal:
        write_lines(_told(each) for each in found.values())
        return
    table = Table(title=f"{area}, {format_time(at)}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("id", "name", "value", "coverage", "of", "newest", "state"):
        table.add_column(heading, justify="right" if heading in {"value", "coverage", "of"} else "left")
    for name, each in found.items():
        value = "NA" if each.value is None else f"{each.value:,.1f} {book[name].unit}"
        coverage = "-" if each.coverage is None else f"{each.coverage:.1%}"
        of = f"{each.numerator:,.0f} / {each.denominator:,.0f}"
        table.add_row(name, _both(book[name].name), value, coverage, of, _time(each.newest), each.why or each.state)
    console.print(table)


def _told(each: SignFigure) -> dict[str, Any]:
    told = {name: getattr(each, name) for name in each.__struct_fields__}
    return told | {"at": format_time(each.at), "newest": _time(each.newest)}


def _inputs(book: Mapping[str, SignRow], parts: Parts, area: str, at: int, ground: SignGround) -> Iterable[dict[str, Any]]:
    for name, row in book.items():
        for topic, partition, each in all_inputs(row, parts, area, at):
            place = {"topic": topic, "partition": partition, "offset": each.offset} if each.offset >= 0 else None
            yield _input(name, each, place)
        for one in sorted(judged(row, ground.cases.get(name, ()), area, at)):
            yield _input(name, one, None) | {"time": format_time(one.at)}


def _input(name: str, each: SignInput, place: dict[str, Any] | None) -> dict[str, Any]:
    told = {"subject": each.subject, "time": format_time(each.at) if place else None, "valid": each.valid}
    return {"sign": name, **told, "numerator": +each.numerator, "denominator": +each.denominator, "place": place}


def _time(at: int | None) -> str | None:
    return None if at is None else format_time(at)


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agents sign", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="every sign, with what it counts, whose it is and by what text")
    show = commands.add_parser("show", help="what the signs of an area come to", description="What signs come to.")
    show.add_argument("id", nargs="?", metavar="ID", help="one sign (default: all)")
    explain = commands.add_parser("explain", help="a sign, and every input that it rests on, with its place in the log")
    explain.add_argument("id", metavar="ID", help="a sign's id, as city-air")
    for command in (show, explain):
        command.add_argument("--late", action="store_true", help="with what came after the moment, and corrections since")
        source = command.add_mutually_exclusive_group(required=True)
        source.add_argument("--archive", type=Path, metavar="DIR", help="an archive of a log")
        source.add_argument(
            "--log", metavar="LOG", help="a log itself: all that Kafka keeps of it is archived for this answer alone"
        )
        command.add_argument("--area", default="", metavar="ADCODE", help="a city or district (default: the place)")
        command.add_argument("--at", default="", metavar="TIME", help="the moment (default: to which all partitions have come)")
    rules = commands.add_parser("rules", help="write the rules of crossings, made of the book of signs (`make signs`)")
    rules.add_argument("file", type=Path, metavar="FILE", help="agents/domains/signs/rules.toml")
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
        command.set_defaults(work=_own)
    add_whatif(commands)
    add_record(commands)
    add_baseline(commands)
    return parser
