"""`python -m agents jobs`: do the long work that people ask for from the screen: replays, what-ifs and exports of a log.

Runs until it is stopped. What is asked and what is done stands in the log, so that a restart goes on. docs/operate/jobs.md has
the kinds, their files, and what is promised. Each job that ends is a JSON line.
"""

import argparse
import logging
import signal
from pathlib import Path

from kafka.errors import KafkaError

from agents.jobs.service import JobWorker
from agents.reports import cap
from agents.worker.observe import logs
from streams.command import Trouble
from streams.kafka import clients
from streams.settings import load
from streams.topics import LIVE, topic_name


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 when it was stopped, 1 where Kafka refuses or another job worker takes over."""
    parser = argparse.ArgumentParser(prog="python -m agents jobs", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="its archive (ONESCREEN_DATA/archive/LOG)")
    parser.add_argument("--sender", default="onescreen", help="who sends CAP messages, as of `agents cap` (%(default)s)")
    options = parser.parse_args(argv)
    topic_name(options.log, "jobs")
    if not cap.is_sender(options.sender):
        parser.error(f"--sender {options.sender!r}: {cap.NO_SENDER}")
    logs.set_up()
    logging.getLogger("onescreen.jobs").setLevel(logging.INFO)
    stopped: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _: stopped.append(number))
    settings = load()
    archive = options.archive or settings.data / "archive" / options.log
    try:
        with JobWorker(settings, options.log, archive, options.sender) as worker:
            worker.run(lambda: bool(stopped))
    except KafkaError as error:
        why = "another job worker of this log has taken over" if clients.is_fenced(error) else f"Kafka: {error}"
        raise Trouble(f"log {options.log!r}: {why}; what is asked is done after the next start") from error
    return 0
