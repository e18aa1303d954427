"""What people see: an alert as a legal fact, and the trail of what happened to it.

State letters and transitions: ANSI/ISA-18.2-2016 (figure of the alarm state model); severities: the four colours of
《中华人民共和国突发事件应对法》, mapped to CAP 1.2 severity by `CAP_SEVERITY`.
"""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Hash, Kid, Latitude, Longitude, Time
from streams.messages.event import Actor, Name
from streams.messages.rights import DESK_RIGHTS
from streams.messages.text import Place, Severity, Text
from streams.messages.words import Words

Phase = Literal["in-process", "post-event"]
State = Literal["A", "B", "C", "D", "C-latched", "D-latched", "E", "F", "G"]
Mark = Literal["V", "v", "M"]

ASIDE: frozenset[State] = frozenset({"E", "F", "G"})
"""The states in which an alarm is not annunciated, whatever its condition: shelved, suppressed by design, out of service."""

SEVERITIES: tuple[Severity, ...] = ("red", "orange", "yellow", "blue")
"""Worst first."""

CAP_SEVERITY = {"red": "Extreme", "orange": "Severe", "yellow": "Moderate", "blue": "Minor"}


class Clause(Struct, frozen=True, gc=False):
    """The clause in force at event time, pinned to the alert. `mark`: V read, v second hand, M to be verified (待核)."""

    id: str
    edition: str
    article: str
    text: Text
    mark: Mark


class Department(Struct, frozen=True, gc=False):
    """Who answers for it, and by which entry of the list of duties (责任清单)."""

    id: str
    name: Text
    basis: str = ""


class Evidence(Struct, frozen=True, gc=False):
    """One event that counted: its place in the log, the SHA-256 of its bytes (hex), its time and the value judged."""

    place: Place
    sha256: str
    at: Time
    value: float | None = None


class Note(Struct, frozen=True, gc=False):
    """A person's last word on an alert: the verb, who, why and when (the partition's time); `kid`: the key that signed it."""

    verb: str
    actor: Actor
    reason: Words
    at: Time
    kid: Kid | UnsetType = UNSET


class Aside(Struct, frozen=True, gc=False, kw_only=True):
    """Why an alarm is not annunciated (states E, F and G): the note of the act, and until when.

    `until`: the log's time at which it ends by itself; `once` (state E): it ends before that with the condition's return to
    normal; `permit`: number of the work permit (state G).
    """

    note: Note
    until: Time
    once: bool = False
    permit: Words = ""


Truth = Literal["true", "false-alarm", "unclear"]
"""What a verification (核实) of an occurrence came to: 属实, 误报, 无法核实."""


class Verification(Struct, frozen=True, gc=False, kw_only=True):
    """The verdict that stands on an occurrence of an alert, and the note of the act that gave it."""

    finding: Truth
    note: Note


Conclusion = Literal["confirmed", "corrected", "unfounded"]
"""What a case came to: the alert was right; it was right but for its severity or value; there was nothing to it."""


class Case(Struct, frozen=True, gc=False, kw_only=True):
    """The after-the-fact track (事后) of an alert, beside its condition (事中): opened with an occurrence, ended by a person.

    `due`: until when it should be concluded; `overdue`: the log's time has passed that, and it was open. `finding` and `note`:
    what it came to, who says so and why.
    """

    opened_at: Time
    due: Time
    overdue: bool = False
    finding: Conclusion | None = None
    note: Note | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for its conclusion."""
        return self.finding is None


class Alert(Struct, frozen=True, gc=False, kw_only=True):
    """One alert as it stands after revision `rev`; the topic is compacted by `id`.

    `id`: BLAKE2s-128 (hex) of rule, subject, item and opening time. `rev`: offset of the event that caused this revision
    in `place.topic`/`place.partition`. `occurrence`: 1 at the first raise, one more at each re-alarm after a return.
    `value`, `limit` in `unit`; `item` says what of the subject (`o3`). `active`: the condition is true now. `verbs`: the
    acts allowed in this state. `audit`/`head`: number and hash of the newest audit entry. Times are RFC 3339, +08:00.
    `provisional`: `due` rests on a year whose notice of holidays is not out yet, and may still change. `aside`: in the states
    E, F and G, why it is not annunciated. `latch`: after its return to normal it waits for a reset. `first_out`: whether it was
    the first alarm of its group, None where its rule has no group. `acknowledged` and `confirmed`: the two signatures
    of this occurrence. `tiers`: the tiers of its rule that the condition has reached, by their place. `judged_by`: the version
    of the rule that found the newest value, where it is another one than that which raised it. `case`: the after-the-fact
    track, where its rule has one. `level`: how far up it has gone because nobody acknowledged it (1 the desk, 2 the head of
    section, 3 the leader on duty); `reminded`: how often the highest level was asked again; `asked_at`: since when the present
    level, at the present severity, is asked. `upstream`: the subject that feeds this one, by its registration's
    trait of that name, or empty. `orders`: ids of the open orders that it is tied to: it does not end before they let it go.
    `verified`: what the verification of this occurrence came to.
    """

    id: str
    rev: Count
    occurrence: Count
    log: str
    domain: str
    rule: str
    rule_version: str
    row: str
    title: Text
    clause: Clause
    phase: Phase
    severity: Severity
    state: State
    active: bool
    subject: str
    name: Name
    item: str
    value: float | None
    limit: float | None
    unit: str
    lon: Longitude | None
    lat: Latitude | None
    adcode: str
    department: Department
    guidance: Text
    opened_at: Time
    raised_at: Time
    changed_at: Time
    cleared_at: Time | None
    due: Time | None
    evidence: tuple[Evidence, ...]
    verbs: tuple[str, ...]
    note: Note | None
    place: Place
    audit: Count
    head: str
    provisional: bool = False
    aside: Aside | None = None
    latch: bool = False
    first_out: bool | None = None
    acknowledged: Note | None = None
    confirmed: Note | None = None
    tiers: tuple[Count, ...] = ()
    judged_by: str = ""
    case: Case | None = None
    level: Count = 1
    reminded: Count = 0
    asked_at: Time = ""
    upstream: str = ""
    orders: tuple[str, ...] | UnsetType = UNSET
    verified: Verification | UnsetType = UNSET

    @property
    def ended(self) -> bool:
        """Whether nothing is left to be done: the alarm is normal (A), its case, if any, concluded, and no order ties it."""
        return self.state == "A" and not self.orders and (self.case is None or not self.case.open)

    def allows(self, verb: str) -> bool:
        """Whether its state allows an act. What the desk records of it (`DESK_RIGHTS`) is allowed wherever a comment is."""
        return ("comment" if verb in DESK_RIGHTS else verb) in self.verbs


class Audit(Struct, frozen=True, gc=False, kw_only=True):
    """One entry of an alert's trail; append-only, identified by (`alert`, `n`).

    `event` is what happened: a step of the state table (`agents.core.alerts.alarm.ROWS`), `condition` (it became true or false
    while it was not annunciated), `severity`, `comment`, `confirm`, `retry`, `rule` (another version of the rule has found it
    true), `escalate` and `remind` (nobody acknowledged it in time), `conclude`, `reopen` and `overdue` (of its case), `notify`
    (the notifier has sent it, or has given up), `doubt` (acts that stand bear a key that was in other hands),
    `forget-ordered`, `forget-cancelled`, `hold-placed`, `hold-released` and `texts-destroyed` (of the subject's texts, as the
    keeper says), `correct` (a fact that counted was wrong), `verify`, `call` and `report` (what the desk has done about it),
    `link` and `release` (an order ties it, or lets it go: `order` is the order's id), or `refuse`: then `verb` was asked for
    and `reason` says why not. `words`: a person's own words where they stand apart from what the judge says, which alone is
    `reason` then; else `reason` has both.
    `finding`: of `verify` and `report`, what was found and how it was told.
    `hash` = SHA-256 over `prev` and the entry's canonical bytes without `hash`.

    In a log that was opened (docs/develop/signing.md) `words` always stand apart, `kid` is the key that signed the act,
    `revision` the digest of the revision that the entry makes, and `prev` and `hash` begin with their algorithm.
    """

    alert: str
    n: Count
    rev: Count
    at: Time
    event: str
    verb: str
    before: State
    after: State
    occurrence: Count
    severity: Severity
    actor: Actor | None
    reason: str
    place: Place
    order: str | UnsetType = UNSET
    finding: str | UnsetType = UNSET
    kid: Kid | UnsetType = UNSET
    words: Words | UnsetType = UNSET
    revision: Hash | UnsetType = UNSET
    prev: str
    hash: str
