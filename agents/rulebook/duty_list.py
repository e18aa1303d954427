"""Is a place's duty list sound: every word a body that may be given an order, no two rows alike, every rule with somebody."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations, product
from pathlib import Path

from msgspec import Struct

from agents.core.rules.rule import RuleSpec
from agents.rulebook.tables import Problem
from streams import places
from streams.catalogue import domains
from streams.locate import line_of, line_of_error, line_of_row
from streams.organs.correspondence import Correspondence, may_write
from streams.organs.routing import DEPARTMENT, HERE, OFFICE, Asked, DutyList, Route, chosen, role_of
from streams.organs.unit import Units
from streams.places import organs

FIELDS = ("main", "supports", "assists", "supervising")
"""The fields of a row that name bodies."""

_AT_ROW = "`$.route["
_SELECTORS = ("rule", "topic", "type", "department", "subject")


class Ruled(Struct, frozen=True):
    """What is asked of the list for a rule: its department, the types of event that it reads, and the kinds of its subjects."""

    department: str
    types: tuple[str, ...]
    subjects: tuple[str, ...] = ()


class _Row(Struct, frozen=True):
    file: Path
    nth: int
    row: Route

    def problem(self, field: str, message: str) -> Problem:
        return Problem(str(self.file), self.line(field), f"route {self.nth + 1}", message)

    def line(self, field: str = "") -> int:
        return line_of_row(self.file.read_text("utf-8"), "route", self.nth, field)


_Answer = tuple[str, Ruled, str, Route | None]
"""A rule, what it asks, a district, and the row that counts there."""


class _Place(Struct, frozen=True):
    """What a place's rows are held against, on a day."""

    duties: DutyList
    units: Units
    rules: Mapping[str, Ruled]
    papers: Correspondence
    day: date


def duty_list_problems(code: str, rules: Mapping[str, Ruled], day: date, root: Path = places.ROOT) -> list[Problem]:
    """Everything that is wrong with the duty list and the bodies of a place; a file that cannot be read alone."""
    try:
        place = _Place(organs.routes(code, root), organs.units(code, root), rules, organs.correspondence(root), day)
    except ValueError as error:
        return [_unreadable(str(error))]
    rows = [_Row(file, n, row) for file in organs.route_files(code, root) for n, row in enumerate(_rows(file))]
    found = [*_ended(place, code, root)]
    for each in rows:
        found += [*_unknown_bodies(place, each), *_unfit(place, each), *_nothing(place, each)]
    asked = list(_asked(place))
    found += [*_alike(rows), *_uncovered(asked, rows, code, root), *_nobody(place, asked, code, root)]
    return found


def _rows(file: Path) -> tuple[Route, ...]:
    return places.read(file, organs.RouteFile).route


def _unreadable(message: str) -> Problem:
    """A file that is no TOML, or says what no body or row may say: its place as far as the error tells it."""
    name, _, said = message.partition(": ")
    file = Path(name)
    text = file.read_text("utf-8") if file.is_file() else ""
    unit = said.removeprefix("unit.").removeprefix("unit ").partition(":")[0]
    if _AT_ROW in said:
        nth, _, field = said.partition(_AT_ROW)[2].partition("]")
        line = line_of_row(text, "route", int(nth), field.strip("`.").partition("[")[0])
    elif "`$.unit" in said:
        line = line_of(text, "unit", said.partition("`$.unit.")[2].partition(".")[0])
    else:
        line = line_of(text, "unit", unit) if said.startswith("unit") else line_of_error(said)
    return Problem(name, line, unit if said.startswith("unit") else "", f"{said}; correct it")


def _ended(place: _Place, code: str, root: Path) -> Iterator[Problem]:
    """Bodies that have ended and left their duties to nobody."""
    for unit in place.units:
        if not unit.exists(place.day) and unit.until and place.units.standing(unit.id, place.day) is None:
            file = next(
                (each for each in places.files(code, organs.UNITS, root)[::-1] if unit.id in each.read_text("utf-8")), None
            )
            if file:
                line = line_of(file.read_text("utf-8"), "unit", unit.id, "until")
                yield Problem(str(file), line, unit.id, f"it ended on {unit.until} and has no successor: name one")


def _words(row: Route) -> Iterator[tuple[str, str]]:
    for field in FIELDS:
        value: str | tuple[str, ...] = getattr(row, field)
        yield from ((field, word) for word in ((value,) if isinstance(value, str) else value) if word)


def _body(place: _Place, word: str) -> str:
    """The id of a word that means the same body in every district; empty for one that does not, or is unknown."""
    meant = place.duties.roles.get(word, word)
    return meant if meant in place.units else ""


def _unknown_bodies(place: _Place, each: _Row) -> Iterator[Problem]:
    duties = place.duties
    here = {DEPARTMENT, *duties.roles, *(role for role, _ in duties.acting)}
    for field, word in _words(each.row):
        if word.endswith(HERE):
            if word.removesuffix(HERE) not in here:
                yield each.problem(field, f"{word!r}: no body acts so in the districts; known are {', '.join(sorted(here))}")
        elif word in {DEPARTMENT, OFFICE}:
            continue
        elif not (body := _body(place, word)):
            yield each.problem(field, f"{word!r} is no body of this place: list it in units.toml, or correct the word")
        elif place.units.standing(body, place.day) is None:
            yield each.problem(field, f"{word!r} has ended, and nobody has its duties on {place.day}: name who has them")


def _unfit(place: _Place, each: _Row) -> Iterator[Problem]:
    """Bodies that may not be given what the row gives them."""
    for field, word in _words(each.row):
        body = place.units.get(_body(place, word))
        if body is None or field == "supervising":
            continue
        if body.kind == "enterprise":
            yield each.problem(field, f"{word!r} is an enterprise, which receives no order: name who supervises it")
        elif body.kind == "community" and field != "assists":
            yield each.problem(field, f"{word!r} is a village or community, which only assists: write it into `assists`")
        elif body.kind != "community" and not _may_receive(place, body.id):
            yield each.problem(field, f"{word!r} may be given no order by any body of this city: name one that may")


def _may_receive(place: _Place, receiver: str) -> bool:
    home = place.units.office(place.duties.home)
    city = [unit.id for unit in place.units if unit.parent in {place.duties.home, home.id if home else ""}]
    return any(may_write(place.papers, place.units, sender, receiver, "work-order").allowed for sender in city)


def _nothing(place: _Place, each: _Row) -> Iterator[Problem]:
    """Selectors that match no rule, type of event, department or district."""
    types = {type_ for ruled in place.rules.values() for type_ in ruled.types}
    subjects = {subject for ruled in place.rules.values() for subject in ruled.subjects}
    roles = {*place.duties.roles, *place.duties.roles.values()} | {unit.id for unit in place.units}
    topics = {topic for domain in domains().values() for topic in domain.topics}
    known = {"rule": set(place.rules), "type": types, "topic": topics, "department": roles, "subject": subjects}
    for field, names in known.items():
        for name in getattr(each.row, field):
            if name not in names:
                yield each.problem(
                    field, f"{name!r} is no {field} here: the row matches nothing by it, take it out or correct it"
                )
    for code in each.row.adcode:
        if not any(district.startswith(code) or code.startswith(district) for district in place.duties.districts):
            yield each.problem("adcode", f"{code!r} begins no district of this place: the row matches nothing by it")
    if each.row.since and each.row.until and each.row.until <= each.row.since:
        yield each.problem("until", f"it ends on {each.row.until}, before it began on {each.row.since}: correct a day")


def _alike(rows: Iterable[_Row]) -> Iterator[Problem]:
    """Rows of one file that fit the same matter and neither of which goes before the other."""
    for one, other in combinations(rows, 2):
        if one.file == other.file and one.row.precedence() == other.row.precedence() and _meet(one.row, other.row):
            yield other.problem("", f"it fits what the row of line {one.line()} fits, and neither goes before: part them")


def _meet(one: Route, other: Route) -> bool:
    for field in _SELECTORS:
        mine, theirs = set(getattr(one, field)), set(getattr(other, field))
        if mine and theirs and not mine & theirs:
            return False
    if one.adcode and other.adcode and not any(a.startswith(b) or b.startswith(a) for a in one.adcode for b in other.adcode):
        return False
    begin = max(one.since or date.min, other.since or date.min)
    return begin < min(one.until or date.max, other.until or date.max)


def _asked(place: _Place) -> Iterator[_Answer]:
    """Each rule in each district, with the row that counts."""
    for rule, ruled in place.rules.items():
        role = role_of(place.duties, ruled.department)
        for type_, subject in product(ruled.types or ("",), ruled.subjects or ("",)):
            asked = Asked(day=place.day, rule=rule, type=type_, subject=subject, department=ruled.department)
            for district in place.duties.districts:
                yield rule, ruled, district, chosen(place.duties, asked, district, role)


def _uncovered(asked: list[_Answer], rows: list[_Row], code: str, root: Path) -> Iterator[Problem]:
    file = rows[0].file if rows else root / code / organs.ROUTES
    without = dict.fromkeys(rule for rule, _, _, row in asked if row is None)
    for rule in without:
        yield Problem(str(file), 1, rule, f"no row covers the rule {rule!r}: it would go to the general office, write a row")


def _nobody(place: _Place, asked: list[_Answer], code: str, root: Path) -> Iterator[Problem]:
    """Roles for which a row asks who acts in the district, and nobody does."""
    missing: dict[str, dict[str, None]] = {}
    for _, ruled, district, row in asked:
        if row and row.main.endswith(HERE):
            role = row.main.removesuffix(HERE)
            role = role_of(place.duties, ruled.department) if role == DEPARTMENT else role
            if role != "street" and (role, district) not in place.duties.acting:
                missing.setdefault(role, {})[district] = None
    file = next(iter(places.files(code, "duties.toml", root)[::-1]), root / code / "duties.toml")
    for role, districts in missing.items():
        text = file.read_text("utf-8") if file.is_file() else ""
        where = f"nobody acts for {role!r} in {', '.join(districts)}"
        what = f"{where}: write [duty.{role}], or a row of {organs.ROUTES} that says who answers"
        yield Problem(str(file), line_of(text, "duty", role), role, what)


def rules_asked(rules: Mapping[str, RuleSpec]) -> Mapping[str, Ruled]:
    """What the list is asked for each rule of a rule book."""
    return {name: Ruled(spec.department, spec.on, spec.subjects) for name, spec in rules.items()}
