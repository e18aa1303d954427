"""Orders to set clocks at a gateway that runs: kept before anything goes to a device, known again after a start."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

import msgspec

from streams.clock import wall_time
from streams.gateways.drain import packed
from streams.gateways.hj212.clock.exchange import Clocks
from streams.gateways.hj212.clock.follow import Offsets
from streams.gateways.hj212.reception import Caller
from streams.gateways.intake.keeping import Lost
from streams.gateways.spool import write_whole
from streams.messages.services.devices import ClockOrder

LOOK = 1.0
"""Seconds between two looks at what is to be done; 本系统默认 (a default of this system)."""

Keep = Callable[[Sequence[bytes]], Awaitable[None]]
Send = Callable[[Caller, bytes], None]


class ClockSetting:
    """Carries out orders, second by second. `path`: where it is kept which; `came`: orders as `Orders` has them."""

    def __init__(self, clocks: Clocks, path: Path, came: SimpleQueue[tuple[Offsets, ClockOrder | None]]) -> None:
        self.clocks, self._path, self._came = clocks, path, came
        self._offsets: Offsets = {}

    async def run(self, keep: Keep, send: Send) -> None:
        """Carry out until it is cancelled. `keep` returns when it is on the disk, `send` writes to a connection."""
        while True:
            await asyncio.sleep(LOOK)
            with suppress(Lost, OSError):  # the disk fails, which others tell: nothing goes to a device until it is right again
                await self._look(keep, send)

    async def _look(self, keep: Keep, send: Send) -> None:
        with suppress(Empty):
            while True:
                offsets, order = self._came.get_nowait()
                if order is not None and (told := self.clocks.take(order, wall_time())):
                    await keep([packed(told)])
                self._save(offsets)
        for step in self.clocks.steps(wall_time()):
            if step.events:
                await keep([packed(step.events)])
            said = self.clocks.made(step, wall_time())
            if step.events:
                self._save(self._offsets)
            if said is not None:
                send(*said)

    def _save(self, offsets: Offsets) -> None:
        self._offsets = offsets
        write_whole(self._path, msgspec.msgpack.encode((offsets, self.clocks.state())))


def restored(clocks: Clocks, path: Path) -> Offsets:
    """What is known of orders from before this start; no offsets where nothing is. OSError, msgspec.DecodeError if damaged."""
    try:
        offsets, state = msgspec.msgpack.decode(path.read_bytes(), type=tuple[Offsets, bytes])
    except FileNotFoundError:
        return {}
    clocks.restore(state)
    return offsets
