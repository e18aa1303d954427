"""What people do at a command line: an act is a command of the log, which alone says what comes of it."""

import argparse
import getpass
import time
from collections.abc import Sequence
from contextlib import closing
from hashlib import blake2s
from typing import TypeVar

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from agents.commands.signed import cosign_option, personal
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import COMMAND, SECOND, Actor, Place, Quality, TrailEntry, encode, event_bytes, format_time
from streams.outputs import BY_TYPE
from streams.settings import Settings
from streams.topics import LIVE, topic_name

T = TypeVar("T", bound=TrailEntry)

ACCEPTED = 10
"""Seconds that Kafka may take to accept the command."""

JUDGED = 20.0
"""Seconds that a worker may take to judge it."""


def log_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the log."""
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")


def person_options(parser: argparse.ArgumentParser, roles: Sequence[str] = ()) -> None:
    """The options that say who acts, and in which log; where one of several `roles` gives the right there is no default."""
    role = "supervisor" if not roles else roles[0] if len(roles) == 1 else None
    more = " (default %(default)s)" if role else f": {', '.join(roles)}"
    parser.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who acts (default %(default)s)")
    parser.add_argument(
        "--role",
        metavar="ROLE",
        default=role,
        required=role is None,
        help=f"the role that gives the right{more}",
    )
    log_option(parser)
    cosign_option(parser)


def actor_of(options: argparse.Namespace) -> Actor:
    """Who acts, as the options say."""
    return Actor(id=options.actor, name=options.actor, role=options.role, department=getattr(options, "department", ""))


def done(
    settings: Settings, options: argparse.Namespace, topic: str, key: str, verb: str, act: Struct, entry: type[T]
) -> list[T]:
    """Do an act: sign it where the log was opened, write it, and wait for the entries that a worker makes of it."""
    value = command_bytes(verb, key, act, now())
    value = personal(settings, options.log, options.actor, value, topic.removeprefix(f"{options.log}."), options.cosign)
    return answered(settings, options.log, topic, key, value, entry)


def now() -> int:
    """This second, in ms: the same act of the same person in it is one."""
    return int(time.time()) * SECOND


def command_bytes(verb: str, subject: str, act: Struct, at: int) -> bytes:
    """The command of an act, sent at `at` (ms); the same act of the same person in the same second is one."""
    return event_bytes(
        type=COMMAND + verb,
        source="command-line",
        id=blake2s(encode([verb, subject, act, at]), digest_size=16).hexdigest(),
        time=format_time(at),
        subject=subject,
        data=act,
    )


def answered(settings: Settings, log: str, topic: str, key: str, value: bytes, entry: type[T]) -> list[T]:
    """Write a person's act under its key, and wait for the entries that a worker makes of it.

    Trouble where none comes, and where a record of bad input comes in its place.
    """
    with clients.consumer(settings) as reader:
        partition = clients.partition_of(key.encode(), len(clients.partitions_of(reader, topic)))
        follow = {TopicPartition(topic_name(log, BY_TYPE[type_].topic), partition): type_ for type_ in (entry, Quality)}
        ends = reader.end_offsets(list(follow))
        place = _sent(settings, Place(topic, partition, 0), key, value)
        found = _answer(reader, follow, ends, place)
    where = f"{place.topic}/{place.partition}/{place.offset}"
    entries = [each for each in found if isinstance(each, entry)]
    if refused := next((each for each in found if isinstance(each, Quality)), None):
        raise Trouble(f"{where} was refused ({refused.reason}): {refused.message}")
    if not entries:
        raise Trouble(f"{where} holds the act, but no trail tells of it: does a worker run, and does what it names exist?")
    return entries


def _sent(settings: Settings, to: Place, key: str, value: bytes) -> Place:
    try:
        with closing(clients.producer(settings)) as producer:
            written = producer.send(to.topic, value, key.encode(), partition=to.partition).get(ACCEPTED)
    except KafkaError as error:
        raise Trouble(f"Kafka did not take the act: {error}; check the broker and act again") from error
    return Place(written.topic, written.partition, written.offset)


def _answer(
    reader: KafkaConsumer, follow: dict[TopicPartition, type[T] | type[Quality]], ends: dict[TopicPartition, int], place: Place
) -> list[T | Quality]:
    """What a worker says of the act, in one poll or several that follow each other; nothing where it does not come in time."""
    reader.assign(list(follow))
    for each, end in ends.items():
        reader.seek(each, end)
    until, said = time.monotonic() + JUDGED, list[T | Quality]()
    while time.monotonic() < until:
        read = [(follow[at], record) for at, records in reader.poll(200).items() for record in records]
        new = [found for type_, record in read if (found := clients.read(record, type_, "act")) and found.place == place]
        if said and not new:
            break
        said += new
    return said
