"""What a person does on the screen of an opened log, through the signer into a real broker."""

from pathlib import Path

import pytest

from screen.acts.commands import ActLog
from screen.signer.client import SignedCommands
from screen.signer.looking import kafka_record
from screen.signer.notary import NotSignedError
from screen.web.json_response import RefusedError
from streams.handover import Summary, handed
from streams.kafka import clients
from streams.messages import Act, Actor, Place
from streams.settings import Settings, load
from streams.topics import topic_name
from tests.support.signer.room import RunningSigner, SigningRoom
from tests.support.signing import BEGIN, ENVIRONMENT, SignedPartition
from tests.support.town import alert

KEY = "0f" * 16
ZHANG = Actor(id="zhang", role="supervisor")


def test_the_record_stands_where_the_person_is_told(broker: Settings, log: str, tmp_path: Path) -> None:
    """An act and a note stand at the places that are answered, and are taken there; a second press has the first's place."""
    acts = ActLog(broker)
    signer = RunningSigner(tmp_path, room=SigningRoom(tmp_path, name=log, acts=acts, partitions=broker.partitions))
    commands, session = SignedCommands(signer.client), signer.room.session("zhang")
    standing = alert(log, 1, BEGIN)
    act = Act(alert=standing.id, occurrence=1, actor=ZHANG, reason="已派人")
    place = commands.act(standing, "acknowledge", act, KEY, BEGIN, session)
    assert commands.act(standing, "acknowledge", act, KEY, BEGIN + 1_000, session) == place
    note = handed("zz-ee", ZHANG, "三号泵停", Summary({}, {}, (), {}), KEY, BEGIN)
    noted = commands.record(log, note, note.id, session)
    signer.close()
    acts.close()
    for to, where, key in ((ENVIRONMENT, place, standing.subject), ("handovers", noted, "zz-ee")):
        topic = topic_name(log, to)
        (record,) = clients.read_topic(broker, topic)
        assert (where.topic, where.partition, where.offset) == (topic, record.partition, record.offset)
        partition = SignedPartition(record.partition, to)
        partition.take_all([signer.room.roots.opened, signer.room.adopted])
        partition.now = None
        assert partition.take(record.value, key.encode()).reason is None
        if to == ENVIRONMENT:
            assert kafka_record(broker)(place) == record.value


def test_a_record_is_read_at_its_place_alone(broker: Settings, log: str) -> None:
    """That one committed record; nothing of an aborted transaction, beyond an end, of no partition; Kafka away: 503."""
    topic = topic_name(log, ENVIRONMENT)
    with clients.producer(broker) as producer:
        first, second = (producer.send(topic, value, partition=0).get(10).offset for value in (b"first", b"second"))
    with clients.producer(broker, transactional_id=f"{log}.anything") as producer:
        producer.init_transactions()
        producer.begin_transaction()
        aborted = producer.send(topic, b"never", partition=0).get(10).offset
        producer.abort_transaction()
    read = kafka_record(broker)
    assert [read(Place(topic, 0, offset)) for offset in (first, second)] == [b"first", b"second"]
    assert [read(Place(topic, 0, offset)) for offset in (aborted, aborted + 1, 10**9)] == [None, None, None]
    assert read(Place(topic, 10**6, 0)) is None
    with pytest.raises(NotSignedError, match="nothing is opened: ") as away:
        kafka_record(load({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}))(Place(topic, 0, 0))
    assert away.value.status == 503


def test_where_kafka_is_away_the_person_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The act is not in the log: 503, and the signer lives on."""
    monkeypatch.setattr("screen.acts.commands.PATIENCE_MS", 500)
    acts = ActLog(load({"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "ONESCREEN_DATA": str(tmp_path)}))
    signer = RunningSigner(tmp_path, room=SigningRoom(tmp_path, acts=acts))
    commands, session = SignedCommands(signer.client), signer.room.session("zhang")
    standing = alert("t", 1, BEGIN)
    for _ in range(2):
        with pytest.raises(RefusedError, match="no Kafka answers") as away:
            commands.act(standing, "acknowledge", Act(alert="a", occurrence=1, actor=ZHANG, reason="x"), KEY, BEGIN, session)
        assert away.value.status == 503
    signer.close()
