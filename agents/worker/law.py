"""What the screen is told of the law: rule book, holidays and signs by which the partitions of this worker are judged.

A worker tells it when it has taken up its partitions, and again whenever one of them adopts a book or takes up a notice:
`streams.rulebook` says which of several records holds.
"""

import asyncio
from collections.abc import Collection, Iterable

from aiokafka import AIOKafkaProducer

from agents.core.stage import Stage
from agents.rulebook.effective_book import in_force
from agents.signs.book.read import missing_signs, sign_book
from agents.signs.in_force import signs_in_force
from agents.stages import Basis
from agents.worker.books import Books
from agents.worker.transport.connection import send
from streams.calendar.holidays import Notice
from streams.messages import encode
from streams.rulebook import PARTITION, BookInForce, InForce, NoticeInForce, key_of
from streams.topics import topic_name


class LawTeller:
    """Tells a log's topic `rulebook`. `basis` is that of this worker's files, `books` are those that the log has adopted."""

    def __init__(self, basis: Basis, books: Books, outputs: AIOKafkaProducer) -> None:
        self._basis = basis
        self._books = books
        self._outputs = outputs
        self._told: str | None = None

    async def tell_all(self, stages: Collection[Stage]) -> None:
        """Tell what has been adopted in any of these partitions, the book of the files where none is, and the signs."""
        self._told = None
        for log in sorted({stage.log for stage in stages}):
            of = [stage for stage in stages if stage.log == log]
            adopted = {stage.adopted for stage in of} - {None}
            books = [await self._record(hash_) for hash_ in adopted or {None}]
            signs = [signs_in_force(sign_book(), missing_signs(), self._basis.book.rules)] if self._basis.signs else []
            await self._write(log, [*books, *_notices(of), *signs])

    async def tell(self, stage: Stage, adopted: str | None, notices: Collection[Notice]) -> None:
        """Tell what a partition has taken up since it had adopted that book and these notices."""
        found: list[InForce] = [NoticeInForce(notice) for notice in stage.notices if notice not in notices]
        if stage.adopted not in {adopted, self._told}:
            found.append(await self._record(stage.adopted))
        await self._write(stage.log, found)

    async def _record(self, adopted: str | None) -> BookInForce:
        """The record of an adopted book, or of that of the files; put into bytes beside the loop (30 ms for 190 rules)."""
        self._told = adopted
        book = self._basis.book if adopted is None else self._books(adopted)
        since = None if adopted is None else self._books.since(adopted)
        return await asyncio.to_thread(in_force, book, self._basis.grouping, since)

    async def _write(self, log: str, records: Iterable[InForce]) -> None:
        items = [(key_of(record).encode(), encode(record)) for record in records]
        await asyncio.gather(*await send(self._outputs, topic_name(log, "rulebook"), PARTITION, items))


def _notices(stages: Iterable[Stage]) -> list[NoticeInForce]:
    """The notices of partitions, of each year that of the one whose time has come farthest."""
    known = {notice.year: notice for stage in sorted(stages, key=_time) for notice in stage.notices}
    return [NoticeInForce(notice) for _, notice in sorted(known.items())]


def _time(stage: Stage) -> int:
    return -1 if stage.now is None else stage.now
