"""The law as data: clauses through their editions, read from TOML files, and the departments that answer (`streams.places`).

Clauses stand in `clauses/`, one file per field of law; a domain may bring its own in a `clauses.toml` of its folder. A place
adds its editions to them, or clauses of its own, in the files of its folder: these bind there alone.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agents.core.rules.rule import ClauseFile, ClauseSpec, Edition
from streams import catalogue, places, toml
from streams.messages import Text
from streams.places import departments

__all__ = ["OVERSIGHT", "LocalClause", "clause_files", "clauses", "departments", "editions_of", "elsewhere", "joined"]

OVERSIGHT = Path(__file__).with_name("clauses") / "oversight.toml"
"""The clauses on which the oversight of the system itself rests."""

T = TypeVar("T")


class LocalClause(Struct, frozen=True, forbid_unknown_fields=True):
    """A clause in a place's folder: the place's editions of a wider one's clause, or with title and standard one of its own."""

    edition: tuple[Edition, ...]
    title: Text | None = None
    standard: str = ""


class LocalClauseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a place's clauses by id."""

    clause: dict[str, LocalClause]


def clause_files(domains: Path = catalogue.ROOT, place: str | None = None) -> list[Path]:
    """Every file that holds clauses: of this folder, of the domains under `domains`, then of a place (default: here)."""
    nation = [*sorted(Path(__file__).with_name("clauses").glob("*.toml")), *sorted(domains.glob("*/clauses.toml"))]
    return nation + places.clause_files(place)


def clauses(files: Iterable[Path] | None = None) -> Mapping[str, ClauseSpec]:
    """All clauses by id; ValueError names the file and the field at fault, or the clause that stands in two files."""
    found: dict[str, ClauseSpec] = {}
    for file in clause_files() if files is None else files:
        if place := places.place_of(file):
            for name, local in _read(file, LocalClauseFile).clause.items():
                try:
                    found[name] = joined(found.get(name), local, place)
                except ValueError as error:
                    raise ValueError(f"{file}: clause {name}: {error}") from None
            continue
        clauses_of_file = _read(file, ClauseFile).clause
        if twice := found.keys() & clauses_of_file.keys():
            raise ValueError(f"{file}: clause {min(twice)} stands in another file too: remove one")
        found |= clauses_of_file
    return found


def editions_of(file: Path, known: Mapping[str, ClauseSpec]) -> dict[str, ClauseSpec]:
    """The clauses of a file, all of which are `known`; in that of a place with the place's editions alone."""
    if not (place := places.place_of(file)):
        return _read(file, ClauseFile).clause
    return {
        name: replace(known[name], edition=tuple(replace(edition, place=place) for edition in local.edition))
        for name, local in _read(file, LocalClauseFile).clause.items()
    }


def joined(known: ClauseSpec | None, local: LocalClause, place: str) -> ClauseSpec:
    """A clause with the editions of a place added, or the place's own; ValueError says what to write."""
    if any(edition.adcode for edition in local.edition):
        raise ValueError(f"an edition names its place: the folder {place} says it; take `place` out")
    editions = tuple(replace(edition, place=place) for edition in local.edition)
    if known is None:
        if local.title is None or not local.standard:
            raise ValueError("no wider place has this clause: write its title and standard")
        return ClauseSpec(local.title, local.standard, editions)
    if local.title is not None or local.standard:
        raise ValueError("a wider place has this clause with its title and standard: take them out here")
    return replace(known, edition=known.edition + editions)


def elsewhere(place: str | None = None) -> frozenset[str]:
    """The clauses that only other places than this one (default: here) have: rules that rest on them do not hold here."""
    ours = {clause for file in places.clause_files(place) for clause in _read(file, LocalClauseFile).clause}
    theirs = {
        clause
        for other in places.known()
        for file in places.clause_files(other)
        for clause, local in _read(file, LocalClauseFile).clause.items()
        if local.title is not None
    }
    return frozenset(theirs - ours)


def _read(path: Path, type_: type[T]) -> T:
    try:
        return msgspec.convert(toml.loads(path.read_text("utf-8")), type_)
    except (toml.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from None
