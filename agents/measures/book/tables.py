"""Tables of TOML as rows of a book, each fault with its file, its line and the id at fault."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from streams import toml
from streams.command import Trouble
from streams.locate import line_of_error


class BookFault(Struct, frozen=True):
    """One thing to mend: where it stands, in which row, and what is wrong."""

    file: str
    line: int
    id: str
    message: str


def take_tables(path: Path, type_: type[Any], rows: dict[str, Any], found: list[BookFault]) -> None:
    """Read the tables of a file; what cannot be read is a fault."""
    try:
        tables = toml.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        found.append(BookFault(str(path), line_of_error(str(error)), "", f"{error}; correct it"))
        return
    for name, table in tables.items():
        try:
            rows[name] = msgspec.convert(table, type_)
        except msgspec.ValidationError as error:
            found += faults_at(path, [(name, f"{error}")])


def faults_at(path: Path, wrongs: Iterable[tuple[str, str]]) -> Iterator[BookFault]:
    """Faults of tables, each at the line at which its table begins."""
    for name, why in wrongs:
        lines = path.read_text("utf-8").splitlines()
        line = next((n for n, text in enumerate(lines, 1) if text.startswith(f"[{name}]")), 1)
        yield BookFault(str(path), line, name, why)


def refuse(found: Iterable[BookFault]) -> None:
    """Trouble that names each fault and where it stands, where there is any."""
    if told := [f"{each.file}:{each.line}: {each.id}: {each.message}" for each in found]:
        raise Trouble("\n".join(told))
