"""The rule book: rules, clauses and departments compiled once into what the fold needs for each type of event.

All of it comes decoded; `agents.rulebook.load` reads the files.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct, convert, structs

from agents.core.alerts import quarantine
from agents.core.alerts.alarm import RULE_FAILED, Times
from agents.core.alerts.state import REGISTRATION, Latest, Subject, room_for
from agents.core.alerts.suppress import suppressing
from agents.core.duration import span
from agents.core.judge import Finding, Judge
from agents.core.judges import STOCK
from agents.core.mend import decoder, mended
from agents.core.rules.bound import Bound, Concern, Pinned, Timed, concern, listeners, read_by
from agents.core.rules.ground import Check, DomainGround, FactKind, Ground
from agents.core.rules.guard import Screens, everything
from agents.core.rules.paths import Types
from agents.core.rules.rule import (
    ALERT,
    Binding,
    ClauseSpec,
    Edition,
    RuleSpec,
    adcode_of,
    bindings,
    contexts,
    in_force,
    kinds_of,
    named_in,
    unit_of,
)
from agents.core.rules.text import BookText, meaning, version_of
from streams.calendar.holidays import Notice
from streams.messages import Alert, Clause, Department, Registered, Text
from streams.orders.matter import MatterSpec
from streams.places import DepartmentSpec

REGISTER_SLOTS = 8
"""How many registrations of one subject are remembered, to know second copies."""

_KINDS_KEPT = 4_096

Asked = tuple[Bound, str, Callable[[Subject, str, Any, int], Finding | None], Callable[[Subject], int] | None, bool]
"""Who is asked about a fact: a bound judge, its key, its `read`, its `due` where time matters to it, and whether what it
remembers must be kept beforehand: it is Python of a domain, which may raise."""

OVERSIGHT_CLAUSE = "alarm-system-monitored"
"""The clause of the alert that a rule has raised an exception."""


class BookError(ValueError):
    """A rule book that cannot be used: the message names the rule and what is wrong with it."""


class Plan(Struct, frozen=True):
    """What to do with one type of event: how to decode it, how late it may be (ms), who judges it.

    `slots`: how many event times are remembered to know second copies, `room`: how many bytes they may be; `compares`: whether
    a judge looks at the fact before;
    `suppresses`: the judges whose alarms such a fact may suppress by design; `matter`: what of it a body must answer for;
    `beyond`: whether either is there; `fault`: what it is called where its faults are a department's matter, and `user` a
    department that judges by it without being its owner, empty where there is none; `measured`: an instrument or machine
    sends it; `awaits`: the judges of it to whom time may matter though they remember nothing.
    """

    type: str
    domain: str
    kind: str
    owner: str
    payload: Any
    decode: Callable[[msgspec.Raw], Any]
    allowance: int
    slots: int
    room: int
    registers: bool
    check: Check | None
    compares: bool
    screens: Screens
    awaits: Concern
    suppresses: tuple[Bound, ...] = ()
    matter: MatterSpec | None = None
    beyond: bool = False
    fault: Text | None = None
    user: str = ""
    measured: bool = True


class Book:
    """A compiled rule book on the ground of its domains.

    `rules` by id, `plans` by event type, `bounds` by judge key, `listeners` by the rule whose alerts they read;
    `subjects` are the kinds of subjects that each domain knows; `specs` are the rules by domain; `text` is all that it says,
    and `hash` names that.
    """

    def __init__(
        self,
        rules: Mapping[str, Mapping[str, RuleSpec]],
        clauses: Mapping[str, ClauseSpec],
        departments: Mapping[str, DepartmentSpec],
        ground: Ground,
    ) -> None:
        self.specs = rules
        self.ground = ground
        self._noticed: dict[Notice, Book] = {}
        self.clauses = {**ground.clauses, **clauses}
        self.departments = departments
        self.rules = {rule: spec for specs in rules.values() for rule, spec in specs.items()}
        by_domain = {
            domain: tuple(bound for rule, spec in specs.items() for bound in self._bind(domain, rule, spec))
            for domain, specs in rules.items()
        }
        self.bounds = {bound.judge.key: bound for bounds in by_domain.values() for bound in bounds}
        self.subjects = {
            domain: ground.domains[domain].subjects.union(*[bound.subjects for bound in bounds])
            for domain, bounds in by_domain.items()
        }
        self.text = BookText(rules, self.clauses, departments)
        self.hash = self.text.hash
        try:
            self.listeners = listeners(by_domain)
        except ValueError as error:
            raise BookError(str(error)) from None
        self.plans: dict[str, Plan] = {}
        for domain, bounds in by_domain.items():
            self.plans |= self._plans(domain, bounds)
        self._payloads: dict[str, dict[str, Any]] = {domain: {} for domain in by_domain}
        for plan in self.plans.values():
            self._payloads[plan.domain][plan.kind] = plan.payload
        self._timed = {domain: concern(bounds) for domain, bounds in by_domain.items()}
        self._reckoned = {key for key, bound in self.bounds.items() if hasattr(bound.judge, "renew")}
        self._awake: dict[str, dict[tuple[str, ...], tuple[Timed, ...]]] = {}
        self._oversight = {domain: self._pinned(domain, RULE_FAILED, _oversight(ground.data_office)) for domain in by_domain}
        self._status = {domain: ground.domains[domain].status for domain in by_domain}

    def timed(self, domain: str, subject: Subject) -> tuple[Timed, ...]:
        """The judges of a domain to whom time itself may matter for this subject: those of kinds that it has facts of."""
        known = self._awake.setdefault(domain, {})
        kinds = (subject.facts.kind if subject.facts else "", *subject.latest)
        found = known.get(kinds)
        if found is None:
            if len(known) >= _KINDS_KEPT:
                known.clear()
            found = known[kinds] = tuple(each for each in self._timed[domain].by(subject) if each[0].reads(subject.latest))
        return found

    def oversight(self, domain: str, key: str) -> Bound:
        """Who tells people that a judge of a domain has raised an exception; one for every subject and judge."""
        return Bound(self._oversight[domain], key, "", (), (), quarantine.Told(f"{RULE_FAILED}/{key}"))

    def with_notice(self, notice: Notice) -> "Book":
        """The same rules, with the holidays of a notice; ValueError says what is wrong with it."""
        if notice not in self._noticed:
            known = self.ground.with_notice(notice)
            self._noticed[notice] = Book(self.specs, self.clauses, self.departments, known)
        return self._noticed[notice]

    def reckons(self, subject: Subject) -> bool:
        """Whether something that is remembered of a subject was reckoned with the calendar."""
        return not self._reckoned.isdisjoint(subject.memory)

    def clause(self, bound: Bound, subject: Subject, at: int) -> Clause | None:
        """The clause of a rule in the edition that binds a subject at an event time (ms), or None; the system's own always."""
        if found := in_force(self.clauses[bound.rule.clause].edition, at, adcode_of(subject.facts), bound.item):
            return _cited(bound.rule.clause, found)
        return self.first_edition(bound) if bound.rule.clause == OVERSIGHT_CLAUSE else None

    def first_edition(self, bound: Bound) -> Clause:
        """The clause of a rule in its first edition, for an alarm at rest that nothing binds yet."""
        return _cited(bound.rule.clause, self.clauses[bound.rule.clause].edition[0])

    def owner(self, event_type: str) -> str:
        """The department that answers for events of this type; the data office where nobody is known."""
        if plan := self.plans.get(event_type):
            return plan.owner
        domain = self.ground.domains.get(event_type.partition(".")[0])
        return domain.owner if domain else self.ground.data_office

    def subject(self, domain: str, value: bytes) -> Subject:
        """A subject of a domain from a checkpoint; what no rule of this book remembers is left behind."""
        subject = msgspec.msgpack.decode(value, type=Subject)
        subject.memory = {
            key: convert(memory, Memory)
            for key, memory in subject.memory.items()
            if (bound := self.bounds.get(key)) and (Memory := bound.judge.Memory)
        }
        payloads = self._payloads[domain]
        for known in (subject.latest, *(hold.latest for hold in (subject.held or {}).values())):
            for kind in tuple(known):
                latest = known.pop(kind)
                if kind in payloads:
                    known[kind] = _typed(latest, payloads[kind])
        if newest := subject.latest.get(REGISTRATION):
            newest.data = subject.facts
        return subject

    def status(self, domain: str, subject: Subject) -> tuple[int, dict[str, float | int | str | None]]:
        """The newest values of a subject and their event time (ms); a domain's function that raises tells nothing."""
        newest = max((latest.at for latest in subject.latest.values()), default=0)
        values: dict[str, float | int | str | None] = {}
        for kind, latest in subject.latest.items():
            if values_of := self._status[domain].get(kind):
                with suppress(Exception):
                    values |= values_of(latest.data, latest.at)
        return newest, values

    def _bind(self, domain: str, rule: str, spec: RuleSpec) -> tuple[Bound, ...]:
        if spec.clause not in self.clauses:
            raise BookError(f"rule {rule}: no clause {spec.clause!r} in agents/law/clauses, nor in the folder of the place")
        if spec.department not in self.departments:
            raise BookError(f"rule {rule}: no department {spec.department!r} in departments.toml of the place (streams/places)")
        editions = self.clauses[spec.clause].edition
        pinned = self._pinned(domain, rule, spec)
        make = _judge(self.ground, rule, spec.judge)
        kinds = kinds_of(spec)
        payloads = payloads_with(self.ground.domains[domain], kinds)
        if unknown := [kind for kind in kinds if kind not in payloads]:
            raise BookError(f"rule {rule}: no kind {unknown[0]!r}; known are {', '.join(sorted(payloads))}")
        try:
            made = [
                (binding.item, make(binding), suppressing(binding, spec.suppress))
                for binding in bindings(rule, spec, editions, payloads, self.ground.calendar)
            ]
        except ValueError as error:
            raise BookError(f"rule {rule}: {error}") from None
        own = ":" in spec.judge
        return tuple(
            Bound(pinned, item, unit_of(spec, item), kinds, spec.subjects, judge, own, each, _reads(spec, item), _idle(judge))
            for item, judge, each in made
        )

    def _plans(self, domain: str, bounds: tuple[Bound, ...]) -> dict[str, Plan]:
        described = self.ground.domains[domain]
        payloads = payloads_with(described)
        excused = frozenset({REGISTRATION}).union(*[contexts(spec) for spec in self.specs[domain].values()])
        excused |= {kind for kind, facts in described.kinds.items() if facts.for_record}
        plans = {}
        for kind, payload in payloads.items():
            concerned = tuple(bound for bound in bounds if kind in bound.kinds)
            facts = described.kinds.get(kind)
            suppresses = tuple(bound for bound in bounds if any(each.kind == kind for each in bound.suppress))
            plans[f"{domain}.{kind}"] = Plan(
                type=f"{domain}.{kind}",
                domain=domain,
                kind=kind,
                owner=described.owner,
                payload=payload,
                decode=decoder(payload),
                allowance=facts.allowance if facts else 0,
                **_slots(facts),
                registers=payload is Registered,
                check=described.checks.get(kind),
                compares=any(getattr(bound.judge, "compares", False) for bound in concerned),
                screens=Screens(
                    Types(payload, payloads),
                    [(asking(bound), bound.judge.key, bound.guard(kind)) for bound in concerned],
                    everything if kind in excused else read_by(concerned, payload.__struct_fields__),
                ),
                awaits=concern(bound for bound in concerned if not bound.idle),
                suppresses=suppresses,
                **_orders(f"{domain}.{kind}", facts, suppresses),
                user=_user(concerned, described.owner),
                measured=facts is not None and not facts.stated,
            )
        return plans

    def _pinned(self, domain: str, rule: str, spec: RuleSpec) -> Pinned:
        department = self.departments.get(spec.department) or self.ground.departments[spec.department]
        return Pinned(
            id=rule,
            domain=domain,
            version=version_of(meaning(rule, spec, self.clauses[spec.clause])),
            row=spec.row,
            title=spec.title,
            clause=spec.clause,
            phase=spec.phase,
            severity=spec.severity,
            department=Department(id=spec.department, name=department.name, basis=department.basis),
            guidance=spec.guidance,
            latch=spec.latch,
            times=Times(
                re_alarm=span(spec.re_alarm) if spec.re_alarm else 0,
                escalate={severity: span(each) for severity, each in spec.escalate.items()},
                conclude=span(spec.conclude_within) if spec.conclude_within else 0,
            ),
            first_out=spec.first_out,
        )


def _oversight(office: str) -> RuleSpec:
    """The rule of the alert that a rule has raised an exception: the data office answers for it."""
    return RuleSpec(
        row="OPS-01",
        title=Text("规则执行出错，暂停判断", "A rule raised an exception and is on hold"),
        clause=OVERSIGHT_CLAUSE,
        phase="in-process",
        severity="orange",
        on=(),
        judge="",
        department=office,
        guidance=Text(
            "该规则对该对象暂停判断，事件已按顺序保留。修复规则并重启后执行 python -m agents quarantine retry。",
            "The rule does not judge this subject; its events are held in order. Put the rule right, restart the worker, then "
            "run python -m agents quarantine retry.",
        ),
    )


def asking(bound: Bound) -> Asked:
    """What is needed to ask a judge."""
    judge = bound.judge
    return bound, judge.key, judge.read, judge.due if judge.timed else None, quarantine.is_put_back(bound)


def _orders(type_: str, facts: FactKind | None, suppresses: tuple[Bound, ...]) -> dict[str, Any]:
    """What of a plan is about orders; BookError where a matter names a field that the payload does not have."""
    matter = facts.matter if facts else None
    if facts and matter and (unknown := matter.fields() - set(facts.payload.__struct_fields__)):
        raise BookError(f"kind {type_}: its matter names {min(unknown)!r}, which its payload does not have")
    fault = facts.title if facts and facts.whose == "department" else None
    return {"matter": matter, "beyond": bool(suppresses) or matter is not None, "fault": fault}


def _slots(facts: FactKind | None) -> dict[str, Any]:
    """What of a plan is about second copies."""
    slots = facts.slots if facts else REGISTER_SLOTS
    return {"slots": slots, "room": room_for(slots)}


def _idle(judge: Judge) -> bool:
    return getattr(judge, "idle", False)


def _user(concerned: Iterable[Bound], owner: str) -> str:
    """The department that judges most by a kind of fact, and does not own it; of equals the first by name."""
    counts = Counter(bound.rule.department.id for bound in concerned if bound.rule.department.id != owner)
    return min(counts, key=lambda each: (-counts[each], each), default="")


def _cited(clause: str, edition: Edition) -> Clause:
    return Clause(id=clause, edition=edition.edition, article=edition.article, text=edition.text, mark=edition.mark)


def _typed(latest: Latest, payload: Any) -> Latest:
    data, before = (None if each is None else _payload(each, payload) for each in (latest.data, latest.before))
    return structs.replace(latest, data=data, before=before)


def _payload(data: Any, payload: Any) -> Any:
    """A payload as a checkpoint holds it; of one that an older program wrote, what is still declared."""
    try:
        return convert(data, payload)
    except msgspec.ValidationError as error:
        return mended(msgspec.Raw(msgspec.json.encode(data)), payload, error).data


def payloads_with(domain: DomainGround, kinds: Iterable[str] = ()) -> dict[str, Any]:
    """The payload types of a domain's facts by kind, with registrations, and with those of `kinds` that are alerts."""
    alerts = {kind: Alert for kind in kinds if kind.startswith(ALERT)}
    return {name: kind.payload for name, kind in domain.kinds.items()} | {REGISTRATION: Registered} | alerts


def _reads(spec: RuleSpec, item: str) -> frozenset[str] | None:
    """The fields that a rule reads, None where a domain's own judge does: it may read all."""
    return None if ":" in spec.judge else named_in(spec, item)


def _judge(ground: Ground, rule: str, name: str) -> Callable[[Binding], Judge]:
    """The maker of a stock judge, or of a domain's own, named `domain:judge`."""
    domain, _, own = name.rpartition(":")
    of = ground.domains.get(domain)
    known = STOCK if not domain else of.judges if of else {}
    if own not in known:
        raise BookError(f"rule {rule}: no judge {name!r}; known are {', '.join(sorted(known))}")
    return known[own]
