"""Many wait for the disk at once: what they hand over is written together, and each hears when its own is kept."""

import asyncio
from collections.abc import Callable, Sequence

from streams.gateways.spool import Spool, SpoolFull

WAITING = 10_000
"""Who waits for the disk; beyond them nothing more is read. 本系统默认 (a default of this system): of frames at most 10 MiB."""

GATHER = 0.005
"""Seconds in which payloads are gathered for one write to the disk; 本系统默认."""

AT_ONCE = 4 << 20
"""Bytes after which no more is gathered for a write; 本系统默认."""


class Lost(Exception):  # noqa: N818 - what it says
    """What was to be kept could not be."""


class Keeping:
    """Writes to the spool what many hand over, and says when it is kept.

    `unkept` and `kept`: payloads that could not be kept, and that were. `say` is told when nothing can be kept any more.
    """

    def __init__(self, spool: Spool, say: Callable[[str], None], waiting: int = WAITING) -> None:
        self._spool, self._say = spool, say
        self._waiting: asyncio.Queue[tuple[Sequence[bytes], asyncio.Future[None]]] = asyncio.Queue(waiting)
        self.unkept = 0
        self.kept = 0

    async def keep(self, payloads: Sequence[bytes]) -> None:
        """Return when they are on the disk, all in one write; Lost where they are not."""
        future = asyncio.get_running_loop().create_future()
        await self._waiting.put((payloads, future))
        await future

    async def run(self) -> None:
        """Write until it is cancelled."""
        while True:
            some = [await self._waiting.get()]
            await asyncio.sleep(GATHER)
            size = sum(map(len, some[0][0]))
            while size < AT_ONCE and not self._waiting.empty():
                some.append(self._waiting.get_nowait())
                size += sum(map(len, some[-1][0]))
            failed = await asyncio.to_thread(self._write, [each for payloads, _ in some for each in payloads])
            for _, future in some:
                if not future.done():
                    future.set_exception(Lost(failed)) if failed else future.set_result(None)
                    future.exception() if failed else None  # who has gone asks no more

    def _write(self, payloads: list[bytes]) -> str:
        """Write; why that failed, or an empty text."""
        try:
            self._spool.append(payloads)
        except (SpoolFull, OSError) as error:
            if not self.unkept:
                self._say(f"nothing is answered: {error}")
            self.unkept += len(payloads)
            return str(error)
        self.kept += len(payloads)
        return ""
