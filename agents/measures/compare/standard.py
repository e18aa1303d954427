"""Units against what their own mix of cases lets expect: indirect standardisation by matter × urgency × level. Pure.

Counted are the misses (not in time, late, sent back), which are the rarer part, each expected at the rate at which all units
together miss in its stratum. The ratio O/E has the exact limits of a Poisson count (Garwood 1936): these are wider than the
binomial ones the more misses there are, so that they name fewer units, never more. A case of a stratum in which no other unit
has any is compared with nobody: it is left out of both, and counted as `alone`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct

from agents.measures.compare.exact import poisson_interval
from agents.measures.compare.funnel import ALARM, WARNING


class Stratum(NamedTuple):
    """What is alike: the matter of a case, whether it is urgent, the level of the unit that has it."""

    matter: str
    urgent: bool
    level: str


class StratumCase(NamedTuple):
    """A case of a unit, and whether it was missed."""

    unit: str
    stratum: Stratum
    missed: bool


class Expectation(Struct, frozen=True):
    """What a unit missed (`observed`) and what its mix lets expect, of `of` cases that others have too, and `alone` others.

    `ratio`: O/E, None where nothing is expected; `warning`, `alarm`: its exact limits of 95 % and 99.8 %.
    """

    observed: int
    expected: float
    of: int
    alone: int
    ratio: float | None = None
    warning: tuple[float, float] | None = None
    alarm: tuple[float, float] | None = None


def expectations(cases: Iterable[StratumCase]) -> dict[str, Expectation]:
    """What each unit is expected to miss at the common rates of its strata."""
    missed, due = Counter[Stratum](), Counter[Stratum]()
    units: dict[Stratum, set[str]] = defaultdict(set)
    by_unit: dict[str, Counter[Stratum]] = defaultdict(Counter)
    observed: dict[str, Counter[Stratum]] = defaultdict(Counter)
    for unit, stratum, is_missed in cases:
        missed[stratum] += is_missed
        due[stratum] += 1
        units[stratum].add(unit)
        by_unit[unit][stratum] += 1
        observed[unit][stratum] += is_missed
    shared = {stratum: missed[stratum] / due[stratum] for stratum, there in units.items() if len(there) > 1}
    return {unit: _expected(of, observed[unit], shared) for unit, of in by_unit.items()}


def _expected(of: Counter[Stratum], observed: Counter[Stratum], rates: Mapping[Stratum, float]) -> Expectation:
    count = sum(observed[stratum] for stratum in of if stratum in rates)
    expected = sum(number * rates[stratum] for stratum, number in of.items() if stratum in rates)
    held = sum(number for stratum, number in of.items() if stratum in rates)
    alone = of.total() - held
    if not expected:
        return Expectation(count, expected, held, alone)
    warning, alarm = (poisson_interval(count, level) for level in (WARNING, ALARM))
    return Expectation(
        observed=count,
        expected=expected,
        of=held,
        alone=alone,
        ratio=count / expected,
        warning=(warning[0] / expected, warning[1] / expected),
        alarm=(alarm[0] / expected, alarm[1] / expected),
    )
