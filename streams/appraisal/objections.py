"""Objections to figures as the log has them: which unit objects to which of its cases, and what the measuring office says.

Pure. An objection waits until it is granted, refused or taken back; after a refusal the unit may object anew.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2s
from typing import Literal

from msgspec import Struct

from streams.messages import RIGHTS, Actor, Text, encode
from streams.messages.services.appraisal import Objection, ObjectionAnswer, ObjectionOutcome

GRANTED: frozenset[ObjectionOutcome] = frozenset({"left-out", "put-right"})
"""The answers that change the figure."""

ObjectionState = Literal["open", "left-out", "put-right", "refused", "withdrawn"]

STATES: Mapping[ObjectionState, Text] = {
    "open": Text("申诉待答复", "Objection not answered yet"),
    "left-out": Text("申诉成立，剔除", "Objection granted, left out"),
    "put-right": Text("申诉成立，更正", "Objection granted, put right"),
    "refused": Text("申诉未采纳", "Objection refused"),
    "withdrawn": Text("申诉已撤回", "Objection taken back"),
}


class Objected(Struct, frozen=True):
    """An objection and what was answered, None where nothing is yet."""

    said: Objection
    answer: ObjectionAnswer | None = None

    @property
    def state(self) -> ObjectionState:
        """How it stands."""
        return "open" if self.answer is None else self.answer.outcome

    @property
    def granted(self) -> tuple[str, ...]:
        """The cases for which it is granted."""
        if self.answer is None or self.answer.outcome not in GRANTED:
            return ()
        return self.answer.cases or self.said.cases


def objection_id(by: Actor, key: str) -> str:
    """BLAKE2s-128 (hex) of a person and the name of the press."""
    return blake2s(encode([by.id, key]), digest_size=16).hexdigest()


def objections(records: Iterable[Objection | ObjectionAnswer], office: str) -> dict[str, Objected]:
    """The objections by name, from the log's order; a record that may not be is passed over, as is a second copy."""
    found: dict[str, Objected] = {}
    for each in records:
        take_objection(found, each, office)
    return found


def take_objection(known: dict[str, Objected], record: Objection | ObjectionAnswer, office: str) -> None:
    """Take a record into the objections that are known, where it may be."""
    if objection_refusal(known, record, office):
        return
    if isinstance(record, Objection):
        known[record.objection] = Objected(record)
    else:
        known[record.objection] = Objected(known[record.objection].said, record)


def objection_refusal(known: Mapping[str, Objected], record: Objection | ObjectionAnswer, office: str) -> str:
    """Why an objection or an answer may not be, or an empty text. `office`: who measures."""
    if not record.reason.strip():
        return "an objection says why, and so does its answer: give a reason"
    if record.by.role not in RIGHTS[right := right_to_object(record)]:
        return f"role {record.by.role!r} may not {right}; {' or '.join(sorted(RIGHTS[right]))} may"
    if isinstance(record, Objection):
        return _said(known, record)
    return _answered(known.get(record.objection), record, office)


def _said(known: Mapping[str, Objected], record: Objection) -> str:
    if record.objection in known:
        return f"objection {record.objection} is known"
    if not record.unit or record.by.department != record.unit:
        return f"a unit objects to its own figure: this one is {record.unit!r}'s, not {record.by.department!r}'s"
    if not record.cases:
        return "an objection names the cases that it is about"
    if record.until < record.since:
        return f"the period from {record.since} to {record.until} runs backward"
    for each in known.values():
        stands = each.said.cases if each.state == "open" else each.granted
        same = (each.said.unit, each.said.measure) == (record.unit, record.measure)
        if same and (twice := sorted(set(stands) & set(record.cases))):
            return f"objection {each.said.objection} is about {', '.join(twice)} in {record.measure} already"
    return ""


def _answered(found: Objected | None, record: ObjectionAnswer, office: str) -> str:
    if found is None:
        return f"there is no objection {record.objection!r}: see `python -m agents measure objections`"
    if found.answer is not None:
        return f"objection {record.objection} is answered: {found.state}"
    if strange := sorted(set(record.cases) - set(found.said.cases)):
        return f"objection {record.objection} is not about {', '.join(strange)}"
    return _taken_back(found, record) if record.outcome == "withdrawn" else _decided(found, record, office)


def _taken_back(found: Objected, record: ObjectionAnswer) -> str:
    return "" if record.by.department == found.said.unit else f"{found.said.unit!r} alone takes its objection back"


def _decided(found: Objected, record: ObjectionAnswer, office: str) -> str:
    if not office or record.by.department != office:
        return not_the_office(office, record.by, "measures, and answers objections")
    if record.by.id == found.said.by.id:
        return f"{record.by.id!r} has objected: somebody else must answer"
    return ""


def not_the_office(office: str, by: Actor, does: str) -> str:
    """Why it is not for somebody who is not of the measuring office."""
    if not office:
        return "this place has no measuring office: name it in appraisal.toml"
    return f"{office!r} {does}, not {by.department!r}"


def right_to_object(record: Objection | ObjectionAnswer) -> str:
    """What a record is in the table of rights."""
    own = isinstance(record, Objection) or record.outcome == "withdrawn"
    return "figure-object" if own else "figure-answer"
