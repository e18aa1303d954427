"""The rule book by which a log is judged as JSON: what `python -m agents rules book` prints for those that show it.

It is what the core judges by, with every default filled in, so that a reader needs no knowledge of the rule files.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from msgspec import Raw

from agents.core.incidents.grouping import Grouping
from agents.core.rules.book import Book, BookError
from agents.core.rules.rule import RuleSpec, kinds_of, unit_of
from agents.rulebook.book_cache import BookCache
from agents.rulebook.lint import sound_book
from streams.catalogue import domains
from streams.kafka.clients import newest_values, read_topic
from streams.messages import encode, format_time
from streams.rulebook import BookInForce
from streams.settings import Settings
from streams.topics import topic_name


def adopted(settings: Settings, log: str) -> tuple[Book, str | None]:
    """The newest book that a log has adopted and since when (RFC 3339), else that of the committed files and None.

    A text that cannot be used is passed over, as the workers do. Trouble where Kafka or the topic is not there.
    """
    records = [record for record in read_topic(settings, topic_name(log, "books")) if record.key and record.value]
    for record in sorted(records, key=lambda each: (each.timestamp, each.offset), reverse=True):
        name = record.key.decode("utf-8", "replace")
        with suppress(BookError):
            return BookCache({name: record.value})(name), format_time(record.timestamp)
    return sound_book(), None


def book_texts(settings: Settings, log: str) -> dict[str, bytes]:
    """The texts of the rule books that a log has adopted, by hash, as they stand in its topic `books`."""
    texts = newest_values(settings, topic_name(log, "books"))
    return {key.decode("utf-8", "replace"): text for key, text in texts.items() if key and text}


def told(book: Book, since: str | None = None) -> dict[str, Any]:
    """A book as JSON values: `hash`, `adopted`, the titles of its domains and kinds, its departments, clauses and rules by row.

    `version` of a rule is the hash of its meaning that its alerts carry; `reads` are the kinds of facts that it looks at,
    `unit` the unit of its value by item (an empty item where it has none).
    """
    versions = {bound.rule.id: bound.rule for bound in book.bounds.values()}
    of = {rule: domain for domain, specs in book.specs.items() for rule in specs}
    known: Mapping[str, RuleSpec] = book.rules
    return {
        "hash": book.hash,
        "adopted": since,
        "domains": {name: {"title": found.title, "kinds": _titles(found.kind)} for name, found in domains().items()},
        "departments": book.departments,
        "clauses": book.clauses,
        "rules": [
            {
                "id": rule,
                "domain": of[rule],
                "version": versions[rule].version,
                "reads": kinds_of(spec),
                "unit": {item: unit_of(spec, item) for item in spec.items or ("",)},
                "rule": spec,
            }
            for rule, spec in sorted(known.items(), key=lambda each: (of[each[0]], each[1].row))
        ],
    }


def in_force(book: Book, grouping: Grouping | None, since: str | None) -> BookInForce:
    """The record by which a worker tells a book and the titles of its grouping rules; `since` as for `told`."""
    titles = {rule.id: rule.title for rule in (grouping.rules if grouping else ())}
    return BookInForce(hash=book.hash, adopted=since, grouping=titles, book=Raw(encode(told(book, since))))


def _titles(kinds: Mapping[str, Any]) -> dict[str, Any]:
    return {name: kind.title for name, kind in kinds.items()}
