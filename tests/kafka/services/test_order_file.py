"""The file of an order through Kafka, as a person types it: made twice it is the same; a changed original is found."""

import json
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.audit import main as audit
from agents.commands.orders import command as order_command
from agents.evidence import command as evidence
from agents.evidence.telling import account
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Access, OrderAudit, decode, encode
from streams.messages.orders import File
from streams.originals.folder import folder_of, keep_plain, plain_path
from streams.outputs import BY_TYPE
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.orders.partition import ECOLOGY, ORDER, OrderPartition, actor

DATA = b"\xff\xd8\xff" + b"photo" * 1_000
DIGEST = sha256(DATA).hexdigest()


def test_an_orders_file_and_its_original(
    broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """In a log never opened, by either command: the trail as it is stored, the plain original; then one byte of it changes."""
    for name, value in {"KAFKA_PORT": broker.kafka_port, "DATA": broker.data, "ORIGINALS": tmp_path / "originals"}.items():
        monkeypatch.setenv(f"ONESCREEN_{name}", str(value))
    made = OrderPartition()
    made.issue()
    made.act("file", actor("dispatcher", ECOLOGY), file=File(digest=DIGEST, size=len(DATA), type="image/jpeg"))
    with closing(clients.producer(broker)) as to:
        for each in made.told:
            kind = BY_TYPE[type(each)]
            to.send(topic_name(log, kind.topic), encode(each), kind.key(each).encode())
        to.flush(10)
    folder = folder_of(replace(broker, originals=tmp_path / "originals"), log)
    keep_plain(folder, DIGEST, [DATA])

    assert audit.main(["anchor", "--once", "--log", log]) == 0
    public = tmp_path / "public.pem"
    capfdbinary.readouterr()
    assert audit.main(["key", "--log", log]) == 0
    public.write_bytes(capfdbinary.readouterr().out)
    check = ["verify", "--log", log, "--public", str(public)]
    assert audit.main(check) == 0
    zips = [tmp_path / "a.zip", tmp_path / "b.zip"]
    assert order_command.main(["export", ORDER, "--log", log, "--to", str(zips[0])]) == 0
    assert evidence.main([ORDER, "--log", log, "--out", str(zips[1])]) == 0
    with pytest.raises(Trouble, match="was never opened here"):
        evidence.main(["no-such", "--log", log, "--out", str(tmp_path / "no.zip")])
    assert zips[0].read_bytes() == zips[1].read_bytes()
    left = [decode(record.value, Access) for record in clients.read_topic(broker, topic_name(log, "access")) if record.value]
    assert {(each.kind, each.who, each.size) for each in left} == {("export", account(), zips[0].stat().st_size)}
    with zipfile.ZipFile(zips[0]) as packed:
        assert packed.read(f"originals/{DIGEST}.jpg") == DATA
        trail = [packed.read(name) for name in sorted(packed.namelist()) if name.startswith("trail/")]
    assert trail == [encode(each) for each in made.told if isinstance(each, OrderAudit)]

    plain_path(folder, DIGEST).write_bytes(DATA[:-1] + b"X")
    capfdbinary.readouterr()
    assert audit.main(check) == 1
    (finding,) = [json.loads(text) for text in capfdbinary.readouterr().out.splitlines()]
    assert (finding["kind"], finding["of"]) == ("original-changed", ORDER)
    assert DIGEST[:16] in finding["message"]
    with pytest.raises(Trouble, match="was changed"):
        order_command.main(["export", ORDER, "--log", log, "--to", str(tmp_path / "c.zip")])
    assert not list(tmp_path.glob("c.zip*"))
