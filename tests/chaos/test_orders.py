"""Orders on alerts through real workers: worker or broker killed, both stages stand as one fold without a break leaves them."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from hashlib import blake2s

import pytest

from agents.core.orders.feed import ties
from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.kafka import broker as embedded
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import (
    COMMAND,
    LINK,
    RELEASE,
    REVISED,
    Actor,
    Alert,
    DecodeError,
    Text,
    decode,
    decode_event,
    encode,
    event_bytes,
)
from streams.messages.orders import Issue, Link, OrderAct, Paper, Receiver
from streams.outputs import target
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.chaos.stream import Supervisor
from tests.support.books import the_book
from tests.support.kafka.stream import ENDLESS, streaming
from tests.support.workers import (
    DOMAIN,
    Outputs,
    Worker,
    city,
    committed,
    ends,
    identity,
    judged_purely,
    wait_for,
)

KILLS = 4
PATIENCE = 300.0
RATE = 300.0
UNIT, BRANCH = "zz-ee", "zz-ee-410105"
OF_ORDERS = ("orders", "order-audit")


@contextmanager
def people(settings: Settings, log: str) -> Iterator[list[str]]:
    """Somebody issues an order on each alert that comes, has it signed and answered, and ends it by law; the orders' ids."""
    stop, issued = threading.Event(), list[str]()
    thread = threading.Thread(target=_work, args=(settings, log, stop, issued))
    thread.start()
    try:
        yield issued
    finally:
        stop.set()
        thread.join(60)


def _work(settings: Settings, log: str, stop: threading.Event, issued: list[str]) -> None:
    chance, seen = random.Random(7), set[str]()
    topic = events_topic(log, "orders")
    with (
        closing(clients.producer(settings)) as producer,
        clients.consumer(settings, auto_offset_reset="earliest") as reader,
    ):
        reader.assign(clients.partitions_of(reader, topic_name(log, "alerts")))
        while not stop.is_set():
            for records in reader.poll(200).values():
                for record in records:
                    alert = decode(record.value, Alert)
                    if alert.id in seen or alert.ended:
                        continue
                    seen.add(alert.id)
                    for order, value in _life(alert, chance):
                        producer.send(topic, value=value, key=order.encode())
                        issued.append(order)
            producer.flush()


def _life(alert: Alert, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    order = blake2s(alert.id.encode(), digest_size=16).hexdigest()
    by = {
        role: Actor(id=f"{role}-{n}", name=role, role=role, department=unit)
        for n, (role, unit) in enumerate(
            (("dispatcher", UNIT), ("clerk", BRANCH), ("handler", BRANCH), ("reviewer", BRANCH), ("verifier", UNIT))
        )
    }

    def event(verb: str, data: Issue | OrderAct) -> tuple[str, bytes]:
        value = event_bytes(
            type=f"{COMMAND}order.{verb}",
            source="people",
            id=f"{order}/{verb}",
            time=alert.changed_at,
            subject=order,
            data=data,
        )
        return order, value

    link = Link(domain=alert.domain, subject=alert.subject, alert=alert.id, occurrence=alert.occurrence)
    issue = Issue(
        order=order,
        kind="lead",
        actor=by["dispatcher"],
        title=Text("疑似超标", "Suspected"),
        receivers=(Receiver(unit=BRANCH, part="main"),),
        alerts=(link,),
        verdict="true",
        reason="核实",
    )
    yield event("issue", issue)
    for verb, role in (("sign", "clerk"), ("submit", "handler"), ("endorse", "reviewer")):
        yield event(verb, OrderAct(order=order, actor=by[role], reason="已核查"))
    if chance.random() < 0.7:
        yield event("inspect", OrderAct(order=order, actor=by["verifier"], reason="已核查", outcome="passed"))
        paper = Paper(kind="letter", number="函〔2026〕1号", organ=UNIT, at=alert.changed_at)
        yield event("paper", OrderAct(order=order, actor=by["dispatcher"], paper=paper))
        yield event("close", OrderAct(order=order, actor=by["dispatcher"], reason="移送", outcome="transferred"))


def _folded(settings: Settings, log: str) -> tuple[Outputs, set[str]]:
    """What one uninterrupted fold for each partition makes of the orders' input as it stands, and the ids of what it feeds."""
    topic = events_topic(log, "orders")
    folds = [Orders(order_rules("4101"), topic, partition) for partition in range(settings.partitions)]
    found: Outputs = {name: {} for name in OF_ORDERS}
    fed: set[str] = set()
    for record in clients.read_topic(settings, topic):
        out = folds[record.partition].run([(record.offset, record.key, record.value)])
        fed |= {decode_event(value).id for _, value in ties(out, DOMAIN)}
        for output in out:
            name, value = target(output)[0], encode(output)
            if name in found:
                found[name][identity(name, value)] = value
    return found, fed


def _written(settings: Settings, log: str) -> Outputs:
    found: Outputs = {name: {} for name in OF_ORDERS}
    for name in OF_ORDERS:
        for record in clients.read_topic(settings, topic_name(log, name)):
            known = found[name].setdefault(identity(name, record.value), record.value)
            assert known == record.value, "a copy has other bytes"
    return found


def _ids(settings: Settings, log: str, domain: str, types: set[str]) -> set[str]:
    found = set[str]()
    for record in clients.read_topic(settings, events_topic(log, domain)):
        with suppress(DecodeError):
            event = decode_event(record.value)
            if event.type in types:
                found.add(f"{event.subject}:{event.id}" if event.type == REVISED else event.id)
    return found


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_sigkills_leave_alerts_and_orders_the_same(broker: Settings, log: str) -> None:
    """Killed in mid-stream while people work, each stage is byte for byte one fold of its input, and nothing fed is missing.

    Every tie and release that the orders give stands in the facts' input, every revision of a tied alert in the orders'.
    """
    chance = random.Random(20261130)

    def written() -> int:
        return sum(ends(broker, topic_name(log, "order-audit")).values())

    progress = []
    facts = city(broker.partitions, stations=30, hours=ENDLESS, seed=5)
    with streaming(broker, log, facts, RATE), people(broker, log) as issued:
        for _ in range(KILLS):
            before = written()
            with Worker(broker, log, "--name", "killed") as worker:
                worker.ready()
                wait_for(partial(_more, written, before + 5), "orders before the kill", PATIENCE)
                time.sleep(chance.uniform(0.0, 1.5))  # a moment like any other
                worker.kill()
            progress.append(written())
    with Worker(broker, log, "--name", "killed") as worker:
        worker.ready()
        wait_for(lambda: _still(broker, log), "everything to be judged", PATIENCE)
        assert worker.stop() == 0
    assert sorted(set(progress)) == progress, f"a kill was not in mid-stream: {progress}"
    _same(broker, log, issued)


BROKER_KILLS = 3


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_a_broker_that_dies_leaves_alerts_and_orders_the_same(own: Settings) -> None:
    """Point 7: the broker is killed and restarted while people issue and sign; both sides are those of an undisturbed fold.

    After each restart people go on to issue and the worker goes on to judge.
    """
    log, chance = "orders-away", random.Random(26)
    embedded.start(own)
    create_topics(own, log)

    def written() -> int:
        return sum(ends(own, topic_name(log, "order-audit")).values())

    facts = city(own.partitions, stations=30, hours=ENDLESS, seed=6)
    with Supervisor(own, log) as kept:
        kept.ready()
        with streaming(own, log, facts, RATE), people(own, log) as issued:
            for _ in range(BROKER_KILLS):
                wait_for(partial(_more, written, written() + 5), "orders before the kill", PATIENCE)
                time.sleep(chance.uniform(0.0, 1.5))  # a moment like any other
                before = len(issued)
                _kill_broker(own)
                wait_for(lambda before=before: len(issued) > before, "people to issue again", PATIENCE)
                wait_for(partial(_more, written, written() + 5), "orders to be judged again", PATIENCE)
        wait_for(lambda: _still(own, log), "everything to be judged", PATIENCE)
        assert kept.stop() == 0
    _same(own, log, issued)


def _kill_broker(settings: Settings) -> None:
    """SIGKILL to the broker, and another one over the same files."""
    life = embedded.alive(settings)
    assert life is not None
    os.kill(life.pid, signal.SIGKILL)
    wait_for(lambda: embedded.alive(settings) is None, "the broker to be gone")
    embedded.start(settings)


def _same(settings: Settings, log: str, issued: list[str]) -> None:
    """Both stages are byte for byte one fold of their inputs, and all that either feeds stands in the other's input."""
    expected, fed = _folded(settings, log)
    assert issued
    assert expected["orders"], "there must be orders"
    assert _written(settings, log) == expected
    assert fed == _ids(settings, log, DOMAIN, {LINK, RELEASE})
    assert any("/release/" in each for each in fed)
    pure = judged_purely(the_book(), settings, log)
    alerts = {(one.id, one.audit): one for one in (decode(value, Alert) for value in pure["alerts"].values()) if one.audit}
    tied = {f"{order}:{one.id}/{one.audit}" for one in alerts.values() for order in (one.orders or ())}
    assert tied <= _ids(settings, log, "orders", {REVISED})


def _more(written: Callable[[], int], than: int) -> bool:
    return written() > than


def _still(settings: Settings, log: str) -> bool:
    """Whether the workers have committed all of both inputs, and went on to write nothing more."""
    before = _all_ends(settings, log)
    done = committed(settings, log) == {part: end for part, end in ends(settings, events_topic(log, DOMAIN)).items() if end}
    time.sleep(1.0)
    return done and before == _all_ends(settings, log)


def _all_ends(settings: Settings, log: str) -> list[dict[int, int]]:
    return [ends(settings, events_topic(log, name)) for name in (DOMAIN, "orders", "incidents")]
