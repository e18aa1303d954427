"""From a person's command line to a device's clock: a signed order, Kafka, a gateway as a process, a device on a socket."""

import asyncio
import json
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.commands import keys
from streams.gateways.hj212 import command
from streams.gateways.hj212.clock import command as clock
from streams.gateways.hj212.register import hashed
from streams.kafka.clients import read_topic
from streams.messages import SECOND
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.gateways.clock import MN, ClockDevice
from tests.support.kafka.device import GatewayProcess
from tests.support.workers import wait_for


def opened(log: str, folder: Path) -> None:
    """Open a log with the keys of the gateway and of a person."""
    draft, roots = folder / "opening", folder / "roots"
    keys.main(["roots", str(roots)])
    public = [str(roots / f"root-{n}.pub") for n in (1, 2, 3)]
    parts = ["--part=registrar-hj212", "--part=cli-wang"]
    keys.main(["open", "--log", log, "--roots", *public, "--threshold", "2", *parts, "--out", str(draft)])
    for n in (1, 2):
        keys.main(["sign", str(draft), "--root", str(roots / f"root-{n}.json")])
    keys.main(["publish", str(draft), "--log", log])


def connected(device: ClockDevice, port: int) -> None:
    """A device that answers as long as its connection lasts."""

    async def talk() -> None:
        await device.serve(*await asyncio.open_connection("127.0.0.1", port))

    threading.Thread(target=asyncio.run, args=(talk(),), daemon=True).start()


def test_an_officer_sets_one_clock(
    broker: Settings, log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The order is signed with the person's own key; each step comes back and stands in the log, signed by the gateway."""
    ours = replace(broker, trust=tmp_path / "trust")
    for module in (keys, clock):
        monkeypatch.setattr(module, "load", lambda: ours)
    monkeypatch.setenv("ONESCREEN_TRUST", str(ours.trust))
    opened(log, tmp_path)
    folder, device = tmp_path / "gateway", ClockDevice(90 * SECOND)
    folder.mkdir()
    (folder / "devices.toml").write_text(
        f'[device.{MN}]\nst = ["31"]\npassword = "{hashed("123456")}"\nset_clock = true\n', "utf-8"
    )
    person = ["--role", "officer", "--department", "zz-ee", "--actor", "wang", "--log", log]
    with GatewayProcess(broker, log, folder) as gateway:
        connected(device, gateway.port)
        wait_for((folder / "spool" / "clocks").exists, "the gateway to follow orders")
        capfd.readouterr()
        assert command.main(["set-time", MN, "--reason", "现场核查", *person]) == 0, gateway.said()
    steps = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [each["step"] for each in steps] == ["ordered", "setting", "set"]
    assert device.told == ["1011", "1012", "1011"]
    events = [json.loads(record.value) for record in read_topic(broker, events_topic(log, "environment"))]
    told = [event for event in events if event["type"] == "environment.clock_setting"]
    assert [event["data"] for event in told] == steps
    assert all(event["sigkid"] for event in told)
    (order,) = read_topic(broker, topic_name(log, "device-acts"))
    assert (order.key, json.loads(order.value)["data"]["by"]["id"]) == (MN.encode(), "wang")
