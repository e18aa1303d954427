"""A fortnight of a part of the simulated city with its people, disturbed: what is written, and what is judged of it.

Readings are lost, late, sent twice and corrected, sources exceed their limits, bear marks or fall silent; vulnerabilities are
found and fixed, rescues come in time or not, follow-ups end or do not.
"""

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from agents.rulebook.orders import order_rules
from fixtures.city import beats
from fixtures.scenario import load_scenario
from fixtures.staff.habits import Chances, Habits, load_habits
from fixtures.staff.people import People
from fixtures.staff.shift import Shift
from fixtures.staff.town import load_town
from fixtures.weather import Air
from streams.archive import files
from streams.gateways.timeline import Arrival
from streams.messages import DAY, HOUR, MINUTE, Place, event_bytes, format_time
from streams.messages.times import day_of
from tests.support.city.staffed import BEGIN, PLAN, StaffedCity

DAYS, STEP, FASTER = 14, 15 * MINUTE, 2
"""How long, from tick to tick, and how many times faster than people the people work."""

SHARES = PLAN | {"false-alarm": 0.2, "unclear": 0.1}
"""By what shares they live: some alarms are false, some cannot be verified."""

DISTRICTS = ("410102", "410105")
MOST = 2
"""So many subjects of each kind in each district send; the others are not registered."""

TYPES = frozenset({
    "environment.air_hour", "environment.source_hour", "food_drug.drug_climate", "cyber.probe", "service.calls",
    "special_equipment.lift_state", "special_equipment.boiler_state", "special_equipment.rescue", "food_drug.sample",
})  # fmt: skip
"""What is kept of what the city sends; requests are those of the day of `staffed`."""

SYSTEM, SHOP, LIFTS = "info_system.sim.410105.1", "market.sim.sampled", ("lift.sim.410105.1", "lift.sim.410102.1")


SILENT = {
    "environment.air_hour": [(0, DAYS * DAY, 31), (4 * DAY, 4 * DAY + 6 * HOUR, 2)],
    "food_drug.drug_climate": [(6 * DAY, 6 * DAY + 4 * HOUR, 1)],
    "cyber.probe": [(9 * DAY, 9 * DAY + 5 * HOUR, 1)],
}
"""By type from when until when (ms of the fortnight) each how many-th reading is lost."""

DELAYED = {"environment.air_hour": (23, 3 * HOUR), "environment.source_hour": (19, 70 * MINUTE)}
"""By type each how many-th reading comes so much (ms) later."""


class WrittenCity(StaffedCity):
    """A city at work that remembers what is written; `written`: by input the records of its one partition."""

    def __init__(self) -> None:
        habits = Habits(load_habits().pace, SHARES)
        super().__init__(Shift(load_town(), Chances(habits, order_rules().calendar, 1, FASTER), People(1)))
        for name in ("cells", "signs"):
            self.stages.pop(name, None)  # signs are reckoned of what is written, not while it is
        self.written: dict[str, list[tuple[int, bytes | None, bytes]]] = defaultdict(list)

    def write(self, name: str, key: bytes | None, value: bytes) -> None:
        """A record into a partition, and all that follows from it."""
        if name in self.stages:
            self.written[name].append((self.offsets[name], key, value))
        super().write(name, key, value)


@cache
def fortnight() -> WrittenCity:
    """The fortnight, at its end."""
    city, waiting, heard = WrittenCity(), deque(sorted(_disturbed(), key=lambda each: each.at)), Counter[str]()
    for now in range(BEGIN, BEGIN + DAYS * DAY + 1, STEP):
        city.tick(now)
        while waiting and waiting[0].at <= now:
            each = waiting.popleft()
            offset = city.offsets[each.domain]
            city.write(each.domain, each.key or None, each.value)
            heard[each.domain] += 1
            if each.domain == "service" and b'"service.calls"' in each.value and heard["service"] % 11 == 0:
                city.write("service", each.key or None, _corrected(json.loads(each.value), offset))
    return city


def archive(root: Path) -> Path:
    """What was written, as an archive has it."""
    for name, records in fortnight().written.items():
        chunk = files.Chunk(0.0)
        for offset, key, value in records:
            chunk.add(offset, 0, key or b"", value)
        files.write(root, f"t.events.{name}", 0, chunk)
    return root


def _corrected(event: dict[str, Any], offset: int) -> bytes:
    """One call figure was told too high by ten."""
    data = event["data"] | {"answered": max(0, event["data"]["answered"] - 10)}
    place = Place("t.events.service", 0, offset)
    said = {"corrects": place, "kind": "calls", "at": event["time"], "data": data, "reason": "误报"}
    subject, name = event["subject"], f"c{offset}"
    return event_bytes(type="service.corrected", source="test", id=name, time=event["time"], subject=subject, data=said)


def _disturbed() -> Iterator[Arrival]:
    air, subjects, seen = Air(1, load_scenario("trapped")), set[str](), Counter[tuple[str, str]]()
    count = Counter[str]()
    for each in beats(air, DAYS * 24):
        if not isinstance(each, Arrival):
            continue
        event = json.loads(each.value)
        type_, data = event["type"], event.get("data")
        if type_.endswith(".registered"):
            district = data["adcode"][:6]
            seen[district, data["kind"]] += 1
            if district in DISTRICTS and (seen[district, data["kind"]] <= MOST or event["subject"] in {SYSTEM, *LIFTS}):
                subjects.add(event["subject"])
                yield each
            continue
        if type_ not in TYPES or event["subject"] not in subjects:
            continue
        count[type_] += 1
        yield from _sent(each, event, count[type_])
    yield from _acts()


def _sent(each: Arrival, event: dict[str, Any], n: int) -> Iterator[Arrival]:
    """A reading as it comes: n of its type."""
    type_ = event["type"]
    if any(BEGIN + since <= each.at < BEGIN + until and n % every == 0 for since, until, every in SILENT.get(type_, ())):
        return
    _change(type_, event["data"], n)
    every, delay = DELAYED.get(type_, (1, 0))
    value = json.dumps(event, ensure_ascii=False).encode()
    sent = Arrival(each.at + (delay if n % every == 0 else 0), each.domain, each.key, value)
    yield sent
    if n % 41 == 0:
        yield sent


def _change(type_: str, data: dict[str, Any], n: int) -> None:
    """What now and then stands in a reading."""
    if type_ == "environment.air_hour" and n % 17 == 0:
        data["minutes"] = 44
    elif type_ == "environment.source_hour":
        for factor in data["factors"].values():
            factor.update({"flag": "D"} if n % 29 == 0 else {}, **({"zs_avg": 60.0, "avg": 60.0} if n % 13 == 0 else {}))
    elif type_ == "food_drug.drug_climate" and n % 43 == 0:
        data["temperature"] = 8.6
    elif type_ == "cyber.probe" and n % 37 == 0:
        data["seconds"] = 16.5
    elif type_ == "service.calls" and n % 9 == 0:
        del data["calls"]


def _accident(fact: Callable[..., Arrival], lift: str, at: int, n: int) -> Iterator[Arrival]:
    """An accident that is reported in time or late, found to be none, or not reported at all."""
    said = {"accident": f"A-{n}", "grade": "general"}
    yield fact("special_equipment.accident_step", lift, at, step="unit-told", **said)
    if n % 4 == 3:
        return
    if n % 4 == 2:
        yield fact("special_equipment.accident_step", lift, at + 20 * MINUTE, step="excluded", **said)
        return
    reported = at + (90 if n % 4 else 30) * MINUTE
    yield fact("special_equipment.accident_step", lift, reported, step="reported", **said)
    yield fact("special_equipment.accident_step", lift, reported + (n % 3 + 1) * 50 * MINUTE, step="to-city", **said)


def _acts() -> Iterator[Arrival]:
    lift, rescued = LIFTS[0], "special_equipment.rescue"

    def fact(type_: str, subject: str, at: int, **data: Any) -> Arrival:
        name = f"{type_}/{at}/{data}"
        value = event_bytes(type=type_, source="test", id=name, time=format_time(at), subject=subject, data=data)
        return Arrival(at, type_.partition(".")[0], subject.encode(), value)

    shop = {"kind": "food_shop", "name": {"zh": "店"}, "adcode": DISTRICTS[1]}
    yield fact("food_drug.registered", SHOP, BEGIN, **shop)
    for n in range(DAYS - 1):
        day = BEGIN + n * DAY
        grade = "high" if n % 3 else "medium"
        yield fact("cyber.vulnerability", SYSTEM, day + 8 * HOUR, cve=f"CVE-{n}", grade=grade, state="found")
        if n % 4:
            yield fact(
                "cyber.vulnerability", SYSTEM, day + (n % 10) * DAY + 9 * HOUR, cve=f"CVE-{n}", grade=grade, state="fixed"
            )
        rescue = f"R-{n}"
        yield fact(rescued, lift, day + 10 * HOUR, rescue=rescue, step="trapped", people=1)
        if n % 5 == 4:
            yield fact(rescued, lift, day + 10 * HOUR + 9 * MINUTE, rescue=rescue, step="false-alarm", people=1)
        else:
            late = (20 + 3 * n) * MINUTE
            yield fact(rescued, lift, day + 10 * HOUR + late, rescue=rescue, step="arrived", people=1)
            yield fact(rescued, lift, day + 11 * HOUR, rescue=rescue, step="freed", people=1)
        yield from _accident(fact, lift, day + 14 * HOUR, n)
        verdict = "unfit" if n % 3 == 0 else "fit"
        yield fact("food_drug.sample", SHOP, day + 12 * HOUR, sample=f"S-{n}", step="reported", verdict=verdict)
        if verdict == "unfit":
            until = str(day_of(day + 3 * DAY))
            yield fact("food_drug.sample_notice", SHOP, day + 13 * HOUR, sample=f"S-{n}", step="told", verdict="unfit")
            yield fact("food_drug.follow_up", SHOP, day + DAY + HOUR, sample=f"S-{n}", step="extended", until=until)
            if n % 2 == 0:
                yield fact("food_drug.follow_up", SHOP, day + (2 + n % 4) * DAY, sample=f"S-{n}", step="finished")
    yield fact("special_equipment.use_step", LIFTS[1], BEGIN + 3 * DAY, step="stopped")
    yield fact("special_equipment.use_step", LIFTS[1], BEGIN + 9 * DAY, step="resumed")
    past = {
        "kind": "lift",
        "name": {"zh": "梯"},
        "adcode": DISTRICTS[1],
        "traits": {"valid_until": str(day_of(BEGIN + 5 * DAY))},
    }
    yield fact("special_equipment.registered", "lift.sim.past", BEGIN, **past)
