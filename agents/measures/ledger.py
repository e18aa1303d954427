"""The ledger of measures: each case counted once in each measure, incrementally, with what becomes due by time alone. Pure.

It depends on the newest revision of each order and line, on their trails and on the newest time, and not on the order in which
these come. A case that changes gives up its old place and takes its new one.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import count
from typing import NamedTuple

from msgspec import Struct, field

from agents.measures.book.condition import Test, atoms, compiled
from agents.measures.book.measure import MeasureRow
from agents.measures.book.read import MeasureBook
from agents.measures.cases.case import CaseHead, Population
from agents.measures.cases.made import TrailMarks, cases_of
from streams.messages import NEVER, Order, OrderAudit, OrderLine, format_time, parse_time

MONTH = len("2026-03")
"""How much of a time is its month."""


class CellKey(NamedTuple):
    """Where a case counts. `month`: of China Standard Time, `2026-03`."""

    unit: str
    district: str
    domain: str
    month: str


class CountedCase(NamedTuple):
    """How a case counts in a measure: in which cell; in the numerator; or left out, by the name of a condition."""

    cell: CellKey
    numerator: bool
    excluded: str = ""


class CaseChange(NamedTuple):
    """A case that counts otherwise than before: None where it did not count, or does not any more."""

    measure: str
    case: str
    before: CountedCase | None
    after: CountedCase | None

    @property
    def corrects(self) -> bool:
        """Whether a figure that was told is corrected by it."""
        return self.before is not None


class MeasureCell(Struct):
    """One figure: how many cases are in its numerator and denominator, how many were left out and why, and which they are."""

    numerator: int = 0
    denominator: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    cases: dict[str, CountedCase] = {}

    def add(self, case: str, how: CountedCase) -> None:
        """Count a case."""
        self.cases[case] = how
        self._count(how, 1)

    def drop(self, case: str) -> None:
        """Count a case no more."""
        self._count(self.cases.pop(case), -1)

    def _count(self, how: CountedCase, by: int) -> None:
        if how.excluded:
            self.excluded[how.excluded] += by
            return
        self.denominator += by
        self.numerator += by * how.numerator


class _Counting(Struct, frozen=True):
    """A measure as tests of cases; the first exclusion that holds is the reason."""

    population: Population
    month: str
    due: tuple[Test, ...]
    done: tuple[Test, ...]
    left_out: tuple[tuple[str, Test], ...]

    def of(self, case: CaseHead, now: int) -> CountedCase | None:
        """How a case counts at a time (ms); None: it is not due."""
        if case.of != self.population or not all(test(case, now) for test in self.due):
            return None
        cell = CellKey(case.unit, case.district, case.domain, format_time(getattr(case, self.month))[:MONTH])
        reason = next((name for name, test in self.left_out if test(case, now)), "")
        return CountedCase(cell, not reason and all(test(case, now) for test in self.done), reason)


class _Facts(Struct):
    """What is known of one order: its newest revision and those of its lines, what its trail says, and its cases."""

    marks: TrailMarks
    order: Order | None = None
    lines: dict[str, OrderLine] = {}
    cases: tuple[str, ...] = ()


class Ledger:
    """What is counted of the orders of a log. `now`: its newest time (ms)."""

    def __init__(self, book: MeasureBook) -> None:
        self.now = 0
        self.cases: dict[str, CaseHead] = {}
        self.cells: dict[str, dict[CellKey, MeasureCell]] = {name: {} for name in book.measures}
        self._counting = {name: _counting(row, book) for name, row in book.measures.items()}
        self._timed = _timed(book)
        self._facts: dict[str, _Facts] = defaultdict(lambda: _Facts(TrailMarks()))
        self._places: dict[str, dict[str, CountedCase]] = defaultdict(dict)
        self._due: dict[str, int] = {}
        self._waiting: list[tuple[int, int, str]] = []
        self._numbers = count()

    def take(self, message: Order | OrderLine | OrderAudit) -> list[CaseChange]:
        """Take up a revision or an entry of a trail, in any order; an older revision changes nothing."""
        facts = self._facts[message.id if isinstance(message, Order) else message.order]
        changed = self.told(parse_time(message.at if isinstance(message, OrderAudit) else message.changed_at))
        if _took(facts, message) and facts.order is not None:
            changed += self._replaced(facts, {case.id: case for case in cases_of(facts.order, facts.lines, facts.marks)})
        return changed

    def told(self, now: int) -> list[CaseChange]:
        """Time goes on (ms): what has become due or overdue by then counts so."""
        self.now = max(self.now, now)
        changed: list[CaseChange] = []
        while self._waiting and self._waiting[0][0] <= self.now:
            at, _, name = heapq.heappop(self._waiting)
            if self._due.get(name) == at:
                changed += self._counted(name)
        return changed

    def _replaced(self, facts: _Facts, cases: Mapping[str, CaseHead]) -> list[CaseChange]:
        """The cases of an order are these from now on."""
        changed: list[CaseChange] = []
        for name in (*(each for each in facts.cases if each not in cases), *cases):
            case = cases.get(name)
            if case == self.cases.get(name):
                continue
            if case is None:
                del self.cases[name]
            else:
                self.cases[name] = case
            changed += self._counted(name)
        facts.cases = tuple(cases)
        return changed

    def put(self, cases: Iterable[CaseHead]) -> list[CaseChange]:
        """Cases that facts make are these from now on."""
        changed: list[CaseChange] = []
        for case in cases:
            if self.cases.get(case.id) != case:
                self.cases[case.id] = case
                changed += self._counted(case.id)
        return changed

    def _counted(self, name: str) -> list[CaseChange]:
        """Count a case as it stands now in every measure, and wait for the moment at which time changes it."""
        case, places = self.cases.get(name), self._places[name]
        changed: list[CaseChange] = []
        for measure, counting in self._counting.items():
            before, after = places.get(measure), None if case is None else counting.of(case, self.now)
            if before == after:
                continue
            if before is not None:
                self._drop(measure, name, places.pop(measure))
            if after is not None:
                places[measure] = after
                self.cells[measure].setdefault(after.cell, MeasureCell()).add(name, after)
            changed.append(CaseChange(measure, name, before, after))
        self._wait(name, case)
        return changed

    def _drop(self, measure: str, name: str, how: CountedCase) -> None:
        cell = self.cells[measure][how.cell]
        cell.drop(name)
        if not cell.cases:
            del self.cells[measure][how.cell]

    def _wait(self, name: str, case: CaseHead | None) -> None:
        moments = (None if case is None else getattr(case, field, None) for field in self._timed)
        at = min((moment + 1 for moment in moments if moment is not None and moment >= self.now), default=NEVER)
        if at == NEVER:
            self._due.pop(name, None)
        elif self._due.get(name) != at:
            self._due[name] = at
            heapq.heappush(self._waiting, (at, next(self._numbers), name))


def ledger_of(book: MeasureBook, messages: Iterable[Order | OrderLine | OrderAudit], now: int = 0) -> Ledger:
    """The ledger of all these messages at a time (ms), the newest of theirs at least."""
    made = Ledger(book)
    for each in messages:
        made.take(each)
    made.told(now)
    return made


def _took(facts: _Facts, message: Order | OrderLine | OrderAudit) -> bool:
    """Whether a message tells anything new of its order."""
    if isinstance(message, OrderAudit):
        return facts.marks.take(message)
    known = facts.order if isinstance(message, Order) else facts.lines.get(message.n)
    if known is not None and message.audit <= known.audit:
        return False
    if isinstance(message, Order):
        facts.order = message
    else:
        facts.lines[message.n] = message
    return True


def _counting(row: MeasureRow, book: MeasureBook) -> _Counting:
    due, done = (tuple(compiled(name, book.conditions) for name in names) for names in (row.due, row.numerator))
    left_out = tuple((name, compiled(name, book.conditions)) for name in row.exclusions)
    return _Counting(row.population, row.counts_in, due, done or (_known(row.ends),), left_out)


def _known(field: str) -> Test:
    return lambda case, _: getattr(case, field) is not None


def _timed(book: MeasureBook) -> tuple[str, ...]:
    """The moments at whose passing a case counts otherwise."""
    found = atoms(tuple(book.conditions), book.conditions).values()
    return tuple(dict.fromkeys(row.field for row in found if row.passed))
