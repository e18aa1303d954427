"""`python -m agents order ACT|show|list|export|recurrence|capped`: orders as the log has them, and what people do to them.

ORDER is the number of a work order (GD-…), an id, or how an id begins. Each act is a command in the log, which alone says what
comes of it: it waits for its entries in the order's trail, prints each as a JSON line, and exits 1 where one is a refusal.
docs/operate/orders-command.md has the acts and what each needs; docs/develop/orders.md how an order moves.
"""

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import get_args

from msgspec.structs import asdict
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.commands.orders.draft import act_of, issue_of
from agents.commands.orders.inspecting import beyond_of, refused
from agents.commands.people import actor_of, done, log_option, now, person_options
from agents.evidence.order_command import export, options_of
from agents.measures.recurrence import DAYS, recurrences
from agents.offline.order_story import told
from agents.offline.standing import StandingOrder, one, standing, trail_of
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Alert, Issue, OrderAct, OrderAudit, encode, parse_time
from streams.messages.orders import PaperKind
from streams.messages.rights import ORDER, ORDER_RIGHTS
from streams.orders.kinds import kinds
from streams.orders.words import ACTS
from streams.settings import Settings, load
from streams.topics import events_topic, topic_name

ISSUE, INPUT = "issue", "orders"
_ID = re.compile(r"[0-9a-f]{32}")


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 where it was done, 1 where an act was refused, 2 where it was used wrongly."""
    options = parser().parse_args(argv)
    settings = load()
    if told := _TOLD.get(options.command):
        return told(settings, options)
    if options.command == ISSUE:
        alerts = _alerts(settings, options.log, options.alert) if options.alert else []
        return _do(settings, options, issue_of(options, actor_of(options), alerts, now()))
    return _do(settings, options, act_of(options, actor_of(options), _id(settings, options.order, options.log)))


def _do(settings: Settings, options: argparse.Namespace, act: Issue | OrderAct) -> int:
    if why := refused(settings, options.log, options.command, act, now()):
        raise Trouble(why)
    topic = events_topic(options.log, INPUT)
    entries = done(settings, options, topic, act.order, ORDER + options.command, act, OrderAudit)
    for entry in entries:
        step = f"{entry.line} {entry.before or 'nothing'} to {entry.after}".strip()
        said = f"refused: {entry.line} {entry.reason}" if entry.event == "refuse" else step
        sys.stderr.write(f"order: {act.order} {said}\n")
        sys.stdout.buffer.write(encode(entry) + b"\n")
    return 1 if any(entry.event == "refuse" for entry in entries) else 0


def _id(settings: Settings, name: str, log: str) -> str:
    """The id of an order; a whole one is not looked up."""
    return name if _ID.fullmatch(name) else one(standing(settings, log), name, log).order.id


def _alerts(settings: Settings, log: str, names: list[str]) -> list[Alert]:
    newest = clients.newest_messages(settings, topic_name(log, "alerts"), Alert, "order")
    known = {alert.id: alert for alert in newest}
    if missing := [name for name in names if name not in known]:
        raise Trouble(f"log {log!r} has no alert {missing[0]!r}: see its topic {topic_name(log, 'alerts')}")
    return [known[name] for name in names]


def _show(settings: Settings, options: argparse.Namespace) -> int:
    found = one(standing(settings, options.log), options.order, options.log)
    trail = trail_of(settings, options.log, found.order.id)
    if options.json:
        for each in (found.order, *found.lines, *trail):
            sys.stdout.buffer.write(encode(each) + b"\n")
    else:
        sys.stdout.write("\n".join(told(found.order, found.lines, trail, options.lang)) + "\n")
    return 0


def _list(settings: Settings, options: argparse.Namespace) -> int:
    found = [each for each in standing(settings, options.log).values() if chosen(each, options)]
    console = Console()
    if options.json or not console.is_terminal:
        for each in found:
            sys.stdout.buffer.write(encode(each.order) + b"\n")
        return 0
    table = Table(box=SIMPLE_HEAD)
    for heading in ("order", "number", "kind", "state", "main", "due", "title"):
        table.add_column(heading, no_wrap=heading != "title")
    for each in found:
        order = each.order
        main = next((line.unit for line in each.lines if line.n == order.main), "-")
        due = f"[bold red]{each.due}[/]" if each.overdue else each.due
        table.add_row(order.id[:12], order.number, order.kind, order.state, main, due, order.title.zh)
    console.print(table)
    return 0


def _recurrence(settings: Settings, options: argparse.Namespace) -> int:
    """回头看复发率 by kind, as JSON lines."""
    orders = [each.order for each in standing(settings, options.log).values()]
    alerts = clients.newest_messages(settings, topic_name(options.log, "alerts"), Alert, "order")
    times = [each.changed_at for each in orders] + [each.changed_at for each in alerts]
    newest = max(map(parse_time, times), default=0)
    for each in recurrences(orders, alerts, newest, options.days):
        sys.stdout.buffer.write(encode({**asdict(each), "interval": each.interval}) + b"\n")
    return 0


def _capped(settings: Settings, options: argparse.Namespace) -> int:
    """Who was sent to inspect beyond a yearly cap, as JSON lines; 1 where anybody was."""
    found = beyond_of(settings, options.log)
    for each in found:
        sys.stdout.buffer.write(encode(each) + b"\n")
    return 1 if found else 0


_TOLD: Mapping[str, Callable[[Settings, argparse.Namespace], int]] = {
    "list": _list,
    "show": _show,
    "recurrence": _recurrence,
    "capped": _capped,
    "export": export,
}
"""What is told of orders, by subcommand; all others are acts."""


def chosen(found: StandingOrder, options: argparse.Namespace) -> bool:
    """Whether the options of `list` ask for an order."""
    order = found.order
    return (
        (options.all or bool(options.state) or not order.ended)
        and order.state in (options.state or [order.state])
        and order.kind in (options.kind or [order.kind])
        and (not options.unit or found.of_unit(options.unit))
        and (not options.overdue or found.overdue)
    )


def parser() -> argparse.ArgumentParser:
    """The parser of the command: a subcommand for each act, `show`, `list` and `export`."""
    made = argparse.ArgumentParser(prog="python -m agents order", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for act, right in ORDER_RIGHTS.items():
        text = f"{ACTS[act].zh} {ACTS[act].en}"
        roles = sorted(right.roles.union(*(kind.roles.get(act, ()) for kind in kinds().values())))
        command = commands.add_parser(act, help=text, description=f"{text}. Roles: {', '.join(roles)}.")
        (_issue_options if act == ISSUE else _act_options)(command)
        command.add_argument("--behalf", default="", metavar="ACCOUNT", help="for whom the person who acts stands in")
        command.add_argument("--department", default="", metavar="UNIT", help="the unit that the person who acts is of")
        person_options(command, roles)
    file = "one matter, one file: a zip with its index (归档)"
    options_of(commands.add_parser("export", help=file, description=file))
    show = commands.add_parser("show", help="one order: lines, clocks, papers, trail", description="One order as it stands.")
    show.add_argument("order", metavar="ORDER", help="its number, its id, or how the id begins")
    show.add_argument("--lang", choices=("zh", "en"), default="zh", help="language (default %(default)s)")
    listing = commands.add_parser("list", help="orders that have not ended, oldest first", description="Orders of a log.")
    listing.add_argument("--state", action="append", metavar="STATE", help="only this state, ended or not; may be repeated")
    listing.add_argument("--kind", action="append", choices=sorted(kinds()), help="only this kind; may be repeated")
    listing.add_argument("--unit", default="", help="only those that this unit issued, verifies, supervises or received")
    listing.add_argument("--overdue", action="store_true", help="only those of which a clock has run out")
    listing.add_argument("--all", action="store_true", help="those that have ended too")
    back = commands.add_parser(
        "recurrence", help="how often what was put right came back (回头看复发率)", description="By kind."
    )
    back.add_argument("--days", type=int, default=DAYS, help="so long after the end (default %(default)s)")
    log_option(back)
    cap = commands.add_parser(
        "capped", help="who was sent to inspect beyond the yearly cap, by whatever way", description="Exit 1: somebody was."
    )
    log_option(cap)
    for command in (show, listing):
        command.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
        log_option(command)
    return made


def _issue_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("draft", metavar="FILE", nargs="?", type=Path, help="a draft, JSON or TOML: members of an order; options go before it")
    add("--kind", choices=sorted(kinds()), help="the kind of the order")
    add("--title", default="", help="what it is about, in Chinese, without anything personal")
    add("--title-en", default="", help="the same in English (default: as --title)")
    add("--to", action="append", metavar="UNIT[:PART[:LIMIT]]", help="a receiver: main, support or assist; may be repeated")
    add("--alert", action="append", metavar="ALERT", help="the id of an alert that it is about; may be repeated")
    add("--text", action="append", metavar="NAME=WORDS", help="a part of its text: cause, basis, demand, feedback, contact")
    add("--trait", action="append", metavar="NAME=VALUE", help="a trait by which limits are chosen; may be repeated")
    add("--paper", choices=get_args(PaperKind), help="by which paper (default work-order)")
    add("--urgent", action="store_true", help="it rings outside working time too")
    add("--limit", default="", metavar="TIME", help="the limit of the whole, as in '5 working-days'")
    add("--verifier", default="", metavar="UNIT", help="who verifies it (default: as its kind says)")
    add("--supervising", default="", metavar="UNIT", help="who supervises it")
    add("--adcode", default="", help="the place that it is about")
    add("--incident", default="", help="the incident that it is about")
    add("--parent", default="", metavar="ORDER", help="the id of the order that it supervises or follows from")
    add("--matter", default="", help="the number of the request, rating or record")
    add("--verdict", choices=("true", "false", "unclear"), help="what the verification of its alerts came to")
    add("--reason", default="", help="why it is sent without one")


def _act_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("order", metavar="ORDER", help="its number, its id, or how the id begins")
    add("--line", action="append", metavar="N", help="a receiver's line that it concerns; may be repeated")
    add("--reason", default="", help="why, or what is answered; it stands in the trail")
    add("--outcome", default="", help="a finding, decision or end, as the kind of order names it")
    add("--clause", default="", help="of the list of duties, or of the law")
    add("--unit", default="", help="the unit that is proposed or named")
    add("--to", action="append", metavar="UNIT[:PART[:LIMIT]]", help="a receiver that is added; may be repeated")
    add("--limit", default="", metavar="TIME", help="how much more time")
    add("--at", default="", metavar="TIME", help="when it happened that is recorded (RFC 3339)")
    add("--who", default="", help="who answered or was reached")
    add("--solved", choices=("yes", "no"), default="", help="whether the caller says that it is solved")
    add(
        "--seen", type=int, default=0, metavar="N", help="the newest entry that was seen: it is refused where more has happened"
    )
    add("--data", type=Path, metavar="FILE", help="more members, JSON or TOML: paper, instrument, file, receivers")
