"""The drafts of a log: who has entered what, who may decide on it, and what fact it becomes. Pure."""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2s
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct, convert
from msgspec.structs import replace

from streams.catalogue.described import DescribedType, catalogue
from streams.entry.form import form_of
from streams.messages import CORRECTED, Actor, Corrected, encode, event_bytes
from streams.messages.services.entry import (
    ENTERED,
    EnteredFact,
    EntryDecision,
    EntryDraft,
    EntryRecord,
    same_hand,
)
from streams.messages.words import Sealed, Words, is_text

EntryState = Literal["waiting", "confirming", "confirmed", "returned", "withdrawn"]
"""待复核, 入库中, 已入库, 已退回, 已撤回."""


class Entry(Struct, frozen=True):
    """A draft and what was decided, if anything was; `confirming`: each time that its fact was about to be written."""

    draft: EntryDraft
    decision: EntryDecision | None = None
    confirming: tuple[EntryDecision, ...] = ()

    @property
    def state(self) -> EntryState:
        """How it stands."""
        if self.decision:
            return self.decision.outcome
        return "confirming" if self.confirming else "waiting"


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
    if record.outcome == "confirming":
        return Entry(known.draft, None, (*known.confirming, record))
    return Entry(known.draft, record, known.confirming)


def entry_refusal(known: Mapping[str, Entry], record: EntryRecord) -> str:
    """Why a record may not be, or an empty text."""
    entry = known.get(record.entry)
    if isinstance(record, EntryDraft):
        return f"draft {record.entry} is known" if entry else ""
    if entry is None:
        return f"there is no draft {record.entry!r}"
    return _decision_refusal(entry, record)


def _decision_refusal(entry: Entry, record: EntryDecision) -> str:
    if entry.decision is not None:
        return f"draft {record.entry} is {entry.state}"
    if record.outcome in {"returned", "withdrawn"} and record.looked != len(entry.confirming):
        return f"draft {record.entry} is being confirmed: whether its fact stands is looked up first"
    if record.outcome == "withdrawn":
        return "" if record.by.id == entry.draft.by.id else "who has entered it takes it back, nobody else"
    if record.outcome == "returned" and not is_text(record.reason):
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
    if not (draft.subject.strip() and draft.time and is_text(draft.note)):
        return "an entry says whom it is about, when it was, and what it was entered from"
    try:
        msgspec.json.decode(draft.data, type=described.struct)
    except msgspec.DecodeError as error:
        return f"the data are not those of {draft.type}: {error}"
    return ""


def right_to(outcome: str) -> str:
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
        data: Struct = EnteredFact(
            kind=kind, data=draft.data, entered=draft.by, confirmed=confirmed, entry=draft.entry, note=draft.note
        )
    else:
        type_ = domain + CORRECTED
        data = Corrected(
            corrects=draft.corrects,
            kind=kind,
            at=draft.time,
            data=Raw(draft.data),
            reason=draft.note if isinstance(draft.note, Sealed) else f"补录更正：{draft.note}",
            entered=draft.by,
            confirmed=confirmed,
            entry=draft.entry,
        )
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


def with_sealed(draft: EntryDraft, seal: Callable[[str, str], Words]) -> EntryDraft:
    """A draft with each text of a person as `seal` gives it, of its path (`note`, `data.what`) and the text."""
    described = catalogue()[draft.type]
    data: dict[str, Any] = msgspec.json.decode(draft.data)
    for field in form_of(described) or ():
        text = data.get(field.name)
        if field.sealable and isinstance(text, str) and text.strip():
            data[field.name] = seal(f"data.{field.name}", text)
    note = seal("note", draft.note) if isinstance(draft.note, str) else draft.note
    return replace(draft, data=Raw(encode(data)), note=note)


def text_at(entry: Entry, path: str) -> Any:
    """What stands at a path of an entry: `note`, `reason` of its decision, `data.what`; None where nothing does."""
    if path == "note":
        return entry.draft.note
    if path == "reason":
        return entry.decision.reason if entry.decision else None
    found = msgspec.json.decode(entry.draft.data).get(path.removeprefix("data."))
    return convert(found, Sealed) if isinstance(found, dict) else found


def family(draft: EntryDraft) -> str:
    """Whose texts a draft's are for the keeper: the subject's, in its domain."""
    return f"{topic_of_fact(draft)}/{draft.subject}"
