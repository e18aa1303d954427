"""What belongs to a place as data: one folder a province or city, named by its adcode (GB/T 2260: 41 Henan, 4101 Zhengzhou).

`place.toml` says its name and its state's codes, `departments.toml` who answers there, and by what power; `clauses/*.toml` hold
its own law. Another city is another folder and no other edit. Both sides read these files and no others.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from streams import settings
from streams.messages import Text

ROOT = Path(__file__).parent

T = TypeVar("T")

_PROVINCE, _CITY = 2, 4


class PlaceSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A place: its name, and with what the ids of its departments begin (`zz` for `zz-ee`).

    `districts`: those of a city by adcode (GB/T 2260); `zones`: areas within districts that the state's statistics have given a
    code of their own (开发区, as 410171).
    """

    name: Text
    prefix: str
    districts: dict[str, Text] = {}
    zones: dict[str, Text] = {}


class DepartmentSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A department's name, and the source of its power: by which law or entry of the list of duties (责任清单) it answers."""

    name: Text
    basis: str


class DepartmentFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`departments.toml`: departments by id."""

    department: dict[str, DepartmentSpec]


def here() -> str:
    """The place whose law and departments this process goes by (`ONESCREEN_PLACE`)."""
    return settings.place()


def known(root: Path = ROOT) -> list[str]:
    """The places that have a folder, by adcode."""
    return sorted(folder.name for folder in root.iterdir() if folder.name.isdigit())


def chain(code: str) -> tuple[str, ...]:
    """A place and what it lies in, the widest first.

    >>> chain("4101"), chain("41")
    (('41', '4101'), ('41',))
    """
    return (code[:_PROVINCE], code) if len(code) == _CITY else (code,)


def place(code: str, root: Path = ROOT) -> PlaceSpec:
    """What `place.toml` says of a place; ValueError names the file and what is wrong, or the places that there are."""
    if code not in known(root):
        raise ValueError(f"{root / code}: there is no such place; known are {', '.join(known(root))}: add the folder")
    return _read(root / code / "place.toml", PlaceSpec)


def department_files(code: str, root: Path = ROOT) -> list[Path]:
    """The files of departments of a place and of what it lies in; ValueError where the place has none of its own."""
    place(code, root)
    files = [root / each / "departments.toml" for each in chain(code)]
    if not files[-1].is_file():
        raise ValueError(f"{files[-1]}: place {code} has no departments: nobody would answer for its alerts; list them there")
    return [file for file in files if file.is_file()]


def departments(code: str | None = None, root: Path = ROOT) -> Mapping[str, DepartmentSpec]:
    """The departments that answer at a place (default: here), by id; ValueError names the file and the field at fault."""
    files = department_files(here() if code is None else code, root)
    return {name: spec for file in reversed(files) for name, spec in _read(file, DepartmentFile).department.items()}


def answering(name: str, code: str | None = None, root: Path = ROOT) -> str:
    """The id of the department at a place (default: here) that is named by its role (`ee`), or as another place's (`zz-ee`).

    That of the city goes before that of the province. The name itself where there is none.

    >>> answering("ee", "4101"), answering("zz-ee", "4103"), answering("mpa", "4103"), answering("nobody", "4101")
    ('zz-ee', 'ly-ee', 'hn-mpa', 'nobody')
    """
    code = here() if code is None else code
    there = departments(code, root)
    if name in there:
        return name
    prefix, _, role = name.partition("-")
    role = role if prefix in {place(each, root).prefix for each in known(root)} else name
    ids = (f"{place(each, root).prefix}-{role}" for each in reversed(chain(code)) if each in known(root))
    return next((each for each in ids if each in there), name)


def clause_files(code: str | None = None, root: Path = ROOT) -> list[Path]:
    """The files of a place's own law (default: here), and of what it lies in, the widest first."""
    code = here() if code is None else code
    return [file for each in chain(code) for file in sorted((root / each / "clauses").glob("*.toml"))]


def place_of(file: Path) -> str:
    """The place to whose folder a file of clauses belongs; empty where it is no place's.

    >>> place_of(ROOT / "4101" / "clauses" / "environment.toml"), place_of(Path("agents/law/clauses/cyber.toml"))
    ('4101', '')
    """
    return next((folder.name for folder in list(file.parents)[:2] if folder.name.isdigit()), "")


def _read(path: Path, type_: type[T]) -> T:
    """What a file holds; read once as long as it stands unchanged, for a rule book asks hundreds of times."""
    try:
        found = path.stat()
    except OSError as error:
        raise ValueError(f"{path}: {error}") from None
    read: Any = _read_at
    return cast("T", read(path, type_, found.st_mtime_ns, found.st_size))


@cache
def _read_at(path: Path, type_: type[Any], _changed: int, _size: int) -> Any:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), type_)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, OSError) as error:
        raise ValueError(f"{path}: {error}") from None
