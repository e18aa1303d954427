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
from agents.audit.anchors import key_id
from streams.clock import wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import GENESIS, HOUR, MINUTE, Anchor, Audit, Place, decode, digest, encode
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

    def entries(self) -> list[Audit]:
        """All that stands in the audit topic."""
        return [decode(record.value, Audit) for record in clients.read_topic(self.settings, topic_name(self.log, "audit"))]

    def write(self, *entries: Audit) -> None:
        """Put entries into the audit topic, as anybody may who has access to it."""
        with closing(clients.producer(self.settings)) as to:
            for entry in entries:
                to.send(topic_name(self.log, "audit"), encode(entry), entry.alert.encode(), partition=0).get(10)


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


def test_a_log_is_anchored_and_a_restart_continues(desk: AuditDesk, log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anchors of a real worker's trails verify; a restart goes on from the newest one; of two at once the older is fenced."""
    broker = desk.settings
    home = clients.partition_of(events.STATION.encode(), broker.partitions)

    def send(*values: bytes) -> None:
        produce(broker, log, [(home, None if b"clock.tick" in value else events.STATION.encode(), value) for value in values])

    with Worker(broker, log) as worker:
        worker.ready()
        send(events.tick(events.START), events.registered(), events.clean(events.START, o3=250, no2=260))
        wait_for(lambda: len(desk.entries()) >= 2, "two alerts")
        code, told = desk.ran("anchor", "--once")
        first = json.loads(told)
        assert (code, first["anchor"], first["entries"]) == (0, 1, len(desk.entries()))
        assert desk.verified() == (0, [])
        assert desk.ran("anchor", "--once") == (0, b"")  # nothing has moved
        send(events.tick(events.START + HOUR + MINUTE), events.clean(events.START + HOUR, o3=100, no2=30))
        wait_for(lambda: len(desk.entries()) >= first["entries"] + 2, "both to return to normal")
        assert worker.stop() == 0

    monkeypatch.setattr(anchorer, "MAX_HEADS", 1)
    with closing(desk.anchorer()) as older:
        with closing(desk.anchorer()) as newer:
            made = list(newer.step())
            assert [(anchor.n, len(anchor.heads)) for anchor in made] == [(2, 1), (3, 1)]
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
