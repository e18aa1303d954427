"""What a log is judged by, as its workers tell it in the topic `rulebook`: the rule book, and the notices of holidays.

All records stand in one partition under a few keys (`key_of`), so that several workers that tell the same leave it once. A book
that the log has adopted holds before that of files, and of several the one adopted last (`newer`). Of the notices of one year
the one told last holds. A worker that is behind may tell what is older when it starts; it tells the newer when it comes to it,
so that in the end every key has what the last partition has come to.
"""

from msgspec import Raw, Struct

from streams.calendar.holidays import Notice
from streams.messages import Text, Time, parse_time

PARTITION = 0
"""The partition of the topic in which all records stand."""


class BookInForce(Struct, frozen=True, kw_only=True, tag="book", tag_field="of"):
    """A rule book: its hash, and when the log adopted it (RFC 3339), None where it is that of a worker's files.

    `grouping`: the titles of the rules by which alerts are grouped, by id. `book`: what `python -m agents rules book` prints.
    """

    hash: str
    adopted: Time | None
    grouping: dict[str, Text]
    book: Raw


class NoticeInForce(Struct, frozen=True, tag="notice", tag_field="of"):
    """A notice of a year's holidays that a partition of the log has taken up."""

    notice: Notice


InForce = BookInForce | NoticeInForce


def key_of(record: InForce) -> str:
    """The key of a record: one for adopted books, one for those of files, one for each year's notice."""
    if isinstance(record, NoticeInForce):
        return f"notice/{record.notice.year}"
    return "book/adopted" if record.adopted else "book/files"


def newer(record: BookInForce, than: BookInForce | None) -> bool:
    """Whether a book holds in place of the one told before it: adopted not earlier; one of files never follows an adopted one.

    ValueError where the time of its adoption cannot be read.
    """
    return _adopted(record) >= (_adopted(than) if than else 0)


def _adopted(record: BookInForce) -> int:
    return parse_time(record.adopted) if record.adopted else 0
