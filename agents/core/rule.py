"""Rules and clauses as they stand in TOML, decoded into frozen structs; nothing here reads a file.

`rules.toml` of a domain is a `RuleFile`, `agents/law/clauses` a `ClauseFile`, `agents/law/departments.toml` a
`DepartmentFile`. A judge is made from a `Binding`: one rule, one item of it, and the editions of its clause.
"""

from datetime import date, datetime, time
from typing import Any, Literal

from msgspec import Struct, field

from streams.messages import CST, NEVER, SECOND, Mark, Phase, Severity, State, Text


class Edition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One edition of a clause.

    `from` is its first day in force, `to` the first day on which it no longer is (both 00:00 China Standard Time), so
    that editions join where `to` equals the next `from`; without `to` it is in force still.
    `limits`: limit by item in the units of that item's readings; `source`: where the text was read; `mark`: see `Clause`.
    """

    edition: str
    article: str
    text: Text
    mark: Mark
    source: str
    since: date = field(name="from")
    until: date | None = field(name="to", default=None)
    limits: dict[str, float] = {}

    @property
    def start(self) -> int:
        """The first millisecond in force."""
        return _midnight(self.since)

    @property
    def end(self) -> int:
        """The first millisecond no longer in force, or NEVER."""
        return NEVER if self.until is None else _midnight(self.until)


class ClauseSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One clause through its editions, oldest first. `standard` names the standard or law without an edition."""

    title: Text
    standard: str
    edition: tuple[Edition, ...]


class ClauseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`clauses.toml`: clauses by id."""

    clause: dict[str, ClauseSpec]


class DepartmentSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A department's name, and by which entry of the list of duties (责任清单) it answers."""

    name: Text
    basis: str


class DepartmentFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`departments.toml`: departments by id."""

    department: dict[str, DepartmentSpec]


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
    """Events of one registered subject, and every alert revision that the rule must make of them, in order."""

    name: str
    given: tuple[Given, ...]
    alerts: tuple[Expected, ...]


class RuleSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule.

    `row` is its row in the rule list, `on` the kinds of facts it reads, `judge` a stock judge's name or
    `<domain>:<name>`; `with` are the judge's parameters. With `items` there is one bound judge for each item, and the
    item is also the payload's field. `unit` is the unit of the alert's value, `units` where it differs by item.
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
    items: tuple[str, ...] = ()
    unit: str = ""
    units: dict[str, str] = {}
    params: dict[str, Any] = field(name="with", default_factory=dict)
    case: tuple[Case, ...] = ()


class RuleFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`rules.toml` of a domain: rules by id."""

    rule: dict[str, RuleSpec]


class Binding(Struct, frozen=True, kw_only=True):
    """What a judge is made of. Every judge's constructor takes exactly this; wrong `params` are a `msgspec.ValidationError`.

    `kinds` are the kinds of facts it will read; `editions` those of the rule's clause, oldest first.
    """

    rule: str
    item: str
    kinds: tuple[str, ...]
    params: dict[str, Any]
    editions: tuple[Edition, ...]

    @property
    def key(self) -> str:
        """`rule` or `rule/item`."""
        return f"{self.rule}/{self.item}" if self.item else self.rule


def bindings(rule: str, spec: RuleSpec, editions: tuple[Edition, ...]) -> tuple[Binding, ...]:
    """One binding for each item of a rule, or a single one for a rule without items."""
    return tuple(
        Binding(rule=rule, item=item, kinds=spec.on, params=spec.params, editions=editions) for item in spec.items or ("",)
    )


def in_force(editions: tuple[Edition, ...], at: int) -> Edition | None:
    """The edition in force at an event time (ms), or None where the law knows none."""
    return next((edition for edition in editions if edition.start <= at < edition.end), None)


def unit_of(spec: RuleSpec, item: str) -> str:
    """The unit of an item's value."""
    return spec.units.get(item, spec.unit)


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), CST).timestamp()) * SECOND
