"""`python -m streams gateway sql`, `rest` and `folder`: fetch what is new in others' systems, again and again, until stopped.

What was fetched is on this machine's disk (`streams.gateways.spool`) before it counts as fetched, and goes from there into the
log in its order, whatever becomes of Kafka meanwhile. Where the spool is full nothing more is fetched.
"""

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal
from uuid import uuid4

from streams import places
from streams.clock import wall_time
from streams.command import Trouble
from streams.gateways.drain import Drain
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.intake.spooling import spool_options
from streams.gateways.pull.progress import Away, Making, Reader, newest_step
from streams.gateways.pull.sources import readers_of
from streams.gateways.pull.watermark import TooMany
from streams.gateways.spool import Spool, SpoolFull
from streams.messages import SECOND, Name
from streams.places.organs import shapes
from streams.settings import Settings, load
from streams.stopping import stop_event
from streams.topics import LIVE

Gateway = Literal["sql", "rest", "folder"]

NAMES = {
    "sql": Name(zh="数据库接入网关", en="SQL gateway"),
    "rest": Name(zh="接口接入网关", en="REST gateway"),
    "folder": Name(zh="文件接入网关", en="Folder gateway"),
}

EACH = 1_000
"""What is told one by one in an hour of one source and reason; after that the next power of two with its number. 本系统默认."""

LONGEST = 600.0
"""Seconds that a source which does not answer is left alone at most, where it does not ask for more: twice as long each time,
from `every` on. 本系统默认 (a default of this system)."""

LOOK = 0.2
"""Seconds until it is looked again which source is due; 本系统默认."""


class Fetching:
    """Reads the sources on, one after another, each as often as it says."""

    def __init__(self, readers: Sequence[Reader], say: Callable[[str], None]) -> None:
        self._readers, self._say = readers, say
        self._due = dict.fromkeys(range(len(readers)), 0.0)
        self._away: dict[str, str] = {}
        self._failed: Counter[str] = Counter()

    def run(self, stop: threading.Event, *, once: bool) -> bool:
        """Go on until `stop` is set; with `once` until each source was read. Whether each could be read the last time."""
        while not stop.is_set():
            for n, reader in enumerate(self._readers):
                if self._due[n] <= time.monotonic() and not stop.is_set():
                    self._due[n] = time.monotonic() + self._read(reader, stop)
            if once:
                break
            stop.wait(LOOK)
        for reader in self._readers:
            reader.close()
        return not self._away

    def _read(self, reader: Reader, stop: threading.Event) -> float:
        """Read a source on; in how many seconds it is due again."""
        every = reader.every / SECOND
        try:
            reader.read(wall_time(), stop.is_set)
        except (Away, Trouble, TooMany, SpoolFull, OSError) as error:
            if self._away.get(reader.name) != str(error):
                self._say(f"{reader.name} is not read on: {error}")
            self._away[reader.name] = str(error)
            self._failed[reader.name] += 1
            wait = min(every * 2.0 ** min(self._failed[reader.name] - 1, 30), max(every, LONGEST))
            return max(wait, error.after / SECOND) if isinstance(error, Away) else wait
        if self._away.pop(reader.name, None) is not None:
            self._say(f"{reader.name} is read again")
        self._failed.pop(reader.name, None)
        return every


def serve(gateway: Gateway, settings: Settings, options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; 1 where `--once` could not read a source."""
    stop = stop_event()
    folder = options.spool or settings.data / "spool" / f"{gateway}-{options.log}"

    def say(text: str) -> None:
        sys.stderr.write(f"{gateway}: {text}\n")
        sys.stderr.flush()

    with Spool(folder, options.spool_most << 20) as spool:
        readers = readers_of(gateway, options.source, spool, _making(gateway, f"{settings.place:0<6}"), say)
        if step := newest_step(spool):
            for reader in readers:
                reader.progress.resume(step)
        drain = Drain(settings, options.log, f"registrar-{gateway}", spool)
        say(f"ready: {len(readers)} sources; log {options.log!r}; {spool.waiting} records wait in {folder}")
        with drain.beside(stop):
            read = Fetching(readers, say).run(stop, once=options.once)
            while options.once and spool.waiting and not stop.wait(LOOK):
                pass
        rows, known = (sum(getattr(reader.progress, name) for reader in readers) for name in ("rows", "known"))
        say(f"{rows} rows read, {known} met again; {spool.waiting} records wait in the spool")
    return 0 if read or not options.once else 1


def _making(gateway: Gateway, region: str) -> Making:
    """What the sources have in common."""
    refusals = Refusals(gateway, NAMES[gateway], region, TellingLimit(frozenset(), EACH, frozenset()), uuid4().hex[:12])
    return Making(refusals, shapes(places.here(), places.ROOT))


def options_of(parser: argparse.ArgumentParser) -> None:
    """What can be said at the command line."""
    parser.add_argument("--log", default=LIVE, help=f"the log to write into ({LIVE})")
    parser.add_argument(
        "--source", type=Path, required=True, nargs="+", metavar="FILE.toml", help="what is fetched, a file each"
    )
    parser.add_argument("--once", action="store_true", help="read what there is, pass it on, and end")
    spool_options(parser, "spool/sql-LOG or rest-LOG")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.spool_most < 1:
        raise ValueError("--spool-most is 1 or more")
    if len({path.stem for path in options.source}) < len(options.source):
        raise ValueError("two files of --source have one name: rename one, their progress is kept by it")
    return serve(options.gateway, load(), options)
