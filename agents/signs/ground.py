"""What signs rest on beside facts: what judging makes of an archive, judged anew, and residents of areas."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from agents.measures.book.read import measure_book
from agents.measures.facts.folded import LogFacts, domains_named
from agents.measures.ledger import Ledger
from agents.rulebook.book_cache import BookCache
from agents.signs.book.sign import JudgedForm, MeasureForm, SignRow
from agents.signs.figures import JudgedCase, SignGround
from agents.signs.judged import JudgedAlerts, measured, needs_judging
from agents.stages import Basis, sound_basis, stage_of
from streams.archive.files import Record, partitions, read_books, read_partition
from streams.messages import TICK, DecodeError, Order, OrderAudit, OrderLine, decode_event, parse_time
from streams.places.residents import residents
from streams.topics import split_events_topic

Batch = tuple[str, int, Sequence[Record]]
"""Topic, partition and records of it, in their order."""


def ground_of_archive(book: Mapping[str, SignRow], path: Path, at: int, *, then: bool = False) -> SignGround:
    """What the signs of a book rest on at a moment (ms): what judging knew by then; `then`: at the first tick of it."""
    if not needs_judging(book):
        return SignGround(residents=residents())
    batches = ((topic, number, batch) for topic, number in partitions(path) for batch in read_partition(path, topic, number))
    basis = sound_basis(BookCache(read_books(path)))
    return SignGround(cases=cases_of(book, batches, at, basis, then=then), residents=residents())


def cases_of(
    book: Mapping[str, SignRow], batches: Iterable[Batch], at: int, basis: Basis, *, then: bool = False
) -> dict[str, list[JudgedCase]]:
    """By sign what counts in it, of the records of all partitions up to a moment (ms); `then`: up to its first tick."""
    ledger, judged = Ledger(measure_book()), JudgedAlerts(basis.book.specs)
    facts, domains = LogFacts(ledger.book, basis.book, basis.books), domains_named(ledger.book, basis.book)
    stages = {}
    for topic, partition, batch in _until(batches, at, then=then):
        if (topic, partition) not in stages:
            stages[topic, partition] = stage_of(basis, topic, partition)
        stage = stages[topic, partition]
        for output in stage.run(batch) if stage else ():
            judged.take(output)
            if isinstance(output, Order | OrderLine | OrderAudit):
                ledger.take(output)
        if (name := split_events_topic(topic)[1]) in domains:
            for record in batch:
                ledger.put(facts.take(topic, partition, name, record))
    ledger.told(at)
    found = dict[str, list[JudgedCase]]()
    for name, row in book.items():
        if isinstance(row.formula, MeasureForm):
            found[name] = measured(ledger, row.formula)
        elif isinstance(row.formula, JudgedForm):
            found[name] = judged.cases(row.formula)
    return found


def _until(batches: Iterable[Batch], at: int, *, then: bool) -> Iterator[Batch]:
    """The records of each partition before its first tick after a moment (ms); `then`: up to its first tick at it or later."""
    over = set[tuple[str, int]]()
    for topic, partition, batch in batches:
        if (topic, partition) in over:
            continue
        kept = next((n for n, (_, _, value) in enumerate(batch) if _ticks(value, at if then else at + 1)), None)
        if kept is not None:
            over.add((topic, partition))
            kept += then
        yield topic, partition, batch[:kept]


def _ticks(value: bytes | None, at: int) -> bool:
    """Whether a record is a tick of a moment (ms) or a later one."""
    if value is None or TICK.encode() not in value:
        return False
    try:
        event = decode_event(value)
        return event.type == TICK and parse_time(event.time) >= at
    except (DecodeError, ValueError):
        return False
