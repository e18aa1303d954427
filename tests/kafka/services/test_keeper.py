"""The keeper as a process with a real Kafka: sealed, looked at, killed, forgotten on the order of two persons."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.clock import wall_time
from streams.kafka import clients
from streams.keeper.client import KeeperClient
from streams.messages import decode_event, resumed_bytes
from streams.private import private
from streams.settings import Settings
from streams.signing.envelope import envelope_bytes
from streams.signing.machine.keyfile import Key, write_new
from tests.support.pure.keeper import FAMILY, STAGE, looking, sealing
from tests.support.signing import Roots

Wait = Callable[[Callable[[], object]], None]


class Bureau:
    """A log that its roots have opened for a keeper and two people with keys of their own."""

    def __init__(self, settings: Settings, log: str, folder: Path) -> None:
        self.settings, self.log, self.folder = settings, log, folder
        places = dict.fromkeys(("events.environment", "forgets", "looks"), settings.partitions)
        self.roots = Roots(log, partitions=places)
        ours = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(folder)}
        self.env = os.environ | ours
        trust = private(folder / "trust" / log)
        (trust / "log.id").write_text(self.roots.logid)
        rights = {"may": ["personal.*"], "cosigns": ["personal.*"], "roles": ["admin"], "to": [*places]}
        chain = [self.roots.opened]
        for path, part in ((trust / "keeper.json", "keeper"), (folder / "lw.json", "cli-lw"), (folder / "zj.json", "cli-zj")):
            write_new(path, part)
            with Key(path) as key:
                chain.append(self.roots.key(key, part, **rights))  # type: ignore[arg-type]
        with clients.producer(settings) as producer:
            for each in chain:
                producer.send(f"{log}.keys", value=envelope_bytes(each), partition=0)
            producer.send(f"{log}.{STAGE}", value=resumed_bytes(wall_time(), None), partition=0)
            producer.flush()

    @property
    def client(self) -> KeeperClient:
        """Who asks it."""
        return KeeperClient(self.folder / "keeper" / self.log / "socket")

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Its process, which has said that it is ready."""
        process = subprocess.Popen(
            [sys.executable, "-m", "streams", "keeper", "run", "--log", self.log],
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            assert '"ready"' in process.stdout.readline()
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)

    def keeper(self, *words: str) -> tuple[int, str]:
        """Run one of the commands; its exit code and what it wrote."""
        command = [sys.executable, "-m", "streams", "keeper", words[0], "--log", self.log, *words[1:]]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def newest(self, topic: str) -> dict[bytes | None, bytes | None]:
        """The newest values of a topic."""
        return clients.newest_values(self.settings, f"{self.log}.{topic}")


def test_from_a_text_to_its_end(broker: Settings, log: str, tmp_path: Path, wait: Wait) -> None:
    """A killed keeper goes on with the same keys; two people's order ends text and key, and the log tells of all of it."""
    bureau = Bureau(broker, log, tmp_path)
    with bureau.running() as process:
        reference = bureau.client.seal(sealing(class_="secret"))
        assert reference.digest.encode() in bureau.newest("sealed")
        os.kill(process.pid, signal.SIGKILL)
    with bureau.running():
        assert bureau.client.seal(sealing(class_="secret")) == reference
        plain = bureau.client.seal(sealing(id="e2"))
        assert bureau.client.open(looking(plain, id="e2")).text == "请尽快处理"
        assert len(bureau.newest("looks")) == 1
        assert bureau.keeper("sweep", "--dry-run") == (0, '{"found":[],"removed":0}\n')
        given = ("--family", FAMILY, "--reason", "purge", "--basis", "bss", "--as", "lw", "--key", str(tmp_path / "lw.json"))
        code, said = bureau.keeper("forget", *given, "--second", str(tmp_path / "zj.json"))
        assert (code, json.loads(said)["state"]) == (0, "pending")
        wait(lambda: bureau.client.open(looking(reference)).state == "deleted")
        wait(lambda: not bureau.client.status().owed)
        assert bureau.newest("sealed")[reference.digest.encode()] is None
        assert bureau.client.open(looking(plain, id="e2")).state == "open"
        assert bureau.keeper("status")[0] == 0
    records = [each.value for each in clients.read_topic(broker, f"{log}.{STAGE}")]
    kinds = [decode_event(value).type for value in records if value]
    assert kinds.count("personal.accepted") == kinds.count("personal.destroyed") == 1
