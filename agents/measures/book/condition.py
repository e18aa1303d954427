"""Conditions on a case, by name: a closed vocabulary of five tests and three ways to put them together. Pure.

`among`: the field has one of these values; `at_least`: its number is so high; `known`: there is one; `by`: its moment is known
and not after that of another field; `passed`: its moment lies before now. `all`, `any`, `not` name other conditions. A flag is
a test by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from agents.measures.cases.case import FIELDS, CaseHead, FieldKind
from streams.messages import Text

Test = Callable[[CaseHead, int], bool]
"""Whether something holds of a case at a time (ms)."""

Atom = tuple[Any, ...]
"""A test as a value: what is asked of which field."""

Formula = Callable[[Mapping[Atom, bool]], bool]
"""A condition by what its tests come to."""


class ConditionRow(Struct, frozen=True, forbid_unknown_fields=True, rename={"not_": "not"}):
    """One condition as `conditions.toml` has it: a test of `field`, or other conditions put together."""

    title: Text
    field: str = ""
    among: tuple[str, ...] | UnsetType = UNSET
    at_least: int | UnsetType = UNSET
    known: bool = False
    by: str = ""
    passed: bool = False
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    not_: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The other conditions that it names."""
        return (*self.all, *self.any, *((self.not_,) if self.not_ else ()))

    @property
    def atom(self) -> Atom:
        """Its test; empty where it puts others together."""
        if not self.field:
            return ()
        among = () if self.among is UNSET else self.among
        least = None if self.at_least is UNSET else self.at_least
        return self.field, among, least, self.known, self.by, self.passed


_FITS: Mapping[str, tuple[FieldKind, ...]] = {
    "among": ("word",),
    "at_least": ("number",),
    "known": ("word", "number", "moment"),
    "by": ("moment",),
    "passed": ("moment",),
}


def wrongs(rows: Mapping[str, ConditionRow]) -> Iterator[tuple[str, str]]:
    """What is wrong with conditions, by name."""
    for name, row in rows.items():
        yield from ((name, wrong) for wrong in _wrong(row))
        if unknown := [each for each in row.names if each not in rows]:
            yield name, f"there is no condition {', '.join(map(repr, unknown))}"
    for name in rows:
        if circle := _circle(name, rows, ()):
            yield name, f"it goes in a circle: {' → '.join(circle)}"


def _wrong(row: ConditionRow) -> Iterator[str]:
    asked = {
        "among": row.among is not UNSET,
        "at_least": row.at_least is not UNSET,
        "known": row.known,
        "by": bool(row.by),
        "passed": row.passed,
    }
    tests = [name for name, is_asked in asked.items() if is_asked]
    together = [name for name in ("all", "any", "not_") if getattr(row, name)]
    if len(together) + bool(row.field) != 1 or len(tests) > 1 or (tests and not row.field):
        yield "a condition is one test of a field, or one of all, any, not"
        return
    if not row.field:
        return
    for field in (row.field, row.by):
        if field and field not in FIELDS:
            yield f"a case has no field {field!r}; fields are {', '.join(FIELDS)}"
            return
    kind = FIELDS[row.field].kind
    if not tests and kind != "flag":
        yield f"{row.field} is a {kind}: among, at_least, known, by or passed says what is asked of it"
    if tests and kind not in _FITS[tests[0]]:
        yield f"{tests[0]} asks nothing of {row.field}, which is a {kind}"
    if row.by and FIELDS[row.by].kind != "moment":
        yield f"by names a moment, {row.by} is a {FIELDS[row.by].kind}"


def _circle(name: str, rows: Mapping[str, ConditionRow], way: tuple[str, ...]) -> tuple[str, ...]:
    """The way from a condition back to itself; empty where there is none."""
    if name in way:
        return (*way, name) if way[0] == name else ()
    found = (_circle(each, rows, (*way, name)) for each in rows[name].names if each in rows)
    return next((circle for circle in found if circle), ())


def compiled(name: str, rows: Mapping[str, ConditionRow]) -> Test:
    """A sound condition as a test of cases."""
    row = rows[name]
    if row.field:
        return _test(row)
    parts = [compiled(each, rows) for each in row.names]
    if row.not_:
        (part,) = parts
        return lambda case, now: not part(case, now)
    if row.all:
        return lambda case, now: all(part(case, now) for part in parts)
    return lambda case, now: any(part(case, now) for part in parts)


def _test(row: ConditionRow) -> Test:
    field, by = row.field, row.by
    if row.among is not UNSET:
        words = frozenset(row.among)
        return lambda case, _: getattr(case, field) in words
    if row.at_least is not UNSET:
        least = row.at_least
        return lambda case, _: (value := getattr(case, field)) is not None and value >= least
    if row.known:
        return lambda case, _: getattr(case, field) not in {None, ""}
    if by:
        return lambda case, _: _by(getattr(case, field), getattr(case, by))
    if row.passed:
        return lambda case, now: (value := getattr(case, field)) is not None and value < now
    return lambda case, _: bool(getattr(case, field))


def _by(value: int | None, other: int | None) -> bool:
    return value is not None and other is not None and value <= other


def formula(name: str, rows: Mapping[str, ConditionRow]) -> Formula:
    """A sound condition by what its tests come to."""
    row = rows[name]
    if row.field:
        atom = row.atom
        return lambda truth: truth[atom]
    parts = [formula(each, rows) for each in row.names]
    if row.not_:
        (part,) = parts
        return lambda truth: not part(truth)
    if row.all:
        return lambda truth: all(part(truth) for part in parts)
    return lambda truth: any(part(truth) for part in parts)


def atoms(names: tuple[str, ...], rows: Mapping[str, ConditionRow]) -> dict[Atom, ConditionRow]:
    """The tests below these conditions, each once."""
    found: dict[Atom, ConditionRow] = {}
    for name in names:
        row = rows[name]
        found |= {row.atom: row} if row.field else atoms(row.names, rows)
    return found
