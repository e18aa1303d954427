"""The book of signs as its files have it: each fault with its file, its line and the sign at fault."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from agents.measures.book.tables import BookFault, faults_at, refuse, take_tables
from agents.signs.book.lint import SignWorld, strangers, unproved, wrongs
from agents.signs.book.sign import MissingSign, SignRow

FOLDER = Path(__file__).parent

MISSING = "missing.toml"
"""The file of the signs that are not there yet."""


@cache
def sign_book(folder: Path = FOLDER) -> Mapping[str, SignRow]:
    """The signs of a folder by id, in the order of its files; Trouble names each fault and where it stands."""
    signs, found = _read(folder)
    refuse(found)
    return signs


@cache
def missing_signs(folder: Path = FOLDER) -> Mapping[str, MissingSign]:
    """The signs that are not there, by id, each with what it needs."""
    rows, found = dict[str, MissingSign](), list[BookFault]()
    take_tables(folder / MISSING, MissingSign, rows, found)
    refuse(found)
    return rows


def sign_faults(folder: Path = FOLDER, world: SignWorld | None = None) -> list[BookFault]:
    """Everything that is wrong with the book of a folder; nothing where all is well.

    `world`: what signs may name, where it is known; without it their cases are not asked for either.
    """
    signs, found = _read(folder)
    if world is not None:
        for path in _files(folder):
            mine = {name: row for name, row in signs.items() if f"\n[{name}]\n" in f"\n{path.read_text('utf-8')}"}
            found += faults_at(
                path, ((name, why) for name, row in mine.items() for why in (*strangers(row, world), *unproved(row)))
            )
    return found


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("*.toml")) if path.name != MISSING]


def _read(folder: Path) -> tuple[dict[str, SignRow], list[BookFault]]:
    signs, found = dict[str, SignRow](), list[BookFault]()
    for path in _files(folder):
        new: dict[str, SignRow] = {}
        take_tables(path, SignRow, new, found)
        found += faults_at(path, ((name, "there are two signs of this id") for name in new if name in signs))
        first = {name: row for name, row in new.items() if name not in signs}
        found += faults_at(path, ((name, why) for name, row in first.items() for why in wrongs(row)))
        signs |= first
    return signs, found
