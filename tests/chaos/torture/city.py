"""The whole road under torture: clients, proxies, gateways, Mosquitto, Kafka, worker, archive; and what stands at its end."""

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from streams.archive.files import read_archive
from streams.gateways.hj212.register import hashed
from streams.gateways.http.sources import hash_of
from streams.kafka import clients
from streams.messages import Alert, Quality, decode, parse_time
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.chaos.torture.disks import Disk, small_disk
from tests.chaos.torture.facts import AIR, BOILER, DEVICES, LIFT, LIFTS, RULES, mn, registrations, value_of
from tests.chaos.torture.ledger import Ledger, Place, Stood, lost
from tests.chaos.torture.network import Network
from tests.chaos.torture.parts import Kafka, MqttBroker, TorturedPart, TorturedParts
from tests.chaos.torture.plan import Blow
from tests.chaos.torture.senders import Bringer, DeviceBringer, PostBringer, PublishBringer
from tests.support.gateways.http import TOKEN
from tests.support.kafka.device import PASSWORD
from tests.support.kafka.mqtt import MAPPING, Mosquitto
from tests.support.kafka.settings import lasting_port
from tests.support.workers import wait_for

SPOOLS, ARCHIVE = 16, 32
"""MiB of the disks; a spool may have 2 of them, so that its segments of 1 MiB are begun and let go."""

READY = ("hj212", "http", "mqtt")
"""The parts that must be ready before anything is sent."""

DOMAINS = ("environment", "special_equipment")

_REFUSED = {"environment.bad_frame", *(f"{domain}.refused_input" for domain in DOMAINS)}


class Tortured:
    """All of it, running."""

    def __init__(self, settings: Settings, log: str, ways: tuple[int, int], folder: Path, seed: int, stack: ExitStack) -> None:
        self._settings, self._log, self.ledger = settings, log, Ledger()
        self._register()
        spools, archive = folder / "spools", folder / "archive"
        self.disks = {"spools": stack.enter_context(small_disk(spools, SPOOLS))}
        self.disks["archive"] = stack.enter_context(small_disk(archive, ARCHIVE))
        self.archive = archive / "log"
        mosquitto = stack.enter_context(Mosquitto(folder))
        hj212, http = lasting_port(), lasting_port()
        around = {
            "devices": (lasting_port(), hj212),
            "posts": (lasting_port(), http),
            "publishers": (lasting_port(), mosquitto.port),
            "subscription": (lasting_port(), mosquitto.port),
            "log": ways,
        }
        self.network = stack.enter_context(Network(around))
        far = replace(settings, kafka_port=ways[0], bootstrap=f"127.0.0.1:{ways[0]}")
        self.parts = stack.enter_context(
            TorturedParts(self._parts(far, folder, hj212, http, around["subscription"][0], mosquitto))
        )
        self.kafka, self.mosquitto = Kafka(settings), MqttBroker(mosquitto, self.ledger.deaths)
        self._over, self._late = threading.Event(), threading.Event()
        stack.callback(self._late.set)
        more = seed, self.ledger, self._over, self._late
        self.senders: list[Bringer] = [
            *(DeviceBringer(number, around["devices"][0], *more) for number in range(DEVICES)),
            *(PostBringer(number, around["posts"][0], *more) for number in range(3)),
            *(PublishBringer(number, around["publishers"][0], *more) for number in range(LIFTS)),
        ]
        for name in READY:  # Mosquitto keeps for a client only what comes after its first subscription
            wait_for(lambda name=name: "ready" in self.parts[name].said(), f"{name} to be ready", 120)  # type: ignore[misc]  # now
        for sender in self.senders:
            sender.start()

    def _register(self) -> None:
        with clients.producer(self._settings) as producer:
            for domain, subject, value in registrations():
                partition = clients.partition_of(subject.encode(), self._settings.partitions)
                producer.send(events_topic(self._log, domain), value=value, key=subject.encode(), partition=partition)
            producer.flush()

    def _parts(
        self, far: Settings, folder: Path, hj212: int, http: int, subscription: int, mosquitto: Mosquitto
    ) -> Mapping[str, TorturedPart]:
        (folder / "devices.toml").write_text(
            "\n".join(f'[device.{mn(n)}]\nst = ["31"]\npassword = "{hashed(PASSWORD)}"' for n in range(DEVICES)), "utf-8"
        )
        (folder / "senders.toml").write_text(
            f'[source.air]\ntoken = "{hash_of(TOKEN)}"\ntypes = ["{AIR}"]\nsubjects = ["air.*"]\nsources = ["/air"]\n', "utf-8"
        )
        (folder / "lifts.toml").write_text(MAPPING, "utf-8")
        (folder / "mqtt.toml").write_text(
            f'[broker]\nport = {subscription}\nclient = "onescreen-torture"\nconf = "{mosquitto.conf}"\n'
            '[source.lifts]\nfilter = "lifts/+/state"\nmap = "lifts.toml"\n',
            "utf-8",
        )
        python, env = [sys.executable, "-m"], {"ONESCREEN_DATA": str(far.data)}
        near = env | {"ONESCREEN_KAFKA_PORT": str(self._settings.kafka_port)}
        through = env | {"ONESCREEN_KAFKA_PORT": str(far.kafka_port)}
        gateways = {
            "hj212": ["--devices", str(folder / "devices.toml"), "--port", str(hj212)],
            "http": ["--sources", str(folder / "senders.toml"), "--port", str(http)],
            "mqtt": ["--sources", str(folder / "mqtt.toml")],
        }
        found = {}
        for name, options in gateways.items():
            spool = ["--spool", str(folder / "spools" / name), "--spool-most", "2"]
            line = [*python, "streams", "gateway", name, "--log", self._log, *options, *spool]
            found[name] = TorturedPart(line, through, folder / f"{name}.stderr")
        worker = [*python, "agents", "worker", "--log", self._log, "--name", "tortured"]
        found["worker"] = TorturedPart(worker, near, folder / "worker.stderr")
        archive = [*python, "streams", "archive", "--log", self._log, "--follow", "--roll", "2", "--out", str(self.archive)]
        found["archive"] = TorturedPart(archive, near, folder / "archive.stderr")
        return found

    def bear(self, blow: Blow) -> None:
        """Do one thing of the plan, and return when it is over."""
        if blow.what in {"kill", "freeze"}:
            whom: Any = {"kafka": self.kafka, "mosquitto": self.mosquitto}.get(blow.whom) or self.parts[blow.whom]
            whom.kill() if blow.what == "kill" else whom.freeze(blow.seconds)
        elif blow.what == "fill":
            self._fill(self.disks[blow.whom], blow.seconds)
        else:
            way = self.network.ways[blow.whom]
            self.network.do(partial(getattr(way, blow.what), blow.seconds))

    def _fill(self, disk: Disk | None, seconds: float) -> None:
        if disk is not None:
            disk.fill()
            time.sleep(seconds)
            disk.clear()

    def let_run(self, seconds: float) -> list[str]:
        """No more is begun: what senders could not bring within some seconds of calm."""
        self._over.set()
        until = time.monotonic() + seconds
        for sender in self.senders:
            sender.join(max(0.0, until - time.monotonic()))
        self._late.set()
        for sender in self.senders:
            sender.join(10)
        return [sender.unserved or f"{sender} hangs" for sender in self.senders if sender.unserved or sender.is_alive()]

    def missing(self) -> list[tuple[str, str, int]]:
        """What was acknowledged and promised, and Kafka has not."""
        return lost(self.ledger, filter(None, (stood(place, value) for place, value in self.records().items())))

    def records(self) -> dict[Place, bytes | None]:
        """What the events topics have, by place."""
        topics = [events_topic(self._log, domain) for domain in DOMAINS]
        return {
            (topic, record.partition, record.offset): record.value
            for topic in topics
            for record in clients.read_topic(self._settings, topic)
        }

    def archived(self) -> dict[Place, bytes | None]:
        """What the archive has of them, by place."""
        topics = {events_topic(self._log, domain) for domain in DOMAINS}
        records = read_archive(self.archive)
        return {(topic, number, offset): value for topic, number, offset, _, value in records if topic in topics}

    def alerts(self) -> set[Place]:
        """The places of the facts that raised an alert of the rules that are counted, or raised it again."""
        first: dict[tuple[str, int], Place] = {}
        values = (record.value for record in clients.read_topic(self._settings, topic_name(self._log, "alerts")))
        for alert in (decode(value, Alert) for value in values if value is not None):
            if RULES.get(alert.rule) == alert.item:
                place = alert.place.topic, alert.place.partition, alert.rev
                first[alert.id, alert.occurrence] = min(place, first.get((alert.id, alert.occurrence), place))
        return set(first.values())

    def quality(self) -> set[Place]:
        """The places of the records of which there is a quality record."""
        records = clients.read_topic(self._settings, topic_name(self._log, "quality"))
        found = [decode(record.value, Quality) for record in records if record.value is not None]
        return {(each.place.topic, each.place.partition, each.place.offset) for each in found}


def stood(place: Place, value: bytes | None) -> Stood | None:
    """The fact in a record; None where it is none of those that are counted."""
    event = json.loads(value or b"{}")
    if event.get("type") not in {BOILER, AIR, LIFT}:
        return None
    at = parse_time(event["time"])
    return Stood(event["type"], event["subject"], at, value_of(event["type"], event["data"]), place)


def refusals(records: Mapping[Place, bytes | None]) -> dict[Place, str]:
    """The records that tell of what was refused, by place: its digest, or the device and the size of the frame."""
    found = {}
    for place, value in records.items():
        event = json.loads(value or b"{}")
        if event.get("type") in _REFUSED:
            data = event["data"]
            found[place] = data.get("digest") or f"{data.get('mn')} {data.get('size')}"
    return found


@contextmanager
def tortured(settings: Settings, log: str, ways: tuple[int, int], folder: Path, seed: int) -> Iterator[Tortured]:
    """All of it, as long as the body runs."""
    with ExitStack() as stack:
        yield Tortured(settings, log, ways, folder, seed, stack)
