"""`python -m agents act VERB ALERT`: what a person does to an alert, as a command in the log.

ALERT is an alert's id. An alarm that has no alert, for a maintenance window say, is named by `--subject` and `--alarm`, its
rule or rule/item. The log alone says what comes of it: the command waits for its entry in the audit trail and exits 1 where the
act was refused. docs/concepts/alarms.md has the acts, who may do them and what each needs.
"""

import argparse
import getpass
import sys
import time
from contextlib import closing
from hashlib import blake2s
from typing import TypeVar

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from agents.commands.signed import cosign_option, personal
from agents.rulebook.load import load_book
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import (
    COMMAND,
    SECOND,
    SEVERITIES,
    Act,
    Actor,
    Alert,
    Audit,
    Place,
    TrailEntry,
    encode,
    event_bytes,
    format_time,
)
from streams.outputs import BY_TYPE
from streams.settings import Settings, load
from streams.topics import LIVE, events_topic, topic_name

T = TypeVar("T", bound=TrailEntry)

ACCEPTED = 10
"""Seconds that Kafka may take to accept the command."""

JUDGED = 20.0
"""Seconds that a worker may take to judge it."""


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 where the act was done, 1 where it was refused."""
    options = _options(argv)
    settings = load()
    topic, subject, act = _target(settings, options)
    value = act_bytes(options.verb, subject, act, now())
    to = topic.removeprefix(f"{options.log}.")
    value = personal(settings, options.log, options.actor, value, to, options.cosign)
    entry = answered(settings, options.log, topic, subject, value, Audit)
    refused = entry.event == "refuse"
    sys.stderr.write(
        f"act: {'refused: ' if refused else ''}{entry.reason if refused else f'{entry.before} to {entry.after}'}\n"
    )
    sys.stdout.buffer.write(encode(entry) + b"\n")
    return 1 if refused else 0


def now() -> int:
    """This second, in ms: the same act of the same person in it is one."""
    return int(time.time()) * SECOND


def answered(settings: Settings, log: str, topic: str, key: str, value: bytes, entry: type[T]) -> T:
    """Write a person's act under its key, and wait for the entry that a worker makes of it; Trouble where none comes."""
    with clients.consumer(settings) as reader:
        partition = clients.partition_of(key.encode(), len(clients.partitions_of(reader, topic)))
        follow = TopicPartition(topic_name(log, BY_TYPE[entry].topic), partition)
        begin = reader.end_offsets([follow])[follow]
        place = _sent(settings, Place(topic, partition, 0), key, value)
        found = _answer(reader, follow, begin, place, entry)
    if found is None:
        where = f"{place.topic}/{place.partition}/{place.offset}"
        raise Trouble(f"{where} holds the act, but no trail tells of it: does a worker run, and does what it names exist?")
    return found


def act_bytes(verb: str, subject: str, act: Act, now: int) -> bytes:
    """The command of an act, sent at `now` (ms); the same act of the same person in the same second is one."""
    parts = encode([verb, subject, act, now])
    return event_bytes(
        type=COMMAND + verb,
        source="command-line",
        id=blake2s(parts, digest_size=16).hexdigest(),
        time=format_time(now),
        subject=subject,
        data=act,
    )


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents act", description=__doc__)
    parser.add_argument("verb", metavar="VERB", help="acknowledge, confirm, comment, shelve, …: see docs/concepts/alarms.md")
    parser.add_argument("alert", metavar="ALERT", nargs="?", default="", help="the id of an alert")
    parser.add_argument("--subject", default="", help="with --alarm: whose alarm")
    parser.add_argument("--alarm", default="", metavar="RULE[/ITEM]", help="an alarm that has no alert")
    parser.add_argument("--reason", required=True, help="why; it stands in the audit trail")
    parser.add_argument("--lasts", default="", metavar="TIME", help="for how long, as in 45m or 8h")
    parser.add_argument("--once", action="store_true", help="shelve: at most until the condition's return to normal")
    parser.add_argument("--permit", default="", metavar="NUMBER", help="remove-from-service: the work permit")
    parser.add_argument(
        "--finding",
        default="",
        help="conclude: confirmed, corrected, unfounded; verify: true, false-alarm, unclear; report: oral, written, follow-up",
    )
    parser.add_argument("--severity", choices=SEVERITIES, help="conclude as corrected: what the severity should have been")
    parser.add_argument("--value", type=float, metavar="NUMBER", help="conclude as corrected: what the value should have been")
    parser.add_argument("--who", default="", metavar="NAME", help="call: who answered")
    parser.add_argument("--when", default="", metavar="TIME", help="call, report: when it was (RFC 3339), if not just now")
    parser.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who acts (default %(default)s)")
    parser.add_argument("--role", default="supervisor", help="the role that gives the right (default %(default)s)")
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    cosign_option(parser)
    options = parser.parse_args(argv)
    if bool(options.alert) == bool(options.alarm) or bool(options.alarm) != bool(options.subject):
        parser.error("give ALERT, or --subject and --alarm")
    return options


def _target(settings: Settings, options: argparse.Namespace) -> tuple[str, str, Act]:
    """The events topic, the subject and the act."""
    alerts = clients.newest_messages(settings, topic_name(options.log, "alerts"), Alert, "act")
    actor = Actor(id=options.actor, name=options.actor, role=options.role)
    names = ("reason", "lasts", "once", "permit", "finding", "severity", "value", "who", "when")
    more = {"actor": actor} | {name: getattr(options, name) for name in names}
    if options.alert:
        found = next((alert for alert in alerts if alert.id == options.alert), None)
        if found is None:
            raise Trouble(
                f"log {options.log!r} has no alert {options.alert!r}: see its topic {topic_name(options.log, 'alerts')}"
            )
        return found.place.topic, found.subject, Act(alert=found.id, occurrence=found.occurrence, **more)
    bound = load_book().bounds.get(options.alarm)
    if bound is None:
        raise Trouble(
            f"no rule judges {options.alarm!r}: see python -m agents rules list; of a rule with items write rule/item"
        )
    rule, _, item = options.alarm.partition("/")
    stands = (each for each in alerts if (each.subject, each.rule, each.item) == (options.subject, rule, item))
    occurrence = next((each.occurrence for each in stands if not each.ended), 0)
    topic = events_topic(options.log, bound.rule.domain)
    return topic, options.subject, Act(alarm=options.alarm, occurrence=occurrence, **more)


def _sent(settings: Settings, to: Place, key: str, value: bytes) -> Place:
    try:
        with closing(clients.producer(settings)) as producer:
            written = producer.send(to.topic, value, key.encode(), partition=to.partition).get(ACCEPTED)
    except KafkaError as error:
        raise Trouble(f"Kafka did not take the act: {error}; check the broker and act again") from error
    return Place(written.topic, written.partition, written.offset)


def _answer(reader: KafkaConsumer, trail: TopicPartition, begin: int, place: Place, type_: type[T]) -> T | None:
    """The entry that a worker makes of the act, or None where none comes in time."""
    reader.assign([trail])
    reader.seek(trail, begin)
    until = time.monotonic() + JUDGED
    while time.monotonic() < until:
        for records in reader.poll(200).values():
            for record in records:
                entry = clients.read(record, type_, "act")
                if entry is not None and entry.place == place:
                    return entry
    return None
