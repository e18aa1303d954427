"""Signs of the city written by hand: a book and figures of which every number is known, whatever the book of the files holds."""

from typing import Any, NamedTuple

from streams.messages import HOUR, MINUTE, CitySign, Severity, SignState, Text, format_time
from streams.messages.outputs.order import Basis
from streams.places.wall_signs import wall_signs
from streams.rulebook import SignInForce, SignLimit, SignsInForce

CITY = "410100"
FLOOR = 0.9
NAMES = ("冷链在温率", "城市空气质量", "万台困人率", "接通率")


class Row(NamedTuple):
    """What a sign is and how it stands: its figures of the city, then of districts, each value with numerator and denominator."""

    unit: str
    better: str
    limits: dict[Severity, float]
    provenance: str
    mark: Basis
    state: SignState
    value: float | None
    counts: tuple[float, float]
    inputs: tuple[int, int | None]


TABLE = (
    Row("%", "higher", {"yellow": 98.0, "orange": 96.5}, "本系统自定", "default", "orange", 96.17, (570_580, 593_280), (583_876, 593_280)),
    Row("AQI", "lower", {"blue": 101.0}, "国家标准", "check", "ok", 86.0, (12, 12), (12, 13)),
    Row("次", "lower", {}, "本系统自定", "default", "ok", 0.81, (8, 98_765), (98_765, None)),
    Row("%", "higher", {"yellow": 95.0}, "国家标准", "certain", "na", None, (0, 0), (3, 24)),
)
"""The first four places of the wall; 96.17 is 570,580 of 593,280."""

DISTRICTS = {"410102": (96.6, "ok"), "410122": (92.4, "orange"), "410184": (97.3, "yellow")}
"""Of the first sign: value and state by district; each has 1,000 of a denominator."""


def chosen() -> tuple[str, ...]:
    """The ids that stand in these places."""
    return wall_signs().signs[: len(TABLE)]


def book(name: str = "") -> SignsInForce:
    """The book of the table; `name` in the place of every name, where it is given."""
    return SignsInForce({sign: _about(row, name or NAMES[n]) for n, (sign, row) in enumerate(zip(chosen(), TABLE, strict=True))})


def _about(row: Row, name: str) -> SignInForce:
    said = Text(name, name)
    limits = {level: SignLimit(value, Text(f"{name}：{value}", f"{name}: {value}")) for level, value in row.limits.items()}
    fixed: dict[str, Any] = {"better": row.better, "provenance": row.provenance, "mark": row.mark}
    due = row.inputs[1] is not None
    return SignInForce(
        name=said,
        what=said,
        unit=row.unit,
        window="24h",
        floor=FLOOR if due else None,
        floor_basis=said if due else None,
        limits=limits,
        source=said,
        owner="food_drug",
        reads=("food_drug.drug_climate",),
        **fixed,
    )


def figure(place: int, now: int, area: str = CITY, **changes: Any) -> CitySign:
    """The figure of a place of the table, told a minute ago."""
    row = TABLE[place]
    valid, due = row.inputs
    told: dict[str, Any] = {
        "sign": chosen()[place],
        "area": area,
        "version": "5f" * 16,
        "at": format_time(now - now % MINUTE),
        "state": row.state,
        "since": format_time(now - 26 * MINUTE),
        "value": row.value,
        "numerator": row.counts[0],
        "denominator": row.counts[1],
        "valid": valid,
        "due": due,
        "coverage": valid / due if due else None,
        "newest": format_time(now - 12 * MINUTE),
        "late": 12,
        "corrected": 3,
        "trend": tuple(None if row.value is None and n > 20 else (row.value or 97.0) + 0.05 * (23 - n) for n in range(24)),
        "band": tuple(((row.value or 97.0) - 0.2, (row.value or 97.0) + 1.5) for _ in range(24)),
    }
    return CitySign(**(told | changes))


def figures(now: int) -> list[CitySign]:
    """All of the table for the city, and the first sign for its districts."""
    of_city = [figure(place, now) for place in range(len(TABLE))]
    of_districts = [
        figure(0, now, area, value=value, state=state, numerator=10 * value, denominator=1000.0, valid=1000, due=1000, coverage=1.0)
        for area, (value, state) in DISTRICTS.items()
    ]
    return [*of_city, *of_districts]


def hour(now: int, back: int) -> int:
    """The full hour so many hours before now."""
    return now - now % HOUR - back * HOUR
