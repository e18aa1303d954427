"""The bodies of a place, who may write what to whom, and the duty list, read from the place's files.

Most bodies follow from files that stand: governments from the districts, committees from the zones, streets from
`streets.toml`, departments from `departments.toml`, who acts for them in the districts from `duties.toml`. `units.toml` adds
what cannot be derived, and corrects what is.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace
from stdnum.cn import uscc

from streams import places
from streams.messages import Text
from streams.organs.correspondence import Correspondence
from streams.organs.routing import DISTRICT, DutyList, Route
from streams.organs.unit import Level, Unit, UnitKind, Units
from streams.places.duties import acting, duties

UNITS, ROUTES = "units.toml", "routes.toml"

_PARTY = "中共"
"""With what the name of a body of the party begins: it belongs to the party's committee, not to the government."""

_NEEDED = ("name", "kind", "level", "basis")
_OFFICE = "gov"
_STREETS = {"街道": "办事处", "镇": "人民政府", "乡": "人民政府"}


class UnitSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """`[unit.ID]` of `units.toml`: of a derived body the fields that change; of any other body all that it has."""

    name: Text | UnsetType = UNSET
    kind: UnitKind | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    parent: str | UnsetType = UNSET
    guided_by: str | UnsetType = UNSET
    adcode: str | UnsetType = UNSET
    since: date | UnsetType = UNSET
    until: date | UnsetType = UNSET
    successor: str | UnsetType = UNSET
    uscc: str | UnsetType = UNSET
    basis: str | UnsetType = UNSET


class UnitFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`units.toml`: bodies by id."""

    unit: dict[str, UnitSpec] = {}


class RouteFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`routes.toml`: the rows of the duty list."""

    route: tuple[Route, ...] = ()


def units(code: str | None = None, root: Path = places.ROOT) -> Units:
    """The bodies of a place (default: here), ended ones too; ValueError names the file, the body and the field at fault."""
    return _units(places.here() if code is None else code, root)


def routes(code: str | None = None, root: Path = places.ROOT) -> DutyList:
    """What a place (default: here) routes by: its duty list, its own rows before the province's, and what its words mean."""
    return _routes(places.here() if code is None else code, root)


def correspondence(root: Path = places.ROOT) -> Correspondence:
    """Who may write what to whom, one list for all places; ValueError names the file and the field at fault."""
    return places.read(root / "correspondence.toml", Correspondence)


def route_files(code: str, root: Path = places.ROOT) -> list[Path]:
    """The files of the duty list of a place, the nearest first."""
    return places.files(code, ROUTES, root)[::-1]


def acting_ids(code: str, root: Path = places.ROOT) -> Mapping[tuple[str, str], str]:
    """By role and district the body that acts there, zones and governments (`government`) included; streets by their own code.

    Two roles that one body has, as food and special equipment, give one id: that of the role listed first.
    """
    return _acting(code, root)[0]


@cache
def _units(code: str, root: Path) -> Units:
    found = {unit.id: unit for unit in (*_above(code, root), *_own(code, root))}
    for file in places.files(code, UNITS, root):
        for name, spec in places.read(file, UnitFile).unit.items():
            found[name] = _corrected(file, name, spec, found.get(name))
    try:
        return Units(found.values())
    except ValueError as error:
        raise ValueError(f"{root / code / UNITS}: {error}") from None


@cache
def _routes(code: str, root: Path) -> DutyList:
    there, spec = places.departments(code, root), places.place(code, root)
    prefixes = [f"{places.place(each, root).prefix}-" for each in places.chain(code) if each in places.known(root)]
    ids = [each for prefix in prefixes for each in there if each.startswith(prefix)]
    return DutyList(
        routes=tuple(places.read(file, RouteFile).route for file in route_files(code, root)),
        code=code,
        home=f"gov-{code}",
        roles={each.partition("-")[2]: each for each in ids},
        acting=acting_ids(code, root),
        districts=spec.districts | spec.zones,
        areas=shapes(code, root),
    )


@cache
def _acting(code: str, root: Path) -> tuple[Mapping[tuple[str, str], str], tuple[Unit, ...]]:
    """Who acts by role and district, and those of them that are bodies of their own."""
    spec, there, found = places.place(code, root), places.departments(code, root), dict[tuple[str, str], str]()
    bodies, by_name = dict[str, Unit](), dict[tuple[str, str], str]()
    for role in duties(code, root).duty:
        if (department := f"{spec.prefix}-{role}") not in there:
            continue
        for district in spec.districts:
            who = acting(department, district, code, root)
            if who is None:
                continue
            body = by_name.setdefault((who.name.zh, district), f"{department}-{district}")
            found[role, district] = body
            house = f"party-{district}" if who.name.zh.startswith(_PARTY) else f"gov-{district}"
            own = who.tie == "branch"
            bodies.setdefault(
                body,
                Unit(
                    id=body,
                    name=who.name,
                    kind="branch" if own else "bureau",
                    level="district",
                    parent=department if own else house,
                    guided_by="" if own else department,
                    adcode=district,
                    basis=who.basis,
                ),
            )
    roles = {each.partition("-")[2] for each in there if each.startswith(f"{spec.prefix}-")} - {_OFFICE}
    found |= {(role, zone): f"zone-{zone}" for zone in spec.zones for role in roles}
    found |= {("government", district): f"gov-{district}" for district in spec.districts}
    found |= {("government", zone): f"zone-{zone}" for zone in spec.zones}
    found |= {("street", street): f"street-{street}" for street in _streets(code, root)}
    return found, tuple(bodies.values())


@cache
def shapes(code: str, root: Path) -> Mapping[str, Any]:
    """The districts of the place's map by adcode; none where it has no map."""
    from shapely import prepare  # noqa: PLC0415 - most who read bodies ask for no shape
    from shapely.geometry import shape  # noqa: PLC0415

    file = root / code / "map.geojson"
    if not file.is_file():
        return {}
    features = json.loads(file.read_text("utf-8"))["features"]
    found = {str(each["properties"]["adcode"]): shape(each["geometry"]) for each in features}
    for each in found.values():
        prepare(each)
    return found


def _above(code: str, root: Path) -> Iterator[Unit]:
    """The governments, party committees and departments of the place and of the province in which it lies."""
    there = places.departments(code, root)
    outer = ""
    for each in (each for each in places.chain(code) if each in places.known(root)):
        spec = places.place(each, root)
        level: Level = "city" if outer else "province"
        yield _house("gov", each, spec.name, level, outer)
        yield _house("party", each, spec.name, level, outer)
        for name, department in there.items():
            if name.startswith(f"{spec.prefix}-"):
                yield _department(name, department, each, level, _guide(name, outer, there, root))
        outer = each


def _guide(id: str, outer: str, there: Mapping[str, Any], root: Path) -> str:
    """The department of the province of the same role, where it has one."""
    guide = f"{places.place(outer, root).prefix}-{id.partition('-')[2]}" if outer else ""
    return guide if guide in there else ""


def _department(id: str, spec: places.DepartmentSpec, code: str, level: Level, guide: str) -> Unit:
    house = f"party-{code}" if spec.name.zh.startswith(_PARTY) else f"gov-{code}"
    return Unit(id=id, name=spec.name, kind="bureau", level=level, parent=house, guided_by=guide, adcode=code, basis=spec.basis)


def _own(code: str, root: Path) -> Iterator[Unit]:
    """The districts' governments and committees, the zones, the streets, and who acts in the districts."""
    spec = places.place(code, root)
    for adcode, name in spec.districts.items():
        full = replace(name, zh=spec.name.zh + name.zh) if name.zh.endswith("区") else name
        yield _house("gov", adcode, full, "district", code)
        yield _house("party", adcode, full, "district", code)
    committee = duties(code, root).zone
    for adcode, zone in spec.zones.items():
        zh, en = f"{zone.zh}管理委员会", f"Administrative Committee of {zone.en}"
        basis = committee.basis if committee else "place.toml"
        yield Unit(
            id=f"zone-{adcode}",
            name=Text(zh, en),
            kind="zone",
            level="district",
            parent=f"gov-{code}",
            adcode=adcode,
            basis=basis,
        )
    for street, title in _streets(code, root).items():
        yield _street(
            street, title, f"zone-{street[:DISTRICT]}" if street[:DISTRICT] in spec.zones else f"gov-{street[:DISTRICT]}"
        )
    yield from _acting(code, root)[1]


def _house(prefix: str, code: str, name: Text, level: Level, outer: str) -> Unit:
    if prefix == "gov":
        full, basis = Text(f"{name.zh}人民政府", f"People's Government of {name.en}"), "地方组织法：地方各级人民政府"
        kind: UnitKind = "government"
    else:
        full, basis = Text(f"中共{name.zh}委员会", f"Party Committee of {name.en}"), "中国共产党章程：党的地方组织"
        kind = "party"
    parent = f"{prefix}-{outer}" if outer else ""
    return Unit(id=f"{prefix}-{code}", name=full, kind=kind, level=level, parent=parent, adcode=code, basis=basis)


def _streets(code: str, root: Path) -> Mapping[str, str]:
    return {
        street: name for file in places.files(code, "streets.toml", root) for street, name in places.read(file, dict).items()
    }


def _street(code: str, name: str, parent: str) -> Unit:
    """The body of a street or township; of an area that is counted as one, as a forest farm, the name of the area."""
    body = next((body for end, body in _STREETS.items() if name.endswith(end)), "")
    basis = "streets.toml：统计用区划代码" if body else "streets.toml：类似乡级单位，机构名称和性质待核"
    full = Text(name + body, name + body)
    return Unit(id=f"street-{code}", name=full, kind="street", level="street", parent=parent, adcode=code, basis=basis)


def _corrected(file: Path, id: str, spec: UnitSpec, derived: Unit | None) -> Unit:
    fields = {name: value for name, value in asdict(spec).items() if value is not UNSET}
    if not isinstance(spec.uscc, UnsetType) and not uscc.is_valid(spec.uscc):
        raise ValueError(f"{file}: unit.{id}: uscc {spec.uscc!r} is no 统一社会信用代码 (GB 32100): correct it or leave it out")
    if derived:
        return replace(derived, **fields)
    if missing := [name for name in _NEEDED if name not in fields]:
        raise ValueError(
            f"{file}: unit.{id}: {', '.join(missing)} not given: it is no body that follows from other files, write all"
        )
    return Unit(id=id, **fields)
