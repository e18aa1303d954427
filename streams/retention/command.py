"""`python -m streams catalogue`: the data directory, and with `retention` how long its records are kept."""

import argparse
import getpass
import sys
import time
from collections.abc import Callable
from hashlib import blake2s
from pathlib import Path

from kafka.errors import KafkaError
from msgspec import to_builtins

from streams.command import Trouble
from streams.directory import command
from streams.directory.log import append, now_text, records
from streams.kafka import clients
from streams.messages import SECOND, Actor, Alert, Order, OrderLine, encode, format_time
from streams.messages.services.catalogue import RetentionStep
from streams.retention.bounds import bound_row, row
from streams.retention.consent import Proposal, allowed, proposals, retention_refusal, upto_of
from streams.retention.expiry import Due, delete, due
from streams.retention.following import unarchived, warnings
from streams.retention.holds import Held, held
from streams.retention.topics import found
from streams.settings import Settings, load
from streams.sharing import command as sharing
from streams.topics import LIVE, topic_name

WHAT = "how long topics and archive keep their records, against floor and ceiling; two persons delete what is past it"


def main(arguments: list[str]) -> int:
    """Entry of the command."""
    return command.main(arguments, ("retention", WHAT, _add), ("sharing", sharing.WHAT, sharing.options))


def _add(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="its archive (ONESCREEN_DATA/archive/LOG)")
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--propose", action="store_true", help="propose to delete the files that are past their ceiling")
    does.add_argument("--consent", metavar="PROPOSAL", help="consent, as another person, to what somebody proposed")
    does.add_argument("--apply", action="store_true", help="delete what is past its ceiling and two persons agreed to")
    parser.add_argument("--handed", action="append", default=[], metavar="GROUP=DOCUMENT", help="its hand-over (移交文书号)")
    parser.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who (default %(default)s)")
    parser.add_argument("--department", default="", metavar="ID", help="as in zz-data")
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
        _of_archive(settings, options, root, now)
    elif options.apply or options.propose or options.consent:
        raise Trouble(f"there is no archive in {root}: name it with --archive")
    return 1 if any(each.verdict in {"under its floor", "above its ceiling"} for each in topics) else 0


def _of_archive(settings: Settings, options: argparse.Namespace, root: Path, now: int) -> None:
    """A line for each partition, then what was proposed; or what was asked for is done."""
    holds, known = holds_of(settings, options.log), _agreed(settings, options.log)
    parts = delete(root, now, holds, allowed(known)) if options.apply else due(root, now, holds)
    for part in parts:
        _line(archive_row(part, applied=options.apply))
    if options.propose or options.consent:
        _write_step(settings, options, known, upto_of(parts))
    elif not options.apply:
        for each in known.values():
            told = {"proposal": each.proposed.proposal, "by": each.proposed.by.id, "upto": each.proposed.upto}
            _line({**told, "consented": each.consented.by.id if each.consented else ""})


def _agreed(settings: Settings, log: str) -> dict[str, Proposal]:
    return proposals(each for each in records(settings, log) if isinstance(each, RetentionStep))


def _write_step(settings: Settings, options: argparse.Namespace, known: dict[str, Proposal], upto: dict[str, int]) -> None:
    """Write that somebody proposes to delete what is due, or that another person consents; Trouble where that may not be."""
    actor, at = Actor(id=options.actor, role="admin", department=options.department), now_text()
    name = options.consent or blake2s(encode([actor.id, at]), digest_size=16).hexdigest()
    step = RetentionStep(
        proposal=name,
        step="consented" if options.consent else "proposed",
        at=at,
        by=actor,
        upto={} if options.consent else upto,
        handed=dict(_pair(each) for each in options.handed),
    )
    if why_not := retention_refusal(known, step):
        raise Trouble(why_not)
    append(settings, options.log, step)
    _line(to_builtins(step))


def _pair(text: str) -> tuple[str, str]:
    group, _, document = text.partition("=")
    return group, document


def archive_row(part: Due, *, applied: bool) -> dict[str, object]:
    """A partition of the archive as it is told."""
    names = [path.stem for path, _ in part.due]
    verdict = "held" if part.held else "kept"
    if part.due:
        verdict = "deleted" if applied else "past its ceiling: --propose it, another person consents, --apply deletes it"
    return {
        "archive": part.place,
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
