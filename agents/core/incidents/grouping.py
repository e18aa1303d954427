"""Which alerts belong together: the grouping rules as data, and what each says of two alerts.

A rule names keys under which an alert is found, and keys under which it looks for others, so that an arriving alert is compared
with its few neighbours and never with all. Metres are measured on the plane that touches the earth between the two places,
which over the few kilometres that matter here is exact to a metre.
"""

from collections.abc import Mapping
from hashlib import blake2s
from math import cos, floor, hypot, radians
from typing import Literal

import msgspec
from msgspec import Struct

from agents.core.duration import span
from streams.messages import MAX_MEMBERS, Alert, Department, Severity, State, Text, parse_time
from streams.places import DepartmentSpec

Kind = Literal["subject", "downstream", "cause", "near", "flood"]
Area = Literal["", "district", "city"]

DEGREE = 111_320.0
"""Metres of one degree of latitude, and of one of longitude at the equator (WGS-84, 2π · 6 378 137 m / 360)."""

_NORTHERNMOST = cos(radians(60.0))
"""A cell is as wide as the distance at 60° of latitude, so that neighbours suffice anywhere in China (up to 53.6° N)."""

NO_PLACE = "000000"
"""The city of alerts whose district is not known."""

Key = tuple[str | int, ...]
"""Where an alert is found; its first part is the grouping rule's id."""


class GroupSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A grouping rule as it stands in the file; `docs/concepts/incidents.md` has the fields by kind."""

    title: Text
    kind: Kind
    within: str
    rules: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    area: Area = ""
    metres: int = 0
    distinct: bool = False
    lead: str = ""


class FloodSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an alarm flood begins and ends: annunciations of one desk within a length of time."""

    begins: int
    ends_below: int
    within: str


class GroupingFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file of the grouping rules. `owner` answers for records that cannot be read; `reopen` as `Grouping` has it."""

    owner: str
    reopen: str
    flood: FloodSpec
    group: dict[str, GroupSpec]


class Member(Struct, array_like=True):
    """What an incident knows of one of its alerts. Times in ms.

    `joined`: offset of the record by which it came; `rule`: the grouping rule that joined it, empty where it came alone;
    `alarm`: the rule that raised it; `called`: the newest occurrence that was annunciated; `ended`: when it ended, None
    while it is open.
    """

    id: str
    joined: int
    rule: str
    alarm: str
    domain: str
    title: Text
    severity: Severity
    state: State
    subject: str
    upstream: str
    adcode: str
    lon: float | None
    lat: float | None
    department: Department
    raised: int
    called: int = 0
    ended: int | None = None


def member(alert: Alert, joined: int, rule: str) -> Member:
    """An alert as a member that has not been annunciated yet."""
    return Member(
        id=alert.id,
        joined=joined,
        rule=rule,
        alarm=alert.rule,
        domain=alert.domain,
        title=alert.title,
        severity=alert.severity,
        state=alert.state,
        subject=alert.subject,
        upstream=alert.upstream,
        adcode=alert.adcode,
        lon=alert.lon,
        lat=alert.lat,
        department=alert.department,
        raised=parse_time(alert.raised_at),
    )


def city_of(adcode: str) -> str:
    """The adcode of the city of a district (GB/T 2260: the first four digits) or street (nine digits), or `NO_PLACE`.

    >>> city_of("410105"), city_of("somewhere")
    ('410100', '000000')
    """
    return adcode[:4] + "00" if len(adcode) in {6, 9} and adcode.isascii() and adcode.isdigit() else NO_PLACE


class Rule(Struct, frozen=True):
    """A grouping rule ready for use; `within` in ms; `pairs` holds both orders; `lead` is None where the worst member leads."""

    id: str
    title: Text
    kind: Kind
    within: int
    rules: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    area: Area
    metres: int
    distinct: bool
    lead: Department | None

    @property
    def names(self) -> bool:
        """Whether an incident that it joins is called by its title: it says what the cause may be."""
        return self.kind in {"cause", "downstream"}

    def keys(self, one: Member) -> tuple[Key, ...]:
        """Where others find this alert."""
        if self.kind == "subject":
            return ((self.id, one.subject),)
        if self.kind == "downstream":
            found: tuple[Key, ...] = ((self.id, "is", one.subject),)
            return (*found, (self.id, "fed by", one.upstream)) if one.upstream else found
        if self.kind == "flood":
            return ((self.id, city_of(one.adcode), one.department.id, one.alarm),)
        if self.kind == "cause" and one.alarm not in self.rules:
            return ()
        if self.metres:
            cell = _cell(one, self.metres)
            return () if cell is None else ((self.id, *cell),)
        return ((self.id, one.adcode if self.area == "district" else city_of(one.adcode)),)

    def seeks(self, one: Member) -> tuple[Key, ...]:
        """Where this alert looks for others."""
        if self.kind == "downstream":
            found: tuple[Key, ...] = ((self.id, "fed by", one.subject),)
            return (*found, (self.id, "is", one.upstream)) if one.upstream else found
        keys, cell = self.keys(one), _cell(one, self.metres)
        if not keys or cell is None:
            return keys
        return tuple((self.id, cell[0] + north, cell[1] + east) for north in (-1, 0, 1) for east in (-1, 0, 1))

    def joins(self, one: Member, other: Member) -> bool:
        """Whether it says that two alerts, of which one has found the other by its keys, belong together."""
        if abs(one.raised - other.raised) > self.within or (self.distinct and one.alarm == other.alarm):
            return False
        if self.kind == "near" and not self._kin(one, other):
            return False
        return not self.metres or distance(one, other) <= self.metres

    def _kin(self, one: Member, other: Member) -> bool:
        return (one.alarm, other.alarm) in self.pairs if self.pairs else one.domain == other.domain


class FloodRule(Struct, frozen=True):
    """`begins`: so many annunciations within `within` (ms) are a flood; it ends when there are fewer than `ends_below`."""

    begins: int
    ends_below: int
    within: int


class Grouping(Struct, frozen=True):
    """All grouping rules in their order: the first that finds an incident decides.

    `reopen` (ms): an alert that comes so long after an incident's end still opens it again; later it begins another one.
    """

    version: str
    owner: str
    reopen: int
    most: int
    flood: FloodRule
    rules: tuple[Rule, ...]

    def rule(self, name: str) -> Rule | None:
        """A rule by its id; None where the file has it no more."""
        return next((rule for rule in self.rules if rule.id == name), None)


def compiled(file: GroupingFile, departments: Mapping[str, DepartmentSpec], most: int = MAX_MEMBERS) -> Grouping:
    """The rules of a file that was checked, ready for use; an incident takes at most `most` members."""
    flood = FloodRule(file.flood.begins, file.flood.ends_below, span(file.flood.within))
    rules = tuple(_rule(name, spec, departments) for name, spec in file.group.items())
    version = blake2s(msgspec.json.encode(file, order="deterministic"), digest_size=6).hexdigest()
    return Grouping(version, file.owner, span(file.reopen), most, flood, rules)


def distance(one: Member, other: Member) -> float:
    """Metres between two alerts; infinite where one has no place."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return float("inf")
    east = (one.lon - other.lon) * cos(radians((one.lat + other.lat) / 2))
    return hypot(east, one.lat - other.lat) * DEGREE


def _cell(one: Member, metres: int) -> tuple[int, int] | None:
    """Row and column of an alert in a grid of this width; None where it has no place, or the rule no width."""
    if not metres or one.lon is None or one.lat is None:
        return None
    return floor(one.lat * DEGREE / metres), floor(one.lon * DEGREE * _NORTHERNMOST / metres)


def _rule(name: str, spec: GroupSpec, departments: Mapping[str, DepartmentSpec]) -> Rule:
    lead = departments[spec.lead] if spec.lead else None
    return Rule(
        id=name,
        title=spec.title,
        kind=spec.kind,
        within=span(spec.within),
        rules=frozenset(spec.rules),
        pairs=frozenset((*spec.pairs, *((two, one) for one, two in spec.pairs))),
        area=spec.area,
        metres=spec.metres,
        distinct=spec.distinct,
        lead=None if lead is None else Department(spec.lead, lead.name, lead.basis),
    )
