"""What counts the duties of the law that a measure counts, by the judges that make its cases (`agents.measures.cases`).

They are asked about the facts that the fold judges, with a memory of their own. A corrected fact changes no duty: the rule that
watches it judges nothing again either.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.adopt import goes_on
from agents.core.alerts.state import Subject
from agents.core.rules.book import Book, payloads_with
from agents.core.rules.rule import RuleSpec, bindings, kinds_of
from agents.core.signs.counts import CountedFact
from agents.measures.book.condition import atoms
from agents.measures.book.read import RULE, MeasureBook
from agents.measures.cases.case import DutyCase
from agents.measures.cases.counted import DUTIES, CaseTeller, TellingDuties, duty_of
from agents.measures.ledger import counting_of
from agents.signs.book.sign import MeasureForm
from agents.signs.stage.services import Services, district_of
from agents.signs.stage.sums import ONE, ByArea, of_area
from agents.signs.stage.tally import Tally, after
from streams.messages import Registered

SLACK = 60_000
"""How much longer than the window (ms) a case is kept: figures are told of the newest full minute."""


class KeptDuties(Struct, array_like=True):
    """A subject as a checkpoint holds it: as it is registered, what each judge remembers, its cases."""

    name: str
    facts: Registered | None
    memory: dict[str, msgspec.Raw]
    cases: list[DutyCase]


class _Asked(Struct, frozen=True):
    """A judge of a rule and item, and that rule."""

    judge: TellingDuties
    spec: RuleSpec
    item: str

    def concerns(self, facts: Registered | None) -> bool:
        """Whether the rule concerns a subject as it is registered."""
        return not self.spec.subjects or (facts is not None and facts.kind in self.spec.subjects)


class DutyCounter:
    """The cases of a share of duties, of one partition of a domain."""

    FORMS: tuple[Any, Any] = (list[KeptDuties], list[KeptDuties])

    def __init__(self, formula: MeasureForm, window: int, domain: str, book: MeasureBook) -> None:
        self.types: tuple[str, ...] = ()
        self.kind = ""
        self.tally = Tally()
        row = book.measures[formula.measure]
        tests = atoms((*row.due, *row.numerator, *row.exclusions), book.conditions).values()
        self._counting = counting_of(formula.measure, row, book)
        self._rules = frozenset(name for each in tests if each.field == RULE for name in each.among or ())
        self._timed = tuple(dict.fromkeys(each.field for each in tests if each.passed))
        self._month, self._window, self._domain = row.counts_in, window, domain
        self._book: Book | None = None
        self._asked: dict[str, _Asked] = {}
        self._kinds: dict[Any, str] = {}
        self._allowances: dict[str, int] = {}
        self._subjects: dict[str, Subject] = {}
        self._cases: dict[str, dict[str, DutyCase]] = {}
        self._changed: dict[str, None] = {}
        self._told = CaseTeller()

    def judged_by(self, book: Book, now: int) -> bool:
        """Ask the judges of this book from here on; whether they are others.

        What is remembered goes on where it means the same, and what is open is reckoned anew.
        """
        if book is self._book:
            return False
        before, self._book, self._asked = self._asked, book, {}
        self._told.duties.clear()
        specs, ground = book.specs.get(self._domain, {}), book.ground
        described = ground.domains[self._domain]
        for rule in sorted(self._rules & specs.keys()):
            spec, kinds = specs[rule], kinds_of(specs[rule])
            payloads = payloads_with(described, kinds)
            for each in bindings(rule, spec, book.clauses[spec.clause].edition, payloads, ground.calendar):
                judge = DUTIES[spec.judge](each, self._domain, self._told)
                self._asked[judge.key] = _Asked(judge, spec, each.item)
            self._kinds |= {payloads[kind]: kind for kind in kinds}
            self._allowances |= {kind: described.kinds[kind].allowance for kind in kinds if kind in described.kinds}
        self.types = tuple(f"{self._domain}.{kind}" for kind in sorted({*self._kinds.values()}))
        for name, subject in self._subjects.items():
            self._know(name)
            for key in [*subject.memory]:
                old, new = before.get(key), self._asked.get(key)
                if old is None or new is None or not goes_on(old.spec, new.spec, new.item):
                    del subject.memory[key]
            self._renew(name, subject, now)
        return True

    def take(self, facts: Sequence[CountedFact], now: int) -> None:
        """These came when time stood at `now` (ms); one that is too late to be judged begins and ends nothing."""
        for _, name, registered, data, at, _, _ in facts:
            self._take(name, at, data, registered, now)

    def _take(self, name: str, at: int, data: Any, facts: Registered | None, now: int) -> None:
        kind = self._kinds.get(type(data))
        if kind is None or (now and at < now - self._allowances.get(kind, 0)):
            return
        subject = self._subjects.setdefault(name, Subject(name))
        subject.facts = facts
        for asked in self._asked.values():
            if kind in kinds_of(asked.spec) and asked.concerns(facts):
                asked.judge.read(subject, kind, data, at)
        self._put(name)

    def correct(self, *_: Any) -> None:
        """A correction changes no duty."""

    def touch(self, names: Iterable[str], services: Services) -> None:
        """Where a subject is registered now changes no case that was told."""

    def bring(self, at: int, services: Services) -> None:
        """Bring the sums to a full minute (ms)."""
        self.tally.bring(at, self.part, services)

    def part(self, unit: tuple[str, str], at: int, _services: Services) -> tuple[ByArea, int]:
        """What a case is in the window that ends at `at` (ms), and when time alone changes that."""
        name, number = unit
        case, into = self._cases.get(name, {}).get(number), ByArea()
        if case is None:
            return into, after(at, ())
        moment: int | None = getattr(case, self._month)
        if moment is None or moment <= at - self._window - SLACK:
            self._forget(name, number)
            return into, after(at, ())
        good = self._counting.good(case, at)
        if good is not None and at - self._window < moment <= at:
            of_area(into, district_of(case.district)).add(ONE * good, ONE, moment)
        timed = (getattr(case, field) for field in self._timed)
        passed = (each + 1 for each in timed if each is not None)
        return into, after(at, (*passed, moment, moment + self._window, moment + self._window + SLACK))

    def changes(self) -> list[KeptDuties]:
        """The subjects that have changed since it was asked for."""
        changed, self._changed = self._changed, {}
        return [self._kept(name) for name in changed]

    def whole(self) -> Iterator[KeptDuties]:
        """All of them."""
        self._changed = {}
        return (self._kept(name) for name in self._subjects)

    def follow(self, changes: Iterable[KeptDuties]) -> None:
        """Take up these."""
        for each in changes:
            subject = self._subjects[each.name] = Subject(each.name, facts=each.facts)
            for key, kept in each.memory.items():
                if (asked := self._asked.get(key)) and asked.judge.Memory:
                    subject.memory[key] = msgspec.msgpack.decode(kept, type=asked.judge.Memory)
            self._cases[each.name] = {case.id: case for case in each.cases}
            self._know(each.name)
            self.tally.dirty.update((each.name, case.id) for case in each.cases)

    restore = follow

    def _know(self, name: str) -> None:
        """The judges know of the cases of a subject that are kept."""
        self._told.duties.update(map(duty_of, self._cases.get(name, ())))

    def _forget(self, name: str, number: str) -> None:
        """Let go of a case, of which its judge knows no more."""
        self._changed[name] = None
        self._told.duties.discard(duty_of(self._cases[name].pop(number).id))
        self._know(name)

    def _renew(self, name: str, subject: Subject, now: int) -> None:
        for key in [*subject.memory]:
            if renew := getattr(self._asked[key].judge, "renew", None):
                renew(subject, now)
        self._put(name)

    def _put(self, name: str) -> None:
        """Take up the cases that were told of a subject."""
        self._changed[name] = None
        for case in self._told.taken():
            if isinstance(case, DutyCase):
                self._cases.setdefault(name, {})[case.id] = case
                self.tally.dirty.add((name, case.id))

    def _kept(self, name: str) -> KeptDuties:
        subject = self._subjects[name]
        memory = {key: msgspec.Raw(msgspec.msgpack.encode(each)) for key, each in subject.memory.items()}
        return KeptDuties(name, subject.facts, memory, [*self._cases.get(name, {}).values()])
