"""Two SQLite files that hold the same: what is written is durable in both before anybody rests on it.

Each change has a number. The copy is written first, so at a start the file with the higher number is the newer one, whichever
was lost, or left behind by a crash, in between.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streams.keeper.errors import KeeperError
from streams.private import private

NAME = "keeper.db"

_PRAGMAS = """
pragma journal_mode = wal;
pragma synchronous = full;
pragma secure_delete = on;
create table if not exists meta (name text primary key, value blob not null) without rowid;
insert or ignore into meta values ('change', 0);
"""

Values = Sequence[Any]


class Twofold:
    """Both files, open. Not thread-safe: its owner has one lock for all that it does."""

    def __init__(self, folder: Path, copy: Path, tables: str) -> None:
        self.paths = tuple(private(each) / NAME for each in (folder, copy))
        if self.paths[0].resolve() == self.paths[1].resolve():
            raise KeeperError(f"store and copy are both in {folder}: give the copy a folder of its own, on another disk")
        self._main, self._second = _alike(self.paths, [_opened(path, tables) for path in self.paths])

    def close(self) -> None:
        """Close both files."""
        self._main.close()
        self._second.close()

    def read(self, question: str, values: Values = ()) -> list[Any]:
        """The rows that the first file answers."""
        return self._main.execute(question, values).fetchall()

    @contextmanager
    def write(self) -> Iterator["Change"]:
        """One change of both files: it is made in both, or raises; sqlite3.Error where a disk takes no more."""
        bases = (self._second, self._main)
        try:
            for base in bases:
                base.execute("begin immediate")
            yield Change(bases)
            for base in bases:
                base.execute("update meta set value = value + 1 where name = 'change'")
            for base in bases:
                base.execute("commit")
        except BaseException:
            for base in bases:
                if base.in_transaction:
                    base.execute("rollback")
            raise

    def wipe(self) -> None:
        """Leave nothing of deleted rows in the files' journals; in the files themselves SQLite has overwritten them."""
        for base in (self._second, self._main):
            base.execute("pragma wal_checkpoint(truncate)").fetchall()


class Change:
    """A change under way."""

    def __init__(self, bases: Sequence[sqlite3.Connection]) -> None:
        self._bases = bases

    def do(self, statement: str, values: Values = ()) -> None:
        """Do a statement in both files."""
        for base in self._bases:
            base.execute(statement, values)


def _alike(paths: Sequence[Path], found: Sequence[sqlite3.Connection | None]) -> list[sqlite3.Connection]:
    """Both files with what the newer one of those that can be read holds."""
    there = [base for base in found if base is not None]
    if not there:
        raise KeeperError(f"neither {paths[0]} nor {paths[1]} can be read: restore one from a backup")
    newest = max(there, key=_change)
    return [
        base if base is not None and _change(base) == _change(newest) else _replaced(base, path, newest)
        for path, base in zip(paths, found, strict=True)
    ]


def _opened(path: Path, tables: str) -> sqlite3.Connection | None:
    """The file, made where there is none; None where it cannot be read."""
    path.touch(0o600)
    path.chmod(0o600)
    base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        if base.execute("pragma quick_check").fetchone() == ("ok",):
            base.executescript(_PRAGMAS + tables)
            return base
    except sqlite3.DatabaseError:
        pass
    base.close()
    return None


def _change(base: sqlite3.Connection) -> int:
    return int(base.execute("select value from meta where name = 'change'").fetchone()[0])


def _replaced(old: sqlite3.Connection | None, path: Path, source: sqlite3.Connection) -> sqlite3.Connection:
    """The file with what the other one holds."""
    if old is None:
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        path.touch(0o600)
        old = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    source.backup(old)
    old.executescript(_PRAGMAS)
    return old
