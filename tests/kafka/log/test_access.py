"""The secure broker: each principal against each topic, and the parts of the system at work with their own names."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, TopicAuthorizationFailedError, TransactionalIdAuthorizationFailedError, for_code
from kafka.producer.future import FutureRecordMetadata
from kafka.protocol.admin import DeleteRecordsRequest
from kafka.protocol.producer import InitProducerIdRequest
from msgspec.structs import replace

from agents.audit.anchorer import Anchorer
from agents.measures.command import TARGETS, read_targets
from agents.measures.performance_log import Follower, Publisher
from agents.notifications.plan import Ways
from agents.notifications.routes import Routes
from agents.notifications.service import Notifier
from screen.feed.slices.alarms import Alarms
from streams.archive.command import archive
from streams.clock import newest_tick, wall_time
from streams.kafka import broker as embedded
from streams.kafka import clients, grants, secure
from streams.kafka.admin import create_topics
from streams.messages import HOUR, Alert, format_time
from streams.settings import Settings, access_folder, load, password_file
from streams.topics import table, topic_name
from tests.support import events
from tests.support.kafka.adopting import python
from tests.support.kafka.garbage import Nobody, screened
from tests.support.kafka.settings import settings_in
from tests.support.rights import PORT, TRANSACTIONS, WRITES, writes
from tests.support.workers import Worker, committed, produce, wait_for

pytestmark = pytest.mark.chaos

LOG = "live"
PATIENCE = 20
"""Seconds that Kafka may take to accept or refuse a record."""


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a secure broker that runs, in which a log has its topics and rights."""
    data = tmp_path_factory.mktemp("secure")
    secure.prepare(settings_in(data))
    settings = settings_in(data)
    embedded.start(settings)
    grants.sign_up(settings, PORT)
    with closing(clients.admin(secure.as_(settings, "admin"))) as admin:
        grants.grant(admin, LOG, grants.Gateways(more=PORT))
    create_topics(secure.as_(settings, "admin"), LOG)
    yield settings
    embedded.stop(settings)


def test_the_matrix(secured: Settings) -> None:
    """Each principal writes what is its own, and nothing else; none creates, changes, cuts or deletes a topic.

    Nor does any take another's transactional id.
    """
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(WRITES, pool.map(lambda name: tried(secured, name), WRITES), strict=True))
    nothing: set[str] = set()
    for principal, done in found.items():
        transactions = {name for name, whose in TRANSACTIONS.items() if whose == principal}
        asked = {"write": writes(principal), "transaction": transactions}
        assert done == dict.fromkeys(("create", "alter", "cut", "delete"), nothing) | asked, principal
    everything = {topic.name for topic in table()}
    assert tried(secured, "admin", "drill") == {
        **dict.fromkeys(("write", "create", "alter", "cut", "delete"), everything),
        "transaction": {*TRANSACTIONS},
    }


def tried(settings: Settings, principal: str, log: str = LOG) -> dict[str, set[str]]:
    """What Kafka lets a principal do, topic by topic (below the log's name), and which transactional ids it lets it have."""
    mine = secure.as_(settings, principal)
    topics = [topic_name(log, topic.name) for topic in table()]
    with closing(clients.admin(mine)) as admin:
        new = {topic if principal == "admin" else f"{topic}-new": {"num_partitions": 1} for topic in topics}
        created = admin.create_topics(new, raise_errors=False)["topics"]
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "-1"}) for topic in topics]
        altered = admin.alter_configs(resources, raise_on_unknown=False)
        found = {
            "create": {topic["name"] for topic in created if not topic["error_code"]},
            "alter": {name for name, answer in altered["topic"].items() if answer == "OK"},
            "cut": cut(admin, topics),
        }
        transactions = {name for name in TRANSACTIONS if begun(admin, topic_name(log, name))}
        wrote = written(mine, log)
        deleted = admin.delete_topics(topics, raise_errors=False)["topics"]
        found["delete"] = {topic["name"] for topic in deleted if not topic["error_code"]}
    below = {what: {name.removeprefix(f"{log}.") for name in names} for what, names in found.items()}
    return below | {"write": wrote, "transaction": transactions}


def written(settings: Settings, log: str) -> set[str]:
    """The topics into which a record can be written."""
    names = [topic.name for topic in table()]
    options = {"acks": "all", "enable_idempotence": False, "max_block_ms": 9_000, "retry_backoff_ms": 5}
    with closing(KafkaProducer(**clients.connection(settings), **options)) as to:
        sent = {name: to.send(topic_name(log, name), b"{}", b"key", partition=0) for name in names}
        refused = {name for name, future in sent.items() if not accepted(future)}
    return {*names} - refused


def accepted(future: FutureRecordMetadata) -> bool:
    """Whether Kafka took a record; another error than that the principal has no right is an error of the test."""
    try:
        future.get(PATIENCE)
    except TopicAuthorizationFailedError:
        return False
    return True


def begun(admin: KafkaAdminClient, name: str) -> bool:
    """Whether Kafka gives a producer this transactional id."""
    asked = InitProducerIdRequest(transactional_id=name, transaction_timeout_ms=10_000, producer_id=-1, producer_epoch=-1)
    answer = admin._manager.run(admin._manager.send, asked)
    return for_code(answer.error_code) is not TransactionalIdAuthorizationFailedError


def cut(admin: KafkaAdminClient, topics: list[str]) -> set[str]:
    """The topics whose records can be deleted. Kafka forbids it of a compacted topic to everybody, and says so only then."""
    of, place = DeleteRecordsRequest.DeleteRecordsTopic, DeleteRecordsRequest.DeleteRecordsTopic.DeleteRecordsPartition
    asked = [of(name=topic, partitions=[place(partition_index=0, offset=-1)]) for topic in topics]
    answer = admin._manager.run(admin._manager.send, DeleteRecordsRequest(topics=asked, timeout_ms=10_000))
    return {
        topic.name
        for topic in answer.topics
        for one in topic.partitions
        if for_code(one.error_code) is not TopicAuthorizationFailedError
    }


def test_rights_are_written_once(secured: Settings, wait: Callable[[Callable[[], object]], None]) -> None:
    """Who grants again changes nothing; what somebody gave a part beyond the table is told, and taken again."""
    with closing(clients.admin(secure.as_(secured, "admin"))) as admin:
        assert grants.state(admin, LOG).as_asked
        extra = grants.Permit("screen", "topic", topic_name(LOG, "alerts"), False, "Write")
        wide = grants.Permit("*", "topic", "li", True, "DELETE")
        assert not admin.create_acls([grants._acl(extra), grants._acl(wide)])["failed"]
        wait(lambda: {*grants.state(admin, LOG).beyond} == {extra, wide})
        grants.grant(admin, LOG)
        wait(lambda: grants.state(admin, LOG).beyond == (wide,))  # it is not this log's alone
        admin.delete_acls([grants._filter(wide)])
        wait(lambda: grants.state(admin, LOG).as_asked)
        grants.grant(admin, LOG, grants.Gateways(dropped=PORT))
        wait(lambda: "gateway-port" not in {permit.principal for permit in grants._found(admin)})
        grants.grant(admin, LOG, grants.Gateways(more=PORT))
        wait(lambda: "gateway-port" in {permit.principal for permit in grants._found(admin)})
        wait(lambda: grants.state(admin, LOG).as_asked)


WAYS: dict[str, Callable[[dict[str, str], dict[str, str]], dict[str, str]]] = {
    "another's password": lambda worker, clock: worker | {"KAFKA_SASL_PASSWORD": clock["KAFKA_SASL_PASSWORD"]},
    "the broker's way of signing in": lambda worker, _: worker | {"KAFKA_SASL_MECHANISM": "PLAIN"},
    "TLS without a name": lambda worker, _: worker | {"KAFKA_SECURITY_PROTOCOL": "SSL"},
    "a name without TLS": lambda worker, _: worker | {"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"},
    "nothing": lambda *_: {},
}


def test_strangers_are_not_let_in(secured: Settings) -> None:
    """None of these ways leads in, neither to the broker nor to its controller; a part's own name does, as patiently."""
    worker, clock = (secure.as_(secured, name).security for name in ("worker", "clock"))
    strangers = {way: change(worker, clock) for way, change in WAYS.items()}
    assert let_in(secured, worker, secured.kafka_port)
    with ThreadPoolExecutor(2 * len(WAYS)) as pool:
        tries = {
            (way, port): pool.submit(let_in, secured, security, port)
            for way, security in strangers.items()
            for port in (secured.kafka_port, secured.controller_port)
        }
    assert [way for way, found in tries.items() if found.result()] == []


def let_in(settings: Settings, security: dict[str, str], port: int) -> bool:
    """Whether a port of the broker's answers somebody."""
    mine = replace(settings, security=security, bootstrap=f"127.0.0.1:{port}")
    try:
        with closing(KafkaAdminClient(**clients.connection(mine), bootstrap_timeout_ms=5_000)) as admin:
            return bool(admin.describe_cluster()["brokers"])
    except KafkaError:
        return False


def test_another_user_of_this_machine_names_a_cluster(secured: Settings) -> None:
    """A program that cannot look into the data signs in by its password's file and the authority's certificate."""
    named = {
        "KAFKA_BOOTSTRAP_SERVERS": secured.bootstrap,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": "screen",
        "KAFKA_SASL_PASSWORD_FILE": str(password_file(secured.data, "screen")),
        "KAFKA_SSL_CAFILE": str(access_folder(secured.data) / "ca.pem"),
    }
    settings = load(named)
    assert not settings.embedded
    with clients.consumer(settings) as reader:
        assert clients.partitions_of(reader, topic_name(LOG, "alerts"))


def test_a_password_is_changed(secured: Settings) -> None:
    """Whose file is gone gets a new password, and the old one leads in no more: the command does so to the administrator."""
    before = secure.as_(secured, "admin").security
    assert python(secured, "streams", "kafka", "access", "--check", "--log", LOG).returncode == 0
    password_file(secured.data, "admin").unlink()
    granted = python(secured, "streams", "kafka", "access", "--grant", "--log", LOG)
    assert (granted.returncode, b"0 rights given, 0 taken, 0 quotas set" in granted.stderr) == (0, True)
    assert let_in(secured, secure.as_(secured, "admin").security, secured.kafka_port)
    assert not let_in(secured, before, secured.kafka_port)
    listed = python(secured, "streams", "kafka", "access", "--list", "--log", LOG).stdout.splitlines()
    assert len({*listed}) == len(listed) > len(table())


def test_the_parts_work_with_their_own_names(secured: Settings, tmp_path: Path) -> None:
    """A gateway's bad air is judged on the clock's time and shown by the screen, and every other part does its work.

    No part says that Kafka refuses it anything.
    """
    log, gateway, screen = "flow", secure.as_(secured, "gateway-import"), secure.as_(secured, "screen")
    with closing(clients.admin(secure.as_(secured, "admin"))) as admin:
        grants.grant(admin, log)
    create_topics(secure.as_(secured, "admin"), log)
    home = clients.partition_of(events.STATION.encode(), secured.partitions)
    time = ("--from", format_time(events.START + HOUR), "--speed", "1")
    with (
        Worker(secured, log, command="watch", KAFKA_SASL_USERNAME="worker") as worker,
        Worker(secured, log, command="jobs", KAFKA_SASL_USERNAME="jobs") as jobs,
        Worker(secured, log, *time, package="streams", command="clock", KAFKA_SASL_USERNAME="clock") as clock,
        screened(screen, log) as feed,
    ):
        worker.ready()
        wait_for(lambda: newest_tick(gateway, log), "the clock's first tick")
        messages = (events.registered(), events.clean(events.START + HOUR, o3=400))
        produce(gateway, log, [(home, events.STATION.encode(), each) for each in messages])
        wait_for(lambda: feed._view[Alarms].versions, "the screen to show the alert")
        wait_for(lambda: committed(secure.as_(secured, "worker"), log).get(home), "the worker to commit")
        jobs.ready()
        others(secured, log, tmp_path)
        assert (jobs.stop(), clock.stop(), worker.stop()) == (0, 0, 0)
        assert "uthoriz" not in "".join(part.said() for part in (jobs, clock, worker))
    assert {alert.rule for alert in clients.newest_messages(screen, f"{log}.alerts", Alert, "test")} == {"gas-hourly"}


def others(settings: Settings, log: str, folder: Path) -> None:
    """The other parts, each by its own name: archive, audit, performance and notifier do what is to be done, and end."""
    archive(secure.as_(settings, "archive"), log, folder / "archive")
    with closing(Anchorer(replace(secure.as_(settings, "audit"), audit_keys=folder / "keys"), log, wall_time)) as anchorer:
        assert list(anchorer.step())
    performance = secure.as_(settings, "performance")
    with Follower(performance, log) as follower, Publisher(performance, log, read_targets(TARGETS)) as publisher:
        follower.catch_up()
        assert publisher.publish(follower.journal)
    with Notifier(secure.as_(settings, "notifier"), log, Ways(Routes(channels={}, routes=())), Nobody()) as notifier:
        notifier.run(lambda: True)
