"""What people answer for together: alerts that belong together as one incident (事件), and the floods of alarms.

An alarm flood begins and ends by ISA-18.2-2016 16.4, counted for one desk: one department of one city.
"""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from streams.messages.checked import Count, Hash, Kid, Latitude, Longitude, Time
from streams.messages.event import Actor, Authn
from streams.messages.outputs.alert import Department
from streams.messages.text import Place, Severity, Text
from streams.messages.words import Line, Why, Words

REVISED = "alert.revised"
"""The type of the event that brings a revision of an alert to the incidents of its city; `data` is the alert."""

MAX_MEMBERS = 500
"""How many alerts an incident holds at most, and how many ids its message lists; a choice, so that a message stays small."""

MAX_NOTES = 16
"""How many merges and splits an incident tells of; its trail has all of them."""

Ids = Annotated[tuple[Line, ...], Meta(max_length=MAX_MEMBERS)]
"""Ids of incidents or alerts."""


class Regroup(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The data of `command.merge` and `command.split`: what a person does to an incident, and why.

    Merge: `others`, incidents of the same city, become part of `incident`. Split: its `alerts` become an incident of their own.
    """

    incident: Line
    actor: Actor
    reason: Why = ""
    others: Ids = ()
    alerts: Ids = ()
    authn: Authn | UnsetType = UNSET


class Duty(Struct, frozen=True, gc=False):
    """A department that answers, and why: `alert` is the one that makes it answer.

    `rule`: the grouping rule that names it, or by which that alert joined; empty for the alert with which it all began.
    """

    department: Department
    alert: str
    rule: str


class Regrouping(Struct, frozen=True, gc=False, kw_only=True):
    """A merge or a split as an incident tells of it; `refused` says why it was not done, or is empty.

    `actor` is None and `rule` the grouping rule where a flood merged it. `ids`: the incidents or alerts that it was about.
    `kid`: the key that signed the act, in a log that was opened.
    """

    verb: Literal["merge", "split"]
    actor: Actor | None
    rule: str
    reason: Words
    at: Time
    ids: tuple[str, ...]
    refused: str
    kid: Kid | UnsetType = UNSET


class Incident(Struct, frozen=True, gc=False, kw_only=True):
    """One incident as it stands after revision `rev`; the topic is compacted by `id`.

    `id`: BLAKE2s-128 (hex) of the alert with which it began, or of that and the place of the split that made it. `rev`: offset
    of the record that caused this revision, at `place`. `severity`: the worst of its open members; once ended, the last one.
    `members`: ids of the alerts that belong to it now, the open ones first, at most `MAX_MEMBERS`; `count`: of all that ever
    belonged to it; `open`: of those that have not ended. `first`: the alert with which it began. `lon`, `lat`: the middle of
    its open members (degrees, WGS-84), None where none has a place; `adcode`: their district, or the city where they are of
    several. `rules`: the grouping rules that joined its present members, of the version `rules_version`. `flood`: a member was
    annunciated in an alarm flood. `merged_into`: the incident whose part it has become; then it has ended. `audit`/`head`:
    number and hash of the newest entry of its trail. Times are RFC 3339, +08:00.
    """

    id: str
    rev: Count
    log: str
    city: str
    title: Text
    severity: Severity
    state: Literal["open", "ended"]
    members: tuple[str, ...]
    count: Count
    open: Count
    first: str
    lead: Duty
    helpers: tuple[Duty, ...]
    lon: Longitude | None
    lat: Latitude | None
    adcode: str
    opened_at: Time
    changed_at: Time
    ended_at: Time | None
    rules: tuple[str, ...]
    rules_version: str
    notes: tuple[Regrouping, ...]
    flood: bool
    merged_into: str
    place: Place
    audit: Count
    head: str


class IncidentAudit(Struct, frozen=True, gc=False, kw_only=True):
    """One entry of an incident's trail; append-only, identified by (`incident`, `n`).

    `event`: `open`, `join`, `severity`, `lead` (another department leads), `flood`, `end`, `reopen`, `merge` (others became
    part of it), `merged` (it became part of another), `split` (alerts left it), `split-off` (it was made of them), `doubt`
    (merges and splits that stand bear a key that was in other hands), those of orders on texts (`Audit`), or `refuse`: then
    `verb` was asked for and `reason` says why not. `ids`: the alerts or incidents that it is about. `rule`: the grouping rule.
    `words`: a person's own words where they stand apart from `reason`. `hash`: SHA-256 over `prev` and the entry's canonical
    bytes without `hash`. In a log that was opened the trail is as that of alerts (`Audit`).
    """

    incident: str
    n: Count
    rev: Count
    at: Time
    event: str
    verb: str
    state: Literal["open", "ended"]
    severity: Severity
    ids: tuple[str, ...]
    rule: str
    actor: Actor | None
    reason: str
    place: Place
    kid: Kid | UnsetType = UNSET
    words: Words | UnsetType = UNSET
    revision: Hash | UnsetType = UNSET
    prev: str
    hash: str


class Flood(Struct, frozen=True, gc=False, kw_only=True):
    """One alarm flood of one desk as it stands after revision `rev`; the topic is compacted by `id`.

    `id`: BLAKE2s-128 (hex) of city, department and `began_at`, the time of the annunciation that made it a flood. `count`:
    annunciations in the window that ends with the newest; `peak` the most there were. `until`: when it ends unless more come;
    `ended_at`: when it has ended, else None.
    """

    id: str
    rev: Count
    log: str
    city: str
    department: Department
    began_at: Time
    count: Count
    peak: Count
    until: Time
    ended_at: Time | None
    place: Place
