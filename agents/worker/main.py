"""`python -m agents worker`: judge the events of a log through Kafka. Several workers share the partitions of a log."""

import argparse
import sys
from collections.abc import Sequence

from agents.lint import sound_book
from agents.worker import logs
from agents.worker.app import build
from streams.catalogue import domains
from streams.command import Trouble
from streams.kafka.clients import consumer
from streams.kafka.topics import LIVE, table, topic_name
from streams.settings import Settings, load


def main(argv: list[str]) -> int:
    """Entry of the command; runs until SIGTERM or SIGINT, then saves and exits 0; exits 1 where it cannot go on."""
    book = sound_book()
    options = _parse(argv)
    settings = load()
    chosen = options.domain or list(domains())
    check_topics(settings, options.log, chosen)
    logs.set_up()
    app = build(settings, options.log, chosen, book, options.name)
    worker = app.Worker(loglevel="WARN", override_logging=False, quiet=True, stdout=sys.stderr)
    worker.spinner = None
    worker.execute_from_commandline()


def check_topics(settings: Settings, log: str, chosen: Sequence[str]) -> None:
    """Trouble where a topic that the worker needs is missing, or where outputs have not as many partitions as their events."""
    others = {f"{kind}.{domain}" for domain in set(domains()) - set(chosen) for kind in ("events", "checkpoint")}
    names = [topic_name(log, topic.name) for topic in table() if topic.name not in others]
    with consumer(settings) as reader:
        found = {name: len(reader.partitions_for_topic(name) or ()) for name in names}
    if missing := [name for name, count in found.items() if not count]:
        raise Trouble(f"no topic {missing[0]}: run python -m streams topics create --log {log}")
    if len(set(found.values())) > 1:
        counts = ", ".join(f"{name} {count}" for name, count in found.items())
        raise Trouble(f"all topics of a log need the same number of partitions, found {counts}: make the log anew")


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents worker", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--domain", action="append", choices=domains(), help="only this domain; may be repeated")
    parser.add_argument("--name", help="lasting name of this worker, unique in its log: started again, it goes on at once")
    return parser.parse_args(argv)
