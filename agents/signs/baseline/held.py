"""The baseline of signs that a log has adopted by a moment, and the way of its bands into what the stage of signs reads."""

from contextlib import closing

from kafka.errors import KafkaError

from agents.signs.baseline.spec import SIGNS, SignBaseline, bands_of, read_baseline
from streams.appraisal.adoptions import Adopted, adoptions, held_at
from streams.appraisal.log import adopted_bytes, appraisal_records, baseline_steps
from streams.command import Trouble
from streams.directory.log import SOURCE, now_text
from streams.kafka import clients
from streams.messages import BANDS, event_bytes
from streams.places.appraisal import appraisal
from streams.settings import Settings
from streams.signing.kinds import account_part
from streams.signing.machine.part import open_part
from streams.topics import events_topic

INPUT = "cells"
"""What the stage of signs reads."""

ACCEPTED = 30
"""Seconds that Kafka may take to accept an event."""


def held_baseline(settings: Settings, log: str, at: int) -> tuple[Adopted, SignBaseline] | None:
    """What was adopted last by a moment (ms), and its text; None where nothing was.

    Trouble where the log has no text with the digest that was adopted.
    """
    adopted = adoptions(baseline_steps(appraisal_records(settings, log)), appraisal().office)
    found = held_at(adopted, SIGNS, at)
    return None if found is None else (found, read_baseline(adopted_bytes(settings, log, found)))


def tell_bands(settings: Settings, log: str, held: tuple[Adopted, SignBaseline], by: str) -> int:
    """Write the bands of what was adopted, signed by an account's key: an event for each sign and area; how many.

    To write them again changes nothing. Trouble where Kafka does not take them.
    """
    (adopted, baseline), topic, count = held, events_topic(log, INPUT), 0
    try:
        with open_part(settings, log, account_part(by)) as part, closing(clients.producer(settings)) as to:
            for count, each in enumerate(bands_of(baseline, adopted.version), 1):  # noqa: B007 - how many is told
                at = now_text()
                name = f"{adopted.version}/{each.sign}/{each.area}/{at}"
                event = event_bytes(type=BANDS, source=SOURCE, id=name, time=at, subject=each.city, data=each)
                to.send(topic, part.value(event, f"events.{INPUT}"), each.city.encode()).get(ACCEPTED)
    except KafkaError as error:
        raise Trouble(f"Kafka did not take the bands: {error}; check the broker, then `sign baseline tell`") from error
    return count
