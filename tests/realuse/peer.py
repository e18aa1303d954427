"""What the files of others say, read and computed by pandas alone: nothing of this project is imported here.

    python tests/realuse/peer.py FOLDER

prints a JSON object of numbers by name. Limits and formulas are typed from the standards' texts: HJ 633-2012 (table 1, 4.2 and
6.2), GB 3095-2012 (tables 1 and 4), HJ 212-2017 (6.3, annex A), the alarms that a Fridge-tag has; what no standard fixes is
typed from the pages of the rule book (docs/rules). Times without a zone are China Standard Time.
"""

import json
import math
import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd

Numbers = dict[str, float | int | str]

HOUR = pd.Timedelta("1h")
SETTLE = pd.Timedelta("26h")
"""How long the clock of an import goes on behind a file's last record (docs/operate/import.md)."""

IAQI = [0, 50, 100, 150, 200, 300, 400, 500]
HOURLY = {
    "PM2.5": [0, 35, 75, 115, 150, 250, 350, 500],
    "PM10": [0, 50, 150, 250, 350, 420, 500, 600],
    "CO": [0, 5, 10, 35, 60, 90, 120, 150],
    "NO2": [0, 100, 200, 700, 1200, 2340, 3090, 3840],
    "O3_1h": [0, 160, 200, 300, 400, 800, 1000, 1200],
    "SO2": [0, 150, 500, 650, 800],
}
"""HJ 633-2012 table 1; hourly particles take the columns of the day, as the national feed does."""

DAILY = HOURLY | {
    "CO": [0, 2, 4, 14, 24, 36, 48, 60],
    "NO2": [0, 40, 80, 180, 280, 565, 750, 940],
    "SO2": [0, 50, 150, 475, 800, 1600, 2100, 2620],
    "O3_8h": [0, 100, 160, 215, 265, 800],
}
"""The same table for a day; `O3_1h` is the greatest hour, `O3_8h` the greatest mean of 8 hours."""

GASES = {"SO2": 500, "NO2": 200, "CO": 10, "O3_1h": 200}
"""GB 3095-2012 table 1, grade 2, means of an hour."""

SAME = {"SO2": (24, 2), "NO2": (6, 2), "CO": (24, 0.1), "O3_1h": (6, 2), "PM10": (6, 1), "PM2.5": (6, 1)}
"""Rule flat-line: so many equal values in a row, above this floor (本系统默认)."""

OZONE_8H = 160
"""GB 3095-2012 table 1, grade 2."""


def iaqi(value: float | Fraction, steps: list[int]) -> int | None:
    """HJ 633-2012 formula 1, exact, rounded up; None beyond a column that ends early."""
    exact = Fraction(str(value))
    for low, high, below, above in zip(steps, steps[1:], IAQI, IAQI[1:], strict=False):
        if exact <= high:
            return math.ceil(Fraction(above - below, high - low) * (exact - low) + below)
    return 500 if len(steps) == len(IAQI) else None


def aqi(row: Any, columns: dict[str, list[int]]) -> float:
    """The greatest index of a row's pollutants; NaN where none has one."""
    found = [iaqi(row[item], steps) for item, steps in columns.items() if pd.notna(row[item])]
    return float(max((each for each in found if each is not None), default=math.nan))


def starts(over: pd.Series) -> int:
    """How often a condition begins to hold."""
    return int((over & ~over.shift(fill_value=False)).sum())


def polluted(station: pd.DataFrame) -> int:
    """How often the index is above 100 in two adjacent hours, and at or below it in two again (rule aqi-hourly)."""
    begun, stands, row, before = 0, False, 0, None
    for at, index in station.set_index("at")["index"].dropna().items():
        turns = (index > 100) != stands
        row = (row + 1 if before is not None and at - before == HOUR else 1) if turns else 0
        before = at if turns else None
        if row == 2:
            stands, row, before = not stands, 0, None
            begun += stands
    return begun


def flat(values: pd.Series, samples: int, floor: float) -> int:
    """How many rows of equal values are so long."""
    values = values.dropna()
    lengths = values.groupby((values != values.shift()).cumsum()).agg(["first", "size"])
    return int(((lengths["size"] >= samples) & (lengths["first"] > floor)).sum())


def air_rows(path: Path) -> pd.DataFrame:
    """The table as it is, with the end of each hour, and whether the name is another one with a suffix in brackets."""
    rows = pd.read_csv(path)
    rows["at"] = pd.to_datetime(rows["Date"].astype(str) + rows["Hour"].astype(str).str.zfill(2), format="%Y%m%d%H")
    names = set(rows["WatchPoint"])
    rows["strange"] = [name.endswith(")") and name.split("(")[0] in names for name in rows["WatchPoint"]]
    return rows


def air(path: Path) -> Numbers:
    """A city's week of hours."""
    rows = air_rows(path)
    known = rows[~rows["strange"]]
    copies = known[known.duplicated(["at", "WatchPoint"])]
    hours = known.drop_duplicates(["at", "WatchPoint"]).sort_values("at", kind="stable").copy()
    other = len(known.drop(columns="strange").drop_duplicates()) - len(hours)
    hours["index"] = hours.apply(aqi, axis=1, columns=HOURLY)
    published = hours.dropna(subset=["AQI"])
    end = rows["at"].max() + SETTLE
    several = hours["PrimaryPollution"].fillna("").str.strip().str.contains("\n")
    found: Numbers = {
        "records in the file": len(rows),
        "hours in the archive": len(rows),
        "stations registered": hours["WatchPoint"].nunique(),
        "refused: of no registered station (DQ-08)": int(rows["strange"].sum()),
        "refused: second copies (DQ-03)": len(copies) - other,
        "refused: other data for an hour (DQ-04)": other,
        "told: primary pollutants over several lines (DQ-17)": int(several.sum()),
        "told: published index is not that of the concentrations (DQ-16)": int((published["AQI"] != published["index"]).sum()),
        "hours with an index": int(hours["index"].notna().sum()),
        "sum of their indices": int(hours["index"].sum()),
        "hours with an index above 100": int((hours["index"] > 100).sum()),
    }
    counted = dict.fromkeys((f"alerts: {rule}" for rule in AIR_RULES), 0)
    missing = 0
    for _, station in hours.groupby("WatchPoint"):
        for rule, number in station_alerts(station, end):
            counted[f"alerts: {rule}"] += number
        missing += missing_hours(station, end)
    city = city_hours(hours)
    sign = {
        "hours with an index of the city": int(city["aqi"].notna().sum()),
        "sum of the city's indices": int(city["aqi"].sum()),
        "hours of stations in them": int(city["valid"].sum()),
    }
    return found | counted | {"hours missing without a reason at the end": missing} | sign | days(hours)


SHARE = Fraction(3, 4)
"""Of a city's stations that must have a valid hour (docs/rules/city_signs.md, city-air: 本系统默认)."""


def city_hours(hours: pd.DataFrame) -> pd.DataFrame:
    """The city at each full hour, from two after the first to the last: stations with an hour of the last two, stations, index.

    The index of the mean of each pollutant over the stations that have it, none where fewer than three quarters have an hour.
    """
    items = list(HOURLY)
    there = hours.dropna(subset=items, how="all")
    stations, rows = hours["WatchPoint"].nunique(), []
    for at in pd.date_range(hours["at"].min() + 2 * HOUR, hours["at"].max(), freq="1h"):
        recent = hours[(hours["at"] > at - 2 * HOUR) & (hours["at"] <= at)]
        newest = recent.drop_duplicates("WatchPoint", keep="last")
        newest = newest[newest.index.isin(there.index)]
        means = {item: [Fraction(str(value)) for value in newest[item].dropna()] for item in items}
        found = [iaqi(sum(each, Fraction(0)) / len(each), HOURLY[item]) for item, each in means.items() if each]
        told = len(newest) >= SHARE * stations
        index = max((each for each in found if each is not None), default=None) if told else None
        rows.append((at, len(newest), stations, index))
    return pd.DataFrame(rows, columns=["at", "valid", "due", "aqi"])


AIR_RULES = (
    "aqi-hourly",
    "flat-line",
    "gap-unexplained",
    "gas-hourly",
    "ozone-8h",
    "particles-inverted",
    "station-silent",
    "station-stale",
)
"""Rules that read hours of an air station (docs/rules/environment.md)."""


def station_alerts(station: pd.DataFrame, end: pd.Timestamp) -> Iterator[tuple[str, int]]:
    """How often each rule begins to stand at a station; `station` is in order of time, `end` the clock's."""
    silences = [*station["at"].diff().dropna(), end - station["at"].iloc[-1]]
    yield "station-silent", sum(each > 2 * HOUR for each in silences)
    yield "station-stale", sum(each > 24 * HOUR for each in silences)
    yield "aqi-hourly", polluted(station)
    yield "gas-hourly", sum(starts(station[gas].dropna() > limit) for gas, limit in GASES.items())
    both = station.dropna(subset=["PM2.5", "PM10"])
    yield "particles-inverted", starts(both["PM2.5"] > both["PM10"])
    yield "flat-line", sum(flat(station[item], *limits) for item, limits in SAME.items())
    mean = running(station)
    yield "ozone-8h", starts(mean.dropna() > OZONE_8H)
    yield "gap-unexplained", int(missing_hours(station, end) > 0)


def running(station: pd.DataFrame) -> pd.Series:
    """Means of 8 hours of one day (ends 08:00 to 24:00) with 6 values at least, rounded half to even (GB 3095 3.4, table 4)."""
    ozone = station.set_index("at")["O3_1h"].dropna()
    mean = ozone.rolling("8h", min_periods=6).mean().round(9).round(0)
    return mean[~mean.index.hour.isin(range(1, 8))]


def missing_hours(station: pd.DataFrame, end: pd.Timestamp) -> int:
    """Hours without any value between a station's first and the last whose reason is due, 24 h after it (GB 3095 6.3)."""
    there = station.dropna(subset=[*HOURLY, "O3_8h"], how="all")["at"]
    if there.empty:
        return 0
    due = pd.date_range(there.min(), end - 24 * HOUR, freq="h", inclusive="left")
    return len(due.difference(pd.DatetimeIndex(there)))


def days(hours: pd.DataFrame) -> Numbers:
    """Days of stations by their hours: means of 20 hours (GB 3095 table 4), the greatest ozone, the index of the day."""
    hours = hours.copy()
    hours["day"] = (hours["at"] - pd.Timedelta("1min")).dt.date
    plain = [item for item in HOURLY if item != "O3_1h"]
    grouped = hours.groupby(["WatchPoint", "day"])
    means = grouped[plain].mean().where(grouped[plain].count() >= 20)
    enough = grouped["O3_1h"].count() >= 20
    means["O3_1h"] = grouped["O3_1h"].max().where(enough)
    eights = {}
    for name, station in hours.groupby("WatchPoint"):
        mean = running(station)
        days_ = (mean.index - pd.Timedelta("1min")).date
        eights |= {(name, day): value for day, value in mean.groupby(days_).max().items()}
    means["O3_8h"] = pd.Series(eights).reindex(means.index).where(enough)
    means["CO"] = means["CO"].round(9).round(1)
    rounded = [*(item for item in plain if item != "CO"), "O3_1h"]
    means[rounded] = means[rounded].round(9).round(0)
    index = means.apply(aqi, axis=1, columns=DAILY).dropna()
    return {
        "days of stations": len(means),
        "days with 20 hours of something": len(index),
        "sum of the indices of days": int(index.sum()),
        "days with an index above 100": int((index > 100).sum()),
    }


def crc(data: bytes) -> int:
    """HJ 212-2017 annex A."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            odd = register & 1
            register >>= 1
            if odd:
                register ^= 0xA001
    return register


KINDS = {"2011": "source_realtime", "2051": "source_minute", "2061": "source_hour", "2031": "source_day"}


def hj212(path: Path) -> Numbers:
    """Frames of HJ 212."""
    frames = pd.DataFrame({"raw": pd.read_json(path, lines=True)["raw"]})
    for name in ("CN", "MN", "ST", "PW", "DataTime", "QN", "Flag"):
        frames[name] = frames["raw"].str.extract(rf"[;#0-9&]{name}=([^;&]*)", expand=False)
    segment = frames["raw"].str.slice(6, -4)
    right = segment.map(lambda text: crc(text.encode())) == frames["raw"].str[-4:].map(lambda text: int(text, 16))
    right &= segment.str.len() == frames["raw"].str.slice(2, 6).astype(int)
    taken = frames[right]
    password = taken.groupby("MN")["PW"].transform("last")
    strangers, taken = taken[taken["PW"] != password], taken[taken["PW"] == password]
    again = taken.duplicated(["MN", "CN", "QN"])
    other, taken = taken[again], taken[~again]
    data = taken.dropna(subset=["DataTime"])
    data = data[data["CN"].isin(list(KINDS))]
    pairs = data["raw"].str.findall(r"[;,]([A-Za-z0-9]+)-\w+=(-?[\d.]+)").explode().dropna()
    return {
        "frames in the file": len(frames),
        "refused: CRC or length": int((~right).sum()),
        "refused: another password than the device's": len(strangers),
        "refused: the number (QN) of another frame of the command": len(other),
        "told: a clock that is years away": len(taken),
        "answered (A = 1)": int((taken["Flag"].astype(int) % 2 == 1).sum()),
        "real-time data": len(data),
        "messages of devices": len(taken) - len(data),
        "values of factors": len(pairs),
        "sum of the values": round(sum(float(value) for _, value in pairs), 6),
    }


LOGIN = re.compile(
    r"^(\w{3}) +(\d+) ([\d:]{8}) (\S+) sshd\[\d+\]: (?:message repeated (\d+) times: \[ )?"
    r"(Failed|Accepted) password for .* from (\S+) port"
)


def logins(path: Path) -> Numbers:
    """Attempts to log in, as sshd itself tells them: PAM's lines about the same attempts do not count."""
    lines = path.read_text("utf-8").splitlines()
    matches = [match for line in lines if (match := LOGIN.match(line))]
    rows = pd.DataFrame([match.groups() for match in matches], columns=["m", "d", "clock", "host", "times", "what", "source"])
    rows["times"] = rows["times"].fillna("1").astype(int)
    rows = rows.loc[rows.index.repeat(rows["times"])]
    rows["at"] = pd.to_datetime("2025 " + rows["m"] + " " + rows["d"] + " " + rows["clock"], format="%Y %b %d %H:%M:%S")
    rows["at"] += pd.to_timedelta(rows.groupby("at").cumcount(), unit="ms")
    failed = rows[rows["what"] == "Failed"]
    window = failed.assign(n=1).set_index("at").groupby("source")["n"].rolling("5min").sum()
    greatest = window.groupby("source").max()
    return {
        "lines of the log": len(lines),
        "attempts": len(rows),
        "failures": len(failed),
        "successes": int((rows["what"] == "Accepted").sum()),
        "sources of failures": failed["source"].nunique(),
        "alerts: login-burst": bursts(failed, 5),
        "of them orange (20 in 5 minutes)": bursts(failed, 5, 20),
        "greatest number told": int(greatest.max() - greatest.max() % 5),
        "alerts: login-breach": int(breaches(rows)),
    }


def bursts(failed: pd.DataFrame, count: int, worst: int = 0) -> int:
    """How often some source has so many failures in 5 minutes while none had; with `worst`, those of which one gets so far."""
    within = pd.Timedelta("5min")
    times = {source: sorted(each["at"]) for source, each in failed.groupby("source")}
    spans = sorted(
        (at[n], at[n - count + 1] + within, sum(at[n] - within < each <= at[n] for each in at))
        for at in times.values()
        for n in range(count - 1, len(at))
        if at[n] - at[n - count + 1] < within
    )
    found: list[int] = []
    until = pd.Timestamp(0)
    for begin, end, top in spans:
        if begin >= until:
            found.append(0)
        found[-1], until = max(found[-1], top), max(until, end)
    return sum(top >= worst for top in found)


def breaches(rows: pd.DataFrame) -> int:
    """Successes of a source with five failures in the 5 minutes before."""
    found = 0
    for _, row in rows[rows["what"] == "Accepted"].iterrows():
        before = rows[(rows["source"] == row["source"]) & (rows["what"] == "Failed") & (rows["at"] < row["at"])]
        found += len(before[before["at"] >= row["at"] - pd.Timedelta("5min")]) >= 5
    return found


def fridge(path: Path) -> Numbers:
    """Days of a vaccine fridge's logger: its own alarms are 600 minutes above +8.0 and 60 at or below -0.5 °C."""
    pattern = r"Date: (\S+)\s+Min T: (\S+),.*?Max T: (\S+),.*?0:\s+t Acc: (\d+).*?1:\s+t Acc: (\d+)"
    found = re.findall(pattern, path.read_text("utf-8"), re.DOTALL)
    table = pd.DataFrame(found, columns=["day", "low", "high", "frost", "warm"]).sort_values("day")
    table = table.astype({"low": float, "high": float, "frost": int, "warm": int})
    out = [starts(~table[item].between(2, 8)) for item in ("low", "high")]
    return {
        "days of the logger": len(table),
        "sum of the lowest temperatures": round(float(table["low"].sum()), 6),
        "minutes above +8.0 °C": int(table["warm"].sum()),
        "minutes at or below -0.5 °C": int(table["frost"].sum()),
        "alerts: vaccine-fridge": starts(table["warm"] >= 600) + starts(table["frost"] >= 60),
        "alerts: vaccine-out-of-range": sum(out),
        "greatest temperature told": float(table["high"].max()),
    }


def inspections(path: Path) -> Numbers:
    """Inspections of restaurants, years before the measures of 2016 to 2022 by which they would be judged."""
    table = pd.read_csv(path)
    day = pd.to_datetime(table["Inspection_Date"])
    slight, failed = table["Results"] == "Pass w/ Conditions", table["Results"] == "Fail"
    by = {
        "inspection-recheck": "2016-05-01",
        "inspection-not-investigated": "2022-03-15",
        "repeat-failed-inspection": "2016-12-01",
    }
    assert day.max() < pd.Timestamp(min(by.values()))
    shops = table.loc[failed, "License"].nunique()
    return {
        "rows of the table": len(table),
        "businesses": table["License"].nunique(),
        "passed": int((table["Results"] == "Pass").sum()),
        "passed with conditions": int(slight.sum()),
        "failed": int(failed.sum()),
        "critical violations": int(table["criticalCount"].sum()),
        "alerts": 0,
        "told: no law yet, businesses that failed (inspection-not-investigated)": shops,
        "told: no law yet, businesses that failed (repeat-failed-inspection)": shops,
        "told: no law yet, businesses passed with conditions (inspection-recheck)": table.loc[slight, "License"].nunique(),
    }


def recalls(path: Path) -> Numbers:
    """The FDA's weekly report of 2012: food and drugs of a named firm."""
    table = pd.DataFrame(json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())
    ours = table[table["product-type"].isin(["Food", "Drugs"])]
    named = ours.dropna(subset=["recalling-firm"])
    numbered = named["product-description"].str.contains(r"Recall # ?[A-Z]-\d+-\d+")
    assert pd.to_datetime(table["report-date"], format="%m/%d/%Y").max() < pd.Timestamp("2015-09-01")
    counts = named.loc[numbered, "classification"].value_counts()
    return {
        "recalls in the report": len(table),
        "of food and drugs": len(ours),
        "refused: no firm is named": len(ours) - len(named),
        "refused: no number of the recall (DQ-15)": int((~numbered).sum()),
        **{f"taken, {level}": int(counts.get(level, 0)) for level in ("Class I", "Class II", "Class III")},
        "alerts": 0,
    }


def adverse(path: Path) -> Numbers:
    """One report of an adverse event of 2005, before the measures of 2011 (药品不良反应报告和监测管理办法)."""
    report = json.loads(path.read_text("utf-8"))
    drugs = pd.DataFrame(report["patient"]["drug"])
    assert report["receivedate"] < "20110701"
    return {
        "reports": 1,
        "of them serious": int(report["serious"] == "1" and report.get("seriousnessdeath") != "1"),
        "suspect drugs": drugs.loc[drugs["drugcharacterization"] == "1", "medicinalproduct"].nunique(),
        "alerts": 0,
        "told: no law yet (review of serious reports, clusters)": 2,
    }


def computed(folder: Path) -> dict[str, Numbers]:
    """All numbers by file."""
    readers = {
        "air_quality/郑州.csv": air,
        "air_quality/洛阳.csv": air,
        "hj212/frames.jsonl": hj212,
        "ssh_log/OpenSSH_2k.log": logins,
        "cold_chain/sample-fridge-tag-kaivandivier.txt": fridge,
        "food_inspections/chicago_4000.csv": inspections,
        "recalls/ucm308307.json": recalls,
        "recalls/event.postannotation.json": adverse,
    }
    return {name: read(folder / name) for name, read in readers.items()}


if __name__ == "__main__":
    json.dump(computed(Path(sys.argv[1])), sys.stdout, ensure_ascii=False, indent=1)
