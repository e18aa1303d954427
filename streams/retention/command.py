"""`python -m streams catalogue`: the data directory, and with `retention` how long its records are kept."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kafka.errors import KafkaError

from streams.command import Trouble
from streams.directory import command
from streams.kafka import clients
from streams.messages import SECOND, Alert, Order, OrderLine, encode, format_time
from streams.retention.bounds import bound_row, row
from streams.retention.expiry import Due, delete, due
from streams.retention.following import unarchived, warnings
from streams.retention.holds import Held, held
from streams.retention.topics import found
from streams.settings import Settings, load
from streams.sharing import command as sharing
from streams.topics import LIVE, topic_name

WHAT = "how long topics and archive keep their records, against floor and ceiling; --apply deletes what is past it"


def main(arguments: list[str]) -> int:
    """Entry of the command."""
    return command.main(arguments, ("retention", WHAT, _add), ("sharing", sharing.WHAT, sharing.options))


def _add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="its archive (ONESCREEN_DATA/archive/LOG)")
    parser.add_argument("--apply", action="store_true", help="delete the files of the archive that are past their ceiling")
    return _retention


def _retention(options: argparse.Namespace) -> int:
    """A JSON line for each topic, then for each partition of the archive; exit 1 where a topic is outside its bounds."""
    settings = load()
    topics = found(settings, options.log)
    for each in topics:
        _line(row(each))
    root = options.archive or settings.data / "archive" / options.log
    now = int(time.time() * SECOND)
    for warning in warnings(unarchived(settings, options.log, root, now), options.log):
        sys.stderr.write(f"retention: {warning}\n")
    if root.exists():
        holds = holds_of(settings, options.log)
        for part in delete(root, now, holds) if options.apply else due(root, now, holds):
            _line(archive_row(part, applied=options.apply))
    elif options.apply:
        raise Trouble(f"there is no archive in {root}: name it with --archive")
    return 1 if any(each.verdict in {"under its floor", "above its ceiling"} for each in topics) else 0


def archive_row(part: Due, *, applied: bool) -> dict[str, object]:
    """A partition of the archive as it is told."""
    names = [path.stem for path, _ in part.due]
    verdict = "held" if part.held else "kept"
    if part.due:
        verdict = "deleted" if applied else "past its ceiling: --apply deletes it"
    return {
        "archive": f"{part.topic}/{part.partition}",
        "files": part.files,
        "due": names,
        "newest": format_time(part.due[-1][1]) if part.due else "",
        "floor": bound_row(part.floor),
        "ceiling": bound_row(part.ceiling),
        "held": part.held,
        "verdict": verdict,
    }


def holds_of(settings: Settings, log: str) -> Held:
    """What the alerts and orders of a log hold; Trouble where Kafka does not tell: then nothing is deleted."""
    try:
        alerts = clients.newest_messages(settings, topic_name(log, "alerts"), Alert, "retention")
        form: type[Order | OrderLine] = Order | OrderLine  # type: ignore[assignment]
        return held(alerts, clients.newest_messages(settings, topic_name(log, "orders"), form, "retention"))
    except KafkaError as error:
        raise Trouble(f"Kafka does not say which alerts and orders are open: {error}. Nothing was deleted") from error


def _line(told: dict[str, object]) -> None:
    sys.stdout.write(encode(told).decode() + "\n")
