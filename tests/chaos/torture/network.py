"""Proxies that forward bytes, and forward them badly when they are told to."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Self

_CHUNK = 16 << 10
_LATE = 0.2  # seconds that each piece is held back while a way is slow


class Link:
    """One connection through a proxy: its two ends, and whether it is to be cut in the middle of what comes next."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far, self.cut = near, far, False


class Way:
    """A port of 127.0.0.1 that leads to another one. What is done to it is done in the network's own thread."""

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._late = 0.0
        self._links: set[Link] = set()

    async def listen(self) -> None:
        """Take connections from now on."""
        await asyncio.start_server(self._serve, "127.0.0.1", self.port)  # as long as the loop runs

    async def stall(self, seconds: float) -> None:
        """Forward nothing for some seconds; new connections are taken and say nothing. What was held is forwarded then."""
        self._flowing.clear()
        await asyncio.sleep(seconds)
        self._flowing.set()

    async def delay(self, seconds: float) -> None:
        """Hold back each piece for a while, for some seconds."""
        self._late = _LATE
        await asyncio.sleep(seconds)
        self._late = 0.0

    async def halve(self, _seconds: float) -> None:
        """Tell the far end of each connection that no more comes, while the near end hears nothing of it."""
        for link in self._links:
            with suppress(OSError, RuntimeError):
                link.far.write_eof()

    async def cut(self, _seconds: float) -> None:
        """Of the next piece of each connection forward the first half, then break the connection."""
        for link in self._links:
            link.cut = True

    async def end(self) -> None:
        """End all connections."""
        self._flowing.set()
        while self._links:
            for link in self._links:
                link.near.transport.abort()
                link.far.transport.abort()
            await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        link = Link(writer, far_writer)
        self._links.add(link)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._forward(link, reader, far_writer))
                both.create_task(self._forward(link, far_reader, writer))
        except* (OSError, RuntimeError):
            pass
        finally:
            self._links.discard(link)
            writer.transport.abort()
            far_writer.transport.abort()

    async def _forward(self, link: Link, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(_CHUNK):
            await self._flowing.wait()
            if self._late:
                await asyncio.sleep(self._late)
            if link.cut:
                target.write(data[: len(data) // 2])
                await target.drain()
                raise ConnectionResetError
            target.write(data)
            await target.drain()
        target.write_eof()


class Network:
    """All ways, in a thread of their own as long as the `with` block lasts."""

    def __init__(self, ways: dict[str, tuple[int, int]]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.ways = {name: Way(*ports) for name, ports in ways.items()}

    def do(self, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something to a way, and wait until it is over."""
        asyncio.run_coroutine_threadsafe(act(), self._loop).result()

    def __enter__(self) -> Self:
        self._thread.start()
        for way in self.ways.values():
            self.do(way.listen)
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _end(self) -> None:
        for way in self.ways.values():
            await way.end()
