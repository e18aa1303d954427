"""`python -m agents incident list|show|merge|split`: incidents as the log has them, and what a person changes of them.

An incident's id may be shortened to a beginning that is its alone. A merge or split is a command in the log, which alone says
what comes of it: it waits for its entry in the incident's trail and exits 1 where it was refused.
"""

import argparse
import sys
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.commands.people import actor_of, done, log_option, person_options
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import SEVERITIES, Incident, IncidentAudit, Regroup, encode
from streams.settings import Settings, load
from streams.topics import topic_name

COMMANDS = {
    "list": "every open incident, worst first; a table in a terminal, else JSON lines",
    "show": "one incident and its trail, as JSON lines",
    "merge": "make other incidents part of the first",
    "split": "make alerts of an incident one of their own",
}


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 where it was done, 1 where an act was refused."""
    options = _options(argv)
    settings = load()
    known = _incidents(settings, options.log)
    if options.command == "list":
        return _list([one for one in known.values() if options.all or one.state == "open"])
    incident = _one(known, options.incident, options.log)
    if options.command == "show":
        return _show(settings, incident)
    return _act(settings, options, incident, known)


def _act(settings: Settings, options: argparse.Namespace, incident: Incident, known: dict[str, Incident]) -> int:
    actor = actor_of(options)
    if options.command == "merge":
        others = tuple(_one(known, name, options.log).id for name in options.others)
        act = Regroup(incident=incident.id, actor=actor, reason=options.reason, others=others)
    else:
        act = Regroup(incident=incident.id, actor=actor, reason=options.reason, alerts=tuple(options.alerts))
    entry, *_ = done(settings, options, incident.place.topic, incident.city, options.command, act, IncidentAudit)
    refused = entry.event == "refuse"
    sys.stderr.write(f"incident: {entry.event} {' '.join(entry.ids)}{f': {entry.reason}' if refused else ''}\n")
    sys.stdout.buffer.write(encode(entry) + b"\n")
    return 1 if refused else 0


def _incidents(settings: Settings, log: str) -> dict[str, Incident]:
    found = clients.newest_messages(settings, topic_name(log, "incidents"), Incident, "incident")
    worst = sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.opened_at, one.id))
    return {one.id: one for one in worst}


def _one(known: dict[str, Incident], name: str, log: str) -> Incident:
    """The incident whose id begins so; Trouble where it is none or several."""
    found = [one for one in known.values() if one.id.startswith(name)]
    if len(found) != 1:
        what = f"{len(found)} incidents begin with" if found else "there is no incident"
        raise Trouble(f"{what} {name!r} in log {log!r}: see python -m agents incident list --log {log}")
    return found[0]


def _list(incidents: Iterable[Incident]) -> int:
    console = Console()
    if not console.is_terminal:
        for one in incidents:
            sys.stdout.buffer.write(encode(one) + b"\n")
        return 0
    table = Table(box=SIMPLE_HEAD)
    for heading in ("incident", "severity", "alerts", "title", "lead", "opened"):
        table.add_column(heading, no_wrap=heading != "title")
    for one in incidents:
        alerts = f"{one.open}/{one.count}{' flood' if one.flood else ''}"
        table.add_row(one.id[:12], one.severity, alerts, one.title.zh, one.lead.department.name.zh, one.opened_at)
    console.print(table)
    return 0


def _show(settings: Settings, incident: Incident) -> int:
    read = clients.read_topic(settings, topic_name(incident.log, "incident-audit"))
    entries = (entry for record in read if (entry := clients.read(record, IncidentAudit, "incident")))
    trail = {entry.n: entry for entry in entries if entry.incident == incident.id}
    for each in (incident, *(trail[n] for n in sorted(trail))):
        sys.stdout.buffer.write(encode(each) + b"\n")
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents incident", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == "list":
            log_option(command)
            command.add_argument("--all", action="store_true", help="those that have ended too")
            continue
        command.add_argument("incident", metavar="INCIDENT", help="the id of an incident, or how it begins")
        if name == "show":
            log_option(command)
            continue
        what = "others" if name == "merge" else "alerts"
        command.add_argument(what, nargs="+", metavar="INCIDENT" if name == "merge" else "ALERT", help=f"the {what}")
        command.add_argument("--reason", required=True, help="why; it stands in the trail")
        person_options(command)
    return parser.parse_args(argv)
