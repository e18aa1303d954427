"""The facts of the golden log: a simulated day, thinned out, a second city that mirrors a part of it, and bad input."""

import random
from collections.abc import Iterator

from msgspec import structs

from fixtures.city import beats
from fixtures.scenario import Scenario, load_scenario
from fixtures.weather import Air
from streams.gateways.timeline import Arrival, Beat
from streams.messages import DAY, HOUR, MINUTE, event_bytes, format_time, parse_time
from tests.golden.failing import BAD_OZONE, BAD_QUEUE
from tests.support.poison import BAD, Case, packed, parts

BEGIN = parse_time("2026-12-28T00:00:00+08:00")
"""A Monday: deadlines of the days that follow reach into a year whose holidays the State Council had not told yet."""

STEP = 5 * MINUTE
"""From tick to tick."""

SCENARIOS = ("day", "flood", "silent_district")

MIRRORED = ("410104", "410105")
"""Districts of which some subjects are in a second city too, Kaifeng, whose incidents have a partition of their own."""

LOUD = {
    *("lift_state", "drug_climate", "login", "request_step", "log_batch", "probe", "boiler_state", "source_minute"),
    *("food_climate", "outbound", "sale", "rating", "application_step", "queue", "crane_state", "service_state"),
    *("page_check", "vessel_state", "ride_state"),
}
"""Kinds of which there is so much that only some subjects send them, and all for the first half hour of the flood."""

FLOOD = (BEGIN + 14 * HOUR, BEGIN + 14 * HOUR + 20 * MINUTE)

FAILS = {5 * HOUR, 9 * HOUR}
"""After the beginning: the hours of two stations that hold the value at which the failing judges raise."""

_COPIED = 3  # of so many subjects of a mirrored district one is mirrored
_EVERY = 160  # of so many facts one is followed by a bad record


def scenario() -> Scenario:
    """All that happens, as one scenario."""
    whole = load_scenario(SCENARIOS[0])
    for other in map(load_scenario, SCENARIOS[1:]):
        joined = {
            name: (*getattr(whole, name), *getattr(other, name))
            for name in ("episode", "stuck", "silent", "hold", "act", "known", "expect")
        }
        whole = structs.replace(whole, **joined)
    return whole


def facts() -> Iterator[Beat]:
    """A day of facts in their order, with bad ones among them, and a tick every STEP."""
    chance = random.Random(16)
    happens = scenario()
    chosen = _named(happens)
    count = 0
    for beat in beats(Air(1, happens, BEGIN), 24):
        if isinstance(beat, int):
            if (beat - BEGIN) % STEP == 0:
                yield beat
                yield from _filed(beat)
            continue
        if not _kept(beat, chosen):
            continue
        fact = _spoiled(beat)
        yield fact
        if _is_mirrored(fact):
            yield _mirror(fact)
        if b".registered" in fact.value or not fact.value.endswith(b"}"):
            continue
        count += 1
        if count % _EVERY == 0:
            key, value = _WAYS[count // _EVERY % len(_WAYS)](chance, fact)
            yield fact._replace(key=key, value=value)  # type: ignore[arg-type]  # a record may have neither


def _late(_chance: random.Random, like: Arrival) -> Case:
    event = parts(like)
    return like.key, packed(event | {"id": "late", "time": format_time(parse_time(event["time"]) - 40 * DAY)})


def _conflict(_chance: random.Random, like: Arrival) -> Case:
    event = parts(like)
    data = {name: value + 1 if isinstance(value, float) else value for name, value in event["data"].items()}
    return like.key, packed(event | {"id": "other", "data": data})


_WAYS = (*BAD, _late, _conflict)


def _named(happens: Scenario) -> set[str]:
    """The subjects that something happens to, and room for the first of each kind."""
    return {one.subject for name in ("stuck", "silent", "hold", "act", "known") for one in getattr(happens, name)} - {""}


_first: dict[tuple[str, str], str] = {}


def _kept(arrival: Arrival, chosen: set[str]) -> bool:
    subject, kind = arrival.key.decode("utf-8", "replace"), _kind(arrival)
    if kind not in LOUD or subject in chosen or FLOOD[0] <= arrival.at < FLOOD[1]:
        return True
    return _first.setdefault((subject.partition(".")[0], kind), subject) == subject


def _kind(arrival: Arrival) -> str:
    return arrival.value.partition(b'"type":"')[2].partition(b'"')[0].partition(b".")[2].decode("utf-8", "replace")


def _is_mirrored(arrival: Arrival) -> bool:
    subject = arrival.key.decode("utf-8", "replace")
    return any(district in subject for district in MIRRORED) and sum(arrival.key) % _COPIED == 0


def _mirror(arrival: Arrival) -> Arrival:
    return arrival._replace(key=arrival.key.replace(b".4101", b".4102"), value=_moved(arrival.value))


def _moved(value: bytes) -> bytes:
    for before, after in ((b".4101", b".4102"), (b'"4101', b'"4102')):
        value = value.replace(before, after)
    return value


def _spoiled(arrival: Arrival) -> Arrival:
    """An hour of ozone, or a queue, with the value at which the failing rules raise."""
    kind, key = _kind(arrival), arrival.key
    if kind == "air_hour" and key in {b"air.sim.410105.1", b"air.sim.410102.1"}:
        event = parts(arrival)
        if parse_time(event["time"]) - BEGIN in FAILS and isinstance(event["data"], dict):
            event["data"]["o3"] = BAD_OZONE
            return arrival._replace(value=packed(event))
    if kind == "queue" and key == b"service_window.sim.410103.1" and b"T10:" in arrival.value:
        event = parts(arrival)
        event["data"]["minutes"] = BAD_QUEUE
        return arrival._replace(value=packed(event))
    return arrival


def _filed(now: int) -> Iterator[Arrival]:
    """Filed maintenance of sources: before their alarms, while they stand, until now, and until a time that is none."""
    plans: tuple[tuple[int, str, int, int | None], ...] = (
        (1 * HOUR, "air_source.sim.410181.1", 5 * HOUR, 9 * HOUR),
        (3 * HOUR, "sewage_works.sim.410104.1", 2 * HOUR, 6 * HOUR),
        (3 * HOUR, "gas_boiler.sim.410104.1", 2 * HOUR, 6 * HOUR),
        (8 * HOUR, "air_source.sim.410181.1", 8 * HOUR, 8 * HOUR + 30 * MINUTE),
        (9 * HOUR, "gas_boiler.sim.410104.1", 0, 12 * HOUR),
        (10 * HOUR, "gas_boiler.sim.410104.1", 12 * HOUR, None),
    )
    for subject, since, until in [plan[1:] for plan in plans if plan[0] == now - BEGIN]:
        window: dict[str, object] = {
            "since": format_time(BEGIN + since),
            "until": "until it is done" if until is None else format_time(BEGIN + until),
        }
        yield _fact(now, "environment.maintenance_plan", subject, window)


def _fact(now: int, type_: str, subject: str, data: dict[str, object]) -> Arrival:
    time = format_time(now)
    value = event_bytes(
        type=type_, source="golden", id=f"{type_}/{subject}/{time}", time=time, subject=subject, region="410100", data=data
    )
    return Arrival(now, type_.partition(".")[0], subject.encode(), value)
