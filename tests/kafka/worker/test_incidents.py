"""Incidents through real workers: killed in mid-stream, they are those of one fold without a break; people merge and split."""

import json
import random
import time
from collections.abc import Iterator

import pytest

from agents.core.incidents.fold import Incidents
from agents.rulebook.grouping import sound_grouping
from streams.kafka import clients
from streams.messages import ASIDE, REVISED, Alert, Incident, IncidentAudit, decode, decode_event, encode
from streams.outputs import target
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events
from tests.support.books import the_book
from tests.support.kafka.stream import ENDLESS, streaming
from tests.support.kafka.typed import typed
from tests.support.workers import (
    OF_INCIDENTS,
    Outputs,
    Worker,
    city,
    committed,
    ends,
    folded,
    identity,
    incidents,
    judged_purely,
    produce,
    wait_for,
)

KILLS = 3
PATIENCE = 300.0
"""Seconds: on a busy machine much comes while no worker is there."""
RATE = 500.0
"""Events a second: some incidents come before each kill, and the other tests have a core too."""


def _folded(settings: Settings, log: str) -> Outputs:
    """What one uninterrupted fold for each partition makes of the incidents' input, as it stands in the log."""
    topic, grouping = events_topic(log, "incidents"), sound_grouping(the_book().rules)
    folds = [Incidents(grouping, topic, partition) for partition in range(settings.partitions)]
    found: Outputs = {name: {} for name in OF_INCIDENTS}
    for record in clients.read_topic(settings, topic):
        for output in folds[record.partition].run([(record.offset, record.key, record.value)]):
            name, value = target(output)[0], encode(output)
            found[name][identity(name, value)] = value
    return found


def _passed_on(settings: Settings, log: str) -> set[tuple[str, int]]:
    """The revisions (alert, number of its entry) that stand in the incidents' input."""
    read = (decode_event(record.value) for record in clients.read_topic(settings, events_topic(log, "incidents")))
    alerts = (decode(bytes(event.data), Alert) for event in read if event.type == REVISED)
    return {(alert.id, alert.audit) for alert in alerts}


@pytest.mark.chaos
@pytest.mark.timeout(900)
def test_sigkills_in_mid_stream_leave_every_incident_as_it_is(broker: Settings, log: str) -> None:
    """Killed three times: incidents, trails and floods are byte for byte those of one fold, and every alert stands in one.

    What the first stage passes on is what one fold of the facts gives, not one revision less; nothing of it counts twice.
    """
    chance = random.Random(20260601)

    def written() -> int:
        return sum(ends(broker, topic_name(log, "incidents")).values())

    progress = []
    with streaming(broker, log, city(broker.partitions, stations=40, hours=ENDLESS, seed=11), RATE):
        for _ in range(KILLS):
            before = written()
            with Worker(broker, log, "--name", "killed") as worker:
                worker.ready()
                wait_for(lambda before=before: written() > before, "incidents before the kill")
                time.sleep(chance.uniform(0.0, 1.5))  # a moment like any other
                worker.kill()
            progress.append(written())
    end = ends(broker, events_topic(log, "environment"))
    with Worker(broker, log, "--name", "killed") as worker:
        worker.ready()
        wait_for(lambda: committed(broker, log) == end, "all events to be judged", PATIENCE)
        wait_for(lambda: folded(broker, log), "all alerts to be folded", PATIENCE)
        assert worker.stop() == 0
    assert sorted(set(progress)) == progress, f"a kill was not in mid-stream: {progress}"
    expected = _folded(broker, log)
    assert expected["incidents"], "the city must give incidents"
    assert incidents(broker, log) == expected
    alerts = [decode(value, Alert) for value in judged_purely(the_book(), broker, log)["alerts"].values()]
    assert _passed_on(broker, log) == {(alert.id, alert.audit) for alert in alerts if alert.audit}
    calling = {alert.id for alert in alerts if alert.state != "A" and alert.state not in ASIDE}
    joined = [name for entry in _entries(expected) if entry.event in {"open", "join", "reopen"} for name in entry.ids]
    assert (len(joined), set(joined)) == (len(calling), calling), "each alert joins one incident, once"


def _entries(found: Outputs) -> Iterator[IncidentAudit]:
    return (decode(value, IncidentAudit) for value in found["incident-audit"].values())


def test_people_merge_and_split_from_a_terminal(broker: Settings, log: str) -> None:
    """Two incidents of one are merged and split again, a stranger's alert is refused with the reason, `show` has the trail."""
    names = ("air.410100.one", "air.410102.two")
    homes = {name: clients.partition_of(name.encode(), broker.partitions) for name in names}

    def send(name: str, *values: bytes) -> None:
        produce(broker, log, [(homes[name], None if b"clock.tick" in value else name.encode(), value) for value in values])

    def standing() -> list[Incident]:
        said = typed(broker, log, "list", command="incident")
        return [decode(line.encode(), Incident) for line in said.stdout.splitlines()]

    def typed_act(verb: str, *arguments: str) -> tuple[int, IncidentAudit, str]:
        done = typed(broker, log, verb, *arguments, "--reason", "同一原因", command="incident")
        return done.returncode, decode(done.stdout.encode(), IncidentAudit), done.stderr

    with Worker(broker, log) as worker:
        worker.ready()
        for n, name in enumerate(names):
            at = events.START + n * 48 * events.HOUR
            send(name, events.tick(at), events.registered(name, at))
            send(name, events.tick(at + events.HOUR), events.clean(at + events.HOUR, name, o3=250))
        wait_for(lambda: len(standing()) == len(names), "two incidents")
        first, second = standing()
        code, entry, _ = typed_act("merge", first.id[:12], second.id)
        assert (code, entry.event, entry.ids, entry.actor and entry.actor.role) == (0, "merge", (second.id,), "supervisor")
        (whole,) = standing()
        assert set(whole.members) == {*first.members, *second.members}
        code, entry, said = typed_act("split", first.id, "0" * 32)
        assert (code, entry.event, "is no open alert of this incident" in said) == (1, "refuse", True)
        code, entry, _ = typed_act("split", first.id, *second.members)
        assert (code, entry.event) == (0, "split")
        assert sorted(map(set, (one.members for one in standing())), key=str) == sorted(
            (set(first.members), set(second.members)), key=str
        )
        shown = typed(broker, log, "show", first.id, command="incident")
        events_ = [json.loads(line).get("event") for line in shown.stdout.splitlines()[1:]]
        assert events_[-3:] == ["merge", "refuse", "split"]
        assert typed(broker, log, "show", "zz", command="incident").returncode == 1
        assert worker.stop() == 0
    assert incidents(broker, log) == _folded(broker, log)
