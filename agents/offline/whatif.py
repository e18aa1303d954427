"""`python -m agents whatif FILE|ARCHIVE --rules DIR`: what other rules would have made of what happened.

`python -m agents whatif ARCHIVE --orders FILE`: which orders would have been late, or not, under other duties
(docs/operate/whatif-orders.md).

DIR holds changed copies of files of the rule book: `<domain>/rules.toml`, `<domain>/clauses.toml`, `law/<name>.toml`; the rest
stays as it is. Both books judge the same events in one pass and throughout, whatever the log adopted meanwhile. What would be
raised, lost, earlier, later, or of another severity is counted by rule, district (adcode) and day; `--json` gives each changed
alert as a line, then the counts. Orders are judged by the acts of people that stand in the log, and told
beside the alert that they are about, also where the other rules do not raise it.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from msgspec import structs
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agents.core.rules.book import Book
from agents.core.stage import Stage
from agents.offline.about import AlertsOrders, orders_in
from agents.offline.difference import KINDS, By, Change, ComparedPeriod, Count, Side, changes, tally
from agents.offline.duties.command import whatif_orders
from agents.offline.file_stages import FileStages
from agents.rulebook.lint import sound_book
from agents.rulebook.orders import order_rules
from agents.rulebook.rule_sources import committed, overlaid
from agents.stages import Basis, stage_of
from streams.archive.files import Record, partitions, read_partition
from streams.command import Trouble
from streams.messages import NEVER, Alert, encode, format_time
from streams.outputs import Output

Books = tuple[Book, Book]
"""The book before and the book after."""

BATCH = 1_000
"""Records that one book judges before the other one does."""

Watched = Callable[[tuple[str, int], Iterator[Record]], Iterator[Record]]
"""Hands on the records of a partition, of its topic and number."""

T = TypeVar("T")


def compare(books: Books, source: Path) -> tuple[Iterator[Change], AlertsOrders]:
    """Every alert that either book raises from an archive or a JSON-lines file, and the orders about them.

    The orders of a file are known once all of it has been compared. Trouble where there is neither file nor archive.
    """
    if source.is_dir():
        orders = orders_in(Basis(books[0], orders=order_rules()), source, lambda _, records: records)
        return compare_archive(books, source, lambda _, records: _shown(records)), orders
    if not source.is_file():
        raise Trouble(f"there is no file or archive {str(source)!r}")
    orders = AlertsOrders()
    return _compare_file(books, source, orders), orders


def compare_archive(books: Books, path: Path, watched: Watched) -> Iterator[Change]:
    """Every alert that either book raises from an archive, partition by partition: the subjects of one alone are in memory.

    `watched` hands on the records of a partition, in order: all of them, or those up to some point.
    """
    for topic, partition in partitions(path):
        before, after = (stage_of(Basis(book), topic, partition) for book in books)
        if before is None or after is None:
            continue
        records = chain.from_iterable(read_partition(path, topic, partition))
        yield from changes(_judged(before, after, watched((topic, partition), records)))


def _judged(before: Stage, after: Stage, records: Iterator[Record]) -> Iterator[tuple[Side, Alert]]:
    while batch := list(islice(records, BATCH)):
        yield from _alerts(0, before.run(batch))
        yield from _alerts(1, after.run(batch))


def _compare_file(books: Books, path: Path, orders: AlertsOrders) -> Iterator[Change]:
    before, after = (FileStages(Basis(book, orders=order_rules())) for book in books)

    def alerts(lines: Iterable[bytes]) -> Iterator[tuple[Side, Alert]]:
        for offset, line in enumerate(lines):
            told = list(before.take(offset, line))
            orders.take(told)
            yield from _alerts(0, told)
            yield from _alerts(1, after.take(offset, line))

    with path.open("rb") as lines:
        yield from changes(alerts(_shown(lines)))


def _alerts(side: Side, outputs: Iterable[Output]) -> Iterator[tuple[Side, Alert]]:
    return ((side, output) for output in outputs if isinstance(output, Alert))


def _shown(records: Iterable[T]) -> Iterator[T]:
    """The records, with a count of them on a terminal."""
    return iter(
        track(records, "records", total=None, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    )


def line(change: Change) -> dict[str, Any]:
    """A changed alert as JSON: what is different, of what, and its times and severity in each book."""
    period = change.any
    return {
        "change": change.kinds,
        "rule": change.rule,
        "item": change.item,
        "subject": change.subject,
        "adcode": period.alert.adcode,
        "before": _period(change.before),
        "after": _period(change.after),
    }


def _period(period: ComparedPeriod | None) -> dict[str, str | None] | None:
    if period is None:
        return None
    end = None if period.end == NEVER else format_time(period.end)
    return {
        "opened_at": format_time(period.begin),
        "raised_at": format_time(period.raised),
        "ended_at": end,
        "severity": period.severity,
    }


def _print_table(by: By, counts: dict[str, Count], total: Count) -> None:
    """The changed rows of one kind of count, and the sum of all."""
    rows = {name: found for name, found in sorted(counts.items()) if found.changed}
    table = Table(title=f"by {by}", title_justify="left", show_footer=True)
    table.add_column(by, footer="all", no_wrap=True)
    for column in ("before", "after", *KINDS):
        table.add_column(column, footer=str(getattr(total, column)), justify="right")
    for name, found in rows.items():
        table.add_row(name or "-", *(str(getattr(found, column) or "") for column in ("before", "after", *KINDS)))
    Console().print(table)


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0, whatever the difference is."""
    parser = argparse.ArgumentParser(prog="python -m agents whatif", description=__doc__)
    parser.add_argument("source", metavar="FILE|ARCHIVE", type=Path, help="JSON lines of CloudEvents, or an archive folder")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--rules", metavar="DIR", type=Path, help="the files that replace committed ones")
    what.add_argument("--orders", metavar="FILE", type=Path, help="other limits, calendar, duty list or staffing of orders")
    parser.add_argument("--from", dest="since", metavar="TIME", help="of orders: duties that began then or later")
    parser.add_argument("--to", dest="until", metavar="TIME", help="of orders: and before then (default: the newest quarter)")
    parser.add_argument("--json", action="store_true", help="JSON lines: changed alerts or duties, then counts")
    options = parser.parse_args(argv)
    if options.orders:
        return whatif_orders(options.source, options.orders, options.since, options.until, as_json=options.json)
    corpus = committed()
    books = sound_book(corpus), sound_book(overlaid(corpus, options.rules), draft=True)
    totals: dict[tuple[By, str], Count] = {("all", ""): Count()}
    compared, orders = compare(books, options.source)
    without = dict[str, None]()
    for change in compared:
        tally(totals, change)
        if options.json and change.kinds:
            _write(line(change) | orders.told(change))
        if change.after is None:
            without |= dict.fromkeys(each.number for each in orders.of(change))
    if options.json:
        for (by, name), found in sorted(totals.items()):
            _write({"by": by, "name": name} | structs.asdict(found))
        return 0
    for by in ("rule", "district", "day"):
        _print_table(by, {name: found for (kind, name), found in totals.items() if kind == by}, totals["all", ""])
    if without:
        Console().print(f"orders about alerts that the other rules do not raise: {', '.join(without)}")
    return 0


def _write(row: dict[str, Any]) -> None:
    sys.stdout.write(encode(row).decode() + "\n")
