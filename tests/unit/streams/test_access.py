"""The table of rights: it is that of the design, follows the tables of topics and outputs, and gives nobody more."""

import pytest

from streams.catalogue import domains
from streams.kafka.access import Permit, is_gateway, is_own, parts, permits, reaches
from streams.topics import table
from tests.support.rights import PORT, TRANSACTIONS, WRITES, writes

LOG = "live"


def allowed(principal: str, operation: str) -> set[str]:
    """The topics that a principal may read or write, below the log's name."""
    found = {
        each
        for each in permits(LOG, PORT)
        if (each.principal, each.resource, each.operation) == (principal, "topic", operation)
    }
    assert not any(each.prefix for each in found)
    return {each.name.removeprefix(f"{LOG}.") for each in found}


def test_every_part_has_a_row() -> None:
    """The parts are those of the design, each once."""
    assert sorted(part.name for part in parts(PORT)) == sorted(WRITES)


@pytest.mark.parametrize("principal", WRITES)
def test_who_writes_what(principal: str) -> None:
    """Each principal writes the topics that the design gives it, and no others."""
    assert allowed(principal, "Write") == writes(principal)


def test_every_topic_has_a_writer() -> None:
    """A topic that comes into the table without anybody who may write it has no row yet."""
    assert {topic.name for topic in table()} == {name for principal in WRITES for name in allowed(principal, "Write")}


def test_who_may_read() -> None:
    """Gateways and clock read events and keys, gateways orders to devices; sealed texts only the keeper and the archive do."""
    everything = {topic.name for topic in table()}
    events = {name for name in everything if name.startswith("events.") or name == "keys"}
    assert allowed("clock", "Read") == events
    for principal in ("gateway-import", "gateway-port"):
        assert allowed(principal, "Read") == events | {"device-acts"}
    assert allowed("prometheus", "Read") == allowed("prometheus", "Describe") == set()
    assert allowed("keeper", "Read") == allowed("archive", "Read") == everything
    for principal in ("worker", "notifier", "jobs", "performance", "rules", "signer"):
        assert allowed(principal, "Read") == everything - {"sealed", "looks", "access"}
    assert allowed("risk", "Read") == events | {"access", "catalogue"}
    facts = {f"events.{name}" for name in domains()}
    assert allowed("oversight", "Read") == {"orders", "order-audit", "status", "appraisal", "books", "keys"} | facts
    for principal in ("screen", "audit"):
        assert allowed(principal, "Read") == everything - {"sealed", "access"}


def test_nobody_may_more_than_write_read_and_describe() -> None:
    """No part creates, deletes or changes a topic, or has a right in the cluster; who holds floors sees how topics are set."""
    rights = permits(LOG, PORT)
    assert {each.operation for each in rights} == {"Write", "Read", "Describe", "DescribeConfigs"}
    gateways = {each.name for each in parts(PORT) if is_gateway(each.name)}
    assert {each.principal for each in rights if each.operation == "DescribeConfigs"} == {"worker", "archive", *gateways}
    assert {each.resource for each in rights} == {"topic", "group", "transactional id"}
    assert all(is_own(each, LOG) for each in rights)
    assert {each.principal for each in rights} == set(WRITES) - {"prometheus"}


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_whose_transaction(name: str) -> None:
    """A transactional id is its part's alone: who has another's could end its transactions."""
    full = f"{LOG}.{name}"
    of = {
        each.principal
        for each in permits(LOG, PORT)
        if each.resource == "transactional id" and (full.startswith(each.name) if each.prefix else each.name == full)
    }
    assert of == {TRANSACTIONS[name]} - {""}


def test_the_worker_alone_is_of_the_group() -> None:
    """Who joins the group of the workers takes their partitions away."""
    assert [each for each in permits(LOG, PORT) if each.resource == "group"] == [
        Permit("worker", "group", "onescreen-live", False, "Read")
    ]


@pytest.mark.parametrize("name", ["port", "gateway-", "gateway-A", "gateway-a,b", "gateway-a=b", "worker", "admin", "*"])
def test_a_gateway_has_a_gateways_name(name: str) -> None:
    """Nobody becomes another part, or everybody, by being called a gateway."""
    with pytest.raises(ValueError, match="gateway"):
        parts([name])


def test_what_reaches_into_a_log() -> None:
    """Its own names, the cluster, everything, and beginnings of its names; not a log whose name begins as its does."""

    def one(resource: str, name: str, prefix: bool = False) -> Permit:
        return Permit("x", resource, name, prefix, "Write")

    inside = [
        *(one("topic", "live.alerts"), one("topic", "live.e", prefix=True), one("topic", "l", prefix=True), one("topic", "*")),
        *(one("group", "onescreen-live"), one("group", "onescreen-", prefix=True), one("cluster", "kafka-cluster")),
        one("transactional id", "live.checkpoint.", prefix=True),
    ]
    outside = [
        *(
            one("topic", "live-2.alerts"),
            one("topic", "live-2.", prefix=True),
            one("topic", "l"),
            one("group", "onescreen-live-2"),
        ),
        *(one("group", "live.alerts"), one("transactional id", "drill.checkpoint.", prefix=True)),
    ]
    assert all(reaches(each, LOG) for each in inside)
    assert not any(reaches(each, LOG) for each in outside)
    assert [is_own(each, LOG) for each in inside] == [True, True, False, False, True, False, False, True]
