"""Orders in an archive: judged again they are the same, what stands there is not made again, and replays show them."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.core.orders.feed import ties
from agents.jobs.timeline import replay
from agents.jobs.work import Work
from agents.offline import explain
from agents.offline.judge import judge_archive
from agents.stages import sound_basis
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.messages import LINK, OrderAudit, decode_event, encode, parse_time
from streams.outputs import Output
from streams.settings import load
from tests.support.orders.partition import BRANCH, ORDER, OrderPartition, actor, link

TOPIC = "t.events.orders"


def lived() -> OrderPartition:
    """An order about an alert: sent, signed for at 10:00, answered, and late on the day after its time."""
    by = OrderPartition()
    by.tick("2026-03-06T09:01:00+08:00")
    by.issue(alerts=(link(),), verdict="true")
    by.tick("2026-03-06T10:00:00+08:00")
    by.act("sign", actor("clerk", BRANCH))
    by.tick("2026-03-06T11:00:00+08:00")
    by.act("submit", actor("handler", BRANCH), reason="已整改")
    by.tick("2026-03-06T12:00:00+08:00")
    return by


@pytest.fixture(scope="module")
def by() -> OrderPartition:
    """That order."""
    return lived()


@pytest.fixture(scope="module")
def archive(by: OrderPartition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its partition, and that of its alert's domain, into which a worker has written that the order ties it."""
    root = tmp_path_factory.mktemp("archive")
    _write(root, TOPIC, by.log)
    ticks = [(n, None, value) for n, (_, _, value) in enumerate(each for each in by.log if b"clock.tick" in each[2])]
    fed = ties(by.told, "environment")
    _write(root, "t.events.environment", [*ticks, *((len(ticks) + n, key, value) for n, (key, value) in enumerate(fed))])
    return root


def _write(root: Path, topic: str, records: list[Any]) -> None:
    chunk = Chunk(0)
    for offset, key, value in records:
        chunk.add(offset, parse_time("2026-03-06T09:00:00+08:00"), key, value)
    archive_files.write(root, topic, 0, chunk)


def of_orders(outputs: list[Output]) -> list[bytes]:
    """Those of the partition of orders, as they stand in Kafka."""
    return [encode(each) for each in outputs if getattr(each, "place", None) and each.place.topic == TOPIC]


def test_an_archive_gives_the_same_orders_trails_and_clocks(by: OrderPartition, archive: Path) -> None:
    """Byte for byte what the partition gave; a link that stands in the archive is read there once, and made by nobody again."""
    outputs = list(judge_archive(sound_basis(), archive))
    assert of_orders(outputs) == [encode(each) for each in by.told]
    made = [each for each in outputs if getattr(each, "place", None) and each.place.topic == "t.events.environment"]
    assert len(made) <= 1, "the one link that stands there"


def test_a_worker_feeds_a_link_once_for_each_alert(by: OrderPartition) -> None:
    """Its event has the alert's subject as key, and says which order and occurrence."""
    ((key, value),) = ties(by.told, "environment")
    event = decode_event(value)
    assert (key, event.type, event.subject) == (b"S1", LINK, "S1")
    assert ties(by.told, "service") == []


def test_a_replay_shows_orders_lines_and_what_was_done(archive: Path, tmp_path: Path, by: OrderPartition) -> None:
    """A keyframe has the order and its line as they stood, later chunks their changes; entries of the trail come in order."""
    asked = msgspec.Raw(encode({"from": "2026-03-06T09:30:00+08:00", "to": "2026-03-06T11:30:00+08:00"}))
    replay(asked, Work(load({}), "t", archive, tmp_path, lambda _: None))
    index = json.loads((tmp_path / "index.json").read_bytes())
    chunks = [json.loads(gzip.decompress((tmp_path / each["file"]).read_bytes())) for each in index["chunks"]]
    first = chunks[0]["state"]
    assert first["orders"][ORDER]["state"] == "sent"
    assert first["orders"][ORDER]["number"] == by.orders[ORDER].number
    assert [each["event"] for each in first["order_audit"]] == ["sent", "issue"]
    (line,) = first["lines"].values()
    assert (line["unit"], line["state"], {each["name"] for each in line["clocks"]}) == (BRANCH, "sent", {"sign", "handle"})
    last = chunks[-1]["state"]
    assert (last["orders"][ORDER]["state"], last["lines"][f"{ORDER}/1"]["state"]) == ("handling", "review")
    shown = [value for chunk in chunks for _, kind, value in chunk["changes"] if kind == "entry"]
    trail = [each for each in by.told if isinstance(each, OrderAudit)]
    assert [each["n"] for each in shown] == [each.n for each in trail if "10:00" in each.at or "11:00" in each.at]
    assert index["counts"]["entry"] == len(shown)


def test_a_replay_of_a_log_without_orders_says_nothing_of_them(tmp_path: Path) -> None:
    """Its files have the members that they always had."""
    root = tmp_path / "archive"
    ticks = [each for each in lived().log if b"clock.tick" in each[2]]
    _write(root, "t.events.environment", [(n, None, value) for n, (_, _, value) in enumerate(ticks)])
    (tmp_path / "made").mkdir()
    asked = msgspec.Raw(encode({"from": "2026-03-06T09:30:00+08:00", "to": "2026-03-06T11:30:00+08:00"}))
    replay(asked, Work(load({}), "t", root, tmp_path / "made", lambda _: None))
    index = json.loads((tmp_path / "made/index.json").read_bytes())
    assert list(index["counts"]) == ["alert", "incident", "subject", "audit"]
    chunk = json.loads(gzip.decompress((tmp_path / "made" / index["chunks"][0]["file"]).read_bytes()))
    assert list(chunk["state"]) == ["alerts", "incidents", "subjects", "audit", "now"]


def test_an_archive_explains_an_order(archive: Path, by: OrderPartition, capsys: pytest.CaptureFixture[str]) -> None:
    """`explain ORDER --from ARCHIVE` retells it and judges it again: number, receiver, and every entry of its trail."""
    assert explain.main([ORDER, "--from", str(archive)]) == 0
    said = capsys.readouterr().out
    assert by.orders[ORDER].number in said
    assert BRANCH in said
    assert all(f"  {each.n}. {each.at}" in said for each in by.told if isinstance(each, OrderAudit))
