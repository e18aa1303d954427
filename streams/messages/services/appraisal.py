"""What stands beside the figures of measures and signs: what is drafted and adopted, objections to figures (申诉).

Indexes (考核办法) and baselines of signs (体征基线) are drafted and adopted. Append-only, key = index, baseline, or the
objection. The text of a version of an index or baseline stands in the topic `books` under its name.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from streams.messages.checked import Digest, Time
from streams.messages.event import Actor, Authn
from streams.messages.words import Line

DraftStage = Literal["drafted", "adopted", "returned"]
"""拟定, 印发施行, 退回 to the drafter."""

Day = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
"""A day of China Standard Time, as 2026-03-05."""

Month = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A month of China Standard Time, as 2026-03."""

ObjectionId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
"""BLAKE2s-128 (hex) of the person and the press: one press is one objection, however often it is sent."""

Ground = Annotated[str, Meta(max_length=500)]
"""What a body says of a figure, not of a person: it stands beside the figure for everybody who sees that."""

CaseIds = Annotated[tuple[Line, ...], Meta(max_length=200)]


class IndexStep(Struct, frozen=True, gc=False, kw_only=True, tag="index", tag_field="what"):
    """One step of a version of an index. `version`: the first 16 digits of `digest`, the SHA-256 of its text.

    `since`: with the period of this month it takes effect; the same at its draft and at its adoption.
    """

    index: Line
    version: str
    step: DraftStage
    digest: Digest
    since: Month
    at: Time
    by: Actor
    note: Ground = ""
    authn: Authn | UnsetType = UNSET

    @property
    def name(self) -> str:
        """What is drafted."""
        return self.index

    @property
    def drafted(self) -> tuple[str, ...]:
        """What an adoption must have in common with its draft."""
        return self.digest, self.since


class BaselineStep(Struct, frozen=True, gc=False, kw_only=True, tag="baseline", tag_field="what"):
    """One step of a version of a baseline. `version`: the first 16 digits of `digest`, the SHA-256 of its text.

    `since`, `until`: the first and the last day of its window, the same at its draft and at its adoption.
    """

    baseline: Line
    version: str
    step: DraftStage
    digest: Digest
    since: Day
    until: Day
    at: Time
    by: Actor
    note: Ground = ""
    authn: Authn | UnsetType = UNSET

    @property
    def name(self) -> str:
        """What is drafted."""
        return self.baseline

    @property
    def drafted(self) -> tuple[str, ...]:
        """What an adoption must have in common with its draft."""
        return self.digest, self.since, self.until


DraftStep = IndexStep | BaselineStep
"""A step of what one person drafts and another adopts."""


class Objection(Struct, frozen=True, gc=False, kw_only=True, tag="objection", tag_field="what"):
    """A unit objects to how cases of its own count in a measure, in the months `since` to `until`, both of them in it."""

    objection: ObjectionId
    measure: Line
    unit: Line
    since: Month
    until: Month
    cases: CaseIds
    reason: Ground
    at: Time
    by: Actor
    authn: Authn | UnsetType = UNSET


ObjectionOutcome = Literal["left-out", "put-right", "refused", "withdrawn"]
"""准予剔除, 准予更正 (the cases count as done well), 不予采纳, 撤回 by the unit."""


class ObjectionAnswer(Struct, frozen=True, gc=False, kw_only=True, tag="answer", tag_field="what"):
    """What became of an objection. `cases`: of a granted one for which of its cases, none: for all; `reason`: why."""

    objection: ObjectionId
    outcome: ObjectionOutcome
    reason: Ground
    at: Time
    by: Actor
    cases: CaseIds = ()
    authn: Authn | UnsetType = UNSET


AppraisalRecord = DraftStep | Objection | ObjectionAnswer
"""What stands in the topic `appraisal`."""
