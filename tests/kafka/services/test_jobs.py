"""The job worker with a real broker: what is asked is done once, whoever is killed; what cannot be done says why."""

import json
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from agents.core.alerts.fold import Fold
from agents.jobs.report import report as report_of
from agents.jobs.timeline import replay
from agents.jobs.whatif import whatif
from agents.jobs.work import Work
from agents.reports.asked import ReportAsked
from agents.reports.making import made
from agents.reports.source import ArchiveSource, LogSource
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.kafka import clients
from streams.messages import HOUR, Actor, Alert, Ask, Cancel, JobCommand, JobStatus, Text, decode, encode, format_time
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events
from tests.support.books import the_book
from tests.support.workers import DOMAIN, Worker, city, wait_for

ANALYST = Actor(id="chen", name="陈分析", role="analyst")
VIEWER = Actor(id="li", name="李观察", role="viewer")
PERIOD = {"from": format_time(events.START + 2 * HOUR), "to": format_time(events.START + 10 * HOUR)}
WHATIF = {**PERIOD, "rules": {"gas-hourly": {"limit": 300}}}


def archived(settings: Settings, log: str, stations: int, hours: int) -> Path:
    """The archive of a city, where the job worker looks for it."""
    root = settings.data / "archive" / log
    chunks = {number: Chunk(0) for number in range(settings.partitions)}
    for number, key, value in city(settings.partitions, stations, hours, seed=7):
        chunks[number].add(chunks[number].rows, 0, key, value)
    for number, chunk in chunks.items():
        archive_files.write(root, events_topic(log, DOMAIN), number, chunk)
    return root


def send(settings: Settings, log: str, *commands: JobCommand) -> None:
    """Write commands as the screen does."""
    with closing(clients.producer(settings)) as producer:
        for command in commands:
            producer.send(topic_name(log, "jobs"), encode(command), command.id.encode())
        producer.flush()


def ask(number: int, kind: str, params: Any, by: Actor = ANALYST) -> Ask:
    """Somebody asks, a second after the one before."""
    at = format_time(events.START + number * 1_000)
    return Ask(id=f"{number:032x}", at=at, by=by, kind=kind, params=msgspec.Raw(encode(params)))


def told(settings: Settings, log: str, job: Ask) -> list[JobStatus]:
    """All that was ever said of a job, in order."""
    read = [decode(record.value, JobStatus) for record in clients.read_topic(settings, topic_name(log, "job-status"))]
    return [status for status in read if status.id == job.id]


def ended(settings: Settings, log: str, job: Ask) -> bool:
    """Whether a job has ended."""
    return any(status.ended for status in told(settings, log, job))


def files(settings: Settings, job: Ask) -> dict[str, bytes]:
    """The result of a job."""
    return {path.name: path.read_bytes() for path in (settings.data / "jobs" / job.id).iterdir()}


def purely(settings: Settings, log: str, folder: Path, job: Ask) -> dict[str, bytes]:
    """What the same work gives without Kafka and without a process."""
    folder.mkdir()
    kinds = {"replay": replay, "whatif": whatif, "report": report_of}
    kinds[job.kind](job.params, Work(settings, log, settings.data / "archive" / log, folder, lambda _: None))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def alerts_in(settings: Settings, log: str, archive: Path) -> dict[str, Alert]:
    """Judge the archive and write its alerts where a worker writes them; the newest revision of each."""
    newest: dict[str, Alert] = {}
    book = the_book()
    with closing(clients.producer(settings)) as producer:
        for topic, number in archive_files.partitions(archive):
            fold = Fold(book, topic, number)
            for records in archive_files.read_partition(archive, topic, number):
                for output in fold.run(records):
                    if isinstance(output, Alert):
                        newest[output.id] = output
                        producer.send(topic_name(log, "alerts"), encode(output), output.id.encode())
        producer.flush()
    return newest


def test_a_log_and_its_archive_give_one_report(broker: Settings, log: str) -> None:
    """The same words and figures, offsets included, whether the events are read from Kafka or from the archive."""
    archive = archived(broker, log, stations=6, hours=8)
    with closing(clients.producer(broker)) as producer:
        for topic, number in archive_files.partitions(archive):
            for records in archive_files.read_partition(archive, topic, number):
                for _, key, value in records:
                    producer.send(topic, value, key, partition=number)
        producer.flush()
    asked = ReportAsked(alert=next(iter(alerts_in(broker, log, archive))))
    logged, kept = (made(asked, source, lambda _: None) for source in (LogSource(broker, log), ArchiveSource(archive)))
    assert logged.paper == kept.paper
    assert logged.origin.partitions == kept.origin.partitions


def test_what_is_asked_is_done_and_what_cannot_be_says_why(broker: Settings, log: str, tmp_path: Path) -> None:
    """Every kind gives the files of the plain functions; a viewer, a broken rule and a strange kind fail; one is cancelled.

    A second copy of a command, before and after the end, changes nothing. SIGTERM ends the worker with 0.
    """
    archive = archived(broker, log, stations=12, hours=12)
    newest = alerts_in(broker, log, archive)
    one = next(iter(newest))
    timeline, other, table = ask(1, "replay", PERIOD), ask(2, "whatif", WHATIF), ask(3, "export", PERIOD)
    around = ask(4, "replay", {"alert": one})
    viewer = ask(5, "export", PERIOD, VIEWER)
    broken = ask(6, "whatif", {**PERIOD, "rules": {"gas-hourly": {"limit": "much"}}})
    strange = ask(7, "poem", {})
    cancelled = ask(8, "replay", PERIOD)
    report = ask(9, "report", {"alert": one, "lang": "en"})
    every = (timeline, timeline, other, table, around, viewer, broken, strange, cancelled, report)
    send(broker, log, *every, Cancel(id=cancelled.id, at=cancelled.at, by=ANALYST))
    with Worker(broker, log, command="jobs") as worker:
        worker.ready()
        for job in every:
            wait_for(lambda job=job: ended(broker, log, job), f"the end of {job.kind}")  # type: ignore[misc]
        send(broker, log, timeline)
        assert worker.stop() == 0
    for job in (timeline, other, table, around, report):
        states = [status.state for status in told(broker, log, job)]
        assert (states[0], states[-1], states.count("queued"), states.count("done")) == ("queued", "done", 1, 1)
        last = told(broker, log, job)[-1]
        assert {each.name: each.bytes for each in last.files} == {name: len(data) for name, data in files(broker, job).items()}
    for number, job in enumerate((timeline, other, around, report)):
        assert files(broker, job) == purely(broker, log, tmp_path / str(number), job)
    assert json.loads(files(broker, around)["index.json"])["alert"] == one
    table_rows = pq.read_table(broker.data / "jobs" / table.id / "alerts.parquet").to_pylist()
    within = [each for each in newest.values() if PERIOD["from"] <= each.raised_at < PERIOD["to"]]  # all are +08:00
    assert within
    assert sorted(each["state"] for each in table_rows) == sorted(each.state for each in within)
    reasons = {job.id: told(broker, log, job)[-1] for job in (viewer, broken, strange)}
    assert {status.state for status in reasons.values()} == {"failed"}
    said = [(viewer, "角色 viewer", "'viewer' may not"), (strange, "没有 'poem' 这类作业", "no job of kind 'poem'")]
    for job, zh, en in (*said, (broken, "规则不成立", "agents/domains/environment/rules.toml:")):
        reason = reasons[job.id].reason
        assert isinstance(reason, Text)
        assert (zh in reason.zh, en in reason.en) == (True, True)
    assert told(broker, log, cancelled)[-1].state == "cancelled"
    assert {stat.S_IMODE((broker.data / name).stat().st_mode) for name in ("jobs", "kafka")} == {0o700}
    left = {path.name for path in (broker.data / "jobs").iterdir()}
    assert not left & {job.id for job in (viewer, broken, strange, cancelled)}
    assert not [name for name in left if name.startswith(".")]


@pytest.mark.timeout(240)
def test_a_killed_job_is_taken_up_again(broker: Settings, log: str, tmp_path: Path) -> None:
    """SIGKILL in the middle of judging: nothing of the result is seen, the next worker does it from its beginning, once.

    A second worker ends the first one, which does no more work.
    """
    archived(broker, log, stations=40, hours=300)
    at_the_end = {"from": format_time(events.START + 292 * HOUR), "to": format_time(events.START + 300 * HOUR)}
    job = ask(11, "replay", at_the_end)  # so that the whole archive is judged
    send(broker, log, job)
    with Worker(broker, log, command="jobs") as first:
        first.ready()
        wait_for(lambda: [*(broker.data / "jobs").glob(f".{job.id}-*/*/00001")], "the second partition's file of changes")
        first.kill()
    assert told(broker, log, job)[-1].state == "running"
    assert not ended(broker, log, job), "it was killed in the middle"
    assert not (broker.data / "jobs" / job.id).exists()
    with Worker(broker, log, command="jobs") as second:
        wait_for(lambda: ended(broker, log, job), "the end of the job")
        assert [status.state for status in told(broker, log, job)].count("done") == 1
        assert files(broker, job) == purely(broker, log, tmp_path / "r", job)
        assert not list((broker.data / "jobs").glob(f".{job.id}*")), "what the killed one left is gone"
        with Worker(broker, log, command="jobs") as third:
            third.ready()
            again = ask(12, "whatif", WHATIF)
            send(broker, log, job, again)
            wait_for(lambda: second.process.poll() is not None, "the end of the worker that was there before")
            assert second.process.returncode == 1
            assert "another job worker of this log has taken over" in second.said()
            wait_for(lambda: ended(broker, log, again), "the end of the other job")
            assert third.stop() == 0
    assert [status.state for status in told(broker, log, job)].count("done") == 1
    assert [status.state for status in told(broker, log, again)].count("done") == 1
