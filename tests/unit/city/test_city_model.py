"""The simulated city is a pure function of its seed, and what it sends is what its scenario says."""

import io
import json
import subprocess
import sys
from collections import Counter, defaultdict
from itertools import pairwise, takewhile
from pathlib import Path

import pytest
from shapely.geometry import Point, shape

from fixtures.city import beats, write_city
from fixtures.life import arrivals
from fixtures.record import order_of
from fixtures.register.stations import stations
from fixtures.register.subjects import subjects
from fixtures.reports import DAILY, LOOK_BACK, station_records
from fixtures.scenario import load_scenario
from fixtures.weather import BEGIN, Air, hour_of_day
from streams.catalogue import domains
from streams.gateways.lines import write_lines
from streams.messages import DAY, HOUR, MINUTE, TICK, parse_time
from tests.support.shared import either, shared

START = parse_time(BEGIN)
ROOT = Path(__file__).parents[3]
OURS = ROOT / "streams" / "places" / "4101" / "map.geojson"
"""The districts as the map draws them; tests/unit/screen/test_geo.py holds them to their source."""
DAYS = 20


def lines(seed: int = 1, hours: int = 14, scenario: str = "ozone") -> bytes:
    """What `--stdout` writes."""
    out = io.BytesIO()
    write_city(Air(seed, load_scenario(scenario)), hours, out)
    return out.getvalue()


def readings(hours: int = 24, scenario: str = "calm") -> dict[str, dict[int, dict[str, float]]]:
    """Values by station and hour (ms) of a run that has no faults but the scenario's own."""
    found: dict[str, dict[int, dict[str, float]]] = defaultdict(dict)
    for line in filter(lambda line: b".air_hour" in line, lines(hours=hours, scenario=scenario).splitlines()):
        event = decoded(line)
        if event.get("type") == "environment.air_hour":
            found[event["subject"]].setdefault(parse_time(event["time"]), event["data"])
    return found


def decoded(line: bytes) -> dict:
    """A line as JSON, or nothing where it is none."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


@pytest.fixture(scope="module")
def long_run() -> list[dict]:
    """What the air stations send in twenty days of the ozone scenario."""
    air = Air(1, load_scenario("ozone"))
    return [decoded(value) for hour in range(DAYS * 24) for *_, value in station_records(air, START + hour * HOUR)]


def test_the_same_seed_gives_the_same_bytes() -> None:
    """Two runs are equal byte for byte; another seed is another city; more hours begin with the same bytes."""
    assert lines() == lines()
    assert lines() != lines(seed=2)
    assert lines(hours=20).startswith(lines())


@pytest.mark.parametrize("hours", [0, 1, 30])
def test_standard_output_and_a_log_get_the_same(hours: int) -> None:
    """The lines written an hour at a time are those of the timeline that goes into a log, ticks and all."""
    out = io.BytesIO()
    write_lines(beats(Air(1, load_scenario("day")), hours), out)
    assert lines(1, hours, "day") == out.getvalue()


def test_without_a_log_kafka_stays_away() -> None:
    """`--stdout` does not load Kafka's library, whose import takes longer than hours of the city."""
    code = "import sys; from fixtures.city import main; main(['--stdout', '--hours', '0']); sys.exit('kafka' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_a_run_can_be_joined_anywhere() -> None:
    """Arrivals after a time in the middle are the tail of the arrivals from the start."""
    air = Air(1, load_scenario("day"))
    late, end = START + 30 * HOUR + 7 * MINUTE, START + 32 * HOUR
    joined, whole = (list(takewhile(lambda one: one.at <= end, arrivals(air, after))) for after in (late, START))
    assert joined == [one for one in whole if one.at > late]


def test_arrivals_are_in_the_order_of_their_marks() -> None:
    """Marks grow strictly, and an arrival never lies more than a day after its hour, nor before it."""
    air = Air(1, load_scenario("ozone"))
    orders = [order_of(one.mark) for one in takewhile(lambda one: one.at <= START + 2 * DAY, arrivals(air, START))]
    assert all(before < after for before, after in pairwise(orders))
    assert all(0 < at - hour <= LOOK_BACK for at, hour, _, _ in orders)


def test_readings_spread_over_the_hour() -> None:
    """Stations report in many different minutes, all within 45 minutes of the hour: before the allowance of one hour ends."""
    air = Air(1, load_scenario("calm"))
    until = takewhile(lambda one: one.at <= START + HOUR, arrivals(air, START))
    minutes = {(one.at - START) // MINUTE for one in until if one.key.startswith(b"air.")}
    assert len(minutes) >= 10
    assert max(minutes) <= 45


def test_ticks_and_registers_come_first() -> None:
    """The first line is the tick of the beginning, then every station and every subject of each domain is registered, once."""
    found = [decoded(line) for line in lines(hours=2).splitlines()]
    assert (found[0]["type"], found[0]["time"]) == (TICK, BEGIN)
    known = [event["subject"] for event in found if event["type"].endswith(".registered")]
    everybody = [one.subject for one in stations()] + [name for domain in domains() for name in subjects(domain)]
    assert known == [event["subject"] for event in found[1 : 1 + len(known)]] == everybody
    assert sum(event["type"] == TICK for event in found) == 2 * 60 + 1


def test_calm_days_are_complete_and_plausible() -> None:
    """Each station reports each hour; PM10 contains PM2.5; nothing is above a limit of GB 3095-2026 for one hour."""
    for hours in readings(48).values():
        assert len(hours) == 48
        for values in hours.values():
            assert 0 < values["pm25"] < values["pm10"]
            assert (values["o3"] <= 200, values["no2"] <= 200, values["so2"] <= 500, values["co"] <= 10) == (True,) * 4


def test_patterns_of_a_day() -> None:
    """Over the city NO2 is highest in the traffic hours, ozone in the afternoon, PM2.5 at night."""
    totals: dict[str, Counter[int]] = defaultdict(Counter)
    for hours in readings().values():
        for hour, values in hours.items():
            for item, value in values.items():
                totals[item][hour_of_day(hour)] += value
    assert totals["no2"].most_common(1)[0][0] in {8, 19}
    assert totals["o3"].most_common(1)[0][0] in {14, 15}
    assert totals["pm25"].most_common(1)[0][0] in {22, 23, 0, 1, 2, 3, 4, 5}


def test_the_running_mean_of_ozone_is_the_mean_of_the_last_eight_hours() -> None:
    """`o3_8h` of hour 7 of a run is the mean of the eight ozone values sent, hours 0 to 7."""
    for hours in readings().values():
        sent = [hours[START + n * HOUR]["o3"] for n in range(8)]
        assert hours[START + 7 * HOUR]["o3_8h"] == pytest.approx(sum(sent) / 8, abs=0.06)


def test_a_day_is_told_by_the_means_of_its_hours() -> None:
    """The day that ends at hour 0 of the second day has the mean of the 24 hours that were sent, and its largest 8 h mean."""
    sent = readings(25)
    days = [decoded(line) for line in lines(hours=25, scenario="calm").splitlines() if b".air_day" in line]
    whole = {day["subject"]: day["data"] for day in days if parse_time(day["time"]) == START + DAY}
    assert set(whole) == set(DAILY)
    for subject, data in whole.items():
        hours = [sent[subject][START + n * HOUR] for n in range(1, 25)]
        assert data["pm25"] == pytest.approx(sum(each["pm25"] for each in hours) / 24, abs=0.06)
        assert data["o3_8h"] == max(each["o3_8h"] for each in hours)
        assert set(data["hours"].values()) == {24}


def test_the_ozone_episode_is_there_at_noon_and_grows() -> None:
    """At 12 and 13 ten stations are above 200 µg/m³ (1 h limit), a few above 400 (index 200); others go above at 14."""
    found = readings(16, "ozone")

    def above(limit: float, clock: int) -> set[str]:
        return {one for one, hours in found.items() if hours.get(START + clock * HOUR, {}).get("o3", 0) > limit}

    assert len(above(200, 12) & above(200, 13)) >= 10
    assert 1 <= len(above(400, 12) & above(400, 13)) <= 5
    assert above(200, 14) - above(200, 13)


def test_a_stuck_analyser_and_a_silent_station() -> None:
    """The analyser repeats one NO2 value from hour 2 to 11; nothing comes from the silent station from 9 to 16."""
    found = readings(24, "ozone")
    stuck = [hours["no2"] for hour, hours in found["air.sim.410106.1"].items() if 2 <= hour_of_day(hour) <= 11]
    assert len(stuck) >= 8
    assert len(set(stuck)) == 1
    silent = {hour_of_day(hour) for hour in found["air.sim.410181.3"]}
    assert not silent & set(range(9, 17))
    assert 17 in silent


def test_every_fault_happens_at_about_its_rate(long_run: list[dict]) -> None:
    """Each fault of the scenario is seen in twenty days, within a factor of two of its rate."""
    found = Counter(_fault(event) for event in long_run)
    rates = load_scenario("ozone").rates
    total = sum(event.get("type") == "environment.air_hour" for event in long_run)
    for fault in ("conflict", "inverted", "garbage", "future", "text", "out_of_range", "unregistered"):
        expected = getattr(rates, fault) * total
        assert expected / 2 <= found[fault] <= expected * 2, fault
    copies = Counter(json.dumps(event) for event in long_run if event.get("type") == "environment.air_hour")
    assert rates.duplicate * total / 2 <= sum(count == 2 for count in copies.values()) <= rates.duplicate * total * 2
    reasons = [event for event in long_run if event.get("type") == "environment.gap_reason"]
    assert rates.gap * rates.explained * total / 2 <= len(reasons) <= rates.gap * rates.explained * total * 2


def _fault(event: dict) -> str:
    suffixes = {"-b": "conflict", "-ahead": "future", "-text": "text", "-range": "out_of_range"}
    data = event.get("data") or {}
    if not event:
        return "garbage"
    if event.get("subject", "").endswith(".new"):
        return "unregistered"
    if event["type"] == "environment.air_hour" and data["pm25"] > data["pm10"]:
        return "inverted"
    return next((fault for suffix, fault in suffixes.items() if event["id"].endswith(suffix)), "")


def test_a_reason_is_about_an_hour_that_did_not_come(long_run: list[dict]) -> None:
    """A filed reason names an hour of its own station that was never reported (but by a clock ahead), within a day after it."""
    right = (event for event in long_run if event.get("type") == "environment.air_hour" and not event["id"].endswith("-ahead"))
    reported = {(event["subject"], event["time"]) for event in right}
    for event in long_run:
        if event.get("type") == "environment.gap_reason":
            assert (event["subject"], event["data"]["hour"]) not in reported
            assert 0 < parse_time(event["time"]) - parse_time(event["data"]["hour"]) <= DAY


def test_each_record_is_one_line() -> None:
    """Broken bytes hold no line end, so that JSON lines stay lines."""
    air = Air(1, load_scenario("ozone"))
    assert not any(b"\n" in one.value for one in takewhile(lambda one: one.at <= START + 3 * DAY, arrivals(air, START)))


def test_the_register_has_every_district() -> None:
    """Thirty stations, at least two in each of the twelve districts, subjects and names unique, marked as simulated."""
    found = stations()
    counts = Counter(one.adcode for one in found)
    assert (len(found), len(counts), min(counts.values())) == (30, 12, 2)
    assert len({one.subject for one in found}) == len({one.name.zh for one in found}) == 30
    assert all("模拟" in one.name.zh and "simulated" in one.name.en for one in found)


@either
def test_stations_lie_in_their_districts(ours: bool) -> None:
    """Each position lies inside the polygon of the district that the register names."""
    features = json.loads((OURS if ours else shared("zhengzhou/zhengzhou_simplified.geojson")).read_text("utf-8"))["features"]
    areas = {str(one["properties"]["adcode"]): shape(one["geometry"]) for one in features}
    assert [one.subject for one in stations() if not areas[one.adcode].contains(Point(one.lon, one.lat))] == []
