"""The book of signs as its files have it: each fault with its file, its line and the sign at fault."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from agents.measures.book.read import BookFault
from agents.signs.book.sign import SignRow, wrongs
from streams import toml
from streams.command import Trouble
from streams.locate import line_of_error

FOLDER = Path(__file__).parent


@cache
def sign_book(folder: Path = FOLDER) -> Mapping[str, SignRow]:
    """The signs of a folder by id, in the order of its files; Trouble names each fault and where it stands."""
    signs, found = _read(folder)
    if found:
        raise Trouble("\n".join(f"{each.file}:{each.line}: {each.id}: {each.message}" for each in found))
    return signs


def sign_faults(folder: Path = FOLDER) -> list[BookFault]:
    """Everything that is wrong with the book of a folder; nothing where all is well."""
    return _read(folder)[1]


def _read(folder: Path) -> tuple[dict[str, SignRow], list[BookFault]]:
    signs, found = dict[str, SignRow](), list[BookFault]()
    for path in sorted(folder.glob("*.toml")):
        try:
            tables = toml.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            found.append(BookFault(str(path), line_of_error(str(error)), "", f"{error}; correct it"))
            continue
        for name, table in tables.items():
            if name in signs:
                found += _told(path, name, ["there are two signs of this id"])
                continue
            try:
                signs[name] = msgspec.convert(table, SignRow)
            except msgspec.ValidationError as error:
                found += _told(path, name, [str(error)])
                continue
            found += _told(path, name, wrongs(signs[name]))
    return signs, found


def _told(path: Path, name: str, messages: Iterable[str]) -> Iterator[BookFault]:
    lines = path.read_text("utf-8").splitlines()
    line = next((n for n, text in enumerate(lines, 1) if text.startswith(f"[{name}]")), 1)
    for message in messages:
        yield BookFault(str(path), line, name, message)
