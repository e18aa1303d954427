"""Topics come from one table: created idempotently, listed, and every difference reported."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaTimeoutError

from streams.catalogue import domains
from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.admin import create_topics, list_topics
from streams.retention.archiving import main as archive
from streams.retention.command import main as retention
from streams.retention.topics import refuse_under_floor
from streams.settings import Settings, load
from streams.topics import table, topic_name

Wait = Callable[[Callable[[], object]], None]


def test_create_is_idempotent(broker: Settings) -> None:
    """The first run makes every topic of the table, the second none."""
    assert set(create_topics(broker, "twice")) == {topic_name("twice", topic.name) for topic in table()}
    assert create_topics(broker, "twice") == []


def test_every_domain_has_its_topics(broker: Settings, log: str) -> None:
    """A domain folder is enough: its events and checkpoint topics are there, with the partitions of the settings."""
    found = {topic["topic"]: topic["partitions"] for topic in list_topics(broker, log)}
    for domain in domains():
        assert found[f"{log}.events.{domain}"] == found[f"{log}.checkpoint.{domain}"] == broker.partitions


def test_created_topics_carry_the_settings_of_the_table(broker: Settings, log: str) -> None:
    """The broker holds for each topic exactly the settings that the table gives it."""
    found = {topic["topic"]: topic["config"] for topic in list_topics(broker, log)}
    assert found == {topic_name(log, topic.name): dict(topic.config) for topic in table()}


def test_what_a_worker_writes_may_be_stamped_a_day_ahead(broker: Settings, log: str) -> None:
    """Kafka takes a record that a clock one day fast has stamped, in every topic but those of devices and labs."""
    ahead = int((time.time() + 86_400) * 1_000)
    read_alone = {f"events.{domain}" for domain in domains()}
    written = [topic.name for topic in table() if topic.name not in read_alone]
    with clients.producer(broker) as producer:
        sent = [producer.send(topic_name(log, name), key=b"k", value=b"v", timestamp_ms=ahead) for name in written]
        for future in sent:
            future.get(30)


def test_list_counts_messages(broker: Settings, log: str) -> None:
    """`messages` is the number of records of all partitions."""
    with clients.producer(broker) as producer:
        for number in range(7):
            producer.send(f"{log}.alerts", key=b"k%d" % number, value=b"v")
    counts = {topic["topic"]: topic["messages"] for topic in list_topics(broker, log)}
    assert counts[f"{log}.alerts"] == 7
    assert counts[f"{log}.audit"] == 0


def test_other_partition_count_is_drift(broker: Settings, log: str, wait: Wait) -> None:
    """Partitions are never added; the message says which number to set."""
    with closing(clients.admin(broker)) as admin:
        admin.create_partitions({f"{log}.alerts": broker.partitions + 1})
    wait(lambda: _listed(broker, f"{log}.alerts")["partitions"] == broker.partitions + 1)
    more = broker.partitions + 1
    said = rf"{log}\.alerts has {more} partitions, the settings say {broker.partitions}: set ONESCREEN_PARTITIONS={more}"
    with pytest.raises(Trouble, match=said):
        create_topics(broker, log)


def test_other_config_is_drift_and_its_command_mends_it(broker: Settings, log: str, wait: Wait) -> None:
    """A setting that differs is reported with a command line; after that command nothing differs."""
    with closing(clients.admin(broker)) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{log}.audit", {"retention.ms": "1000"})])
    wait(lambda: _listed(broker, f"{log}.audit")["config"]["retention.ms"] == "1000")
    with pytest.raises(Trouble, match=r"audit has retention\.ms=1000, the table says -1: run `(.*)`") as trouble:
        create_topics(broker, log)
    command = str(trouble.value).split("run `python ")[1].rstrip("`").replace("'", "").split()
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    wait(lambda: _listed(broker, f"{log}.audit")["config"]["retention.ms"] == "-1")
    assert create_topics(broker, log) == []


def test_a_topic_under_its_floor_is_refused(
    broker: Settings, log: str, wait: Wait, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who was shown personal data is on record three years (个人信息保护法 56); no worker and no archive starts on less."""
    refuse_under_floor(broker, log)
    with closing(clients.admin(broker)) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{log}.access", {"retention.ms": "2592000000"})])
    wait(lambda: _listed(broker, f"{log}.access")["config"]["retention.ms"] == "2592000000")
    with pytest.raises(Trouble, match=r"access keeps 30 days .*at least 1096 are demanded by 个人信息保护法 第五十六条"):
        refuse_under_floor(broker, log)
    monkeypatch.setenv("ONESCREEN_KAFKA_PORT", str(broker.kafka_port))
    with pytest.raises(Trouble, match=r"access keeps 30 days"):
        archive(["--log", log])
    assert retention(["retention", "--log", log]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["topic"]: row["verdict"] for row in rows if row["verdict"] != "kept"} == {"access": "under its floor"}


def test_unknown_setting_on_a_topic_is_drift(broker: Settings, log: str, wait: Wait) -> None:
    """A setting that the table does not give is a difference too."""
    with closing(clients.admin(broker)) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, f"{log}.status", {"min.compaction.lag.ms": "2000000"})])
    wait(lambda: "min.compaction.lag.ms" in _listed(broker, f"{log}.status")["config"])
    with pytest.raises(Trouble, match=r"status has min\.compaction\.lag\.ms=2000000, the table says None.*=del\(\)"):
        create_topics(broker, log)


def test_command_line(broker: Settings) -> None:
    """`create` exits 0, `list` prints JSON lines, drift exits 1 with the differences on stderr."""
    made = _topics(broker, "create", "--log", "line")
    assert (made.returncode, made.stdout) == (0, "")
    listed = [json.loads(line) for line in _topics(broker, "list", "--log", "line").stdout.splitlines()]
    assert {topic["topic"] for topic in listed} == {topic_name("line", topic.name) for topic in table()}
    drift = _topics(broker, "create", "--log", "line", ONESCREEN_PARTITIONS="3")
    assert drift.returncode == 1
    assert f"set ONESCREEN_PARTITIONS={broker.partitions}" in drift.stderr


def test_no_broker_says_how_to_start_one() -> None:
    """Where nobody answers, the message names the command that starts the broker."""
    with pytest.raises(Trouble, match=r"no Kafka answers at 127\.0\.0\.1:1: run `python -m streams kafka start`"):
        clients.consumer(load({"ONESCREEN_KAFKA_PORT": "1"}), bootstrap_timeout_ms=200)


def test_topics_are_never_made_by_writing(broker: Settings) -> None:
    """A topic that nobody created does not come into being because somebody writes to it or asks for it."""
    with clients.producer(broker, max_block_ms=500) as producer, pytest.raises(KafkaTimeoutError, match="update metadata"):
        producer.send("nobody.made.this", b"x")
    with pytest.raises(Trouble, match="topics create --log nobody"):
        clients.read_topic(broker, "nobody.made.this")


def _listed(broker: Settings, topic: str) -> dict[str, Any]:
    return next(found for found in list_topics(broker, topic.partition(".")[0]) if found["topic"] == topic)


def _topics(broker: Settings, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    env = os.environ | {"ONESCREEN_KAFKA_PORT": str(broker.kafka_port)} | more
    return subprocess.run(
        [sys.executable, "-m", "streams", "topics", *arguments], env=env, capture_output=True, text=True, check=False
    )
