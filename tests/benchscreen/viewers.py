"""Many viewers on one screen process: each holds the feed's websocket open and reads it, while the stream of `pixels` flows."""

import asyncio
import threading
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import connect
from websockets.typing import Origin

from streams.settings import Settings
from tests.bench import logs, paced
from tests.benchscreen.pixels import RATE, pace_of, written
from tests.benchscreen.processes import ScreenProcess, Usage, running
from tests.support.workers import Worker, wait_for

LOG = "viewers"


def viewers(settings: Settings, number: int, seconds: int) -> dict[str, Any]:
    """What so many viewers cost the screen's process, of one core, and what one of them reads a second."""
    pace = pace_of(seconds)
    paced.prepare(settings, LOG, pace)
    with Worker(settings, LOG) as worker, running(settings, LOG) as screen:
        worker.ready()
        logs.wait_for_marks(settings, LOG, 2)
        crowd = Crowd(screen, number)
        wait_for(lambda: crowd.ready == number, f"{number} viewers", 60)
        crowd.bytes = 0
        usage = Usage(screen=screen.pid)
        written(settings, LOG, pace)
        used = usage.stop()["screen"]
        read = crowd.bytes
        crowd.close()
    logs.remove(settings, LOG)
    return {
        "viewers": number,
        "events_per_s": RATE,
        "core": used,
        "kb_per_viewer_and_s": round(read / number / seconds / 1_000),
    }


class Crowd:
    """Viewers in a thread of their own; `bytes` is what all have read, `ready` how many have read a first message."""

    def __init__(self, screen: ScreenProcess, number: int) -> None:
        self.bytes = self.ready = 0
        self._address = screen.address.replace("http", "ws") + "/screen/feed"
        self._origin = Origin(screen.address)
        self._number = number
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let all go."""
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    def _run(self) -> None:
        self._task = self._loop.create_task(self._all())
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)

    async def _all(self) -> None:
        await asyncio.gather(*(self._one() for _ in range(self._number)))

    async def _one(self) -> None:
        async with connect(self._address, origin=self._origin, max_size=None) as socket:
            first = True
            async for message in socket:
                self.bytes += len(message)
                self.ready += first
                first = False
