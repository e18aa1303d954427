"""The files of others the whole way: import or a gateway, Kafka, a real worker, the archive; what stands at the end is counted.

Each file has a log of its own. What the worker wrote is compared, byte for byte, with what `agents judge` makes of the
archive; the gateway of folders takes the same files once more, and its facts must be those of the import.
"""

import json
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from kafka.errors import KafkaError

from streams.archive.files import read_archive
from streams.gateways.hj212.register import hashed
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import REGISTERED
from streams.settings import Settings
from streams.topics import input_topics, topic_name
from tests.support.workers import ROOT, Worker, record_ends, wait_for

READY = ROOT / "streams" / "gateways" / "ready"

Numbers = dict[str, float | int | str]


class Road(NamedTuple):
    """How a file goes into its log: the ready mapping (none where its header is known) and the clock's step (s)."""

    log: str
    ready: str
    step: int


ROADS = {
    "air_quality/郑州.csv": Road("real-air-zhengzhou", "", 600),
    "air_quality/洛阳.csv": Road("real-air-luoyang", "", 600),
    "ssh_log/OpenSSH_2k.log": Road("real-logins", "openssh_log", 60),
    "cold_chain/sample-fridge-tag-kaivandivier.txt": Road("real-fridge", "fridge_tag", 3600),
    "food_inspections/chicago_4000.csv": Road("real-inspections", "inspections_chicago", 21_600),
    "recalls/ucm308307.json": Road("real-recalls", "recalls_fda", 3600),
    "recalls/event.postannotation.json": Road("real-adverse", "adverse_event_fda", 3600),
}
"""The files that are imported."""

FRAMES = "hj212/frames.jsonl"
"""The file whose frames are sent to the gateway of HJ 212."""


class Made(NamedTuple):
    """What stands at the end of a log: its events of the archive, the worker's newest outputs by topic, and the archive."""

    events: list[dict[str, Any]]
    outputs: dict[str, list[dict[str, Any]]]
    said: str
    archive: Path

    def facts(self, kind: str) -> list[dict[str, Any]]:
        """The events of a kind."""
        return [event for event in self.events if event["type"].endswith(f".{kind}")]

    def raised(self, rule: str, severity: str = "") -> int:
        """How often a rule began to stand; with a colour, how many of them came to it."""
        alerts = self.outputs["alerts"]
        found = {
            (alert["id"], alert["occurrence"])
            for alert in alerts
            if alert["rule"] == rule and alert["active"] and severity in {"", alert["severity"]}
        }
        return len(found)

    def newest(self, rule: str) -> list[dict[str, Any]]:
        """The newest revision of each alert of a rule."""
        return list({alert["id"]: alert for alert in self.outputs["alerts"] if alert["rule"] == rule}.values())

    def told(self, row: str, reason: str = "") -> int:
        """Quality records of a row, or of a reason too, and those that each stands for."""
        return sum(
            1 + record.get("more", 0)
            for record in self.outputs["quality"]
            if record["rule"] == row and reason in {"", record["reason"]}
        )


def command(settings: Settings | None, *arguments: str, given: bytes = b"") -> bytes:
    """Run a command of ours to its end; what it wrote to standard output."""
    line = [sys.executable, "-m", *arguments]
    env = os.environ | (of_broker(settings) if settings else {})
    done = subprocess.run(line, check=False, cwd=ROOT, env=env, input=given, capture_output=True)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(arguments)}\n{done.stderr.decode()}")
    return done.stdout


def of_broker(settings: Settings) -> dict[str, str]:
    """The environment of a part beside this broker."""
    kafka, data = str(settings.kafka_port), str(settings.data)
    return {"ONESCREEN_KAFKA_PORT": kafka, "ONESCREEN_DATA": data, "ONESCREEN_PARTITIONS": str(settings.partitions)}


def judged(settings: Settings, log: str) -> bool:
    """Whether the worker has committed the end of every input of a log."""
    with closing(clients.admin(settings)) as admin:
        group = f"onescreen-{log}"
        try:
            told = admin.list_group_offsets(group)[group]
        except KafkaError as error:
            if error.retriable:
                return False  # the broker has just started
            raise
        done = {(at.topic, at.partition): offset.offset for at, offset in told.items()}
    ends = {(topic, n): end for topic in input_topics(log) for n, end in record_ends(settings, topic).items()}
    return all(done.get(place, 0) >= end for place, end in ends.items())


def made(settings: Settings, log: str, folder: Path, said: str) -> Made:
    """A worker until all is judged, the archive, and that what the worker wrote is what the archive gives again."""
    with Worker(settings, log, ONESCREEN_PARTITIONS=str(settings.partitions)) as worker:
        wait_for(lambda: judged(settings, log) and judged(settings, log), f"the worker to judge {log}", 300)
        assert worker.stop() == 0, worker.said()
    out = folder / log
    command(settings, "streams", "archive", "--log", log, "--out", str(out))
    outputs = {name: [json.loads(value) for value in values] for name, values in written(settings, log).items()}
    again: dict[str, Counter[bytes]] = {name: Counter() for name in OUTPUTS}
    for line in command(settings, "agents", "judge", str(out)).splitlines():
        output = json.loads(line)
        if (name := output["topic"]) in again:
            again[name][json.dumps(output["value"], sort_keys=True).encode()] += 1
    for name, values in outputs.items():
        ours = Counter(json.dumps(value, sort_keys=True).encode() for value in values)
        assert set(ours) == set(again[name]), f"{log}: what the archive gives of {name} is not what the worker wrote"
    events = [json.loads(value) for _, _, _, _, value in read_archive(out) if value]
    return Made([event for event in events if "data" in event], outputs, said, out)


OUTPUTS = ("alerts", "quality")
"""The worker's topics that are counted."""


def written(settings: Settings, log: str) -> dict[str, list[bytes]]:
    """What the worker wrote, each output once."""
    found = {}
    for name in OUTPUTS:
        records = [record.value for record in clients.read_topic(settings, topic_name(log, name)) if record.value]
        found[name] = list(dict.fromkeys(records))
    return found


def imported(settings: Settings, path: Path, road: Road, folder: Path) -> Made:
    """A file by import."""
    more = ("--map", str(READY / road.ready)) if road.ready else ()
    said = command(settings, "streams", "import", str(path), "--log", road.log, "--tick", str(road.step), *more)
    return made(settings, road.log, folder, said.decode())


def sent(settings: Settings, path: Path, folder: Path) -> Made:
    """The frames of a file over TCP to the gateway of HJ 212, whose register has their devices and newest passwords."""
    frames = [json.loads(line)["raw"] for line in path.read_text("utf-8").splitlines()]
    devices: dict[str, tuple[set[str], str]] = {}
    for frame in frames:
        mn, st, password = (re.search(rf"{name}=([^;]*)", frame)[1] for name in ("MN", "ST", "PW"))  # type: ignore[index]
        devices[mn] = (devices.get(mn, (set(), ""))[0] | {st}, password)
    register = folder / "devices.toml"
    register.write_text(
        "".join(
            f'[device.{mn}]\nst = {json.dumps(sorted(st))}\npassword = "{hashed(password)}"\nfill = false\n'
            for mn, (st, password) in devices.items()
        ),
        "utf-8",
    )
    create_topics(settings, FRAMES_LOG)
    errors = folder / "hj212.stderr"
    line = ["-m", "streams", "gateway", "hj212", "--log", FRAMES_LOG, "--port", "0", "--devices", str(register)]
    with errors.open("wb") as said:
        env = os.environ | of_broker(settings)
        gateway = subprocess.Popen([sys.executable, *line], cwd=ROOT, env=env, stderr=said)
    try:
        wait_for(lambda: "ready on" in errors.read_text("utf-8"), "the gateway of HJ 212")
        port = int(re.search(r"ready on \S+?:(\d+)", errors.read_text("utf-8"))[1])  # type: ignore[index]
        answered = answers(port, frames)
        wait_for(lambda: arrived(settings) >= len(frames), "the frames in Kafka")
    finally:
        gateway.terminate()
        gateway.wait(60)
    return made(settings, FRAMES_LOG, folder, f"{len(frames)} {answered}")


FRAMES_LOG = "real-hj212"


def answers(port: int, frames: list[str]) -> int:
    """Send frames one by one on one connection; how many of them were answered by 9014."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.settimeout(2)
        for frame in frames:
            connection.sendall(frame.encode() + b"\r\n")
        connection.shutdown(socket.SHUT_WR)
        got = b""
        while piece := connection.recv(4096):
            got += piece
    return got.count(b"CN=9014")


def arrived(settings: Settings) -> int:
    """How many frames are in Kafka, each as a fact or as a bad frame; a clock that is wrong is told beside the fact."""
    events = [json.loads(record.value) for record in clients.read_topic(settings, f"{FRAMES_LOG}.events.environment")]
    beside = ("environment.registered", "environment.field_note")
    return sum(event["type"] not in beside and event["data"].get("reason") != "clock" for event in events)


def by_folder(settings: Settings, data: Path, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The same files by the gateway of folders, each below a name of its own: facts of the archive by source."""
    sources = []
    for name, road in ROADS.items():
        if road.ready:
            drop = folder / "drop" / road.ready
            drop.mkdir(parents=True)
            (drop / Path(name).name).write_bytes((data / name).read_bytes())
            source = folder / f"{road.ready}.toml"
            said = f'source = "{road.ready}"\nmap = "{READY / road.ready}"\nfolder = "{drop}"\nsettle = "0s"\n'
            source.write_text(said, "utf-8")
            sources.append(str(source))
    create_topics(settings, FOLDER)
    command(settings, "streams", "gateway", "folder", "--source", *sources, "--log", FOLDER, "--once")
    out = folder / FOLDER
    command(settings, "streams", "archive", "--log", FOLDER, "--out", str(out))
    events = [json.loads(value) for _, _, _, _, value in read_archive(out) if value]
    return {road.ready: [each for each in events if each["source"] == road.ready] for road in ROADS.values() if road.ready}


FOLDER = "real-folder"
"""The log of the gateway of folders."""


def same_facts(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
    """Whether two ways have given the same facts of the same registered subjects.

    A subject is registered with its first record: of a file that is out of order that is another moment by the two ways.
    """
    facts, subjects = [], []
    for events in (one, other):
        registered = [each["type"].endswith(REGISTERED) for each in events]
        subjects.append({each["subject"] for each, is_ in zip(events, registered, strict=True) if is_})
        facts.append({_said(each) for each, is_ in zip(events, registered, strict=True) if not is_})
    return facts[0] == facts[1] and subjects[0] == subjects[1]


def _said(event: dict[str, Any]) -> tuple[str, str, str, str]:
    return event["type"], event["id"], event["time"], json.dumps(event["data"])
