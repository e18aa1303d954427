"""A small log for reports, with its archive: a station whose ozone is too high, and a request that nobody signs.

The station's name holds what a page might take for markup, a rare character and one that turns the text round.
"""

from collections.abc import Iterator
from pathlib import Path

from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.messages import DAY, HOUR, format_time
from streams.messages.orders import Receiver
from tests.support.events import START, Record, clean, records, registered, tick
from tests.support.orders.partition import ECOLOGY, HOTLINE, OrderPartition, actor, hotline_matter

LOG = "t"
NAME = '=站𰻞#read("/etc/passwd")$x$\u202e*粗*\x07'
"""Markup of typst and of a spreadsheet, U+30EDE, a mark of direction, a bell."""

REQUEST, REPORTED = "e" * 32, "d" * 32
"""A request that is sent and never signed, and one that is a report (举报)."""

CLERK = "王小派"
"""Who sends them."""

DAYS = 31
"""From Monday, June 1, 2026, 08:00 to July 2."""


def facts() -> Iterator[bytes]:
    """The station's two days: at ten on the first, ozone is 300 µg/m³; the hourly limit is 200 (GB 3095-2012, class 2)."""
    yield tick(START)
    yield registered(name=NAME)
    for n in range(1, DAYS * 24 + 1):
        at = START + n * HOUR
        yield tick(at)
        if at < START + 2 * DAY:
            yield clean(at, o3=300) if n == 2 else clean(at)


def orders() -> OrderPartition:
    """The hotline takes in both requests and sends them out at eight on the first day; then time goes on."""
    by = OrderPartition(format_time(START))
    for order, number, nature in ((REQUEST, "1", "complaint"), (REPORTED, "2", "report")):
        matter = hotline_matter(id=f"request/{number}", number=number, at=format_time(START), traits={"nature": nature})
        by.filed(matter, order)
        by.act("accept", actor("receptionist", HOTLINE, CLERK), order=order)
        by.act("dispatch", actor("dispatcher", HOTLINE, CLERK), order=order, receivers=(Receiver(unit=ECOLOGY, part="main"),))
    for n in range(1, DAYS * 24 + 1):
        by.tick(format_time(START + n * HOUR))
    return by


def archive(root: Path) -> Path:
    """Its archive."""
    _write(root, "environment", records(facts()))
    _write(root, "orders", iter(orders().log))
    return root


def _write(root: Path, name: str, records: Iterator[Record]) -> None:
    chunk = Chunk(0)
    for offset, key, value in records:
        chunk.add(offset, START, key, value)
    archive_files.write(root, f"{LOG}.events.{name}", 0, chunk)
