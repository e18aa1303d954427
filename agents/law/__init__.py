"""The law as data: clauses through their editions, read from TOML files, and the departments that answer (`streams.places`).

Clauses stand in `clauses/`, one file per field of law; a domain may bring its own in a `clauses.toml` of its folder.
"""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from agents.core.rules.rule import ClauseFile, ClauseSpec
from streams import catalogue
from streams.places import DEPARTMENTS, departments

__all__ = ["DEPARTMENTS", "OVERSIGHT", "clause_files", "clauses", "departments"]

OVERSIGHT = Path(__file__).with_name("clauses") / "oversight.toml"
"""The clauses on which the oversight of the system itself rests."""


def clause_files(domains: Path = catalogue.ROOT) -> list[Path]:
    """Every file that holds clauses: those of this folder, then those of the domains under `domains`."""
    return [*sorted(Path(__file__).with_name("clauses").glob("*.toml")), *sorted(domains.glob("*/clauses.toml"))]


def clauses(files: Iterable[Path] | None = None) -> Mapping[str, ClauseSpec]:
    """All clauses by id; ValueError names the file and the field at fault, or the clause that stands in two files."""
    found: dict[str, ClauseSpec] = {}
    for file in clause_files() if files is None else files:
        clauses_of_file = _read(file).clause
        if twice := found.keys() & clauses_of_file.keys():
            raise ValueError(f"{file}: clause {min(twice)} stands in another file too: remove one")
        found |= clauses_of_file
    return found


def _read(path: Path) -> ClauseFile:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), ClauseFile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from None
