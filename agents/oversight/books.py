"""All that the oversight service keeps of a log: the measures, the orders as they stand, and what was corrected. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from agents.measures.book.read import MeasureBook
from agents.measures.cases.case import CallHour, CaseHead
from agents.measures.columns import ColumnsState
from agents.measures.facts.folded import HeldFacts, LogFacts
from agents.measures.facts.judged import judged_until
from agents.measures.ledger import CaseChange, Ledger, LedgerContents, OrderFacts
from agents.measures.months import month_of, month_text
from agents.oversight.appraised.said import FiguresSaid
from agents.oversight.corrections import Corrections, KeptCorrection
from agents.oversight.works import Works
from streams.messages import HOUR, Heartbeat, Order, OrderAudit, OrderLine
from streams.messages.services.appraisal import AppraisalRecord
from streams.orders.reports import Reports

KEPT_MONTHS = 25
"""Months of which cases are kept: the running one, and two whole years before it to compare with."""

Kept = Order | OrderLine | OrderAudit


class BooksState(Struct):
    """What books are made again from, beside their orders. `facts`: what makes cases of the log's facts."""

    ledger: LedgerContents
    works: ColumnsState
    corrections: list[KeptCorrection]
    pulses: list[Heartbeat]
    hours: list[CallHour]
    facts: list[HeldFacts]


class OversightBooks:
    """What is kept of a log. `true`: whether all that there was has been read, so that what changes from now on corrects.

    `reports`: which of its orders rest on a report (举报); `said`: what people have said of its figures, which no snapshot has:
    it is read anew. `office`: the body that measures. `version` rises with each change. `hours`: of hotlines, by id, as they
    were told last; `facts`: what makes cases of the log's facts, None where nobody reads them; `held`: its state of the start.
    """

    def __init__(self, book: MeasureBook, office: str = "") -> None:
        self.ledger, self.said = Ledger(book), FiguresSaid(office)
        self.works = Works(self.ledger.codes)
        self.corrections, self.reports = Corrections(), Reports()
        self.true, self.version = False, 0
        self.hours: dict[str, CallHour] = {}
        self.facts: LogFacts | None = None
        self.held: list[HeldFacts] = []
        self._pulses: dict[int, Heartbeat] = {}

    @property
    def judged(self) -> int:
        """Up to when (ms) all orders are judged, and the facts that are read here: what is due by then is known to be late."""
        orders = judged_until(self._pulses.values())
        return min((orders, *self.facts.times)) if self.facts else orders

    @property
    def since(self) -> str:
        """The first month of which cases are kept."""
        return month_text(max(month_of(self.ledger.now) - KEPT_MONTHS + 1, 0))

    def take(self, message: Kept) -> None:
        """Take up a revision of an order or line, or an entry of a trail."""
        since, facts = self.since, self.ledger.facts[message.id if isinstance(message, Order) else message.order]
        before = facts.order
        changes = self.ledger.take(message)
        self.reports.take(before, facts.order)
        self.corrections.take(message)
        self._keep(changes, message)
        self.works.put(facts)
        if self.since != since:
            self.forget()

    def put(self, cases: Iterable[CaseHead]) -> None:
        """Take up cases that facts make."""
        found = list(cases)
        self.hours |= {each.id: each for each in found if isinstance(each, CallHour)}
        self._keep(self.ledger.put(each for each in found if not isinstance(each, CallHour)), None)

    def heard(self, pulse: Heartbeat) -> None:
        """A worker tells how far it is."""
        self._pulses[pulse.partition] = pulse

    def say(self, records: Iterable[AppraisalRecord]) -> None:
        """Take up what people have written of figures."""
        self.said.take(records)
        self.version += 1

    def told(self, now: int) -> None:
        """Time goes on (ms)."""
        since = self.since
        if now > self.ledger.now:
            self._keep(self.ledger.told(now), None)
            self.version += 1
        if self.since != since:
            self.forget()

    def forget(self) -> None:
        """Let go of the orders that ended before the months that are kept."""
        gone = self.ledger.forget(self.since)
        for order, facts in gone.items():
            self.works.drop(order)
            self.reports.take(facts.order, None)
        self.corrections.forget(gone)
        first = self.since
        self.hours = {name: each for name, each in self.hours.items() if month_text(month_of(each.hour * HOUR)) >= first}
        self.version += 1

    def state(self) -> BooksState:
        """What these books are made again from, beside their orders."""
        return BooksState(
            ledger=self.ledger.state(),
            works=self.works.columns.state(),
            corrections=list(self.corrections.kept),
            pulses=list(self._pulses.values()),
            hours=list(self.hours.values()),
            facts=self.facts.state() if self.facts else self.held,
        )

    def restore(self, state: BooksState, facts: Mapping[str, OrderFacts]) -> None:
        """Be what books were that had this state and these orders; these are new."""
        self.ledger.restore(state.ledger, facts)
        self.works = Works(self.ledger.codes)
        self.works.columns.restore(state.works)
        for order in self.works.columns.rows.keys() - self.ledger.facts.keys():
            self.works.drop(order)
        for each in self.ledger.facts.values():
            self.reports.take(None, each.order)
        self.corrections = Corrections(state.corrections)
        self._pulses = {each.partition: each for each in state.pulses}
        self.hours = {each.id: each for each in state.hours}
        self.held = state.facts
        self.true = True

    def _keep(self, changes: list[CaseChange], by: Kept | None) -> None:
        self.version += 1
        if self.true:
            self.corrections.add(self.ledger, changes, by)
