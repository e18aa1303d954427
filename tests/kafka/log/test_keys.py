"""A log is opened through Kafka: its roots' events in every partition, whatever was cut short; keys come and go."""

import json
import threading
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from agents.commands import keys
from streams.clock import Clock, chains_of, newest_tick
from streams.command import Trouble
from streams.gateways.sink import write_log
from streams.gateways.timeline import Arrival
from streams.kafka import clients, series
from streams.kafka.admin import create_topics
from streams.kafka.ticks import newest_ticks
from streams.messages import MINUTE, decode_event, event_bytes, format_time, parse_time, tick_bytes
from streams.settings import Settings
from streams.signing.machine.part import key_path, open_part, pinned, trust_folder
from streams.signing.trust import tick
from streams.topics import input_topics
from tests.support.signing import SignedPartition
from tests.support.workers import wait_for

TRUNCATED = b'{"specversion":"1.0","id":'
NOON = parse_time("2026-03-01T12:00:00+08:00")


def test_from_the_roots_to_every_partition(
    broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Opened file to file in a log that has records; cut short in the broadcast, completed; a key is rotated, another ended."""
    ours = replace(broker, trust=tmp_path / "trust")
    monkeypatch.setattr(keys, "load", lambda: ours)
    topics = input_topics(log)
    with clients.producer(broker) as producer:
        for topic in topics:
            producer.send(topic, b"a fact", b"k")
    draft, roots = tmp_path / "opening", tmp_path / "roots"
    parts = [f"--part={part}" for part in ("clock", "screen-1", "registrar-city")]
    keys.main(["roots", str(roots)])
    public = [str(roots / f"root-{n}.pub") for n in (1, 2, 3)]
    keys.main(["open", "--log", log, "--roots", *public, "--threshold", "2", *parts, "--out", str(draft)])
    keys.main(["sign", str(draft), "--root", str(roots / "root-3.json")])
    with pytest.raises(Trouble, match="1 of 2 roots"):
        keys.main(["publish", str(draft), "--log", log])
    keys.main(["sign", str(draft), "--root", str(roots / "root-1.json")])

    send = series._send
    calls: list[int] = []

    def cut_short(settings: Settings, values: list[object]) -> None:
        calls.append(len(values))
        send(settings, values[: len(values) // 2] if len(calls) > 1 else values)  # type: ignore[arg-type]
        if len(calls) > 1:
            raise Trouble("killed")

    with monkeypatch.context() as patched:
        patched.setattr(series, "_send", cut_short)
        with pytest.raises(Trouble, match="killed"):
            keys.main(["publish", str(draft), "--log", log])
    assert pinned(ours, log) == ""
    keys.main(["publish", str(draft), "--log", log])
    keys.main(["check", "--log", log])
    for topic in topics:
        for place in range(broker.partitions):
            values = [record.value for record in clients.read_topic(broker, topic) if record.partition == place]
            assert [value for value in values if value != b"a fact"] == list(series.read_series(ours, log).values)
    keys.main(["publish", "--log", log])
    assert "0 copies were missing" in capfd.readouterr().err

    rotated = tmp_path / "rotated"
    keys.main(["rotate", "screen-1", "--log", log, "--out", str(rotated)])
    for n in (1, 2):
        keys.main(["sign", str(rotated), "--root", str(roots / f"root-{n}.json")])
    keys.main(["publish", str(rotated), "--log", log])
    capfd.readouterr()
    keys.main(["list", "--log", log])
    listed = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(row["part"], row["ended"]) for row in listed] == [
        ("clock", False),
        ("screen-1", True),
        ("registrar-city", False),
        ("screen-1", False),
    ]
    with open_part(ours, log, "screen-1") as screen:
        assert screen.key is not None
        assert screen.key.kid == listed[-1]["kid"]
    assert not key_path(ours, log, "screen-1.next").exists()
    keys.main(["show", "--log", log])
    assert pinned(ours, log) in capfd.readouterr().out
    with pytest.raises(Trouble, match="was opened with"):
        create_topics(replace(ours, partitions=broker.partitions + 1), log)
    assert create_topics(ours, log) == []


def test_all_on_one_machine(
    broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`init` opens a log and says that its roots are here; killed before the broadcast it goes on with the same log's id."""
    ours = replace(broker, trust=tmp_path / "trust")
    monkeypatch.setattr(keys, "load", lambda: ours)
    with monkeypatch.context() as patched:
        patched.setattr(keys, "published", lambda *_: (_ for _ in ()).throw(Trouble("killed")))
        with pytest.raises(Trouble, match="killed"):
            keys.main(["init", "--log", log])
    made = (trust_folder(ours, log) / "opening.jsonl").read_bytes()
    keys.main(["init", "--log", log])
    assert "根密钥在本机" in capfd.readouterr().err
    assert pinned(ours, log).encode() in made
    keys.main(["check", "--log", log])
    keys.main(["init", "--log", log])
    assert "0 copies were missing" in capfd.readouterr().err
    _signed_by_its_parts(ours, log)
    elsewhere = replace(ours, trust=tmp_path / "elsewhere")
    monkeypatch.setattr(keys, "load", lambda: elsewhere)
    with pytest.raises(Trouble, match="was opened elsewhere"):
        keys.main(["init", "--log", log])
    with pytest.raises(Trouble, match="demands no id"):
        keys.main(["list", "--log", log])


def _signed_by_its_parts(settings: Settings, log: str) -> None:
    """A history in bulk and its ticks, a restart of the clock, a forged tick: partitions take all but the forged one."""
    registered = event_bytes(
        type="environment.registered",
        source="city",
        id="r",
        time=format_time(NOON),
        subject="站-1",
        data={"kind": "air_station", "name": {"zh": "站"}, "adcode": "410100"},
    )
    measured = event_bytes(type="environment.air_hour", source="city", id="m", time=format_time(NOON), subject="站-1")
    arrivals = [Arrival(NOON, "environment", "站-1".encode(), value) for value in (registered, measured, TRUNCATED)]
    write_log([NOON, *arrivals, NOON + MINUTE], settings, log, part="registrar-city")
    with clients.producer(settings) as producer:
        for topic in input_topics(log):
            producer.send(topic, tick_bytes(NOON + 30 * MINUTE), partition=0)
    for n in (2, 3):
        _tick_once(settings, log, NOON + n * MINUTE)
    assert set(newest_ticks(settings, log).values()) == {NOON + 3 * MINUTE}
    cut = 0
    for topic in input_topics(log):
        to = topic.removeprefix(f"{log}.")
        places = {n: SignedPartition(n, to) for n in range(settings.partitions)}
        for here in places.values():
            here.now = None
        refused = []
        for record in clients.read_topic(settings, topic):
            here = places[record.partition]
            if record.value == TRUNCATED:
                cut += 1
                continue
            kind = decode_event(record.value).type
            if kind == "clock.tick":
                at = parse_time(decode_event(record.value).time)
                said = msgspec.json.decode(decode_event(record.value).data) or {}
                found = tick(here.trust, at, said.get("r", ""), record.offset, here.now)
                here.trust = found.trust
                here.now = here.now if found.reason else at
            elif kind == "environment.air_hour":
                assert record.value == measured
                continue
            else:
                found = here.take(record.value, record.key)
            refused += [found.reason] if found.reason else []
        assert refused == ["bad-tick"]
        assert {here.now for here in places.values()} == {NOON + 3 * MINUTE}
    assert cut == 1, "what is no event is written as it came"


def _tick_once(settings: Settings, log: str, at: int) -> None:
    """A clock that is started, writes one tick and ends."""
    stop = threading.Event()
    with open_part(settings, log, "clock") as part:
        last = newest_tick(settings, log)
        clock = Clock(log, lambda: at, last, chains_of(settings, log, part, MINUTE))
        thread = threading.Thread(target=clock.run, args=(settings, stop))
        thread.start()
        wait_for(lambda: clock.last == at, "the tick")
        stop.set()
        thread.join()
