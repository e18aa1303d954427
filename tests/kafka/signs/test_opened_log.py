"""A log that was opened before there were signs gets them: topics, stages, keys; then its archive retells a figure."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient
from msgspec.structs import replace

from agents.commands import keys
from agents.signs.command import main as sign
from streams.archive.command import archive
from streams.gateways.sink import write_log
from streams.gateways.timeline import Arrival, Beat
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import (
    CELLS,
    DAY,
    HOUR,
    MINUTE,
    SIGN_FIGURE,
    SIGN_REGISTERED,
    CitySign,
    Name,
    Quality,
    Registered,
    decode,
    event_bytes,
    format_time,
    parse_time,
    tick_bytes,
)
from streams.settings import Settings
from streams.signing.machine.part import trust_folder
from streams.signing.roots.parts import rights_of_part
from streams.topics import events_topic, signed_places, topic_name
from tests.support.workers import Worker, committed, ends, wait_for

OF_SIGNS = ("events.cells", "checkpoint.cells", "events.signs", "checkpoint.signs", "sign-cells", "signs")
KINDS = frozenset({CELLS, SIGN_REGISTERED, SIGN_FIGURE})
SITES = ("site-a", "site-b", "site-c")
BEGIN = parse_time("2026-03-01T08:00:00+08:00")
HALF, END = BEGIN + HOUR, BEGIN + 2 * HOUR
SIGN, AREA = "site-availability", "410105"


def sent(begin: int, end: int) -> Iterator[Beat]:
    """Each minute the clock, each five minutes a probe of three sites: two answer at once, the third in 20 s."""
    for at in range(begin, end, MINUTE):
        for n, site in enumerate(SITES):
            of = {"source": "t", "time": format_time(at), "subject": site}
            if at == BEGIN:
                facts = Registered(kind="gov_site", name=Name(zh=site, en=site), adcode=AREA)
                yield Arrival(at, "cyber", site.encode(), event_bytes(type="cyber.registered", id=f"r{site}", data=facts, **of))
            elif at % (5 * MINUTE) == 0:
                data: dict[str, object] = {"seconds": 20.0 if n == 0 else 0.5}
                yield Arrival(at, "cyber", site.encode(), event_bytes(type="cyber.probe", id=f"{at}", data=data, **of))
        yield at


@pytest.fixture
def ours(broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A log whose roots have opened it as before there were signs: no stage of them, no key that may write there, no topic."""
    settings = replace(broker, trust=tmp_path / "trust")
    monkeypatch.setattr(keys, "load", lambda: settings)
    before = tuple(place for place in signed_places() if place not in OF_SIGNS)

    def rights(part: str, places: tuple[str, ...], domains: tuple[str, ...]) -> object:
        found = rights_of_part(part, places, domains)
        may = tuple(kind for kind in found.may if kind not in KINDS)
        return replace(found, may=may, to=tuple(place for place in found.to if place not in OF_SIGNS))

    with monkeypatch.context() as older:
        older.setattr(keys, "signed_places", lambda: before)
        older.setattr(keys, "rights_of_part", rights)
        keys.main(["init", "--log", log])
    with closing(clients.admin(settings)) as admin:
        assert isinstance(admin, KafkaAdminClient)
        admin.delete_topics([topic_name(log, name) for name in OF_SIGNS])
        wait_for(lambda: not {topic_name(log, name) for name in OF_SIGNS} & set(admin.list_topics()), "the topics to be gone")
    return settings


def ceremony(log: str, roots: Path, draft: Path, *command: str) -> None:
    """A change that two of the roots sign, published."""
    keys.main([*command, "--log", log, "--out", str(draft)])
    for n in (1, 2):
        keys.main(["sign", str(draft), "--root", str(roots / f"root-{n}.json")])
    keys.main(["publish", str(draft), "--log", log])


def test_an_opened_log_without_signs_gets_them(
    ours: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Without topics the worker names the command; with them facts are judged and no sign is told until the roots say so.

    Then signs are told. What `agents sign explain` makes of the log and of its archive is the record of its minute, with each
    record behind it, although somebody has written a tick of 2099 without the clock's key.
    """

    def start() -> Worker:
        return Worker(ours, log, ONESCREEN_TRUST=str(ours.trust))

    def signs() -> list[CitySign]:
        return [decode(record.value, CitySign) for record in clients.read_topic(ours, topic_name(log, "signs"))]

    def judged(*names: str) -> Callable[[], bool]:
        return lambda: all(committed(ours, log, name) == ends(ours, events_topic(log, name)) for name in names)

    with start() as worker:
        assert worker.process.wait(60) == 1
        assert "run python -m streams topics create" in worker.said()
    assert set(create_topics(ours, log)) == {topic_name(log, name) for name in OF_SIGNS}
    write_log(sent(BEGIN, HALF), ours, log, part="registrar-city")
    with start() as worker:
        worker.ready()
        wait_for(judged("cyber", "cells"), "the worker to judge", 120)
        assert worker.stop() == 0
    assert signs() == []
    told = [decode(record.value, Quality) for record in clients.read_topic(ours, topic_name(log, "quality"))]
    assert {each.place.topic for each in told} == {events_topic(log, "cells")}

    roots = trust_folder(ours, log) / "roots"
    ceremony(log, roots, tmp_path / "stages", "stages")
    ceremony(log, roots, tmp_path / "worker", "rotate", "worker-1")
    write_log(sent(HALF, END), ours, log, part="registrar-city")
    with clients.producer(ours) as producer:
        producer.send(events_topic(log, "cyber"), tick_bytes(END + 73 * 365 * DAY), partition=0)
    last = format_time(END)

    def told_at(at: str) -> Callable[[], bool]:
        return lambda: any(each.at >= at for each in signs() if each.sign == SIGN)

    with start() as worker:
        worker.ready()
        wait_for(told_at(format_time(END - 5 * MINUTE)), "the signs of a log whose clock stands still", 120)
        assert all(each.provisional for each in signs())
        write_log(sent(END, END + MINUTE), ours, log, part="registrar-city")
        wait_for(told_at(last), "the signs of the last minute", 120)
        assert worker.stop() == 0
    at = format_time(END - 10 * MINUTE)
    (record,) = [each for each in signs() if (each.sign, each.area, each.at) == (SIGN, AREA, at)]
    assert record.value == pytest.approx(100 * 2 / 3)

    archive(ours, log, tmp_path / "archive")
    monkeypatch.setattr("agents.signs.command.load", lambda: ours)
    capfdbinary.readouterr()
    archived = ["--archive", str(tmp_path / "archive")]
    for asked, source in ((["--at", at], archived), ([], archived), (["--at", at], ["--log", log])):
        assert sign(["explain", SIGN, "--area", AREA, *source, *asked]) == 0
        figure, *inputs = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
        of_area = [each for each in signs() if (each.sign, each.area) == (SIGN, AREA)]
        newest = record if asked else max(of_area, key=lambda each: each.at)
        assert (figure["numerator"], figure["denominator"], figure["valid"], figure["due"], figure["value"]) == (
            *(newest.numerator, newest.denominator, newest.valid, newest.due, newest.value),
        )
        assert figure["at"] == (at if asked else last)
        assert len([each for each in inputs if each["place"]]) == figure["valid"]
