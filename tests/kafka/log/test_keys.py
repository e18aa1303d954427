"""A log is opened through Kafka: its roots' events in every partition, whatever was cut short; keys come and go."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.commands import keys
from streams.command import Trouble
from streams.kafka import clients, series
from streams.kafka.admin import create_topics
from streams.settings import Settings
from streams.signing.machine.part import key_path, open_part, pinned, trust_folder
from streams.topics import input_topics


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
    elsewhere = replace(ours, trust=tmp_path / "elsewhere")
    monkeypatch.setattr(keys, "load", lambda: elsewhere)
    with pytest.raises(Trouble, match="was opened elsewhere"):
        keys.main(["init", "--log", log])
    with pytest.raises(Trouble, match="demands no id"):
        keys.main(["list", "--log", log])
