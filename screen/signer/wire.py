"""What goes over the signer's socket: four bytes of length (big endian), then JSON; one question and one reply a connection.

Times are ms. A session is named by its secret where something is signed for it, and else by the secret's hash; neither is
written anywhere.
"""

import struct
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from screen.acts.order_about import UNKNOWN, About
from streams.messages import Act, Ask, Cancel, Handover, Place, Regroup, Sealed, Takeover
from streams.messages.orders import File, Issue, OrderAct
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.messages.services.catalogue import SharingStep
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryId
from streams.messages.words import Line

MOST = 65_536
"""Bytes of a question or reply at most, as of a signed record: a longer one could not be signed."""

LENGTH = struct.Struct(">I")

PATIENCE = 10.0
"""Seconds that the web process waits for a reply: as long as a page does."""

Secret = Annotated[str, Meta(max_length=200)]
Moment = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]


class Question(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="what"):
    """Something that is asked of the signer."""


class SignAct(Question, frozen=True, tag="act"):
    """An act on an alert, of which the web process says whose subject it is, and where that is judged."""

    session: Secret
    verb: Line
    act: Act
    key: Line
    now: Moment
    to: Line
    subject: Line
    region: Line


class SignRegroup(Question, frozen=True, tag="regroup"):
    """An act on an incident of a city at a revision of it."""

    session: Secret
    verb: Line
    act: Regroup
    now: Moment
    city: Line
    rev: int


class SignRecord(Question, frozen=True, tag="record"):
    """A note of a shift, that one is taken over, a job, a step of a request to share, an objection. The signer dates it."""

    session: Secret
    record: Handover | Takeover | Ask | Cancel | SharingStep | EntryDraft | Objection | ObjectionAnswer


class SignEntry(Question, frozen=True, tag="entry"):
    """What is decided on a draft, which the signer reads in the log; of one that is confirmed the fact is signed too."""

    session: Secret
    decision: EntryDecision
    region: Line


Purpose = Literal["handling", "review", "supervision", "request"]
"""What somebody looks at a sealed text for: 处置, 复核, 督查, 依申请."""

TextPath = Literal["reason", "permit"]
"""Where in the data of an act on an alert a person's text stands."""


class LookAt(Question, frozen=True, tag="look"):
    """A sealed text of the act at a place, which is said to be on this alert of this subject and department."""

    session: Secret
    place: Place
    path: TextPath
    reference: Sealed
    purpose: Purpose
    alert: Line
    subject: Line
    department: Line


class SignOrder(Question, frozen=True, tag="order"):
    """An act on an order, or one that is issued, whose place lies in a district; what the web process knows of the order.

    Where the act has a file that is not sealed yet its bytes follow the question.
    """

    session: Secret
    verb: Line
    key: Line
    now: Moment
    region: Line
    act: OrderAct | None = None
    issue: Issue | None = None
    about: About = UNKNOWN

    @property
    def following(self) -> int:
        """How many bytes follow the question."""
        file = self.act.file if self.act else None
        return file.size if file and file.text is None else 0


class LookEntry(Question, frozen=True, tag="look-entry"):
    """A sealed text of an entry by hand, which the signer reads in the log; `path`: `note`, `reason`, `data.what`."""

    session: Secret
    entry: EntryId
    path: Line
    reference: Sealed
    purpose: Purpose


TextName = Literal["cause", "basis", "demand", "feedback", "contact", "reason", "who"]
"""What a text of an order is called."""


class LookOrder(Question, frozen=True, tag="look-order"):
    """A sealed text of an order."""

    session: Secret
    order: Line
    name: TextName
    reference: Sealed
    purpose: Purpose


class OpenOriginal(Question, frozen=True, tag="original"):
    """The original of a piece of evidence of an order, whose bytes follow the reply."""

    session: Secret
    order: Line
    file: File
    purpose: Purpose


class Held(Question, frozen=True, tag="held"):
    """Whether a session holds."""

    hashed: Secret


class Active(Question, frozen=True, tag="active"):
    """The person of a session has done something."""

    hashed: Secret


class End(Question, frozen=True, tag="end"):
    """A session ends."""

    hashed: Secret


class Password(Question, frozen=True, tag="password"):
    """Somebody signs in with a password."""

    account: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=1_000)]


class WallToken(Question, frozen=True, tag="wall"):
    """A wall signs in."""

    token: Secret


class ProviderAnswer(Question, frozen=True, tag="provider"):
    """Somebody signs in on a provider's answer."""

    answer: str


class Known(Question, frozen=True, tag="known"):
    """Whether there is an account."""

    account: Annotated[str, Meta(max_length=100)]


class DeviceKey(Question, frozen=True, tag="device-key"):
    """What signs the cookies by which devices are known."""


class Names(Question, frozen=True, tag="names"):
    """The name to show of each account."""


Signing = SignAct | SignRegroup | SignOrder | SignRecord | SignEntry
Looked = LookAt | LookEntry | LookOrder | OpenOriginal
Asked = Signing | Looked | Held | Active | End | Password | WallToken | ProviderAnswer | Known | DeviceKey | Names


class Reply(Struct, frozen=True, omit_defaults=True):
    """What the signer says: 200 with a value, or the HTTP status of a refusal with its sentence."""

    status: int
    value: Raw = Raw(b"null")
    why: str = ""


def framed(message: Any) -> bytes:
    """A message as it goes over the socket; ValueError where it is too long."""
    body = msgspec.json.encode(message)
    if len(body) > MOST:
        raise ValueError(f"{len(body)} bytes; at most {MOST}")
    return LENGTH.pack(len(body)) + body
