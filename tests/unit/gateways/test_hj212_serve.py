"""The gateway on a real socket, without Kafka: who is served while others send halves and noise; a spool that is full."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from streams.clock import wall_time
from streams.gateways.drain import unpacked
from streams.gateways.hj212 import serve
from streams.gateways.hj212.reception import Reception
from streams.gateways.hj212.register import Device, hashed
from streams.gateways.hj212.serve import Gateway
from streams.gateways.spool import Spool
from streams.messages import format_time
from tests.support.pure.hj212 import framed

MN = "410102A8900016F000169DC0"
DEVICES = {MN: Device(st=("31",), password=hashed("123456"))}

Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Coroutine[None, None, Talk]]


def frame(number: int) -> bytes:
    """A frame that asks for an answer."""
    stamp = "".join(each for each in format_time(wall_time())[:19] if each.isdigit())
    return framed(f"QN={stamp}{number:03d};ST=31;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&DataTime={stamp};a21026-Rtd={number}&&")


@asynccontextmanager
async def gateway(spool: Spool, connections: int = 50) -> AsyncIterator[Connect]:
    """A gateway that runs; how to connect to it."""
    found, stop = asyncio.get_running_loop().create_future(), threading.Event()
    start = asyncio.start_server

    async def started(*arguments: object, **more: object) -> asyncio.Server:
        server = await start(*arguments, **more)  # type: ignore[arg-type]  # handed on
        found.set_result(server.sockets[0].getsockname()[1])
        return server

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "start_server", started)
        running = asyncio.create_task(Gateway(Reception(DEVICES), spool, connections).run("127.0.0.1", 0, stop))
        port = await found
    try:
        yield lambda: asyncio.open_connection("127.0.0.1", port)
    finally:
        stop.set()
        await running


async def is_served(connect: Connect, number: int) -> bool:
    """Whether a device that connects now gets its answer."""
    reader, writer = await connect()
    writer.write(frame(number))
    try:
        return b"CN=9014" in await asyncio.wait_for(reader.readline(), 20)
    finally:
        writer.close()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Whether the gateway ends a connection."""
    try:
        while await asyncio.wait_for(reader.read(1_000), 20):
            pass
    except ConnectionError:
        return True
    return True


async def is_told(spool: Spool) -> bool:
    """Whether it is kept, within a moment, that frames were lost for want of room."""
    for _ in range(200):
        if b'"reason":"spool"' in b"".join(record.payload for record in spool.read(0, 1_000)):
            return True
        await asyncio.sleep(0.05)
    return False


def test_others_are_served_while_one_sends_noise_and_one_half_a_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """64 KiB without a good frame end a connection; half a frame is told after its time; both cost the others nothing."""
    monkeypatch.setattr(serve, "HALF", 0.2)
    monkeypatch.setattr(serve, "FIRST", 1.0)

    async def scene(spool: Spool) -> None:
        async with gateway(spool) as connect:
            noisy, loud = await connect()
            slow, half = await connect()
            loud.write(bytes(serve.NOISE + 1))
            half.write(frame(1)[:40])
            assert await is_served(connect, 2)
            assert await is_closed(noisy)
            assert await is_closed(slow)
            assert await is_served(connect, 3)

    with Spool(tmp_path) as spool:
        asyncio.run(scene(spool))
        kept = b"".join(event for record in spool.read(0, 1_000) for event in unpacked(record.payload).events)
    assert kept.count(b"environment.source_realtime") == 2
    assert b'"reason":"noise"' in kept
    assert b'"reason":"header"' in kept or b'"reason":"length"' in kept
    assert b"123456" not in kept


def test_a_full_spool_is_no_answer_and_is_told_when_there_is_room(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is promised that cannot be kept; with room again the same frame is answered, and how many were lost is kept."""

    async def scene(spool: Spool) -> None:
        async with gateway(spool) as connect:
            reader, writer = await connect()
            for number in range(100):
                writer.write(frame(number))
                try:
                    await asyncio.wait_for(reader.readline(), 1)
                except TimeoutError:
                    break
            assert "nothing is answered" in capsys.readouterr().err
            spool.pass_on(spool.durable, 1)
            writer.write(frame(number))
            assert b"CN=9014" in await asyncio.wait_for(reader.readline(), 5)
            assert await is_told(spool)

    with Spool(tmp_path, most=8_000, segment=2_000) as spool:
        asyncio.run(asyncio.wait_for(scene(spool), 60))


def test_there_are_so_many_connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the most the next is closed; beyond the most strangers the oldest stranger is, and a device is served."""
    monkeypatch.setattr(serve, "STRANGERS", 2)

    async def scene(spool: Spool) -> None:
        async with gateway(spool, connections=3) as connect:
            strangers = [await connect() for _ in range(3)]
            assert await is_closed(strangers[0][0])
            assert await is_served(connect, 1)

    with Spool(tmp_path) as spool:
        asyncio.run(scene(spool))


def test_a_stop_ends_open_connections_without_a_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Who serves a device ends when its connection does: nothing is left to be cancelled, and nothing is told of it."""

    async def scene(spool: Spool) -> None:
        async with gateway(spool) as connect:
            reader, writer = await connect()
            writer.write(frame(1))
            assert b"CN=9014" in await asyncio.wait_for(reader.readline(), 20)
        assert {task.get_coro().__name__ for task in asyncio.all_tasks()} == {"scene"}  # type: ignore[union-attr]  # each has one

    with Spool(tmp_path) as spool:
        asyncio.run(scene(spool))
    assert not caplog.records
