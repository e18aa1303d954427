"""The published index of real stations (CNEMC, April 2020) is what HJ 633-2012 gives for their concentrations."""

import csv

import pytest

from agents.domains.environment.aqi import index
from agents.domains.environment.judges import check_air_hour
from agents.domains.environment.payload import AirHour, Published
from streams.messages import parse_time
from tests.support.shared import STAND_IN, air

COLUMNS = {"so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3_1h", "o3_8h": "O3_8h", "pm10": "PM10", "pm25": "PM2.5"}
NAMES = {
    "细颗粒物(PM2.5)": "pm25",
    "颗粒物(PM10)": "pm10",
    "臭氧1小时": "o3",
    "二氧化氮": "no2",
    "二氧化硫": "so2",
    "一氧化碳": "co",
}


def _rows(city: str) -> list[dict[str, str]]:
    with air(city).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _values(row: dict[str, str]) -> dict[str, float | None]:
    return {item: None if row[column] == "NaN" else float(row[column]) for item, column in COLUMNS.items()}


@pytest.mark.parametrize(("city", "published"), [("郑州", 948), ("洛阳", 665), (STAND_IN, 72)])
def test_published_index_level_and_primary_are_reproduced(city: str, published: int) -> None:
    """Every row with a published index: index, level and primary pollutants are the same, in all rows without exception."""
    rows = [row for row in _rows(city) if row["AQI"] != "NaN"]
    assert len(rows) == published
    for row in rows:
        found = index("HJ 633-2012", "1h", _values(row))
        primary = {NAMES[name] for name in row["PrimaryPollution"].split() if name != "NaN"}
        assert (found.aqi, found.level, set(found.primary)) == (int(row["AQI"]), row["Level"], primary), row


@pytest.mark.parametrize(("city", "several_lines"), [("郑州", 8), ("洛阳", 9), (STAND_IN, 1)])
def test_checks_find_the_primary_pollutants_on_several_lines_and_nothing_else(city: str, several_lines: int) -> None:
    """DQ-17: 8 rows of Zhengzhou and 9 of Luoyang list them over several lines; no index or level is wrong."""
    found = [
        row_id
        for row in _rows(city)
        if row["AQI"] != "NaN"
        for row_id, _, _ in check_air_hour(
            AirHour(**_values(row), published=Published(int(row["AQI"]), row["Level"], row["PrimaryPollution"])),
            parse_time(f"{row['Date'][:4]}-{row['Date'][4:6]}-{row['Date'][6:]}T{row['Hour']}:00:00+08:00"),
        )
    ]
    assert found == ["DQ-17"] * several_lines
