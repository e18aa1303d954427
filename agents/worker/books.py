"""The rule books of a log, read from its topic before the events that name them are judged: judging itself never waits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer
from msgspec import Struct

from agents.core.rules.book import Book, BookError
from agents.core.stage import Stage
from agents.rulebook.book_cache import BookCache
from agents.worker.checkpoint import read_back
from agents.worker.transport.fetch import Record
from streams.messages import ADOPTED, format_time
from streams.topics import topic_name


class _Event(Struct, frozen=True):
    type: str = ""


_event = msgspec.json.Decoder(_Event)


class Books:
    """The books that were asked for so far. It is what the folds of this worker take as their `books`."""

    def __init__(self, kafka: Mapping[str, Any], outputs: AIOKafkaProducer) -> None:
        self._kafka = kafka
        self._outputs = outputs
        self._cache = BookCache()
        self._stamps: dict[bytes, int] = {}

    def __call__(self, name: str) -> Book:
        """As of `BookCache`."""
        return self._cache(name)

    def since(self, name: str) -> str | None:
        """Since when the log has adopted the book of a name (RFC 3339): the broker's time of its text; None for another."""
        at = self._stamps.get(_key(name))
        return None if at is None else format_time(at)

    async def want(self, log: str, names: Iterable[str]) -> None:
        """Read the log's topic where one of these books is not the newest there, and compile them, without holding up the loop.

        One that is adopted again has been written again: the time of its text is another one.
        """
        wanted = set(names)
        newest = max(self._stamps.values(), default=0)
        if any(name not in self._cache or self._stamps[_key(name)] < newest for name in wanted):
            topic = topic_name(log, "books")
            places = [(topic, number) for number in sorted(await self._outputs.partitions_for(topic))]
            for held in (await read_back(self._kafka, places, lambda *_: None, self._stamps)).values():
                self._cache.put({key.decode("utf-8", "replace"): text for key, text in held.items() if key and text})
        for name in wanted:
            with suppress(BookError):
                await asyncio.to_thread(self._cache, name)


def _key(name: str) -> bytes:
    """The key of a book's text in the topic."""
    return name.partition(" ")[0].encode()


async def judge_in_parts(
    stage: Stage,
    records: Sequence[Record],
    judge: Callable[[Sequence[Record]], Awaitable[None]],
    want: Callable[[str, Iterable[str]], Awaitable[None]],
) -> None:
    """Judge records; before one that adopts a book, and is taken now that all before it is judged, the book is fetched."""
    for part in _parts(records):
        if name := stage.adopts(*part[0]):
            await want(stage.log, [name])
        await judge(part)


def _parts(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """The records in their order, in parts each of which but the first begins with what says that it adopts a book.

    Adoptions have no key, as ticks have none, so that few are looked at.
    """
    begin = 0
    for at, (_, key, value) in enumerate(records):
        if key is None and value and at > begin and _says_adopted(value):
            yield records[begin:at]
            begin = at
    yield records[begin:]


def _says_adopted(value: bytes) -> bool:
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _event.decode(value).type == ADOPTED
    return False
