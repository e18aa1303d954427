"""What keeps the embedded broker from starting: each is found before Java runs, and says what to do."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from streams.command import Trouble
from streams.kafka import checks, jars, server
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
        jars.classpath(tmp_path, WANTED, "http://127.0.0.1:1")


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
