"""The law as data: clauses through their editions, and the departments that answer. Read from this folder's TOML files."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from agents.core.rule import ClauseFile, ClauseSpec, DepartmentFile, DepartmentSpec

CLAUSES = Path(__file__).with_name("clauses.toml")
DEPARTMENTS = Path(__file__).with_name("departments.toml")

T = TypeVar("T")


def clauses(path: Path = CLAUSES) -> Mapping[str, ClauseSpec]:
    """All clauses by id; ValueError names the file and the field at fault."""
    return _read(path, ClauseFile).clause


def departments(path: Path = DEPARTMENTS) -> Mapping[str, DepartmentSpec]:
    """All departments by id; ValueError names the file and the field at fault."""
    return _read(path, DepartmentFile).department


def _read(path: Path, type_: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), type_)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from None
