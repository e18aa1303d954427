"""Rows of numbers by id, a column for each thing that is known of them: written one at a time, reckoned all at once. Pure."""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Numbers = NDArray[Any]
"""A column as numpy has it; one that was got before a row was made is not to be looked at after it."""


class Codes:
    """Words as numbers, from 0 in the order in which they came; the empty word is 0."""

    def __init__(self, words: Iterable[str] = ("",)) -> None:
        self.words = list(words)
        self._numbers = {word: n for n, word in enumerate(self.words)}

    def of(self, word: str) -> int:
        """The number of a word."""
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self.words)
            self.words.append(word)
        return number

    def known(self, words: Iterable[str]) -> list[int]:
        """The numbers of those of these words that have one."""
        return [self._numbers[word] for word in words if word in self._numbers]


class ColumnsState(Struct):
    """What columns are made again from: the ids of the rows, empty where one was given up, and the bytes of each column."""

    ids: list[str]
    columns: dict[str, bytes]


class Columns:
    """`rows`: where each id stands; a row that was given up is taken by a later one. `forms`: by column the letter of `array`.

    What a row does not say is 0.
    """

    def __init__(self, forms: Mapping[str, str]) -> None:
        self.rows: dict[str, int] = {}
        self.ids: list[str] = []
        self._free: list[int] = []
        self._columns: dict[str, array[int]] = {name: array(form) for name, form in forms.items()}

    def __len__(self) -> int:
        """How many rows there are, those that were given up among them."""
        return len(self.ids)

    def __getitem__(self, name: str) -> "array[int]":
        """A column, to be written."""
        return self._columns[name]

    def numbers(self, name: str) -> Numbers:
        """A column, to be reckoned with."""
        column = self._columns[name]
        return np.frombuffer(column, column.typecode) if column else np.zeros(0, column.typecode)

    def state(self) -> ColumnsState:
        """What these columns are made again from, on a machine of the same kind."""
        return ColumnsState(self.ids, {name: column.tobytes() for name, column in self._columns.items()})

    def restore(self, state: ColumnsState) -> None:
        """Be what columns were that had this state; these are new, and of the same forms."""
        for name, column in self._columns.items():
            column.frombytes(state.columns[name])
        self.ids = list(state.ids)
        self.rows = {name: row for row, name in enumerate(self.ids) if name}
        self._free = [row for row, name in enumerate(self.ids) if not name]

    def row(self, id: str) -> int:
        """The row of an id, which is made where there is none."""
        row = self.rows.get(id)
        if row is not None:
            return row
        if self._free:
            row = self._free.pop()
            self.ids[row] = id
        else:
            row = len(self.ids)
            self.ids.append(id)
            for column in self._columns.values():
                column.append(0)
        self.rows[id] = row
        return row

    def drop(self, id: str) -> None:
        """Give a row up."""
        row = self.rows.pop(id)
        self.ids[row] = ""
        for column in self._columns.values():
            column[row] = 0
        self._free.append(row)
