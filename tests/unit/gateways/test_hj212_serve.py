"""The gateway on a real socket, without Kafka: who is served while others send halves and noise; a spool that is full."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from streams.clock import wall_time
from streams.gateways.drain import unpacked
from streams.gateways.hj212 import serve
from streams.gateways.hj212.metrics import DeviceMetrics
from streams.gateways.hj212.reception import Reception
from streams.gateways.hj212.register import Device, hashed, load_register
from streams.gateways.hj212.serve import Gateway
from streams.gateways.intake.followed import FollowedFiles
from streams.gateways.intake.secured import tls
from streams.gateways.spool import Spool
from streams.kafka import secure
from streams.messages import format_time
from streams.settings import access_folder
from tests.support.gateways.noise import SORTS
from tests.support.kafka.settings import settings_in
from tests.support.pure.hj212 import framed

MN = "410102A8900016F000169DC0"
DEVICES = {MN: Device(st=("31",), password=hashed("123456"))}

Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[..., Coroutine[None, None, Talk]]


def frame(number: int) -> bytes:
    """A frame that asks for an answer."""
    stamp = "".join(each for each in format_time(wall_time())[:19] if each.isdigit())
    return framed(f"QN={stamp}{number:03d};ST=31;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&DataTime={stamp};a21026-Rtd={number}&&")


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[Connect]:
    """A gateway that runs; how to connect to it."""
    found, stop = asyncio.get_running_loop().create_future(), threading.Event()
    start = asyncio.start_server

    async def started(*arguments: object, **more: object) -> asyncio.Server:
        server = await start(*arguments, **more)  # type: ignore[arg-type]  # handed on
        found.set_result(server.sockets[0].getsockname()[1])
        return server

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "start_server", started)
        running = asyncio.create_task(gateway.run("127.0.0.1", 0, stop))
        port = await found
    try:
        yield lambda **more: asyncio.open_connection("127.0.0.1", port, **more)
    finally:
        stop.set()
        await running


def of(
    spool: Spool,
    connections: int = 50,
    register: FollowedFiles[dict[str, Device]] | None = None,
    secured: FollowedFiles[ssl.SSLContext] | None = None,
) -> Gateway:
    """A gateway of one device, or of those of a register."""
    reception = Reception(DEVICES if register is None else register.value)
    return Gateway(reception, spool, connections, register=register, secured=secured)


async def pour(connect: Connect, noise: bytes, most: int) -> None:
    """Send noise until so much was sent, on a new connection where the gateway has ended one."""
    sent = 0
    while sent < most:
        _, writer = await connect()
        with suppress(OSError):
            while sent < most:
                writer.write(noise)
                sent += len(noise)
                await writer.drain()
        writer.close()


async def said(capsys: pytest.CaptureFixture[str], words: str) -> bool:
    """Whether the gateway says something within some seconds."""
    for _ in range(100):
        if words in capsys.readouterr().err:
            return True
        await asyncio.sleep(0.1)
    return False


async def is_served(connect: Connect, number: int, address: str = "127.0.0.1") -> bool:
    """Whether a device that connects now from an address gets its answer."""
    reader, writer = await connect(local_addr=(address, 0))
    writer.write(frame(number))
    try:
        return b"CN=9014" in await asyncio.wait_for(reader.readline(), 20)
    finally:
        writer.close()


def test_a_password_in_two_places_is_told(tmp_path: Path) -> None:
    """A device that comes back to a network within ten minutes, with another one between; no address stands there."""

    async def scene(spool: Spool) -> list[bytes]:
        async with serving(of(spool)) as connect:
            for number, address in enumerate(("127.0.0.1", "127.0.1.1", "127.0.0.1")):
                assert await is_served(connect, number, address)
            for _ in range(400):
                events = [event for record in spool.read(0, 100) for event in unpacked(record.payload).events]
                if told := [each for each in events if b'"type":"data.' in each]:
                    return told
                await asyncio.sleep(0.05)
        return []

    with Spool(tmp_path) as spool:
        told = asyncio.run(scene(spool))
    assert [each.partition(b'"type":"')[2].partition(b'"')[0] for each in told] == [b"data.registered", b"data.two_places"]
    assert f'"subject":"source.{MN}"'.encode() in told[1]
    assert b"127.0" not in b"".join(told)


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
        async with serving(of(spool)) as connect:
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
        async with serving(of(spool)) as connect:
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
        async with serving(of(spool, connections=3)) as connect:
            strangers = [await connect() for _ in range(3)]
            assert await is_closed(strangers[0][0])
            assert await is_served(connect, 1)

    with Spool(tmp_path) as spool:
        asyncio.run(scene(spool))


def test_noise_is_read_in_bounded_memory_while_a_device_is_served(tmp_path: Path) -> None:
    """4 MB of noise of five sorts, anew where the gateway ends the connection: a device has every answer beside it."""

    async def scene(spool: Spool) -> int:
        async with serving(of(spool)) as connect:
            reader, writer = await connect()
            noise = [asyncio.create_task(pour(connect, sort, 800_000)) for sort in SORTS.values()]
            for number in range(20):
                writer.write(frame(number))
                assert b"CN=9014" in await asyncio.wait_for(reader.readline(), 10)
            await asyncio.wait_for(asyncio.gather(*noise), 60)
            writer.write(frame(20))
            assert b"CN=9014" in await asyncio.wait_for(reader.readline(), 10)
        return spool.size

    with Spool(tmp_path) as spool:
        assert asyncio.run(scene(spool)) < 200_000


def test_a_register_that_is_changed_holds_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A device that is added is served without a stop; a broken file is told, and all stays as it was."""
    path = tmp_path / "devices.toml"
    path.write_text("", "utf-8")

    async def scene(spool: Spool) -> None:
        register = FollowedFiles(lambda: load_register(path), lambda _: (path,), serve._say)
        async with serving(of(spool, register=register)) as connect:
            reader, writer = await connect()
            writer.write(frame(1))
            path.write_text(f'[device.{MN}]\nst = ["31"]\npassword = "{DEVICES[MN].password}"\n', "utf-8")
            assert await said(capsys, "hold from now on")
            writer.write(frame(2))
            assert b"QN=" in await asyncio.wait_for(reader.readline(), 10)
            path.write_text("[device", "utf-8")
            assert await said(capsys, "What was read before holds on")
            assert await is_served(connect, 3)

    with Spool(tmp_path / "spool") as spool:
        asyncio.run(asyncio.wait_for(scene(spool), 60))


def test_tls_is_spoken_where_it_is_asked_for(tmp_path: Path) -> None:
    """By a certificate of our own a device is served that believes its authority; one that speaks in the clear is not."""
    settings, pem = settings_in(tmp_path), access_folder(tmp_path) / "broker.pem"
    secure.prepare(settings)
    secure.renew(settings)
    believing = ssl.create_default_context(cafile=access_folder(tmp_path) / "ca.pem")

    async def scene(spool: Spool) -> None:
        secured = FollowedFiles(lambda: tls(pem, pem), lambda _: (pem,), serve._say)
        async with serving(of(spool, secured=secured)) as connect:
            assert await is_served(partial(connect, ssl=believing), 1)
            reader, writer = await connect()
            writer.write(frame(2))
            assert await is_closed(reader)

    with Spool(tmp_path / "spool") as spool:
        asyncio.run(scene(spool))


def test_prometheus_is_told_of_connections_frames_and_requests(tmp_path: Path) -> None:
    """Connections and strangers now, frames by verdict, and what the spool holds, by the names of the page."""

    async def scene(spool: Spool) -> str:
        one, registry = of(spool), CollectorRegistry()
        registry.register(DeviceMetrics(one.counts, spool, lambda: "", lambda: ""))
        async with serving(one) as connect:
            stranger, writer = await connect()
            talk, device = await connect()
            first = frame(1)
            for sent in (first, first, frame(2)[:-6] + b"0000\r\n" + frame(3)):
                device.write(sent)
                await asyncio.wait_for(talk.readline(), 10)
            found = generate_latest(registry)
            writer.close()
            assert await is_closed(stranger)
            return found.decode()

    with Spool(tmp_path) as spool:
        found = asyncio.run(scene(spool))
    for line in (
        'frames_total{verdict="taken"} 2.0',
        'frames_total{verdict="again"} 1.0',
        'frames_total{verdict="crc"} 1.0',
        "connections 2.0",
        "strangers 1.0",
        "kafka_away 0.0",
    ):
        assert f"onescreen_gateway_hj212_{line}\n" in found


def test_a_stop_ends_open_connections_without_a_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Who serves a device ends when its connection does: nothing is left to be cancelled, and nothing is told of it."""

    async def scene(spool: Spool) -> None:
        async with serving(of(spool)) as connect:
            reader, writer = await connect()
            writer.write(frame(1))
            assert b"CN=9014" in await asyncio.wait_for(reader.readline(), 20)
        assert {task.get_coro().__name__ for task in asyncio.all_tasks()} == {"scene"}  # type: ignore[union-attr]  # each has one

    with Spool(tmp_path) as spool:
        asyncio.run(scene(spool))
    assert not caplog.records
