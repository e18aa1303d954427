"""What cells come to: the record of a sign in an area, with its coverage, state and trend."""

from collections.abc import Mapping

from msgspec import UNSET, Struct

from agents.core.signs.city import MILLIONTHS, Total
from agents.core.signs.rules import StageSign
from agents.core.signs.usual import band_of
from streams.messages import HOUR, TREND_HOURS, CitySign, SignBands, Text, format_time


class SignMemory(Struct, array_like=True):
    """What is remembered of a sign in an area: its newest record, and its values at the full hours (ms) of a day."""

    last: CitySign | None = None
    hours: dict[int, float | None] = {}


def figure_of(
    key: tuple[str, str],
    sign: StageSign,
    total: Total,
    at: int,
    memory: SignMemory,
    areas: Mapping[str, Text],
    usual: SignBands | None,
) -> CitySign:
    """How a sign of an area (`key`) stands at a moment (ms), of what its cells come to and what was told before.

    `areas`: names by code; `usual`: the adopted bands, where it has some.
    """
    name, area = key
    numerator, denominator = total.numerator / MILLIONTHS, total.denominator / MILLIONTHS
    if sign.residents is not None:
        denominator = float(sign.residents.get(area, 0))
    value, due, coverage = _value(sign, total, (numerator, denominator), at)
    state = "na" if value is None else sign.level(value)
    last, moment = memory.last, format_time(at)
    newest = (at - 1) // HOUR
    hours = [(newest - n) * HOUR for n in reversed(range(TREND_HOURS))] if memory.hours else []
    place = areas.get(area, Text(area, area))
    return CitySign(
        sign=name,
        area=area,
        version=sign.version,
        at=moment,
        state=state,
        since=last.since if last is not None and last.state == state else moment,
        value=value,
        numerator=numerator,
        denominator=denominator,
        valid=total.valid,
        due=due,
        coverage=coverage,
        newest=total.newest or None,
        late=total.late,
        corrected=total.corrected,
        trend=tuple(memory.hours.get(hour) for hour in hours),
        band=band_of(usual, sign.made, hours) if usual is not None else (),
        few=True if state not in {"ok", "na"} and denominator < sign.least else UNSET,
        title=Text(f"{sign.name.zh}·{place.zh}", f"{sign.name.en}, {place.en}"),
    )


def _value(
    sign: StageSign, total: Total, fraction: tuple[float, float], at: int
) -> tuple[float | None, int | None, float | None]:
    """A sign's value, None where it is not told; how many inputs were due, and the share of these that is valid."""
    due = total.due if sign.owed else None
    coverage = total.valid / due if due else None
    if (sign.floor is not None and coverage is not None and coverage < sign.floor) or (total.lost and not sign.owed):
        return None, due, coverage
    return sign.value(*fraction, total.items, at), due, coverage
