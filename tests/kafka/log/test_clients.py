"""Reading topics, transactions included, and choosing partitions as every other Kafka client does."""

from contextlib import closing

import pytest
from kafka import TopicPartition
from kafka.admin import NewTopic

from streams.command import Trouble
from streams.kafka import clients
from streams.settings import Settings, load
from tests.support.partitions import MURMUR2


@pytest.mark.parametrize(("key", "hashed"), MURMUR2.items())
def test_partition_of_is_kafkas_default(key: bytes, hashed: int) -> None:
    """Java: `Utils.toPositive(Utils.murmur2(key)) % partitions`."""
    for partitions in (1, 4, 7, 1024):
        assert clients.partition_of(key, partitions) == (hashed & 0x7FFFFFFF) % partitions


def test_producer_puts_a_key_where_partition_of_says(broker: Settings, log: str) -> None:
    """Records sent with a key alone stand in the partition that `partition_of` names."""
    keys = [f"station-{number}".encode() for number in range(40)]
    with clients.producer(broker) as producer:
        for key in keys:
            producer.send(f"{log}.alerts", key=key, value=b"")
    records = clients.read_topic(broker, f"{log}.alerts")
    assert {record.key: record.partition for record in records} == {
        key: clients.partition_of(key, broker.partitions) for key in keys
    }


def test_read_topic_ends_where_the_topic_ends(broker: Settings, log: str) -> None:
    """All records by partition and offset; an empty topic gives an empty list, and none blocks."""
    topic = f"{log}.four"
    with closing(clients.admin(broker)) as admin:
        admin.create_topics([NewTopic(topic, 4, 1)])
        admin.wait_for_topics([topic])
    assert clients.read_topic(broker, topic) == []
    with clients.producer(broker) as producer:
        for number in range(12_000):
            producer.send(topic, value=b"%d" % number, partition=number % 3)
    records = clients.read_topic(broker, topic)
    assert sorted(int(record.value) for record in records) == list(range(12_000))
    assert [(record.partition, record.offset) for record in records] == [(part, at) for part in range(3) for at in range(4_000)]
    with clients.consumer(broker) as reader:
        assert clients.end_offsets(reader, topic) == {0: 4_000, 1: 4_000, 2: 4_000, 3: 0}


def test_transactions(broker: Settings, log: str) -> None:
    """Only committed records are read, though control records stand at the end; `read_uncommitted` shows the others too."""
    topic = f"{log}.audit"
    with clients.producer(broker, transactional_id=log) as producer:
        producer.init_transactions()
        for value, end in ((b"kept", producer.commit_transaction), (b"dropped", producer.abort_transaction)):
            producer.begin_transaction()
            producer.send(topic, value=value, partition=0).get(10)
            end()
        producer.begin_transaction()
        producer.send(topic, value=b"open", partition=0).get(10)
        assert [record.value for record in clients.read_topic(broker, topic)] == [b"kept"]
        last = clients.last_record(broker, topic, 0)
        assert last is not None
        assert last.value == b"kept"
        everything = clients.read_topic(broker, topic, isolation="read_uncommitted")
        assert [record.value for record in everything] == [b"kept", b"dropped", b"open"]
        producer.abort_transaction()
    assert clients.last_record(broker, topic, 1) is None


def test_newest_searches_back_to_the_beginning(broker: Settings, log: str) -> None:
    """One record wanted among hundreds after it is found, in whichever window it stands; an absent one gives None."""
    topic = f"{log}.audit"
    with clients.producer(broker) as producer:
        for number in range(500):
            producer.send(topic, value=b"%d" % number, partition=0)
    with clients.consumer(broker) as reader:
        for wanted in (499, 484, 483, 420, 419, 1, 0):
            text = b"%d" % wanted
            found = clients.newest(reader, TopicPartition(topic, 0), lambda record, text=text: record.value == text)  # type: ignore[misc] # bound now
            assert found is not None
            assert found.offset == wanted
        assert clients.newest(reader, TopicPartition(topic, 0), lambda _: False) is None


def test_a_certificate_file_that_is_not_there() -> None:
    """The message names the setting and its value."""
    env = {"KAFKA_BOOTSTRAP_SERVERS": "k:9093", "KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_SSL_CAFILE": "/no/ca.pem"}
    with pytest.raises(Trouble, match=r"KAFKA_SSL_CAFILE is '/no/ca\.pem'"):
        clients.connection(load(env))


def test_connection_of_a_cluster() -> None:
    """The names of the environment become the keywords that kafka-python and aiokafka share."""
    keywords = clients.connection(
        load(
            {
                "KAFKA_BOOTSTRAP_SERVERS": "one:9092,two:9092",
                "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
                "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
                "KAFKA_SASL_USERNAME": "u",
                "KAFKA_SASL_PASSWORD": "p",
            }
        )
    )
    assert keywords.pop("ssl_context").check_hostname
    assert keywords == {
        "bootstrap_servers": ["one:9092", "two:9092"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "u",
        "sasl_plain_password": "p",
    }
