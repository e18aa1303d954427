"""A folder into which others put files (by SFTP): each file once, as soon as it is whole.

A file is whole when it has not changed for a while, or was renamed into place from a name that says it is under way. It is
known by its SHA-256: put there again, or under another name, it is the same file. How many of its records have been taken
stands in the spool beside their events, so that a kill in the midst of a file costs and doubles nothing. Nothing is moved or
deleted there.
"""

import os
import stat
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from streams import toml
from streams.command import Trouble
from streams.gateways.files import duration
from streams.gateways.foreign.contents import FileMeaning, FileRecord, file_records
from streams.gateways.foreign.engine import Mapped
from streams.gateways.foreign.mapping import Foreign, load
from streams.gateways.intake.refusals import Refusals, Trace
from streams.gateways.pull.progress import REASONS, in_records
from streams.gateways.pull.watermark import ReadStep
from streams.gateways.spool import Spool, write_whole

UNDER_WAY = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload")
"""How the name of a file ends that is still being written; one that begins with a point is too."""

AT_ONCE = 500
"""Records of a file in one record of the spool; 本系统默认 (a default of this system)."""

MOST_FILES = 10_000
"""Newest files that are known again; 本系统默认."""

_PIECE = 1 << 20

Look = tuple[int, int]
"""Size and time of change (ns) of a file."""

Meanings = Callable[[str, int], FileMeaning]
"""What makes the meaning of a file, by its path in the folder without its ending, and now (ms)."""


class FolderSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A folder that is watched, with those below it. `files`: which of its files, as `*.csv`; `settle`: when one is whole."""

    source: str
    map: str
    folder: str
    files: str = "*"
    settle: str = "10s"
    every: str = "5s"


class FolderPlan(Struct, frozen=True):
    """A folder ready to be watched: the name of its file, what is said of it, where it is, its mappings."""

    name: str
    source: FolderSource
    root: Path
    mappings: tuple[Foreign, ...]


class TakenFile(Struct, array_like=True):
    """A file that is known: how many of its records have been taken, and whether that was all."""

    records: int = 0
    whole: bool = False


class FolderProgress:
    """Which files have been taken, noted beside the spool. `rows`: records given, `known`: files met again."""

    def __init__(self, name: str, spool: Spool) -> None:
        self._name = name
        self._path = spool.folder / f"{name}.read"
        self.files: dict[str, TakenFile] = _noted(self._path)
        self.rows = self.known = 0

    def resume(self, step: ReadStep) -> None:
        """Take up a step that the spool has and that may not have been noted; a step of another source is left."""
        name, _, file = step.name.rpartition("/")
        if name == self._name:
            taken = self.files.setdefault(file, TakenFile())
            taken.records = max(taken.records, step.step)
            self.note()

    def step(self, file: str, records: int) -> ReadStep:
        """So many records of a file have been taken."""
        return ReadStep(f"{self._name}/{file}", records, None, {})

    def note(self) -> None:
        """Let it be durable; of the files the newest."""
        self.files = dict(list(self.files.items())[-MOST_FILES:])
        write_whole(self._path, msgspec.msgpack.encode(self.files))


class FolderReader:
    """Takes the files of a folder that are whole, in the order of their time."""

    def __init__(self, plan: FolderPlan, meaning: Meanings, refusals: Refusals, spool: Spool) -> None:
        self.name, self.every, self.progress = plan.name, duration(plan.source.every), FolderProgress(plan.name, spool)
        self._source, self._root = plan.source, plan.root
        self._meaning, self._refusals, self._spool = meaning, refusals, spool
        self._looks: dict[Path, tuple[Look, int]] = {}
        self._under_way: set[int] = set()
        self._done: dict[Path, Look] = {}

    def read(self, now: int, stopped: Callable[[], bool]) -> None:
        """Take what is whole by now."""
        for path in self._whole(now):
            if stopped():
                return
            self._file(path, now, stopped)

    def close(self) -> None:
        """Nothing is open."""

    def _whole(self, now: int) -> list[Path]:
        """The files that are whole and were not taken, the oldest first."""
        if not self._root.is_dir():
            raise Trouble(f"there is no folder {self._root}")
        found: dict[Path, Look] = {}
        renamed: set[Path] = set()
        before, self._under_way = self._under_way, set()
        for path, about in _files(self._root):
            if path.name.startswith(".") or path.name.lower().endswith(UNDER_WAY):
                self._under_way.add(about.st_ino)
            elif path.match(self._source.files):
                found[path] = (about.st_size, about.st_mtime_ns)
                renamed |= {path} if about.st_ino in before else set()
        known = {path: at for path, (look, at) in self._looks.items() if found.get(path) == look}
        self._looks = {path: (look, known.get(path, now)) for path, look in found.items()}
        self._done = {path: look for path, look in self._done.items() if found.get(path) == look}
        settle = duration(self._source.settle)
        ready = [path for path in found if path not in self._done and (path in renamed or now - self._looks[path][1] >= settle)]
        return sorted(ready, key=lambda path: (found[path][1], path))

    def _file(self, path: Path, now: int, stopped: Callable[[], bool]) -> None:
        name, look = _digest(path), self._looks[path][0]
        taken = self.progress.files.get(name, TakenFile())
        if taken.whole:
            self.progress.known += 1
        elif not self._records(path, name, taken, now, stopped):
            return
        self._done[path] = look

    def _records(self, path: Path, name: str, taken: TakenFile, now: int, stopped: Callable[[], bool]) -> bool:
        """Take the records of a file behind those that were; whether that was all."""
        topic = "/".join(path.relative_to(self._root).with_suffix("").parts)
        meaning, number = self._meaning(topic, now), 0
        events: list[bytes] = []
        try:
            for record in file_records(path):
                number += 1
                made = self._events(meaning, record, path, now)
                if number <= taken.records:
                    continue
                events += made
                if number - taken.records >= AT_ONCE:
                    self._keep(name, taken, number, events)
                    events = []
                    if stopped():
                        return False
        except Trouble as error:
            events += self._refusals.told(meaning.domain, self._source.source, "bad-data", str(error), now)
        self._keep(name, taken, number, events)
        taken.whole = True
        self.progress.note()
        return True

    def _keep(self, name: str, taken: TakenFile, number: int, events: list[bytes]) -> None:
        if events:
            self._spool.append(in_records(events, self.progress.step(name, number)))
        self.progress.rows += number - taken.records
        taken.records = number
        self.progress.files[name] = taken
        self.progress.note()

    def _events(self, meaning: FileMeaning, record: FileRecord, path: Path, now: int) -> list[bytes]:
        where = f"{path.name}, line {record.line}"
        if record.fault is not None:
            return self._refusals.told(meaning.domain, self._source.source, "bad-data", f"{where}: {record.fault}", now)
        made: list[bytes] = []
        for each in meaning.take(record):
            if isinstance(each, Mapped):
                made += each.events
            else:
                reason = REASONS.get(each.reason, "bad-data")
                said = f"{where}, {each.where}: {each.message}"
                made += self._refusals.told(
                    each.domain or meaning.domain, self._source.source, reason, said, now, trace=Trace(head=each.head)
                )
        return made


def load_folder(path: Path) -> FolderPlan:
    """The plan of a file; Trouble says what is wrong with it, and where."""
    try:
        said = msgspec.convert(toml.loads(path.read_text("utf-8")), FolderSource)
        duration(said.every), duration(said.settle)
    except (OSError, UnicodeDecodeError) as error:
        raise Trouble(f"{path} cannot be read: {error}") from None
    except (toml.TOMLDecodeError, msgspec.ValidationError, ArgumentTypeError) as error:
        raise Trouble(f"{path} is not usable: {error} (docs/operate/pulls.md)") from None
    return FolderPlan(path.stem, said, path.parent / said.folder, load(path.parent / said.map))


def _files(root: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Each file below a folder with what is known of it; links are left, and what goes meanwhile."""
    for path in sorted(root.rglob("*")):
        with suppress(FileNotFoundError):
            about = path.lstat()
            if stat.S_ISREG(about.st_mode):
                yield path, about


def _digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def _noted(path: Path) -> dict[str, TakenFile]:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=dict[str, TakenFile])
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, OSError) as error:
        raise Trouble(f"{path} cannot be read ({error}): restore it, or move it away, and all files are taken anew") from None
