"""`python -m agents quarantine list|retry`: rules that raised an exception and are on hold, and the order to judge again.

A retry is a person's act in the log, as an acknowledgement is. The worker judges what is held by the rules that it runs with:
put the rule right and restart the worker first.
"""

import argparse
import getpass
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from hashlib import blake2s

from kafka.errors import KafkaError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from streams.command import Trouble
from streams.kafka.clients import newest_messages, producer
from streams.messages import COMMAND, SECOND, Act, Actor, Quarantine, encode, event_bytes, format_time
from streams.settings import Settings, load
from streams.signing.kinds import account_part
from streams.signing.machine.part import open_part
from streams.topics import LIVE, topic_name

VERB = "retry"
ACCEPTED = 10
"""Seconds that Kafka may take to accept an order."""


def main(argv: list[str]) -> int:
    """Entry of the command; `list` exits 1 where something is held, `retry` 0 once Kafka has the orders."""
    parser = argparse.ArgumentParser(prog="python -m agents quarantine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="what is on hold", description="what is on hold")
    listing.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    ordering = commands.add_parser("retry", help="judge again what is held", description="judge again what is held")
    ordering.add_argument("id", metavar="ID|all", help="a record's id, as `list` shows it, or all")
    ordering.add_argument("--reason", required=True, help="why; it stands in the audit trail")
    ordering.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who orders it (default %(default)s)")
    ordering.add_argument("--role", default="supervisor", help="the role that gives the right (default %(default)s)")
    for command in (listing, ordering):
        command.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    options = parser.parse_args(argv)
    settings = load()
    held = on_hold(settings, options.log)
    if options.command == "list":
        return _list(options.log, held, as_json=options.json)
    chosen = [record for record in held if options.id in {"all", record.id}]
    if not chosen and options.id != "all":
        raise Trouble(f"nothing of {options.log} is held as {options.id!r}: see python -m agents quarantine list")
    actor = Actor(id=options.actor, name=options.actor, role=options.role)
    send(settings, options.log, chosen, actor, options.reason)
    sys.stderr.write(f"quarantine: ordered {len(chosen)} of {len(held)} to be judged again\n")
    return 0


def on_hold(settings: Settings, log: str) -> list[Quarantine]:
    """What is on hold in a log, as the newest records say."""
    records = newest_messages(settings, topic_name(log, "quarantine"), Quarantine, "quarantine")
    return [record for record in records if record.state == "held"]


def retry_bytes(record: Quarantine, actor: Actor, reason: str, now: int) -> bytes:
    """The command that lets a record's facts be judged again, sent at `now` (ms).

    Its id is made of the record's revision and the person: the same order twice is one.
    """
    parts = "\x1f".join((record.id, str(record.rev), VERB, actor.id))
    return event_bytes(
        type=COMMAND + VERB,
        source="quarantine",
        id=blake2s(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
        time=format_time(now),
        subject=record.subject,
        data=Act(alert=record.id, occurrence=record.occurrence, actor=actor, reason=reason),
    )


def send(settings: Settings, log: str, records: Iterable[Quarantine], actor: Actor, reason: str) -> None:
    """Write the orders, each into the partition of its subject; Trouble where Kafka does not take them."""
    now = int(time.time()) * SECOND
    with closing(producer(settings)) as to, open_part(settings, log, account_part(actor.id)) as part:
        try:
            queued = [
                to.send(
                    record.place.topic,
                    part.value(retry_bytes(record, actor, reason, now), record.place.topic.removeprefix(f"{log}.")),
                    record.subject.encode(),
                    partition=record.place.partition,
                )
                for record in records
            ]
            for written in queued:
                written.get(ACCEPTED)
        except KafkaError as error:
            raise Trouble(f"Kafka did not take all orders: {error}; check the broker and order again") from error


def table(log: str, held: Iterable[Quarantine]) -> Table:
    """What is on hold, for a person."""
    made = Table(title=f"On hold in {log}", title_justify="left", header_style="")
    for name in ("id", "judge", "subject", "told at", "waiting", "error"):
        made.add_column(name, justify="right" if name == "waiting" else "left", overflow="fold")
    for record in held:
        waiting = f"{record.waiting}" + (f" +{record.passed} not held" if record.passed else "")
        error = (record.traceback.splitlines() or [""])[-1]
        made.add_row(record.id, record.judge, record.subject, record.at, waiting, Text(error, "red"))
    return made


def _list(log: str, held: list[Quarantine], *, as_json: bool) -> int:
    console = Console()
    if as_json or not console.is_terminal:
        for record in held:
            sys.stdout.buffer.write(encode(record) + b"\n")
    elif held:
        console.print(table(log, held))
    else:
        console.print(f"Nothing is on hold in {log}.")
    return 1 if held else 0
