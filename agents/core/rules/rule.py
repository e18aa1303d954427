"""Rules and clauses as they stand in TOML, decoded into frozen structs; nothing here reads a file.

`rules.toml` of a domain is a `RuleFile`, a file of `agents/law/clauses` a `ClauseFile`. A judge is made from a `Binding`: one
rule, one item of it, and the editions of its clause.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

from streams.calendar.working_time import Calendar
from streams.messages import CST, NEVER, SECOND, Mark, Phase, Registered, Severity, State, Text

ALERT = "alert:"
"""A kind that begins so is an alert of the same subject: `alert:<rule>` is read when it becomes active and when it ends."""

NO_DAYS = Calendar(days=(), first=0, last=0, certain=0)
"""The calendar that knows no year: whatever asks it is refused."""


Rank = Literal[
    "law",
    "administrative-regulation",
    "local-regulation",
    "department-rule",
    "local-government-rule",
    "normative-document",
    "safety-specification",
    "national-standard",
    "industry-standard",
    "local-standard",
]
"""What an instrument is: 法律, 行政法规, 地方性法规, 部门规章, 地方政府规章 (立法法), 规范性文件, 安全技术规范
(特种设备安全法 8), 国家标准, 行业标准, 地方标准 (标准化法 2)."""


class Enactment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The instrument whose text an edition is: its number (文号, `国务院令第820号`), who issued it, and its rank."""

    number: str
    issuer: str
    rank: Rank


class Edition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One edition of a clause.

    `from` is its first day in force, `to` the first day on which it no longer is (both 00:00 China Standard Time), so
    that editions join where `to` equals the next `from`; without `to` it is in force still. `seam` says why it does not join
    the edition before, where there is a gap, or where both hold for a time: then the newer one counts.
    `place`: the adcode with which those begin whom it binds (`41` Henan, `4101` Zhengzhou); without it, the nation.
    `limits`: limit by item in the units of that item's readings; `source`: where the text was read; `mark`: see `Clause`.
    What older books do not have is left out of their texts, so that these keep their hashes.
    """

    edition: str
    article: str
    text: Text
    mark: Mark
    source: str
    since: date = field(name="from")
    until: date | None = field(name="to", default=None)
    limits: dict[str, float] = {}
    instrument: Enactment | UnsetType = UNSET
    place: str | UnsetType = UNSET
    seam: str | UnsetType = UNSET

    @property
    def adcode(self) -> str:
        """With what the adcodes of those begin whom it binds; empty for the nation."""
        return self.place or ""

    @property
    def start(self) -> int:
        """The first millisecond in force."""
        return _midnight(self.since)

    @property
    def end(self) -> int:
        """The first millisecond no longer in force, or NEVER."""
        return NEVER if self.until is None else _midnight(self.until)


class ClauseSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One clause through its editions: those of the nation, oldest first, then those of each place.

    `standard` names the standard or law without an edition.
    """

    title: Text
    standard: str
    edition: tuple[Edition, ...]


class ClauseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`clauses.toml`: clauses by id."""

    clause: dict[str, ClauseSpec]


class Given(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One event of a case: its time, the fact's fields or the word `tick`, and the kind where it is not the rule's first."""

    at: str
    fact: dict[str, Any] | Literal["tick"]
    kind: str = ""


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One expected revision of an alert: the time of the event that causes it, and what it says; null is not compared."""

    at: str
    state: State
    severity: Severity
    item: str = ""
    value: float | None = None
    limit: float | None = None
    due: str | None = None


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """Events of one registered subject, and every alert revision that the rule must make of them, in order.

    `name` says in English what it shows, `zh` in Chinese. `register` are fields of its registration (`kind`, `limits`,
    `traits`, …) that matter to the rule.
    """

    name: str
    given: tuple[Given, ...]
    alerts: tuple[Expected, ...]
    register: dict[str, Any] = {}
    zh: str = ""


class Suppression(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A state of the same subject in which a rule's alarm is suppressed by design (ISA-18.2 11.6, state F): `why` says which.

    It holds while the newest fact of `kind` is one of `where` (see `agents.core.judges.parts.fields`): from the time that its
    field `since` names, else from its own, to before the one that `until` names, else while it is the newest.
    """

    kind: str
    why: Text
    where: dict[str, Any] = {}
    since: str = ""
    until: str = ""


class RuleSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    `row` is its row in the rule list, `on` the kinds of facts it reads (`alert:<rule>` for another rule's alerts), `judge` a
    stock judge's name or `<domain>:<name>`; `with` are the judge's parameters. With `items` there is one bound judge for
    each item, and the item is also the payload's field. `unit` is the unit of the alert's value, `units` where it differs
    by item. With `subjects` the rule concerns only subjects that are registered as one of these kinds.

    `latch`: after its return to normal the alert waits for a reset by hand. `re_alarm`: so long after its acknowledgement it
    asks again while the condition stands (`30m`). `first_out`: the name of a group of rules; of the alarms of one subject that
    stand at the same time the first of the group is marked. `escalate`: unacknowledged at a severity for so long it goes one
    level up, and again after as long (`{ red = "10m" }`). `conclude_within`: each occurrence opens a case, which should be
    concluded within that (`15d`). `suppress`: the states of the subject in which its alarm is suppressed by design.
    """

    row: str
    title: Text
    clause: str
    phase: Phase
    severity: Severity
    on: tuple[str, ...]
    judge: str
    department: str
    guidance: Text
    subjects: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    unit: str = ""
    units: dict[str, str] = {}
    params: dict[str, Any] = field(name="with", default_factory=dict)
    latch: bool = False
    re_alarm: str = ""
    first_out: str = ""
    escalate: dict[Severity, str] = {}
    conclude_within: str = ""
    suppress: tuple[Suppression, ...] = ()
    case: tuple[Case, ...] = ()


class RuleFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`rules.toml` of a domain: rules by id."""

    rule: dict[str, RuleSpec]


class Binding(Struct, frozen=True, kw_only=True):
    """What a judge is made of. Every judge's constructor takes exactly this; wrong `params` are a `msgspec.ValidationError`.

    `kinds` are the kinds of facts that the rule is `on`; `editions` those of the rule's clause, oldest first; `payloads` the
    types of all facts of the domain by kind, as far as they are known; `calendar` the working days: without one no limit that
    runs by them can be told.
    """

    rule: str
    item: str
    kinds: tuple[str, ...]
    params: dict[str, Any]
    editions: tuple[Edition, ...]
    payloads: Mapping[str, Any] = {}
    calendar: Calendar = NO_DAYS

    @property
    def key(self) -> str:
        """`rule` or `rule/item`."""
        return f"{self.rule}/{self.item}" if self.item else self.rule


def bindings(
    rule: str,
    spec: RuleSpec,
    editions: tuple[Edition, ...],
    payloads: Mapping[str, Any],
    calendar: Calendar,
) -> tuple[Binding, ...]:
    """One binding for each item of a rule, or a single one for a rule without items."""
    return tuple(
        Binding(
            rule=rule, item=item, kinds=spec.on, params=spec.params, editions=editions, payloads=payloads, calendar=calendar
        )
        for item in spec.items or ("",)
    )


def kinds_of(spec: RuleSpec) -> tuple[str, ...]:
    """Every kind of fact that a rule reads: those it is `on`, and those that its judge's parameters name."""
    alerts = [f"{ALERT}{rule}" for rule in _listed(spec.params.get("of", [])) if spec.judge == "repeat"]
    return tuple(dict.fromkeys([*spec.on, *_kinds(spec.params), *alerts]))


def named_in(spec: RuleSpec, item: str) -> frozenset[str]:
    """The first step of whatever a rule's parameters may name as a path: fields of a fact are among them."""
    return frozenset(text.replace("{item}", item).split(".")[0] for text in (item, *_texts(spec.params)))


def contexts(spec: RuleSpec) -> frozenset[str]:
    """The kinds whose newest fact a rule looks at beside those that it reads (`latest.site_weather.wind_force`)."""
    paths = [text.split(".") for text in _texts(spec.params) if text.startswith("latest.")]
    return frozenset(path[1] for path in paths if len(path) > 2) | {each.kind for each in spec.suppress}


def in_force(editions: tuple[Edition, ...], at: int, adcode: str = "", item: str = "") -> Edition | None:
    """The edition that binds at an adcode and an event time (ms), or None where none does.

    The city's goes before the province's, that before the nation's: a local standard replaces the nation's (生态环境法典 153).
    What it sets no limit for, an item, is left to the one that does.
    """
    binding = [each for each in editions if adcode.startswith(each.adcode) and each.start <= at < each.end]
    return max(binding, key=lambda each: (item in each.limits, len(each.adcode), each.since), default=None)


def first_in_force(editions: tuple[Edition, ...], adcode: str) -> int:
    """The first millisecond of the first edition that binds at an adcode, or NEVER where none ever does."""
    return min((each.start for each in editions if adcode.startswith(each.adcode)), default=NEVER)


def adcode_of(facts: Registered | None) -> str:
    """The adcode of a subject as it is registered; empty where nothing is known of it: then the nation's law alone binds it."""
    return "" if facts is None else facts.adcode


def unit_of(spec: RuleSpec, item: str) -> str:
    """The unit of an item's value."""
    return spec.units.get(item, spec.unit)


def _texts(params: Any) -> Iterator[str]:
    """Every text within a judge's parameters, names among them."""
    if isinstance(params, str):
        yield params
    elif isinstance(params, list):
        for each in params:
            yield from _texts(each)
    elif isinstance(params, dict):
        for name, value in params.items():
            yield name
            yield from _texts(value)


def _kinds(params: Any) -> Iterator[str]:
    """The values of every `kind` within a judge's parameters, but not within a `where`."""
    if isinstance(params, list):
        for each in params:
            yield from _kinds(each)
    elif isinstance(params, dict):
        for name, value in params.items():
            if name == "kind" and isinstance(value, str):
                yield value
            elif name != "where":
                yield from _kinds(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), CST).timestamp()) * SECOND
