"""`python -m agents duty who|check|handover|takeover|notes`: the duty table, and the notes at the change of a shift.

A note stands in the log's topic `handovers` with a summary of the department's alerts at that moment; who takes over says so
with a record of its own. Nothing there is ever changed.
"""

import argparse
import getpass
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kafka.errors import KafkaError

from agents import law
from agents.commands.signed import personal
from agents.notifications.duty import LEVELS, DutyTable, shift_at
from agents.notifications.files import read_duty
from agents.notifications.hours import minute_of_week
from streams.command import Trouble
from streams.desk import desk_bytes, place_of
from streams.handover import Record, handed, refusal, summary, taken
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.messages import (
    DAY,
    SECOND,
    Actor,
    Alert,
    Audit,
    Handover,
    Text,
    encode,
    parse_time,
)
from streams.settings import Settings, load
from streams.signing.machine.part import pinned
from streams.topics import LIVE, topic_name

SOURCE = "command-line"

ACCEPTED = 10
"""Seconds that Kafka may take to accept a note."""


def main(argv: list[str]) -> int:
    """Entry of the command; JSON lines on stdout. `check` exits 1 where the table has a fault."""
    options = _options(argv)
    run: Callable[[argparse.Namespace], list[object]] = options.run
    for line in run(options):
        sys.stdout.buffer.write(encode(line) + b"\n")
    return 0


def at_duty(duty: DutyTable, at: int) -> list[dict[str, object]]:
    """Who is on duty at a time (ms): a row for each department of the table and level."""
    minute = minute_of_week(at)
    rows: list[dict[str, object]] = []
    for desk in duty.desks:
        shift = shift_at(desk, minute)
        people = [] if shift is None else [(key, duty.people[key]) for key in shift.people]
        rows.append(
            {
                "department": desk.department,
                "level": desk.level,
                "role": LEVELS[desk.level],
                "shift": Text("", "") if shift is None else shift.name,
                "people": [{"id": key, "name": person.name, "channels": person.channels} for key, person in people],
            }
        )
    return rows


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents duty", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, what: str, run: Callable[[argparse.Namespace], list[object]]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(run=run)
        return made

    who = command("who", "who is on duty", _who)
    who.add_argument("--at", metavar="TIME", help="RFC 3339, as in 2026-06-01T22:00:00+08:00 (default now)")
    for table in (who, command("check", "look for gaps, overlaps and unknown names in a duty table", _check)):
        table.add_argument("--duty", metavar="FILE", type=Path, default=Path("duty.toml"), help="default %(default)s")
    handover = command("handover", "leave a note to the next shift, with a summary of the department's alerts", _handover)
    handover.add_argument("--department", required=True, choices=sorted(law.departments()), metavar="ID", help="as in zz-ee")
    takeover = command("takeover", "take over: the note is read", _takeover)
    takeover.add_argument("note", metavar="NOTE", help="the id of the note")
    notes = command("notes", "the notes and who took over, oldest first", _notes)
    notes.add_argument("--department", default="", metavar="ID", help="only those of this department")
    for writing in (handover, takeover):
        writing.add_argument("--reason", required=True, metavar="TEXT", help="what the note says")
        writing.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who (default %(default)s)")
        writing.add_argument("--role", default="supervisor", help="in which role (default %(default)s)")
    for logged in (handover, takeover, notes):
        logged.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    return parser.parse_args(argv)


def _who(options: argparse.Namespace) -> list[object]:
    at = parse_time(options.at) if options.at else int(time.time() * SECOND)
    return list(at_duty(read_duty(options.duty), at))


def _check(options: argparse.Namespace) -> list[object]:
    duty = read_duty(options.duty)
    sys.stderr.write(f"duty: {options.duty}: {len(duty.desks)} desks without a gap, {len(duty.people)} people\n")
    return []


def _handover(options: argparse.Namespace) -> list[object]:
    settings, now = load(), int(time.time() * SECOND)
    before = [each for each in _records(settings, options.log) if isinstance(each, Handover)]
    since = max((parse_time(each.at) for each in before if each.department == options.department), default=now - DAY)
    newest = clients.newest_messages(settings, topic_name(options.log, "alerts"), Alert, "duty")
    alerts = {alert.id: alert for alert in newest}
    with clients.consumer(settings) as reader:
        trail = clients.read_since(reader, topic_name(options.log, "audit"), since)
    found = summary(alerts, (entry for record in trail if (entry := clients.read(record, Audit, "duty"))), options.department)
    note = handed(options.department, _actor(options), options.reason, found, secrets.token_hex(16), now)
    _write(settings, options.log, note)
    return [note]


def _takeover(options: argparse.Namespace) -> list[object]:
    settings = load()
    records = _records(settings, options.log)
    if why_not := refusal(records, options.note, options.actor):
        raise Trouble(why_not)
    note = next(each for each in records if isinstance(each, Handover) and each.id == options.note)
    takeover = taken(note, _actor(options), options.reason, int(time.time() * SECOND))
    _write(settings, options.log, takeover)
    return [takeover]


def _notes(options: argparse.Namespace) -> list[object]:
    return [each for each in _records(load(), options.log) if options.department in {"", each.department}]


def _actor(options: argparse.Namespace) -> Actor:
    return Actor(id=options.actor, name=options.actor, role=options.role)


def _records(settings: Settings, log: str) -> list[Record]:
    """All notes and takeovers of a log, oldest first."""
    reader = desk_reader(settings, log, "duty")
    found = [reader.read(record, Record) for record in clients.read_topic(settings, topic_name(log, "handovers"))]
    records = [note for note in found if isinstance(note, Record)]
    return sorted(records, key=lambda each: each.at)


def _write(settings: Settings, log: str, record: Record) -> None:
    topic, key = place_of(record)
    value = desk_bytes(record, SOURCE) if pinned(settings, log) else encode(record)
    value = personal(settings, log, record.by.id, value, topic)
    try:
        with closing(clients.producer(settings)) as producer:
            producer.send(topic_name(log, topic), value, key.encode()).get(ACCEPTED)
    except KafkaError as error:
        raise Trouble(f"Kafka did not take the note: {error}; check the broker and write it again") from error
