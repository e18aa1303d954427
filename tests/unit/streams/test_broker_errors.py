"""What keeps the embedded broker from starting: each is found before Java runs, and says what to do."""

import fcntl
import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.command import Trouble
from streams.kafka import broker as embedded
from streams.kafka import checks, clients, jars, server
from streams.settings import load

COORDINATE = "org.example:part:1.0"
BYTES = b"the right bytes"
WANTED = {COORDINATE: hashlib.sha256(BYTES).hexdigest()}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A Maven repository of one jar on this machine: its address, and the jar, which a test may change."""
    jar = tmp_path / "repository" / "org" / "example" / "part" / "1.0" / "part-1.0.jar"
    jar.parent.mkdir(parents=True)
    jar.write_bytes(BYTES)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path / "repository")))
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}", jar
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_the_lock_holds_kafka_and_all_it_needs() -> None:
    """45 jars: the 44 of Kafka's own dependency tree and the logger; each with a SHA-256, none with an address."""
    lock = jars.lock()
    assert len(lock) == 45
    assert {jars.KAFKA, jars.LOGGER} <= set(lock)
    assert {coordinate.split(":")[2] for coordinate in lock if coordinate.startswith("org.apache.kafka:")} == {"4.4.0"}
    assert all(len(bytes.fromhex(digest)) == 32 for digest in lock.values())
    assert "//" not in jars.LOCK.read_text()


def test_a_jar_is_fetched_once(tmp_path: Path, repository: tuple[str, Path]) -> None:
    """The jar comes into the cache; the second time nothing is asked of the network."""
    address, _ = repository
    assert [path.read_bytes() for path in jars.classpath(tmp_path / "cache", WANTED, address)] == [BYTES]
    assert jars.classpath(tmp_path / "cache", WANTED, "http://127.0.0.1:1")[0].read_bytes() == BYTES


def test_a_broken_download_is_refused(tmp_path: Path, repository: tuple[str, Path]) -> None:
    """Other bytes than the lock's: the message names the jar and both sums, and nothing is left in the cache."""
    address, jar = repository
    jar.write_bytes(b"other bytes")
    found = hashlib.sha256(b"other bytes").hexdigest()
    with pytest.raises(Trouble, match=f"download of {COORDINATE} is broken: SHA-256 {found}, not {WANTED[COORDINATE]}"):
        jars.classpath(tmp_path / "cache", WANTED, address)
    assert list((tmp_path / "cache" / "jars").iterdir()) == []


def test_a_damaged_jar_in_the_cache_is_fetched_anew(tmp_path: Path, repository: tuple[str, Path]) -> None:
    """A jar that changed on the disk is never run: every start checks all sums."""
    address, _ = repository
    (path,) = jars.classpath(tmp_path / "cache", WANTED, address)
    path.write_bytes(BYTES[:-1])
    jars.classpath(tmp_path / "cache", WANTED, address)
    assert path.read_bytes() == BYTES


def test_no_network_at_the_first_start(tmp_path: Path) -> None:
    """The message says that the first start needs the network, and what to do without one."""
    with pytest.raises(Trouble, match=r"first start needs the network.*copy the folder cache/jars"):
        jars.classpath(tmp_path, WANTED, "http://127.0.0.1:1", patience=0)


def test_a_network_that_comes_back(tmp_path: Path, repository: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections that break, one of them within the jar, are asked again: the jar comes whole in the same start."""
    address, _ = repository
    broken = iter((b"", BYTES[:5]))
    answer = _Quiet.do_GET

    def breaks(handler: _Quiet) -> None:
        half = None if handler.path.endswith(".sha1") else next(broken, None)
        if half is None:
            answer(handler)
        elif half:
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(BYTES)))
            handler.end_headers()
            handler.wfile.write(half)

    monkeypatch.setattr(_Quiet, "do_GET", breaks)
    assert [path.read_bytes() for path in jars.classpath(tmp_path / "cache", WANTED, address)] == [BYTES]
    assert next(broken, None) is None


def test_a_second_start_waits_for_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one start fetches, another waits and then finds the jar: its own network, which is dead, is never asked."""
    cache = tmp_path / "cache"
    (cache / "jars").mkdir(parents=True)
    found: list[list[Path]] = []
    at_the_lock = threading.Event()
    flock = fcntl.flock

    def told(file: Any, operation: int) -> None:
        at_the_lock.set()
        flock(file, operation)

    with (cache / "jars.lock").open("wb") as held:
        flock(held, fcntl.LOCK_EX)
        monkeypatch.setattr(fcntl, "flock", told)
        waits = threading.Thread(target=lambda: found.append(jars.classpath(cache, WANTED, "http://127.0.0.1:1", patience=0)))
        waits.start()
        assert at_the_lock.wait(30)
        (cache / "jars" / "part-1.0.jar").write_bytes(BYTES)
    waits.join(30)
    assert [path.read_bytes() for path in found[0]] == [BYTES]


def test_a_jar_that_is_not_there(tmp_path: Path, repository: tuple[str, Path]) -> None:
    """An answer of 404, as from a wrong proxy, is an error of its own."""
    address, jar = repository
    jar.unlink()
    with pytest.raises(Trouble, match=f"has no {COORDINATE}"):
        jars.classpath(tmp_path, WANTED, address)


def test_too_little_space() -> None:
    """/proc has no free byte: the message says how much there is, how much is needed, and what to set."""
    with pytest.raises(
        Trouble, match="the disk of /proc has 0 MB free, the broker needs 500: make room, or set ONESCREEN_DATA"
    ):
        checks.refuse_full(Path("/proc"))


def test_a_disk_that_fills_up_on_the_way(tmp_path: Path) -> None:
    """/dev/full refuses every byte with ENOSPC: that is said in words."""
    with pytest.raises(Trouble, match="is full: make room"), checks.disk_errors(tmp_path):
        Path("/dev/full").write_bytes(b"x")


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the directory should be: the message names it and the setting."""
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(Trouble, match=r"data.* cannot be written .*set ONESCREEN_DATA"), checks.disk_errors(tmp_path):
        (tmp_path / "data" / "kafka").mkdir(parents=True)


def test_a_taken_port() -> None:
    """The message names the port and the setting."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"port {port} of 127.0.0.1 .*or set ONESCREEN_KAFKA_PORT"):
            checks.refuse_taken(port, "ONESCREEN_KAFKA_PORT")


def test_jars_where_a_class_path_cannot_lead(tmp_path: Path) -> None:
    """A class path has ':' between its names, so that no name may hold one: the message shows it and the setting."""
    settings = load({"ONESCREEN_DATA": str(tmp_path / "data"), "ONESCREEN_CACHE": str(tmp_path / "a:b")})
    server.folder(settings).mkdir(parents=True)
    with pytest.raises(Trouble, match=r"'\.\./\.\./a:b/part\.jar' has one: set ONESCREEN_CACHE"):
        server.format_storage(settings, [settings.cache / "part.jar"])


def test_a_way_with_a_colon_above_data_and_cache_is_none(tmp_path: Path) -> None:
    """Java is told no name above the data folder, so that one may hold whatever the disk takes: no file names it."""
    settings = load({"ONESCREEN_DATA": str(tmp_path / "a:b,c 城")})
    server.folder(settings).mkdir(parents=True)
    server.write_settings(settings)
    for name in ("server.properties", "log4j2.properties"):
        text = (server.folder(settings) / name).read_bytes()
        assert text.isascii()
        assert str(tmp_path).encode() not in text


def test_a_full_disk_is_told_by_those_who_find_no_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    """/proc has no free byte: a client of a broker there says so, and not only that nobody answers."""
    monkeypatch.setattr(clients, "_PATIENCE", {"bootstrap_timeout_ms": 50})
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = load({"ONESCREEN_DATA": "/proc/none", "ONESCREEN_KAFKA_PORT": str(unused.getsockname()[1])})
        with pytest.raises(Trouble, match=r"no Kafka answers at .*: the disk of /proc has 0 MB free.*make room"):
            clients.admin(settings)


def test_a_disk_that_was_full_is_told_too(tmp_path: Path) -> None:
    """Kafka's last error was the disk's, and there is room again: that is said with what to do; without it nothing is."""
    (tmp_path / "broker.log").write_text("java.io.IOException: No space left on device\n\tat java.base/sun.nio.ch\n")
    assert "was full, and the broker ended; there is room again: run `python -m streams kafka start`" in str(
        checks.why_away(tmp_path)
    )
    (tmp_path / "broker.log").write_text("something else\n")
    assert checks.why_away(tmp_path) is None
    assert checks.why_away(tmp_path / "not" / "there") is None


def test_a_broker_at_work_is_waited_for_and_an_idle_one_is_not() -> None:
    """On a busy machine 3 s of processor time, or a line of its log, begin the wait anew; the 1 s of idling does not."""
    progress = embedded.Progress(100.0)
    assert progress.seen(150.0, work=1.0, written=0) == 50
    assert progress.seen(170.0, work=3.0, written=0) == 0
    assert progress.seen(230.0, work=5.9, written=0) == 60
    assert progress.seen(231.0, work=5.9, written=80) == 0
    assert progress.seen(300.0, work=6.9, written=80) == 69
    assert embedded.READY_SECONDS == 60


def test_processor_time_is_the_machines_own_figure() -> None:
    """What /proc says of this process is what the process itself is told, but for the ticks of 10 ms; nobody has none."""
    while time.process_time() < 0.2:
        pass
    assert abs(embedded.work_seconds(os.getpid()) - sum(os.times()[:2])) < 0.1
    assert embedded.work_seconds(2**22 + 1) == 0


def test_the_wait_goes_on_beyond_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that answers after ten minutes of work is waited for; one that stops working is given up a minute later."""
    clock = iter(range(0, 100_000, 10))
    work = iter([float(second) for second in range(60)] + [60.0] * 60)
    answers = iter([False] * 60 + [True])
    monkeypatch.setattr(embedded, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None))
    monkeypatch.setattr(embedded, "alive", lambda _: embedded.Life(1, 1))
    monkeypatch.setattr(embedded, "work_seconds", lambda _: next(work))
    monkeypatch.setattr(embedded, "_answers", lambda _: next(answers, False))
    settings = load({"ONESCREEN_DATA": "/proc/none"})
    embedded._wait(settings, 0)
    with pytest.raises(Trouble, match=r"did not answer in \d+ s, and did nothing for the last 60 s"):
        embedded._wait(settings, next(clock))


def test_the_foreground_ends_with_a_broker_that_ran_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a broker that another process started it stays until that one has gone, and then ends with Trouble."""
    lives = iter([embedded.Life(1, 1), embedded.Life(1, 1), None])
    monkeypatch.setattr(embedded, "load", lambda: load({"ONESCREEN_DATA": "/proc/none"}))
    monkeypatch.setattr(embedded, "running", lambda _: True)
    monkeypatch.setattr(embedded, "start", lambda _: embedded.Broker(1, "127.0.0.1:1", 0))
    monkeypatch.setattr(embedded, "alive", lambda _: next(lives))
    monkeypatch.setattr(embedded, "_until_stopped", lambda work: work())
    monkeypatch.setattr(embedded, "_LOOK", 0)
    with pytest.raises(Trouble, match="the broker that ran already has ended"):
        embedded.main(["start", "--foreground"])


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("java.io.IOException: No space left on device", "the disk is full"),
        ("java.net.BindException: Address already in use", "set ONESCREEN_KAFKA_PORT"),
        ("org.apache.kafka.common.KafkaException: Failed to acquire lock on file .lock in /d", "another broker uses"),
        ("Terminating due to java.lang.OutOfMemoryError: Java heap space", "close other programs"),
        ("something nobody foresaw", "read "),
    ],
)
def test_last_words(tmp_path: Path, line: str, advice: str) -> None:
    """The lines by which Java and Kafka die are shown, with what they mean where that is known."""
    settings = load({"ONESCREEN_DATA": str(tmp_path)})
    (tmp_path / "kafka").mkdir()
    (tmp_path / "kafka" / "broker.log").write_text(f"earlier\n{line}\n")
    words = server.last_words(settings)
    assert advice in words
    assert line in words
