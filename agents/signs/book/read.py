"""The book of signs as its files have it: each fault with its file, its line and the sign at fault."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from agents.measures.book.tables import BookFault, faults_at, refuse, take_tables
from agents.signs.book.sign import SignRow, wrongs

FOLDER = Path(__file__).parent


@cache
def sign_book(folder: Path = FOLDER) -> Mapping[str, SignRow]:
    """The signs of a folder by id, in the order of its files; Trouble names each fault and where it stands."""
    signs, found = _read(folder)
    refuse(found)
    return signs


def sign_faults(folder: Path = FOLDER) -> list[BookFault]:
    """Everything that is wrong with the book of a folder; nothing where all is well."""
    return _read(folder)[1]


def _read(folder: Path) -> tuple[dict[str, SignRow], list[BookFault]]:
    signs, found = dict[str, SignRow](), list[BookFault]()
    for path in sorted(folder.glob("*.toml")):
        new: dict[str, SignRow] = {}
        take_tables(path, SignRow, new, found)
        found += faults_at(path, ((name, "there are two signs of this id") for name in new if name in signs))
        first = {name: row for name, row in new.items() if name not in signs}
        found += faults_at(path, ((name, why) for name, row in first.items() for why in wrongs(row)))
        signs |= first
    return signs, found
