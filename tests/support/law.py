"""What a worker tells of the rule book of the committed files."""

from functools import cache

from agents.rulebook.effective_book import in_force
from agents.rulebook.grouping import sound_grouping
from streams.rulebook import BookInForce
from tests.support.books import the_book


@cache
def book_of_files() -> BookInForce:
    """The book of the committed files, which no log has adopted."""
    book = the_book()
    return in_force(book, sound_grouping(book.rules), None)
