"""What must hold before the embedded broker may start, each with what to do where it does not."""

import errno
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from streams.command import Trouble

CLUSTER = "T25lc2NyZWVuS2Fma2EwMQ"
"""The id of every embedded cluster of this project: 16 bytes in URL-safe base64, as Kafka asks. Data of another cluster
is refused by it."""

FREE_BYTES = 500_000_000
"""The least free space to start with: 44 MB of jars, and room for the log to grow before retention takes hold."""


BROKER_LOG = "broker.log"
"""The file of the broker's warnings and errors in its folder."""

NO_SPACE = "No space left on device"
"""How Java says in it that a disk is full."""

_TAIL = 40


def cluster_id(folder: Path) -> str | None:
    """The cluster that the Kafka storage below `folder` belongs to; None where there is no storage yet."""
    meta = _meta(folder)
    if not meta.exists():
        return None
    lines = meta.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#").get("cluster.id", "")


def refuse_foreign(folder: Path) -> None:
    """Trouble where the Kafka storage below `folder` belongs to a cluster that is not ours."""
    if (found := cluster_id(folder)) not in {None, CLUSTER}:
        raise Trouble(
            f"{_meta(folder)} says cluster {found!r}, ours is {CLUSTER}: this is data of another Kafka. "
            "Set ONESCREEN_DATA to another directory, or move that one away"
        )


def refuse_full(place: Path) -> None:
    """Trouble where the disk of `place` has less than FREE_BYTES free."""
    if full := _full(place):
        raise Trouble(full)


def why_away(place: Path) -> str | None:
    """What the disk has to do with a broker in `place` that does not answer; None where nothing is known."""
    if full := _full(next(each for each in (place, *place.parents) if each.exists())):
        return full
    log = place / BROKER_LOG
    if log.exists() and NO_SPACE in "".join(log.read_text("utf-8", "replace").splitlines(keepends=True)[-_TAIL:]):
        return f"the disk of {place} was full, and the broker ended; there is room again: run `python -m streams kafka start`"
    return None


def _full(place: Path) -> str | None:
    free = shutil.disk_usage(place).free
    if free >= FREE_BYTES:
        return None
    return (
        f"the disk of {place} has {free // 10**6} MB free, the broker needs {FREE_BYTES // 10**6}: "
        "make room, or set ONESCREEN_DATA to another disk"
    )


def refuse_taken(port: int, name: str) -> None:
    """Trouble where another program listens on `port` of 127.0.0.1, which the setting `name` gives."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"port {port} of 127.0.0.1 cannot be had ({error.strerror}): stop the program that uses it, or set {name}"
            ) from None


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Turn a full or unwritable disk, met while working in `place`, into Trouble that says so."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Trouble(f"the disk of {place} is full: make room, or set ONESCREEN_DATA to another disk") from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}:
            raise Trouble(f"{error.filename or place} cannot be written ({error.strerror}): set ONESCREEN_DATA") from error
        raise


def _meta(folder: Path) -> Path:
    return folder / "log" / "meta.properties"
