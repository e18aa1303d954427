"""The signs by pandas over the files of an archive, and over what was told of alerts and incidents.

It shares nothing with the product but the texts of the definitions. Sums are of exact fractions.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tests.unit.signs.peer import HOURLY_2026, part

SOURCES = {
    "air_station": ("environment.air_hour", "1h"),
    "gas_boiler": ("environment.source_hour", "1h"),
    "air_source": ("environment.source_hour", "1h"),
    "incinerator": ("environment.source_hour", "1h"),
    "sewage_works": ("environment.source_hour", "1h"),
    "water_source": ("environment.source_hour", "1h"),
    "lift": ("special_equipment.lift_state", "5min"),
    "boiler": ("special_equipment.boiler_state", "5min"),
    "drug_cold_store": ("food_drug.drug_climate", "5min"),
    "gov_site": ("cyber.probe", "5min"),
    "hotline": ("service.calls", "1h"),
}
DATED = ("lift", "boiler", "pressure_vessel", "crane", "amusement_ride", "ropeway", "plant_vehicle")
OUT, BACK = {"stopped", "scrapped"}, {"registered", "resumed", "first-used"}
ITEMS = tuple(HOURLY_2026)


class Figure(NamedTuple):
    """Numerator, denominator, inputs that count, inputs due (None: nobody owes any)."""

    numerator: float
    denominator: float
    valid: int
    due: int | None


def read(root: Path) -> pd.DataFrame:
    """Every event of an archive in the order of its partition; `came`: the newest tick of the partition before it."""
    tables = []
    for path in sorted(root.glob("*/*/*.parquet")):
        table = pd.read_parquet(path, columns=["topic", "offset", "value"])
        rows = [json.loads(value) for value in table.value]
        for name in ("type", "subject", "time", "source", "id", "data"):
            table[name] = [row.get(name) for row in rows]
        table["at"] = pd.to_datetime(table.time, utc=True, format="ISO8601")
        table["came"] = table["at"].where(table.type == "clock.tick").ffill()
        tables.append(table.drop(columns="value"))
    return pd.concat(tables, ignore_index=True)


class ArchiveEvents:
    """The events that signs of an area (a prefix of codes) rest on at a moment."""

    def __init__(self, events: pd.DataFrame, at: pd.Timestamp, prefix: str) -> None:
        self.events, self.at, self.prefix = events, at, prefix
        register = events[events.type.str.endswith(".registered", na=False) & (events["at"] <= at)]
        self.register = register.assign(
            kind=[data["kind"] for data in register.data],
            adcode=[data["adcode"] for data in register.data],
            limits=[data.get("limits", {}) for data in register.data],
            traits=[data.get("traits", {}) for data in register.data],
        ).set_index("subject")

    def subjects(self, *kinds: str, kept: bool = True) -> pd.DataFrame:
        """Those that are registered as one of the kinds in the area; `kept`: whether none that left service."""
        mine = self.register[self.register.kind.isin(kinds) & self.register.adcode.str.startswith(self.prefix)]
        steps = self.events[(self.events.type == "special_equipment.use_step") & (self.events["at"] <= self.at)]
        last = steps.sort_values("at").groupby("subject").data.last()
        out = {name for name, data in last.items() if data["step"] in OUT}
        return mine[~mine.index.isin(out)] if kept else mine

    def due(self, kind: str, every: str, hours: float) -> pd.Series:
        """How many readings each subject owed in the hours before the moment."""
        mine = self.subjects(kind)
        begin = mine["at"].clip(lower=self.at - pd.Timedelta(hours=hours))
        return ((self.at - begin) // pd.Timedelta(every)).clip(lower=0)

    def readings(self, type_: str, kinds: tuple[str, ...], hours: float) -> pd.DataFrame:
        """The newest word on each reading, corrections among them; `came` when it was first heard of."""
        found = self.events[self.events.type == type_]
        domain, kind = type_.split(".")
        corrected = self.events[self.events.type == f"{domain}.corrected"]
        corrected = corrected[[data["kind"] == kind for data in corrected.data]] if len(corrected) else corrected
        places = {data["corrects"]["offset"]: data["data"] for data in corrected.data}
        first = found.drop_duplicates(["subject", "at"], keep="first").set_index(["subject", "at"]).came
        found = found.assign(data=[places.get(offset, data) for offset, data in zip(found.offset, found.data, strict=True)])
        found = found[(found["at"] > self.at - pd.Timedelta(hours=hours)) & (found["at"] <= self.at)]
        mine = self.subjects(*kinds, kept=False)
        found = found[found.subject.isin(mine.index)].drop_duplicates(["subject", "at"], keep="last")
        keys = pd.MultiIndex.from_frame(found[["subject", "at"]])
        return found.assign(came=first.reindex(keys).array)

    def happened(self, type_: str, hours: float) -> pd.DataFrame:
        """Events of a type, each once, their data as columns."""
        found = self.events[(self.events.type == type_) & (self.events["at"] <= self.at)].drop_duplicates(["source", "id"])
        found = found[found["at"] > self.at - pd.Timedelta(hours=hours)]
        mine = self.register[self.register.adcode.str.startswith(self.prefix)]
        found = found[found.subject.isin(mine.index)].reset_index(drop=True)
        return pd.concat([found.drop(columns="data"), pd.DataFrame(list(found.data), index=found.index)], axis=1)

    def with_missing(self, found: pd.DataFrame, kind: str, every: str, hours: float) -> int:
        """What came and what did not."""
        owed = self.due(kind, every, hours)
        came = found.groupby("subject").size()
        return len(found) + int((owed - came.reindex(owed.index).fillna(0)).clip(lower=0).sum())


class ArchivePeer(ArchiveEvents):
    """The signs of an area at a moment."""

    def availability(self, hours: int) -> Figure:
        """Probes within 15 s of probes that came, of probes due."""
        probes = self.readings("cyber.probe", ("gov_site",), hours)
        good = sum(data["seconds"] <= 15 for data in probes.data)
        return Figure(good, len(probes), len(probes), int(self.with_missing(probes, "gov_site", "5min", hours)))

    def answered(self) -> Figure:
        """Calls answered of calls, in hours of which a number of calls is known."""
        calls = self.readings("service.calls", ("hotline",), 24)
        known = [data for data in calls.data if data.get("calls") is not None]
        done = sum((Fraction(str(data["answered"])) * data["calls"] / 100 for data in known), Fraction(0))
        due = int(self.with_missing(calls, "hotline", "1h", 24))
        return Figure(float(done), sum(data["calls"] for data in known), len(known), due)

    def emissions(self) -> Figure:
        """Hours of gas sources within their limits of hours with a normal mark."""
        kept = valid = due = 0
        for kind in ("gas_boiler", "air_source"):
            hours = self.readings("environment.source_hour", (kind,), 24)
            due += int(self.with_missing(hours, kind, "1h", 24))
            for subject, data in zip(hours.subject, hours.data, strict=True):
                limits, means = self.register.limits[subject], []
                plain = kind == "air_source" and "o2_reference" not in self.register.traits[subject]
                for item, factor in data["factors"].items():
                    mean = factor.get("zs_avg", factor.get("avg") if plain or item == "a24088" else None)
                    if factor.get("flag", "") in {"N", ""} and mean is not None and item in limits:
                        means.append(mean <= limits[item])
                valid += bool(means)
                kept += bool(means) and all(means)
        return Figure(kept, valid, valid, due)

    def transmission(self) -> Figure:
        """Valid hours that came of hours due."""
        good = came = due = 0
        for kind, (type_, every) in SOURCES.items():
            if type_ == "environment.source_hour":
                hours = self.readings(type_, (kind,), 24)
                came += len(hours)
                due += int(self.with_missing(hours, kind, every, 24))
                good += sum(any(f.get("flag", "") in {"N", ""} for f in data["factors"].values()) for data in hours.data)
        return Figure(good, due, came, due)

    def timely(self) -> Figure:
        """What came within one interval of what was due."""
        good = came = due = 0
        for kind, (type_, every) in SOURCES.items():
            found = self.readings(type_, (kind,), 24)
            came += len(found)
            due += int(self.with_missing(found, kind, every, 24))
            good += int((found.came - found["at"] <= pd.Timedelta(every)).sum())
        return Figure(good, due, came, due)

    def cold(self) -> Figure:
        """Half hours with a record, each of which has both probes from 2 to 8 °C, of half hours due."""
        found = self.readings("food_drug.drug_climate", ("drug_cold_store",), 24)
        inside = [
            all(2 <= data[name] <= 8 for name in ("temperature", "temperature_2") if data.get(name) is not None)
            and data.get("temperature") is not None
            for data in found.data
        ]
        half = found["at"].dt.ceil("30min")
        slots = (
            pd.DataFrame({"subject": found.subject, "half": half, "inside": inside}).groupby(["subject", "half"]).inside.all()
        )
        came = slots.groupby("subject").size()
        owed = self.due("drug_cold_store", "30min", 24)
        missing = (owed - came.reindex(owed.index).fillna(0)).clip(lower=0).sum()
        due = int(len(slots) + missing)
        return Figure(int(slots.sum()), due, len(slots), due)

    def unfit(self) -> Figure:
        """Unfit batches of batches that were reported in 30 days."""
        found = self.events[self.events.type == "food_drug.sample"].drop_duplicates(["subject", "at"], keep="last")
        found = found[(found["at"] > self.at - pd.Timedelta(days=30)) & (found["at"] <= self.at)]
        mine = self.register[self.register.adcode.str.startswith(self.prefix)].index
        told = [
            data for name, data in zip(found.subject, found.data, strict=True) if name in mine and data["step"] == "reported"
        ]
        return Figure(sum(data.get("verdict") == "unfit" for data in told), len(told), len(told), None)

    def rescues(self) -> Figure:
        """Entrapments in 24 hours, lifts in use."""
        steps, lifts = self.happened("special_equipment.rescue", 24), len(self.subjects("lift"))
        trapped = 0 if steps.empty else int((steps.step == "trapped").sum())
        return Figure(trapped, lifts, trapped + lifts, None)

    def arrivals(self) -> Figure:
        """Help within 30 minutes, of rescues that began 30 minutes to a week and 30 minutes ago and were no false alarm."""
        steps = self.happened("special_equipment.rescue", 24 * 30)
        key = ["subject", "rescue"]
        trapped = steps[steps.step == "trapped"].groupby(key)["at"].min()
        arrived = steps[steps.step == "arrived"].groupby(key)["at"].min()
        false = steps[steps.step == "false-alarm"].groupby(key)["at"].min()
        over = trapped + pd.Timedelta(minutes=30)
        due = trapped[(over <= self.at) & (over > self.at - pd.Timedelta(days=7)) & ~trapped.index.isin(false.index)]
        took = arrived.reindex(due.index) - due
        return Figure(int((took <= pd.Timedelta(minutes=30)).sum()), len(due), len(due), None)

    def overdue(self) -> Figure:
        """Equipment in use past its day, of equipment in use whose day is known."""
        mine = self.subjects(*DATED)
        days = [traits.get("valid_until") for traits in mine.traits]
        known = [pd.Timestamp(f"{day}T00:00:00+08:00") + pd.Timedelta(days=1) for day in days if day]
        return Figure(sum(end <= self.at for end in known), len(known), len(known), len(days))

    def online(self) -> Figure:
        """Sources with a valid record within three of their intervals, of sources in service."""
        good = of = 0
        for kind, (type_, every) in SOURCES.items():
            within = 3 * pd.Timedelta(every)
            newest = self.readings(type_, (kind,), 24 * 30).groupby("subject")["at"].max()
            for name, row in self.subjects(kind).iterrows():
                heard = name in newest.index and newest[name] > self.at - within
                good += heard
                of += heard or row["at"] <= self.at - within
        return Figure(good, of, of, of)

    def air(self) -> tuple[Figure, int | None]:
        """Stations with a valid newest hour, of stations; the index of the mean of each pollutant over them."""
        hours = self.readings("environment.air_hour", ("air_station",), 2)
        stations = self.subjects("air_station")
        stations = stations[stations["at"] <= self.at - pd.Timedelta(hours=2)]
        newest = hours.sort_values("at").drop_duplicates("subject", keep="last")
        valid = [
            data for data in newest.data if data.get("minutes", 60) >= 45 and any(data.get(item) is not None for item in ITEMS)
        ]
        parts = {}
        for item, steps in HOURLY_2026.items():
            values = [Fraction(str(data[item])) for data in valid if data.get(item) is not None]
            if values:
                parts[item] = part(steps, rounded(sum(values, Fraction(0)) / len(values), 1 if item == "co" else 0))
        worst = max(parts.values(), default=None)
        if worst is not None and worst <= 100 and len(parts) < len(HOURLY_2026):
            worst = None
        return Figure(len(valid), len(valid), len(valid), len(stations)), worst

    def patched(self) -> Figure:
        """Vulnerabilities fixed within 7 (grave) or 30 days, of those whose days ended in the last 30."""
        steps = self.happened("cyber.vulnerability", 24 * 365)
        found = steps[steps.state == "found"].groupby(["subject", "cve"]).first()
        fixed = steps[steps.state == "fixed"].groupby(["subject", "cve"])["at"].min()
        end = found["at"] + found.grade.isin(["high", "critical"]).map(
            {True: pd.Timedelta(days=7), False: pd.Timedelta(days=30)}
        )
        due = end[(end <= self.at) & (end > self.at - pd.Timedelta(days=30))]
        return Figure(int((fixed.reindex(due.index) <= due).sum()), len(due), len(due), None)

    def reported(self) -> Figure:
        """Reports of accidents: by the unit in an hour, by the county to the city in two, by the city to the province in two.

        What was excluded in time is none. Of those whose time ended in the last 30 days.
        """
        steps = self.happened("special_equipment.accident_step", 24 * 365)
        good = of = 0
        ways = (
            ("unit-told", ("reported", "excluded"), 1),
            ("reported", ("to-city", "to-province", "to-state", "excluded"), 2),
            ("to-city", ("to-province", "to-state", "excluded"), 2),
        )
        for begins, ends, hours in ways:
            begun = steps[steps.step == begins].groupby("accident")["at"].min()
            done = steps[steps.step.isin(ends)].sort_values("at").groupby("accident").first().reindex(begun.index)
            over = begun + pd.Timedelta(hours=hours)
            due = (over <= self.at) & (over > self.at - pd.Timedelta(days=30)) & (done.step != "excluded")
            good += int((done["at"][due] <= over[due]).sum())
            of += int(due.sum())
        return Figure(good, of, of, None)

    def followed(self) -> Figure:
        """Follow-ups of which the day to which they were extended ended in the last 30 days, finished by its end or not."""
        steps = self.happened("food_drug.follow_up", 24 * 365)
        if steps.empty:
            return Figure(0, 0, 0, None)
        extended = steps[steps.step == "extended"].set_index("sample").until
        end = pd.to_datetime(extended.str.cat(["T00:00:00+08:00"] * len(extended)), utc=True) + pd.Timedelta(days=1)
        done = steps[steps.step == "finished"].groupby("sample")["at"].min()
        due = end[(end <= self.at) & (end > self.at - pd.Timedelta(days=30))]
        return Figure(int((done.reindex(due.index) <= due).sum()), len(due), len(due), None)


def rounded(value: Fraction, places: int) -> float:
    """Half to even (GB/T 8170)."""
    return round(value * 10**places) / 10**places


class JudgedPeer:
    """The signs of what judging told: messages as rows, up to a moment."""

    def __init__(self, told: Mapping[str, pd.DataFrame], origin: Mapping[str, bool], at: pd.Timestamp, prefix: str) -> None:
        self.at, self.prefix, self.origin = at, prefix, origin
        self.alerts = told["Alert"].drop_duplicates("id", keep="first").set_index("id")
        entries = told["Audit"].drop_duplicates(["alert", "n"])
        self.entries = entries[entries["at"] <= at].sort_values(["alert", "n"])
        incidents = told["Incident"]
        incidents = incidents[incidents.changed_at <= at]
        self.incidents = incidents.drop_duplicates("id", keep="last").set_index("id")
        turns = told["IncidentAudit"].drop_duplicates(["incident", "n"])
        self.turns = turns[turns["at"] <= at].sort_values(["incident", "n"])

    def _mine(self, alerts: pd.Series) -> Any:
        return self.alerts.adcode.reindex(alerts).str.startswith(self.prefix).to_numpy()

    def _within(self, moments: pd.Series, hours: float) -> Any:
        return (moments > self.at - pd.Timedelta(hours=hours)) & (moments <= self.at)

    def true(self) -> Figure:
        """Occurrences verified as true, of those verified as true or false in 30 days, by their newest verdict."""
        said = self.entries[(self.entries.event == "verify") & self._mine(self.entries.alert)]
        said = said.drop_duplicates(["alert", "occurrence"], keep="last")
        said = said[self._within(said["at"], 720) & said.finding.isin(["true", "false-alarm"])]
        return Figure(int((said.finding == "true").sum()), len(said), len(said), None)

    def answered(self) -> Figure:
        """Red and orange annunciations (entries into B) acknowledged before the next one and within 15 minutes."""
        good = of = 0
        limit = pd.Timedelta(minutes=15)
        for alert, trail in self.entries[self._mine(self.entries.alert)].groupby("alert"):
            rows = list(trail.itertuples())
            calls = [n for n, row in enumerate(rows) if row.after == "B" and row.before != "B"]
            for n, end in zip(calls, [*calls[1:], len(rows)], strict=True):
                over = rows[n].at + limit
                aside = any(row.after in {"E", "F", "G"} and row.before != row.after for row in rows[n + 1 : end])
                if rows[n].severity not in {"red", "orange"} or aside or not self.at - pd.Timedelta(hours=24) < over <= self.at:
                    continue
                of += 1
                good += any(row.event == "acknowledge" and row.at <= over for row in rows[n + 1 : end])
            assert alert in self.alerts.index
        return Figure(good, of, of, None)

    def _lives(self) -> pd.DataFrame:
        mine = self.incidents[self.incidents.adcode.str.startswith(self.prefix) & (self.incidents.merged_into == "")]
        return mine.assign(opened=pd.to_datetime(mine.opened_at, utc=True))

    def found(self) -> Figure:
        """Incidents of 7 days whose first alert's rule reads what devices or inspections tell."""
        mine = self._lives()
        mine = mine[self._within(mine.opened, 168)]
        own = [self.origin[self.alerts.rule[first]] for first in mine["first"]]
        return Figure(sum(own), len(own), len(own), None)

    def closed(self) -> Figure:
        """Incidents that had ended by 72 hours and stayed so to 96, of those whose 96 hours ended in 7 days."""
        good = of = 0
        for name, opened in self._lives().opened.items():
            due, end = opened + pd.Timedelta(hours=72), opened + pd.Timedelta(hours=96)
            if not self.at - pd.Timedelta(days=7) < end <= self.at:
                continue
            turns = self.turns[self.turns.incident == name]
            early, late = turns[turns["at"] <= due], turns[(turns["at"] > due) & (turns["at"] <= end)]
            of += 1
            good += bool(len(early)) and early.state.iloc[-1] == "ended" and bool((late.state == "ended").all())
        return Figure(good, of, of, None)
