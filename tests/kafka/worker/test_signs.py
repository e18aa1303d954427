"""Signs of the city through a real worker, killed once: the records are those of one fold, and a crossing is an alert."""

from contextlib import closing

from agents.core.signs.fold import CitySigns
from agents.signs.stage.basis import sign_rules
from streams.kafka import clients
from streams.kafka.clients import partition_of
from streams.messages import (
    HOUR,
    MINUTE,
    Alert,
    CitySign,
    Name,
    Registered,
    decode,
    encode,
    event_bytes,
    format_time,
    tick_bytes,
)
from streams.outputs import target
from streams.settings import Settings
from streams.topics import events_topic, inputs, topic_name
from tests.support.events import START
from tests.support.workers import Outputs, Worker, identity, outputs_in, wait_for

SITES = ("site-a", "site-b", "site-c")
HALF, END = START + HOUR, START + 2 * HOUR
MORE = HALF + 2 * MINUTE


def _sent(broker: Settings, log: str, begin: int, end: int) -> None:
    """Probes each five minutes of three sites, all slow; ticks of each minute in every partition."""
    with closing(clients.producer(broker)) as producer:

        def put(name: str, value: bytes, key: str = "", partition: int | None = None) -> None:
            number = partition_of(key.encode(), broker.partitions) if partition is None else partition
            producer.send(events_topic(log, name), value=value, key=key.encode() or None, partition=number)

        for at in range(begin, end, MINUTE):
            for site in SITES:
                facts = Registered(kind="gov_site", name=Name(zh=site, en=site), adcode="410105")
                of = {"source": "t", "time": format_time(at), "subject": site}
                if at == START:
                    put("cyber", event_bytes(type="cyber.registered", id=f"r{site}", data=facts, **of), site)
                elif at % (5 * MINUTE) == 0:
                    put("cyber", event_bytes(type="cyber.probe", id=f"{at}", data={"seconds": 20.0}, **of), site)
            for name in inputs():
                for partition in range(broker.partitions):
                    put(name, tick_bytes(at), partition=partition)
        producer.flush()


def _folded(broker: Settings, log: str) -> Outputs:
    """What one uninterrupted fold makes of the cells as they stand in the log."""
    topic = events_topic(log, "cells")
    stages = [CitySigns(sign_rules(), topic, number) for number in range(broker.partitions)]
    found: Outputs = {"signs": {}}
    for record in clients.read_topic(broker, topic):
        for output in stages[record.partition].run([(record.offset, record.key, record.value)]):
            if target(output)[0] == "signs":
                found["signs"][identity("signs", encode(output))] = encode(output)
    return found


def _told_of(broker: Settings, log: str, at: int) -> bool:
    """Whether a partition of facts has told cells of a minute."""
    told = (record.value for record in clients.read_topic(broker, events_topic(log, "cells")))
    return any(
        f'"id":"{events_topic(log, "cyber")}/'.encode() in each and f"/{format_time(at)}".encode() in each for each in told
    )


def _signs(broker: Settings, log: str) -> list[CitySign]:
    return [decode(record.value, CitySign) for record in clients.read_topic(broker, topic_name(log, "signs"))]


def _alerts(broker: Settings, log: str) -> list[Alert]:
    read = (decode(record.value, Alert) for record in clients.read_topic(broker, topic_name(log, "alerts")))
    return [alert for alert in read if alert.domain == "signs"]


def test_signs_and_their_alert_outlive_a_killed_worker(broker: Settings, log: str) -> None:
    """Three sites that take 20 s: 0 % stand within 15 s, which is an alert of the city and of the district."""
    _sent(broker, log, START, HALF)
    with Worker(broker, log, "--name", "killed") as worker:
        worker.ready()
        wait_for(lambda: _told_of(broker, log, HALF - MINUTE), "the cells of the first half")
        _sent(
            broker, log, HALF, MORE
        )  # a city that is new is told once time has gone on: others may follow the first partition
        wait_for(lambda: _signs(broker, log), "a sign")
        worker.kill()
    _sent(broker, log, MORE, END)
    last = format_time(END - 6 * MINUTE)
    with Worker(broker, log, "--name", "killed") as worker:
        worker.ready()
        wait_for(lambda: any(each.at >= last for each in _signs(broker, log)), "the signs of the last minutes", 120)
        wait_for(lambda: _alerts(broker, log), "an alert of a crossing", 120)
        assert worker.stop() == 0
    assert outputs_in(broker, log, ["signs"]) == _folded(broker, log)
    newest = {(each.sign, each.area): each for each in _signs(broker, log)}
    for area in ("410100", "410105"):
        told = newest["site-availability", area]
        assert (told.value, told.state, told.coverage and told.coverage > 0.9) == (0, "orange", True)
    raised = {(alert.subject, alert.rule, alert.severity, alert.value) for alert in _alerts(broker, log)}
    crossing = {("site-availability/410100", "sign-site-availability", "orange", 0)}
    assert raised >= crossing | {("site-availability/410105", "sign-site-availability", "orange", 0)}
