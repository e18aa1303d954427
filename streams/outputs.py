"""What is written beside the events, in one table: a row for each kind of record that judging gives or a service keeps.

Whoever writes, reads, counts, shows, anchors or compares such records walks this table; a new kind is a new row.
"""

from collections.abc import Callable
from typing import Any, Literal, get_args

from msgspec import Struct

from streams.messages import (
    Alert,
    Audit,
    CitySign,
    Flood,
    Handover,
    Health,
    Heartbeat,
    Incident,
    IncidentAudit,
    JobStatus,
    Matter,
    Order,
    OrderAudit,
    OrderLine,
    Performance,
    Quality,
    Quarantine,
    Seal,
    SignCells,
    SubjectStatus,
    Takeover,
    Told,
)
from streams.messages.services.appraisal import BaselineStep, IndexStep, Objection, ObjectionAnswer
from streams.messages.services.catalogue import CatalogueStep, RetentionStep, SharingStep
from streams.messages.services.devices import ClockOrder
from streams.messages.services.entry import EntryDecision, EntryDraft
from streams.rulebook import InForce, key_of

Kept = Literal["newest", "newest soon", "forever"]
"""What the topic keeps: the newest record of each key (`soon`: of much that is soon outdated), or every record for ever."""

Output = Struct
"""A message of a type that has a row."""


class Counted(Struct, frozen=True):
    """How a worker counts a kind of record for Prometheus: the counter's name, what it says, and the field that splits it."""

    name: str
    what: str
    by: str = ""


class OutputKind(Struct, frozen=True, kw_only=True):
    """One kind of record.

    `topic`: below the log's name; `what` it is for. `message`: the type that its bytes have, or the union of several. `key`: of
    a message's Kafka record. `identity`: what makes two records copies of one, as a worker that was killed writes them;
    None where a service alone writes it. `standing`: the newest record of a key says all that there is to say. `trail`: what
    it is the audit trail of, in a word, and else empty; messages of a trail are `TrailEntry`, and that thing's id is the key.
    """

    topic: str
    what: str
    message: Any
    key: Callable[[Any], str]
    kept: Kept
    identity: Callable[[Any], tuple[str | int, ...]] | None = None
    standing: bool = False
    trail: str = ""
    counted: Counted | None = None

    @property
    def types(self) -> tuple[type, ...]:
        """The types of its messages."""
        return get_args(self.message) or (self.message,)


def _id(of: Any) -> str:
    return str(of.id)


def _of_directory(of: CatalogueStep | SharingStep | RetentionStep) -> str:
    match of:
        case CatalogueStep():
            return of.version
        case SharingStep():
            return of.request
        case _:
            return of.proposal


def _revision(of: Any) -> tuple[str | int, ...]:
    return of.id, of.rev


def _audited(of: Any) -> tuple[str | int, ...]:
    """One event may revise a thing twice; each of these revisions has another entry for its newest."""
    return of.id, of.rev, of.audit


PULSE = "pulse/"
"""How the key of a heartbeat begins."""


def _status(of: SubjectStatus | Heartbeat) -> str:
    return of.subject if isinstance(of, SubjectStatus) else f"{PULSE}{of.domain}/{of.partition}"


OUTPUTS: tuple[OutputKind, ...] = (
    OutputKind(
        topic="alerts",
        what="every revision of every alert; key = alert id",
        message=Alert,
        key=_id,
        kept="newest",
        identity=_audited,
        counted=Counted("onescreen_alerts", "Alert revisions written"),
    ),
    OutputKind(
        topic="audit",
        what="append-only trail of every alert; key = alert id",
        message=Audit,
        key=lambda of: str(of.alert),
        kept="forever",
        identity=lambda of: (of.alert, of.n),
        trail="alert",
    ),
    OutputKind(
        topic="incidents",
        what="every revision of every incident; key = incident id",
        message=Incident,
        key=_id,
        kept="newest",
        identity=_audited,
        standing=True,
        counted=Counted("onescreen_incidents", "Incident revisions written"),
    ),
    OutputKind(
        topic="incident-audit",
        what="append-only trail of every incident; key = incident id",
        message=IncidentAudit,
        key=lambda of: str(of.incident),
        kept="forever",
        identity=lambda of: (of.incident, of.n),
        trail="incident",
    ),
    OutputKind(
        topic="orders",
        what="every revision of every order and of its receivers' lines; key = order id, or order id/line",
        message=Order | OrderLine,
        key=_id,
        kept="newest",
        identity=_audited,
        standing=True,
        counted=Counted("onescreen_orders", "Revisions of orders and lines written"),
    ),
    OutputKind(
        topic="order-audit",
        what="append-only trail of every order; key = order id",
        message=OrderAudit,
        key=lambda of: str(of.order),
        kept="forever",
        identity=lambda of: (of.order, of.n),
        trail="order",
    ),
    OutputKind(
        topic="matters",
        what="what came in that a body must answer for; key = kind and number",
        message=Matter,
        key=_id,
        kept="newest soon",
        identity=lambda of: (of.id, of.subject, of.partition, of.n),
        standing=True,
    ),
    OutputKind(
        topic="floods",
        what="every alarm flood; key = flood id",
        message=Flood,
        key=_id,
        kept="newest",
        identity=_revision,
        standing=True,
    ),
    OutputKind(
        topic="quality",
        what="bad input with its owner; key = record id",
        message=Quality,
        key=_id,
        kept="newest",
        identity=lambda of: (of.id,),
        counted=Counted("onescreen_quality_records", "Quality records written", "reason"),
    ),
    OutputKind(
        topic="quarantine",
        what="rules that raised an exception, and what waits for them; key = record id",
        message=Quarantine,
        key=_id,
        kept="newest",
        identity=_revision,
        counted=Counted("onescreen_quarantine_records", "Quarantine records written: rules on hold"),
    ),
    OutputKind(
        topic="sign-cells",
        what="what each partition has for the signs of the city; key = topic, partition and city",
        message=SignCells,
        key=lambda of: f"{of.topic}/{of.partition}/{of.city}",
        kept="newest soon",
        identity=lambda of: (of.topic, of.partition, of.city, of.at),
        standing=True,
    ),
    OutputKind(
        topic="signs",
        what="signs of the city, each with its coverage; key = sign and area",
        message=CitySign,
        key=lambda of: f"{of.sign}/{of.area}",
        kept="newest soon",
        identity=lambda of: (of.sign, of.area, of.at, of.provisional or 0),
        standing=True,
        counted=Counted("onescreen_signs", "Signs of the city written"),
    ),
    OutputKind(
        topic="rulebook",
        what="rule book and notices of holidays by which the log is judged; partition 0",
        message=InForce,
        key=key_of,
        kept="newest soon",
        standing=True,
    ),
    OutputKind(
        topic="notices",
        what="what the notifier has told of each alert and still owes; key = alert id or channel",
        message=Told | Health,
        key=lambda of: of.alert if isinstance(of, Told) else f"channel/{of.channel}",
        kept="newest soon",
    ),
    OutputKind(
        topic="handovers",
        what="append-only notes of shifts to those after them; key = department",
        message=Handover | Takeover,
        key=lambda of: str(of.department),
        kept="forever",
    ),
    OutputKind(
        topic="catalogue",
        what="append-only steps of versions of the data directory, requests to share, proposals to delete; key = which of them",
        message=CatalogueStep | SharingStep | RetentionStep,
        key=_of_directory,
        kept="forever",
    ),
    OutputKind(
        topic="entries",
        what="append-only drafts of facts that are entered by hand, and what was decided on them; key = draft",
        message=EntryDraft | EntryDecision,
        key=lambda of: str(of.entry),
        kept="forever",
    ),
    OutputKind(
        topic="appraisal",
        what="append-only steps of indexes and baselines, objections to figures and their answers; key = which of them",
        message=IndexStep | BaselineStep | Objection | ObjectionAnswer,
        key=lambda of: str(of.objection if isinstance(of, Objection | ObjectionAnswer) else of.name),
        kept="forever",
    ),
    OutputKind(
        topic="device-acts",
        what="append-only orders to set one device's clock; key = MN",
        message=ClockOrder,
        key=lambda of: str(of.device),
        kept="forever",
    ),
    OutputKind(
        topic="job-status",
        what="how each job stands; key = job id",
        message=JobStatus,
        key=_id,
        kept="newest soon",
        standing=True,
    ),
    OutputKind(
        topic="performance",
        what="measures of the alarm system; key = desk, district, domain or rule",
        message=Performance,
        key=lambda of: f"{of.by}/{of.key}",
        kept="newest soon",
        standing=True,
    ),
    OutputKind(
        topic="seals",
        what="the workers' signed heads of an opened log; key = events topic and partition",
        message=Seal,
        key=lambda of: f"{of.topic}/{of.partition}",
        kept="forever",
    ),
    OutputKind(
        topic="status",
        what="newest values of subjects, and the workers' pulses",
        message=SubjectStatus | Heartbeat,
        key=_status,
        kept="newest soon",
        standing=True,
    ),
)

BY_TYPE: dict[type, OutputKind] = {type_: kind for kind in OUTPUTS for type_ in kind.types}
BY_TOPIC: dict[str, OutputKind] = {kind.topic: kind for kind in OUTPUTS}

TRAILS: tuple[OutputKind, ...] = tuple(kind for kind in OUTPUTS if kind.trail)
"""The audit trails: all of them are anchored and verified."""

TRAIL_OF: dict[type, OutputKind] = {
    Alert: BY_TYPE[Audit],
    Incident: BY_TYPE[IncidentAudit],
    Order: BY_TYPE[OrderAudit],
    OrderLine: BY_TYPE[OrderAudit],
}
"""Whose revisions are told of in which trail: `audit` and `head` of a revision are number and hash of the newest entry then."""


def told_in(thing: Any) -> tuple[str, str]:
    """The trail that tells of a thing: its kind (a topic below the log's name), and whose it is; a line's is its order's."""
    return TRAIL_OF[type(thing)].topic, thing.order if isinstance(thing, OrderLine) else thing.id


def sealed_as(thing: Any) -> tuple[str, str]:
    """Kind and id of the head by which a seal is over the revisions of a thing: its trail's, or its own where it shares one."""
    return (BY_TYPE[OrderLine].topic, thing.id) if isinstance(thing, OrderLine) else told_in(thing)


def made_by(entry: Any) -> str:
    """The id of the thing of which an entry of a trail makes a revision."""
    key = BY_TYPE[type(entry)].key(entry)
    return f"{key}/{entry.line}" if isinstance(entry, OrderAudit) and entry.line else key


def target(output: Output) -> tuple[str, str]:
    """The topic (below the log's name) and the key of a message."""
    kind = BY_TYPE[type(output)]
    return kind.topic, kind.key(output)
