"""A worker and a log that its roots have opened: it goes on with its trust after a kill, and judges no other log."""

from pathlib import Path

from streams.kafka import clients
from streams.messages import MINUTE, Alert, Quality, decode
from streams.settings import Settings
from streams.signing.envelope import envelope_bytes
from streams.signing.machine.keyfile import write_new
from streams.topics import events_topic, topic_name
from tests.support.events import START, STATION, act, clean, registered
from tests.support.pure.alarm import raised
from tests.support.signed_log import INCIDENTS, REGISTRAR, SCREEN, SignedLog
from tests.support.signing import ENVIRONMENT
from tests.support.workers import DOMAIN, Worker, committed, ends, produce, wait_for


def test_a_worker_judges_the_log_that_it_was_started_for(broker: Settings, log: str, tmp_path: Path) -> None:
    """A forged act does nothing, before a SIGKILL and after it; the true one does. Started for another id it ends with 1."""
    signed = SignedLog(partitions={ENVIRONMENT: broker.partitions, INCIDENTS: broker.partitions})
    key = STATION.encode()
    home = clients.partition_of(key, broker.partitions)
    alert = raised().id

    def everywhere(*values: bytes) -> None:
        produce(broker, log, [(partition, None, value) for value in values for partition in range(broker.partitions)])

    def judged() -> bool:
        return committed(broker, log) == ends(broker, events_topic(log, DOMAIN))

    def start(logid: str) -> Worker:
        file = tmp_path / log / "log.id"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{logid}\n", "ascii")
        if not file.with_name("worker-1.json").exists():
            write_new(file.with_name("worker-1.json"), "worker-1")
        return Worker(broker, log, "--domain", DOMAIN, ONESCREEN_TRUST=str(tmp_path))

    everywhere(*map(envelope_bytes, signed.series), signed.chain())
    produce(broker, log, [(home, key, signed.written(registered(), REGISTRAR))])
    everywhere(signed.tick(START))
    produce(broker, log, [(home, key, clean(START, o3=230)), (home, key, act(alert, id="forged"))])
    with start(signed.logid) as worker:
        worker.ready()
        wait_for(judged, "the worker to judge")
        worker.kill()
    produce(broker, log, [(home, key, act(alert, id="forged")), (home, key, signed.written(act(alert), SCREEN))])
    everywhere(signed.tick(START + MINUTE))
    with start(signed.logid) as worker:
        worker.ready()
        wait_for(judged, "the restarted worker to judge")
        assert worker.stop() == 0
    alerts = [decode(record.value, Alert) for record in clients.read_topic(broker, topic_name(log, "alerts"))]
    assert [(each.state, each.note and each.note.kid) for each in alerts if each.id == alert] == [
        ("B", None),
        ("C", SCREEN.kid),
    ]
    told = [decode(record.value, Quality) for record in clients.read_topic(broker, topic_name(log, "quality"))]
    assert [each.reason for each in told] == ["unsigned", "unsigned"]
    assert told[1].message.endswith("2 times in this hour of the log")
    with start("ab" * 32) as worker:
        assert worker.process.wait(60) == 1
        assert f"the log's id is {signed.logid}, and this part was started for {'ab' * 32}" in worker.said()
