"""What people do to orders: the data of the commands that make an order, and of those that move one on.

The acts and who may do each stand in `streams.messages.rights`, the state tables of the kinds of orders in `streams.orders`.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from streams.messages.checked import Digest, Latitude, Longitude, Time
from streams.messages.event import Actor, Authn, Whole
from streams.messages.text import Text
from streams.messages.words import Line, Sealed, Why

ISSUE = "order.issue"
"""The act that makes an order and sends it, or, of a document, begins its making (`Issue`); all others are an `OrderAct`."""

FILED = "order.filed"
"""The type of the event by which a matter comes in that a body must answer for: its data are a `Matter`."""

LINK, RELEASE = "order.link", "order.release"
"""The types of the events that tie an alert to an order, and let it go again: their data are a `Link`."""

NOT_TAKEN = "not-taken"
"""The outcome of an act `file` by which the trail is told that a file was refused before the act: `clause` says why."""

MAX_RECEIVERS = 500
"""How many receivers an order may have; a choice: what a city has of districts, streets and departments."""

MAX_LINKS = 64
"""How many alerts an order may be about; a choice."""

Part = Literal["main", "support", "assist"]
"""What a receiver is.

主办 answers for the whole, 协办 for its own share, 协助 (villages and communities) is asked and not timed.
"""

PaperKind = Literal["work-order", "dispatch", "document", "letter", "report"]
"""工单 and 调度指令 are sent by one press; 公文, 函 and 请示/报告 are made in the office's own system and recorded."""


def people(actor: Actor | None, behalf: str) -> frozenset[str]:
    """The accounts that stand behind an act: who acted, and for whom; of a chain of substitutes all.

    `a>b`: for `a`, who stands in for `b`, whose role and unit the act is done in.
    """
    return frozenset() if actor is None else frozenset({actor.id, *behalf.split(">")} - {""})


def no_chain(actor: Actor, behalf: str) -> str:
    """Why nobody stands in for others (代理) like this, or an empty text: each one is named, and once."""
    chain = [actor.id, *behalf.split(">")] if behalf else []
    return "" if all(chain) and len(set(chain)) == len(chain) else f"nobody stands in like this: {behalf!r} for {actor.id!r}"


class Receiver(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A unit that an order goes to. `limit`: its own time limit (`4 working-hours`), else that of the kind; `demand` of it.

    `under`: the line of the receiver whose sub-order (子单) it is; empty for one of the order's own.
    """

    unit: Line
    part: Part
    under: Line = ""
    limit: Line = ""
    demand: Why = ""


class Link(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An alert that an order is about: where it stands, and which occurrence.

    As the data of `order.link` and `order.release` too: `order` is then the order's id, and of a release `outcome` its end.
    """

    domain: Line
    subject: Line
    alert: Line
    occurrence: Whole
    order: Line = ""
    number: Line = ""
    outcome: Line = ""


class Passage(Struct, frozen=True, gc=False):
    """A part of an order's text.

    `cause` (事由), `basis` (依据), `demand` (要求), `feedback` (反馈), `contact` (联系), and its words.
    """

    name: Literal["cause", "basis", "demand", "feedback", "contact"]
    words: Why


class Issue(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The data of `command.order.issue`: an order as it is sent, under the id by which its partition is chosen.

    `title`: what it is about, without anything personal; before a review a text says 疑似. `verdict`: what the verification
    (核实) of its alerts came to; without one `reason` says why it is sent nevertheless. `urgent`: it rings outside working
    time too. `traits`: by what the limits of its kind are chosen (`nature`, `category`). `verifier` and `supervising`: units;
    empty for those of the kind. `parent`: the order that it supervises, or from which it follows. `matter`: the number of the
    request, rating or record. `limit`: of the whole, as the document or the issuer says. `behalf`: for whom the actor
    stands in. `worded`: whoever sealed its texts says that each was looked at before, and that none asserts a violation.
    """

    order: Line
    kind: Line
    actor: Actor
    title: Text
    text: Annotated[tuple[Passage, ...], Meta(max_length=8)] = ()
    receivers: Annotated[tuple[Receiver, ...], Meta(max_length=MAX_RECEIVERS)]
    paper: PaperKind = "work-order"
    urgent: bool = False
    traits: Annotated[dict[str, Line], Meta(max_length=16)] = {}
    limit: Line = ""
    verifier: Line = ""
    supervising: Line = ""
    adcode: Line = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    alerts: Annotated[tuple[Link, ...], Meta(max_length=MAX_LINKS)] = ()
    incident: Line = ""
    parent: Line = ""
    matter: Line = ""
    verdict: Literal["true", "false", "unclear", ""] = ""
    reason: Why = ""
    worded: bool = False
    behalf: Line = ""
    authn: Authn | UnsetType = UNSET


class Paper(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A paper of another office's making, as it is recorded: 公文, 函, 督办通知. The product makes none and numbers none.

    `number`: 发文字号 or 督办编号; `signed_by`: who signed it off (签发); `digest`: SHA-256 of the sealed file.
    """

    kind: Literal["document", "letter", "report", "supervision"]
    number: Line
    organ: Line
    signed_by: Line = ""
    at: Time
    digest: Digest | None = None


class LegalInstrument(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An act of the competent organ on an enterprise (责令改正, 特种设备安全监察指令书, 案件), as it is recorded here.

    `number`: 文书文号; `officers`: certificates of the two or more officers (行政处罚法 42); `served`: how and when it was
    served (送达, 程序规定 82); `limit_at`: until when it must be put right; `remedy`: that reconsideration and suit were
    told; `recheck_at`: until when it must be re-inspected. `end`, `ended_at`: what became of it, once it has ended: it was
    complied with, executed, transferred, terminated, or revoked or found unlawful in reconsideration or by a court; told
    by recording it once more.
    """

    kind: Literal["rectification", "special-equipment", "case", "transfer", "suspension", "other"]
    number: Line
    organ: Line
    officers: Annotated[tuple[Line, ...], Meta(max_length=8)]
    served: Literal["direct", "left", "post", "electronic", "notice"]
    served_at: Time
    limit_at: Time = ""
    remedy: bool = False
    recheck_at: Time = ""
    end: Literal["", "complied", "executed", "transferred", "terminated", "revoked", "confirmed-unlawful"] = ""
    ended_at: Time = ""
    digest: Digest | None = None


class File(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A piece of evidence: SHA-256 of the original's bytes, its size (bytes), its type by content, when it was made.

    `text`: the reference to the sealed original; `of`: what the closing condition names it for. No name and no path from
    whoever sent it.
    """

    digest: Digest
    size: Annotated[int, Meta(ge=1, le=2**31)]
    type: Line
    made_at: Time = ""
    of: Line = ""
    text: Sealed | None = None


class OrderAct(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The data of all other commands on an order.

    `lines`: the receivers' lines that it concerns; none for the order itself. `seen`: the number of the newest entry of the
    trail that the person saw of it, 0 where the act holds whatever has happened. `unit`: one that is proposed or named;
    `clause`: of the list of duties or the law; `outcome`: a verdict, finding, decision or end; `limit`: a length of time;
    `at`: when the thing happened that is recorded; `who`: who answered or was reached. `solved`: of a call-back, whether the
    caller says that it is solved (解决、未解决); empty where he does not say. `behalf`: as of `Issue`.
    """

    order: Line
    actor: Actor
    lines: Annotated[tuple[Line, ...], Meta(max_length=MAX_RECEIVERS)] = ()
    seen: Whole = 0
    reason: Why = ""
    unit: Line = ""
    receivers: Annotated[tuple[Receiver, ...], Meta(max_length=MAX_RECEIVERS)] = ()
    clause: Line = ""
    outcome: Line = ""
    limit: Line = ""
    at: Time = ""
    who: Line | Sealed = ""
    solved: Literal["", "yes", "no"] = ""
    paper: Paper | None = None
    instrument: LegalInstrument | None = None
    file: File | None = None
    behalf: Line = ""
    authn: Authn | UnsetType = UNSET

    @property
    def people(self) -> frozenset[str]:
        """The accounts that stand behind it."""
        return people(self.actor, self.behalf)


class Matter(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What came in from outside that a body must answer for, as it stands after one fact: a request, a rating, a data fault.

    `id`: kind and number (`request/4107`); `step`: what the fact told; `n`: the offset of the fact. `subject`: whom the fact is
    about (a hotline, a unit, a window); `unit`: who is asked, where the fact says so; `traits`: what the limits are chosen by.
    `opens`: whether it may open an order; else it is a later step of one. `applicant`: the body that applies, where that is
    known: of a fault in data a department that uses them. `partition`: that of the fact where the subject does not tell it, as
    that of a fault does not, which is a type of events.
    """

    id: Line
    kind: Line
    number: Line
    step: Line
    n: Whole
    at: Time
    subject: Line
    name: Line = ""
    unit: Line = ""
    adcode: Line = ""
    lon: Longitude | None = None
    lat: Latitude | None = None
    title: Text
    urgent: bool = False
    traits: Annotated[dict[str, Line], Meta(max_length=16)] = {}
    opens: bool = True
    applicant: Line = ""
    partition: Whole = 0
