"""Anchors over a real log: made, verified, continued after a restart, fenced, handed on to another key."""

import json
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from kafka.errors import KafkaError
from msgspec.structs import replace

from agents.audit import anchorer
from agents.audit import main as command
from agents.audit.anchorer import Anchorer, follow
from agents.audit.anchors import covered, key_id
from streams.clock import wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import GENESIS, HOUR, MINUTE, Anchor, Audit, IncidentAudit, Place, decode, digest, encode
from streams.outputs import BY_TOPIC, TRAILS, target
from streams.settings import Settings
from streams.topics import topic_name
from tests.support import events
from tests.support.workers import Worker, produce, wait_for


class AuditDesk:
    """The commands as a person types them, on one log with keys of its own."""

    def __init__(self, settings: Settings, log: str, public: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.settings = settings
        self.log = log
        self._public = public
        self._capture = capture

    def ran(self, *arguments: str) -> tuple[int, bytes]:
        """Exit code and stdout of `agents audit …`."""
        self._capture.readouterr()
        code = command.main([*arguments, "--log", self.log])
        return code, self._capture.readouterr().out

    def verified(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Exit code and findings of `agents audit verify`."""
        self._public.write_bytes(self.ran("key")[1])
        code, out = self.ran("verify", *arguments, "--public", str(self._public))
        return code, [json.loads(line) for line in out.splitlines()]

    def anchorer(self) -> Anchorer:
        """An anchorer of the log."""
        return Anchorer(self.settings, self.log, wall_time)

    def entries(self, topic: str = "audit") -> list[Any]:
        """All that stands in the topic of a kind of trail."""
        read = clients.read_topic(self.settings, topic_name(self.log, topic))
        return [decode(record.value, BY_TOPIC[topic].message) for record in read]

    def write(self, *entries: Audit | IncidentAudit) -> None:
        """Put entries into the topics of their trails, as anybody may who has access to these."""
        with closing(clients.producer(self.settings)) as to:
            for entry in entries:
                topic, key = target(entry)
                to.send(topic_name(self.log, topic), encode(entry), key.encode(), partition=0).get(10)


@pytest.fixture
def desk(
    broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> AuditDesk:
    """A desk whose commands find the test's broker, and whose keys lie in the test's folder."""
    keys = tmp_path / "keys"
    for name, value in {"KAFKA_PORT": broker.kafka_port, "DATA": broker.data, "AUDIT_KEYS": keys}.items():
        monkeypatch.setenv(f"ONESCREEN_{name}", str(value))
    return AuditDesk(replace(broker, audit_keys=keys), log, tmp_path / "public.pem", capfdbinary)


def entry(alert: str, n: int = 1, prev: str = GENESIS) -> Audit:
    """A genuine entry of a trail."""
    made = Audit(
        alert=alert,
        n=n,
        rev=n,
        at="2026-06-01T08:00:00+08:00",
        event="raise",
        verb="",
        before="A",
        after="B",
        occurrence=1,
        severity="red",
        actor=None,
        reason="",
        place=Place("t.events.environment", 0, n),
        prev=prev,
        hash="",
    )
    return replace(made, hash=digest(made))


def of_incident(n: int = 1, prev: str = GENESIS) -> IncidentAudit:
    """A genuine entry of an incident's trail."""
    made = IncidentAudit(
        incident="1" * 32,
        n=n,
        rev=n,
        at="2026-06-01T08:00:00+08:00",
        event="open",
        verb="",
        state="open",
        severity="red",
        ids=("1" * 32,),
        rule="",
        actor=None,
        reason="",
        place=Place("t.events.incidents", 0, n),
        prev=prev,
        hash="",
    )
    return replace(made, hash=digest(made))


def test_a_log_is_anchored_and_a_restart_continues(desk: AuditDesk, log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anchors of a real worker's trails verify; a restart goes on from the newest one; of two at once the older is fenced."""
    broker = desk.settings
    home = clients.partition_of(events.STATION.encode(), broker.partitions)

    def send(*values: bytes) -> None:
        produce(broker, log, [(home, None if b"clock.tick" in value else events.STATION.encode(), value) for value in values])

    with Worker(broker, log) as worker:
        worker.ready()
        send(events.tick(events.START), events.registered(), events.clean(events.START, o3=250, no2=260))
        wait_for(lambda: len(desk.entries("incident-audit")) >= 2, "two alerts, each of which joins an incident")
        code, told = desk.ran("anchor", "--once")
        first = json.loads(told)
        assert (code, first["anchor"], first["entries"]) == (0, 1, len(desk.entries()))
        assert first["others"]["incident-audit"]["entries"] == len(desk.entries("incident-audit"))
        assert desk.verified() == (0, [])
        assert desk.ran("anchor", "--once") == (0, b"")  # nothing has moved
        send(events.tick(events.START + HOUR + MINUTE), events.clean(events.START + HOUR, o3=100, no2=30))
        wait_for(lambda: len(desk.entries()) >= first["entries"] + 2, "both to return to normal")
        assert worker.stop() == 0

    monkeypatch.setattr(anchorer, "MAX_HEADS", 1)
    with closing(desk.anchorer()) as older:
        with closing(desk.anchorer()) as newer:
            made = list(newer.step())
            assert [(anchor.n, len(anchor.heads)) for anchor in made[:2]] == [(2, 1), (3, 1)]
            assert all(sum(len(part.heads) for part in covered(anchor)) == 1 for anchor in made)
        with pytest.raises(KafkaError):
            list(older.step())
    anchors = [decode(record.value, Anchor) for record in clients.read_topic(broker, topic_name(log, "anchors"))]
    assert anchors[1:] == made
    assert made[-1].entries == len(desk.entries())
    assert desk.verified("--noted", first["sha256"]) == (0, [])


def test_keys_are_handed_on_and_forgery_is_found(
    desk: AuditDesk, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first public key verifies what a later one signed; a changed entry is found in the log and in its export.

    The service takes up entries and a new key while it runs, does not anchor what follows nothing, and does not start without
    its key.
    """
    monkeypatch.setattr(anchorer, "AGAIN", 0.1)
    one = entry("1" * 32)
    desk.write(one)
    made: list[Anchor] = []
    stop = threading.Event()
    service = threading.Thread(target=follow, args=(desk.anchorer, 0.1, stop, made.append))
    service.start()
    try:
        wait_for(lambda: len(made) == 1, "the service to anchor what is there")
        rotated = json.loads(desk.ran("rotate")[1])
        desk.write(entry("3" * 32, 2, "e" * 64), entry("1" * 32, 2, one.hash))
        wait_for(lambda: len(made) == 2, "the service to anchor what is new, with the new key")
    finally:
        stop.set()
        service.join(30)
    assert [(anchor.n, [(head.alert, head.n) for head in anchor.heads]) for anchor in made] == [
        (1, [("1" * 32, 1)]),
        (3, [("1" * 32, 2)]),
    ]
    assert made[1].key == key_id(Ed25519PublicKey.from_public_bytes(bytes.fromhex(rotated["next_key"])))
    code, found = desk.verified()
    assert (code, {each["alert"] for each in found}) == (1, {"3" * 32})

    desk.write(replace(one, reason="另有其因"))
    code, found = desk.verified()
    assert (code, [each["alert"] for each in found if each["kind"] == "changed"]) == (1, ["1" * 32])
    file = tmp_path / "export.jsonl"
    file.write_bytes(desk.ran("export")[1])
    code, same = desk.verified(str(file))
    assert (code, [each | {"place": ""} for each in same]) == (1, [each | {"place": ""} for each in found])

    (desk.settings.audit_keys / f"{log}.key").unlink()
    with pytest.raises(Trouble, match="has not the key"):
        desk.anchorer()


def test_a_log_anchored_before_goes_on_with_its_incidents(
    desk: AuditDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anchors of alerts alone, as they were made before, hold; the next one covers what the log had of incidents by then too.

    What somebody changes or cuts of these is found in the log and in its export.
    """
    begun = of_incident()
    ended = of_incident(2, begun.hash)
    desk.write(entry("1" * 32), begun, ended)
    with monkeypatch.context() as before:
        before.setattr(anchorer, "TRAILS", TRAILS[:1])
        code, told = desk.ran("anchor", "--once")
    first = json.loads(told)
    assert (code, first["anchor"], first["heads"], "others" in first) == (0, 1, 1, False)
    assert desk.verified() == (0, [])
    code, told = desk.ran("anchor", "--once")
    second = json.loads(told)
    assert (code, second["anchor"], second["heads"]) == (0, 2, 0)
    assert second["others"] == {"incident-audit": {"things": 1, "entries": 2, "heads": 1}}
    assert desk.ran("anchor", "--once") == (0, b"")  # nothing has moved
    assert desk.verified("--noted", first["sha256"]) == (0, [])

    desk.write(replace(begun, reason="另有其因"))
    code, found = desk.verified()
    assert (code, [(each["kind"], each["trail"], each["of"], each["first"]) for each in found]) == (
        1,
        [("changed", "incident-audit", "1" * 32, 1)],
    )
    file = tmp_path / "export.jsonl"
    file.write_bytes(desk.ran("export")[1])
    code, same = desk.verified(str(file))
    assert (code, [each | {"place": ""} for each in same]) == (1, [each | {"place": ""} for each in found])
    kept = [line for line in file.read_bytes().splitlines(keepends=True) if encode(ended) not in line]
    file.write_bytes(b"".join(kept[:-1]))
    code, found = desk.verified(str(file))
    assert (code, [(each["kind"], each["of"], each["first"], each["last"]) for each in found]) == (
        1,
        [("cut", "1" * 32, 2, 2)],
    )
