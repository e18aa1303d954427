"""Real hours of 20 stations (CNEMC, April 2020) through the rules: what they raise is what pandas counts by the limits of 2012.

The file's own faults are in it: second copies, gaps, a renamed station. pandas sees what the judge sees: the first copy of
each hour, registered stations, in order of time.
"""

from functools import cache

import pandas as pd
import pytest

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from streams.gateways.files import beats, read_file
from streams.gateways.timeline import Arrival
from streams.messages import HOUR, MINUTE, TICK, Alert, Quality, event_bytes, format_time
from tests.support.books import the_book
from tests.support.shared import STAND_IN, air

CITIES = ("郑州", "洛阳", STAND_IN)
GASES = {"so2": ("SO2", 500), "no2": ("NO2", 200), "co": ("CO", 10), "o3": ("O3_1h", 200)}


@cache
def judged(city: str) -> list[Output]:
    """What the whole book makes of a city's file, with ticks of its own time."""
    fold = Fold(the_book(), "history.events.environment", 0, keyed=False)
    content = read_file(air(city), "environment")
    values = [_value(beat) for beat in beats(content, 10 * MINUTE, 26 * HOUR)]
    return fold.run((n, None, value) for n, value in enumerate(values))


def _value(beat: Arrival | int) -> bytes:
    if isinstance(beat, Arrival):
        return beat.value
    return event_bytes(type=TICK, source="test", id=str(beat), time=format_time(beat))


def raised(city: str, rule: str) -> int:
    """How often a rule began to stand: first raises and new occurrences."""
    alerts = [out for out in judged(city) if isinstance(out, Alert) and out.rule == rule and out.active]
    return len({(alert.id, alert.occurrence) for alert in alerts})


def hours(city: str) -> pd.DataFrame:
    """The first copy of each hour of each registered station, in order of time."""
    rows = pd.read_csv(air(city))
    rows["at_"] = pd.to_datetime(rows.Date.astype(str) + rows.Hour.astype(str).str.zfill(2), format="%Y%m%d%H")
    names = set(rows.WatchPoint)
    renamed = [name for name in names if name.endswith(")") and name.partition("(")[0] in names]
    rows = rows[~rows.WatchPoint.isin(renamed)].sort_values("at_", kind="stable")
    return rows.drop_duplicates(["WatchPoint", "at_"])


def starts(over: pd.Series) -> int:
    """How often a condition begins to hold; where it cannot be told (NaN) it stays as it was."""
    known = over.dropna().astype(bool)
    return int((known & ~known.shift(fill_value=False)).sum())


@pytest.mark.parametrize("city", CITIES)
def test_running_means_of_ozone(city: str) -> None:
    """ENV-I03: means of 8 hours of one day (ends 08:00 to 24:00) with 6 values, rounded half to even, above 160 µg/m³."""
    expected = 0
    for _, station in hours(city).groupby("WatchPoint"):
        ozone = station.set_index("at_")["O3_1h"].dropna()
        window = ozone.rolling("8h", min_periods=6).mean()
        window = window.mask(window.index.hour.isin(range(1, 8)))
        expected += starts((window.round(9).round(0) > 160).where(window.notna()))
    assert raised(city, "ozone-8h") == expected


@pytest.mark.parametrize("city", CITIES)
def test_hours_of_gases(city: str) -> None:
    """ENV-I02: hourly means above the limit of their item."""
    rows = hours(city)
    expected = sum(
        starts(station[column].dropna() > limit)
        for _, station in rows.groupby("WatchPoint")
        for column, limit in GASES.values()
    )
    assert raised(city, "gas-hourly") == expected


@pytest.mark.parametrize("city", CITIES)
def test_particles_the_wrong_way_round(city: str) -> None:
    """ENV-I11: hours with PM2.5 above PM10, where both are there."""
    expected = 0
    for _, station in hours(city).groupby("WatchPoint"):
        both = station.dropna(subset=["PM2.5", "PM10"])
        expected += starts(both["PM2.5"] > both["PM10"])
    assert raised(city, "particles-inverted") == expected


@pytest.mark.parametrize("city", CITIES)
def test_second_copies_and_strangers(city: str) -> None:
    """DQ-03, DQ-04 and DQ-08: second copies and other data for an hour, and readings of a station nobody registered."""
    rows = pd.read_csv(air(city), dtype=str, keep_default_na=False)
    names = set(rows.WatchPoint)
    strange = rows.WatchPoint.map(lambda name: name.endswith(")") and name.partition("(")[0] in names)
    known = rows[~strange]
    copies = known.duplicated(["Date", "Hour", "WatchPoint"]).sum()
    found = [out.rule for out in judged(city) if isinstance(out, Quality)]
    assert found.count("DQ-08") == strange.sum()
    assert found.count("DQ-03") + found.count("DQ-04") == copies
