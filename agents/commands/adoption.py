"""`python -m agents rules adopt`: a log is judged by another rule book from now on; no worker is restarted.

The text of the book goes into the topic `books`, then an event that names it into every partition of every events topic, so
that a replay changes over at the same place. In an opened log the event names the digest of the text's bytes too. What `rules
check` or `rules test` would find wrong is refused, and nothing is written.
"""

import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from kafka.errors import KafkaError
from msgspec import convert

from agents.core.rules.book import Book, BookError
from agents.rulebook.book_cache import text_bytes
from agents.rulebook.cases import results
from agents.rulebook.lint import limit_problems, refusal, sound_book
from agents.rulebook.rule_sources import Corpus, committed, overlaid
from streams.command import Trouble
from streams.gateways.sink import LogWriter
from streams.kafka.clients import consumer, partitions_of, producer
from streams.kafka.series import series_of
from streams.messages import ADOPTED, SECOND, Adoption, TextAdoption, event_bytes, format_time
from streams.settings import Settings, load
from streams.signing.machine.part import cosigners
from streams.signing.preimage import book_digest
from streams.signing.suites import SUITES
from streams.topics import topic_name

PART = "rules"
"""With whose key adoptions and notices are signed."""

ACCEPTED = 30
"""Seconds that Kafka may take to accept the text of a book."""


MARGIN = 1 << 16
"""Bytes that a request to Kafka has beside its records, amply."""


def adoptable(corpus: Corpus, beside: Corpus | None = None) -> Book:
    """The rule book of a corpus that a log may adopt; Trouble lists what is wrong with it, with file and line.

    `beside`: the corpus of which it is a draft, whose own limits `rules check` has seen.
    """
    book = sound_book(corpus)
    if problems := list(limit_problems(corpus, beside)):
        raise refusal(problems)
    if failed := [result for result in results(book) if result.differences]:
        lines = [f"{corpus.rules[each.domain]}: {each.rule}: {each.case}: {each.differences[0]}" for each in failed]
        raise Trouble("\n  ".join(["the rule book cannot be used: cases do not hold; correct the rule or its case", *lines]))
    return book


def adoption_bytes(adoption: Adoption, at: int) -> bytes:
    """The event from which on a log is judged by a rule book, sent at a time (ms)."""
    return event_bytes(type=ADOPTED, source="rules", id=f"{adoption.book}/{at}", time=format_time(at), data=adoption)


def adopt(settings: Settings, log: str, book: Book, by: str, reason: str, cosign: Sequence[Path] = ()) -> None:
    """Write a book's text and then its event into a log; Trouble where Kafka does not take them, ValueError for long words.

    `cosign`: key files for the second signature, which a log that was opened demands.
    """
    topic = topic_name(log, "books")
    said = {"book": book.hash, "by": by, "reason": reason}
    adoption = convert(said, Adoption)
    try:
        text = text_bytes(book)
        if (trust := series_of(settings, log).trust).logid:
            adoption = convert(said | {"digest": book_digest(SUITES[trust.suite].hash, text)}, TextAdoption)
        with consumer(settings) as reader:
            partitions_of(reader, topic)
        with closing(producer(settings, max_request_size=2 * len(text) + MARGIN)) as to:
            to.send(topic, text, book.hash.encode()).get(ACCEPTED)
        with LogWriter(settings, log, part=PART) as writer, cosigners(cosign) as seconds:
            writer.everywhere(adoption_bytes(adoption, int(time.time()) * SECOND), seconds)
    except BookError as error:
        raise Trouble(str(error)) from None
    except KafkaError as error:
        raise Trouble(f"Kafka did not take the rule book: {error}; check the broker and adopt it again") from error


def run(log: str, draft: Path | None, by: str, reason: str, cosign: Sequence[Path] = ()) -> int:
    """The command; exit 0 once Kafka has the text and the events."""
    tree = committed()
    book = adoptable(tree) if draft is None else adoptable(overlaid(tree, draft), tree)
    adopt(load(), log, book, by, reason, cosign)
    sys.stderr.write(f"rules: log {log!r} is judged by rule book {book.hash} from now on\n")
    return 0
