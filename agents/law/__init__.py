"""The law as data: clauses through their editions, and the departments that answer. Read from TOML files.

Clauses stand in `clauses/`, one file per field of law; a domain may bring its own in a `clauses.toml` of its folder.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from agents.core.rules.rule import ClauseFile, ClauseSpec, DepartmentFile, DepartmentSpec
from streams import catalogue

DEPARTMENTS = Path(__file__).with_name("departments.toml")

OVERSIGHT = Path(__file__).with_name("clauses") / "oversight.toml"
"""The clauses on which the oversight of the system itself rests."""

T = TypeVar("T")


def clause_files(domains: Path = catalogue.ROOT) -> list[Path]:
    """Every file that holds clauses: those of this folder, then those of the domains under `domains`."""
    return [*sorted(Path(__file__).with_name("clauses").glob("*.toml")), *sorted(domains.glob("*/clauses.toml"))]


def clauses(files: Iterable[Path] | None = None) -> Mapping[str, ClauseSpec]:
    """All clauses by id; ValueError names the file and the field at fault, or the clause that stands in two files."""
    found: dict[str, ClauseSpec] = {}
    for file in clause_files() if files is None else files:
        clauses_of_file = _read(file, ClauseFile).clause
        if twice := found.keys() & clauses_of_file.keys():
            raise ValueError(f"{file}: clause {min(twice)} stands in another file too: remove one")
        found |= clauses_of_file
    return found


def departments(path: Path = DEPARTMENTS) -> Mapping[str, DepartmentSpec]:
    """All departments by id; ValueError names the file and the field at fault."""
    return _read(path, DepartmentFile).department


def _read(path: Path, type_: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), type_)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from None
