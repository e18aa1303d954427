"""What is judged of pollution sources with arithmetic or a memory of its own: oxygen, marks, samples, facilities, pairs."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judge import Finding
from agents.core.judges.flatline import Flatline
from agents.core.judges.parts.condition import ConditionParams
from agents.core.judges.parts.fields import Trigger, getter, number, reach, starting, triggered, walk
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.standing import Standing, Untimed, note_newest, older
from agents.core.rules.guard import Guard, Marked, Remembers, all_of, any_of
from agents.core.rules.rule import Binding
from agents.domains.environment.measured import Measure, Measured
from agents.domains.environment.source_codes import NORMAL
from agents.domains.environment.source_payload import DeviceState, Factor, SourceData
from streams.messages import HOUR, NEVER

KEPT = 256
"""How many pairs of a subject are remembered."""

AIR_OXYGEN = 21.0
"""Oxygen of air in percent, as the conversion to reference oxygen has it (HJ 212-2017 eq. 28)."""


class OxygenParams(ConditionParams, frozen=True, kw_only=True):
    """`field`: the path to the factor; `percent`: how far off the converted mean may be.

    `reference`: oxygen in percent by the register's kind, where the subject has no trait `o2_reference` of its own.
    """

    reference: dict[str, float]
    percent: Annotated[float, Meta(gt=0)] = 5.0


class Oxygen(Measured):
    """Opens when the converted mean is not C·(21 - O2 reference)/(21 - O2 measured); the value is how many percent it is off.

    Nothing is judged where oxygen is 21 % or more (the conversion has no meaning), or the measured mean is 0.
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, OxygenParams)
        super().__init__(binding, params)
        self._factor = getter(binding, params.field)
        self._reference = params.reference
        self._percent = params.percent

    def measure(self, subject: Subject, data: SourceData, at: int) -> Measure | None:  # noqa: ARG002 - the contract
        """Convert again, and compare."""
        factor, oxygen, facts = self._factor(data), data.factors.get("a19001"), subject.facts
        if factor is None or oxygen is None or facts is None or factor.flag not in NORMAL:
            return None
        reference = number(facts.traits.get("o2_reference", self._reference.get(facts.kind)))
        apart = conversion_error(factor, oxygen.avg, reference)
        return None if apart is None else (apart, self._percent, apart > self._percent)


class FlaggedParams(ConditionParams, frozen=True, kw_only=True):
    """`flags`: marks that open; `unless_filed`: not within a filed maintenance (`maintenance_plan`)."""

    flags: tuple[str, ...]
    unless_filed: bool = False


class Flagged(Measured):
    """Opens when a factor is marked so, closes when none is any more; the value is how many factors are."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, FlaggedParams)
        super().__init__(binding, params)
        self._flags = frozenset(params.flags)
        self._unless_filed = params.unless_filed

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, and where a factor is marked so."""
        return all_of(any_of(Remembers(), Marked(("factors",), "flag", tuple(sorted(self._flags)))), super().guard(kind))

    def measure(self, subject: Subject, data: SourceData, at: int) -> Measure | None:
        """Count the factors marked so."""
        marked = sum(factor.flag in self._flags for factor in data.factors.values())
        if marked and self._unless_filed and is_filed(subject, at):
            marked = 0
        return marked, 0, marked > 0


class SampleAgeParams(ConditionParams, frozen=True, kw_only=True):
    """`field`: the path to the factor; `periods`: how many sampling periods a result may be sent.

    The period is the trait `sample_hours`, else `hours`.
    """

    periods: Annotated[float, Meta(gt=0)] = 2.0
    hours: Annotated[float, Meta(gt=0)] = 2.0


class SampleAge(Measured):
    """Opens when the result sent rests on a sample older than that; the value is its age in hours."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, SampleAgeParams)
        super().__init__(binding, params)
        self._factor = getter(binding, params.field)
        self._params = params

    def measure(self, subject: Subject, data: SourceData, at: int) -> Measure | None:
        """Look how old the sample is."""
        taken = sampled_at(self._factor(data))
        if taken is None:
            return None
        hours = number(walk(subject.facts, ["traits", "sample_hours"])) or self._params.hours
        limit = self._params.periods * hours
        age = (at - taken) / HOUR
        return age, limit, age > limit


class SampledFlat(Flatline):
    """Like `flatline`, where each sample of the analyser counts once, however often its result is sent."""

    compares = False

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding)
        self._item = binding.item
        self._alone = False  # samples have times of their own: the fact before says nothing of the sample before

    def read(self, subject: Subject, kind: str, data: SourceData, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Count a sample that is new."""
        taken, memory = sampled_at(data.factors.get(self._item)), subject.memory.get(self.key)
        if taken is None or (memory is not None and taken <= memory.at):
            return None
        return super().read(subject, kind, data, taken)


class Running(Standing):
    """The newest known state of each facility, and the condition."""

    states: dict[str, int] = field(default_factory=dict)


class Interlock(Measured):
    """Opens when a facility of production is on and one of treatment is off; the value is how many of treatment are off.

    The register's traits `production` and `treatment` name them: `SB1 SB2`. Of those that stand by for each other (`SB3|SB4`)
    one is enough. Without the traits nothing is judged.
    """

    Memory: type[msgspec.Struct] | None = Running
    forgets = False

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, ConditionParams))

    def measure(self, subject: Subject, data: DeviceState, at: int) -> Measure | None:
        """Note the states, and look at all that are known."""
        production, treatment = (facilities(subject, trait) for trait in ("production", "treatment"))
        if not (production and treatment) or older(subject, "device_state", at):
            return None
        memory: Running = subject.memory.setdefault(self.key, Running())
        groups = [name.split("|") for name in treatment]
        names = production.union(*groups)
        listed = {name: each.state for name, each in data.devices.items() if name in names}
        memory.states |= {name: state for name, state in listed.items() if state is not None}
        off = sum(all(memory.states.get(name) == 0 for name in group) for group in groups)
        on = any(memory.states.get(name) == 1 for name in production)
        return off, 0, on and off > 0


class OngoingSide(Trigger, frozen=True, kw_only=True):
    """What begins or ends something: `by` is the path whose value says what."""

    by: str


class OngoingParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`begins` and `ends`: the facts that begin something, and those that end the one with the same `by`."""

    begins: OngoingSide
    ends: OngoingSide


class OpenThings(Struct, array_like=True):
    """When what is open began, and when things ended (ms), by what they are; since when the alert stands."""

    begun: dict[str, int] = {}
    ended: dict[str, int] = {}
    opened_at: int = 0


class Ongoing(Untimed):
    """Opens with the first that begins, closes when each is ended by an act of its own; the value is how many are open."""

    Memory: type[Struct] | None = OpenThings

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, OngoingParams)
        self.key = binding.key
        self._binding, self._sides = binding, (params.begins, params.ends)
        self._begins, self._ends = triggered(binding, params.begins), triggered(binding, params.ends)
        self._whose = reach(binding, params.begins.by, [params.begins.kind])
        self._which = reach(binding, params.ends.by, [params.ends.kind])
        self._law = InForce(binding)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that begin or end something."""
        return any_of(*[starting(self._binding, side, kind) for side in self._sides])

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Something begins or ends."""
        memory: OpenThings = subject.memory.get(self.key) or OpenThings()
        before = dict(memory.begun)
        if self._ends(subject, kind, data):
            which = str(self._which(subject, data))
            note_newest(memory.ended, which, at, KEPT)
            if memory.begun.get(which, NEVER) <= at:
                del memory.begun[which]
        elif self._begins(subject, kind, data):
            whose = str(self._whose(subject, data))
            if memory.ended.get(whose, -NEVER) >= at or len(memory.begun) >= KEPT:
                return None
            if early := self._law.early(subject, at):
                return early
            memory.begun[whose] = min(at, memory.begun.get(whose, at))
        else:
            return None
        subject.memory[self.key] = memory
        if memory.begun == before:
            return None
        memory.opened_at = memory.opened_at if before else min(memory.begun.values())
        return Finding(active=bool(memory.begun), opened_at=memory.opened_at, value=len(memory.begun))


def conversion_error(factor: Factor, oxygen: float | None, reference: float | None) -> float | None:
    """How many percent the converted mean is off (HJ 212-2017 eq. 28), or None where that cannot be said.

    >>> conversion_error(Factor(avg=40, zs_avg=50), 7.0, 3.5)
    0.0
    """
    if factor.avg is None or factor.zs_avg is None or oxygen is None or reference is None:
        return None
    if oxygen >= AIR_OXYGEN or factor.avg <= 0:
        return None
    right = factor.avg * (AIR_OXYGEN - reference) / (AIR_OXYGEN - oxygen)
    return round(100 * abs(factor.zs_avg - right) / right, 9) if right > 0 else None


def sampled_at(factor: Factor | None) -> int | None:
    """When the analyser took the sample of a result (ms), or None where it does not say.

    >>> sampled_at(Factor(sample_time="20260601080000")) == moment("2026-06-01T08:00:00+08:00")
    True
    """
    text = "" if factor is None else factor.sample_time
    if len(text) != 14 or not text.isascii() or not text.isdigit():
        return None
    return moment(f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}+08:00")


def is_filed(subject: Subject, at: int) -> bool:
    """Whether a moment lies within the newest filed maintenance."""
    newest = subject.latest.get("maintenance_plan")
    if newest is None:
        return False
    since, until = moment(newest.data.since), moment(newest.data.until)
    return since is not None and until is not None and since <= at < until


def facilities(subject: Subject, trait: str) -> frozenset[str]:
    """The facilities that a trait of the register names, those that stand by for each other as one."""
    named = walk(subject.facts, ["traits", trait])
    return frozenset(named.split()) if isinstance(named, str) else frozenset()
