"""One table of another's database, read on page by page: in the order of its watermark and key."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from streams.command import Trouble
from streams.gateways.pull.database import DIALECTS, pages, unordered
from streams.gateways.pull.progress import Away, ReadProgress, Row
from streams.gateways.pull.table import TablePlan
from streams.gateways.pull.watermark import Mark, encoded, plain
from streams.messages import HOUR


class TableReader:
    """Reads a table on; `say` is told what a person should look at."""

    def __init__(self, plan: TablePlan, progress: ReadProgress, say: Callable[[str], None]) -> None:
        self.name, self.every, self.progress = plan.name, plan.every, progress
        self._plan, self._say = plan, say
        self._dialect = DIALECTS[plan.address.driver]
        self._page = pages(self._dialect, plan.source.relation, plan.source.watermark, plan.source.key, plan.source.rows)
        self._connection: Any = None
        self._looked = 0

    def read(self, now: int, stopped: Callable[[], bool]) -> None:
        """Read on until nothing new is there."""
        try:
            self._look(now)
            self._read(now, stopped)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the session."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _read(self, now: int, stopped: Callable[[], bool]) -> None:
        most, watermark = self._plan.source.rows, self._plan.source.watermark
        begin, after, more = self.progress.begin, None, True
        while more and not stopped():
            found = self._ask(*self._page(begin, after))
            self._check(found)
            rows, more = found[:most], len(found) > most
            self.progress.take([(row[watermark], row) for row in rows], now)
            after = self._place(rows[-1]) if rows else None

    def _place(self, row: Row) -> list[Any]:
        """Where a row stands in the order."""
        return [row[name] for name in (self._plan.source.watermark, *self._plan.source.key)]

    def _check(self, rows: Sequence[Row]) -> None:
        """Trouble where the order is none: a column missing, a watermark of a wrong type, two rows at one place."""
        source = self._plan.source
        if not rows:
            return
        if missing := [name for name in (source.watermark, *source.key) if name not in rows[0]]:
            raise Trouble(f"the table has no column {', '.join(missing)}; it has {', '.join(rows[0])}")
        mark = rows[0][source.watermark]
        if not isinstance(mark, Mark):
            raise Trouble("the watermark is neither a time, nor a whole number, nor a text: name another column")
        if isinstance(mark, str) and source.behind:
            raise Trouble("the watermark is a text, which has no overlap: take a column of times or numbers, or overlap = 0")
        for row, following in pairwise(rows):
            if self._place(row) == self._place(following) and encoded(row) != encoded(following):
                raise Trouble(f"`key` ({', '.join(source.key)}) does not tell two rows apart: name more columns")

    def _look(self, now: int) -> None:
        """Once an hour: whether there are rows that have no place in the order."""
        if self._looked and now - self._looked < HOUR:
            return
        source = self._plan.source
        if self._ask(unordered(self._dialect, source.relation, source.watermark, source.key), []):
            self._say(f"{self.name}: there are rows whose watermark or key is NULL; they are not read")
        self._looked = now

    def _ask(self, statement: str, values: Sequence[Any]) -> list[Mapping[str, Any]]:
        error = self._dialect.error()
        try:
            if self._connection is None:
                self._connection = self._dialect.connect(self._plan.address)
            cursor = self._connection.cursor()
            try:
                cursor.execute(statement, values)
                names = [column[0] for column in cursor.description]
                return [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]
            finally:
                cursor.close()
        except error as why:
            raise Away(f"{self.name}: {' '.join(str(why).split())}") from None
