"""What is measured beside the book, as the page is told of it: the calls of hotlines, and what others reckon. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from agents.measures.cases.case import CallHour
from agents.measures.reckoned.calls import connected
from agents.measures.reckoned.row import Reckoner, reckoned, unmeasured
from agents.oversight.bodies import StandingBodies
from streams.messages import Text
from streams.oversight.wire import (
    MOST_HOURS,
    AskReckoned,
    BesideTold,
    FigureScope,
    LedgerState,
    ReckonedFigure,
    ReckonedMeasure,
    ReckonedRows,
    UnmeasuredTold,
)

NEEDS: Mapping[Reckoner, Text] = {
    "recurrence": Text(
        "要读该日志的全部预警和工单：python -m agents measure show recurrence",
        "All alerts and orders of the log have to be read: python -m agents measure show recurrence",
    ),
    "sources": Text(
        "要重新判读全部事实：python -m agents measure show source-complete（-timely、-valid）；各来源现况见数据目录页",
        "All facts have to be judged anew: python -m agents measure show source-complete (-timely, -valid); how each source "
        "does now stands on the page of the data directory",
    ),
}
"""What it takes to reckon what nobody reckons all the time."""

CALLS: Reckoner = "calls"
ALARMS = "alarm-"
"""How the ids of the alarm system's measures begin."""


def beside_told(state: LedgerState) -> BesideTold:
    """All that is measured beside the book, and what is not measured."""
    measures = (
        ReckonedMeasure(
            id=name,
            name=row.name,
            what=row.what,
            unit=row.unit,
            direction=row.direction,
            target=row.target,
            limit=row.limit,
            provenance=row.provenance,
            source=row.source,
            mark=row.mark,
            alarm=row.figure if name.startswith(ALARMS) else "",
            needs=NEEDS.get(row.reckoner),
        )
        for name, row in reckoned().items()
    )
    missing = tuple(UnmeasuredTold(name=each.name, needs=each.needs) for each in unmeasured().values())
    return BesideTold(state=state, measures=tuple(measures), unmeasured=missing)


def reckoned_rows(
    state: LedgerState, hours: Iterable[CallHour], asked: AskReckoned, bodies: StandingBodies, now: int
) -> ReckonedRows | None:
    """The rows of a measure that is summed over hours, at a time (ms); None of any other."""
    row = reckoned().get(asked.measure)
    if row is None or row.reckoner != CALLS:
        return None
    found = connected(
        asked.measure, list(_within(hours, asked.scope, bodies)), asked.by, now, since=asked.since, until=asked.until
    )
    shown = found[-MOST_HOURS:] if asked.by == "hour" else found
    rows = (
        ReckonedFigure(
            key=each.key,
            value=each.value,
            count=each.count,
            of=each.of,
            low=each.low,
            high=each.high,
            beside=each.beside,
        )
        for each in shown
    )
    return ReckonedRows(state=state, total=len(found), rows=tuple(rows))


def _within(hours: Iterable[CallHour], scope: FigureScope, bodies: StandingBodies) -> Iterator[CallHour]:
    """The hours that a scope is about."""
    units = None if scope.units is None else set(map(bodies.standing, scope.units))
    for each in hours:
        if (
            (units is None or bodies.standing(each.unit) in units)
            and (scope.unit_kinds is None or bodies.kind(each.unit) in scope.unit_kinds)
            and (scope.districts is None or each.district in scope.districts)
            and (scope.domains is None or each.domain in scope.domains)
        ):
            yield each
