"""How far a table has been read, so that no row is lost and none is read twice. Pure.

A table is read in the order of its watermark, a column that only rises (the time of the last change, a number), and of its key.
Rows of one watermark may come at any time, and rows a little behind it too: a transaction is seen when it ends. So reading
begins each time an overlap before the newest watermark, and the rows of that span are known again by what they say.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

Mark = datetime | int | Decimal | str
"""A watermark: a time, a number, or a text, which has no overlap."""

MOST_KNOWN = 200_000
"""Rows of the overlap that are remembered; 本系统默认 (a default of this system): 4 MB."""


class TooMany(Exception):  # noqa: N818 - what it says
    """The overlap has more rows than are remembered."""


class KeptMark(Struct, array_like=True, frozen=True):
    """A watermark as it is kept: the name of its type, and its text."""

    kind: str
    text: str


class ReadState(Struct, array_like=True, frozen=True):
    """Where a table stands: the number of the step, the watermark, and the rows of the overlap with theirs."""

    step: int = 0
    mark: KeptMark | None = None
    known: dict[bytes, KeptMark] = {}


class ReadStep(Struct, array_like=True, frozen=True):
    """What one page of rows changed, as the spool keeps it beside their events; `mark` None: the watermark is as it was."""

    name: str
    step: int
    mark: KeptMark | None
    rows: dict[bytes, KeptMark]


def stored(mark: Mark) -> KeptMark:
    """A watermark as it is kept.

    >>> stored(7), kept(stored(Decimal("1.50")))
    (KeptMark(kind='int', text='7'), Decimal('1.50'))
    """
    return KeptMark(type(mark).__name__, mark.isoformat() if isinstance(mark, datetime) else str(mark))


def kept(found: KeptMark) -> Mark:
    """The watermark that was kept."""
    return _KEPT[found.kind](found.text)


_KEPT: dict[str, Callable[[str], Mark]] = {"datetime": datetime.fromisoformat, "int": int, "Decimal": Decimal, "str": str}


def before(mark: Mark, overlap: int) -> Mark:
    """What lies an overlap before a watermark: milliseconds of a time, so many of a number; of a text, itself.

    >>> before(datetime(2026, 6, 1, 8), 600_000), before(1_000, 50), before("b", 0)
    (datetime.datetime(2026, 6, 1, 7, 50), 950, 'b')
    """
    if isinstance(mark, datetime):
        return mark - timedelta(milliseconds=overlap)
    return mark if isinstance(mark, str) else mark - overlap


def digest(row: Mapping[str, Any]) -> bytes:
    """By what a row is known again: BLAKE2b-128 of all that it says."""
    return blake2b(encoded(row), digest_size=16).digest()


def encoded(row: Mapping[str, Any]) -> bytes:
    """A row as JSON."""
    return msgspec.json.encode(row, enc_hook=str, order="deterministic")


def plain(value: Any) -> Any:
    r"""A value of a database as the engine of mappings takes it: days, times of day and other types as their text.

    >>> plain(date(2026, 6, 1)), plain(timedelta(hours=8, minutes=5)), plain(b"\x01")
    ('2026-06-01', '08:05:00', '01')
    """
    if isinstance(value, datetime) or value is None or isinstance(value, bool | int | float | Decimal | str | dict | list):
        return value
    if isinstance(value, timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)


class Watermark:
    """Where the table of this name stands, and which rows it has given; `overlap` as `before` takes it."""

    def __init__(self, name: str, overlap: int, state: ReadState) -> None:
        self._name, self._overlap, self._step = name, overlap, state.step
        self._known: dict[bytes, Any] = {row: kept(mark) for row, mark in state.known.items()}
        self._mark: Any = None if state.mark is None else kept(state.mark)

    @property
    def begin(self) -> Mark | None:
        """Where to begin reading, that watermark among it; None: with the first row there is."""
        return None if self._mark is None else before(self._mark, self._overlap)

    @property
    def mark(self) -> Mark | None:
        """The newest watermark."""
        mark: Mark | None = self._mark
        return mark

    def new(self, rows: Sequence[tuple[Mark, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
        """The rows of a page that were not given before."""
        return [row for _, row in rows if digest(row) not in self._known]

    def step(self, rows: Sequence[tuple[Mark, Mapping[str, Any]]], mark: Mark | None) -> ReadStep:
        """What a page of rows will change, the watermark to `mark` where one is given; nothing is changed yet."""
        known = {digest(row): stored(mark) for mark, row in rows}
        return ReadStep(self._name, self._step + 1, None if mark is None else stored(mark), known)

    def take(self, step: ReadStep) -> None:
        """Its rows are durable; a step of another name, or one that was taken, changes nothing.

        TooMany where the overlap has more rows than are remembered.
        """
        if step.name != self._name or step.step <= self._step:
            return
        self._step = step.step
        self._known |= {row: kept(mark) for row, mark in step.rows.items()}
        if step.mark is not None:
            mark: Any = kept(step.mark)
            self._mark = mark if self._mark is None else max(self._mark, mark)
            begin = before(self._mark, self._overlap)
            self._known = {row: mark for row, mark in self._known.items() if mark >= begin}
        if len(self._known) > MOST_KNOWN:
            raise TooMany(f"{len(self._known)} rows lie within the overlap, {MOST_KNOWN} are remembered: make it shorter")

    @property
    def state(self) -> ReadState:
        """What to keep."""
        known = {row: stored(mark) for row, mark in self._known.items()}
        return ReadState(self._step, None if self._mark is None else stored(self._mark), known)
