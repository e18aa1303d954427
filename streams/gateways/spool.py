"""A bounded queue on the disk: what a gateway has promised to keep until Kafka has it. It survives SIGKILL and power cuts.

A folder of segments, each named by its first record's number. A record is durable once `append` has returned; records are
read in their order, and let go once they have been passed on. Bytes of a record, numbers big-endian:

    magic "SPL1"   payload's length, 4   number, 8   CRC-32 of the 12 bytes before and the payload, 4   payload
"""

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Self
from uuid import uuid4

import msgspec

from streams.command import Trouble
from streams.durable import sync_folder
from streams.private import private

MOST = 1 << 30
"""Bytes that a spool holds before it takes no more. 本系统默认 (a default of this system): 5,000 devices with 600
bytes a minute for 5 hours."""

SEGMENT = 16 << 20
"""Bytes after which the next segment begins; a default of this system. Room is made by whole segments."""

LARGEST_RECORD = 4 << 20
"""Bytes of the largest payload; a default of this system, far above any frame and any batch of a gateway."""

MAGIC = b"SPL1"
_HEAD = struct.Struct(">4sIQI")
_NUMBERED = struct.Struct(">IQ")
_AT_ONCE = 8 << 20  # bytes that are read at once: more than one record has


class SpoolFull(Exception):  # noqa: N818 - it is what it is, no mistake
    """There is no room for another record: nothing was written, and nothing may be promised."""


class Spooled(NamedTuple):
    """A record as it stands: its number, which rises by one with each, and its payload."""

    number: int
    payload: bytes


class Passed(msgspec.Struct, frozen=True):
    """How far the records have been passed on: the number of the last one, and when that was noted (ms)."""

    number: int = 0
    at: int = 0


class Spool:
    """The queue in a folder, which one process at a time may open; Trouble where it cannot be used.

    One thread may write while another reads.

    `folder`: where it is. `durable`: the number of the last record that is on the disk. `damaged`: bytes that were no whole
    record when it was opened; a tail that a kill cut short is cut off, what is damaged further in is passed over.
    """

    def __init__(self, folder: Path, most: int = MOST, segment: int = SEGMENT) -> None:
        self.folder, self._most, self._segment = private(folder), most, min(segment, most // 4)
        self._lock = _locked(folder)
        self._sizes_lock = Lock()
        self.id = _own_id(folder)
        self.passed = _read_passed(folder)
        self._sizes = {int(path.stem): path.stat().st_size for path in folder.glob("*.seg")}
        self.damaged = 0
        self._next = self._newest() + 1
        self.durable = self._next - 1
        self._file: int | None = None
        self._void: set[int] = set()
        self._place = (0, 0, 0)

    @property
    def size(self) -> int:
        """Bytes in all segments."""
        with self._sizes_lock:
            return sum(self._sizes.values())

    @property
    def waiting(self) -> int:
        """How many durable records have not been passed on."""
        return self.durable - self.passed.number

    def append(self, payloads: Sequence[bytes]) -> int:
        """Let records be on the disk, all or (as far as anybody may rely on it) none; the number of the last one.

        SpoolFull without room, OSError where the disk fails: nothing of them is promised then.
        """
        begin, number, made = self._next, self._next - 1, []
        for number, payload in enumerate(payloads, self._next):
            numbered = _NUMBERED.pack(len(payload), number)
            made.append(_HEAD.pack(MAGIC, len(payload), number, zlib.crc32(payload, zlib.crc32(numbered))) + payload)
        bytes_ = b"".join(made)
        if max(map(len, payloads), default=0) > LARGEST_RECORD or self.size + len(bytes_) > self._most:
            raise SpoolFull(f"{self.folder} holds {self.size} bytes, at most {self._most}: Kafka must take some first")
        try:
            file, first = self._open_for(len(bytes_))
            _write(file, bytes_)
            os.fsync(file)
        except OSError:
            self._take_back(range(begin, number + 1))
            raise
        finally:
            self._next = number + 1  # never two records of one number, whatever a failed write has left
        with self._sizes_lock:
            self._sizes[first] = os.fstat(file).st_size
        self.durable = number
        return number

    def read(self, after: int, most: int) -> list[Spooled]:
        """Durable records behind the one of that number, in order, at most so many."""
        found: list[Spooled] = []
        durable = self.durable  # before any byte is read: what is written meanwhile may be taken back
        for first in self._from(after):
            at = self._place[2] if self._place[:2] == (after, first) else 0
            with self._path(first).open("rb") as file:
                while file.seek(at) == at and (data := file.read(_AT_ONCE)):
                    step = max(len(data) - _HEAD.size - LARGEST_RECORD, 1) if len(data) == _AT_ONCE else len(data)
                    for begin, record in _placed(data):
                        end = begin + _HEAD.size + len(record.payload)
                        if after < record.number <= durable and record.number not in self._void:
                            found.append(record)
                            self._place = (record.number, first, at + end)
                        if len(found) == most:
                            return found
                        step = end
                    at += step
        return found

    def pass_on(self, number: int, at: int) -> None:
        """Note that Kafka has everything up to this number, at a moment (ms); OSError where the disk takes no note.

        Segments without anything else go first, so that a full disk has room for the note; but for the newest of them: by it
        is known again what a sender, not yet answered when it all was killed, sends once more.
        """
        self.passed = Passed(number, at)
        with self._sizes_lock:
            firsts = sorted(self._sizes)
            for first, _, following in zip(firsts, firsts[1:], firsts[2:], strict=False):
                if following <= number + 1:
                    self._path(first).unlink()
                    del self._sizes[first]
        write_whole(self.folder / "passed", msgspec.json.encode(self.passed))

    def close(self) -> None:
        """End the work; what is durable stays."""
        if self._file is not None:
            os.close(self._file)
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _path(self, first: int) -> Path:
        return self.folder / f"{first:020d}.seg"

    def _from(self, after: int) -> list[int]:
        """The segments that may hold anything behind a number."""
        with self._sizes_lock:
            firsts = sorted(self._sizes)
        return [first for first, following in pairwise([*firsts, 0]) if not following or following > after + 1]

    def _open_for(self, size: int) -> tuple[int, int]:
        """The segment that takes so many bytes, and its first number: the newest, or one that begins with them."""
        with self._sizes_lock:
            newest = max(self._sizes, default=0)
            full = newest == 0 or self._sizes[newest] + size > self._segment
        if full and self._next != newest:
            self._leave()
            newest = self._next
        if self._file is None:
            self._file = os.open(self._path(newest), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with self._sizes_lock:  # now whoever reads finds it
                self._sizes.setdefault(newest, 0)
            sync_folder(self.folder)
        return self._file, newest

    def _leave(self) -> None:
        """Leave the file: the next record opens one."""
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _take_back(self, numbers: range) -> None:
        """Leave nothing of a write that failed: its first records may be whole, and all of them will be sent again."""
        if self._file is not None:
            with self._sizes_lock:
                size = self._sizes[max(self._sizes)]
            try:
                os.ftruncate(self._file, size)
            except OSError:  # they stay, and are never read
                self._void.update(numbers)
        self._leave()

    def _newest(self) -> int:
        """Cut off what a kill left of a record, and count what is damaged; the number of the newest record there is."""
        newest = max(self.passed.number, max(self._sizes, default=1) - 1)
        for first in sorted(self._sizes):
            path = self._path(first)
            data, end = path.read_bytes(), 0
            for at, record in _placed(data):
                self.damaged += at - end
                end, newest = at + _HEAD.size + len(record.payload), max(newest, record.number)
            if end < len(data):
                self.damaged += len(data) - end
                os.truncate(path, end)
            self._sizes[first] = end
        return newest


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _placed(data: bytes) -> Iterator[tuple[int, Spooled]]:
    """The whole records in the bytes of a segment, with where each begins."""
    at = data.find(MAGIC)
    while at >= 0:
        record = _record_at(data, at)
        if record is None:
            at = data.find(MAGIC, at + 1)
        else:
            yield at, record
            at = data.find(MAGIC, at + _HEAD.size + len(record.payload))


def _record_at(data: bytes, at: int) -> Spooled | None:
    """The record that begins there, or None where none that is whole does."""
    if at + _HEAD.size > len(data):
        return None
    _, length, number, check = _HEAD.unpack_from(data, at)
    payload = data[at + _HEAD.size : at + _HEAD.size + length]
    whole = len(payload) == length and zlib.crc32(payload, zlib.crc32(_NUMBERED.pack(length, number))) == check
    return Spooled(number, payload) if whole else None


def _locked(folder: Path) -> int:
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise Trouble(f"{folder} is in use: another gateway runs with this spool; end it, or give this one its own") from None
    return lock


def _own_id(folder: Path) -> str:
    """The name of this spool for all its life, by which its records are known in Kafka."""
    path = folder / "id"
    if not path.exists():
        write_whole(path, uuid4().hex.encode())
    return path.read_text("ascii")


def _read_passed(folder: Path) -> Passed:
    path = folder / "passed"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Passed)
    except FileNotFoundError:
        return Passed()
    except (msgspec.DecodeError, OSError) as error:
        raise Trouble(f"{path} cannot be read ({error}): restore it, or move {folder} away, with what it holds") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file so that it is there as a whole or not at all."""
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
