"""`python -m agents notify --routes FILE`: send raised, escalated, overdue and cleared alerts of a log by routes.

Runs until it is stopped. What it has sent and what it owes stands in the log, so that a restart goes on.
docs/operate/notices.md has the files and what is promised.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from kafka.errors import KafkaError

from agents.notifications.files import addresses, read_duty, read_routes
from agents.notifications.plan import Ways
from agents.notifications.send import Sender
from agents.notifications.service import Notifier
from streams.command import Trouble
from streams.kafka import clients
from streams.settings import load
from streams.topics import LIVE

"""How Kafka tells a notifier that another one has been started for its log."""


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 when it was stopped, or when `--check` finds nothing wrong."""
    parser = argparse.ArgumentParser(prog="python -m agents notify", description=__doc__)
    parser.add_argument("--routes", required=True, metavar="FILE", type=Path, help="TOML with channels and routes")
    parser.add_argument("--duty", metavar="FILE", type=Path, help='TOML with the duty table, for routes to = "on duty"')
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--check", action="store_true", help="check the files and the channels' addresses, and send nothing")
    options = parser.parse_args(argv)
    duty = read_duty(options.duty) if options.duty else None
    routes = read_routes(options.routes, duty)
    sender = Sender(addresses(options.routes, routes, os.environ))
    if options.check:
        sys.stderr.write(f"notify: {len(routes.routes)} routes and {len(routes.channels)} channels can be used\n")
        return 0
    stopped: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _: stopped.append(number))
    try:
        with Notifier(load(), options.log, Ways(routes, duty), sender) as notifier:
            notifier.run(lambda: bool(stopped))
    except KafkaError as error:
        why = "another notifier of this log has taken over" if clients.is_fenced(error) else f"Kafka: {error}"
        raise Trouble(f"log {options.log!r}: {why}; what is owed is sent after the next start") from error
    return 0
