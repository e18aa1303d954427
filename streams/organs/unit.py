"""A public body, and their tree with edges of two kinds: to whom it belongs (隶属), and who guides its work (业务指导)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from streams.messages import Text

UnitKind = Literal[
    "government",
    "party",
    "office",
    "bureau",
    "branch",
    "inner",
    "window",
    "zone",
    "street",
    "community",
    "soe",
    "vertical",
    "enterprise",
]
"""What a body is: a people's government; a party committee; its general office 办公厅(室); a department 部门; a branch of one
(派出机构); an office within a body (内设机构), as 督查室 or a command centre; a window of a service hall; the committee of a
zone 管委会; a street or township; a village or community (自治组织); a city's own utility (市属国企); an office under its own
ministry or group (垂管); any other enterprise, which is listed only to be refused."""

Level = Literal["nation", "province", "city", "district", "street", "community"]
"""At which level of government a body is, the highest first."""

LEVELS: tuple[Level, ...] = get_args(Level)

INNER: frozenset[UnitKind] = frozenset({"inner", "window"})
"""Parts of a body that do not write outward in their own name (公文处理工作条例 第十七条)."""

HOUSES: frozenset[UnitKind] = frozenset({"government", "party", "street", "zone"})
"""Governments and what stands for one: a party committee, a street or township, the committee of a zone."""


class Unit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One body. `since`: its first day; `until`: the first day on which it is no more; `successor`: who has its duties then.

    `parent`: to whom it belongs; `guided_by`: who guides its work; both ids, empty where there is none. `basis`: the source.
    `uscc`: its 统一社会信用代码, empty where it is not known.
    """

    id: str
    name: Text
    kind: UnitKind
    level: Level
    parent: str = ""
    guided_by: str = ""
    adcode: str = ""
    since: date | None = None
    until: date | None = None
    successor: str = ""
    uscc: str = ""
    basis: str

    def exists(self, day: date) -> bool:
        """Whether there is this body on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Units:
    """The bodies of a place by id; it never changes. ValueError names two of one id, an edge to none, or a circle."""

    __slots__ = ("_below", "_by_id")

    def __init__(self, units: Iterable[Unit]) -> None:
        """Hold these bodies, each id once."""
        self._by_id: dict[str, Unit] = {}
        below: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            if unit.id in self._by_id:
                raise ValueError(f"unit {unit.id}: it stands twice: give each body one id")
            self._by_id[unit.id] = unit
            below[unit.parent].append(unit)
        self._below: Mapping[str, tuple[Unit, ...]] = {parent: tuple(found) for parent, found in below.items()}
        for unit in self:
            self._refuse_edges(unit)

    def __iter__(self) -> Iterator[Unit]:
        """Every body, in the order in which they were given."""
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def get(self, id: str) -> Unit | None:
        """The body of an id, ended ones too; None where there is none."""
        return self._by_id.get(id)

    def children(self, id: str) -> tuple[Unit, ...]:
        """Those that belong to a body directly."""
        return self._below.get(id, ()) if id else ()

    def superior(self, id: str) -> Unit | None:
        """The body to which it belongs (隶属); None at the top and for what is unknown."""
        return self._by_id.get(unit.parent) if (unit := self._by_id.get(id)) else None

    def guide(self, id: str) -> Unit | None:
        """The body that guides its work (业务指导); None where there is none."""
        return self._by_id.get(unit.guided_by) if (unit := self._by_id.get(id)) else None

    def above(self, id: str) -> Iterator[Unit]:
        """Those to whom it belongs, the nearest first."""
        superior = self.superior(id)
        while superior:
            yield superior
            superior = self.superior(superior.id)

    def is_within(self, id: str, ancestor: str) -> bool:
        """Whether a body is another one or belongs to it at any depth: the scope of a right."""
        return id == ancestor or any(each.id == ancestor for each in self.above(id))

    def organ(self, id: str) -> Unit | None:
        """The body in whose name an inner office or a window acts: the nearest above that is none; itself else."""
        unit = self._by_id.get(id)
        while unit and unit.kind in INNER:
            unit = self.superior(unit.id)
        return unit

    def acts_for(self, id: str, body: str) -> bool:
        """Whether a body acts in the name of another one: it is that, or an inner office or window of it at any depth.

        A branch, a bureau or a lower government has a name and duties of its own, and speaks for no body above it.
        """
        unit = self._by_id.get(id)
        while unit and unit.id != body and unit.kind in INNER:
            unit = self.superior(unit.id)
        return unit is not None and unit.id == body

    def office(self, government: str) -> Unit | None:
        """The general office 办公厅(室) of a government or party committee; None where none is listed."""
        return next((each for each in self.children(government) if each.kind == "office"), None)

    def at(self, day: date) -> "Units":
        """Those that exist on a day; who belongs to an ended one belongs to its successor, or to whom that belonged."""
        kept = [each for each in self if each.exists(day)]
        return Units(self._moved(each, day) for each in kept)

    def standing(self, id: str, day: date) -> Unit | None:
        """The body itself where it exists on a day, else the one that has its duties then; None where nobody has."""
        unit, seen = self._by_id.get(id), {id}
        while unit and not unit.exists(day):
            unit = self._by_id.get(unit.successor) if unit.successor not in seen else None
            seen.add(unit.id if unit else "")
        return unit

    def _moved(self, unit: Unit, day: date) -> Unit:
        parent, guide = self._standing_above(unit.parent, day), self.standing(unit.guided_by, day)
        successor = unit.successor if self.standing(unit.successor, day) else ""
        return replace(unit, parent=parent.id if parent else "", guided_by=guide.id if guide else "", successor=successor)

    def _standing_above(self, id: str, day: date) -> Unit | None:
        """Who stands for an edge's end on a day: itself, its successor, else the nearest above it."""
        candidates = [id, *(each.id for each in self.above(id))]
        return next((found for each in candidates if (found := self.standing(each, day))), None)

    def _refuse_edges(self, unit: Unit) -> None:
        for field in ("parent", "guided_by", "successor"):
            if (other := getattr(unit, field)) and other not in self._by_id:
                raise ValueError(f"unit {unit.id}: {field} {other!r} is no body of this place: list it, or correct the id")
        seen = {unit.id}
        for each in self.above(unit.id):
            if each.id in seen:
                raise ValueError(f"unit {unit.id}: it belongs to itself by way of {each.id}: correct one parent")
            seen.add(each.id)
        if unit.since and unit.until and unit.until <= unit.since:
            raise ValueError(f"unit {unit.id}: it ends on {unit.until}, before it began on {unit.since}: correct a day")
