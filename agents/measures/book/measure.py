"""One measure as data, and what would make it dishonest. Pure."""

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Literal

from msgspec import Struct

from agents.measures.book.condition import Atom, ConditionRow, atoms, formula
from agents.measures.cases.case import FIELDS, FORMS, Population
from streams.messages import Text
from streams.messages.outputs.order import Basis

Provenance = Literal["国家标准", "上级文件", "本市办法", "本系统自定"]
"""Whose measure it is."""

Dimension = Literal["unit", "district", "domain"]
"""For whom it is reckoned."""

MOST_TESTS = 16
"""How many tests a measure may rest on, all combinations of which are looked at when it is read; a choice."""


class MeasureRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measure, as a file of the book has it.

    `population`: what is counted; `where`: which of them; `denominator`: what of these was due; `numerator`: what of that was
    done; `exclusions`: what of it is left out by an approved decision, the first that holds is the reason. All are names of
    conditions, which hold together. A time has no numerator: `ends` is the moment at which it ends that `begins` begins.
    `counts_in`: the moment by whose month it counts. `reading`: 考核口径 (approved exclusions, granted time) or 分析口径.
    `target`: a share (%), or none. `mark`: how sure the source is.
    """

    name: Text
    what: Text
    population: Population
    where: tuple[str, ...]
    denominator: tuple[str, ...]
    numerator: tuple[str, ...] = ()
    begins: str = ""
    ends: str = ""
    exclusions: tuple[str, ...] = ()
    counts_in: str
    unit: Literal["%", "h"] = "%"
    direction: Literal["higher", "lower"]
    target: float | None = None
    reading: Literal["assessment", "analysis"] = "assessment"
    provenance: Provenance
    source: Text
    mark: Basis
    by: tuple[Dimension, ...] = ("unit", "district", "domain")

    @property
    def due(self) -> tuple[str, ...]:
        """The conditions of its denominator, all of which hold."""
        return (*self.where, *self.denominator)

    @property
    def moments(self) -> tuple[str, ...]:
        """Of a time the moments with which it begins and ends; of a share none."""
        return (self.begins, self.ends) if self.ends else ()


def wrongs(row: MeasureRow, rows: Mapping[str, ConditionRow]) -> Iterator[str]:
    """What is wrong with a measure, by sound conditions."""
    named = (*row.due, *row.numerator, *row.exclusions)
    if unknown := [each for each in named if each not in rows]:
        yield f"there is no condition {', '.join(map(repr, unknown))}"
        return
    form = FORMS[row.population].__struct_fields__
    asked = {field for each in atoms(named, rows).values() for field in (each.field, each.by) if field}
    if strange := sorted((asked | {row.counts_in, row.begins, row.ends} - {""}) & FIELDS.keys() - set(form)):
        yield f"a case of {row.population} has no {', '.join(strange)}"
    if not row.denominator:
        yield "it has no denominator: what was due?"
    if not (row.source.zh.strip() and row.source.en.strip()):
        yield "its source has no words: by what text is it measured so?"
    yield from _form(row)
    yield from _target(row)
    field = FIELDS.get(row.counts_in)
    if field is None or field.month is None:
        yield f"counts_in {row.counts_in!r} is no moment by whose month a case counts"
        return
    if len(atoms(named, rows)) > MOST_TESTS:
        yield f"it rests on more than {MOST_TESTS} tests: put it more simply"
        return
    if not field.always and not _implied(row.due, lambda atom: _tells(atom, row.counts_in), rows):
        yield f"its denominator holds cases of which {row.counts_in} is not known: in which month would they count?"
    if row.numerator and not within(row.numerator, row.due, rows):
        yield "its numerator is not within its denominator: name the conditions of where and denominator in it too"


def within(inner: tuple[str, ...], outer: tuple[str, ...], rows: Mapping[str, ConditionRow]) -> bool:
    """Whether whatever the inner conditions hold of, the outer ones hold of, by their names and tests alone."""
    holds, needed = (tuple(formula(each, rows) for each in names) for names in (inner, outer))
    return all(
        all(each(truth) for each in needed) or not all(each(truth) for each in holds)
        for truth in _truths(tuple(atoms((*inner, *outer), rows)))
    )


def _implied(names: tuple[str, ...], tells: Callable[[Atom], bool], rows: Mapping[str, ConditionRow]) -> bool:
    """Whether these conditions never hold together without one of the tests that tell a moment."""
    tests = tuple(formula(each, rows) for each in names)
    found = tuple(atoms(names, rows))
    return all(
        any(truth[atom] for atom in found if tells(atom)) or not all(each(truth) for each in tests) for truth in _truths(found)
    )


def _tells(atom: Atom, moment: str) -> bool:
    """Whether a test that holds says that a moment is known."""
    field, _, _, known, by, passed = atom
    return (field == moment and bool(known or passed or by)) or by == moment


def _truths(found: tuple[Atom, ...]) -> Iterator[dict[Atom, bool]]:
    return (dict(zip(found, values, strict=True)) for values in product((True, False), repeat=len(found)))


def _form(row: MeasureRow) -> Iterator[str]:
    if row.unit == "%" and (not row.numerator or row.begins or row.ends):
        yield "a share has a numerator, and neither begins nor ends"
    if row.unit == "h":
        moments = [FIELDS[name].kind for name in (row.begins, row.ends) if name in FIELDS]
        if row.numerator or moments != ["moment", "moment"]:
            yield "a time has two moments, begins and ends, and no numerator"
        elif not FIELDS[row.begins].always:
            yield f"a time begins with a moment that every case has, not with {row.begins}"


def _target(row: MeasureRow) -> Iterator[str]:
    if row.target is None:
        return
    if row.unit != "%":
        yield "a time has no target here: its limit stands with the kind of order"
    elif not 0 <= row.target <= 100:
        yield f"a target of {row.target:g} % is no share"
    elif row.target == (100 if row.direction == "higher" else 0):
        yield "nobody is set a target that allows no single miss (国办函〔2025〕66号：不设置不切实际的目标要求)"
