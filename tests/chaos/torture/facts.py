"""The facts that are sent, each with a time of its own, and how each is read again from its event. Pure.

The limits are those of the rules, read from their standards: SO2 of a gas boiler 10 mg/m³ by the hour (DB41/2089-2021), ozone
200 µg/m³ by the hour (GB 3095-2012, grade 2), and a lift that runs with its door open outside the door zone (GB/T 7588.1).
"""

import random
from collections.abc import Iterator
from typing import Any

from streams.messages import HOUR, SECOND, Name, Registered, event_bytes, format_time, parse_time
from tests.chaos.torture.ledger import SentFact

BEGIN = parse_time("2026-06-01T00:00:00+08:00")

BOILER, AIR, LIFT = "environment.source_hour", "environment.air_hour", "special_equipment.lift_state"
RULES = {"cems-gas-boiler": "a21026", "gas-hourly": "o3", "lift-runs-open": ""}
"""The rules whose alerts are counted, each with its item."""

DEVICES, STATIONS, LIFTS = 12, 6, 6
OFTEN = 0.15
"""The part of the facts that are beyond the limit."""


def mn(number: int) -> str:
    """The MN of a device."""
    return f"410102A8900016F000169D{number:02d}"


def station(number: int) -> str:
    """The subject of an air station."""
    return f"air.410100.T{number}"


def lift(number: int) -> str:
    """The subject of a lift."""
    return f"lift.410100.T{number}"


def registrations() -> Iterator[tuple[str, str, bytes]]:
    """Domain, subject and event of each thing that is registered."""
    things = [
        *(("environment", "gas_boiler", mn(number)) for number in range(DEVICES)),
        *(("environment", "air_station", station(number)) for number in range(STATIONS)),
        *(("special_equipment", "lift", lift(number)) for number in range(LIFTS)),
    ]
    for domain, kind, subject in things:
        facts = Registered(kind=kind, name=Name(zh="测试", en="Test"), adcode="410102", lon=113.6, lat=34.75)
        time = format_time(BEGIN)
        value = event_bytes(
            type=f"{domain}.registered", source="test", id=f"r-{subject}", time=time, subject=subject, data=facts
        )
        yield domain, subject, value


def boiler_hours(number: int, seed: int) -> Iterator[SentFact]:
    """The hours of a boiler: SO2 in mg/m³, above 10 now and then."""
    chance, n = random.Random(f"boiler {number} {seed}"), 0
    while True:
        over, n = chance.random() < OFTEN, n + 1
        yield SentFact(
            BOILER, mn(number), BEGIN + n * HOUR, round(chance.uniform(10.1, 30) if over else chance.uniform(1, 10), 1), over
        )


def air_hours(number: int, seed: int) -> Iterator[SentFact]:
    """The hours of a station: ozone in µg/m³, above 200 now and then."""
    chance, n = random.Random(f"air {number} {seed}"), 0
    while True:
        over, n = chance.random() < OFTEN, n + 1
        yield SentFact(
            AIR, station(number), BEGIN + n * HOUR, float(chance.randint(201, 400) if over else chance.randint(20, 200)), over
        )


def lift_states(number: int, seed: int) -> Iterator[SentFact]:
    """The states of a lift: 1 runs open outside the zone, 0 stands closed within it."""
    chance, n = random.Random(f"lift {number} {seed}"), 0
    while True:
        over, n = chance.random() < OFTEN, n + 1
        yield SentFact(LIFT, lift(number), BEGIN + n * SECOND, float(over), over)


def value_of(type_: str, data: Any) -> float:
    """The value in the data of a fact."""
    if type_ == BOILER:
        return float(data["factors"]["a21026"]["zs_avg"])
    return float(data["o3"]) if type_ == AIR else float(data["running"])
