"""A gateway of HJ 212 as a process of its own, without Kafka, under 1 GB of noise: its memory, and the device beside it."""

import socket
import sys
import threading
import time
from itertools import cycle
from pathlib import Path

import pytest

from tests.support.gateways.noise import SHARES, SORTS
from tests.support.kafka.device import GatewayProcess, SentDevice
from tests.support.kafka.settings import settings_in

NOISE = 1 << 30
"""Bytes of noise in all."""

HALF = 48 << 10
"""Bytes between two good frames of a device whose line is noisy, below those after which a connection ends."""

MORE_MB = 64
"""Megabytes by which the gateway may grow: the buffers of its connections (10 KiB and 12 KiB each), and what Python keeps."""


def resident(pid: int) -> float:
    """Resident megabytes of a process."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1_024


class Pouring(threading.Thread):
    """Sends one sort of noise until so many bytes are sent.

    As a stranger it connects anew when it is shut out; between good frames of a `device` the gateway reads it all.
    """

    def __init__(self, port: int, sort: str, device: SentDevice | None) -> None:
        super().__init__(daemon=True)
        self._port, self._noise, self._device = port, SORTS[sort], device
        self._most = NOISE // 200 * SHARES[sort]
        self.sent = 0

    def run(self) -> None:
        """Send."""
        numbers = iter(range(1_000_000))
        while self.sent < self._most:
            try:
                with socket.create_connection(("127.0.0.1", self._port), 20) as connection:
                    while self.sent < self._most:
                        if self._device is not None:
                            connection.sendall(self._device.frame(next(numbers)))
                            connection.recv(65_536)
                        for _ in range(HALF // len(self._noise)):
                            connection.sendall(self._noise)
                            self.sent += len(self._noise)
            except OSError:
                continue


@pytest.mark.chaos
@pytest.mark.timeout(1_200)
def test_a_gigabyte_of_noise_costs_no_device_an_answer(tmp_path: Path) -> None:
    """Half of it by strangers, half between good frames of devices: memory is bounded, a device has each answer in 10 s."""
    now = time.time_ns() // 1_000_000
    with GatewayProcess(settings_in(tmp_path / "data"), "noise", tmp_path) as gateway:
        device = SentDevice(now)
        device.send(gateway.port, range(10))
        before = highest = resident(gateway.process.pid)
        devices = [SentDevice(now - 50_000 * (n + 1)) for n in range(len(SORTS))]
        pouring = [Pouring(gateway.port, sort, each) for sort, each in zip(SORTS, devices, strict=True)]
        pouring += [Pouring(gateway.port, sort, None) for sort in SORTS]
        for each in pouring:
            each.start()
        longest, numbers = 0.0, cycle(range(10, 1_000_000))
        with socket.create_connection(("127.0.0.1", gateway.port), 10) as connection:
            while any(each.is_alive() for each in pouring):
                began = time.monotonic()
                connection.sendall(device.frame(next(numbers)))
                assert b"CN=9014" in connection.recv(65_536)
                longest = max(longest, time.monotonic() - began)
                highest = max(highest, resident(gateway.process.pid))
        spool = sum(path.stat().st_size for path in (tmp_path / "spool").glob("*.seg"))
    assert sum(each.sent for each in pouring) > 0.99 * NOISE
    sys.stdout.write(f"answers within {longest:.2f} s; memory {before:.0f} to {highest:.0f} MB; spool {spool >> 20} MiB\n")
    assert longest < 10
    assert highest - before < MORE_MB
