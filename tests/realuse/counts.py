"""What the product says of each file of others: numbers by name, of its archive, its outputs and its commands."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from agents.signs.book.read import sign_book
from agents.signs.command import read_archive
from agents.signs.figures import figure
from streams.messages import HOUR
from tests.realuse.chain import Made, Numbers, command

CITY = "410100"
"""The city that the import gives stations without a region of their own."""

ITEMS = ("so2", "no2", "co", "o3", "pm10", "pm25")

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


def air(made: Made) -> Numbers:
    """A city's hours."""
    hours = made.facts("air_hour")
    first = list(_first(made))
    index = [each["aqi"] for each in _indices("1h", (data for _, _, data in first))]
    by_day = list(_days(first))
    daily = [each["aqi"] for each in _indices("24h", by_day)]
    known = [each for each in daily if each is not None]
    return {
        "records in the file": json.loads(made.said.splitlines()[-1])["rows"],
        "hours in the archive": len(hours),
        "stations registered": sum(event["type"] == "environment.registered" for event in made.events),
        "refused: of no registered station (DQ-08)": made.told("DQ-08"),
        "refused: second copies (DQ-03)": made.told("DQ-03"),
        "refused: other data for an hour (DQ-04)": made.told("DQ-04"),
        "told: primary pollutants over several lines (DQ-17)": made.told("DQ-17"),
        "told: published index is not that of the concentrations (DQ-16)": made.told("DQ-16"),
        "hours with an index": sum(each is not None for each in index),
        "sum of their indices": sum(each or 0 for each in index),
        "hours with an index above 100": sum((each or 0) > 100 for each in index),
        **{f"alerts: {rule}": made.raised(rule) for rule in AIR_RULES},
        "hours missing without a reason at the end": sum(
            int(alert["value"]) for alert in made.newest("gap-unexplained") if alert["active"]
        ),
        **_city(made.archive, first),
        "days of stations": len(by_day),
        "days with 20 hours of something": len(known),
        "sum of the indices of days": sum(known),
        "days with an index above 100": sum(each > 100 for each in known),
    }


def _first(made: Made) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """The first copy of each hour of each registered station: subject, end, values."""
    known = {event["subject"] for event in made.facts("registered")}
    seen = set()
    for event in made.facts("air_hour"):
        key = event["subject"], event["time"]
        if event["subject"] in known and key not in seen:
            seen.add(key)
            yield event["subject"], datetime.fromisoformat(event["time"]), event["data"]


def _city(archive: Path, hours: Iterable[tuple[str, datetime, dict[str, Any]]]) -> Numbers:
    """What the sign of the city's air comes to at each full hour, from two after the first to the last."""
    ends = [end for _, end, _ in hours]
    count = (max(ends) - min(ends)) // timedelta(hours=1) - 1
    moments = [round(min(ends).timestamp() * 1000) + n * HOUR for n in range(2, 2 + count)]
    book = {"city-air": sign_book()["city-air"]}
    parts = read_archive(book, archive, moments[0])
    found = [figure("city-air", book["city-air"], parts, CITY, at) for at in moments]
    return {
        "hours with an index of the city": sum(each.value is not None for each in found),
        "sum of the city's indices": int(sum(each.value or 0 for each in found)),
        "hours of stations in them": sum(each.valid for each in found),
    }


def _indices(period: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What `python -m agents aqi` says of rows, by the edition of 2012."""
    items = (*ITEMS, "o3_8h") if period == "24h" else ITEMS
    asked = [{"edition": "HJ 633-2012", "period": period} | {item: row.get(item) for item in items} for row in rows]
    given = "".join(json.dumps(each) + "\n" for each in asked).encode()
    return [json.loads(line) for line in command(None, "agents", "aqi", given=given).splitlines()]


def _days(first: list[tuple[str, datetime, dict[str, Any]]]) -> Iterator[dict[str, float]]:
    """The means of each station's days that rest on 20 hours, and its greatest ozone."""
    days: dict[tuple[str, Any], dict[datetime, dict[str, Any]]] = defaultdict(dict)
    for subject, end, data in first:
        days[subject, (end - timedelta(minutes=1)).date()][end] = data
    for hours in days.values():
        day: dict[str, float] = {}
        for item in ITEMS:
            values = [Decimal(str(each[item])) for each in hours.values() if each.get(item) is not None]
            if len(values) >= 20:
                mean = max(values) if item == "o3" else sum(values) / len(values)
                day[item] = float(mean.quantize(Decimal("0.1" if item == "co" else "1"), ROUND_HALF_EVEN))
        if "o3" in day and (eights := list(_eights(hours))):
            day["o3_8h"] = float(max(eights))
        yield day


def _eights(hours: dict[datetime, dict[str, Any]]) -> Iterator[Decimal]:
    """The means of 8 hours of a day with 6 values, rounded half to even."""
    ozone = {end: Decimal(str(data["o3"])) for end, data in hours.items() if data.get("o3") is not None}
    for end in ozone:
        values = [ozone[at] for n in range(8) if (at := end - timedelta(hours=n)) in ozone]
        if len(values) >= 6 and (end.hour >= 8 or end.hour == 0):
            yield (sum(values, Decimal(0)) / len(values)).quantize(Decimal(1), ROUND_HALF_EVEN)


def hj212(made: Made) -> Numbers:
    """Frames of HJ 212, sent to the gateway."""
    data = made.facts("source_realtime")
    bad = [event["data"]["reason"] for event in made.facts("bad_frame")]
    factors = [factor | factor.get("other", {}) for event in data for factor in event["data"]["factors"].values()]
    values = [value for factor in factors for value in factor.values() if isinstance(value, float)]
    sent, answered = map(int, made.said.split())
    return {
        "frames in the file": sent,
        "refused: CRC or length": sum(fault in {"crc", "length"} for fault in bad),
        "refused: another password than the device's": bad.count("password"),
        "refused: the number (QN) of another frame of the command": bad.count("number"),
        "told: a clock that is years away": bad.count("clock"),
        "answered (A = 1)": answered,
        "real-time data": len(data),
        "messages of devices": len(made.facts("device_message")),
        "values of factors": len(values),
        "sum of the values": round(sum(values), 6),
    }


def logins(made: Made) -> Numbers:
    """Attempts to log in."""
    attempts = [event["data"] for event in made.facts("login")]
    failed = [each["source"] for each in attempts if each["outcome"] == "failure"]
    alerts = [alert for alert in made.outputs["alerts"] if alert["rule"] == "login-burst"]
    return {
        "lines of the log": json.loads(made.said.splitlines()[-1])["rows"],
        "attempts": len(attempts),
        "failures": len(failed),
        "successes": len(attempts) - len(failed),
        "sources of failures": len(set(failed)),
        "alerts: login-burst": made.raised("login-burst"),
        "of them orange (20 in 5 minutes)": made.raised("login-burst", "orange"),
        "greatest number told": int(max(alert["value"] for alert in alerts if alert["active"])),
        "alerts: login-breach": made.raised("login-breach"),
    }


def fridge(made: Made) -> Numbers:
    """Days of a vaccine fridge."""
    days = [event["data"] for event in made.facts("fridge_day")]
    alerts = [alert for alert in made.outputs["alerts"] if alert["rule"] == "vaccine-out-of-range" and alert["active"]]
    return {
        "days of the logger": len(days),
        "sum of the lowest temperatures": round(sum(day["minimum"] for day in days), 6),
        "minutes above +8.0 °C": int(sum(day["above_minutes"] for day in days)),
        "minutes at or below -0.5 °C": int(sum(day["below_minutes"] for day in days)),
        "alerts: vaccine-fridge": made.raised("vaccine-fridge"),
        "alerts: vaccine-out-of-range": made.raised("vaccine-out-of-range"),
        "greatest temperature told": max(alert["value"] for alert in alerts),
    }


def inspections(made: Made) -> Numbers:
    """Inspections of restaurants."""
    found = [event["data"] for event in made.facts("inspection")]
    results = [each["result"] for each in found]
    early = [each["message"] for each in made.outputs["quality"] if each["reason"] == "not-in-force"]

    def of(rule: str) -> int:
        return sum(f"rule {rule} " in f"{message} " for message in early)

    return {
        "rows of the table": len(found),
        "businesses": len(made.facts("registered")),
        "passed": results.count("pass"),
        "passed with conditions": results.count("conditions"),
        "failed": results.count("fail"),
        "critical violations": sum(each["critical"] for each in found),
        "alerts": len(made.outputs["alerts"]),
        "told: no law yet, businesses that failed (inspection-not-investigated)": of("inspection-not-investigated"),
        "told: no law yet, businesses that failed (repeat-failed-inspection)": of("repeat-failed-inspection"),
        "told: no law yet, businesses passed with conditions (inspection-recheck)": of("inspection-recheck"),
    }


def recalls(made: Made) -> Numbers:
    """The FDA's report."""
    *odd, total = [json.loads(line) for line in made.said.splitlines()]
    found = [event["data"] for event in made.facts("recall")]
    whole = [each for each in found if "case" in each]
    nameless = len({each["line"] for each in odd if each["reason"] == "no-subject"})
    levels = {level: sum(each["level"] == level for each in whole) for level in (1, 2, 3)}
    return {
        "recalls in the report": total["rows"],
        "of food and drugs": len(found) + nameless,
        "refused: no firm is named": nameless,
        "refused: no number of the recall (DQ-15)": made.told("DQ-15"),
        **{f"taken, Class {'I' * level}": number for level, number in levels.items()},
        "alerts": len(made.outputs["alerts"]),
    }


def adverse(made: Made) -> Numbers:
    """The report of an adverse event."""
    found = [event["data"] for event in made.facts("adr")]
    return {
        "reports": len(found),
        "of them serious": sum(each["grade"] == "serious" for each in found),
        "suspect drugs": len({each["drug"] for each in found}),
        "alerts": len(made.outputs["alerts"]),
        "told: no law yet (review of serious reports, clusters)": sum(
            each["reason"] == "not-in-force" for each in made.outputs["quality"]
        ),
    }
