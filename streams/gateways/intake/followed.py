"""A register that is read again when its files change: one that is wrong is told, and what was read before holds on.

`value` of it holds. Every `LOOK` seconds somebody calls `look`, and takes over what that gives, if anything.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from streams.command import Trouble

LOOK = 2.0
"""Seconds between two looks; 本系统默认 (a default of this system). What changed must be at rest for so long."""

Read = TypeVar("Read")


class FollowedFiles(Generic[Read]):
    """What some files say, read by `load` (Trouble where they are wrong, at the start too); one thread looks at them.

    `files`: those from which a value was read; of a folder what `*.toml` it holds. `say`: hears what became of a change.
    `value`: what holds. `fault`: what is wrong with the files as they are now, empty where nothing is.
    """

    def __init__(self, load: Callable[[], Read], files: Callable[[Read], Iterable[Path]], say: Callable[[str], None]) -> None:
        self._load, self._files, self._say = load, files, say
        self._read = self._seen = tuple(_stamps(files(load())))
        self.value = load()  # after the stamp: what changes from here on is seen
        self.fault = ""

    def look(self) -> Read | None:
        """What holds from now on, where the files have changed, are at rest and are right; None where nothing changes."""
        stamp = tuple(_stamps(self._files(self.value)))
        at_rest, self._seen = stamp == self._seen, stamp
        if stamp == self._read or not at_rest:
            return None
        self._read = stamp
        try:
            value = self._load()
        except Trouble as error:
            self.fault = str(error)
            self._say(f"{error}. What was read before holds on")
            return None
        if self.fault:
            self.fault = ""
            self._say("its files are right again")
        if value == self.value:
            return None
        self.value = value
        self._say("its files were read again, and hold from now on")
        return value


def _stamps(files: Iterable[Path]) -> Iterator[tuple[str, int, int, int]]:
    """What tells each file from what it was before: name, time of change (ns), size and number; zeros where it is not there."""
    for path in files:
        for each in (path, *sorted(path.glob("*.toml"))) if path.is_dir() else (path,):
            try:
                found = each.stat()
            except OSError:
                yield str(each), 0, 0, 0
            else:
                yield str(each), found.st_mtime_ns, found.st_size, found.st_ino
