"""The socket of a list: the page says what it looks at, the server answers now and whenever there is a newer list."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from screen.feed.hub import Hub
from streams.messages import encode

Ask = TypeVar("Ask")

MOST_BYTES = 20_000
"""Bytes of what a page may ask."""

PACE = 0.1
"""Seconds between two answers to one page at least."""


async def live_list(
    socket: WebSocket, hub: Hub, shape: type[Ask], names: Callable[[], Any], answer: Callable[[Ask], bytes | None]
) -> None:
    """Send the names of what may be filtered by, then answer what the page asks, until it goes away.

    `shape`: of what it may ask. `answer`: what it must be told now, None where it knows all; called in a thread.
    """
    await socket.accept()
    with hub.listening() as stirred:
        asked: list[Ask] = []
        ear = asyncio.create_task(_hear(socket, shape, asked, stirred))
        try:
            await socket.send_text(encode({"names": names()}).decode())
            await _tell(socket, asked, stirred, ear, answer)
        except (WebSocketDisconnect, RuntimeError):  # it went away between two messages
            pass
        finally:
            ear.cancel()


async def _tell(
    socket: WebSocket,
    asked: list[Ask],
    stirred: asyncio.Event,
    ear: "asyncio.Task[None]",
    answer: Callable[[Ask], bytes | None],
) -> None:
    last = None
    while not ear.done():
        await stirred.wait()
        stirred.clear()
        if not asked:
            continue
        news = asked[-1] is not last
        last = asked[-1]
        del asked[:-1]
        if told := await run_in_threadpool(answer, last):
            await socket.send_text(told.decode())
        if not news:
            await asyncio.sleep(PACE)


async def _hear(socket: WebSocket, shape: type[Ask], asked: list[Ask], stirred: asyncio.Event) -> None:
    """Keep what the page asks until it closes the socket; what cannot be read is left out."""
    while (said := await socket.receive())["type"] != "websocket.disconnect":
        text = said.get("text") or ""
        if len(text) <= MOST_BYTES:
            try:
                asked.append(msgspec.json.decode(text, type=shape))
            except msgspec.DecodeError:
                continue
            stirred.set()
    stirred.set()
