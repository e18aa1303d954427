"""The tables of stages and outputs: whatever walks one of them finds what the others promise."""

from collections.abc import Iterable, Sequence

import pytest
from msgspec import Struct, structs

from agents.core.incidents.feed import revisions
from agents.offline import file_stages
from agents.offline.file_stages import FileStages
from agents.stages import STAGES, TOPICS, Basis, StageKind, kind_of, stage_of
from streams.catalogue import domains
from streams.messages import Alert, Incident, SubjectStatus, event_bytes, format_time
from streams.outputs import BY_TYPE, OUTPUTS, TRAILS, Output
from streams.topics import events_topic, inputs, table
from tests.support.events import START, clean, registered, tick
from tests.support.pure.scenarios import basis

LINES = [tick(START), registered(), clean(START, o3=250)]


def test_every_input_is_one_stage_s() -> None:
    """What is ticked and archived is what is judged: each input has two topics, and leads to the one stage that reads it."""
    read = [(name, kind) for kind in STAGES for name in kind.inputs()]
    assert sorted(name for name, _ in read) == sorted(inputs())
    assert {f"{what}.{name}" for name in inputs() for what in ("events", "checkpoint")} <= {topic.name for topic in table()}
    assert all(kind_of(events_topic("t", name)) is kind for name, kind in read)
    assert kind_of("t.events.no-such-domain") is STAGES[0]


def test_what_feeds_leads_to_another_stage() -> None:
    """Each feed names an input of a stage that is not the one it comes from."""
    for kind in STAGES:
        assert {kind_of(events_topic("t", name)).name for name in kind.feeds}.isdisjoint({kind.name})
        assert set(kind.feeds) <= set(inputs())


def test_a_basis_makes_the_stages_that_it_has_something_for() -> None:
    """The committed one all of them; a rule book alone the domains', and incidents nothing."""
    whole = basis()
    for name in inputs():
        stage = stage_of(whole, events_topic("t", name), 2)
        assert stage is not None
        assert (stage.log, stage.domain, stage.partition, stage.position) == ("t", name, 2, 0)
        assert (stage_of(Basis(whole.book), events_topic("t", name), 2) is None) == (name not in domains())


def test_every_output_of_a_stage_has_its_row() -> None:
    """With an identity, by which a copy is known, and a topic of that name, whose records last as the row says."""
    for type_ in (type_ for kind in STAGES for type_ in kind.outputs):
        assert BY_TYPE[type_].identity is not None
    assert len(TOPICS) == len(set(TOPICS))
    configs = {topic.name: topic.config for topic in table()}
    for kind in OUTPUTS:
        forever = configs[kind.topic].get("retention.ms") == "-1"
        assert (forever, configs[kind.topic]["cleanup.policy"] == "compact") == (kind.kept == "forever", kind.kept != "forever")
    assert len(BY_TYPE) == sum(len(kind.types) for kind in OUTPUTS)


def test_trails_are_for_ever_and_of_something_that_stands_in_the_tables() -> None:
    """An entry names its thing in a field of the trail's word, which is the key, and has what a chain of hashes needs."""
    assert [kind.topic for kind in TRAILS] == ["audit", "incident-audit", "order-audit"]
    for kind in TRAILS:
        assert (kind.kept, kind.standing) == ("forever", False)
        assert {kind.trail, "n", "place", "prev", "hash"} <= set(kind.message.__struct_fields__)


class Taken(Struct, frozen=True):
    """What the toy stage gives of a record."""

    offset: int
    value: bytes


class Toy:
    """A further stage in its shortest form: it tells what it is given."""

    adopted: str | None = None
    known = 0
    now: int | None = None

    def __init__(self, topic: str, partition: int) -> None:
        self.topic, self.partition, self.log, self.domain, self.position = topic, partition, "t", "toys", 0

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> Sequence[Output]:
        """Take them."""
        found = []
        for offset, _, value in records:
            self.position = offset + 1
            found.append(Taken(offset, value or b""))
        return found

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Nothing."""
        return []

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Nothing."""

    def statuses(self, limit: int) -> list[SubjectStatus]:
        """None, of at most so many."""
        return [][:limit]


def heard(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the toy stage reads of incidents."""
    return [(b"k", one.id.encode()) for one in outputs if isinstance(one, Incident)]


def test_a_further_stage_is_two_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stage that alerts and incidents feed, with acts of its own, is all that a file needs; what others give stays as it is.

    It gets the ticks and its acts, and what feeds it right after the line that caused it.
    """
    alerts, incidents, *_ = STAGES
    toys = StageKind(
        name="toys",
        inputs=lambda: ("toys",),
        make=lambda _, topic, partition, __: Toy(topic, partition),
        outputs=(Taken,),
        commands=frozenset({"command.play"}),
    )
    fed = (
        structs.replace(alerts, feeds={**alerts.feeds, "toys": revisions}),
        structs.replace(incidents, feeds={"toys": heard}),
        toys,
    )
    play = event_bytes(type="command.play", source="t", id="1", time=format_time(START), subject="s", data={})
    before = FileStages(basis())
    plain = [each for n, line in enumerate(LINES) for each in before.take(n, line)]
    monkeypatch.setattr(file_stages, "STAGES", fed)
    after = FileStages(basis())
    found = [each for n, line in enumerate([*LINES, play]) for each in after.take(n, line)]
    assert [each for each in found if not isinstance(each, Taken)] == plain
    taken = [each for each in found if isinstance(each, Taken)]
    assert [each.offset for each in taken] == list(range(len(taken)))
    (alert,) = {each.id for each in plain if isinstance(each, Alert)}
    (incident,) = {each.id for each in plain if isinstance(each, Incident)}
    assert (taken[0].value, taken[-1].value) == (LINES[0], play)
    assert alert.encode() in taken[1].value
    assert [each.value for each in taken[2:-1]] == [incident.encode()]
    kinds = [type(each).__name__ for each in found]
    assert kinds == ["Taken", "Alert", "Audit", "Incident", "IncidentAudit", "Taken", "Taken", "Taken"]
