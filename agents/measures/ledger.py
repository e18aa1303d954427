"""The ledger of measures: each case counted once in each measure, incrementally, with what becomes due by time alone. Pure.

It depends on the newest revision of each order and line, on their trails and on the newest time, and not on the order in which
these come. A case that changes gives up its old place and takes its new one.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from types import MappingProxyType
from typing import NamedTuple

from msgspec import UNSET, Struct
from msgspec.structs import replace

from agents.measures.book.condition import Test, atoms, compiled
from agents.measures.book.measure import MeasureRow
from agents.measures.book.read import MeasureBook
from agents.measures.cases.case import LIMITS, OF_FACTS, CaseHead, DutyCase, Population, RatingCase, Told
from agents.measures.cases.made import TrailMarks, about_of, cases_of, topic_of
from agents.measures.columns import Codes, Columns, ColumnsState
from agents.measures.months import month_number, month_of, month_text
from streams.messages import NEVER, Order, OrderAudit, OrderLine, parse_time

DIMENSIONS = ("unit", "district", "domain", "kind", "matter")
"""The columns of words by which cases are told apart, beside the month."""

LEFT, RIGHT, OUT = 1, 2, 3
"""How a case counts in a measure, in the low byte of its place: in the rest, in the numerator, left out by the first reason, ….

The month stands above it; a place of 0: it does not count.
"""

MONTH_BITS = 8

BEGUN = "begun"
"""The moment since which a case has an age."""

NEXT = "next"
"""The column of the next moment (ms) at which time changes how a case counts; 0: none."""

ABOUT, URGENT = "about", "urgent"
"""The columns by which cases are alike, beside the level of who has them: what they are about, and whether they press."""

_FORMS = dict.fromkeys((*DIMENSIONS, ABOUT), "i") | dict.fromkeys(("open", URGENT), "B") | {NEXT: "q"}

ASK_RETURN, REFUSE = "ask-return", "refuse"
"""The act that applies for a return, and what a trail says of an act that was refused."""


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


class _Counting(Struct, frozen=True):
    """A measure as tests of cases; the first exclusion that holds is the reason. `less`: ms before `month` that say which."""

    measure: str
    population: Population
    kinds: tuple[frozenset[str], ...]
    month: str
    less: int
    due: tuple[Test, ...]
    done: tuple[Test, ...]
    left_out: tuple[tuple[str, Test], ...]

    def may_count(self, population: Told, kind: str) -> bool:
        """Whether a case of a population and kind of order can be due in it at all."""
        return population == self.population and all(kind in kinds for kinds in self.kinds)

    def place(self, case: CaseHead, now: int) -> int:
        """How a case counts at a time (ms), and in which month."""
        for test in self.due:
            if not test(case, now):
                return 0
        month = month_of(getattr(case, self.month) - self.less) << MONTH_BITS
        for n, (_, test) in enumerate(self.left_out):
            if test(case, now):
                return month | OUT + n
        for test in self.done:
            if not test(case, now):
                return month | LEFT
        return month | RIGHT


class OrderFacts(Struct):
    """What is known of one order: its newest revision and those of its lines, what its trail says, and its cases.

    `returns`: the numbers of the entries of its trail that apply for a return.
    """

    marks: TrailMarks
    returns: set[int] = set()
    order: Order | None = None
    lines: dict[str, OrderLine] = {}
    cases: tuple[str, ...] = ()

    @property
    def main(self) -> OrderLine | None:
        """The line of the main receiver, once it was sent."""
        return None if self.order is None else self.lines.get(self.order.main)

    def goes_on(self, case: CaseHead) -> bool:
        """Whether something is still expected of a case of it."""
        if self.order is None or self.order.ended:
            return False
        if case.of == "dispatch":
            return not self.order.main
        return case.of != "line" or any(line.open for line in self.lines.values() if line.id == case.id)


class LedgerContents(Struct):
    """What a ledger is made again from, beside its orders. `now`: its newest time (ms); what facts make is here."""

    now: int
    words: list[str]
    columns: ColumnsState
    duties: list[DutyCase]
    ratings: list[RatingCase]


class Ledger:
    """What is counted of the orders of a log. `now`: its newest time (ms); `columns`: of cases, with one for each measure."""

    def __init__(self, book: MeasureBook) -> None:
        self.book, self.now = book, 0
        self.cases: dict[str, CaseHead] = {}
        self.facts: dict[str, OrderFacts] = defaultdict(lambda: OrderFacts(TrailMarks()))
        self._moments = tuple(dict.fromkeys((BEGUN, *(name for row in book.measures.values() for name in row.moments))))
        self.codes = Codes()
        self.columns = Columns(_FORMS | dict.fromkeys(self._moments, "q") | dict.fromkeys(book.measures, "I"))
        self._all = tuple(_counting(name, row, book) for name, row in book.measures.items())
        self._by_kind: dict[tuple[Told, str], tuple[_Counting, ...]] = {}
        self._timed = _timed(book)
        self._cells: dict[tuple[int, int, int, int], CellKey] = {}
        self._waiting: list[tuple[int, int, str]] = []
        self._numbers = count()

    def take(self, message: Order | OrderLine | OrderAudit) -> list[CaseChange]:
        """Take up a revision or an entry of a trail, in any order; an older revision changes nothing."""
        facts = self.facts[message.id if isinstance(message, Order) else message.order]
        changed = self.told(parse_time(moment_of(message)))
        if _took(facts, message) and facts.order is not None:
            changed += self._replaced(facts, {case.id: case for case in cases_of(facts.order, facts.lines, facts.marks)})
        return changed

    def told(self, now: int) -> list[CaseChange]:
        """Time goes on (ms): what has become due or overdue by then counts so."""
        self.now = max(self.now, now)
        changed: list[CaseChange] = []
        while self._waiting and self._waiting[0][0] <= self.now:
            at, _, name = heapq.heappop(self._waiting)
            row = self.columns.rows.get(name)
            if row is not None and self.columns[NEXT][row] == at:
                changed += self._counted(self.case(name))
        return changed

    def counted(self, measure: str) -> Iterator[tuple[str, CountedCase]]:
        """Every case that counts in a measure, and how."""
        for name, row in self.columns.rows.items():
            if how := self._how(measure, row, self.columns[measure][row]):
                yield name, how

    def case(self, name: str) -> CaseHead:
        """A case by its id; after a start from a state it is made when it is asked for."""
        if name not in self.cases:
            facts = self.facts[name.partition("/")[0]]
            if facts.order is not None:
                self.cases |= {case.id: case for case in cases_of(facts.order, facts.lines, facts.marks)}
        return self.cases[name]

    def state(self) -> LedgerContents:
        """What this ledger is made again from, beside its orders."""
        duties = [each for each in self.cases.values() if isinstance(each, DutyCase)]
        ratings = [each for each in self.cases.values() if isinstance(each, RatingCase)]
        return LedgerContents(self.now, self.codes.words, self.columns.state(), duties, ratings)

    def of_facts(self) -> Iterator[CaseHead]:
        """The cases that facts make."""
        return (case for case in self.cases.values() if case.of in OF_FACTS)

    def restore(self, state: LedgerContents, facts: Mapping[str, OrderFacts]) -> None:
        """Be what a ledger of the same book was that had this state; this one is new.

        Orders may be older than the state: what only one of both knows is known again once it is told again.
        """
        self.now, self.codes = state.now, Codes(state.words)
        self.columns.restore(state.columns)
        rows = self.columns.rows
        self.cases.update({each.id: each for each in (*state.duties, *state.ratings)})
        self.facts.update({name: each for name, each in facts.items() if all(case in rows for case in each.cases)})
        for case in rows.keys() - self.cases.keys() - {case for each in self.facts.values() for case in each.cases}:
            self.columns.drop(case)
        column = self.columns[NEXT]
        self._waiting = [(column[row], n, name) for n, (name, row) in enumerate(self.columns.rows.items()) if column[row]]
        heapq.heapify(self._waiting)
        self._numbers = count(len(self._waiting))

    def forget(self, before: str) -> dict[str, OrderFacts]:
        """Let go of the orders that ended before a month and count in no later one; what was known of them.

        So with the cases of facts that began before it.
        """
        first = month_number(before)
        for case in [each.id for each in self.of_facts() if month_of(each.begun) < first and _no_more(self, each.id, first)]:
            del self.cases[case]
            self.columns.drop(case)
        gone = {name: facts for name, facts in self.facts.items() if _is_past(self, facts, first)}
        for name, facts in gone.items():
            del self.facts[name]
            for case in facts.cases:
                self.cases.pop(case, None)
                self.columns.drop(case)
        return gone

    def _replaced(self, facts: OrderFacts, cases: Mapping[str, CaseHead]) -> list[CaseChange]:
        """The cases of an order are these from now on."""
        changed: list[CaseChange] = []
        for name in facts.cases:
            if name not in cases:
                changed += self._dropped(name)
        matter = topic_of(facts.order)
        for name, case in cases.items():
            self.columns["open"][self.columns.row(name)] = facts.goes_on(case)
            changed += self._placed(case, matter, new=name not in facts.cases)
        facts.cases = tuple(cases)
        return changed

    def put(self, cases: Iterable[CaseHead]) -> list[CaseChange]:
        """Cases that facts make are these from now on; nothing of an order stands behind them."""
        changed: list[CaseChange] = []
        for case in cases:
            self.columns["open"][self.columns.row(case.id)] = isinstance(case, DutyCase) and case.done_at is None
            changed += self._placed(case, "", new=case.id not in self.cases)
        return changed

    def _placed(self, case: CaseHead, matter: str, *, new: bool) -> list[CaseChange]:
        """A case stands so from now on; `matter`: what its order is about."""
        if case == self.cases.get(case.id):
            return []
        gone = self._moved(case, matter, new=new)
        self.cases[case.id] = case
        return self._counted(case, gone)

    def _moved(self, case: CaseHead, matter: str, *, new: bool) -> dict[str, CountedCase]:
        """Say whose a case is, and its moments; how it counted by measure where it was another's: it counts there no more."""
        columns, row = self.columns, self.columns.row(case.id)
        codes = [self.codes.of(word) for word in (case.unit, case.district, case.domain, case.kind, matter)]
        known = [columns[name][row] for name in DIMENSIONS]
        gone = {} if new or codes == known else self._emptied(row)
        for name, code in zip(DIMENSIONS, codes, strict=True):
            columns[name][row] = code
        columns[ABOUT][row], columns[URGENT][row] = self.codes.of(about_of(case)), case.urgent
        for name in self._moments:
            columns[name][row] = getattr(case, name, None) or 0
        return gone

    def _emptied(self, row: int) -> dict[str, CountedCase]:
        """A case counts nowhere from now on; how it counted, by measure."""
        gone = dict[str, CountedCase]()
        for measure in self.book.measures:
            column = self.columns[measure]
            if before := self._how(measure, row, column[row]):
                column[row], gone[measure] = 0, before
        return gone

    def _dropped(self, name: str) -> list[CaseChange]:
        gone = self._emptied(self.columns.rows[name])
        self.cases.pop(name, None)
        self.columns.drop(name)
        return [CaseChange(measure, name, before, None) for measure, before in gone.items()]

    def _counted(self, case: CaseHead, gone: Mapping[str, CountedCase] = MappingProxyType({})) -> list[CaseChange]:
        """Count a case as it stands now in every measure, and wait for the moment at which time changes it.

        `gone`: how it has counted where it does not any more.
        """
        columns, row, changed, left = self.columns, self.columns.rows[case.id], list[CaseChange](), dict(gone)
        for counting in self._countings(case):
            measure = counting.measure
            column, after = columns[measure], counting.place(case, self.now)
            before = column[row]
            if before != after:
                column[row] = after
                was = left.pop(measure, None) or self._how(measure, row, before)
                changed.append(CaseChange(measure, case.id, was, self._how(measure, row, after)))
        self._wait(case)
        return changed + [CaseChange(measure, case.id, before, None) for measure, before in left.items()]

    def _countings(self, case: CaseHead) -> tuple[_Counting, ...]:
        """The measures in which a case may count, by its population and kind."""
        key = case.of, case.kind
        found = self._by_kind.get(key)
        if found is None:
            found = self._by_kind[key] = tuple(each for each in self._all if each.may_count(*key))
        return found

    def _how(self, measure: str, row: int, place: int) -> CountedCase | None:
        """A place in words."""
        if not place:
            return None
        month, how = place >> MONTH_BITS, place & (1 << MONTH_BITS) - 1
        columns, words = self.columns, self.codes.words
        key = columns["unit"][row], columns["district"][row], columns["domain"][row], month
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = CellKey(words[key[0]], words[key[1]], words[key[2]], month_text(month))
        return CountedCase(cell, how == RIGHT, self.book.measures[measure].exclusions[how - OUT] if how >= OUT else "")

    def _wait(self, case: CaseHead) -> None:
        at, now = NEVER, self.now
        for field in self._timed:
            moment = getattr(case, field, None)
            if moment is not None and now <= moment < at:
                at = moment + 1
        column, row = self.columns[NEXT], self.columns.rows[case.id]
        if at == NEVER:
            column[row] = 0
        elif column[row] != at:
            column[row] = at
            heapq.heappush(self._waiting, (at, next(self._numbers), case.id))


def _is_past(ledger: Ledger, facts: OrderFacts, first: int) -> bool:
    """Whether an order ended before a month, and none of its cases counts in that or a later one, or will by time."""
    if facts.order is None or facts.order.closed_at is None or month_of(parse_time(facts.order.closed_at)) >= first:
        return False
    return all(_no_more(ledger, case, first) for case in facts.cases)


def _no_more(ledger: Ledger, case: str, first: int) -> bool:
    """Whether a case counts in no month from that on, nor will by time."""
    row = ledger.columns.rows[case]
    if ledger.columns[NEXT][row]:
        return False
    return all(ledger.columns[measure][row] >> MONTH_BITS < first for measure in ledger.book.measures)


def moment_of(message: Order | OrderLine | OrderAudit) -> str:
    """When by the log what a message tells was so."""
    return message.at if isinstance(message, OrderAudit) else message.changed_at


def ledger_of(book: MeasureBook, messages: Iterable[Order | OrderLine | OrderAudit], now: int = 0) -> Ledger:
    """The ledger of all these messages at a time (ms), the newest of theirs at least."""
    made = Ledger(book)
    for each in messages:
        made.take(each)
    made.told(now)
    return made


def _took(facts: OrderFacts, message: Order | OrderLine | OrderAudit) -> bool:
    """Whether a message tells anything new of its order."""
    if isinstance(message, OrderAudit):
        if ASK_RETURN in {message.event, message.verb} and message.event != REFUSE:
            facts.returns.add(message.n)
        return facts.marks.take(message)
    known = facts.order if isinstance(message, Order) else facts.lines.get(message.n)
    if known is not None and message.audit <= known.audit:
        return False
    if isinstance(message, Order):
        facts.order = replace(message, text=(), files=(), papers=(), verbs=(), actor=None)
    else:
        facts.lines[message.n] = replace(message, draft=None, reply=None, demand="", verbs=())
    return True


def _counting(name: str, row: MeasureRow, book: MeasureBook) -> _Counting:
    due, done = (tuple(compiled(each, book.conditions) for each in names) for names in (row.due, row.numerator))
    left_out = tuple((each, compiled(each, book.conditions)) for each in row.exclusions)
    conditions = [book.conditions[each] for each in row.due]
    kinds = tuple(frozenset(each.among) for each in conditions if each.field == "kind" and each.among is not UNSET)
    less = int(row.counts_in in LIMITS)
    return _Counting(name, row.population, kinds, row.counts_in, less, due, done or (_known(row.ends),), left_out)


def _known(field: str) -> Test:
    return lambda case, _: getattr(case, field) is not None


def _timed(book: MeasureBook) -> tuple[str, ...]:
    """The moments at whose passing a case counts otherwise."""
    found = atoms(tuple(book.conditions), book.conditions).values()
    return tuple(dict.fromkeys(row.field for row in found if row.passed))
