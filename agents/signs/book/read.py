"""The book of signs as its files have it: each fault with its file, its line and the sign at fault."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from agents.measures.book.tables import BookFault, faults_at, refuse, take_tables
from agents.signs.book.lint import SignWorld, strangers, unproved, wrongs
from agents.signs.book.sign import MissingSign, SignRow
from streams.command import Trouble

FOLDER = Path(__file__).parent

MISSING = "missing.toml"
"""The file of the signs that are not there yet."""


@cache
def sign_book(folder: Path = FOLDER) -> Mapping[str, SignRow]:
    """The signs of a folder by id, in the order of its files; Trouble names each fault and where it stands."""
    by_file, found = _read(folder)
    refuse(found)
    return {name: row for signs in by_file.values() for name, row in signs.items()}


def known_sign(name: str) -> SignRow:
    """A sign of the book; Trouble where there is none of this id."""
    row = sign_book().get(name)
    if row is None:
        raise Trouble(f"there is no sign {name!r}; `python -m agents sign list` shows all")
    return row


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
    by_file, found = _read(folder)
    if world is not None:
        for path, signs in by_file.items():
            found += faults_at(
                path, ((name, why) for name, row in signs.items() for why in (*strangers(row, world), *unproved(row)))
            )
    return found


def _read(folder: Path) -> tuple[dict[Path, dict[str, SignRow]], list[BookFault]]:
    """The signs by the file that has them first, and what is wrong with each by itself."""
    by_file, found = dict[Path, dict[str, SignRow]](), list[BookFault]()
    known = set[str]()
    for path in sorted(folder.glob("*.toml")):
        if path.name == MISSING:
            continue
        new: dict[str, SignRow] = {}
        take_tables(path, SignRow, new, found)
        found += faults_at(path, ((name, "there are two signs of this id") for name in new if name in known))
        first = {name: row for name, row in new.items() if name not in known}
        found += faults_at(path, ((name, why) for name, row in first.items() for why in wrongs(row)))
        by_file[path] = first
        known |= first.keys()
    return by_file, found
