"""What comes in: CloudEvents 1.0 in JSON, structured mode. Facts, ticks and commands share one envelope and one partition.

Sources: CloudEvents 1.0.2 §3.1 (required attributes), §3.2 (subject, time, data content type).
"""

from sys import intern
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field
from msgspec.structs import force_setattr

from streams.messages.checked import Hash, Time
from streams.messages.text import Place, Severity
from streams.messages.times import HOUR
from streams.messages.words import Line, Sealed, Why

TICK = "clock.tick"
"""The type of the event that says what time it is in its partition."""

RESUMED = "clock.resumed"
"""The type of the event that says what time it is after a gap: its data name the newest tick before it (`Resumption`)."""

STEP = HOUR
"""How far ahead of a partition's newest tick (ms) the next one may be without a `clock.resumed`.

A choice: the shortest allowance of any kind of fact, so that no single false tick makes a true reading late.
"""

NOTICE = "calendar.notice"
"""The type of the event that brings the State Council's notice of a year's holidays."""

ADOPTED = "book.adopted"
"""The type of the event from which on a partition is judged by another rule book."""

COMMAND = "command."
"""Types that begin so are a person's acts: `command.acknowledge`. The verb is imperative."""

REGISTERED = ".registered"
"""Types that end so make a subject known: `environment.registered`."""

CORRECTED = ".corrected"
"""Types that end so correct a fact of their domain: `environment.corrected`. It is stated: in an opened log it is signed."""


class Event(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A CloudEvent as it stands on the wire; `data` stays undecoded until the type is known.

    `id` + `source` identify the event; `subject` is whom it concerns and the Kafka key; `time` is RFC 3339 with an
    offset; `region` is an extension attribute, the adcode (GB/T 2260) of the place.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str = ""
    time: str
    datacontenttype: str = "application/json"
    dataschema: str = ""
    region: str = ""
    data: Raw = Raw(b"null")


Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""A whole number that every reader of JSON holds exactly (RFC 8259 §6)."""


class Actor(Struct, frozen=True, gc=False, kw_only=True):
    """Who acts: a person's account, the name to show, and the role that gives the right. A signed log holds no names."""

    id: Line
    name: Line | UnsetType = UNSET
    role: Line
    department: Line = ""

    @property
    def shown(self) -> str:
        """What people see: the name, or the account where the log has none."""
        return self.name or self.id


class Authn(Struct, frozen=True, gc=False):
    """How the signer knew who acts: `how` the person signed in, `at` which time, and the session's public id."""

    how: Line
    at: Time
    session: Line


class Act(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The data of a command: what a person does to one occurrence of one alert, and why.

    `occurrence` binds the act to what the person saw (OPC UA Part 9: an acknowledgement never covers the next one). An alarm
    that has no alert is named by `alarm`, its `rule` or `rule/item`, and occurrence 0. `lasts`: for how long (`30m`) an alarm
    is shelved, suppressed or out of service; `once`: shelved at most until the condition's return to normal; `permit`: the
    number of the work permit under which it is out of service. `finding`: what the case came to, of an act that concludes it;
    where that is `corrected`, `severity` and `value` are what the alert should have said; of `verify` its verdict, of `report`
    how the leader on duty was told. `who`: of `call`, who answered, of `confer`, who was called together; `when` (RFC 3339):
    where it was not just now. `authn`: in a signed log, how the signer knew who acts.
    """

    alert: Line = ""
    alarm: Line = ""
    occurrence: Whole
    actor: Actor
    reason: Why = ""
    lasts: Line = ""
    once: bool = False
    permit: Line | Sealed = ""
    finding: Line = ""
    severity: Severity | None = None
    value: float | None = None
    who: Line | Sealed = ""
    when: Line = ""
    authn: Authn | UnsetType = UNSET


class Resumption(Struct, frozen=True, gc=False, kw_only=True):
    """The data of `clock.resumed`: the newest tick (RFC 3339) of the partition before it, null where there is none.

    Whoever writes a log's ticks begins so in each partition, and after each gap of more than STEP. A partition with one of
    them believes no other tick that is further ahead.
    """

    since: Line | None = field(name="last")


class Adoption(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The data of `book.adopted`: the hash of the rule book, whose text stands in `<log>.books`; who adopted it, and why."""

    book: Line
    by: Line
    reason: Why = ""

    @property
    def name(self) -> str:
        """By what the text of the book is asked for: its hash."""
        return self.book


class TextAdoption(Adoption, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The data of `book.adopted` in an opened log: it names the very bytes of the text by their `digest`."""

    digest: Hash

    @property
    def name(self) -> str:
        """By what the text of the book is asked for: its hash, and behind a blank the digest of its bytes."""
        return f"{self.book} {self.digest}"


MAX_TRAITS = 32
"""How many traits a subject may have."""

_NONE: dict[str, Any] = {}

OwnerRole = Literal["discharger", "maintainer", "operator", "proprietor", "provider", "user"]
"""What a body is to it: 排污单位 (排污许可管理条例 2), 维护保养单位, 使用单位 (特种设备安全法 45, 13), 运营单位, 产权单位
or 提供单位 of data (政务数据共享条例 13)."""

Trait = bool | Whole | float | Line
"""One thing known of a subject."""


class Registered(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """The data of `<domain>.registered`: what is known of a subject. `lon` and `lat` are degrees, WGS-84.

    `kind` names what it is within the domain (`air_station`); `adcode` is the district (GB/T 2260);
    `limits` are limits of its own permit by item, in the unit of that item's readings; `traits` what else rules need to
    know of it (category, grade, dates as `2026-05-01`), at most `MAX_TRAITS`. `owner`, where `owner_role` is given: the
    统一社会信用代码 (GB 32100) of the body that answers for it in this role.
    """

    kind: Line
    name: "Name"
    adcode: Line
    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    owner: Line = ""
    owner_role: OwnerRole | Literal[""] = ""
    limits: Annotated[dict[str, float], Meta(max_length=MAX_TRAITS)] = {}
    traits: Annotated[dict[str, Trait], Meta(max_length=MAX_TRAITS)] = {}

    def __post_init__(self) -> None:
        """What many subjects have in common is kept once: of a million subjects this saves some 200 MB."""
        force_setattr(self, "kind", intern(self.kind))
        force_setattr(self, "adcode", intern(self.adcode))
        force_setattr(self, "owner", intern(self.owner))
        force_setattr(self, "owner_role", intern(self.owner_role))
        if not self.limits:
            force_setattr(self, "limits", _NONE)
        if not self.traits:
            force_setattr(self, "traits", _NONE)


class Corrected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The data of a correction: the place of the fact that it `corrects`, the fact's kind and its event time.

    `data`: all of the fact's data as they should have been; `order`: the number of the order that led to it. Of one that was
    made by hand: who `entered` and who `confirmed` it, and the `entry`'s name, as `EnteredFact` has them.
    """

    corrects: Place
    kind: Line
    at: Line
    data: Raw
    reason: Why
    order: Line = ""
    entered: Actor | UnsetType = UNSET
    confirmed: Actor | UnsetType = UNSET
    entry: Line | UnsetType = UNSET


class Name(Struct, frozen=True, gc=False):
    """A subject's name; English may be missing in a register, Chinese may not."""

    zh: Line
    en: Line = ""
