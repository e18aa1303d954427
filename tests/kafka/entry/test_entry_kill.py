"""A process that confirms an entry is killed between its records: the log has the fact once, and says so."""

import os
import signal
import subprocess
import sys

import msgspec
import pytest
from msgspec.structs import replace

from screen.acts.commands import OwnCommands
from screen.acts.entry_decision import EntryRecords
from screen.web.json_response import RefusedError
from streams.entry.log import EntryLog, Span, Stamped
from streams.kafka import clients
from streams.messages import Place
from streams.messages.services.entry import EntryDecision, EntryDraft
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.directory.entries import LU, decided, draft

CHILD = """
import os, signal, sys
import msgspec
from screen.acts.commands import OwnCommands
from streams.messages.services.entry import EntryDecision
from streams.settings import load
log, last, decision = sys.argv[1:]
commands = OwnCommands(load())
write = commands._log._write
def written(topic, key, value):
    place = write(topic, key, value)
    if topic == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return place
commands._log._write = written
commands.decide(log, msgspec.json.decode(decision, type=EntryDecision), "410102", "")
"""


class MinuteLater:
    """What the log has of entries, as it is a minute later."""

    def __init__(self, log: EntryLog) -> None:
        self._log = log

    def records(self, entry: str) -> list[Stamped]:
        """As `EntryLog`."""
        return [each._replace(at=each.at - 60_000) for each in self._log.records(entry)]

    def fact(self, draft: EntryDraft, spans: list[Span]) -> Place | None:
        """As `EntryLog`."""
        return self._log.fact(draft, [(since + 60_000, until + 60_000) for since, until in spans])


def killed(broker: Settings, log: str, last: str, decision: EntryDecision) -> None:
    """Decide in a process that is killed once it has written into this topic."""
    surroundings = os.environ | {"ONESCREEN_KAFKA_PORT": str(broker.kafka_port), "ONESCREEN_DATA": str(broker.data)}
    said = msgspec.json.encode(decision).decode()
    done = subprocess.run([sys.executable, "-c", CHILD, log, last, said], env=surroundings, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


def test_killed_between_two_records_the_fact_stands_once(broker: Settings, log: str) -> None:
    """Behind the fact: it is found, nobody returns it, confirming again completes it. Before it: it is taken back."""
    commands = OwnCommands(broker)
    entries: EntryRecords = MinuteLater(EntryLog(broker, log))  # type: ignore[assignment]  # it asks for lists alone
    commands._entries = lambda _: entries
    one, other = draft(), replace(draft(), entry="1" * 32)
    confirmed = decided("confirmed")
    for each in (one, other):
        commands.record(log, each, each.entry, "")

    topic = events_topic(log, "environment")
    killed(broker, log, topic, confirmed)
    with pytest.raises(RefusedError, match="its fact stands"):
        commands.decide(log, decided("withdrawn", LU), "", "")
    place = commands.decide(log, confirmed, "", "")
    (fact,) = clients.read_topic(broker, topic)
    assert (place, place.topic) == (Place(topic, fact.partition, fact.offset), topic)
    last = entries.records(one.entry)[-1].record
    assert isinstance(last, EntryDecision)
    assert (last.outcome, last.place) == ("confirmed", place)

    killed(broker, log, f"{log}.entries", replace(confirmed, entry=other.entry))
    commands.decide(log, replace(decided("withdrawn", LU), entry=other.entry), "", "")
    assert len(clients.read_topic(broker, topic)) == 1
    commands.close()
