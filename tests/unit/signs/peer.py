"""The same signs by pandas over the city's JSON lines: it shares nothing with the product but the texts of the definitions."""

import json
from collections.abc import Iterable
from itertools import pairwise
from math import ceil

import pandas as pd

_PM10 = ((0, 0), (50, 50), (120, 100), (250, 150), (350, 200), (420, 300), (500, 400), (600, 500))
_PM25 = ((0, 0), (35, 50), (60, 100), (115, 150), (150, 200), (250, 300), (350, 400), (500, 500))
_NO2 = ((0, 0), (100, 50), (200, 100), (700, 150), (1200, 200), (2340, 300), (3090, 400), (3840, 500))
_CO = ((0, 0), (5, 50), (10, 100), (35, 150), (60, 200), (90, 300), (120, 400), (150, 500))
_O3 = ((0, 0), (160, 50), (200, 100), (300, 150), (400, 200), (800, 300), (1000, 400), (1200, 500))
_SO2 = ((0, 0), (150, 50), (500, 100), (650, 150), (800, 200))
HOURLY_2026 = {"pm10": _PM10, "pm25": _PM25, "no2": _NO2, "co": _CO, "o3": _O3, "so2": _SO2}
"""HJ 633-2026 table 3, hourly; hourly PM by the daily columns (note of formula 1)."""


def table(lines: Iterable[bytes]) -> pd.DataFrame:
    """The events as rows; `at` is UTC."""
    rows = [json.loads(line) for line in lines]
    found = pd.DataFrame(
        [{name: each.get(name) for name in ("type", "subject", "time", "source", "id", "data")} for each in rows]
    )
    found["at"] = pd.to_datetime(found.time, utc=True, format="ISO8601")
    return found


class Peer:
    """The signs of an area (a prefix of codes) at a moment."""

    def __init__(self, events: pd.DataFrame, at: str, prefix: str) -> None:
        self.events, self.at, self.prefix = events, pd.Timestamp(at), prefix

    def subjects(self, kind: str) -> set[str]:
        """Those that are registered as a kind in the area before the moment."""
        register = self.events[self.events.type.str.endswith(".registered") & (self.events["at"] <= self.at)]
        mine = register[[data["kind"] == kind and data["adcode"].startswith(self.prefix) for data in register.data]]
        return set(mine.subject)

    def window(self, type_: str, hours: float) -> pd.DataFrame:
        """The events of a type in the hours before the moment, each field of their data a column."""
        found = self.events[self.events.type == type_]
        found = found[(found["at"] > self.at - pd.Timedelta(hours=hours)) & (found["at"] <= self.at)]
        return pd.concat([found.reset_index(drop=True), pd.DataFrame(list(found.data))], axis=1)

    def availability(self) -> tuple[int, int, int]:
        """Probes within 15 s, probes, probes due."""
        sites = self.subjects("gov_site")
        probes = self.window("cyber.probe", 24)
        mine = probes[probes.subject.isin(sites)].drop_duplicates(["subject", "at"])
        return int((mine.seconds <= 15).sum()), len(mine), len(sites) * 288

    def answered(self) -> tuple[float, float]:
        """Calls answered, calls."""
        calls = self.window("service.calls", 24)
        return float((calls.calls * calls.answered / 100).sum()), float(calls.calls.sum())

    def rescues(self) -> tuple[int, int]:
        """Entrapments in 24 hours, lifts."""
        lifts = self.subjects("lift")
        steps = self.window("special_equipment.rescue", 24)
        return (0 if steps.empty else int((steps.subject.isin(lifts) & (steps.step == "trapped")).sum())), len(lifts)

    def arrivals(self) -> tuple[int, int]:
        """Rescues with help on site within 30 minutes, rescues whose 30 minutes have run out."""
        steps = self.window("special_equipment.rescue", 168.5)
        steps = steps[steps.subject.isin(self.subjects("lift"))]
        trapped = steps[steps.step == "trapped"].groupby("rescue")["at"].min()
        arrived = steps[steps.step == "arrived"].groupby("rescue")["at"].min()
        due = trapped[trapped + pd.Timedelta(minutes=30) <= self.at]
        took = (arrived.reindex(due.index) - due).dt.total_seconds()
        return int((took <= 1_800).sum()), len(due)

    def air(self) -> tuple[int | None, int, int]:
        """The index of the mean, stations with a valid hour, stations."""
        stations = self.subjects("air_station")
        hours = self.window("environment.air_hour", 2)
        if hours.empty:
            return None, 0, len(stations)
        hours = hours[hours.subject.isin(stations)].sort_values("at").drop_duplicates("subject", keep="last")
        means = {item: hours[item].dropna().mean() for item in HOURLY_2026 if item in hours}
        rounded = {item: round(mean, 1) if item == "co" else round(mean) for item, mean in means.items()}
        parts = [part(HOURLY_2026[item], value) for item, value in rounded.items()]
        return max(parts), len(hours), len(stations)


def part(steps: tuple[tuple[int, int], ...], value: float) -> int:
    """An index by formula 1, rounded up."""
    for (low, at), (high, to) in pairwise(steps):
        if value <= high:
            return ceil(round(at + (to - at) * (value - low) / (high - low), 9))
    return steps[-1][1]
