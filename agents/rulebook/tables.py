"""The tables of a rule book's files, read one by one, so that one mistake hides no other and each is told with its line."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from streams import catalogue, toml
from streams.locate import line_of, line_of_error

T = TypeVar("T")


class Problem(Struct, frozen=True):
    """One thing to mend: where it stands, in which rule, clause or department, and what to write."""

    file: str
    line: int
    id: str
    message: str


def specs(file: Path, table: str, type_: type[T]) -> tuple[dict[str, T], list[Problem]]:
    """What stands in the tables `[table.ID]` of a file by id, and a problem for each that is not of its type."""
    try:
        text = file.read_text("utf-8")
        tables = toml.loads(text)
    except (ValueError, OSError) as error:
        return {}, [Problem(str(file), line_of_error(str(error)), "", f"{error}; correct it")]
    stray = [name for name in tables if name != table]
    found = [Problem(str(file), line_of(text, name), name, f"{name!r} is not known here: write [{table}.ID]") for name in stray]
    read: dict[str, T] = {}
    for name, spec in tables.get(table, {}).items():
        try:
            read[name] = msgspec.convert(spec, type_)
        except msgspec.ValidationError as error:
            path = str(error).partition("`$.")[2].rstrip("`")
            found.append(problem_at(file, table, name, path, f"{error}; correct it"))
    return read, found


def read_domains(root: Path) -> tuple[Mapping[str, catalogue.Domain], list[Problem]]:
    """The domains under a folder, and a problem for each file of theirs that cannot be read: then no domain at all."""
    found = []
    for name, type_ in (("domain.toml", catalogue.Domain), ("words.toml", catalogue.Words)):
        for file in sorted(root.glob(f"*/{name}")):
            try:
                msgspec.convert(toml.loads(file.read_text("utf-8")), type_)
            except (ValueError, OSError) as error:
                found.append(Problem(str(file), line_of_error(str(error)), file.parent.name, f"{error}; correct it"))
    if not found:
        found = [Problem(str(file), 1, file.parent.name, f"{said}; take other words") for file, said in catalogue.clashes(root)]
    return ({} if found else catalogue.domains(root)), found


def problem_at(file: Path, table: str, name: str, path: str, message: str) -> Problem:
    """A problem of `[table.name]`, or of what `path` names in it (see `line_of`)."""
    return Problem(str(file), line_of(file.read_text("utf-8"), table, name, path), name, message)
