"""What belongs to a place as data: one folder a province or city, named by its adcode (GB/T 2260: 41 Henan, 4101 Zhengzhou).

`place.toml` says its name, the state's codes of its districts and zones, its offices' hours and how the wall shows its map,
`map.geojson`; `streets.toml` the codes of its streets; `departments.toml` who answers there, and by what power, `duties.toml`
who acts for them in the districts; `notices.toml` its own days off; `clauses/*.toml` its own law. Another city is another
folder and no other edit. Both sides read these files and no others.
"""

from collections.abc import Mapping
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from streams import settings, toml
from streams.messages import Text

ROOT = Path(__file__).parent

T = TypeVar("T")

_PROVINCE, _CITY = 2, 4


class HoursSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """When the offices of a place work on a working day, two sessions (local time), and where that is said."""

    morning: tuple[time, time]
    afternoon: tuple[time, time]
    source: str

    def __post_init__(self) -> None:
        """Refuse sessions that do not follow one another; ValueError says which."""
        moments = (*self.morning, *self.afternoon)
        if sorted(set(moments)) != list(moments):
            raise ValueError(f"the sessions {', '.join(map(str, moments))} do not follow one another: put them in order")


class MapSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """How the wall shows a city: the middle of its map (degrees WGS-84), the zoom of web maps, and its core.

    `core`: west, south, east, north (degrees) of what an inset shows larger, the districts of `urban` as a whole.
    """

    centre: tuple[float, float]
    zoom: float
    urban: tuple[str, ...]
    core: tuple[float, float, float, float]


class PlaceSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A place: its name, and with what the ids of its departments begin (`zz` for `zz-ee`).

    `districts`: those of a city by adcode (GB/T 2260); `zones`: areas within districts that the state's statistics have given a
    code of their own (开发区, as 410171).
    """

    name: Text
    prefix: str
    districts: dict[str, Text] = {}
    zones: dict[str, Text] = {}
    hours: HoursSpec | None = None
    map: MapSpec | None = None


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
    return read(root / code / "place.toml", PlaceSpec)


def files(code: str, name: str, root: Path = ROOT) -> list[Path]:
    """The files of this name in the folders of a place and of what it lies in, the widest first."""
    return [file for each in chain(code) if (file := root / each / name).is_file()]


def areas(code: str | None = None, root: Path = ROOT) -> Mapping[str, Text]:
    """The names of the districts, zones and streets of a place (default: here) by their codes (six or nine digits)."""
    code = here() if code is None else code
    spec = place(code, root)
    streets = {each: Text(name, name) for file in files(code, "streets.toml", root) for each, name in read(file, dict).items()}
    return spec.districts | spec.zones | streets


def city_map(code: str | None = None, root: Path = ROOT) -> tuple[MapSpec, Path]:
    """How the wall shows a city (default: this one), and the file of its districts (GeoJSON, WGS-84); ValueError without."""
    code = here() if code is None else code
    spec, file = place(code, root).map, root / code / "map.geojson"
    if spec is None or not file.is_file():
        raise ValueError(f"{root / code}: it has no map: write [map] into place.toml, make map.geojson by scripts/districts.py")
    return spec, file


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
    return {name: spec for file in reversed(files) for name, spec in read(file, DepartmentFile).department.items()}


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


def read(path: Path, type_: type[T]) -> T:
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
        return msgspec.convert(toml.loads(path.read_text("utf-8")), type_)
    except (toml.TOMLDecodeError, msgspec.ValidationError, OSError) as error:
        raise ValueError(f"{path}: {error}") from None
