"""What the city sends by a road is, in the log, what it would have sent straight: subject, kind, time and values."""

import asyncio
import json
import stat
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from msgspec import Struct, structs

from fixtures.city import DEFAULT
from fixtures.life import arrivals
from fixtures.record import order_of
from fixtures.roads.devices import HjDevices
from fixtures.roads.documents import climate
from fixtures.roads.frames import device_of, frame_of, stamp_of
from fixtures.roads.lanes import Lane, Lanes
from fixtures.roads.plan import Road, Sent, fact_of, roads
from fixtures.roads.posts import EventPoster, PlatformPoster, Poster
from fixtures.roads.registers import MAPPINGS, Addresses, adcodes, lanes, prepare
from fixtures.roads.table import BoilerTable
from fixtures.scenario import load_scenario
from fixtures.weather import BEGIN, Air
from streams.clock import wall_time
from streams.gateways.drain import unpacked
from streams.gateways.foreign.mapping import load
from streams.gateways.hj212.reception import Caller, Reception
from streams.gateways.hj212.register import load_register
from streams.gateways.hj212.serve import Gateway
from streams.gateways.http.signature import Scheme
from streams.gateways.http.sources import load_sources
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.intake.seen import Seen
from streams.gateways.mqtt.message import Published
from streams.gateways.mqtt.reception import MqttReception
from streams.gateways.mqtt.register import Subscribed
from streams.gateways.pull.progress import Making
from streams.gateways.pull.sources import readers_of
from streams.gateways.spool import Spool
from streams.gateways.timeline import Arrival
from streams.messages import HOUR, Name, decode_event, encode, parse_time
from tests.support.gateways.http import SECRET, Posting
from tests.support.kafka.settings import free_ports
from tests.support.workers import wait_for

AIR = Air(1, load_scenario(DEFAULT))
START = parse_time(BEGIN)
HOURS = 4
NOW = parse_time("2026-11-30T12:00:00+08:00")
"""The moment at the gateways, months away from the city's clock."""

HERE = Addresses("127.0.0.1:1", "127.0.0.1:1")

Said = tuple[str, str, int, str]
"""Type, subject, time (ms) and data of a fact, its keys in order."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registers of all roads but that of MQTT, which needs Mosquitto's own tool."""
    found = tmp_path_factory.mktemp("data") / "roads"
    prepare(found, HERE)
    return found


@cache
def everything() -> tuple[Sent, ...]:
    """The facts of the city's first hours."""
    every = takewhile(lambda one: one.at <= START + HOURS * HOUR, arrivals(AIR, START))
    return tuple(fact for one in every if (fact := fact_of(one.value, one.mark)) is not None)


def sent(name: str) -> tuple[Sent, ...]:
    """Those that are a road's."""
    road = road_of(name)
    return tuple(fact for fact in everything() if road.takes(fact.type, fact.subject))


def road_of(name: str) -> Road:
    """A road by its name."""
    return next(each for each in roads() if each.name == name)


def said(type_: str, subject: str, at: int, data: Mapping[str, Any]) -> Said:
    """What a fact says, however its JSON is written: 22 is 22.0."""
    return type_, subject, at, msgspec.json.encode(_plain(data), order="deterministic").decode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def of_event(value: bytes) -> Said:
    """What an event of a gateway says."""
    event = decode_event(value)
    return said(event.type, event.subject, parse_time(event.time), msgspec.json.decode(event.data))


def of_fact(fact: Sent) -> Said:
    """What the city would have said straight."""
    return said(fact.type, fact.subject, fact.at, fact.data)


def test_hj212_says_the_facts_of_factories_and_sewage_works(folder: Path) -> None:
    """Each fact is one frame, answered by 9014, without a remark; it says type, subject, time, factors, units and marks."""
    events, facts = by_hj212(folder, "sources")
    assert [of_event(value) for value in events] == [of_fact(fact) for fact in facts]
    assert {fact.type for fact in facts} == {"environment.source_hour", "environment.source_minute"}


def test_hj212_says_the_hours_of_air_stations_but_for_what_it_has_no_code(folder: Path) -> None:
    """An hour of ST=22 has six means, marked N; annex B of HJ 212-2017 has no code for the running mean of 8 hours of ozone.

    Where the city's fault is a word in place of a number the frame has that word: it is refused, the rest is taken.
    """
    events, facts = by_hj212(folder, "stations")
    hours = [value for value in events if decode_event(value).type == "environment.air_hour"]
    expected = [
        structs.replace(
            fact, data={name: each for name, each in fact.data.items() if name != "o3_8h" and not isinstance(each, str)}
        )
        for fact in facts
    ]
    assert [of_event(value) for value in hours] == [of_fact(fact) for fact in expected]
    words = sum(isinstance(each, str) for fact in facts for each in fact.data.values())
    assert len(events) - len(hours) == words


def by_hj212(folder: Path, name: str) -> tuple[list[bytes], tuple[Sent, ...]]:
    """The events of a road's frames at a gateway with the register that was made, and the facts that they are of."""
    facts = sent(name)
    assert facts
    known, of = passwords(folder), adcodes()
    reception = Reception(load_register(folder / "hj212.toml"))
    callers: dict[str, Caller] = defaultdict(Caller)
    events: list[bytes] = []
    for n, fact in enumerate(facts):
        mn, qn = device_of(fact.subject, of[fact.subject]), stamp_of(NOW + n)
        frame = frame_of(fact, mn, known[fact.subject], qn, road_of(name).interval(fact.subject))
        assert frame is not None, fact
        taken = reception.take(frame, callers[mn], NOW + n)
        answer = reception.done(taken)
        assert answer is not None
        assert b"CN=9014;" in answer
        events += taken.events
    assert reception.frames == (len(facts), 0)
    assert not list(reception.questions(NOW + HOUR)), "nothing is asked of a device whose data are of another clock"
    return events, facts


def passwords(folder: Path) -> dict[str, str]:
    """The passwords of the devices by subject."""
    found: dict[str, str] = json.loads((folder / "known.json").read_bytes())["devices"]
    return found


def test_posts_say_the_facts_of_sites_in_batches(folder: Path) -> None:
    """The batch of the sender is taken whole: ids, subjects, times and data are the city's, the source is the sender's."""
    facts = sent("site-watch")
    gateway = posting(folder)
    post = captured(EventPoster(road_of("site-watch"), HERE_POSTER, token(folder)).send, facts)
    answer = gateway.post(post.body, post.kind, **post.headers)
    assert (answer.status_code, answer.json()) == (202, {"accepted": len(facts), "known": 0, "refused": []})
    events = [decode_event(msgspec.json.encode(event)) for event in gateway.kept.events]
    assert [(event.id, event.source) for event in events] == [(fact.id, "site-watch") for fact in facts]
    assert [of_event(msgspec.json.encode(event)) for event in gateway.kept.events] == [of_fact(fact) for fact in facts]
    again = gateway.post(post.body, post.kind, **post.headers)
    assert again.json() == {"accepted": 0, "known": len(facts), "refused": []}


def test_the_platform_says_the_states_of_lifts_in_its_own_words(folder: Path) -> None:
    """Codes and milliseconds, signed by an application key, become the states that the city would have sent."""
    facts = sent("lift-platform")
    assert facts
    gateway = posting(folder)
    sender = PlatformPoster(Scheme(key="lift-platform", secret="s"), SECRET, HERE_POSTER, lambda: gateway.now)  # noqa: S106 - a file
    assert all(map(sender.can, facts))
    post = captured(sender.send, facts)
    assert b"closed" not in post.body
    answer = gateway.post(post.body, post.kind, Authorization="", **post.headers)
    assert (answer.status_code, answer.json()["refused"]) == (202, [])
    assert [of_event(msgspec.json.encode(event)) for event in gateway.kept.events] == [of_fact(fact) for fact in facts]


def test_loggers_say_the_climate_of_cold_stores() -> None:
    """What they publish in their own JSON becomes the climate that the city would have sent, alerts' values among it."""
    facts, road = sent("cold-chain"), road_of("cold-chain")
    mappings = load(MAPPINGS / road.name)
    source = Subscribed("cold/#", mappings, frozenset(road.types), road.subjects)
    refusals = Refusals("mqtt", Name(zh="网关", en="gateway"), "410100", TellingLimit(frozenset()), "run")
    reception = MqttReception({road.name: source}, refusals, Seen(), {})
    events: list[bytes] = []
    for fact in facts:
        topic, payload = climate(fact) or ("", b"")
        received = reception.take(Published(topic=topic, payload=payload), NOW)
        events += [event for some in received.events for event in some]
    assert [of_event(value) for value in events] == [of_fact(fact) for fact in facts]
    assert any(fact.data["temperature"] == 11.6 for fact in facts), "the cold store that fails at night"


def test_the_table_says_the_states_of_boilers(folder: Path, tmp_path: Path) -> None:
    """Rows that are read page by page become the states that the city would have sent; a fact that comes twice is one row."""
    facts = sent("boiler-table")
    table = BoilerTable(folder / "boilers.sqlite")
    table.send(facts)
    table.send(facts[-5:])
    refusals = Refusals("sql", Name(zh="网关", en="gateway"), "410100", TellingLimit(frozenset()), "run")
    with Spool(tmp_path) as spool:
        (reader,) = readers_of("sql", [folder / "boiler-table.toml"], spool, Making(refusals, {}), print)
        reader.read(NOW, lambda: False)
        reader.close()
        events = [event for record in spool.read(0, len(facts)) for event in unpacked(record.payload).events]
    assert [of_event(value) for value in events] == [of_fact(fact) for fact in facts]


def test_devices_wait_for_their_answers_and_send_the_same_frames_again(folder: Path, tmp_path: Path) -> None:
    """Without a gateway nothing is sent; then the same facts go over TCP, each is answered and kept once, no clock is wrong.

    Where the gateway ends the connections, each device makes a new one, at once.
    """
    facts, of, (port, _) = sent("sources")[:40], adcodes(), free_ports()
    devices = HjDevices(road_of("sources"), ("127.0.0.1", port), passwords(folder), of.__getitem__, wall_time)
    assert all(map(devices.can, facts))
    with pytest.raises(ConnectionRefusedError):
        devices.send(facts)
    stop = threading.Event()
    with Spool(tmp_path) as spool:
        gateway = Gateway(Reception(load_register(folder / "hj212.toml")), spool)
        serving = threading.Thread(target=lambda: asyncio.run(gateway.run("127.0.0.1", port, stop)))
        serving.start()
        wait_for(lambda: is_sent(devices, facts[:20]), "the facts to be answered")
        for connection in list(gateway._open.values()):
            connection.close()
        devices.send(facts[20:])
        devices.close()
        stop.set()
        serving.join()
        events = [event for record in spool.read(0, len(facts)) for event in unpacked(record.payload).events]
    assert [of_event(value) for value in events] == [of_fact(fact) for fact in facts]


def is_sent(devices: HjDevices, facts: Sequence[Sent]) -> bool:
    """Whether a gateway has answered all."""
    try:
        devices.send(facts)
    except ConnectionRefusedError:
        return False
    return True


def test_what_a_road_cannot_say_goes_straight(folder: Path) -> None:
    """A factor that HJ 212 has no unit for as the city says it, a mode of a lift, what is no fact at all."""
    open_ = Lanes(lanes(folder, print))
    (fact, *_) = sent("sources")
    odd = structs.replace(
        decode_event(fact.value), data=msgspec.Raw(b'{"st":"31","edition":2025,"factors":{"a21026":{"unit":"t"}}}')
    )
    lift = structs.replace(decode_event(sent("lift-platform")[0].value), data=msgspec.Raw(b'{"running":true,"mode":"fire"}'))
    straight = [Arrival(START, "environment", b"", value) for value in (encode(odd), encode(lift), b"##half a message")]
    assert [open_.of(each) for each in straight] == [None, None, None]
    found = open_.of(Arrival(START, "environment", b"", fact.value, fact.mark))
    assert found is not None
    assert (found[0].road.name, found[1]) == ("sources", fact)


def test_registers_are_for_their_owner_and_secrets_last(folder: Path) -> None:
    """Folder 700, files 600; at the next start, at other addresses, passwords, token and key are the same, in no register."""
    before = json.loads((folder / "known.json").read_bytes())
    prepare(folder, Addresses("127.0.0.1:2", "127.0.0.1:3"))
    after = json.loads((folder / "known.json").read_bytes())
    assert after.pop("addresses") != before.pop("addresses")
    assert after == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    registers = (folder / "hj212.toml").read_text("utf-8") + (folder / "http.toml").read_text("utf-8")
    secrets = {after["token"], after["key"], *after["devices"].values()}
    assert not [each for each in secrets if f'"{each}"' in registers]
    assert len(set(after["devices"].values())) == len(after["devices"])


def test_a_road_that_is_away_holds_up_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """While its gateway is away facts wait; then they go in their order, and how far they came is known at the next start."""
    facts = sent("boiler-table")[:20]
    sender, stop, told = Flaky(3), threading.Event(), list[str]()
    lane = Lane(road_of("boiler-table"), sender, tmp_path, told.append)
    lane.begin((START, 0, 0, 0))
    thread = threading.Thread(target=lane.run, args=(stop,))
    with patch("fixtures.roads.lanes.PAUSE", 0.001):
        for fact in facts:
            lane.put(fact)
        thread.start()
        wait_for(lambda: len(sender.taken) == len(facts), "all facts to be sent")
        stop.set()
        thread.join()
    assert tuple(sender.taken) == facts
    assert told == ["road boiler-table: away; what comes waits", "road boiler-table is open again"]
    assert Lane(road_of("boiler-table"), sender, tmp_path, told.append).sent == order_of(facts[-1].mark)


class Flaky:
    """A far end that fails so many times, then takes all."""

    def __init__(self, fails: int) -> None:
        self._fails, self.taken = fails, list[Sent]()

    def can(self, _fact: Sent) -> bool:
        """It can say all."""
        return True

    def send(self, facts: Sequence[Sent]) -> None:
        """Take them, or fail."""
        self._fails -= 1
        if self._fails >= 0:
            raise ConnectionError("away")
        self.taken += facts

    def close(self) -> None:
        """Nothing is open."""


class Caught(Struct):
    """A post that went nowhere."""

    body: bytes = b""
    headers: dict[str, str] = {}
    kind: str = ""


class CatchingPoster(Poster):
    """Keeps the last post instead of sending it."""

    def __init__(self) -> None:
        super().__init__(("", 0), print)
        self.last = Caught()

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep it."""
        assert path == "/events"
        named = dict(headers)
        self.last = Caught(body, {}, named.pop("Content-Type"))
        self.last.headers = {name.replace("-", "_"): value for name, value in named.items()}


HERE_POSTER = CatchingPoster()


def captured(send: Callable[[Sequence[Sent]], None], facts: Sequence[Sent]) -> Caught:
    """The post by which facts are sent."""
    send(facts)
    return HERE_POSTER.last


def posting(folder: Path) -> Posting:
    """The gateway with the register that was made; of the platform it knows the test's secret."""
    register = load_sources(folder / "http.toml")
    return Posting(dict(register.sources), register.mappings)


def token(folder: Path) -> str:
    """The token of who posts CloudEvents."""
    found: str = json.loads((folder / "known.json").read_bytes())["token"]
    return found
