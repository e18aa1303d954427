"""A file that leaves by a command is told to the standing watch, as the screen tells of those that leave there."""

import os
import pwd
import sys

from kafka.errors import KafkaError

from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Access, encode
from streams.settings import Settings
from streams.topics import topic_name

_PATIENCE_MS = 5_000


def account() -> str:
    """The account of whoever runs the command: the machine's own, which is none of the screen's."""
    return f"os/{pwd.getpwuid(os.getuid()).pw_name}"


def tell_export(settings: Settings, log: str, command: str, size: int) -> None:
    """Tell that a command has written a file of so many bytes; where that cannot be, stderr says so and the file stands."""
    told = Access(kind="export", who=account(), what=command, size=size)
    limits = {"request_timeout_ms": _PATIENCE_MS, "delivery_timeout_ms": _PATIENCE_MS, "max_block_ms": _PATIENCE_MS}
    try:
        producer = clients.producer(settings, linger_ms=0, **limits)
        try:
            producer.send(topic_name(log, "access"), encode(told), told.who.encode()).get(_PATIENCE_MS / 1_000)
        finally:
            producer.close(timeout=1)
    except (KafkaError, Trouble) as error:
        sys.stderr.write(f"the file stands, and the standing watch could not be told of it: {error}\n")
