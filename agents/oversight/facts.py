"""The facts of a log as the oversight service reads them: which topics, by which rule books, and the cases that they make."""

from collections.abc import Mapping, Sequence

from kafka.consumer.fetcher import ConsumerRecord

from agents.core.rules.book import Book
from agents.measures.book.read import MeasureBook
from agents.measures.cases.case import DutyCase
from agents.measures.cases.counted import duty_of
from agents.measures.facts.folded import LogFacts, domains_named
from agents.oversight.books import OversightBooks
from agents.rulebook.book_cache import BookCache
from agents.rulebook.effective_book import book_texts
from agents.rulebook.lint import sound_book
from streams.kafka import clients
from streams.settings import Settings
from streams.topics import events_topic

FOLDS = 3
"""Folds of one partition at most: of duties, of ratings, of the hours of a hotline."""


class FollowedFacts:
    """Reads the facts of a log into books. `topics`: those that are read, with the domain of each."""

    def __init__(self, settings: Settings, log: str, measures: MeasureBook) -> None:
        self._settings, self._log, self._measures = settings, log, measures
        self._rules, self._cache = sound_book(), BookCache()
        self.topics: Mapping[str, str] = {events_topic(log, name): name for name in domains_named(measures, self._rules)}

    def begin(self, books: OversightBooks) -> str:
        """Go on where the state of the books ends; why that cannot be: then facts are to be read from their beginning."""
        if books.facts is not None:
            return ""
        duties = [duty_of(each.id) for each in books.ledger.of_facts() if isinstance(each, DutyCase)]
        made, why = LogFacts(self._measures, self._rules, self._book, duties), ""
        try:
            made.restore(books.held)
        except ValueError as error:  # a checkpoint of another form, or a rule book that is gone
            made, why = LogFacts(self._measures, self._rules, self._book), str(error)
        books.facts, books.held = made, []
        return why

    def take(self, books: OversightBooks, records: Sequence[ConsumerRecord], who: str) -> None:
        """Take up facts of one partition; one that cannot be counted is told by its place and stops no other."""
        if books.facts is None:
            return
        topic, partition = records[0].topic, records[0].partition
        left = [(each.offset, each.key, each.value) for each in records]
        for _ in range(FOLDS * len(left) + 1):
            try:
                books.put(books.facts.take(topic, partition, self.topics[topic], *left))
            except Exception as error:  # noqa: BLE001 - whatever a rule raises of a fact: each fold goes on behind it
                clients.passed_over(records[0], f"a fact from there on cannot be counted: {type(error).__name__}: {error}", who)
            else:
                return

    def _book(self, name: str) -> Book:
        """A rule book that the log has adopted: its texts are read again where one is not known yet."""
        if name not in self._cache:
            self._cache.put(book_texts(self._settings, self._log))
        return self._cache(name)
