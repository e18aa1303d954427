"""What people see of orders: the order as a whole, a line for each receiver, and the trail of both.

Sources: 党政机关公文处理工作条例, 政府督查工作条例 (令733), 政务数据共享条例 (令809) and those that each kind names in
`streams.orders`.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Hash, Kid, Latitude, Longitude, Time
from streams.messages.event import Actor
from streams.messages.orders import File, LegalInstrument, Link, Paper, PaperKind, Part, Passage, people
from streams.messages.text import Place, Text
from streams.messages.words import Words

Basis = Literal["certain", "likely", "check", "default", "issuer"]
"""How sure a number is.

Its text was read, press or one local rule, to be looked up, 本系统默认, or whoever issued it says so.
"""

LineState = Literal["sent", "signed", "review", "reported", "accepted", "told", "moved", "withdrawn"]
"""待签收, 在办, 单位审核, 已反馈, 已采纳, 已告知 (协助), 已改派, 已撤回. The first four are open."""

OPEN_LINES: frozenset[LineState] = frozenset({"sent", "signed", "review", "reported"})


class ClockPause(Struct, frozen=True, gc=False, kw_only=True):
    """Time that is not counted, by law or rule: its kind, the basis, when it began and, once it is over, ended."""

    kind: str
    basis: str
    begin: Time
    end: Time | None = None


class OrderClock(Struct, frozen=True, gc=False, kw_only=True):
    """One named clock of an order or a line, with all that its figures rest on.

    `name`: what must be done (`sign`, `contact`, `handle`, `answer`, `procedure`, `check`). `limit`: as `streams.calendar`
    reads it (`24 workday-hours`); `start` and `due`; `first_due`: as it was before any extension; `warn`: when it turns yellow;
    `provisional`: it rests on a year without notice. `pauses`: time not counted; `extra`: what was granted on top;
    `ahead`: so long before the end it warns; `urgent`: it rings at any hour. `met`: when it was done; `late`: the log's
    time has passed `due` before that; `warned`. `rings`: when a warning or an end that fell out of working time rings.
    `source`, `place`, `mark`: where the number is from. `stops`: the acts that meet it, by the row of the kind that it began
    by; UNSET in clocks from before that was kept.
    """

    name: str
    limit: str
    start: Time
    due: Time
    first_due: Time
    warn: Time
    provisional: bool = False
    pauses: tuple[ClockPause, ...] = ()
    extra: tuple[str, ...] = ()
    ahead: str = ""
    urgent: bool = False
    met: Time | None = None
    dropped: bool = False
    warned: bool = False
    late: bool = False
    rings: Time | None = None
    source: Text
    place: str
    mark: Basis
    stops: tuple[str, ...] | UnsetType = UNSET

    @property
    def runs(self) -> bool:
        """Whether it is still to be met."""
        return self.met is None and not self.dropped


class Stamp(Struct, frozen=True, gc=False, kw_only=True):
    """That something was done: `at` by the log, by whom and for whom (`behalf`), `when` in truth, and what was said.

    `who`: who was reached. `kid`: the key that signed it. Of a chain of substitutes `behalf` names all, as `a>b`.
    """

    at: Time
    actor: Actor | None = None
    words: Words = ""
    who: Words = ""
    when: str = ""
    behalf: str = ""
    kid: Kid | UnsetType = UNSET

    @property
    def people(self) -> frozenset[str]:
        """The accounts that stand behind it."""
        return people(self.actor, self.behalf)


class Application(Struct, frozen=True, gc=False, kw_only=True):
    """What waits for a decision, or has one: a return (退单), more time (延期), an objection (异议), a review (复核).

    `clause`: of the list of duties; `unit`: who is proposed; `limit`: how much more; `due`: until when it should be decided.
    `decision`: `granted`, `refused`, `conferred` (会商), `referred` (协商不成，报请指定), `designated` (指定); then `decided`.
    """

    kind: Literal["return", "extension", "objection", "review"]
    asked: Stamp
    clause: str = ""
    unit: str = ""
    limit: str = ""
    due: Time | None = None
    decision: str = ""
    decided: Stamp | None = None

    @property
    def open(self) -> bool:
        """Whether it waits."""
        return self.decision in {"", "conferred", "referred"}


Publicity = Literal["public", "withheld"]
"""公开, 不公开."""


class Publication(Struct, frozen=True, gc=False, kw_only=True):
    """Whether what an order came to was made public (公开): `public`, `clause` says where; or `withheld`, by which article.

    `done`: by whom, when, and what was published, or why not.
    """

    outcome: Publicity
    clause: str
    done: Stamp


class OrderLine(Struct, frozen=True, gc=False, kw_only=True, tag="line", tag_field="of"):
    """One receiver of an order as it stands after revision `rev`; the topic is compacted by `id`, which is `order/n`.

    `under`: the line whose sub-order (子单) it is, or empty. `unit`: the receiver; `from_unit`: who sends it. `delivered`,
    `read`, `signed` and `called` (叫应): the four moments, each its own. `contacts`: how often the caller or enterprise
    was reached. `reply`: what the unit has answered, once its reviewer has let it out; `draft`: what waits for him.
    `designated`: no return is taken any more. `moved_to`: the line that took its place. `returns`: of its return that is
    decided or waits. `first`: the line whose unit was asked first (首问) and answers for the hand-over until this one is
    signed; UNSET where nobody was asked before.
    """

    id: str
    rev: Count
    log: str
    order: str
    n: str
    under: str
    part: Part
    unit: str
    from_unit: str
    state: LineState
    sent: Time
    delivered: Stamp | None = None
    read: Stamp | None = None
    signed: Stamp | None = None
    called: Stamp | None = None
    contacted: Stamp | None = None
    contacts: Count = 0
    draft: Stamp | None = None
    reply: Stamp | None = None
    outcome: str = ""
    demand: Words = ""
    returns: Application | None = None
    extension: Application | None = None
    objection: Application | None = None
    designated: bool = False
    moved_to: str = ""
    first: str | UnsetType = UNSET
    reworked: Count = 0
    urged: Count = 0
    clocks: tuple[OrderClock, ...] = ()
    verbs: tuple[str, ...] = ()
    changed_at: Time
    place: Place
    audit: Count
    head: str

    @property
    def open(self) -> bool:
        """Whether something is still expected of its unit."""
        return self.state in OPEN_LINES

    @property
    def ended(self) -> bool:
        """Whether nothing of it goes on: of one that has moved the hand-over does."""
        return not self.open and self.state != "moved"


class Linked(Struct, frozen=True, gc=False, kw_only=True):
    """An alert of an order, and how its condition stands.

    `active`, since when it is quiet, and since when it may be re-inspected.
    """

    link: Link
    active: bool
    quiet: Time | None = None
    ready: Time | None = None
    audit: Count = 0
    ended: bool = False


class Order(Struct, frozen=True, gc=False, kw_only=True, tag="order", tag_field="of"):
    """One order as a whole as it stands after revision `rev`; the topic is compacted by `id`.

    `number`: 工单编号, made here, and the only one that is: `GD-20261124-0017`. `book`: the version of its kind's data.
    `round`: 1, one more each time its condition came back or its answer was sent back. `state`: of the state table of its kind.
    `issuer`: the unit that sends it; `verifier` and `supervising` units. `lines`: how many receivers' lines there are;
    `main`: the line that answers for the whole. `outcome`: what it came to; `lawful`: it ended by law while its condition
    stood. `proposed`: since when the supervision of it is proposed (建议督办). `applications`: those on the whole:
    objection, review. `satisfaction`: what the caller said when called back: 5 to 1, 0 for reached without an answer, None
    for not reached; `solved`: whether he said that it is solved, UNSET where he did not. `inspected` and `finding`: the newest
    verification (核查), `passed` or `failed`; `rechecked`: the officers' re-inspection (复查); `concluded`: who concluded or
    closed it. `voided`: a review has found that it should not count. `published`: whether what it came to was made public
    (公开). `purged`: its texts are
    gone. `verbs`: the acts that its state allows.
    """

    id: str
    rev: Count
    log: str
    kind: str
    book: str
    number: str
    round: Count
    state: str
    title: Text
    text: tuple[Passage, ...]
    paper: PaperKind
    urgent: bool
    traits: dict[str, str]
    issuer: str
    verifier: str
    supervising: str
    actor: Actor | None
    adcode: str
    lon: Longitude | None
    lat: Latitude | None
    alerts: tuple[Linked, ...]
    incident: str
    parent: str
    matter: str
    verdict: str
    lines: Count
    main: str
    clocks: tuple[OrderClock, ...]
    papers: tuple[Paper, ...] = ()
    instruments: tuple[LegalInstrument, ...] = ()
    files: tuple[File, ...] = ()
    applications: tuple[Application, ...] = ()
    inspected: Stamp | None = None
    finding: str = ""
    rechecked: Stamp | None = None
    concluded: Stamp | None = None
    satisfaction: Count | None = None
    callbacks: Count = 0
    solved: bool | UnsetType = UNSET
    outcome: str = ""
    lawful: bool = False
    proposed: Time | None = None
    voided: bool = False
    purged: bool = False
    published: Publication | UnsetType = UNSET
    opened_at: Time
    changed_at: Time
    closed_at: Time | None = None
    archived_at: Time | None = None
    verbs: tuple[str, ...] = ()
    place: Place
    audit: Count
    head: str

    @property
    def ended(self) -> bool:
        """Whether it has come to an end; what is left is its file."""
        return self.closed_at is not None


class OrderAudit(Struct, frozen=True, gc=False, kw_only=True):
    """One entry of an order's trail; append-only, identified by (`order`, `n`).

    `event`: the act that was done (`sign`), what time did (`remind`, `late`, `propose`), what its alert did (`condition`,
    `ready`, `round`), a step of another system (`step`), or `refuse`: then `verb` was asked for and `reason` says why not.
    `line`: the receiver's line that it changed, empty for the order as a whole; `before` and `after`: states of that.
    `unit`: of the actor. `told`: what the act has said beside words, by name. `hash` and what an opened log adds: as of
    alerts (`Audit`); `revision` is then the digest of the line, or of the order where there is none.
    """

    order: str
    n: Count
    rev: Count
    at: Time
    event: str
    verb: str
    line: str
    before: str
    after: str
    actor: Actor | None
    behalf: str
    reason: str
    told: dict[str, str]
    place: Place
    kid: Kid | UnsetType = UNSET
    words: Words | UnsetType = UNSET
    revision: Hash | UnsetType = UNSET
    prev: str
    hash: str
