"""Signs of the city written by hand: a book and figures of which every number is known."""

from typing import Any, NamedTuple

from streams.messages import MINUTE, CitySign, Severity, SignState, Text, format_time
from streams.messages.outputs.order import Basis
from streams.places.wall_signs import wall_signs
from streams.rulebook import SignInForce, SignLimit, SignsInForce

CITY = "410100"
FLOOR = 0.9

Limits = dict[Severity, float]


class Row(NamedTuple):
    """A sign as the table has it.

    `whose`: provenance and how sure it is; `counts`: numerator and denominator; `inputs`: the valid ones and those due.
    """

    name: str
    unit: str
    better: str
    limits: Limits
    whose: tuple[str, Basis]
    state: SignState
    value: float | None
    counts: tuple[float, float]
    inputs: tuple[int, int | None]


OWN: tuple[str, Basis] = ("本系统自定", "default")
NATION: tuple[str, Basis] = ("国家标准", "certain")
OPEN: tuple[str, Basis] = ("国家标准", "check")
STRICT: Limits = {"yellow": 98.0, "orange": 96.5}
LOW: Limits = {"yellow": 95.0}

TABLE = (
    Row("冷链在温率", "%", "higher", STRICT, OWN, "orange", 96.17, (570_580, 593_280), (583_876, 593_280)),
    Row("城市空气质量", "AQI", "lower", {"blue": 101.0}, OPEN, "ok", 86.0, (12, 12), (12, 13)),
    Row("万台困人率", "次", "lower", {}, OWN, "ok", 0.81, (8, 98_765), (98_765, None)),
    Row("接通率", "%", "higher", LOW, NATION, "na", None, (0, 0), (3, 24)),
    Row("30分钟到场率", "%", "higher", LOW, OPEN, "yellow", 94.0, (404, 430), (430, 430)),
    Row("污染源达标小时率", "%", "higher", STRICT, OWN, "ok", 99.2, (992, 1000), (1000, 1020)),
    Row("数据传输有效率", "%", "higher", LOW, OPEN, "ok", 97.1, (971, 1000), (991, 1000)),
    Row("政务网站可用率", "%", "higher", LOW, ("上级文件", "likely"), "ok", 99.8, (998, 1000), (982, 1000)),
    Row("抽检不合格率", "%", "lower", {}, OWN, "ok", 2.31, (23, 995), (995, None)),
    Row("感知在线率", "%", "higher", LOW, OWN, "ok", 97.5, (975, 1000), (1000, 1000)),
    Row("数据及时率", "%", "higher", LOW, OWN, "ok", 98.3, (59, 60), (59, 60)),
    Row("超期未检在用率", "%", "lower", {}, NATION, "red", 12.0, (12, 100), (100, 100)),
)
"""The places of the wall; 96.17 is 570,580 of 593,280, 3 of 24 is less than the floor."""

DISTRICTS: dict[str, tuple[float, SignState]] = {"410102": (96.6, "ok"), "410122": (92.4, "orange"), "410184": (97.3, "yellow")}
"""Of the first sign: value and state by district; each has 50,000 of a denominator."""


def chosen() -> tuple[str, ...]:
    """The ids that stand in these places."""
    return wall_signs().signs[: len(TABLE)]


def book(name: str = "") -> SignsInForce:
    """The book of the table; `name` in the place of every text, where it is given."""
    return SignsInForce({sign: _about(row, name) for sign, row in zip(chosen(), TABLE, strict=True)})


def _about(row: Row, text: str) -> SignInForce:
    said = Text(text or row.name, text or row.name)
    provenance, mark = row.whose
    due = row.inputs[1] is not None
    fixed: dict[str, Any] = {"better": row.better}
    return SignInForce(
        name=said,
        what=said,
        unit=text or row.unit,
        window="24h",
        floor=FLOOR if due else None,
        floor_basis=said if due else None,
        limits={level: SignLimit(value, said) for level, value in row.limits.items()},
        provenance=provenance,
        source=said,
        mark=mark,
        department="amr",
        guidance=said,
        reads=("environment.air_hour",),
        subjects=("air_station",),
        **fixed,
    )


def figure(place: int, now: int, area: str = CITY, **changes: Any) -> CitySign:
    """The figure of a place of the table; its newest input is twelve minutes old. `changes` replace its fields."""
    row = TABLE[place]
    valid, due = row.inputs
    usual = 97.0 if row.value is None else row.value
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
        "trend": tuple(None if row.value is None and n > 20 else usual + usual * 0.0005 * (23 - n) for n in range(24)),
        "band": tuple((usual * 0.998, usual * 1.015) for _ in range(24)),
    }
    return CitySign(**(told | changes))


def figures(now: int) -> list[CitySign]:
    """All of the table for the city, and the first sign for its districts."""
    counts: dict[str, Any] = {"denominator": 50_000.0, "valid": 50_000, "due": 50_000, "coverage": 1.0}
    of_districts = [
        figure(0, now, area, value=value, state=state, numerator=500 * value, **counts)
        for area, (value, state) in DISTRICTS.items()
    ]
    return [*(figure(place, now) for place in range(len(TABLE))), *of_districts]
