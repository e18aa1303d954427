"""What people have done to the directory in a log: read, and written as their acts are; signed where the log was opened."""

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from kafka.errors import KafkaError

from streams.command import Trouble
from streams.desk import DeskRecord, desk_bytes, place_of
from streams.directory.sharing import SharingRequest, requests, sharing_refusal
from streams.directory.versions import DirectoryVersion, refusal, versions
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.messages import SECOND, encode, format_time
from streams.messages.services.catalogue import CatalogueStep, DirectoryRecord, SharingStep
from streams.settings import Settings
from streams.signing.kinds import account_part
from streams.signing.machine.part import cosigners, open_part, pinned
from streams.topics import topic_name

SOURCE = "command-line"

ACCEPTED = 30
"""Seconds that Kafka may take to accept a text."""


def records(settings: Settings, log: str) -> list[DirectoryRecord]:
    """All that people have done, in the order of time."""
    reader = desk_reader(settings, log, "catalogue")
    found = (reader.read(record, DirectoryRecord) for record in clients.read_topic(settings, topic_name(log, "catalogue")))
    return sorted((each for each in found if isinstance(each, DirectoryRecord)), key=lambda each: each.at)


def known(settings: Settings, log: str) -> dict[str, DirectoryVersion]:
    """The versions of a log."""
    return versions(each for each in records(settings, log) if isinstance(each, CatalogueStep))


def asked(settings: Settings, log: str) -> dict[str, SharingRequest]:
    """The requests to share of a log."""
    return requests(each for each in records(settings, log) if isinstance(each, SharingStep))


def text_of(settings: Settings, log: str, version: str) -> bytes:
    """The text of a version; Trouble where the log has none of that name."""
    found = clients.newest_values(settings, topic_name(log, "books")).get(version.encode())
    if found is None:
        raise Trouble(f"log {log!r} has no directory {version!r}: see `python -m streams catalogue versions --log {log}`")
    return found


def write(
    settings: Settings,
    log: str,
    step: CatalogueStep | SharingStep,
    text: tuple[str, bytes] | None = None,
    cosign: Sequence[Path] = (),
) -> None:
    """Write a step, after the text (with its version) that a draft names; Trouble where it may not be, or Kafka refuses."""
    if isinstance(step, CatalogueStep):
        why_not = refusal(known(settings, log), step)
    else:
        why_not = sharing_refusal(asked(settings, log), step)
    if why_not:
        raise Trouble(why_not)
    append(settings, log, step, text, cosign)


def append(
    settings: Settings, log: str, step: DeskRecord, text: tuple[str, bytes] | None = None, cosign: Sequence[Path] = ()
) -> None:
    """Write what a person does, after the text (with its version) that it names; Trouble where Kafka refuses."""
    topic, key = place_of(step)
    value = encode(step)
    if pinned(settings, log):
        with open_part(settings, log, account_part(step.by.id)) as part, cosigners(cosign) as seconds:
            value = part.value(desk_bytes(step, SOURCE), topic, seconds)
    try:
        with closing(clients.producer(settings, max_request_size=2 * len(text[1] if text else b"") + (1 << 20))) as to:
            if text:
                to.send(topic_name(log, "books"), text[1], text[0].encode()).get(ACCEPTED)
            to.send(topic_name(log, topic), value, key.encode()).get(ACCEPTED)
    except KafkaError as error:
        raise Trouble(f"Kafka did not take the step: {error}; check the broker and do it again") from error


def now_text() -> str:
    """The time of this machine."""
    return format_time(int(time.time() * SECOND))
