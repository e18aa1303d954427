"""A device on a real socket has its clock set by an order; the spool has all that was told."""

import asyncio
import json
import threading
from pathlib import Path
from queue import SimpleQueue

import pytest

from streams.clock import wall_time
from streams.gateways.drain import unpacked
from streams.gateways.hj212.clock import serve
from streams.gateways.hj212.clock.exchange import Clocks
from streams.gateways.hj212.clock.follow import Offsets
from streams.gateways.hj212.clock.serve import ClockSetting, restored
from streams.gateways.hj212.reception import Reception
from streams.gateways.hj212.serve import Gateway
from streams.gateways.spool import Spool
from streams.messages import SECOND, parse_time
from streams.messages.services.devices import ClockOrder
from tests.support.gateways.clock import DEVICE, MN, ClockDevice, order


def facts(spool: Spool) -> list[dict[str, object]]:
    """The steps that were told, as they stand on the disk."""
    events = [json.loads(event) for record in spool.read(0, 1_000) for event in unpacked(record.payload).events]
    return [event["data"] for event in events if event["type"] == "environment.clock_setting"]


def test_a_device_on_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock 90 s ahead is right to the second afterwards; each step is on the disk; a new start knows that it is done."""
    monkeypatch.setattr(serve, "LOOK", 0.01)
    came: SimpleQueue[tuple[Offsets, ClockOrder | None]] = SimpleQueue()
    device, clocks, stop = ClockDevice(90 * SECOND), Clocks({MN: DEVICE}), threading.Event()

    async def carry_out(spool: Spool) -> None:
        found = asyncio.get_running_loop().create_future()
        start = asyncio.start_server

        async def started(*arguments: object, **more: object) -> asyncio.Server:
            server = await start(*arguments, **more)  # type: ignore[arg-type]  # handed on
            found.set_result(server.sockets[0].getsockname()[1])
            return server

        monkeypatch.setattr(asyncio, "start_server", started)
        setting = ClockSetting(clocks, spool.folder / "clocks", came)
        gateway = Gateway(Reception({MN: DEVICE}, heard=clocks.heard), spool, clocks=setting)
        running = asyncio.create_task(gateway.run("127.0.0.1", 0, stop))
        talk = asyncio.create_task(device.serve(*await asyncio.open_connection("127.0.0.1", await found)))
        came.put(({0: 1}, order(wall_time())))
        for _ in range(1_000):
            if len(facts(spool)) == 3:
                break
            await asyncio.sleep(0.01)
        talk.cancel()
        stop.set()
        await running

    with Spool(tmp_path / "spool") as spool:
        asyncio.run(carry_out(spool))
        told = facts(spool)
        again = Clocks({MN: DEVICE})
        assert restored(again, spool.folder / "clocks") == {0: 1}
    assert [each["step"] for each in told] == ["ordered", "setting", "set"]
    before, after = told[-1]["before"], told[-1]["after"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert 88 * SECOND < parse_time(before["device"]) - parse_time(before["gateway"]) <= 90 * SECOND
    assert abs(parse_time(after["device"]) - parse_time(after["gateway"])) <= 2 * SECOND
    assert device.told == ["1011", "1012", "1011"]
    assert list(again.steps(wall_time())) == []
