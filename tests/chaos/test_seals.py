"""SIGKILL of a worker that seals: its chain of seals has neither a gap nor a fork, and covers all that it wrote."""

import random
import time
from pathlib import Path

from msgspec.structs import replace

from agents.audit.opened.seals import Seals
from agents.audit.records import Written
from streams.kafka import clients
from streams.outputs import TRAILS
from streams.settings import Settings
from streams.signing.proofs.reading import read_series
from streams.signing.state import Trust
from streams.signing.verify import verify
from streams.topics import events_topic, topic_name
from tests.support.kafka.opened import opened
from tests.support.kafka.stream import ENDLESS, streaming
from tests.support.workers import DOMAIN, Worker, city, committed, ends, folded, wait_for

KILLS = 5
RATE = 200.0


def test_a_killed_worker_leaves_no_gap_and_no_fork(broker: Settings, log: str, tmp_path: Path) -> None:
    """Killed five times, at any moment of its checkpoints: all seals verify, and the newest entry of every trail is sealed."""
    settings, chance = replace(broker, trust=tmp_path / "trust"), random.Random(20260601)
    logid = opened(settings, log)

    def started() -> Worker:
        return Worker(settings, log, "--name", "killed", ONESCREEN_TRUST=str(settings.trust))

    def sealed() -> int:
        return sum(ends(settings, topic_name(log, "seals")).values())

    with streaming(settings, log, city(settings.partitions, stations=20, hours=ENDLESS, seed=7), RATE):
        for _ in range(KILLS):
            before = sealed()
            with started() as worker:
                worker.ready()
                wait_for(lambda before=before: sealed() > before, "a seal before the kill")
                time.sleep(chance.uniform(0.0, 6.0))  # a checkpoint comes every five seconds: at any moment of it
                worker.kill()
    with started() as worker:
        worker.ready()
        end = ends(settings, events_topic(log, DOMAIN))
        wait_for(lambda: committed(settings, log) == end and folded(settings, log), "all events to be judged", 300)
        assert worker.stop() == 0
    series = [(record.timestamp, record.value) for record in clients.read_topic(settings, topic_name(log, "keys"))]
    seals = Seals(read_series(Trust(), logid, series, verify))
    found = [
        finding
        for record in clients.read_topic(settings, topic_name(log, "seals"))
        for finding in seals.take(Written(record.value, "", record.partition, record.offset, record.timestamp))
    ]
    assert found == []
    for kind in TRAILS:
        newest: dict[str, tuple[int, str]] = {}
        for entry in clients.newest_messages(settings, topic_name(log, kind.topic), kind.message, "test"):
            newest[kind.key(entry)] = max(newest.get(kind.key(entry), (0, "")), (entry.n, entry.hash))
        assert newest == {thing: (head.n, head.hash) for (of, thing), head in seals.sealed.items() if of == kind.topic}
