"""What people enter by hand (系统补录): a draft, what another person decides on it, and the fact that it becomes.

Drafts are append-only, key = the draft's name. Nothing is lost before somebody confirms it; then it is an event of its domain.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from streams.messages.checked import Count, Time
from streams.messages.event import Actor, Authn
from streams.messages.text import Place
from streams.messages.words import Line, Remark, Why

EntryId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
"""BLAKE2s-128 (hex) of the person and the press: one press is one draft, however often it is sent."""

EntryNote = Annotated[str, Meta(max_length=500)]
"""What a page sends as note or reason: in an opened log the signer seals it, for a person may stand in it."""

EntryOutcome = Literal["confirmed", "returned", "withdrawn"]
"""复核入库, 退回, 撤回."""


class EntryDraft(Struct, frozen=True, gc=False, kw_only=True, tag="draft", tag_field="what"):
    """What one person has entered: a fact's type, subject, time and data; `note`: the paper or call that it was entered from.

    `corrects`: of a correction the place of the fact in the log, whose kind and time it has.
    """

    entry: EntryId
    at: Time
    by: Actor
    type: Line
    subject: Line
    time: Time
    data: Raw
    note: Remark = ""
    corrects: Place | None = None
    authn: Authn | UnsetType = UNSET


class EntryDecision(Struct, frozen=True, gc=False, kw_only=True, tag="decision", tag_field="what"):
    """What became of a draft: confirmed, then `place` is that of the fact; returned, with the reason; or taken back.

    `confirming`: its fact is written next, if the process lives; so whoever decides later first looks whether it stands.
    `looked`: how many `confirming` stand before this decision of which no fact was found; of others it is 0.
    """

    entry: EntryId
    at: Time
    by: Actor
    outcome: EntryOutcome | Literal["confirming"]
    reason: Remark = ""
    place: Place | None = None
    looked: Count = 0
    authn: Authn | UnsetType = UNSET


EntryRecord = EntryDraft | EntryDecision
"""What stands in the topic `entries`."""


ENTERED = ".entered"
"""Types that end so bring a stated fact of their domain by hand: `food_drug.entered`. In an opened log it is signed."""


class EnteredFact(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The data of such an event, whose time and subject are the fact's: the fact's kind and its own `data`.

    `entered`, `confirmed`: who did so, two persons of one department; `entry`: the draft's name in the topic `entries`; `note`:
    what it was entered from.
    """

    kind: Line
    data: Raw
    entered: Actor
    confirmed: Actor
    entry: Line
    note: Why = ""


def decision_name(decision: EntryDecision) -> str:
    """What makes two records one: of a press that decides; `confirming` is one each time that it is said."""
    name = f"{decision.entry}/{decision.outcome}/{decision.by.id}"
    return f"{name}/{decision.at}" if decision.outcome == "confirming" else name


def same_hand(entered: Actor, confirmed: Actor) -> str:
    """Why one person may not confirm what another has entered, or an empty text.

    >>> same_hand(Actor(id="a", role="clerk", department="zz-ee"), Actor(id="a", role="clerk", department="zz-ee"))
    'who has entered it does not confirm it: another person of the same department does'
    """
    if entered.id == confirmed.id:
        return "who has entered it does not confirm it: another person of the same department does"
    if not entered.department or entered.department != confirmed.department:
        return "who confirms is of the department that has entered it"
    return ""
