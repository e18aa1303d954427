"""The archive holds what the log holds: each record once, byte for byte, whatever happened to the process that writes it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from agents.offline import redact
from agents.offline.judge import judge_archive
from streams.archive import files as archive_files
from streams.archive.command import archive, follow, read_archive
from streams.archive.files import locked
from streams.catalogue import domains
from streams.command import Trouble
from streams.kafka.clients import producer, read_topic
from streams.messages import DAY, Redacted, encode
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.events import START, tick
from tests.support.pure.scenarios import basis

ROOT = Path(__file__).parents[3]
CODECS = ("gzip", "lz4", "snappy", "zstd")


def fill(settings: Settings, log: str, count: int, start: int = 0) -> None:
    """Write `count` records over all partitions, every tenth without a key, every hundredth a tombstone, some not UTF-8."""
    with producer(settings) as out:
        for number in range(start, start + count):
            key = None if number % 10 == 0 else b"key-%d" % (number % 97)
            value = None if number % 100 == 1 else b"\xff\x00 %d " % number + b"x" * (number % 300)
            out.send(events_topic(log, "environment"), value=value, key=key, partition=number % settings.partitions)


def in_log(settings: Settings, log: str) -> list[tuple[str, int, int, bytes | None, bytes | None]]:
    """What the events topics hold, read straight from the broker."""
    return [
        (record.topic, record.partition, record.offset, record.key, record.value)
        for domain in domains()
        for record in read_topic(settings, events_topic(log, domain))
    ]


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition is true, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.05)


@pytest.fixture
def process(broker: Settings, log: str, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts `python -m streams archive --follow` on the test's log."""
    started: list[subprocess.Popen[bytes]] = []
    names = {
        "ONESCREEN_KAFKA_PORT": str(broker.kafka_port),
        "ONESCREEN_CONTROLLER_PORT": str(broker.controller_port),
        "ONESCREEN_DATA": str(broker.data),
    }
    command = [sys.executable, "-m", "streams", "archive", "--log", log, "--out", str(tmp_path), "--follow", "--roll", "0.2"]

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | names))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


def test_compressed_batches_are_archived(broker: Settings, log: str, tmp_path: Path) -> None:
    """A producer may compress as it likes: the archive holds its records as they were."""
    sent = [b"%d " % number * 50 for number in range(200)]
    topics = {events_topic(log, domain): codec for domain, codec in zip(domains(), CODECS, strict=False)}
    assert len(topics) == len(CODECS)
    for topic, codec in topics.items():
        with KafkaProducer(bootstrap_servers=broker.bootstrap, compression_type=codec) as out:
            for value in sent:
                out.send(topic, value=value, partition=0)
    assert archive(broker, log, tmp_path)[0] == len(topics) * len(sent)
    found = list(read_archive(tmp_path))
    for topic in topics:
        assert [value for name, *_, value in found if name == topic] == sent, topic


def test_an_archive_is_the_log_byte_for_byte(broker: Settings, log: str, tmp_path: Path) -> None:
    """Keys, values, nulls and offsets are those of the log; a second run adds nothing, a third what is new."""
    fill(broker, log, 3_000)
    assert archive(broker, log, tmp_path)[0] == 3_000
    assert list(read_archive(tmp_path)) == in_log(broker, log)
    assert archive(broker, log, tmp_path) == (0, 0)
    fill(broker, log, 500, start=3_000)
    assert archive(broker, log, tmp_path)[0] == 500
    assert list(read_archive(tmp_path)) == in_log(broker, log)


def test_kills_in_the_middle_lose_and_double_nothing(
    broker: Settings, log: str, tmp_path: Path, process: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """Five times SIGKILL while records flow and files roll; then the archive is brought to the end."""
    for turn in range(5):
        before = len(list(tmp_path.glob("*/*/*.parquet")))
        running = process()
        fill(broker, log, 4_000, start=turn * 4_000)
        wait_for(lambda before=before: len(list(tmp_path.glob("*/*/*.parquet"))) > before)
        running.send_signal(signal.SIGKILL)
        running.wait()
    archive(broker, log, tmp_path)
    found = list(read_archive(tmp_path))
    assert len(found) == 20_000
    assert found == in_log(broker, log)


def test_told_to_stop_it_writes_what_it_has(
    broker: Settings, log: str, tmp_path: Path, process: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """SIGTERM ends it with exit code 0, and nothing unfinished lies about."""
    running = process()
    fill(broker, log, 1_000)
    wait_for(lambda: list(tmp_path.glob("*/*/*.parquet")))
    running.terminate()
    assert running.wait(30) == 0
    assert not list(tmp_path.glob("*/*/*.tmp"))
    archive(broker, log, tmp_path)
    assert list(read_archive(tmp_path)) == in_log(broker, log)


def _is_locked(path: Path) -> bool:
    """Whether somebody holds the lock of a file, as Linux tells: the file is there a moment before that."""
    return path.exists() and f":{path.stat().st_ino} " in Path("/proc/locks").read_text()


def test_one_writer_at_a_time(broker: Settings, log: str, tmp_path: Path) -> None:
    """A second process is refused while the first holds the archive."""
    stop = threading.Event()
    first = threading.Thread(target=follow, args=(broker, log, tmp_path, stop))
    first.start()
    try:
        wait_for(lambda: _is_locked(tmp_path / ".lock"))
        with pytest.raises(Trouble, match="another process"):
            archive(broker, log, tmp_path)
    finally:
        stop.set()
        first.join()


def test_an_archive_of_another_log_is_not_continued(broker: Settings, log: str, tmp_path: Path) -> None:
    """An archive that stands beyond the log's end is of another log: nothing is written, the trouble says so."""
    chunk = archive_files.Chunk(0)
    chunk.add(41, 0, b"k", b"v")
    archive_files.write(tmp_path, events_topic(log, "environment"), 0, chunk)
    with pytest.raises(Trouble, match=r"offset 42 .*another one"):
        archive(broker, log, tmp_path)


def test_a_missing_file_is_found(broker: Settings, log: str, tmp_path: Path) -> None:
    """With a file taken from the middle the reader stops with the place of the hole."""
    for turn in range(3):
        fill(broker, log, 400, start=turn * 400)
        archive(broker, log, tmp_path)
    middle = sorted((tmp_path / events_topic(log, "environment") / "1").iterdir())[1]
    middle.unlink()
    each = 400 // broker.partitions
    with pytest.raises(Trouble, match=rf"after offset {each - 1} is {2 * each}; archived records are missing"):
        list(read_archive(tmp_path))


def test_a_broken_file_is_trouble(broker: Settings, log: str, tmp_path: Path) -> None:
    """A file cut short is named."""
    fill(broker, log, 400)
    archive(broker, log, tmp_path)
    victim = min(tmp_path.glob("*/*/*.parquet"))
    victim.write_bytes(victim.read_bytes()[:200])
    with pytest.raises(Trouble, match="cannot be read"):
        list(read_archive(tmp_path))


def test_no_archive_is_trouble(tmp_path: Path) -> None:
    """An empty folder is no archive, and the message says how to make one."""
    with pytest.raises(Trouble, match="python -m streams archive"):
        list(read_archive(tmp_path))


def test_what_the_log_tells_of_is_redacted_while_the_archive_is_followed(
    broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two refused records, and the log's topic `quality` tells of one: that row alone becomes a stub; judging stays equal."""
    topic, values = events_topic(log, "environment"), [b"told", b"not told", *(tick(START + n * DAY) for n in (0, 31))]
    with producer(broker) as out:
        for value in values:
            out.send(topic, value=value, partition=0)
    archive(broker, log, tmp_path)
    judged = list(judge_archive(basis(), tmp_path))
    with producer(broker) as out:
        out.send(f"{log}.quality", key=b"1", value=encode(judged[0]))
    monkeypatch.setattr("agents.offline.redact.load", lambda: broker)
    with locked(tmp_path):
        assert redact.main(["--log", log, "--archive", str(tmp_path)]) == 0
    assert '"rows":1,"files":1' in capsys.readouterr().out
    kept = [value for _, _, _, _, value in read_archive(tmp_path)]
    assert [isinstance(value, Redacted) for value in kept] == [True, False, False, False]
    assert list(judge_archive(basis(), tmp_path)) == judged
