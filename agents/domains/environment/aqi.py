"""The air quality index of HJ 633, both editions, in exact arithmetic on the decimal text of the concentrations.

Tables, formula and round-up: HJ 633-2012 table 1, 4.2, 4.4, 5.1.2, 6.2; HJ 633-2026 table 3, 4.2.2 to 4.2.6, 4.3.1, 5.3.1.
Units: µg/m³, CO mg/m³. Hourly PM takes the daily columns (2026: note of formula 1; 2012: as the national feed publishes it,
where the running 8 h ozone takes no part in the hourly index either).
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Literal

from msgspec import Struct

from streams.messages import Severity, parse_time

EditionName = Literal["HJ 633-2012", "HJ 633-2026"]
Period = Literal["1h", "24h"]

ITEMS = ("so2", "no2", "co", "o3", "o3_8h", "pm10", "pm25")
"""The pollutants that an index may rest on; `o3` is the 1 h mean (in a daily report its maximum), `o3_8h` the 8 h mean."""

IN_FORCE_2026 = parse_time("2026-03-01T00:00:00+08:00")
"""HJ 633-2026 replaces HJ 633-2012 from this moment on."""

_INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
_CATEGORIES = ((50, "优"), (100, "良"), (150, "轻度污染"), (200, "中度污染"), (300, "重度污染"))
_WORST = "严重污染"
_EXACT = Context(prec=1_100)  # a float has at most 1,075 significant decimal digits
_WHOLE, _TENTH = Decimal(1), Decimal("0.1")


class Column(Struct, frozen=True):
    """One column of the table: the concentration at each step of the index, and the index beyond the last step."""

    steps: tuple[int, ...]
    beyond: int | None = 500


class Index(Struct, frozen=True):
    """An index: null where it cannot be given, its category as published, primary pollutants, index by pollutant."""

    aqi: int | None
    level: str | None
    primary: tuple[str, ...]
    iaqi: dict[str, int | None]


_SO2_DAY = Column((0, 50, 150, 475, 800, 1600, 2100, 2620))
_NO2_HOUR, _NO2_DAY = Column((0, 100, 200, 700, 1200, 2340, 3090, 3840)), Column((0, 40, 80, 180, 280, 565, 750, 940))
_CO_HOUR, _CO_DAY = Column((0, 5, 10, 35, 60, 90, 120, 150)), Column((0, 2, 4, 14, 24, 36, 48, 60))
_O3_HOUR = Column((0, 160, 200, 300, 400, 800, 1000, 1200))
_PM_2012 = {"pm10": Column((0, 50, 150, 250, 350, 420, 500, 600)), "pm25": Column((0, 35, 75, 115, 150, 250, 350, 500))}
_PM_2026 = {"pm10": Column((0, 50, 120, 250, 350, 420, 500, 600)), "pm25": Column((0, 35, 60, 115, 150, 250, 350, 500))}


def _so2_hour(beyond: int | None) -> Column:
    return Column((0, 150, 500, 650, 800), beyond)


def _o3_8h(beyond: int | None) -> Column:
    return Column((0, 100, 160, 215, 265, 800), beyond)


_HOURLY_GASES = {"no2": _NO2_HOUR, "co": _CO_HOUR, "o3": _O3_HOUR}
_DAILY_GASES = {"so2": _SO2_DAY, "no2": _NO2_DAY, "co": _CO_DAY}

COLUMNS: dict[tuple[EditionName, Period], dict[str, Column]] = {
    ("HJ 633-2012", "1h"): {"so2": _so2_hour(None), **_HOURLY_GASES, **_PM_2012},
    ("HJ 633-2012", "24h"): {**_DAILY_GASES, "o3": _O3_HOUR, "o3_8h": _o3_8h(None), **_PM_2012},
    ("HJ 633-2026", "1h"): {"so2": _so2_hour(200), **_HOURLY_GASES, **_PM_2026},
    ("HJ 633-2026", "24h"): {**_DAILY_GASES, "o3_8h": _o3_8h(300), **_PM_2026},
}
"""The pollutants that take part in the index of an edition and period, each with its column."""


def edition_at(at: int) -> EditionName:
    """The edition that holds at an event time (ms)."""
    return "HJ 633-2026" if at >= IN_FORCE_2026 else "HJ 633-2012"


def index(edition: EditionName, period: Period, values: Mapping[str, float | Decimal | None]) -> Index:
    """The index of the concentrations in `values` by pollutant; null or absent is missing, `iaqi` has the same keys.

    >>> index("HJ 633-2012", "1h", {"pm25": 57, "o3": 31, "co": 0.7})
    Index(aqi=78, level='良', primary=('pm25',), iaqi={'pm25': 78, 'o3': 10, 'co': 7})
    """
    columns = COLUMNS[edition, period]
    exact = edition == "HJ 633-2012"
    iaqi: dict[str, int | None] = {
        item: _iaqi(columns[item], _decimal(value) if exact else _rounded(item, value))
        if value is not None and item in columns
        else None
        for item, value in values.items()
    }
    known = [each for each in iaqi.values() if each is not None]
    worst = max(known, default=None)
    if worst is None or (not exact and worst <= 100 and len(known) < len(columns)):  # HJ 633-2026 5.3.1
        return Index(None, None, (), iaqi)
    primary = tuple(item for item in ITEMS if iaqi.get(item) == worst) if worst > 50 else ()
    return Index(worst, category(worst), primary, iaqi)


def category(aqi: int) -> str:
    """The category of an index in the word that is published.

    >>> category(100), category(101), category(301)
    ('良', '轻度污染', '严重污染')
    """
    return next((word for top, word in _CATEGORIES if aqi <= top), _WORST)


def severity(aqi: int) -> Severity:
    """The colour of an alert for an index above 100: 101-150 blue, 151-200 yellow, 201-300 orange, above red."""
    if aqi <= 150:
        return "blue"
    if aqi <= 200:
        return "yellow"
    return "orange" if aqi <= 300 else "red"


def _iaqi(column: Column, value: Decimal) -> int | None:
    numerator, denominator = value.as_integer_ratio()
    steps = column.steps
    for i in range(1, len(steps)):
        low, high = steps[i - 1], steps[i]
        if numerator <= high * denominator:
            rise = (_INDEX[i] - _INDEX[i - 1]) * (numerator - low * denominator)
            return _INDEX[i - 1] - (-rise // ((high - low) * denominator))  # rounded up
    return column.beyond


def _decimal(value: float | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def _rounded(item: str, value: float | Decimal) -> Decimal:
    """GB/T 8170, half to even: to whole µg/m³, CO to 0.1 mg/m³ (HJ 633-2026 4.2.2)."""
    return _decimal(value).quantize(_TENTH if item == "co" else _WHOLE, ROUND_HALF_EVEN, _EXACT)
