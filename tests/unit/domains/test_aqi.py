"""The air quality index against the standards: an independent reference in fractions, written from their tables."""

import json
import math
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.commands.aqi import answers
from agents.domains.environment.aqi import ITEMS, category, edition_at, index
from streams.messages import parse_time

# HJ 633-2012 table 1 and HJ 633-2026 table 3, row by row as printed: index, then the columns; - where there is none.
TABLE_2012 = """
iaqi so2_24 so2_1 no2_24 no2_1 pm10 co_24 co_1 o3_1 o3_8 pm25
0    0    0   0   0    0   0  0   0    0   0
50   50   150 40  100  50  2  5   160  100 35
100  150  500 80  200  150 4  10  200  160 75
150  475  650 180 700  250 14 35  300  215 115
200  800  800 280 1200 350 24 60  400  265 150
300  1600 -   565 2340 420 36 90  800  800 250
400  2100 -   750 3090 500 48 120 1000 -   350
500  2620 -   940 3840 600 60 150 1200 -   500
"""
TABLE_2026 = TABLE_2012.replace(
    "100  50  2  5   160  100 35\n100  150  500 80  200  150 4  10  200  160 75",
    "100  50  2  5   160  100 35\n100  150  500 80  200  120 4  10  200  160 60",
)
PARTS = {
    ("HJ 633-2012", "1h"): {"so2": "so2_1", "no2": "no2_1", "co": "co_1", "o3": "o3_1", "pm10": "pm10", "pm25": "pm25"},
    ("HJ 633-2012", "24h"): {
        "so2": "so2_24", "no2": "no2_24", "co": "co_24", "o3": "o3_1", "o3_8h": "o3_8", "pm10": "pm10", "pm25": "pm25",
    },
    ("HJ 633-2026", "1h"): {"so2": "so2_1", "no2": "no2_1", "co": "co_1", "o3": "o3_1", "pm10": "pm10", "pm25": "pm25"},
    ("HJ 633-2026", "24h"): {
        "so2": "so2_24", "no2": "no2_24", "co": "co_24", "o3_8h": "o3_8", "pm10": "pm10", "pm25": "pm25",
    },
}  # fmt: skip
BEYOND = {
    ("HJ 633-2012", "so2_1"): None,
    ("HJ 633-2012", "o3_8"): None,
    ("HJ 633-2026", "so2_1"): 200,
    ("HJ 633-2026", "o3_8"): 300,
}
CONDITIONS = sorted(PARTS)


def _column(edition: str, name: str) -> list[tuple[int, int]]:
    head, *rows = (line.split() for line in (TABLE_2012 if edition.endswith("2012") else TABLE_2026).strip().splitlines())
    place = head.index(name)
    return [(int(row[0]), int(row[place])) for row in rows if row[place] != "-"]


def _reference(edition: str, name: str, text: str) -> int | None:
    """IAQI by formula 1 in fractions, rounded up; 2026 rounds the concentration first (GB/T 8170, half to even)."""
    value = Decimal(text)
    if edition == "HJ 633-2026":
        value = value.quantize(Decimal("0.1") if name.startswith("co") else Decimal(1), ROUND_HALF_EVEN)
    c, column = Fraction(value), _column(edition, name)
    for (i_low, b_low), (i_high, b_high) in pairwise(column):
        if b_low <= c <= b_high:
            return math.ceil(Fraction(i_high - i_low, b_high - b_low) * (c - b_low) + i_low)
    return BEYOND.get((edition, name), 500)


def test_the_two_printed_tables_differ_in_pm_alone() -> None:
    """HJ 633-2026 changes PM10 150 to 120 and PM2.5 75 to 60 at index 100, and no other step."""
    changed = {(a, b) for a, b in zip(TABLE_2012.split(), TABLE_2026.split(), strict=True) if a != b}
    assert changed == {("150", "120"), ("75", "60")}


concentrations = st.one_of(
    st.integers(0, 4_000).map(str),
    st.decimals(0, 3_000, places=1).map(str),
    st.decimals(0, 1_300, places=3).map(str),
)


@given(condition=st.sampled_from(CONDITIONS), texts=st.dictionaries(st.sampled_from(ITEMS), concentrations))
def test_index_agrees_with_the_standard(condition: tuple[str, str], texts: dict[str, str]) -> None:
    """For any concentrations each IAQI, the AQI and the primary pollutants are those of formula 1, formula 2 and 4.3/4.4."""
    edition, period = condition
    parts = PARTS[condition]
    found = index(edition, period, {item: Decimal(text) for item, text in texts.items()})
    expected = {item: _reference(edition, parts[item], text) if item in parts else None for item, text in texts.items()}
    assert found.iaqi == expected
    known = {item: value for item, value in expected.items() if value is not None}
    published = known and (edition == "HJ 633-2012" or len(known) == 6 or max(known.values()) > 100)
    assert found.aqi == (max(known.values()) if published else None)
    primary = {item for item, value in known.items() if value == found.aqi} if found.aqi and found.aqi > 50 else set()
    assert set(found.primary) == primary


@given(condition=st.sampled_from(CONDITIONS), item=st.sampled_from(ITEMS), value=st.floats(0, 4_000))
def test_floats_are_taken_as_their_shortest_text(condition: tuple[str, str], item: str, value: float) -> None:
    """A float means the decimal text that JSON shows for it, not its binary neighbour."""
    edition, period = condition
    assert index(edition, period, {item: value}) == index(edition, period, {item: Decimal(repr(value))})


@pytest.mark.parametrize(
    ("edition", "period", "values", "aqi", "primary"),
    [
        ("HJ 633-2012", "1h", {"pm25": 75}, 100, ["pm25"]),  # table 1, the step itself
        ("HJ 633-2026", "1h", {"pm25": 75}, 114, ["pm25"]),  # 100 + 50 * 15 / 55 = 113.6, rounded up
        ("HJ 633-2012", "1h", {"so2": 801}, None, []),  # note 2: not computed
        ("HJ 633-2012", "1h", {"so2": 801, "co": 10}, 100, ["co"]),
        ("HJ 633-2026", "1h", {"so2": 801}, 200, ["so2"]),  # note b
        ("HJ 633-2012", "24h", {"o3": 400, "o3_8h": 801}, 200, ["o3"]),  # note 3: by the 1 h value
        ("HJ 633-2026", "24h", {"o3_8h": 801}, 300, ["o3_8h"]),  # note c
        ("HJ 633-2012", "1h", {"pm25": 501}, 500, ["pm25"]),  # beyond the table
        ("HJ 633-2012", "1h", {"pm25": 50, "pm10": 88}, 69, ["pm10", "pm25"]),  # tie: 68.75 and 69, Luoyang 2020-04-05 18:00
        ("HJ 633-2012", "1h", {"pm25": 35}, 50, []),  # a primary pollutant only above 50
        ("HJ 633-2012", "1h", {"pm25": 35.1}, 51, ["pm25"]),  # 50.125, rounded up
        ("HJ 633-2026", "1h", {"pm25": 60}, None, []),  # 5.3.1: five are missing and nothing is above 100
        ("HJ 633-2026", "1h", {"pm25": 61}, 101, ["pm25"]),
        (
            "HJ 633-2026",
            "1h",
            {"so2": 0, "no2": 0, "co": 5.05, "o3": 0, "pm10": 0, "pm25": 0},
            50,
            [],
        ),  # 5.05 to 5.0, half to even
        ("HJ 633-2026", "1h", {"so2": 0, "no2": 0, "co": 5.15, "o3": 0, "pm10": 0, "pm25": 0}, 52, ["co"]),  # 5.15 to 5.2
        ("HJ 633-2026", "1h", {"so2": 0, "no2": 0, "co": 0, "o3": 0, "pm10": 0, "pm25": 35.5}, 52, ["pm25"]),  # 35.5 to 36
        ("HJ 633-2026", "1h", {"so2": 0, "no2": 0, "co": 0, "o3": 0, "pm10": 0, "pm25": 34.5}, 49, []),  # 34.5 to 34: 48.6
        ("HJ 633-2012", "24h", {}, None, []),
    ],
)
def test_traps_of_the_standards(
    edition: str, period: str, values: dict[str, float], aqi: int | None, primary: list[str]
) -> None:
    """Worked by hand from the tables, their notes and HJ 633-2026 4.2.2 and 5.3.1."""
    found = index(edition, period, values)
    assert (found.aqi, list(found.primary)) == (aqi, primary)


def test_categories_change_above_their_last_index() -> None:
    """HJ 633 table of categories: 0-50, 51-100, 101-150, 151-200, 201-300, above 300."""
    words = [
        "优",
        "优",
        "良",
        "良",
        "轻度污染",
        "轻度污染",
        "中度污染",
        "中度污染",
        "重度污染",
        "重度污染",
        "严重污染",
        "严重污染",
    ]
    assert [category(aqi) for aqi in (0, 50, 51, 100, 101, 150, 151, 200, 201, 300, 301, 500)] == words


def test_edition_changes_at_midnight_in_china() -> None:
    """HJ 633-2026 is in force from 2026-03-01 00:00 +08:00."""
    assert edition_at(parse_time("2026-02-28T23:59:59+08:00")) == "HJ 633-2012"
    assert edition_at(parse_time("2026-02-28T16:00:00Z")) == "HJ 633-2026"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("nope", "malformed"),
        ("[1]", "expected `object`"),
        ('{"edition": "HJ 633-2011", "period": "1h"}', "edition"),
        ('{"edition": ["HJ 633-2012"], "period": "1h"}', "edition"),
        ('{"edition": "HJ 633-2012", "period": "8h"}', "period"),
        ('{"edition": "HJ 633-2012", "period": "1h", "pm2.5": 3}', "pm2.5"),
        ('{"edition": "HJ 633-2012", "period": "1h", "pm25": -1}', "pm25"),
        ('{"edition": "HJ 633-2012", "period": "1h", "pm25": "3"}', "pm25"),
        ('{"edition": "HJ 633-2012", "period": "1h", "pm25": true}', "pm25"),
        ('{"edition": "HJ 633-2012", "period": "1h", "pm25": NaN}', "malformed"),
        ('{"edition": "HJ 633-2012", "period": "1h", "pm25": 1e999999999}', "pm25"),
        ('{"edition": "HJ 633-2012", "period": "1h", "pm25": 1e-999999999}', "pm25"),
    ],
)
def test_a_bad_line_is_told_and_does_not_stop_the_next(line: str, word: str) -> None:
    """Every bad line is answered by an error that names what is wrong and its number; the line after it is answered."""
    good = json.dumps({"edition": "HJ 633-2012", "period": "1h", "pm25": 57, "so2": None})
    bad, fine = answers([line.encode(), good.encode()])
    assert word in bad.error.lower()
    assert bad.line == 1
    assert (fine.aqi, fine.level, fine.primary, fine.iaqi) == (78, "良", ("pm25",), {"pm25": 78, "so2": None})


@pytest.mark.parametrize(
    ("edition", "period", "values", "why"),
    [
        ("HJ 633-2012", "24h", {"o3_8h": 801}, {"aqi": "no pollutant", "o3_8h": "note 3"}),
        ("HJ 633-2012", "24h", {"o3_8h": 801, "pm25": 35}, {"o3_8h": "above 800"}),
        ("HJ 633-2012", "1h", {"so2": 801, "pm25": 35}, {"so2": "note 2"}),
        ("HJ 633-2012", "1h", {}, {"aqi": "rests on so2, no2, co, o3, pm10, pm25"}),
        ("HJ 633-2012", "1h", {"pm25": None, "pm10": 1}, {"pm25": "nothing given"}),
        ("HJ 633-2012", "1h", {"o3_8h": 100, "pm10": 1}, {"o3_8h": "takes no part in the 1h index"}),
        ("HJ 633-2026", "1h", {"pm10": 120, "pm25": 60}, {"aqi": "so2, no2, co, o3 are missing: HJ 633-2026 5.3.1"}),
        ("HJ 633-2026", "24h", {"o3_8h": 801}, {}),
    ],
)
def test_each_null_has_its_reason(edition: str, period: str, values: dict[str, float | None], why: dict[str, str]) -> None:
    """Each null says why: nothing given, no part in this index, SO₂ 1 h or O₃ 8 h above 800 µg/m³ (2012), 5.3.1 (2026)."""
    (found,) = answers([json.dumps({"edition": edition, "period": period, **values}).encode()])
    assert sorted(found.why) == sorted(why)
    assert all(word in found.why[item] for item, word in why.items())
    nulls = {item for item, value in {"aqi": found.aqi, **found.iaqi}.items() if value is None}
    assert nulls == set(why)
