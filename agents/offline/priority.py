"""`python -m agents priority`: 本平台预判, in which order one might look after enterprises, from an archive or a log.

Each row is an enterprise by its 统一社会信用代码, with every part and the alerts and orders behind it; most points first. It is
no credit rating, hides no alert and sends nobody (docs/operate/inspections.md). In a terminal a table, else a JSON line each.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import asdict
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.offline.judge import judge_archive
from agents.stages import sound_basis
from streams.archive.files import partitions, read_partition
from streams.kafka import clients
from streams.messages import REGISTERED, Alert, DecodeError, Order, OrderLine, Status, SubjectStatus, decode_event, parse_time
from streams.orders.texts import rests_on_report
from streams.places.priority import Priority, priority, priority_book
from streams.settings import load
from streams.topics import LIVE, topic_name

WHO = "priority"

SAID = "本平台预判：不是信用评价，不影响告警和派单 This platform's own forecast: no rating, changes no alert and no order"


class EnterpriseFacts(Struct):
    """What a log has: whose each subject is (by 统一社会信用代码), alerts and orders by id as they stand."""

    owners: dict[str, str] = {}
    alerts: dict[str, Alert] = {}
    orders: dict[str, Order] = {}

    def take(self, told: Iterable[Any]) -> None:
        """Remember the newest."""
        for each in told:
            if isinstance(each, Alert):
                self.alerts[each.id] = each
            elif isinstance(each, Order):
                self.orders[each.id] = each
            elif isinstance(each, SubjectStatus) and isinstance(each.owner, str):
                self.owners[each.subject] = each.owner


class _Registered(Struct):
    owner: str = ""
    owner_role: str = ""


def priorities(known: EnterpriseFacts, now: int = 0) -> dict[str, Priority]:
    """By enterprise, those of whom anything stands, most points first; `now` (ms): default is the newest change.

    Orders that rest on a report (举报) have no part in it: who reads it may be of any body (信访工作条例 30).
    """
    alerts, orders = defaultdict[str, list[Alert]](list), defaultdict[str, dict[str, Order]](dict)
    for alert in known.alerts.values():
        alerts[known.owners.get(alert.subject, "")].append(alert)
    for order in known.orders.values():
        if not rests_on_report(order, known.orders.get):
            for code in {known.owners.get(each.link.subject, "") for each in order.alerts}:
                orders[code][order.id] = order
    changed = [each.changed_at for each in known.alerts.values()] + [each.changed_at for each in known.orders.values()]
    at, book = now or max(map(parse_time, changed), default=0), priority_book()
    found = {code: priority(book, alerts[code], orders[code].values(), at) for code in {*alerts, *orders} - {""}}
    return dict(sorted((row for row in found.items() if row[1].points), key=lambda row: (-row[1].points, row[0])))


def of_archive(path: Path) -> EnterpriseFacts:
    """What an archive comes to, judged by the rule books that its log adopted."""
    known = EnterpriseFacts()
    known.take(judge_archive(sound_basis(), path))
    for topic, partition in partitions(path):
        for records in read_partition(path, topic, partition):
            known.owners |= dict(_owners(value for _, _, value in records))
    return known


def of_log(log: str) -> EnterpriseFacts:
    """What a log has come to."""
    settings, known = load(), EnterpriseFacts()
    forms: tuple[tuple[str, Any], ...] = (("alerts", Alert), ("orders", Order | OrderLine), ("status", Status))
    for topic, form in forms:
        known.take(clients.newest_messages(settings, topic_name(log, topic), form, WHO))
    return known


def _owners(values: Iterable[object]) -> Iterator[tuple[str, str]]:
    for value in values:
        if not isinstance(value, bytes) or REGISTERED.encode() not in value:
            continue
        try:
            event = decode_event(value)
            told = msgspec.json.decode(event.data, type=_Registered)
        except (DecodeError, msgspec.DecodeError, RecursionError):
            continue
        if event.type.endswith(REGISTERED) and told.owner_role:
            yield event.subject, told.owner


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0."""
    parser = argparse.ArgumentParser(prog="python -m agents priority", description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--archive", type=Path, metavar="DIR", help="an archive of a log, judged anew without Kafka")
    source.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--at", default="", metavar="TIME", help="what is overdue by then (default: the newest change)")
    parser.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    options = parser.parse_args(argv)
    known = of_archive(options.archive) if options.archive else of_log(options.log)
    found = priorities(known, parse_time(options.at) if options.at else 0)
    console = Console()
    if options.json or not console.is_terminal:
        return write_lines({"code": code, "what": SAID} | asdict(each) for code, each in found.items())
    table = Table(title=SAID, title_justify="left")
    for heading in ("统一社会信用代码", "points", "parts"):
        table.add_column(heading)
    for code, each in found.items():
        parts = ", ".join(f"{one.title.zh} {one.title.en}: {len(one.cases)} × {one.each}" for one in each.parts)
        table.add_row(code, str(each.points), parts)
    console.print(table)
    return 0
