"""`python -m agents status`: the workers of a log, seen from outside: the newest heartbeat of each partition of each domain."""

import argparse
import sys
import time
from collections.abc import Sequence

from msgspec import Struct
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.command import Trouble
from streams.kafka.clients import consumer, partitions_of, read, read_since
from streams.messages import SECOND, Heartbeat, encode, parse_time
from streams.outputs import PULSE
from streams.settings import Settings, load
from streams.topics import LIVE, inputs, topic_name

TOO_OLD = 10 * SECOND
"""A worker sends a heartbeat each second; without one for so long its partition is not being judged."""

LOOK_BACK = 60 * SECOND
"""How far back pulses are looked for; one that is older is none."""

UNSAFE = 10 * SECOND
"""A checkpoint is written every five seconds; one so old means that a crash now would repeat much."""

BEHIND = 10
"""Seconds of work, at the pulse's own rate, from which on a lag is worth colour."""

Place = tuple[str, int]
"""A domain and a partition of its events."""


class SeenHeartbeat(Struct, frozen=True):
    """The newest heartbeat of one partition, and its age in ms by Kafka's clock and ours; None where there was none."""

    place: Place
    heartbeat: Heartbeat | None = None
    age: int = 0

    @property
    def silent(self) -> bool:
        """Whether nobody judges this partition."""
        return self.heartbeat is None or self.age > TOO_OLD


def main(argv: list[str]) -> int:
    """Entry of the command: a table in a terminal, else a JSON line per pulse; exit 1 where a pulse is missing or too old."""
    parser = argparse.ArgumentParser(prog="python -m agents status", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--domain", action="append", choices=inputs(), help="only this domain; may be repeated")
    parser.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    options = parser.parse_args(argv)
    seen = look(load(), options.log, options.domain or inputs())
    console = Console()
    if options.json or not console.is_terminal:
        for one in seen:
            if one.heartbeat:
                sys.stdout.buffer.write(encode(one.heartbeat) + b"\n")
    else:
        console.print(table(options.log, seen, int(time.time() * SECOND)))
    if silent := [f"{domain}/{partition}" for domain, partition in (one.place for one in seen if one.silent)]:
        raise Trouble(f"nobody judges {', '.join(silent)} of {options.log}: run python -m agents worker --log {options.log}")
    return 0


def look(settings: Settings, log: str, chosen: Sequence[str]) -> list[SeenHeartbeat]:
    """What there is of each partition of the chosen domains."""
    topic, now = topic_name(log, "status"), int(time.time() * SECOND)
    with consumer(settings) as reader:
        partitions = [place.partition for place in partitions_of(reader, topic)]
        records = read_since(reader, topic, now - LOOK_BACK)
    seen = {(domain, partition): SeenHeartbeat((domain, partition)) for domain in chosen for partition in partitions}
    for record in records:
        if (record.key or b"").startswith(PULSE.encode()) and (heartbeat := read(record, Heartbeat, "status")):
            place = heartbeat.domain, heartbeat.partition
            if place in seen:
                seen[place] = SeenHeartbeat(place, heartbeat, now - int(record.timestamp))
    return list(seen.values())


def table(log: str, seen: Sequence[SeenHeartbeat], now: int) -> Table:
    """All of it for a person, as of `now` (ms); colour only for what is not normal."""
    made = Table(title=f"Workers of {log}", title_justify="left", header_style="")
    for name in ("domain", "partition", "worker"):
        made.add_column(name, no_wrap=True)
    for name in ("lag", "events/s", "last tick", "checkpoint", "memory", "subjects", "not judged", "pulse"):
        made.add_column(name, justify="right", no_wrap=True)
    for one in seen:
        made.add_row(one.place[0], str(one.place[1]), *_cells(one, now))
    return made


def _cells(one: SeenHeartbeat, now: int) -> list[Text]:
    heartbeat = one.heartbeat
    if heartbeat is None:
        return [Text("nobody", "bold red"), *[Text("-")] * 7, Text(f"none in {LOOK_BACK // SECOND} s", "bold red")]
    unsafe = None if heartbeat.saved is None else now - parse_time(heartbeat.saved)
    return [
        Text(heartbeat.worker),
        Text(f"{heartbeat.lag:,}", "yellow" if heartbeat.lag > BEHIND * max(heartbeat.rate, 1) else ""),
        Text(f"{heartbeat.rate:,.0f}"),
        Text(heartbeat.now or "none yet"),
        Text("-") if unsafe is None else Text(_ago(unsafe), "yellow" if unsafe > UNSAFE else ""),
        Text(f"{heartbeat.rss / 1e6:,.0f} MB"),
        Text(f"{heartbeat.subjects:,}"),
        Text(f"{heartbeat.unjudged or 0:,}", "yellow" if heartbeat.unjudged else ""),
        Text(_ago(one.age), "bold red" if one.silent else ""),
    ]


def _ago(ms: int) -> str:
    return f"{max(0, ms) / SECOND:.0f} s ago"
