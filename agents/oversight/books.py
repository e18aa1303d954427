"""All that the oversight service keeps of a log: the measures, the orders as they stand, and what was corrected. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from agents.measures.book.read import MeasureBook
from agents.measures.columns import ColumnsState
from agents.measures.ledger import CaseChange, Ledger, LedgerContents, OrderFacts
from agents.measures.months import month_of, month_text
from agents.oversight.appraised.said import FiguresSaid
from agents.oversight.corrections import Corrections, KeptCorrection
from agents.oversight.works import Works
from streams.messages import Order, OrderAudit, OrderLine
from streams.messages.services.appraisal import AppraisalRecord
from streams.orders.reports import Reports

KEPT_MONTHS = 25
"""Months of which cases are kept: the running one, and two whole years before it to compare with."""

Kept = Order | OrderLine | OrderAudit


class BooksState(Struct):
    """What books are made again from, beside their orders."""

    ledger: LedgerContents
    works: ColumnsState
    corrections: list[KeptCorrection]


class OversightBooks:
    """What is kept of a log. `true`: whether all that there was has been read, so that what changes from now on corrects.

    `reports`: which of its orders rest on a report (举报); `said`: what people have said of its figures, which no snapshot has:
    it is read anew. `office`: the body that measures. `version` rises with each change.
    """

    def __init__(self, book: MeasureBook, office: str = "") -> None:
        self.ledger, self.said = Ledger(book), FiguresSaid(office)
        self.works = Works(self.ledger.codes)
        self.corrections, self.reports = Corrections(), Reports()
        self.true, self.version = False, 0

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
        self.version += 1

    def state(self) -> BooksState:
        """What these books are made again from, beside their orders."""
        return BooksState(self.ledger.state(), self.works.columns.state(), list(self.corrections.kept))

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
        self.true = True

    def _keep(self, changes: list[CaseChange], by: Kept | None) -> None:
        self.version += 1
        if self.true:
            self.corrections.add(self.ledger, changes, by)
