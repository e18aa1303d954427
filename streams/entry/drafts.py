"""The drafts of a log: who has entered what, who may decide on it, and what fact it becomes. Pure."""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2s
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from streams.catalogue.described import DescribedType, catalogue
from streams.entry.form import form_of
from streams.messages import CORRECTED, Actor, encode, event_bytes
from streams.messages.services.entry import (
    ENTERED,
    EnteredFact,
    EntryDecision,
    EntryDraft,
    EntryOutcome,
    EntryRecord,
    same_hand,
)
from streams.messages.words import Words

EntryState = Literal["waiting", "confirmed", "returned", "withdrawn"]
"""待复核, 已入库, 已退回, 已撤回."""


class Entry(Struct, frozen=True):
    """A draft and what was decided, if anything was."""

    draft: EntryDraft
    decision: EntryDecision | None = None

    @property
    def state(self) -> EntryState:
        """How it stands."""
        return self.decision.outcome if self.decision else "waiting"


def entry_id(by: Actor, key: str) -> str:
    """BLAKE2s-128 (hex) of a person and the name of the press."""
    return blake2s(encode(["entry", by.id, key]), digest_size=16).hexdigest()


def entries(records: Iterable[EntryRecord]) -> dict[str, Entry]:
    """The entries by name, from their records in the log's order; what may not be is passed over, as is a second copy."""
    found: dict[str, Entry] = {}
    for record in records:
        take_record(found, record)
    return found


def take_record(known: dict[str, Entry], record: EntryRecord) -> None:
    """Take a record into the entries that are known, where it may be."""
    if not entry_refusal(known, record):
        known[record.entry] = _after(known.get(record.entry), record)


def _after(known: Entry | None, record: EntryRecord) -> Entry:
    if isinstance(record, EntryDraft):
        return Entry(record)
    if known is None:
        raise ValueError(f"there is no draft {record.entry}")
    return Entry(known.draft, record)


def entry_refusal(known: Mapping[str, Entry], record: EntryRecord) -> str:
    """Why a record may not be, or an empty text."""
    entry = known.get(record.entry)
    if isinstance(record, EntryDraft):
        return f"draft {record.entry} is known" if entry else ""
    if entry is None:
        return f"there is no draft {record.entry!r}"
    if entry.decision is not None:
        return f"draft {record.entry} is {entry.state}"
    if record.outcome == "withdrawn":
        return "" if record.by.id == entry.draft.by.id else "who has entered it takes it back, nobody else"
    if record.outcome == "returned" and not record.reason.strip():
        return "what is returned says why: give a reason"
    return same_hand(entry.draft.by, record.by)


def described_for(type_: str, department: str) -> DescribedType | None:
    """The type, where this department provides it and it can be entered by hand: what people state; else None."""
    described = catalogue().get(type_)
    if described is None or not department or described.entry.provider != department:
        return None
    return described if form_of(described) is not None else None


def draft_fault(draft: EntryDraft) -> str:
    """What is wrong with a draft, or an empty text."""
    described = described_for(draft.type, draft.by.department)
    if described is None:
        return f"{draft.type} is nothing that {draft.by.department or 'nobody'} provides and that people enter by hand"
    if not (draft.subject.strip() and draft.time and draft.note.strip()):
        return "an entry says whom it is about, when it was, and what it was entered from"
    try:
        msgspec.json.decode(draft.data, type=described.struct)
    except msgspec.DecodeError as error:
        return f"the data are not those of {draft.type}: {error}"
    return ""


def right_to(outcome: EntryOutcome) -> str:
    """What deciding so is in the table of rights: taking a draft back is part of drafting."""
    return "entry-draft" if outcome == "withdrawn" else "entry-confirm"


def fact_id(entry: str) -> str:
    """The id of the event that a confirmed entry becomes: the same, however often it is written."""
    return f"entry/{entry}"


def fact_bytes(draft: EntryDraft, confirmed: Actor, region: str = "") -> bytes:
    """The event of a draft that another person has confirmed: a fact by hand, or the correction of one."""
    domain, _, kind = draft.type.partition(".")
    if draft.corrects is None:
        type_ = domain + ENTERED
        data: Struct | dict[str, object] = EnteredFact(
            kind=kind, data=draft.data, entered=draft.by, confirmed=confirmed, entry=draft.entry, note=draft.note
        )
    else:
        type_ = domain + CORRECTED
        reason = f"补录更正：{draft.note}"
        data = {"corrects": draft.corrects, "kind": kind, "at": draft.time, "data": Raw(draft.data), "reason": reason}
    return event_bytes(
        type=type_,
        source=f"entry/{draft.by.department}",
        id=fact_id(draft.entry),
        time=draft.time,
        subject=draft.subject,
        region=region,
        data=data,
    )


def topic_of_fact(draft: EntryDraft) -> str:
    """The topic of the fact, below the log's name."""
    return f"events.{draft.type.partition('.')[0]}"


def decision_name(decision: EntryDecision) -> str:
    """The name of a press that decides."""
    return f"{decision.entry}/{decision.outcome}/{decision.by.id}"


def with_sealed(draft: EntryDraft, seal: Callable[[str, str], Words]) -> Raw:
    """The data of a draft with each text of a person as `seal` gives it, of its field's name and the text."""
    described = catalogue()[draft.type]
    data: dict[str, Any] = msgspec.json.decode(draft.data)
    for field in form_of(described) or ():
        text = data.get(field.name)
        if field.sealable and isinstance(text, str) and text.strip():
            data[field.name] = seal(field.name, text)
    return Raw(encode(data))
