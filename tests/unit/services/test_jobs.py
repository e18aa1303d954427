"""Jobs: what is asked and how it stands, the timeline against the plain fold, what-ifs, tables no spreadsheet reckons with."""

import csv
import gzip
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lxml import etree
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.rules.book import Book
from agents.jobs import domain_values, export, order_tables, queue, timeline
from agents.jobs.export import COLUMNS, columns
from agents.jobs.queue import JobQueue
from agents.jobs.signs import sign_table
from agents.jobs.tables import TableFiles
from agents.jobs.timeline import replay, row
from agents.jobs.whatif import books_of, whatif
from agents.jobs.work import Work
from agents.offline.reading import RefusedError
from agents.stages import stage_of
from streams.archive import files as archive_files
from streams.archive.days import days
from streams.archive.files import Chunk
from streams.messages import (
    HOUR,
    MINUTE,
    Actor,
    Alert,
    Ask,
    Cancel,
    Incident,
    JobFile,
    SubjectStatus,
    Text,
    encode,
    format_time,
    parse_time,
    tick_of,
)
from streams.release.aliases import Aliases
from streams.release.cells import safe_cell
from streams.release.sheet import Sheet
from streams.settings import load
from tests.support.books import the_book
from tests.support.events import START, act, clean, registered, tick
from tests.support.pure.scenarios import basis
from tests.support.town import station

ANALYST = Actor(id="chen", name="陈分析", role="analyst")
VIEWER = Actor(id="li", name="李观察", role="viewer")
NOW = "2026-06-02T09:00:00+08:00"
TOPIC, CITY = "test.events.environment", "test.events.incidents"
NAMES = ("air.410100.east", "air.410100.west")
HOURS = 12
DAY_BEGIN = START + 3 * HOUR
DAY_END = START + 9 * HOUR

Record = tuple[int, bytes | None, bytes | None]


def ask(number: int, by: Actor = ANALYST, at: str = NOW) -> Ask:
    """Somebody asks for an export."""
    return Ask(id=f"{number:032x}", at=at, by=by, kind="export", params=msgspec.Raw(b"{}"))


def test_one_press_is_one_job_and_the_oldest_is_next() -> None:
    """A second copy of a command changes nothing; of two jobs the one asked for first is done first."""
    jobs = JobQueue()
    late, early = ask(1, at="2026-06-02T09:00:01+08:00"), ask(2, at="2026-06-02T09:00:00+08:00")
    first = jobs.take(late, NOW)
    assert first is not None
    assert first.state == "queued"
    assert jobs.take(early, NOW) is not None
    assert jobs.take(late, NOW) is None
    assert jobs.next() == early


def test_a_viewer_is_refused_with_the_reason() -> None:
    """The role is checked where the work is done, too."""
    jobs = JobQueue()
    status = jobs.take(ask(1, VIEWER), NOW)
    assert status is not None
    assert status.reason == Text("角色 viewer 无权请求", "the role 'viewer' may not ask for this")
    assert (status.state, jobs.next()) == ("failed", None)


def test_a_leader_asks_for_cases_alone() -> None:
    """The cases behind a figure are for a leader too, who may take them back; a replay, and taking back another's, are not."""
    leader, queue = Actor(id="wang", name="王带班", role="leader"), JobQueue()
    assert queue.take(replace(ask(1, leader), kind="cases"), NOW).state == "queued"  # type: ignore[union-attr]
    assert queue.take(ask(2, leader), NOW).state == "failed"  # type: ignore[union-attr]
    assert queue.take(ask(3), NOW).state == "queued"  # type: ignore[union-attr]
    assert queue.take(Cancel(id=ask(3).id, at=NOW, by=leader), NOW) is None
    assert queue.take(Cancel(id=ask(1).id, at=NOW, by=leader), NOW).state == "cancelled"  # type: ignore[union-attr]


def test_what_has_ended_is_never_done_again() -> None:
    """After a restart the queue knows from the statuses what is done, and takes up what was running."""
    jobs = JobQueue()
    for number in (1, 2, 3):
        jobs.take(ask(number), NOW)
    jobs.move(ask(1).id, NOW, "done", 1.0)
    jobs.move(ask(2).id, NOW, "running", 0.5)
    again = JobQueue(jobs.statuses.values())
    assert [again.take(ask(number), NOW) for number in (1, 2, 3)] == [None, None, None]
    assert list(again.waiting) == [ask(2).id, ask(3).id]


def test_a_job_can_be_cancelled_until_it_has_ended() -> None:
    """Waiting or running, it is cancelled and not done; a viewer's wish, and one for a job that is done, change nothing."""
    jobs = JobQueue()
    for number in (1, 2):
        jobs.take(ask(number), NOW)
    assert jobs.take(Cancel(id=ask(1).id, at=NOW, by=VIEWER), NOW) is None
    status = jobs.take(Cancel(id=ask(1).id, at=NOW, by=ANALYST), NOW)
    assert status is not None
    assert (status.state, jobs.next()) == ("cancelled", ask(2))
    jobs.move(ask(2).id, NOW, "done", 1.0)
    assert jobs.take(Cancel(id=ask(2).id, at=NOW, by=ANALYST), NOW) is None


def test_old_results_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the number or the bytes that are kept the oldest results are removed; the newest stays, however big it is."""
    monkeypatch.setattr(queue, "MOST_RESULTS", 3)
    monkeypatch.setattr(queue, "MOST_BYTES", 100)
    jobs = JobQueue()
    for number, size in enumerate((10, 20, 30, 60)):
        jobs.take(ask(number), NOW)
        jobs.move(ask(number).id, format_time(parse_time(NOW) + number), "done", 1.0, files=(JobFile("a", size),))
    assert {each.id for each in jobs.surplus(NOW)} == {ask(0).id, ask(1).id}, "60 + 30 stay, 20 more would be 110"
    jobs.take(ask(9), NOW)
    jobs.move(ask(9).id, format_time(parse_time(NOW) + 9), "done", 1.0, files=(JobFile("a", 500),))
    assert {each.id for each in jobs.surplus(NOW)} == {ask(2).id, ask(3).id}
    assert jobs.statuses[ask(9).id].state == "done"


def test_one_persons_results_do_not_push_out_all_of_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's two old results stay while another one's many new ones make room for each other."""
    monkeypatch.setattr(queue, "MOST_RESULTS", 4)
    jobs, other = JobQueue(), replace(ANALYST, id="other")
    for number in range(8):
        jobs.take(replace(ask(number), by=other if number < 2 else ANALYST), NOW)
        jobs.move(ask(number).id, format_time(parse_time(NOW) + number), "done", 1.0, files=(JobFile("a", 1),))
    assert {each.id for each in jobs.surplus(NOW)} == {ask(number).id for number in range(2, 6)}


def test_what_the_log_has_forgotten_is_failed_or_dropped() -> None:
    """A status without its command: one that has not ended can never be done, one that has ended is dropped."""
    jobs = JobQueue()
    for number in (1, 2):
        jobs.take(ask(number), NOW)
    jobs.move(ask(1).id, NOW, "done", 1.0)
    again = JobQueue(jobs.statuses.values())
    assert [(each.id, each.state) for each in again.lost(NOW)] == [(ask(2).id, "failed")]
    assert set(again.forgotten()) == {ask(1).id, ask(2).id}
    assert again.statuses == {}


@pytest.fixture(scope="module")
def book() -> Book:
    """The committed rule book."""
    return the_book()


def partition(name: str, other: int) -> list[bytes]:
    """A station's hours with bad air now and then, an acknowledgement, and ticks of every ten minutes."""
    values = [registered(name, START)]
    for n in range(HOURS):
        at = START + n * HOUR
        bad: dict[str, Any] = {"o3": 250} if n in {2 + other, 3 + other, 7} else {"pm25": 200, "pm10": 300} if n > 7 else {}
        values += [tick(at + MINUTE), clean(at, name, **bad)]
        values += [tick(at + minutes * MINUTE) for minutes in range(11, 60, 10)]
    return values


def log_of(book: Book) -> dict[tuple[str, int], list[Record]]:
    """A whole log: two stations in two partitions, a person's acknowledgements, and the incidents' input made by judging."""
    log: dict[tuple[str, int], list[Record]] = {(TOPIC, n): [] for n in range(len(NAMES))} | {(CITY, 0): []}
    fed: list[tuple[int, bytes | None, bytes]] = []
    for number, name in enumerate(NAMES):
        fold = Fold(book, TOPIC, number)
        waiting = iter(partition(name, number))
        signed = False
        for value in waiting:
            queue_ = [value]
            while queue_:
                one = queue_.pop(0)
                key = None if tick_of(one) is not None else name.encode()
                offset = len(log[TOPIC, number])
                log[TOPIC, number].append((offset, key, one))
                outputs = fold.run([(offset, key, one)])
                fed += [(fold.now or 0, city, event) for city, event in revisions(outputs)]
                for each in outputs:
                    if isinstance(each, Alert) and each.state == "B" and each.rule == "gas-hourly" and not signed:
                        signed = True
                        queue_.append(act(each.id, each.occurrence, subject=name, id=f"ack-{number}"))
    ticks = [(at, None, tick(at)) for at in range(START + MINUTE, START + HOURS * HOUR, 10 * MINUTE)]
    for offset, (_, key, value) in enumerate(sorted([*fed, *ticks], key=lambda each: (each[0], each[1] is not None))):
        log[CITY, 0].append((offset, key, value))
    return log


@pytest.fixture(scope="module")
def log(book: Book) -> dict[tuple[str, int], list[Record]]:
    """That log."""
    return log_of(book)


@pytest.fixture(scope="module")
def archive(log: dict[tuple[str, int], list[Record]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its archive."""
    root = tmp_path_factory.mktemp("archive")
    for (topic, number), records in log.items():
        chunk = Chunk(0)
        for offset, key, value in records:
            chunk.add(offset, START, key, value)
        archive_files.write(root, topic, number, chunk)
    return root


def work(archive: Path, folder: Path, tell: Callable[[float], None] = lambda _: None) -> Work:
    """What a job is given."""
    folder.mkdir(exist_ok=True)
    settings = load({"ONESCREEN_DATA": str(folder.parent / "data")})
    return Work(settings, "test", archive, folder, tell, by=ANALYST, at=NOW)


def asked(**params: object) -> msgspec.Raw:
    """Parameters as a page sends them."""
    return msgspec.Raw(encode(params))


PERIOD = {"from": format_time(DAY_BEGIN), "to": format_time(DAY_END)}


@pytest.fixture(scope="module")
def made(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The timeline of hours 3 to 9."""
    folder = tmp_path_factory.mktemp("timeline")
    replay(asked(**PERIOD), work(archive, folder))
    return folder


def unzipped(path: Path) -> Any:
    """The JSON of a zipped file."""
    return json.loads(gzip.decompress(path.read_bytes()))


def state_at(made: Path, moment: int) -> dict[str, dict[str, Any]]:
    """The state at a moment as a page makes it: keyframe of the moment's chunk, then its changes up to the moment."""
    index = json.loads((made / "index.json").read_bytes())
    chunk = next(each for each in index["chunks"] if each["from"] <= moment < each["to"])
    read = unzipped(made / chunk["file"])
    state = {kind: dict(read["state"][f"{kind}s"]) for kind in ("alert", "incident", "subject")}
    for at, kind, value in read["changes"]:
        if at <= moment and kind in state:
            name = value["subject" if kind == "subject" else "id"]
            state[kind].pop(name, None)
            if not value.get("ended"):
                state[kind][name] = value
    return state


def until(records: Iterable[Record], moment: int) -> Iterator[Record]:
    """The records before the first tick after a moment."""
    for record in records:
        at = tick_of(record[2])
        if at is not None and at > moment:
            return
        yield record


@pytest.mark.parametrize("minutes", [0, 1, 61, 155, 245, 246, 301, 359])
def test_the_timeline_is_what_judging_up_to_then_says(
    made: Path, log: dict[tuple[str, int], list[Record]], book: Book, minutes: int
) -> None:
    """At any moment, at the edges of chunks too, alerts, incidents and values are those of one fold over the prefix."""
    moment = DAY_BEGIN + minutes * MINUTE
    alerts: dict[str, Any] = {}
    incidents: dict[str, Any] = {}
    subjects: dict[str, Any] = {}
    for (topic, number), records in log.items():
        stage = stage_of(basis(), topic, number)
        assert stage is not None
        for output in stage.run(until(records, moment)):
            if isinstance(output, Alert):
                alerts[output.id] = json.loads(encode(row(output)))
            elif isinstance(output, Incident):
                incidents[output.id] = json.loads(encode(timeline.incident(output)))
        subjects |= {each.subject: air(each) for each in stage.statuses(99)}
    shown = state_at(made, moment)
    assert shown["alert"] == {name: each for name, each in alerts.items() if not each["ended"]}
    assert shown["incident"] == {name: each for name, each in incidents.items() if not each["ended"]}
    assert shown["subject"] == subjects
    assert set(subjects) == set(NAMES)


def air(status: SubjectStatus) -> dict[str, Any]:
    """A station as a replay has it: of its values the index and its level, which its domain shows."""
    values = {name: status.values[name] for name in ("aqi", "level")}
    told = {"subject": status.subject, "domain": "environment", "kind": status.kind, "at": parse_time(status.at)}
    return told | {"values": values}


def test_the_index_says_how_values_are_shown(made: Path) -> None:
    """As `domain.toml` does: the index above 100 in words of its own; the share of stations heard of, the highest index."""
    index = json.loads((made / "index.json").read_bytes())
    assert index["counts"]["subject"] == sum(
        kind == "subject" for each in index["chunks"] for _, kind, _ in unzipped(made / each["file"])["changes"]
    )
    places = index["places"]["environment"]
    assert (places["title"]["en"], places["field"], places["level"], places["over"]) == ("Air quality", "aqi", "level", 100)
    online, worst = (each for each in index["headline"] if each["domain"] == "environment")
    assert (online["fold"], online["unit"], online["within_minutes"], online["below"]) == ("online", "%", 120, {"orange": 95})
    assert (worst["fold"], worst["field"], worst["title"]["zh"], worst["above"]["blue"]) == ("max", "aqi", "最高 AQI", 100)


def test_only_what_a_domain_shows_is_replayed() -> None:
    """The word for a value goes with the value alone; of a domain that shows nothing, or is not known, there is nothing."""
    measured = station(1, DAY_BEGIN, aqi=57)
    found = domain_values.shown(replace(measured, values={"aqi": 57, "level": "良", "o3": 80}))
    assert found is not None
    assert (found["values"], found["at"]) == ({"aqi": 57, "level": "良"}, DAY_BEGIN)
    for other in ({"values": {"level": "良", "o3": 80}}, {"domain": "service"}, {"domain": "nowhere"}):
        assert domain_values.shown(replace(measured, **other)) is None


def test_the_timeline_tells_what_happened(made: Path) -> None:
    """Ozone 250 in hour 3 of the west station: raised at the minute after the hour, with value and limit; a person's act."""
    index = json.loads((made / "index.json").read_bytes())
    assert (index["from"], index["to"], index["until"], index["step"]) == (DAY_BEGIN, DAY_END, DAY_END, 5 * MINUTE)
    assert len(index["chunks"]) == 6 * 12, "six hours in the shortest steps that give at most 150 chunks"
    before = state_at(made, DAY_BEGIN)
    assert [each["item"] for each in before["alert"].values() if each["rule"] == "gas-hourly"] == ["o3"]
    after = [each for each in state_at(made, DAY_BEGIN + MINUTE)["alert"].values() if each["rule"] == "gas-hourly"]
    assert sorted((each["subject"], each["value"], each["limit"]) for each in after) == [
        ("air.410100.east", 250.0, 200.0),
        ("air.410100.west", 250.0, 200.0),
    ]
    raised = [each for each in index["raised"] if each[:2] == [DAY_BEGIN + MINUTE, "orange"]]
    assert [each[2:4] for each in raised] == [["in-process", "410102"]]
    acts = [value for each in index["chunks"] for _, kind, value in unzipped(made / each["file"])["changes"] if kind == "audit"]
    assert [(each["verb"], each["actor"]["role"]) for each in acts if each["actor"]] == [("acknowledge", "supervisor")]
    assert [each["actor"]["name"] for each in acts if each["actor"]] == ["张**"], "for all who may replay, so masked"


def test_the_clock_and_the_places_are_there(made: Path) -> None:
    """Each chunk says when the clock ticked; the subjects have their place and since when they are known."""
    index = json.loads((made / "index.json").read_bytes())
    first = unzipped(made / index["chunks"][0]["file"])
    assert first["ticks"] == [DAY_BEGIN + MINUTE]
    assert first["state"]["now"] == DAY_BEGIN - 9 * MINUTE
    third = unzipped(made / index["chunks"][2]["file"])
    assert (third["ticks"], third["state"]["now"]) == ([DAY_BEGIN + 11 * MINUTE], DAY_BEGIN + MINUTE)
    subjects = unzipped(made / "subjects.json.gz")
    assert set(subjects) == set(NAMES)
    assert (subjects[NAMES[0]]["lon"], subjects[NAMES[0]]["lat"], subjects[NAMES[0]]["adcode"]) == (113.6, 34.75, "410102")


def test_the_same_archive_gives_the_same_bytes(made: Path, archive: Path, tmp_path: Path) -> None:
    """A job that was killed and is done again makes the very same files."""
    replay(asked(**PERIOD), work(archive, tmp_path / "again"))
    names = sorted(path.name for path in made.iterdir())
    assert names == sorted(path.name for path in (tmp_path / "again").iterdir())
    for name in names:
        assert (made / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"from": PERIOD["to"], "to": PERIOD["from"]}, "before it begins"),
        ({"from": "yesterday", "to": PERIOD["to"]}, "'yesterday'"),
        ({"from": "2026-01-01T00:00:00+08:00", "to": "2026-06-02T00:00:00+08:00"}, "longer than 31 days"),
        ({"from": "2026-06-02T08:00:00+08:00", "to": "2026-06-02T09:00:00+08:00"}, "which is not after the beginning"),
        ({"form": PERIOD["from"]}, "unknown field `form`"),
    ],
)
def test_what_cannot_be_replayed_is_refused(archive: Path, tmp_path: Path, params: dict[str, str], why: str) -> None:
    """A period that is none, too long or beyond the archive, and parameters that nobody knows: the reason is said."""
    with pytest.raises(RefusedError, match=why) as refused:
        replay(asked(**params), work(archive, tmp_path / "r"))
    assert refused.value.text.en == str(refused.value)
    assert re.match(r"[\u4e00-\u9fff]{2}", refused.value.text.zh)


def test_a_replay_needs_an_archive(tmp_path: Path) -> None:
    """Without one the reason names the command that makes one."""
    with pytest.raises(RefusedError, match="python -m streams archive"):
        replay(asked(**PERIOD), work(tmp_path / "none", tmp_path / "r"))


def test_the_days_of_an_archive(archive: Path, tmp_path: Path) -> None:
    """The log's own days, from its first to its last tick; none where there is no archive."""
    (only,) = days(archive)
    assert only.day == "2026-06-01"
    assert (only.begin, only.end) == (START + MINUTE, START + (HOURS - 1) * HOUR + 51 * MINUTE)
    assert days(tmp_path) == []


def test_parameters_make_another_book() -> None:
    """Only the parameters that are named are other; everything else of the book is the same."""
    before, after = books_of({"gas-hourly": {"limit": 260, "deadband": 10}})
    assert after.rules["gas-hourly"].params == {**before.rules["gas-hourly"].params, "limit": 260, "deadband": 10}
    same = replace(after.rules["gas-hourly"], params=before.rules["gas-hourly"].params)
    assert {**after.rules, "gas-hourly": same} == before.rules
    assert before.hash == the_book().hash


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"gas-hourly": {"limit": "much"}}, r"^[^/]*\n  agents/domains/environment/rules.toml:\d+: gas-hourly: .*`\$.limit`"),
        ({"gas-hourly": {"deadband": -1}}, r"rules.toml:\d+: gas-hourly: .*`\$.deadband`"),
        ({"gas-hourly": {"colour": 1}}, r"rules.toml:\d+: gas-hourly: .*`colour`"),
        ({"gas-weekly": {"limit": 1}}, "no rule 'gas-weekly'"),
    ],
)
def test_a_broken_book_is_refused(rules: dict[str, Any], why: str) -> None:
    """The same check as that of the rules says where the rule stands and what is wrong with its parameters."""
    with pytest.raises(RefusedError, match=why):
        books_of(rules)


def test_a_whatif_lists_what_is_different(archive: Path, tmp_path: Path) -> None:
    """With a limit of 260 the ozone of 250 raises nothing: within hours 3 to 9 one raise of each station is lost.

    By hand: 250 stands in hours 2, 3 and 7 in the east and 3, 4 and 7 in the west. The east's first raise is before the period;
    its second, and both of the west, are within it.
    """
    whatif(asked(**PERIOD, rules={"gas-hourly": {"limit": 260}}), work(archive, tmp_path / "w"))
    found = json.loads((tmp_path / "w" / "result.json").read_bytes())
    assert found["rules"]["gas-hourly"]["before"] == {"limit": "law"}
    assert found["rules"]["gas-hourly"]["after"] == {"limit": 260}
    assert (found["total"]["lost"], found["total"]["raised"], found["more"]) == (3, 0, 0)
    assert [(each["subject"], each["before"]["raised"]) for each in found["rows"]] == [
        ("air.410100.west", START + 3 * HOUR + MINUTE),
        ("air.410100.east", START + 7 * HOUR + MINUTE),
        ("air.410100.west", START + 7 * HOUR + MINUTE),
    ]
    for each in found["rows"]:
        assert (each["change"], each["rule"], each["item"], each["after"]) == (["lost"], "gas-hourly", "o3", None)
        assert (each["lon"], each["lat"], each["adcode"], each["name"]["zh"]) == (113.6, 34.75, "410102", "测试站")
    assert {(each["by"], each["name"]): each["lost"] for each in found["counts"] if each["lost"]} == {
        ("rule", "gas-hourly"): 3,
        ("district", "410102"): 3,
        ("day", "2026-06-01"): 3,
    }


def test_work_says_how_far_it_is(archive: Path, tmp_path: Path) -> None:
    """The share grows from 0 to at most 1, and what is raised there ends the work."""
    told: list[float] = []
    replay(asked(**PERIOD), work(archive, tmp_path / "r", told.append))
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1

    def stop(_: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        replay(asked(**PERIOD), work(archive, tmp_path / "s", stop))
    assert list((tmp_path / "s").iterdir()) == []


def test_no_spreadsheet_reckons_with_a_table(tmp_path: Path, log: dict[tuple[str, int], list[Record]], book: Book) -> None:
    """A text that begins as a formula does gets an apostrophe (OWASP, CSV Injection); numbers and other texts stay."""
    alert = next(each for each in Fold(book, TOPIC, 0).run(log[TOPIC, 0]) if isinstance(each, Alert))
    hostile = replace(alert, subject='=HYPERLINK("http://x")', item="+1", unit="@x", adcode="\t=1", value=-5.5)
    plain_sheet = Sheet(dict.fromkeys(COLUMNS, "whole"), ())
    table = TableFiles(tmp_path, "a", COLUMNS, plain_sheet, Aliases(b"k" * 32, ""))
    table.take(columns(alert))
    table.take(columns(hostile))
    table.close({})
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "Excel takes a table without a byte order mark for another coding"
    plain, changed = csv.DictReader(data.decode("utf-8-sig").splitlines())
    assert (plain["subject"], plain["title_zh"], plain["value"]) == (alert.subject, alert.title.zh, str(alert.value))
    assert (changed["subject"], changed["item"], changed["unit"]) == ('\'=HYPERLINK("http://x")', "'+1", "'@x")
    assert (changed["adcode"], changed["value"]) == ("'\t=1", "-5.5")
    for text in ("=1", "+1", "-1", "@a", "\t1", "\r1", "\n1", "＝1"):
        assert safe_cell(text) == f"'{text}"


def test_a_cell_holds_what_a_workbook_can_hold_and_says_what_it_left(tmp_path: Path) -> None:
    """Excel's 32,767 characters a cell: longer texts are cut there, told in the cell and counted; CSV and Parquet are whole."""
    at_most, longer, wide = "好" * 32_767, "好" * 32_768, "\U00020000" * 16_384
    sheet, columns_ = Sheet({"text": "whole"}, ()), {"text": pa.string()}
    table = TableFiles(tmp_path, "a", columns_, sheet, Aliases(b"k" * 32, ""), workbook=True)
    for text in (at_most, longer, wide):
        table.take({"text": text})
    table.close({})
    assert table.cut == 2
    cells = [row[0] for row in CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_name("a").to_python()]
    assert cells[1] == at_most
    for cell, whole, count in ((cells[2], longer, "32,768"), (cells[3], wide, "16,384")):
        assert len(cell.encode("utf-16-le")) // 2 <= 32_767
        kept, _, note = cell.partition("〔")
        assert whole.startswith(kept)
        assert len(kept) > 10_000
        assert f"cut: {count} characters" in note
    assert pq.read_table(tmp_path / "a.parquet").column("text").to_pylist() == [at_most, longer, wide]
    before = csv.field_size_limit(1_000_000)
    read = [row[0] for row in csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines())]
    csv.field_size_limit(before)
    assert read == ["text", at_most, longer, wide]


def test_an_export_holds_what_was_asked_for(
    tmp_path: Path, log: dict[tuple[str, int], list[Record]], book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest revision of each alert of the period and the filters, the same in all files; CAP messages are exercises."""
    found = [each for n in (0, 1) for each in Fold(book, TOPIC, n).run(log[TOPIC, n]) if isinstance(each, Alert)]
    monkeypatch.setattr(export, "revisions", lambda *_: ((each, encode(each)) for each in found))
    monkeypatch.setattr(export, "newest_incidents", lambda *_: [])
    monkeypatch.setattr(order_tables, "of_orders", lambda *_: iter(()))
    monkeypatch.setattr(sign_table, "signs_of", lambda *_: [])
    export.export(asked(**PERIOD, severities=["orange"]), work(tmp_path, tmp_path / "e"))
    newest = {each.id: each for each in found}.values()
    orange = [each for each in newest if each.severity == "orange"]
    wanted = {each.id: each.state for each in orange if DAY_BEGIN <= parse_time(each.raised_at) < DAY_END}
    assert wanted
    rows = pq.read_table(tmp_path / "e" / "alerts.parquet").to_pylist()
    assert sorted(each["state"] for each in rows) == sorted(wanted.values())
    assert len({each["id"] for each in rows} - wanted.keys()) == len(wanted), "an id is a pseudonym"
    table = csv.DictReader((tmp_path / "e" / "alerts.csv").read_text("utf-8-sig").splitlines())
    assert {each["id"]: each["state"] for each in table} == {each["id"]: each["state"] for each in rows}
    assert json.loads((tmp_path / "e" / "summary.json").read_bytes())["alerts"] == len(wanted)
    assert not (tmp_path / "e" / "alerts-cap.zip").exists()
    export.export(asked(**PERIOD, severities=["orange"], form="cap"), work(tmp_path, tmp_path / "e"))
    with zipfile.ZipFile(tmp_path / "e" / "alerts-cap.zip") as messages:
        made = [etree.fromstring(messages.read(name)) for name in messages.namelist()]
    cap = "{urn:oasis:names:tc:emergency:cap:1.2}"
    assert len(made) == len(wanted)
    assert {each.findtext(f"{cap}status") for each in made} == {"Exercise"}
    for each in made:
        assert each.findtext(f"{cap}msgType") == "Alert" or each.findtext(f"{cap}references")
    with pytest.raises(RefusedError, match="no domain 'weather'"):
        export.export(asked(**PERIOD, domains=["weather"]), work(tmp_path, tmp_path / "f"))
