"""The rule book of the files, read once for all tests of a process: nobody changes a book that is made."""

from functools import cache

from agents.core.rules.book import Book
from agents.rulebook.load import load_book
from streams import places


def the_book() -> Book:
    """The rule book of all domains, as it holds at the place that the process goes by."""
    return _book_at(places.here())


@cache
def _book_at(place: str) -> Book:
    return load_book()
