"""A log that was opened, through Kafka: sealed, anchored, noted, archived, and verified as a person would."""

import json
import zipfile
from collections import Counter
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from agents.audit import main as command
from agents.evidence import command as evidence
from agents.evidence.verify import verified
from streams.archive.command import archive
from streams.archive.manifests import manifests_of
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Alert, Audit, decode, encode
from streams.settings import Settings
from streams.signing.proofs.manifest import read_manifest
from streams.signing.proofs.note import LogNote
from streams.topics import events_topic, inputs, topic_name
from tests.support.kafka.opened import opened, seals
from tests.support.proofs.authority import Authority
from tests.support.workers import DOMAIN, Worker, city, committed, ends, folded, produce, wait_for


class ProofDesk:
    """The commands as a person types them."""

    def __init__(self, log: str, capture: pytest.CaptureFixture[bytes]) -> None:
        self._log = log
        self._capture = capture

    def ran(self, *arguments: str) -> tuple[int, bytes]:
        """Exit code and stdout of `agents audit …`."""
        self._capture.readouterr()
        code = command.main([*arguments, *(() if arguments[0] == "witness" else ("--log", self._log))])
        return code, self._capture.readouterr().out

    def found(self, *arguments: str) -> list[dict[str, Any]]:
        """What `agents audit verify` finds; its exit code says whether it found anything."""
        code, out = self.ran("verify", *arguments)
        findings = [json.loads(line) for line in out.splitlines()]
        assert code == bool(findings)
        return findings


@pytest.mark.chaos
def test_an_opened_log_proves_itself(
    broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Intact as the worker left it, from Kafka and from a file; a forged revision, and a file without a row, are found.

    A witness signs the note, and refuses nothing that continues it.
    """
    settings = replace(broker, trust=tmp_path / "trust")
    for name, value in {"KAFKA_PORT": broker.kafka_port, "DATA": broker.data, "TRUST": settings.trust}.items():
        monkeypatch.setenv(f"ONESCREEN_{name}", str(value))
    logid, desk = opened(settings, log), ProofDesk(log, capfdbinary)
    produce(settings, log, city(settings.partitions, stations=8, hours=48, seed=5))
    with Worker(settings, log, ONESCREEN_TRUST=str(settings.trust)) as worker:
        worker.ready()
        wait_for(lambda: committed(settings, log) == ends(settings, events_topic(log, DOMAIN)), "all events to be judged")
        wait_for(lambda: folded(settings, log), "all incidents to be judged")
        assert worker.stop() == 0
    folder = tmp_path / "archive"
    archive(settings, log, folder)
    manifests = [read_manifest(path.read_bytes())[1] for _, path in manifests_of(folder)]
    assert [each.failed for each in manifests] == [()] * len(manifests)
    copies = len(clients.read_topic(settings, topic_name(log, "keys"))) * settings.partitions * len(inputs())
    assert sum(each.signed or 0 for each in manifests) >= copies, "the roots' events in every partition hold"
    assert desk.ran("anchor", "--once", "--archive", str(folder))[0] == 0
    first = tmp_path / "first.note"
    first.write_bytes(desk.ran("note")[1])
    assert LogNote.of(first.read_text()).origin == f"onescreen/{log}/{logid[:16]}"
    whole = ("--archive", str(folder), "--note", str(first))
    assert desk.found(*whole) == []
    lines = tmp_path / "log.jsonl"
    lines.write_bytes(desk.ran("export")[1])
    assert desk.found(str(lines), "--log-id", logid) == []
    assert {seal.topic for seal in seals(settings, log)} >= {events_topic(log, DOMAIN), events_topic(log, "incidents")}

    stamped_case(settings, log, logid, desk, tmp_path)

    asked, seen = tmp_path / "asked", tmp_path / "seen"
    asked.write_bytes(desk.ran("note", "--since", str(seen))[1])
    (key,) = desk.ran("note", "--keys")[1].decode().splitlines()
    signed = desk.ran("witness", str(asked), "--key", str(tmp_path / "w"), "--name", "w/1", "--of", key, "--seen", str(seen))[1]
    assert len(LogNote.of(signed.decode()).signatures) == 2

    topic = topic_name(log, "alerts")
    newest = clients.read_topic(settings, topic)[-1]
    alert = decode(newest.value, Alert)
    with closing(clients.producer(settings)) as to:
        to.send(topic, encode(replace(alert, value=1.0)), newest.key, partition=newest.partition).get(10)
    next(folder.glob("*/*/*.parquet")).unlink()
    assert {finding["kind"] for finding in desk.found(*whole)} == {"changed", "file-removed"}


def stamped_case(settings: Settings, log: str, logid: str, desk: ProofDesk, folder: Path) -> None:
    """A time-stamp is asked for and taken in; the case of an alert is the same from Kafka and from the archive, and holds.

    Its trail is whole, no revision is absent that judging again gives, and a token over other bytes is not taken.
    """
    authority, request, token, root = Authority(), *(folder / name for name in ("note.tsq", "note.tsr", "root.pem"))
    root.write_bytes(authority.root.public_bytes(Encoding.PEM))
    assert desk.ran("stamp", "--request", str(request))[0] == 0
    note = (folder / "first.note").read_bytes()
    text = note.rpartition(b"\n\n")[0] + b"\n"
    assert sha256(text).digest() in request.read_bytes()
    token.write_bytes(authority.token(b"other bytes"))
    with pytest.raises(Trouble, match="other bytes"):
        desk.ran("stamp", "--token", str(token), "--tsa-root", str(root))
    token.write_bytes(authority.token(text))
    assert desk.ran("stamp", "--token", str(token), "--tsa-root", str(root))[0] == 0

    entries = Counter(decode(record.value, Audit).alert for record in clients.read_topic(settings, topic_name(log, "audit")))
    alert, number = entries.most_common(1)[0]
    made = [folder / "kafka.zip", folder / "archive.zip"]
    for path, more in zip(made, ((), ("--from", str(folder / "archive"))), strict=True):
        assert evidence.main([alert, "--log", log, "--out", str(path), *more]) == 0
    assert made[0].read_bytes() == made[1].read_bytes()
    found = verified(made[0].read_bytes(), logid, note, [authority.root])
    assert (found.intact, found.origin, found.untimely, len(found.times)) == ([], [], [], 1)
    with zipfile.ZipFile(made[0]) as case:
        assert len([name for name in case.namelist() if name.startswith("trail/")]) == number > 1
        assert json.loads(case.read("case.json"))["absent"] == {"records": [], "revisions": [], "rules": []}
