"""The embedded broker as a process: started, found running, restarted with its data, refused where it cannot start."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil
import pytest
from kafka import KafkaAdminClient

from streams.command import Trouble
from streams.kafka import broker as embedded
from streams.kafka import clients, jars, server
from streams.kafka.admin import create_topics
from streams.kafka.checks import CLUSTER
from streams.settings import Settings, load
from tests.support.kafka.settings import CACHE, settings_in

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a broker that has run and was stopped; nobody changes it, `ran_before` copies it."""
    settings = settings_in(tmp_path_factory.mktemp("used"))
    embedded.start(settings)
    embedded.stop(settings)
    return settings.data


@pytest.fixture
def ran_before(own: Settings, used: Path) -> Settings:
    """Settings for a broker of the test's own that has run before."""
    shutil.copytree(used, own.data, dirs_exist_ok=True)
    return own


@pytest.mark.alone
def test_ready_in_time_and_small(ran_before: Settings) -> None:
    """With jars and storage there: ready within 6 s, at most 512 MB of memory."""
    started = embedded.start(ran_before)
    assert started.seconds <= 6
    assert psutil.Process(started.pid).memory_info().rss <= 512 << 20


def test_it_listens_on_127_0_0_1_only(broker: Settings) -> None:
    """Broker and controller port are bound to the loopback address, and nothing else is."""
    life = embedded.alive(broker)
    assert life is not None
    listening = [one.laddr for one in psutil.Process(life.pid).net_connections("inet") if one.status == psutil.CONN_LISTEN]
    assert {address.port for address in listening} == {broker.kafka_port, broker.controller_port}
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


@pytest.mark.alone
def test_a_restart_keeps_the_data(ran_before: Settings) -> None:
    """Topics and records written before a stop, and before a SIGKILL, are there afterwards; neither start is slow."""
    embedded.start(ran_before)
    create_topics(ran_before, "live")
    for number, end in enumerate((embedded.stop, _kill)):
        with clients.producer(ran_before) as producer:
            producer.send("live.audit", value=b"%d" % number).get(10)
        end(ran_before)
        assert not embedded.running(ran_before)
        assert embedded.start(ran_before).seconds < 8
    assert sorted(record.value for record in clients.read_topic(ran_before, "live.audit")) == [b"0", b"1"]


def test_a_second_start_finds_it_running(broker: Settings) -> None:
    """`start` again says that it runs already and exits 0; it is the same process."""
    before = embedded.alive(broker)
    done = _kafka(broker, "start")
    assert done.returncode == 0
    assert f"runs already on {broker.bootstrap}" in done.stderr
    assert embedded.alive(broker) == before
    assert embedded.start(broker).process is None


def test_status(broker: Settings, own: Settings) -> None:
    """One JSON line; exit 0 where the broker answers, 1 where it does not."""
    up, down = _kafka(broker, "status"), _kafka(own, "status")
    assert (up.returncode, json.loads(up.stdout)["answers"]) == (0, True)
    assert (down.returncode, json.loads(down.stdout)) == (
        1,
        {"answers": False, "bootstrap": own.bootstrap, "embedded": True, "pid": None},
    )


def test_stop_where_none_runs(own: Settings) -> None:
    """`stop` says that none ran and exits 0."""
    done = _kafka(own, "stop")
    assert (done.returncode, done.stderr) == (0, "kafka: no broker ran\n")


def test_any_folder_and_any_locale(tmp_path: Path, wait: Wait) -> None:
    """Blanks, quotes, Chinese, and all that Java's files and options read in their own ways: the data stand where they belong.

    The locale is POSIX, in which Java by itself finds no name outside ASCII; the jars lie below the same folder.
    """
    home = tmp_path / "城 市 a'b\"c,d%d$${env:HOME}\\n=#é"
    settings = settings_in(home / "data", ONESCREEN_CACHE=str(home / "data" / "cache"))
    jars.classpath(Path(CACHE))
    shutil.copytree(Path(CACHE) / "jars", settings.cache / "jars")
    try:
        done = _kafka(settings, "start", LC_ALL="POSIX")
        assert done.returncode == 0, done.stderr
        create_topics(settings, "live")
        wait((settings.data / "kafka" / "log" / "live.audit-0").is_dir)
        assert (settings.data / "kafka" / "broker.log").exists()
        assert [path.name for path in tmp_path.iterdir()] == [home.name]
        assert {path.name for path in home.iterdir()} == {"data"}
    finally:
        embedded.stop(settings)


@pytest.mark.parametrize("field", ["kafka_port", "controller_port"])
def test_a_port_in_use(own: Settings, field: str) -> None:
    """Another program on the broker's or the controller's port: the message names the port and the setting, exit 1."""
    with socket.create_server(("127.0.0.1", getattr(own, field))):
        done = _kafka(own, "start")
    assert done.returncode == 1
    assert f"port {getattr(own, field)} of 127.0.0.1 cannot be had" in done.stderr
    assert f"set ONESCREEN_{field.upper()}" in done.stderr
    assert embedded.alive(own) is None


def test_a_data_directory_in_use(broker: Settings) -> None:
    """A start on another port with the data of a running broker is refused, and says where that one listens."""
    other = msgspec.structs.replace(broker, kafka_port=broker.kafka_port - 1, bootstrap="127.0.0.1:1")
    with pytest.raises(Trouble, match=f"in use by a broker on port {broker.kafka_port}"):
        embedded.start(other)


def test_a_foreign_cluster_id(ran_before: Settings) -> None:
    """Data of another Kafka is refused by its cluster id, and not touched."""
    meta = ran_before.data / "kafka" / "log" / "meta.properties"
    meta.write_text(meta.read_text().replace(CLUSTER, "MkU3OEVBNTcwNTJENDM2Qg"))
    foreign = meta.read_text()
    with pytest.raises(Trouble, match=r"MkU3OEVBNTcwNTJENDM2Qg.*data of another Kafka.*ONESCREEN_DATA"):
        embedded.start(ran_before)
    assert meta.read_text() == foreign


def test_another_kafka_on_the_port_is_not_used(own: Settings, monkeypatch: pytest.MonkeyPatch, wait: Wait) -> None:
    """A foreign broker answers on the embedded one's port: each client refuses it; named as a cluster it is used."""
    server.folder(own).mkdir(parents=True)
    server.write_settings(own)
    monkeypatch.setattr(server, "CLUSTER", "MkU3OEVBNTcwNTJENDM2Qg")
    found = jars.classpath(own.cache)
    server.format_storage(own, found)
    with (own.data / "lock").open("wb") as lock:
        process = server.launch(own, found, lock.fileno())
    try:
        wait(lambda: _named(own))
        for client in (clients.admin, clients.consumer, clients.producer):
            with pytest.raises(Trouble, match=r"MkU3OEVBNTcwNTJENDM2Qg.*not an embedded one.*ONESCREEN_KAFKA_PORT"):
                client(own)
        assert not embedded.running(own)
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.alone
def test_a_broker_that_dies_at_its_start_shows_its_last_words(ran_before: Settings) -> None:
    """Java's death is seen at once, and its last log lines are shown."""
    (ran_before.data / "kafka" / "log" / "bootstrap.checkpoint").unlink(missing_ok=True)
    meta = ran_before.data / "kafka" / "log" / "meta.properties"
    meta.write_text(meta.read_text().replace("node.id=1", "node.id=7"))
    began = time.monotonic()
    with pytest.raises(Trouble, match=r"(?s)the broker died at its start.*node.?id"):
        embedded.start(ran_before)
    assert time.monotonic() - began < 20
    assert embedded.alive(ran_before) is None


def test_foreground_ends_with_its_broker(ran_before: Settings, wait: Wait) -> None:
    """SIGTERM to the foreground process stops the broker and exits 0; a broker that is killed makes it exit 1."""
    for end, code in ((lambda process: process.terminate(), 0), (lambda _: _kill(ran_before), 1)):
        process = subprocess.Popen(_command("start", "--foreground"), env=_env(ran_before), stderr=subprocess.DEVNULL)
        wait(lambda: embedded.running(ran_before))
        end(process)
        assert process.wait(20) == code
        assert embedded.alive(ran_before) is None


def test_foreground_leaves_a_broker_that_ran_before(broker: Settings) -> None:
    """It stays beside it, and leaves it running when it is stopped itself."""
    process = subprocess.Popen(_command("start", "--foreground"), env=_env(broker), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "runs already" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    process.stderr.close()
    assert embedded.running(broker)


def test_an_external_cluster_is_only_used(broker: Settings, own: Settings) -> None:
    """With KAFKA_BOOTSTRAP_SERVERS nothing is started; status asks that cluster."""
    env = {"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap}
    done = _kafka(own, "start", **env)
    assert done.returncode == 0
    assert f"the cluster at {broker.bootstrap} is used, nothing is embedded" in done.stderr
    assert embedded.alive(own) is None
    assert json.loads(_kafka(own, "status", **env).stdout)["answers"]


def test_two_starts_at_once(own: Settings) -> None:
    """Of several starts at the same time one makes the broker, the others find it: all exit 0."""
    starts = [subprocess.Popen(_command("start"), env=_env(own), stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [start.communicate(timeout=60)[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], said
    assert sum("ready in" in text for text in said) == 1


def test_the_cluster_is_ours(broker: Settings) -> None:
    """The running cluster has the project's fixed id."""
    admin: KafkaAdminClient = clients.admin(broker)
    assert admin.describe_cluster()["cluster_id"] == CLUSTER
    admin.close()


def _named(settings: Settings) -> bool:
    """Whether a broker answers there when it is named as a cluster."""
    try:
        clients.admin(load({"KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap})).close()
    except Trouble:
        return False
    return True


def _kill(settings: Settings) -> None:
    life = embedded.alive(settings)
    assert life is not None
    os.kill(life.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while embedded.alive(settings):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _kafka(settings: Settings, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(_command(*arguments), env=_env(settings) | more, capture_output=True, text=True, check=False)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "streams", "kafka", *arguments]


def _env(settings: Settings) -> dict[str, str]:
    return os.environ | {
        "ONESCREEN_KAFKA_PORT": str(settings.kafka_port),
        "ONESCREEN_CONTROLLER_PORT": str(settings.controller_port),
        "ONESCREEN_DATA": str(settings.data),
        "ONESCREEN_CACHE": str(settings.cache),
    }
