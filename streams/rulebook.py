"""What a log is judged by, as its workers tell it in the topic `rulebook`: the rule book, the notices of holidays, the signs.

All records stand in one partition under a few keys (`key_of`), so that several workers that tell the same leave it once. A book
that the log has adopted holds before that of files, and of several the one adopted last (`newer`). Of the notices of one year
the one told last holds, and of the signs those told last. A worker that is behind may tell what is older when it starts; it
tells the newer when it comes to it, so that in the end every key has what the last partition has come to.
"""

from typing import Literal

from msgspec import Raw, Struct

from streams.calendar.holidays import Notice
from streams.messages import Severity, Text, Time, parse_time
from streams.messages.outputs.order import Basis

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


class SignLimit(Struct, frozen=True):
    """From which value on a sign is at a level, and by what text."""

    value: float
    basis: Text


class SignExample(Struct, frozen=True, kw_only=True):
    """A case of a sign: what it shows, at which moment, and what the sign must come to: `state`, and numbers by name."""

    name: Text
    at: Time
    state: str
    numbers: dict[str, float] = {}


class SignInForce(Struct, frozen=True, kw_only=True):
    """What whoever shows a sign of the city must know of it, as `agents/signs/book` has it.

    `what`: how it is counted, in words; `window`: over how long (`24h`); `better`: which way; `floor`: the coverage (0 to 1)
    below which it is not told, None where nobody owes its inputs; `limits` by level; `provenance`, `source`, `mark`: whose it
    is, by what text, and how sure that is; `department`: who acts on it, and `guidance` what is done first; `reads`: types of
    facts, none where it is made of what judging gives; `subjects`: as what its sources are registered.

    `formula`: its form with what it was given, as one line; `undue`: why nobody owes its inputs; `version`: the digest of its
    definition, which figures name; `owner`: the domain whose departments answer for it; `delay`, `deadband`: for how long a
    value must stand beyond a limit or be back, and by how much (in its unit); `opens`: the rules whose alerts stand behind it;
    `same_as`: the measure that says the same; `rules`: those by which it calls, where it does; `cases`: its examples.
    """

    name: Text
    what: Text
    unit: str
    window: str
    better: Literal["higher", "lower"]
    floor: float | None = None
    floor_basis: Text | None = None
    limits: dict[Severity, SignLimit] = {}
    provenance: str
    source: Text
    mark: Basis
    department: str
    guidance: Text
    reads: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    formula: str = ""
    undue: Text | None = None
    version: str = ""
    owner: str = ""
    delay: str = ""
    deadband: float | None = None
    opens: tuple[str, ...] = ()
    same_as: str = ""
    rules: tuple[str, ...] = ()
    cases: tuple[SignExample, ...] = ()


class SignNotThere(Struct, frozen=True, kw_only=True):
    """A sign of the trade that cannot be reckoned: its name, what it would count, and what it needs."""

    name: Text
    what: Text
    needs: Text


class SignsInForce(Struct, frozen=True, tag="signs", tag_field="of"):
    """The book of signs by which the workers of a log reckon, by id; `missing`: those that are not there."""

    signs: dict[str, SignInForce]
    missing: dict[str, SignNotThere] = {}


InForce = BookInForce | NoticeInForce | SignsInForce


def key_of(record: InForce) -> str:
    """The key of a record: one for adopted books, one for those of files, one for each year's notice, one for the signs."""
    if isinstance(record, SignsInForce):
        return "signs"
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
