"""What people write beside the stages, as an opened log has it: jobs, notes, steps, drafts, objections, orders to devices.

These are the data of signed events.

A log that was never opened holds the data alone. Subject and Kafka key are the key of the topic, `sigto` is its name.
"""

from msgspec import Raw, json

from streams.messages import Ask, Cancel, DecodeError, Event, Handover, JobCommand, Takeover, decode, encode
from streams.messages.services.appraisal import AppraisalRecord, BaselineStep, IndexStep, Objection, ObjectionAnswer
from streams.messages.services.catalogue import CatalogueStep, DirectoryRecord, RetentionStep, SharingStep
from streams.messages.services.devices import ClockOrder
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryRecord, decision_name
from streams.outputs import target

DeskRecord = JobCommand | Handover | Takeover | DirectoryRecord | EntryRecord | AppraisalRecord | ClockOrder

JOBS = "jobs"
"""The topic of what people ask for and take back; `target` has that of notes."""

DESK_KINDS: dict[str, type[DeskRecord]] = {
    "job.ask": Ask,
    "job.cancel": Cancel,
    "shift.handover": Handover,
    "shift.takeover": Takeover,
    "catalogue.step": CatalogueStep,
    "catalogue.sharing": SharingStep,
    "catalogue.retention": RetentionStep,
    "entry.draft": EntryDraft,
    "entry.decision": EntryDecision,
    "appraisal.index": IndexStep,
    "appraisal.baseline": BaselineStep,
    "appraisal.objection": Objection,
    "appraisal.answer": ObjectionAnswer,
    "device.clock": ClockOrder,
}
"""The types of these events, and their data."""

_TYPES = {data: type_ for type_, data in DESK_KINDS.items()}


def place_of(record: DeskRecord) -> tuple[str, str]:
    """The topic below the log's name, and the key."""
    return (JOBS, record.id) if isinstance(record, Ask | Cancel) else target(record)


def event_of(record: DeskRecord, source: str) -> Event:
    """The event of a record: the same record gives the same id."""
    type_, (_, key) = _TYPES[type(record)], place_of(record)
    match record:
        case Takeover():
            name = f"{record.handover}/{record.by.id}"
        case CatalogueStep():
            name = f"{record.version}/{record.step}/{record.at}"
        case SharingStep(step="used"):
            name = f"{record.request}/{record.step}/{record.by.id}/{record.at}"
        case SharingStep():
            name = f"{record.request}/{record.step}/{record.by.id}"
        case RetentionStep():
            name = f"{record.proposal}/{record.step}/{record.by.id}"
        case EntryDraft():
            name = record.entry
        case EntryDecision():
            name = decision_name(record)
        case IndexStep() | BaselineStep():
            name = f"{record.name}/{record.version}/{record.step}/{record.at}"
        case Objection():
            name = record.objection
        case ObjectionAnswer():
            name = f"{record.objection}/{record.outcome}/{record.by.id}"
        case ClockOrder():
            name = record.order
        case _:
            name = record.id
    return Event(
        specversion="1.0",
        id=f"{type_}/{name}",
        source=source,
        type=type_,
        subject=key,
        time=record.at,
        data=Raw(encode(record)),
    )


def desk_bytes(record: DeskRecord, source: str) -> bytes:
    """The bytes of that event."""
    return json.encode(event_of(record, source))


def record_of(type_: str, data: bytes) -> DeskRecord:
    """The record in the data of an event; DecodeError where its type or data are none of these."""
    if type_ not in DESK_KINDS:
        raise DecodeError("unknown-type", "nothing that people write here", "$.type")
    return decode(data, DESK_KINDS[type_])
