"""Notes at the change of a shift: what the leaving shift hands over, and who takes it. Append-only, key = department."""

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Time
from streams.messages.event import Actor, Authn
from streams.messages.words import Words


class Handover(Struct, frozen=True, gc=False, kw_only=True, tag="handover", tag_field="what"):
    """A note by the leaving shift. Times are RFC 3339, +08:00, of the machine where it was written.

    `note` is the person's own text; the rest is made of the log at that moment: the department's open alerts counted by
    `states` and by `severities`, the ids of those that ask for an acknowledgement, and the acts of people on its alerts since
    its handover before (or the last 24 hours), counted by verb.
    """

    id: str
    department: str
    at: Time
    by: Actor
    note: Words
    states: dict[str, Count]
    severities: dict[str, Count]
    unacknowledged: tuple[str, ...]
    done: dict[str, Count]
    authn: Authn | UnsetType = UNSET


class Takeover(Struct, frozen=True, gc=False, kw_only=True, tag="takeover", tag_field="what"):
    """The coming shift has read the note `handover` and answers from here on."""

    handover: str
    department: str
    at: Time
    by: Actor
    note: Words
    authn: Authn | UnsetType = UNSET
