"""The rule book of the files, read once for all tests of a process: nobody changes a book that is made."""

from functools import cache

from agents.core.rules.book import Book
from agents.rulebook.load import load_book


@cache
def the_book() -> Book:
    """The rule book of all domains."""
    return load_book()
