"""`python -m agents status`: the workers of a log, seen from outside: the newest pulse of each partition."""

import argparse
import sys
import time

from kafka import KafkaConsumer, TopicPartition

from streams.command import Trouble
from streams.kafka.clients import consumer, newest, partitions_of
from streams.kafka.topics import LIVE, topic_name
from streams.messages import SECOND, Pulse, decode, encode
from streams.settings import load

PULSE = b"pulse/"
"""How the keys of pulses begin in the status topic."""

TOO_OLD = 10 * SECOND
"""A worker sends a pulse each second; without one for so long its partition is not being judged."""


def main(argv: list[str]) -> int:
    """Entry of the command: one JSON line per partition; exit 1 where a partition's pulse is missing or too old."""
    parser = argparse.ArgumentParser(prog="python -m agents status", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    options = parser.parse_args(argv)
    with consumer(load()) as reader:
        ages = [_tell(reader, place) for place in partitions_of(reader, topic_name(options.log, "status"))]
    silent = [number for number, age in enumerate(ages) if age is None or age > TOO_OLD]
    if silent:
        raise Trouble(f"nobody judges partitions {silent} of {options.log}: run python -m agents worker --log {options.log}")
    return 0


def _tell(reader: KafkaConsumer, place: TopicPartition) -> int | None:
    record = newest(reader, place, lambda record: (record.key or b"").startswith(PULSE))
    if record is None:
        return None
    sys.stdout.buffer.write(encode(decode(record.value, Pulse)) + b"\n")
    return int(time.time() * SECOND) - int(record.timestamp)
