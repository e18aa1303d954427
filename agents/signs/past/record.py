"""`python -m agents sign record`: how often each sign called in a time, and how often rightly: by it a sign is kept or retired.

It counts the alerts of the sign's own rules in an archive, judged anew, as the measures of the alarm system do
(`python -m agents performance --by rule`): annunciations, and the newest verdict (核实) of each occurrence.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.measures.command import TARGETS, read_targets
from agents.measures.kpi import MeasurePeriod, performance
from agents.measures.performance import Journal, take
from agents.rulebook.book_cache import BookCache
from agents.signs.book.read import sign_book
from agents.signs.book.sign import SignRow
from agents.signs.past.hourly import days, window_options
from agents.signs.rule_file import rule_of, silence_of
from agents.stages import sound_basis, stage_of
from streams.archive.files import partitions, read_books, read_partition
from streams.command import Trouble
from streams.messages import Alert, Audit, Performance
from streams.messages.services.performance import TrueAlarms
from streams.topics import split_events_topic

DOMAIN = "signs"
"""The domain whose alerts are crossings of signs."""

NONE = TrueAlarms(true=0, false=0, unclear=0)


class SignRecord(Struct, frozen=True, kw_only=True):
    """What a sign has done, in all areas.

    `calls`: how often a crossing of it was annunciated; `silences`: how often its want of data. `verified`: what verifications
    of its crossings came to; `right`: the percentage that was true of those that could be told (告警属实率), None where none
    could.
    """

    sign: str
    calls: int
    silences: int
    verified: TrueAlarms
    right: float | None


def records_of(groups: Iterable[Performance], book: Mapping[str, SignRow]) -> Iterator[SignRecord]:
    """The record of each sign of a book, those that never called too; `groups`: the measures by rule."""
    found = {each.key: each for each in groups}
    for name in book:
        own, silent = found.get(rule_of(name)), found.get(silence_of(name))
        verified = NONE if own is None or own.verified is UNSET else own.verified
        yield SignRecord(
            sign=name,
            calls=own.annunciations if own else 0,
            silences=silent.annunciations if silent else 0,
            verified=verified,
            right=verified.share,
        )


def journal_of(path: Path) -> Journal:
    """What the alerts of signs have done in an archive, judged anew; Trouble where it has nothing of that domain."""
    basis, journal = sound_basis(BookCache(read_books(path))), Journal()
    places = [place for place in partitions(path) if split_events_topic(place[0])[1] == DOMAIN]
    if not places:
        raise Trouble(f"{path} has no figures of signs: its log was judged before signs were a stage, so none of them called")
    for topic, partition in places:
        stage = stage_of(basis, topic, partition)
        for batch in read_partition(path, topic, partition):
            for output in stage.run(batch) if stage else ():
                if isinstance(output, Alert | Audit):
                    take(journal, output)
    return journal


def add_record(commands: Any) -> None:
    """Add `record` to the commands of `sign`."""
    own = commands.add_parser("record", help="how often each sign called, and how often rightly", description=__doc__)
    window_options(own)
    own.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    own.set_defaults(work=_record)


def _record(options: argparse.Namespace) -> int:
    begin, end = days(options.since, options.until)
    over = MeasurePeriod(begin, end - 1)
    groups = performance(journal_of(options.archive), read_targets(TARGETS), "archive", over, ["rule"])
    book = sign_book()
    found = list(records_of(groups, book))
    console = Console()
    if options.json or not console.is_terminal:
        return write_lines(found)
    table = Table(title=f"{options.since} – {options.until}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("id", "name", "calls", "true", "false", "unclear", "right", "silences"):
        table.add_column(heading, justify="left" if heading in {"id", "name"} else "right")
    for each in found:
        right = "–" if each.right is None else f"{each.right:.0f} %"
        verdicts = (each.verified.true, each.verified.false, each.verified.unclear)
        table.add_row(each.sign, book[each.sign].name.zh, str(each.calls), *map(str, verdicts), right, str(each.silences))
    console.print(table)
    return 0
