"""The gateway of HJ 212: frames of one core, and many devices connected to one process while others send noise and halves."""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from streams.gateways.hj212.decode import Decoder, Line
from streams.gateways.hj212.reception import SEEN, Caller, Reception
from streams.gateways.hj212.register import Device, hashed
from streams.gateways.hj212.stream import Framer
from streams.kafka.admin import create_topics
from streams.messages import format_time
from streams.settings import Settings
from tests.bench.report import say
from tests.bench.sizes import Sizes
from tests.bench.workload import ROOT
from tests.support.pure.hj212 import framed
from tests.support.workers import wait_for

LOG = "bench-hj212"
PASSWORD = "123456"  # noqa: S105 - of no device
FACTORS = ("a21026", "a21002", "a34013", "a19001", "a01012", "a01011", "a01014", "a00000")
"""What an air source sends: gases, dust, oxygen, and the state of the flue."""

ROUNDS = 5
"""Frames of each connected device."""

AT_ONCE = 100
"""Devices that connect at a time."""

NOISE = 8 << 20
"""Bytes of noise that each of some connections sends, as far as it is let."""


def hj212(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """Both parts."""
    return {"decode": _decode(sizes.frames), "served": _served(settings, sizes.devices)}


def _frame(device: int, number: int, at: int) -> bytes:
    stamp = "".join(each for each in format_time(at)[:19] if each.isdigit())
    values = ";".join(f"{code}-Rtd={number % 90}.{device % 10},{code}-Flag=N" for code in FACTORS)
    head = f"QN={stamp}{number % 1000:03d};ST=31;CN=2011;PW={PASSWORD};MN={_mn(device)};Flag=5"
    return framed(f"{head};CP=&&DataTime={stamp};{values}&&")


def _mn(device: int) -> str:
    return f"{device:024X}"


def _decode(frames: int) -> dict[str, Any]:
    """By the processor time of this process: frames into events; and all that the gateway does but disk and socket."""
    at = time.time_ns() // 1_000_000
    many = [_frame(device, number, at) for number in range(frames // 100) for device in range(100)]
    decoder, began = Decoder(), time.process_time()
    for frame in many:
        for _ in decoder.decode(Line(frame, at)):
            pass
    decoded = time.process_time() - began
    password = hashed(PASSWORD)
    reception = Reception({_mn(device): Device(st=("31",), password=password) for device in range(100)})
    caller, framer, answered = Caller(), Framer(), 0
    for frame in many[:100]:
        reception.take(frame, caller, at)  # each password is hashed once in a device's life
    began = time.process_time()
    for begin in range(0, len(many), 8):
        for found in framer.feed(b"".join(many[begin : begin + 8])):
            if isinstance(found, bytes):
                answered += reception.done(reception.take(found, caller, at)) is not None
    whole = time.process_time() - began
    if answered < len(many) - SEEN - 100:
        raise SystemExit(f"{answered} of {len(many)} frames were answered")
    return {
        "frames": len(many),
        "bytes": len(many[0]),
        "factors": len(FACTORS),
        "decoded_per_s": round(len(many) / decoded),
        "answered_per_s": round(len(many) / whole),
    }


def _served(settings: Settings, devices: int) -> dict[str, Any]:
    """Devices that stay connected and send one frame after the other, each waiting for its answer."""
    _soft_limit()
    with tempfile.TemporaryDirectory() as folder:
        register, password = Path(folder, "devices.toml"), hashed(PASSWORD)
        lines = [f'[device.{_mn(device)}]\nst = ["31"]\npassword = "{password}"\n' for device in range(devices)]
        register.write_text("\n".join(lines), "utf-8")
        create_topics(settings, LOG)
        errors = Path(folder, "stderr")
        command = [sys.executable, "-m", "streams", "gateway", "hj212", "--log", LOG, "--port", "0", "--devices", str(register)]
        command += ["--spool", str(Path(folder, "spool"))]
        with errors.open("wb") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=_env(settings), stderr=out)
        try:
            wait_for(lambda: "ready on" in errors.read_text(), "the gateway to be ready")
            port = int(errors.read_text().partition("ready on ")[2].split()[0].rpartition(":")[2])
            return asyncio.run(_talk(port, devices, process.pid))
        finally:
            process.terminate()
            process.wait()


async def _talk(port: int, devices: int, pid: int) -> dict[str, Any]:
    gate = asyncio.Semaphore(AT_ONCE)
    talks = await asyncio.gather(*(_connected(port, device, gate) for device in range(devices)))
    say(f"{devices} devices are connected")
    rss = _rss(pid)
    began = time.monotonic()
    quiet = sum(await asyncio.gather(*(_rounds(device, *talk) for device, talk in enumerate(talks))))
    took = time.monotonic() - began
    noise = [asyncio.create_task(_noise(port, n)) for n in range(20)]
    loud = sum(await asyncio.gather(*(_rounds(device, *talk) for device, talk in enumerate(talks))))
    await asyncio.gather(*noise)
    for _, writer in talks:
        writer.close()
    return {
        "devices": devices,
        "answered": quiet + loud,
        "frames_per_s": round(quiet / took),
        "unanswered": 2 * devices * ROUNDS - quiet - loud,
        "rss_mb": rss,
        "rss_under_noise_mb": _rss(pid),
    }


async def _connected(port: int, device: int, gate: asyncio.Semaphore) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A device that has had its first answer; it tries as a device does, whose password waits to be looked at."""
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while True:
            writer.write(_frame(device, 0, time.time_ns() // 1_000_000))
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.readline(), 3)
                return reader, writer


async def _rounds(device: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    answered = 0
    for number in range(1, ROUNDS + 1):
        writer.write(_frame(device, number, time.time_ns() // 1_000_000))
        with suppress(TimeoutError):
            answered += b"CN=9014" in await asyncio.wait_for(reader.readline(), 30)
    return answered


async def _noise(port: int, number: int) -> None:
    """One that sends noise as long as it is let, or halves of frames."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    piece = os.urandom(1 << 16) if number % 2 else b"##1000QN=2026" * 5_000
    with suppress(OSError):
        for _ in range(NOISE >> 16):
            writer.write(piece)
            await writer.drain()
    writer.close()


def _rss(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return round(int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1_024, 1)


def _soft_limit() -> None:
    """Let this process, and those that it starts, have a socket for each device."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _env(settings: Settings) -> dict[str, str]:
    return os.environ | {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
