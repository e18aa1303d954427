"""Drawing a baseline from the hourly figures of a window: percentiles of the hours that are alike. Pure."""

from collections.abc import Iterable, Mapping
from statistics import quantiles

from agents.core.signs.usual import HOUR_KINDS, hour_kind
from agents.signs.baseline.spec import LEAST, PLACES, SignBaseline, UsualArea, UsualHour
from agents.signs.book.sign import SignRow
from agents.signs.figures import SignFigure
from agents.signs.stage.partition import definition_of

DECILES = 10


def drawn(book: Mapping[str, SignRow], figures: Iterable[SignFigure], log: str, since: str, until: str) -> SignBaseline:
    """The baseline of the figures of each hour of a window; ValueError where they are too few for any band.

    `since`, `until`: its first and last day. A figure that is not told (its coverage below the floor, or nothing was due) is
    left out and counted. Percentiles are interpolated between the ranks (method 7 of Hyndman and Fan)
    and kept to `PLACES` decimals.
    """
    values: dict[tuple[str, str], dict[str, list[float]]] = {}
    hours: dict[tuple[str, str], int] = {}
    for each in figures:
        key = (each.sign, each.area)
        hours[key] = hours.get(key, 0) + 1
        alike = values.setdefault(key, {})
        if each.value is not None:
            alike.setdefault(HOUR_KINDS[hour_kind(each.at)], []).append(each.value)
    areas: dict[str, dict[str, UsualArea]] = {}
    for (sign, area), alike in sorted(values.items()):
        usual = {name: _usual(found) for name, found in sorted(alike.items()) if len(found) >= LEAST}
        told = sum(map(len, alike.values()))
        kept = sum(each.count for each in usual.values())
        of = UsualArea(hours=hours[sign, area], na=hours[sign, area] - told, few=told - kept, usual=usual)
        areas.setdefault(sign, {})[area] = of
    _check(areas, since, until)
    made = {sign: definition_of(book[sign]) for sign in areas}
    return SignBaseline(log=log, since=since, until=until, least=LEAST, made=made, areas=areas)


def _usual(values: list[float]) -> UsualHour:
    deciles = [round(each, PLACES) for each in quantiles(values, n=DECILES, method="inclusive")]
    return UsualHour(len(values), deciles[0], deciles[4], deciles[8])


def _check(areas: Mapping[str, Mapping[str, UsualArea]], since: str, until: str) -> None:
    """ValueError where no hour of any sign has a band."""
    found = [each for by_area in areas.values() for each in by_area.values()]
    if any(each.usual for each in found):
        return
    told = sum(each.few for each in found)
    hours = sum(each.hours for each in found)
    if not told:
        raise ValueError(
            f"no sign was told in any hour of {since} to {until} ({hours} figures, all of them NA): a baseline needs data, "
            "choose a window that the archive has"
        )
    raise ValueError(
        f"{since} to {until} is too short: a band needs {LEAST} hours of the same hour, kind of day and season (this system's "
        f"own), and no hour has as many ({told} of {hours} figures were told); choose a window of some weeks more"
    )
