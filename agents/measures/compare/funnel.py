"""The funnel: which units' shares lie outside of what chance alone would do around a target or a common share. Pure.

Spiegelhalter (2005, Statistics in Medicine 24, 1185 to 1202): exact binomial limits of 95 % and 99.8 %. Where the units of a
kind as a whole differ more than by chance (over-dispersion), something that they do not share is not accounted for, and limits
that know of chance alone would name innocent ones: then a unit's cases count for 1/φ of a case each, φ by z values that are
winsorised at their tenths (Spiegelhalter 2005, Quality and Safety in Health Care 14, 347 to 351), and the answer says so. Of
fewer than ten units φ is not reckoned: one that is truly far off would hide behind itself.
"""

from collections.abc import Mapping, Sequence
from math import ceil, floor, sqrt
from typing import Literal

from msgspec import Struct

from agents.measures.compare.exact import binomial_limits

WARNING, ALARM = 0.95, 0.998
"""The two levels: data.md 52, Spiegelhalter 2005."""

FEWEST = 3
"""Units of a kind below which none is held against their common share: each would be held against itself. A choice."""

TENTH = 10
"""One of how many z values is set to the value of its tenth at each end."""

Position = Literal["far-above", "above", "within", "below", "far-below", "few", "none"]
"""Where a share lies: outside 99.8 %, outside 95 %, within; `few`: of so few no count is outside; `none`: it cannot be said."""


class Limits(Struct, frozen=True):
    """Between which counts of `of` a unit is no signal: lowest and highest at 95 % and at 99.8 %."""

    of: int
    warning: tuple[int, int]
    alarm: tuple[int, int]


class FunnelRow(Struct, frozen=True):
    """A unit in the funnel. `limits`: exact, of its cases; `wide`: of its cases by φ, None where φ is not significant."""

    count: int
    of: int
    position: Position
    limits: Limits | None
    wide: Limits | None = None


class Funnel(Struct, frozen=True):
    """A funnel of units of one kind.

    `centre`: the share (0 to 1) around which it stands; `around`: whether that is a target or their common share; `phi`: the
    dispersion, 1 by chance alone, None for fewer than ten units; `over`: whether it is more than chance explains.
    """

    centre: float | None
    around: Literal["target", "common"]
    phi: float | None
    over: bool
    rows: Mapping[str, FunnelRow]


def funnel(counts: Mapping[str, tuple[int, int]], target: float | None = None) -> Funnel:
    """The funnel of units of one kind, each `count` of `of`, around a target (0 to 1) or else their common share.

    Nobody is held against a common share of fewer than three units, nor where all have all or nothing.
    """
    there = {name: each for name, each in counts.items() if each[1]}
    done, due = sum(count for count, _ in there.values()), sum(of for _, of in there.values())
    common = done / due if due else None
    centre = common if target is None else target
    told = target is not None or len(there) >= FEWEST
    around = centre if told and centre is not None and 0 < centre < 1 else None
    phi = None if around is None else dispersion(list(there.values()), around)
    over = phi is not None and is_over(phi, len(there))
    return Funnel(
        centre=centre,
        around="common" if target is None else "target",
        phi=phi,
        over=over,
        rows={name: _row(count, of, around if of else None, phi if over else None) for name, (count, of) in counts.items()},
    )


def _row(count: int, of: int, centre: float | None, phi: float | None) -> FunnelRow:
    if centre is None:
        return FunnelRow(count, of, "none", None)
    limits = _limits(of, centre)
    if phi is None:
        return FunnelRow(count, of, position(count, limits), limits)
    wide = _limits(max(1, round(of / phi)), centre)
    return FunnelRow(count, of, position(count * wide.of / of, wide), limits, wide)


def _limits(of: int, centre: float) -> Limits:
    return Limits(of, binomial_limits(of, centre, WARNING), binomial_limits(of, centre, ALARM))


def position(count: float, limits: Limits) -> Position:
    """Where a count lies.

    >>> limits = Limits(100, (84, 95), (80, 98))
    >>> position(84, limits), position(83, limits), position(79, limits), position(96, limits), position(99, limits)
    ('within', 'below', 'far-below', 'above', 'far-above')
    """
    if limits.warning == (0, limits.of):
        return "few"
    low, high = ceil_of(count), floor_of(count)
    if low < limits.alarm[0]:
        return "far-below"
    if high > limits.alarm[1]:
        return "far-above"
    if low < limits.warning[0]:
        return "below"
    return "above" if high > limits.warning[1] else "within"


def ceil_of(count: float) -> int:
    """A count of parts of cases, rounded towards the limit above it: nobody is outside by a part of a case."""
    return ceil(count - 1e-9)


def floor_of(count: float) -> int:
    """The same towards the limit below it."""
    return floor(count + 1e-9)


def dispersion(counts: Sequence[tuple[int, int]], centre: float) -> float | None:
    """φ: the mean square of the winsorised z values; None for fewer than ten units."""
    if len(counts) < TENTH:
        return None
    z = sorted((count / of - centre) / sqrt(centre * (1 - centre) / of) for count, of in counts)
    cut = len(z) // TENTH
    kept = [min(max(each, z[cut]), z[-1 - cut]) for each in z]
    return sum(each * each for each in kept) / len(kept)


def is_over(phi: float, units: int) -> bool:
    """Whether φ is more than two standard errors above 1: by chance alone its mean is 1 and its variance 2 / units."""
    return phi > 1 + 2 * sqrt(2 / units)
