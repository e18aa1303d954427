"""Who answers for a matter at a place: the place's duty list (责任清单) as data, read with the bodies of the day.

A row of the list says by rule, event type, topic or department who is responsible; where nothing fits, where a body would judge
itself, or where nobody has the duty any more, it goes up, with the reason.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from streams.messages import Text
from streams.organs.unit import HOUSES, Unit, UnitKind, Units

DISTRICT = 6
"""Digits of a district's adcode; a street has nine, a district's code first."""

HERE = "@"
"""What follows the role of a body that acts in the district of the matter: `um@`, `government@`, `street@`."""

DEPARTMENT = "department"
"""In a row: the department of the rule that found the matter."""

OFFICE = "office"
"""In a row: the general office of the city's government."""

_ASIDE = "回避：信访工作条例 第二十八条、第三十条"
"""Why a body does not handle what is said of itself."""

_DISCIPLINE = Text(
    "检举控告公职人员违纪违法的，转纪检监察机关，不经本平台派单",
    "what accuses officials of offences goes to the organs of discipline, not through orders here",
)
"""What is said beside every complaint about a body."""

_TIES: Mapping[UnitKind, Text] = {
    "branch": Text("市级部门的派出机构，隶属", "the city department's own branch"),
    "bureau": Text("区县部门，业务指导", "the district's department, guided by the city's"),
    "zone": Text("管理委员会", "the committee of the zone"),
    "government": Text("下一级政府", "the government next below"),
}
"""Whose the body is that acts in a district."""

_NO_ROW = Text("责任清单没有对应的条目", "the list of duties has no row for it")


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of the duty list: what fits it, and who has the duty, from a first day to before a last one.

    Empty selectors fit everything. `adcode`: with what the code of the place begins. Departments and bodies are ids or roles
    (`um`); a body also `department`, that of the rule, `office` (办公厅), or `role@`, who acts in the district: `um@`,
    `department@`, `government@`, `street@`.
    """

    rule: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    subject: tuple[str, ...] = ()
    adcode: tuple[str, ...] = ()
    main: str
    supports: tuple[str, ...] = ()
    assists: tuple[str, ...] = ()
    supervising: str = ""
    upward: bool = False
    since: date | None = None
    until: date | None = None
    why: Text = Text("", "")
    basis: str

    def fits(self, asked: "Asked", adcode: str, role: str) -> bool:
        """Whether the row speaks of this matter, at a place and on its day."""
        return (
            (not self.rule or asked.rule in self.rule)
            and (not self.type or asked.type in self.type)
            and (not self.topic or asked.topic in self.topic)
            and (not self.department or role in self.department or asked.department in self.department)
            and (not self.subject or asked.subject in self.subject)
            and (not self.adcode or (bool(adcode) and adcode.startswith(self.adcode)))
            and (self.since is None or self.since <= asked.day)
            and (self.until is None or asked.day < self.until)
        )

    def precedence(self) -> tuple[int, int, int, bool]:
        """What goes before: a rule, a topic, a type, a department; among equals more of these, a longer code, a subject."""
        given = (self.rule, self.topic, self.type, self.department)
        first = next((len(given) - n for n, each in enumerate(given) if each), 0)
        return first, sum(map(bool, given)), max(map(len, self.adcode), default=0), bool(self.subject)


class Asked(Struct, frozen=True, kw_only=True):
    """A matter: what found it, where it lies, whom it is about, and who has an interest in it.

    `rule`, `type` (of event) or `topic` (of a request), what is known; `department` (`zz-ee`): of the rule. `adcode`: of the
    district or street; without it `lon` and `lat` (degrees, WGS-84). `subject`: its kind. `accused`: who is complained of.
    """

    day: date
    rule: str = ""
    type: str = ""
    topic: str = ""
    department: str = ""
    adcode: str = ""
    lon: float | None = None
    lat: float | None = None
    subject: str = ""
    accused: str = ""
    interests: tuple[str, ...] = ()


class DutyList(Struct, frozen=True, kw_only=True):
    """What a place routes by: its list, the nearest place's rows first, and what its words mean there.

    `code`: of the city; `home`: its government. `roles`: departments by role. `acting`: by role and district who acts there.
    `districts`: the names of districts and zones by code. `areas`: districts with a shape (shapely, degrees WGS-84).
    """

    routes: tuple[tuple[Route, ...], ...]
    code: str
    home: str
    roles: Mapping[str, str]
    acting: Mapping[tuple[str, str], str]
    districts: Mapping[str, Text]
    areas: Mapping[str, Any] = {}


class Routing(Struct, frozen=True):
    """Who answers (主办), who works with it (协办), who helps (协助), who supervises; ids. `why`: each step of the reasoning.

    `upward`: it went up, for nobody at the place may decide it, or the one who would is concerned.
    """

    main: str
    supports: tuple[str, ...]
    assists: tuple[str, ...]
    supervising: str
    basis: str
    why: tuple[Text, ...]
    upward: bool


Why = list[Text]

_UP = Route(main=OFFICE, basis="国办函〔2025〕66号（五）：职责不清的会商明确；仍有争议的由政府办公厅确定")
"""What is done where the list has no row: the general office decides who answers."""


def route(duties: DutyList, units: Units, asked: Asked) -> Routing:
    """Who answers for a matter; every matter has somebody, the general office of the city's government at the last."""
    why: Why = []
    adcode = _adcode(duties, units, asked, why)
    role = role_of(duties, asked.department)
    row = None if adcode is None else chosen(duties, asked, adcode, role)
    if row is None and adcode is not None:
        why.append(_NO_ROW)
    place = _Placed(duties, units, asked, adcode or "", role)
    return place.routed(row or _UP, why)


def chosen(duties: DutyList, asked: Asked, adcode: str, role: str) -> Route | None:
    """The row that counts: of the nearest place's list the most particular, the first of equals; None where none fits."""
    for rows in duties.routes:
        if fitting := [row for row in rows if row.fits(asked, adcode, role)]:
            return max(fitting, key=Route.precedence)
    return None


def districts_at(areas: Mapping[str, Any], lon: float, lat: float) -> tuple[str, ...]:
    """The codes of the districts in which a point lies (degrees, WGS-84): none outside all, two on a border."""
    from shapely.geometry import Point  # noqa: PLC0415 - who knows the adcode needs no geometry

    point = Point(lon, lat)
    return tuple(code for code, area in areas.items() if area.covers(point))


def role_of(duties: DutyList, department: str) -> str:
    """The role of a department that is named by it, or by its id at any place (`zz-ee`)."""
    return department if department in duties.roles else department.partition("-")[2]


def _adcode(duties: DutyList, units: Units, asked: Asked, why: Why) -> str | None:
    """The code of the place: empty for the whole city or an unknown place, None outside the city."""
    if not asked.adcode:
        known = asked.lon is not None and asked.lat is not None and duties.areas
        return _located(duties, asked.lon or 0.0, asked.lat or 0.0, why) if known else ""
    if asked.adcode[:DISTRICT] in duties.districts:
        return asked.adcode
    if asked.adcode in {duties.code, duties.code + "00"}:
        return ""
    if joined := _joined(duties, units, asked, why):
        return joined
    why.append(Text(f"{asked.adcode}不是本市的区县代码", f"{asked.adcode} is no district of this city"))
    return None


def _joined(duties: DutyList, units: Units, asked: Asked, why: Why) -> str:
    """The district that has been in the place of a former one since before the day; empty where there is none."""
    former = next((each for each in units if each.kind == "government" and each.adcode == asked.adcode[:DISTRICT]), None)
    now = units.standing(former.id, asked.day) if former else None
    if former is None or now is None or now.adcode not in duties.districts:
        return ""
    en = f"{former.name.en} is no more: {now.name.en} has its duties"
    why.append(Text(f"{former.name.zh}已撤销，职责属{now.name.zh}", en))
    return now.adcode


def _located(duties: DutyList, lon: float, lat: float, why: Why) -> str | None:
    found = districts_at(duties.areas, lon, lat)
    where = _listed(duties.districts[each] for each in found)
    if not found:
        why.append(Text(f"坐标{lon}, {lat}不在本市", f"{lon}, {lat} lies outside this city"))
        return None
    if len(found) > 1:
        why.append(
            Text(f"坐标在{where.zh}的界线上，不能自动定区", f"the point is on the border of {where.en}: no district is chosen")
        )
        return ""
    why.append(Text(f"坐标落在{where.zh}", f"the point lies in {where.en}"))
    if (zones := _listed(name for code, name in duties.districts.items() if code not in duties.areas)).zh:
        en = f"the map has no border of {zones.en}: what lies there is reassigned by hand"
        why.append(Text(f"地图没有{zones.zh}的界线：实在其中的须人工改派", en))
    return found[0]


def _listed(names: Iterable[Text]) -> Text:
    found = tuple(names)
    return Text("、".join(each.zh for each in found), ", ".join(each.en for each in found))


class _Placed(Struct, frozen=True):
    """A matter with its district and the role of its department."""

    duties: DutyList
    units: Units
    asked: Asked
    adcode: str
    role: str

    def routed(self, row: Route, why: Why) -> Routing:
        """Who answers by a row of the list, past those who are concerned."""
        listed = self.main(row, why)
        concerned = self.concerned(why)
        main = listed or self.office()
        aside = self.is_concerned(main.id, concerned)
        if aside:
            main = self.past(main.id, concerned, why)
        supervising = self.body(row.supervising)
        if supervising is None or supervising.id == main.id or self.is_concerned(supervising.id, concerned):
            supervising = self.over(main.id, concerned)
        if listed and row.why.zh:
            why.append(row.why)
        taken = {main.id, supervising.id if supervising else ""}
        supports = self.others(row.supports, taken, concerned)
        basis = row.basis if listed else _UP.basis
        return Routing(
            main=main.id,
            supports=supports,
            assists=self.others(row.assists, taken | set(supports), concerned),
            supervising=supervising.id if supervising else "",
            basis=f"{basis}；{_ASIDE}" if aside else basis,
            why=tuple(why),
            upward=row.upward or aside or listed is None,
        )

    def body(self, word: str) -> Unit | None:
        """The body that a word of the list means here and on the day; None where there is none."""
        return self.units.standing(self.meant(word), self.asked.day)

    def meant(self, word: str) -> str:
        """The id that a word of the list means here; empty where the place has none for it."""
        duties = self.duties
        if word == OFFICE:
            return self.office().id
        if word.endswith(HERE):
            role = word.removesuffix(HERE)
            role = self.role if role == DEPARTMENT else role
            return duties.acting.get((role, self.adcode[:DISTRICT])) or duties.acting.get((role, self.adcode), "")
        if word == DEPARTMENT:
            return duties.roles.get(self.role, "")
        return duties.roles.get(word, word)

    def office(self) -> Unit:
        """The general office of the city's government; the government where none is listed."""
        home = self.units.get(self.duties.home)
        if home is None:
            raise ValueError(f"duty list: home {self.duties.home!r} is no body: list the city's government")
        return self.units.office(home.id) or home

    def main(self, row: Route, why: Why) -> Unit | None:
        """Who answers by the row; None where nobody has the duty, with the reason."""
        if row is _UP:
            return None
        meant = self.meant(row.main)
        acts = bool(meant) and row.main.endswith(HERE)
        if not meant and row.main.endswith(HERE):
            role = row.main.removesuffix(HERE)
            meant = self.office().id if role == "government" else self.meant(role)
            why.append(self._directly(meant) if meant in self.units else _NO_ROW)
        if meant not in self.units:
            return None
        found = self.units.standing(meant, self.asked.day)
        if found is None or found.id != meant:
            why.append(self._ended(meant, found))
        elif acts and found.kind in _TIES:
            why.append(self._acts(found))
        return found

    def concerned(self, why: Why) -> tuple[str, ...]:
        """Those who may not decide: who is complained of, and who has an interest."""
        named = tuple(dict.fromkeys(filter(None, (self.asked.accused, *self.asked.interests))))
        for each in named:
            if each not in self.units:
                en = f"“{each}”, complained of or concerned, is no body of this city"
                why.append(Text(f"被投诉或者有利害关系的“{each}”不是本市的单位", en))
        return tuple(each for each in named if each in self.units)

    def is_concerned(self, id: str, concerned: tuple[str, ...]) -> bool:
        """Whether a body is one of these, belongs to one, or is guided by one or by whom one belongs to."""
        guide = self.units.guide(id)
        return any(self.units.is_within(id, each) or bool(guide and self.units.is_within(each, guide.id)) for each in concerned)

    def past(self, passed: str, concerned: tuple[str, ...], why: Why) -> Unit:
        """The nearest body above those concerned that is not concerned itself; the general office where there is none."""
        about = [each for each in concerned if self.is_concerned(passed, (each,))]
        above = ((each, self._acting_for(superior, concerned)) for each in about for superior in self._above(each))
        free = ((each, unit) for each, unit in above if unit and not self.is_concerned(unit.id, concerned))
        cause, found = next(free, (about[0], self.office()))
        why.append(self._passed(passed, cause, found))
        if cause == self.asked.accused:
            why.append(_DISCIPLINE)
        return found

    def over(self, id: str, concerned: tuple[str, ...]) -> Unit | None:
        """Who supervises a body: who guides its work, else to whom it belongs; for a government its general office."""
        nearest = [guide] if (guide := self.units.guide(id)) else []
        for superior in (*nearest, *self.units.above(id)):
            found = self._acting_for(superior, (*concerned, id))
            if found and found.id != id and not self.is_concerned(found.id, concerned):
                return found
        return None

    def others(self, words: tuple[str, ...], taken: set[str], concerned: tuple[str, ...]) -> tuple[str, ...]:
        """The bodies that these words mean here, but for those taken and concerned."""
        found = (unit.id for word in words if (unit := self.body(word)))
        return tuple(dict.fromkeys(each for each in found if each not in taken and not self.is_concerned(each, concerned)))

    def _above(self, id: str) -> Iterator[Unit]:
        """Those above a body, the nearest first; who guides its work where it belongs to nobody."""
        unit: Unit | None = self.units.superior(id) or self.units.guide(id)
        while unit:
            yield unit
            unit = self.units.superior(unit.id) or self.units.guide(unit.id)

    def _acting_for(self, superior: Unit, concerned: tuple[str, ...]) -> Unit | None:
        """Who takes what goes to a body: a government's general office, unless that is concerned."""
        standing = self.units.standing(superior.id, self.asked.day)
        office = self.units.office(standing.id) if standing and standing.kind in HOUSES else None
        return office if office and office.id not in concerned else standing

    def _acts(self, unit: Unit) -> Text:
        where, tie = self.duties.districts[self.adcode[:DISTRICT]], _TIES[unit.kind]
        return Text(f"{where.zh}的承办机构是{unit.name.zh}（{tie.zh}）", f"{unit.name.en} acts in {where.en} ({tie.en})")

    def _directly(self, id: str) -> Text:
        name = self._name(id)
        if not self.adcode:
            return Text(f"没有可定区的地点，由{name.zh}直接承办", f"no district is known: {name.en} answers itself")
        where = self.duties.districts[self.adcode[:DISTRICT]]
        return Text(
            f"责任清单没有列出{name.zh}在{where.zh}的承办机构，由其直接承办",
            f"the list names nobody who acts for {name.en} in {where.en}: it answers itself",
        )

    def _ended(self, id: str, found: Unit | None) -> Text:
        name, day = self._name(id), self.asked.day
        if found:
            en = f"{name.en} is not there on {day}: {found.name.en} has its duties"
            return Text(f"{name.zh}在{day}不存在，职责属{found.name.zh}", en)
        return Text(f"{name.zh}在{day}不存在，没有承继单位", f"{name.en} is not there on {day}, and nobody has its duties")

    def _passed(self, passed: str, cause: str, found: Unit) -> Text:
        main, name = self._name(passed), self._name(cause)
        zh, en = ("反映的是", "is complained of") if cause == self.asked.accused else ("有利害关系的是", "has an interest")
        return Text(
            f"{zh}{name.zh}：不交{main.zh}办理，交{found.name.zh}",
            f"{name.en} {en}: not {main.en} but {found.name.en} answers",
        )

    def _name(self, id: str) -> Text:
        return unit.name if (unit := self.units.get(id)) else Text(id, id)
