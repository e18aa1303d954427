"""Orders in an archive: judged again they are the same, what stands there is not made again, and replays show them."""

import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agents.core.orders.feed import ties
from agents.jobs.timeline import replay
from agents.jobs.work import Work
from agents.offline import explain
from agents.offline.judge import judge_archive
from agents.stages import sound_basis
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.messages import HOUR, LINK, MINUTE, Alert, OrderAudit, decode_event, encode, event_bytes, format_time, parse_time
from streams.messages.orders import Receiver
from streams.outputs import Output
from streams.settings import load
from tests.support.events import START, STATION, clean, registered, tick
from tests.support.orders.partition import BRANCH, ECOLOGY, HOTLINE, ORDER, OrderPartition, actor, link
from tests.support.pure.alarm import OZONE

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


def replayed(archive: Path, folder: Path, begin: str, end: str) -> tuple[Any, list[Any]]:
    """The index and the chunks of a replay."""
    folder.mkdir(exist_ok=True)
    replay(msgspec.Raw(encode({"from": begin, "to": end})), Work(load({}), "t", archive, folder, lambda _: None))
    index = json.loads((folder / "index.json").read_bytes())
    return index, [json.loads(gzip.decompress((folder / each["file"]).read_bytes())) for each in index["chunks"]]


def test_a_replay_shows_orders_lines_and_what_was_done(archive: Path, tmp_path: Path, by: OrderPartition) -> None:
    """A keyframe has the order and its line as they stood, later chunks their changes; entries of the trail come in order."""
    index, chunks = replayed(archive, tmp_path, "2026-03-06T09:30:00+08:00", "2026-03-06T11:30:00+08:00")
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


@pytest.mark.parametrize(("nature", "told"), [("report", False), ("complaint", True)])
def test_what_ties_an_alert_is_not_told_of_a_report(nature: str, tmp_path: Path, *, told: bool) -> None:
    """信访工作条例 30: a replay is for many bodies, so an alert's trail names no order that rests on a report (举报)."""
    root, topic = tmp_path / "archive", "t.events.environment"
    seen = [registered(), tick(START), *(clean(START + n * HOUR, o3=OZONE) for n in range(3)), tick(START + 3 * HOUR)]
    _write(tmp_path / "before", topic, [(n, STATION.encode(), value) for n, value in enumerate(seen)])
    raised = next(each for each in judge_archive(sound_basis(), tmp_path / "before") if isinstance(each, Alert))
    by = OrderPartition(format_time(START))
    by.tick(format_time(START))
    by.issue(verdict="true", traits={"nature": nature, "against": "zz-um"})
    by.tick(format_time(START + 4 * HOUR))
    number, time, name = by.orders[ORDER].number, format_time(START + 3 * HOUR), f"{ORDER}/{raised.id}/link"
    about = replace(link(raised.id), subject=STATION, order=ORDER, number=number)
    tied = event_bytes(type=LINK, source="judge", id=name, time=time, subject=STATION, data=about)
    _write(root, topic, [(n, STATION.encode(), value) for n, value in enumerate([*seen, tied, tick(START + 4 * HOUR)])])
    _write(root, TOPIC, by.log)
    for n, begin in enumerate((START - HOUR, START + 3 * HOUR + 30 * MINUTE)):
        _, chunks = replayed(root, tmp_path / str(n), format_time(begin), format_time(START + 4 * HOUR))
        entries = [
            *chunks[0]["state"]["audit"],
            *(each for one in chunks for _, kind, each in one["changes"] if kind == "audit"),
        ]
        assert any(each["event"] == "raise" for each in entries)
        assert any(each["event"] == "link" for each in entries) is told
        assert (number in str(chunks)) is told


def flows(chunks: list[Any]) -> list[list[tuple[int, int, int]]]:
    """The funnel at the beginning and after each change: how many went through each stage, wait for it, and are late."""
    told = [chunks[0]["state"].get("flow")] + [value for each in chunks for _, kind, value in each["changes"] if kind == "flow"]
    return [[(each["count"], each["waiting"], each["late"]) for each in stages or ()] for stages in told]


def test_a_replay_has_the_funnel_of_each_moment(tmp_path: Path) -> None:
    """Rows 12 and 15: late from sending while unsigned, then signed; it counts as closed until the midnight after its end.

    A lead is signed within two hours (本系统默认): sent at 09:01 it is late at 11:01:01.
    """
    by = OrderPartition()
    by.tick("2026-03-06T09:01:00+08:00")
    by.issue(verdict="true")
    by.tick("2026-03-06T11:30:00+08:00")
    by.tick("2026-03-06T12:00:00+08:00")
    by.act("sign", actor("clerk", BRANCH))
    by.tick("2026-03-06T13:00:00+08:00")
    by.act("withdraw", actor("dispatcher", ECOLOGY), reason="重复")
    by.tick("2026-03-06T14:00:00+08:00")
    _write(tmp_path / "archive", TOPIC, by.log)
    _, chunks = replayed(tmp_path / "archive", tmp_path / "made", "2026-03-06T09:30:00+08:00", "2026-03-06T13:30:00+08:00")
    none = (0, 0, 0)
    assert flows(chunks) == [
        [(1, 0, 0), (0, 1, 0), none, none, none],
        [(1, 0, 0), (0, 1, 1), none, none, none],
        [(1, 0, 0), (1, 0, 0), (0, 1, 0), none, none],
        [none] * 5,
    ]


def test_what_ended_counts_until_midnight(tmp_path: Path) -> None:
    """在办和今日办结: an order that was explained at 11:00 is closed for that day, and is of no stage on the next."""
    by = OrderPartition()
    by.tick("2026-03-06T09:01:00+08:00")
    by.issue(verdict="true")
    for verb, who in (("sign", "clerk"), ("submit", "handler"), ("endorse", "reviewer")):
        by.act(verb, actor(who, BRANCH), reason="已核查")
    by.act("inspect", actor("verifier", ECOLOGY), reason="已核查", outcome="passed")
    by.tick("2026-03-06T11:00:00+08:00")
    by.act("close", actor("dispatcher", ECOLOGY), reason="说明", outcome="explained")
    by.tick("2026-03-06T12:00:00+08:00")
    assert by.orders[ORDER].ended
    by.tick("2026-03-07T00:00:00+08:00")
    by.tick("2026-03-07T01:00:00+08:00")
    _write(tmp_path / "archive", TOPIC, by.log)
    _, chunks = replayed(tmp_path / "archive", tmp_path / "made", "2026-03-06T10:00:00+08:00", "2026-03-07T00:30:00+08:00")
    counts = [[count for count, _, _ in each] for each in flows(chunks)]
    assert counts == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]]


def test_a_replay_tells_nothing_of_a_report_but_its_number(tmp_path: Path) -> None:
    """Row 41: 举报 is hidden wholly, a replay being looked at by people of many bodies; and so is what people have said."""
    by = OrderPartition()
    by.tick("2026-03-06T09:01:00+08:00")
    reported, asked = "1" * 32, "2" * 32
    said = {"kind": "request", "actor": actor("dispatcher", HOTLINE), "receivers": (Receiver(unit=ECOLOGY, part="main"),)}
    by.issue(reported, traits={"nature": "report", "accused": "zz-mr"}, reason="实名举报", **said)
    by.issue(asked, traits={"nature": "help"}, reason="请办理", **said)
    for each in (reported, asked):
        by.act("sign", actor("clerk", ECOLOGY), each)
        by.act("contact", actor("handler", ECOLOGY), each, reason="来电人住在三楼", who="王女士")
    by.tick("2026-03-06T12:00:00+08:00")
    assert {each.state for each in by.orders.values()} == {by.orders[asked].state}
    assert by.lines[f"{reported}/1"].contacts == 1
    _write(tmp_path / "archive", TOPIC, by.log)
    index, chunks = replayed(tmp_path / "archive", tmp_path / "made", "2026-03-06T09:00:30+08:00", "2026-03-06T11:00:00+08:00")
    whole = json.dumps([index, chunks], ensure_ascii=False)
    for hidden in (reported, "实名举报", "来电人", "王女士", "请办理", by.orders[reported].number):
        assert hidden not in whole
    assert by.orders[asked].number in whole
    assert flows(chunks)[-1][1][0] == 2, "both are counted"


def test_what_an_archive_explains_is_what_the_partition_gave(by: OrderPartition, archive: Path) -> None:
    """Order, line, clocks and trail, made of the archive, differ in nothing from those that stood in the log."""
    made = explain.made_of(judge_archive(sound_basis(), archive), ORDER)
    trail = tuple(each for each in by.told if isinstance(each, OrderAudit))
    assert explain.differences(explain.Made({**by.orders, **by.lines}, trail), made) == []
