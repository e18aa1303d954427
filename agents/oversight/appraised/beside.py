"""Units beside each other as the page draws them: the funnel of each kind, each unit's band, what its mix lets expect. Pure."""

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np

from agents.measures.answers import answers
from agents.measures.columns import Numbers
from agents.measures.compare.bands import BANDS, CLASSES
from agents.measures.compare.comparison import ComparedUnit, comparison
from agents.measures.compare.exact import binomial_limits
from agents.measures.compare.funnel import ALARM, WARNING
from agents.measures.compare.objected import figures
from agents.measures.ledger import Ledger
from agents.oversight.bodies import StandingBodies
from streams.appraisal.objections import Objected
from streams.messages import Text
from streams.oversight.wire import FunnelLimits, FunnelPoint, KindBeside, MixExpectation, UnitBeside

POINTS = 40
"""Points at which the limits of a funnel are drawn at most."""


def compared_units(
    ledger: Ledger,
    measure: str,
    months: tuple[str, str],
    chosen: Numbers | None,
    known: Iterable[Objected],
    bodies: StandingBodies,
    basis: Text | None,
) -> list[ComparedUnit]:
    """The units of a share over some months, of the rows that were chosen; ValueError of a time."""
    row = ledger.book.measures[measure]
    counted = answers(ledger, measure, "unit", since=months[0], until=months[1], chosen=chosen)
    return comparison(ledger, row, figures(ledger, counted, known, bodies.standing), bodies.units, bodies.day, basis)


def units_told(found: Iterable[ComparedUnit]) -> Iterator[UnitBeside]:
    """Them as they are told."""
    for each in found:
        yield UnitBeside(
            unit=each.unit,
            kind=each.kind,
            count=each.count,
            of=each.of,
            share=each.share,
            low=each.low,
            high=each.high,
            band=each.band,
            limits=msgspec.convert(each.limits, FunnelLimits | None, from_attributes=True),
            wide=msgspec.convert(each.wide, FunnelLimits | None, from_attributes=True),
            expected=msgspec.convert(each.expected, MixExpectation, from_attributes=True),
            merged=each.merged,
            objections=tuple(dict.fromkeys(mark.objection for mark in each.marks)),
            ranks=each.ranks,
        )


def kinds_told(found: Iterable[ComparedUnit]) -> Iterator[KindBeside]:
    """What the units of each kind have together, with the limits around it as they are drawn."""
    among = list(found)
    for kind, title in CLASSES.items():
        there = [each for each in among if each.kind == kind]
        if not there:
            continue
        first, held = there[0], [each.of for each in there if each.limits is not None]
        yield KindBeside(
            kind=kind,
            title=title,
            centre=first.centre,
            around="target" if first.around == "target" else "common",
            phi=first.phi,
            over=first.over,
            units=len(there),
            curve=tuple(_curve(first.centre, max(held), first.phi if first.over else None)) if held else (),
        )


def _curve(centre: float | None, most: int, phi: float | None) -> Iterator[FunnelPoint]:
    if centre is None:
        return
    for of in np.unique(np.linspace(1, max(most, 2), POINTS).round()).astype(int).tolist():
        held = of if phi is None else max(1, round(of / phi))
        (low, high), (lowest, highest) = (binomial_limits(held, centre, level) for level in (WARNING, ALARM))
        yield FunnelPoint(of, (low / held, high / held), (lowest / held, highest / held))


def bands_told() -> dict[str, Text]:
    """What the bands are called, the best first."""
    return {str(name): title for name, title in BANDS.items()}
