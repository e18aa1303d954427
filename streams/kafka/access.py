"""Who may do what in a log, in one table: a row for each part of the system, by the name it signs in to Kafka with. Pure.

What a part may write follows from the tables of topics and outputs, so that a new domain or a new output of judging needs no
row of its own; a new part does. Nobody here may create, delete or change a topic: that is the administrator's alone.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from streams.catalogue import domains
from streams.outputs import OUTPUTS
from streams.topics import inputs, table, topic_name, worker_group

ADMIN, BROKER = "admin", "broker"
"""Those who may do everything: whoever keeps Kafka, and the embedded broker itself."""

GATEWAY = "gateway-"
"""How the name of a gateway begins; each has a name, a password and a quota of its own."""

GATEWAYS = (
    f"{GATEWAY}import",
    f"{GATEWAY}city",
    f"{GATEWAY}hj212",
    *(f"{GATEWAY}{name}" for name in ("http", "mqtt", "sql", "rest", "folder")),
)
"""The gateways of this project: `streams import`, the simulated city, `streams gateway hj212`, `http`, `mqtt`, `sql`, `rest`,
`folder`.

More are named where rights are granted."""

MB = 1_000_000

REQUESTS = 200
"""Percent of one thread's time that a part's requests may take in each broker, as a quota: of the embedded one's six threads
two. A choice of this project."""

CLUSTER = "cluster"
"""The resource that stands for all of Kafka; no part has a right there."""


_GATEWAY = re.compile(rf"{GATEWAY}[a-z0-9-]{{1,32}}")


class Permit(Struct, frozen=True, order=True):
    """One thing that a principal may do with the resource of this name or, if `prefix`, with all whose names begin so.

    `resource`: topic, group, transactional id or cluster; `operation`: Write, Read, Describe, or another that Kafka knows.
    """

    principal: str
    resource: str
    name: str
    prefix: bool
    operation: str


class Principal(Struct, frozen=True, kw_only=True):
    """One part of the system: its principal, and what it may write and read of a log, topics below the log's name.

    `transactional`: its transactional id below the log's name; where it ends with a dot, all that begin so. `group`: whether it
    is of the log's consumer group. `settings`: whether it sees how topics are set, to know how long they keep. `rate`: bytes a
    second that it may write to each broker, a quota; a choice of this project.
    """

    name: str
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    transactional: str = ""
    group: bool = False
    settings: bool = False
    rate: int = MB


def parts(gateways: Iterable[str] = ()) -> tuple[Principal, ...]:
    """The table; `gateways`: principals beside those of the project. ValueError where one of them is no name of a gateway.

    A topic that a log does not have yet may stand in a row: it gets its rights once it is in the table of topics.
    """
    events = tuple(f"events.{name}" for name in inputs())
    told, facts = (*events, "keys"), tuple(f"events.{name}" for name in domains())
    checkpoints = tuple(f"checkpoint.{name}" for name in inputs())
    judged = tuple(kind.topic for kind in OUTPUTS if kind.identity)
    all_ = tuple(topic.name for topic in table())
    clear = tuple(name for name in all_ if name not in {"sealed", "looks", "access"})
    return (
        *(
            Principal(
                name=gateway(name),
                writes=events,
                reads=(*told, "device-acts"),
                transactional=f"{name}.",
                settings=True,
                rate=5 * MB,
            )
            for name in sorted({*GATEWAYS, *gateways})
        ),
        Principal(name="clock", writes=events, reads=told),
        Principal(name="rules", writes=(*events, "books", "keys", "catalogue", "appraisal"), reads=clear, rate=5 * MB),
        Principal(
            name="signer",
            writes=(*events, "jobs", "handovers", "catalogue", "entries", "appraisal", "device-acts"),
            reads=clear,
        ),
        Principal(
            name="worker",
            writes=(*judged, "rulebook", "status", "seals", *events, *checkpoints),
            reads=clear,
            transactional="checkpoint.",
            group=True,
            settings=True,
            rate=50 * MB,
        ),
        Principal(name="notifier", writes=("notices", *events), reads=clear, transactional="notices.writer"),
        Principal(name="jobs", writes=("job-status",), reads=clear, transactional="job-status.writer"),
        Principal(name="performance", writes=("performance",), reads=clear, rate=5 * MB),
        Principal(name="audit", writes=("anchors", "access"), reads=(*clear, "looks"), transactional="anchors"),
        Principal(name="keeper", writes=("sealed", "looks", "forgets", *events), reads=all_, rate=5 * MB),
        Principal(name="screen", writes=("access",), reads=(*clear, "looks")),
        Principal(name="risk", writes=("events.data",), reads=(*told, "access", "catalogue")),
        Principal(name="oversight", reads=(*facts, "orders", "order-audit", "status", "appraisal", "books", "keys")),
        Principal(name="archive", reads=all_, settings=True),
        Principal(name="prometheus"),
    )


def is_gateway(name: str) -> bool:
    """Whether a principal has the name of a gateway."""
    return _GATEWAY.fullmatch(name) is not None


def gateway(name: str) -> str:
    """The name itself; ValueError where it is none that a gateway can have."""
    if not is_gateway(name):
        raise ValueError(f"gateway {name!r}: use {GATEWAY} and 1 to 32 of a-z, 0-9 and -, such as {GATEWAY}port")
    return name


def permits(log: str, gateways: Iterable[str] = ()) -> frozenset[Permit]:
    """All that the parts may do in a log. Who reads or writes anything sees which topics the log has."""
    return frozenset(permit for part in parts(gateways) for permit in _permits(log, part))


def _permits(log: str, part: Principal) -> Iterable[Permit]:
    there = {topic.name for topic in table()}
    if part.writes or part.reads:
        yield Permit(part.name, "topic", topic_name(log, ""), True, "Describe")
    for topic in there.intersection(part.writes):
        yield Permit(part.name, "topic", topic_name(log, topic), False, "Write")
    for topic in there.intersection(part.reads):
        yield Permit(part.name, "topic", topic_name(log, topic), False, "Read")
    if part.settings:
        yield Permit(part.name, "topic", topic_name(log, ""), True, "DescribeConfigs")
    if part.group:
        yield Permit(part.name, "group", worker_group(log), False, "Read")
    if part.transactional:
        name = topic_name(log, part.transactional)
        yield Permit(part.name, "transactional id", name, name.endswith("."), "Write")


def reaches(permit: Permit, log: str) -> bool:
    """Whether a permit reaches into a log: it is the log's own, the whole cluster's, or a pattern that names of the log fit."""
    if permit.resource == CLUSTER or permit.name == "*" or is_own(permit, log):
        return True
    ours = worker_group(log) if permit.resource == "group" else topic_name(log, "")
    return permit.prefix and ours.startswith(permit.name)


def is_own(permit: Permit, log: str) -> bool:
    """Whether a permit is for this log alone."""
    if permit.resource == "group":
        return permit.name == worker_group(log) and not permit.prefix
    return permit.resource in {"topic", "transactional id"} and permit.name.startswith(topic_name(log, ""))
