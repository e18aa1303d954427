"""When a judge must be asked about a fact, as data; and the compiler that makes of many guards one function.

Most facts change nothing for most judges. A guard says what must be true of a fact so that its judge has anything to do with
it: where it is false, `read` would answer None and remember nothing. All guards of the judges of one kind become one Python
function (`screen`), which reads each field once and calls nobody: a judge that is not asked costs a comparison (0.03 us)
instead of a call (0.3 to 2 us). What the subject's registration decides is decided once a subject, not with each fact.

A guard may be true where the judge then finds nothing to say; it must never be false where the judge would have said or
remembered something. `tests/unit/core/test_guard.py` holds every judge of the book to that.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from agents.core.alerts.state import Subject
from agents.core.dates import ends
from agents.core.rules.paths import Names, Path, Types, Writer, compiled, holds_many
from streams.messages import NEVER

Of = Callable[[Subject], float]
"""A number that the registration of a subject decides."""


class Always(Struct, frozen=True):
    """Every fact."""


class Never(Struct, frozen=True):
    """No fact."""


class Remembers(Struct, frozen=True):
    """Facts about a subject of which the judge remembers something."""


class Keeps(Struct, frozen=True):
    """Facts whose value is a key in a field, a dict, of what the judge remembers of the subject."""

    names: Names
    field: str


class Holds(Struct, frozen=True):
    """Facts about a subject whose registration passes a test."""

    test: Callable[[Subject], bool]


class OfKind(Struct, frozen=True):
    """Facts about a subject that is registered as one of these kinds."""

    kinds: tuple[str, ...]


class Has(Struct, frozen=True):
    """Facts that have a value there."""

    names: Names


class Among(Struct, frozen=True):
    """Facts for which the value of a path is one of these."""

    path: Path
    values: tuple[Any, ...]


class Above(Struct, frozen=True):
    """Facts whose value is above a number."""

    names: Names
    bound: float | Of


class Below(Struct, frozen=True):
    """Facts whose value is below a number."""

    names: Names
    bound: float | Of


class Exceeds(Struct, frozen=True):
    """Facts with one value above another."""

    names: Names
    other: Names


class Apart(Struct, frozen=True):
    """Facts with two values at least so far apart."""

    names: Names
    other: Names
    least: float


class Since(Struct, frozen=True):
    """Facts of this event time (ms) or later."""

    moment: Of


class Ended(Struct, frozen=True):
    """Facts of an event time at or after the end of the day or time that stands there."""

    names: Names


class Marked(Struct, frozen=True):
    """Facts with a dict there, one of whose values has one of these in a field."""

    names: Names
    field: str
    values: tuple[str, ...]


class Repeats(Struct, frozen=True):
    """Facts that speak of a row of equal values: the value of the fact before again, or none after one that had one.

    A fact has a value only where all of `where` hold, whose paths are of the fact.
    """

    names: Names
    where: tuple[Among, ...]


class AnyOf(Struct, frozen=True):
    """Facts for which one of these is true."""

    guards: tuple["Guard", ...]


class AllOf(Struct, frozen=True):
    """Facts for which all of these are true."""

    guards: tuple["Guard", ...]


Settled = Always | Never | OfKind | Holds
"""What a registration decides."""

Guard = (
    Settled
    | Remembers
    | Keeps
    | Has
    | Among
    | Above
    | Below
    | Exceeds
    | Apart
    | Since
    | Ended
    | Marked
    | Repeats
    | AnyOf
    | AllOf
)

ALWAYS, NEVER_ASKED = Always(), Never()

FEW = 3
"""With more judges that may remember something it is worth to look once whether any of them does (measured)."""

KINDS_KEPT = 256
"""For how many registered kinds screens are kept; the rules of a domain name fewer."""

Screen = Callable[[Any, int, Subject, Any, tuple[float, ...]], Any]
"""(fact, its event time, subject, the fact before it of the same kind or None, the subject's numbers) → who must be asked.

That is a tuple, or Unjudged.
"""


class Unjudged(Struct, frozen=True):
    """In place of who is asked: no rule judges anything of this fact. `asked` are asked all the same, for it may end something.

    `reads`: the fields that rules read of such a fact, none of which has a value; empty where no rule reads such facts at all.
    """

    asked: tuple[Any, ...]
    reads: tuple[str, ...] = ()


Reads = Callable[[str], "frozenset[str] | None"]
"""The fields that rules read of facts about subjects of a registered kind: one must have a value. None: no rule reads them."""


def everything(kind: str) -> frozenset[str]:  # noqa: ARG001 - the form of Reads
    """Where each fact is judged, whatever it holds."""
    return frozenset()


Numbers = tuple[float, ...]
"""What the subject's registration makes of the guards' bounds."""


def any_of(*guards: Guard) -> Guard:
    """One of these, in the simplest form."""
    if ALWAYS in guards:
        return ALWAYS
    left = tuple(guard for guard in guards if guard != NEVER_ASKED)
    return left[0] if len(left) == 1 else AnyOf(left) if left else NEVER_ASKED


def all_of(*guards: Guard) -> Guard:
    """All of these, in the simplest form."""
    if NEVER_ASKED in guards:
        return NEVER_ASKED
    left = tuple(guard for guard in guards if guard != ALWAYS)
    return left[0] if len(left) == 1 else AllOf(left) if left else ALWAYS


def guard_of(judge: Any, kind: str) -> Guard:
    """What a judge says of facts of a kind; one that says nothing is always asked."""
    says = getattr(judge, "guard", None)
    return ALWAYS if says is None else says(kind)


class Screens:
    """The screens of one kind of fact: one for each way in which a registration can decide, made when it is first needed.

    `asked` are triples: who is asked (anything), the key of its memory, its guard. `reads`: what rules read of the facts.
    """

    def __init__(self, types: Types, asked: Iterable[tuple[Any, str, Guard]], reads: Reads = everything) -> None:
        self._types = types
        self._reads = reads
        self._asked = list(asked)
        self._of: dict[str, _Screens] = {}

    def of(self, subject: Subject) -> tuple[Screen, Numbers]:
        """The screen of a subject as it is registered now, and its numbers."""
        kind = "" if subject.facts is None else subject.facts.kind
        known = self._of.get(kind)
        if known is None:
            if len(self._of) >= KINDS_KEPT:
                self._of.clear()
            known = self._of[kind] = _Screens(
                self._types, [(who, key, _of_kind(guard, kind)) for who, key, guard in self._asked], self._reads(kind)
            )
        return known.of(subject)


class _Screens:
    """The screens of subjects of one registered kind."""

    def __init__(self, types: Types, asked: Iterable[tuple[Any, str, Guard]], reads: frozenset[str] | None) -> None:
        self._types = types
        self._reads = reads
        self._asked = [each for each in asked if each[2] != NEVER_ASKED]
        self._tests = [leaf.test for _, _, guard in self._asked for leaf in _leaves(guard) if isinstance(leaf, Holds)]
        self._made: dict[tuple[bool, ...], tuple[Screen, Sequence[Of]]] = {}

    def of(self, subject: Subject) -> tuple[Screen, Numbers]:
        try:
            passed = tuple([test(subject) for test in self._tests])
            made = self._made.get(passed)
            if made is None:
                made = self._made[passed] = self._make(iter(passed))
            screen, numbers = made
            return screen, tuple([number(subject) for number in numbers])
        except Exception:  # noqa: BLE001 - Python of a domain: all are asked, and who raises again is put on hold
            everybody = tuple(who for who, _, _ in self._asked)
            return lambda fact, at, subject, before, numbers: everybody, ()  # noqa: ARG005 - the form of a screen

    def _make(self, passed: Iterator[bool]) -> tuple[Screen, Sequence[Of]]:
        writer = _Guards(self._types)
        names: dict[str, Any] = {"ends": ends, "inf": inf}
        names |= {f"j{number}": (who,) for number, (who, _, _) in enumerate(self._asked)}
        decided = [(f"j{number}", key, _decided(guard, passed)) for number, (_, key, guard) in enumerate(self._asked)]
        fresh = [(name, key, _fresh(guard)) for name, key, guard in decided]
        names["keys"] = frozenset(key for (_, key, guard), (_, _, other) in zip(decided, fresh, strict=True) if guard != other)
        tests = writer.asking(decided)
        if len(names["keys"]) > FEW:
            simpler = writer.asking(fresh)
            tests = ["    if keys.isdisjoint(memory):", *_deeper(simpler), "    else:", *_deeper(tests)]
        body = ["    asked = ()", *writer.first, *writer.fields.lines, *tests]
        if self._reads is None:
            return compiled("screen(fact, at, subject, before, numbers)", ["    return nobody"], {"nobody": Unjudged(())}), ()
        if nothing := _nothing(self._types.fact, self._reads):
            read = tuple(sorted(self._reads))
            names["unjudged"] = lambda asked: Unjudged(asked, read)
            body.append(f"    if {nothing}: return unjudged(asked)")
        body.append("    return asked")
        return compiled("screen(fact, at, subject, before, numbers)", body, names), writer.numbers


def _of_kind(guard: Guard, kind: str) -> Guard:
    """The guard of facts about subjects of one registered kind."""
    match guard:
        case OfKind(kinds):
            return ALWAYS if kind in kinds else NEVER_ASKED
        case AnyOf(guards):
            return any_of(*[_of_kind(each, kind) for each in guards])
        case AllOf(guards):
            return all_of(*[_of_kind(each, kind) for each in guards])
    return guard


def _fresh(guard: Guard) -> Guard:
    """The guard while nothing is remembered of the subject."""
    match guard:
        case Remembers() | Keeps():
            return NEVER_ASKED
        case AnyOf(guards):
            return any_of(*[_fresh(each) for each in guards])
        case AllOf(guards):
            return all_of(*[_fresh(each) for each in guards])
    return guard


def _deeper(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines] or ["        pass"]


def _decided(guard: Guard, passed: Iterator[bool]) -> Guard:
    """The guard once its tests of the registration, taken in their order, are decided."""
    match guard:
        case Holds():
            return ALWAYS if next(passed) else NEVER_ASKED
        case AnyOf(guards):
            return any_of(*[_decided(each, passed) for each in guards])
        case AllOf(guards):
            return all_of(*[_decided(each, passed) for each in guards])
    return guard


def _nothing(payload: Any, read: frozenset[str]) -> str:
    """The text of a test: none of these fields has a value; empty where one of them always has, or there is none."""
    tests = []
    for field in fields(payload) if read else ():
        if field.name not in read:
            continue
        if holds_many(field.type):
            tests.append(f"not fact.{field.name}")
        elif field.default is None:
            tests.append(f"fact.{field.name} is None")
        else:
            return ""
    return " and ".join(tests)


def _leaves(guard: Guard) -> Iterator[Guard]:
    if isinstance(guard, AnyOf | AllOf):
        for each in guard.guards:
            yield from _leaves(each)
    else:
        yield guard


class _Guards:
    """Writes guards as Python: `fields` reads values once, `numbers` are the bounds that registrations decide.

    `first`: the line that must stand before all, where a test looks at what is remembered.
    """

    def __init__(self, types: Types) -> None:
        self.fields = Writer(types)
        self.numbers: list[Of] = []
        self.first: tuple[str, ...] = ()

    def asking(self, guards: Iterable[tuple[str, str, Guard]]) -> list[str]:
        """The lines that ask: rows of the name of who is asked, the key of the judge, and its guard."""
        lines = []
        for name, key, guard in guards:
            if guard != NEVER_ASKED:
                lines.append(f"    {'' if guard == ALWAYS else f'if {self.test(guard, key)}: '}asked += {name}")
        return lines

    def test(self, guard: Guard, key: str) -> str:  # noqa: C901, PLR0911, PLR0912 - one line for each guard
        """The text of an expression that is true where the guard of the judge with this key is."""
        match guard:
            case AnyOf(guards):
                return "(" + " or ".join([self.test(each, key) for each in guards]) + ")"
            case AllOf(guards):
                return "(" + " and ".join([self.test(each, key) for each in guards]) + ")"
            case Remembers():
                return f"{key!r} in {self._memory()}"
            case Keeps(names, field):
                memory, value = self._memory(), self.fields.value(Path("fact", names))[0]
                return f"({key!r} in {memory} and {value} in {memory}[{key!r}].{field})"
            case Since(moment):
                return f"at >= {self._number(moment)}"
            case Has(names):
                return self._where([names], "True")
            case Among(path, values):
                return self.fields.among(path, values)
            case Above(names, bound):
                return self._where([names], f"{{}} > {self._number(bound)}")
            case Below(names, bound):
                return self._where([names], f"{{}} < {self._number(bound)}")
            case Exceeds(names, other):
                return self._where([names, other], "{} > {}")
            case Apart(names, other, least):
                return self._where([names, other], f"abs({{}} - {{}}) >= {least!r}")
            case Ended(names):
                return self._where([names], "(ends({}) or NEVER) <= at").replace("NEVER", str(NEVER))
            case Marked(names, field, values):
                marks = self.fields.items(Path("fact", names), field)
                return "(" + " or ".join([f"{value!r} in {marks}" for value in values]) + ")"
            case Repeats(names, where):
                now, then = self._counted("fact", names, where), self._counted("before", names, where)
                return f"({then} is not None and ({now} is None or {now} == {then}))"
        raise TypeError(f"{guard} is decided by the registration")

    def _where(self, values: list[Names], test: str) -> str:
        """A test of values that are all there."""
        found = [self.fields.value(Path("fact", names)) for names in values]
        there = [f"{name} is not None" for name, nullable in found if nullable]
        return "(" + " and ".join([*there, test.format(*[name for name, _ in found])]) + ")"

    def _counted(self, root: str, names: Names, where: tuple[Among, ...]) -> str:
        value, _ = self.fields.value(Path(root, names))
        tests = [self.fields.among(Path(root, each.path.names), each.values) for each in where]
        return self.fields.line(f"{value} if {' and '.join(tests)} else None") if tests else value

    def _memory(self) -> str:
        self.first = ("    memory = subject.memory",)
        return "memory"

    def _number(self, bound: float | Of) -> str:
        if not callable(bound):
            return repr(bound)
        if bound not in self.numbers:
            self.numbers.append(bound)
        return f"numbers[{self.numbers.index(bound)}]"
