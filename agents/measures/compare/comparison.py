"""The units of a measure beside each other: raw share, funnel and band among their kind, what their mix lets expect. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from agents.measures.book.measure import MeasureRow
from agents.measures.compare.bands import Band, Direction, UnitClass, band, class_of, rank_ranges
from agents.measures.compare.counted import CountedUnit, standing_units
from agents.measures.compare.funnel import Funnel, Limits, funnel
from agents.measures.compare.objected import ObjectedFigure, ObjectionMark
from agents.measures.compare.standard import Expectation, Stratum, StratumCase, expectations
from agents.measures.interval import wilson
from agents.measures.ledger import ABOUT, URGENT, Ledger
from streams.messages import Text
from streams.organs.unit import Units


class ComparedUnit(Struct, frozen=True, kw_only=True):
    """A unit among its kind: `count` of `of`, and the ids of the cases. Shares are 0 to 1.

    `low`, `high`: of Wilson, 95 %; `centre`, `around`, `limits`, `wide`, `phi`, `over`: as of `Funnel`. `band`: 分档, among its
    `kind`; `expected`: what its mix lets expect of misses; `merged`: units that have ended and are counted with it; `ranks`:
    best and worst, None where the place has stated no basis (`basis`) for a ranking.
    """

    measure: str
    unit: str
    kind: UnitClass
    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None
    centre: float | None
    around: str
    limits: Limits | None
    wide: Limits | None
    phi: float | None
    over: bool
    band: Band
    expected: Expectation
    merged: tuple[str, ...] = ()
    marks: tuple[ObjectionMark, ...] = ()
    ranks: tuple[int, int] | None = None
    basis: Text | None = None
    numerator: tuple[str, ...]
    rest: tuple[str, ...]


class _Among(Struct, frozen=True):
    """What units of one kind have together."""

    measure: str
    kind: UnitClass
    direction: Direction
    funnel: Funnel
    expected: Mapping[str, Expectation]
    ranks: Mapping[str, tuple[int, int]]
    basis: Text | None


def comparison(
    ledger: Ledger, row: MeasureRow, found: Sequence[ObjectedFigure], units: Units, day: date, basis: Text | None = None
) -> list[ComparedUnit]:
    """The units of a measure, whose `found` are its rows by unit, as the bodies are on a day, in the order of the place's list.

    `basis`: by what text they are ranked, None: they are not. ValueError of a time, which is no share.
    """
    if row.unit != "%":
        raise ValueError("a time is compared by its median and the age of what is open, not by a funnel: name a share")
    there = standing_units(found, units, day)
    kinds: dict[UnitClass, list[str]] = defaultdict(list)
    for unit in units:
        if unit.id in there and (kind := class_of(unit)):
            kinds[kind].append(unit.id)
    held = {name: there[name] for names in kinds.values() for name in names}
    expected = expectations(_strata(ledger, row, held, units))
    target = None if row.target is None else row.target / 100
    made: dict[str, ComparedUnit] = {}
    for kind, names in kinds.items():
        counts = {name: there[name].counts for name in names}
        ranks = rank_ranges(counts, row.direction) if basis else {}
        among = _Among(found[0].answer.measure, kind, row.direction, funnel(counts, target), expected, ranks, basis)
        made |= {name: _compared(name, there[name], among) for name in names}
    return [made[unit.id] for unit in units if unit.id in made]


def _compared(unit: str, counted: CountedUnit, among: _Among) -> ComparedUnit:
    row, around = among.funnel.rows[unit], among.funnel
    low, high = wilson(row.count, row.of) if row.of else (None, None)
    return ComparedUnit(
        measure=among.measure,
        unit=unit,
        kind=among.kind,
        count=row.count,
        of=row.of,
        share=row.count / row.of if row.of else None,
        low=low,
        high=high,
        centre=around.centre,
        around=around.around,
        limits=row.limits,
        wide=row.wide,
        phi=around.phi,
        over=around.over,
        band=band(row.position, among.direction),
        expected=among.expected.get(unit, Expectation(0, 0.0, 0, 0)),
        merged=tuple(counted.merged),
        marks=tuple(counted.marks),
        ranks=among.ranks.get(unit),
        basis=among.basis,
        numerator=tuple(sorted(counted.numerator)),
        rest=tuple(sorted(counted.rest)),
    )


def _strata(ledger: Ledger, row: MeasureRow, there: dict[str, CountedUnit], units: Units) -> Iterator[StratumCase]:
    about, urgent, words = ledger.columns[ABOUT], ledger.columns[URGENT], ledger.codes.words
    for name, counted in there.items():
        unit = units.get(name)
        level = unit.level if unit else ""
        for done, cases in ((True, counted.numerator), (False, counted.rest)):
            missed = done == (row.direction == "lower")
            for place in map(ledger.columns.rows.__getitem__, cases):
                yield StratumCase(name, Stratum(words[about[place]], bool(urgent[place]), level), missed)
