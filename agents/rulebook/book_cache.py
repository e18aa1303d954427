"""The rule books that a log has adopted: texts by hash, compiled when an event first names one."""

from collections.abc import Mapping

import msgspec

from agents.core.rules.book import Book, BookError
from agents.core.rules.text import BookText
from agents.rulebook.load import book_of
from streams.catalogue import domains
from streams.messages import encode
from streams.signing.preimage import book_digest


class BookCache:
    """Texts by hash as they stand in the topic `books`; each is compiled once. It is what a fold takes as its `books`.

    A name is a hash, or, of an opened log, hash and digest of the text with a blank between.
    """

    def __init__(self, texts: Mapping[str, bytes] | None = None) -> None:
        self._texts = dict(texts or {})
        self._books: dict[str, Book | BookError] = {}

    def __contains__(self, name: str) -> bool:
        hash_, _, digest = name.partition(" ")
        return hash_ in self._texts and _fits(self._texts[hash_], digest)

    def put(self, texts: Mapping[str, bytes]) -> None:
        """Add texts, or newer ones of the same hash."""
        for hash_, text in texts.items():
            if self._texts.get(hash_) != text:
                self._texts[hash_] = text
                self._books.pop(hash_, None)

    def __call__(self, name: str) -> Book:
        """The book of a hash, or `HASH DIGEST`; BookError where no text has it, its bytes are others, or it cannot be used."""
        hash_, _, digest = name.partition(" ")
        if hash_ not in self._texts:
            raise BookError(f"no rule book {hash_!r} in the log's topic `books`: write it with python -m agents rules adopt")
        if not _fits(self._texts[hash_], digest):
            raise BookError(f"the text of {hash_!r} in the log's topic `books` is not the one that was adopted: adopt it again")
        if hash_ not in self._books:
            self._books[hash_] = _tried(hash_, self._texts[hash_])
        found = self._books[hash_]
        if isinstance(found, BookError):
            raise found
        return found


def text_bytes(book: Book) -> bytes:
    """A book as it is written into the log; BookError where it would not come back as it is."""
    text = encode(book.text)
    if read_text(text) != book.text:
        raise BookError(
            "the rule book holds values that JSON cannot carry: no infinity in `with`, and dates and times as texts"
        )
    return text


def read_text(text: bytes) -> BookText:
    """The text of a book; BookError says what is wrong with it."""
    try:
        return msgspec.json.decode(text, type=BookText)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BookError(f"it is no rule book: {error}") from None


def compiled(hash_: str, text: bytes) -> Book:
    """The book of a text whose hash is known; BookError says why it cannot be used."""
    read = read_text(text)
    if read.hash != hash_:
        raise BookError(f"it is the text of {read.hash}")
    if strange := sorted(read.rules.keys() - domains().keys()):
        raise BookError(f"there is no domain {strange[0]!r}; domains are {', '.join(domains())}")
    if empty := [clause for clause, spec in read.clauses.items() if not spec.edition]:
        raise BookError(f"clause {empty[0]!r} has no edition")
    return book_of({domain: read.rules.get(domain, {}) for domain in domains()}, read.clauses, read.departments)


def _fits(text: bytes, digest: str) -> bool:
    """Whether a text is the one of a digest; any is where none is given."""
    return not digest or book_digest(digest.partition(":")[0], text) == digest


def _tried(hash_: str, text: bytes) -> Book | BookError:
    """The book, or why there is none: a text that somebody wrote by hand may be wrong in any way, and stops nobody."""
    try:
        return compiled(hash_, text)
    except Exception as error:  # noqa: BLE001 - whatever a text makes of judges and the law
        return BookError(f"rule book {hash_} cannot be used: {error}")
