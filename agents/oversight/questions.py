"""What the service answers to each question, from what it keeps. Pure."""

from hashlib import sha256

import msgspec

from agents.measures.book.read import MeasureBook
from agents.measures.cases.case import FIELDS
from agents.measures.columns import Numbers
from agents.measures.figures import CaseRows, case_rows
from agents.measures.ledger import LEFT, OUT, RIGHT
from agents.oversight.bodies import StandingBodies
from agents.oversight.books import OversightBooks
from agents.oversight.corrections import KEPT
from agents.oversight.lead import lead_page, rows_of
from agents.oversight.overview import MonthRange, keyed_figures, measure_line, span_of
from agents.oversight.rows import case_row, order_rows, sorted_cases, sorted_orders
from agents.oversight.scope import chosen, without
from streams.messages import Text, day_of, format_time
from streams.organs.unit import Units
from streams.oversight.wire import (
    AskBook,
    AskCases,
    AskCorrections,
    AskLead,
    AskOverview,
    AskRows,
    AskWork,
    BookTold,
    CaseList,
    CorrectionList,
    FigureScope,
    LeadPage,
    LedgerState,
    MeasureRows,
    MeasureTold,
    NotTold,
    OversightAnswer,
    OversightAsked,
    Overview,
)


class NotToldError(ValueError):
    """There is no answer; `told` says why."""

    def __init__(self, told: NotTold) -> None:
        super().__init__(told.words.en)
        self.told = told


class Questions:
    """Answers of one log. `behind`: how many records are not read yet, as the service last saw."""

    def __init__(self, log: str, books: OversightBooks, units: Units) -> None:
        self.behind = 0
        self._log, self._books, self._units = log, books, units
        self._digest = digest_of(books.ledger.book)
        self._bodies = StandingBodies(units, day_of(books.ledger.now))

    def answer(self, asked: OversightAsked) -> OversightAnswer:
        """The answer to a question; what cannot be answered is told."""
        try:
            if not self._books.true:
                raise NotToldError(_starting(self.behind))
            return self._answer(asked)
        except NotToldError as error:
            return error.told

    def _answer(self, asked: OversightAsked) -> OversightAnswer:  # noqa: PLR0911 - one line for each question
        match asked:
            case AskBook():
                return BookTold(state=self.state(), measures=measures_told(self._books.ledger.book))
            case AskOverview():
                return self._overview(asked)
            case AskRows():
                return self._rows(asked)
            case AskCases():
                return self._cases(asked)
            case AskWork():
                return self._work(asked)
            case AskLead():
                return self._lead(asked)
            case AskCorrections():
                return self._corrections(asked)

    def state(self) -> LedgerState:
        """What answers rest on now."""
        now = self._books.ledger.now
        return LedgerState(
            log=self._log,
            book=self._digest,
            at=format_time(now),
            day=str(day_of(now)),
            since=self._books.since,
            behind=self.behind,
            version=self._books.version,
        )

    @property
    def bodies(self) -> StandingBodies:
        """The bodies of the place on the log's day."""
        day = day_of(self._books.ledger.now)
        if self._bodies.day != day:
            self._bodies = StandingBodies(self._units, day)
        return self._bodies

    def _overview(self, asked: AskOverview) -> Overview:
        ledger, period = self._books.ledger, _period(asked.since, asked.until)
        scope = self._of_cases(asked.scope)
        return Overview(
            state=self.state(), lines=tuple(measure_line(ledger, name, period, scope) for name in ledger.book.measures)
        )

    def _rows(self, asked: AskRows) -> MeasureRows:
        self._known(asked.measure)
        period, scope = _period(asked.since, asked.until), self._of_cases(asked.scope)
        rows = keyed_figures(self._books.ledger, asked.measure, asked.by, period, scope, self.bodies)
        return MeasureRows(state=self.state(), rows=rows)

    def _cases(self, asked: AskCases) -> CaseList:
        self._known(asked.measure)
        ledger, row = self._books.ledger, self._books.ledger.book.measures[asked.measure]
        period = _period(asked.since, asked.until)
        found = self._behind(case_rows(ledger, asked.measure, self._of_cases(asked.scope)).within(*period), asked)
        names = [ledger.columns.ids[each] for each in found.tolist()]
        names = sorted_cases(ledger, row, names, asked.sort, descending=asked.descending)
        page = names[asked.offset : asked.offset + asked.count]
        return CaseList(
            state=self.state(), total=len(names), cases=tuple(case_row(ledger, row, name, self.bodies) for name in page)
        )

    def _behind(self, cases: CaseRows, asked: AskCases) -> Numbers:
        """The rows of the cases that are asked for."""
        if asked.behind == "left-out":
            reasons = self._books.ledger.book.measures[asked.measure].exclusions
            if asked.reason and asked.reason not in reasons:
                raise _unknown(f"{asked.measure}: {asked.reason}")
            return cases.rows[cases.hows == OUT + reasons.index(asked.reason) if asked.reason else cases.hows >= OUT]
        rows: Numbers = cases.rows[cases.hows == (RIGHT if asked.behind == "numerator" else LEFT)]
        return rows[self._books.ledger.columns.numbers("open")[rows] > 0] if asked.behind == "open" else rows

    def _work(self, asked: AskWork) -> CaseList:
        books = self._books
        found = rows_of(books.works, asked.group, books.ledger.now, self._of_orders(asked.scope))
        names = sorted_orders(books.works, found, asked.sort, asked.offset + asked.count, descending=asked.descending)
        cases = tuple(row for name in names[asked.offset :] for row in order_rows(books.ledger, name, self.bodies))
        return CaseList(state=self.state(), total=len(found), cases=cases)

    def _lead(self, asked: AskLead) -> LeadPage:
        works, cases = self._of_orders(asked.scope), self._of_cases(asked.scope)
        return lead_page(self._books, self.state(), works, cases, self.bodies)

    def _corrections(self, asked: AskCorrections) -> CorrectionList:
        if asked.measure:
            self._known(asked.measure)
        hidden = self._books.reports.hidden(asked.scope.hidden_from)
        found = list(self._books.corrections.asked(asked.measure, asked.scope, hidden, self.bodies))
        page = tuple(found[asked.offset : asked.offset + asked.count])
        return CorrectionList(state=self.state(), total=len(found), kept=KEPT, corrections=page)

    def _known(self, measure: str) -> None:
        if measure not in self._books.ledger.book.measures:
            raise _unknown(measure)

    def _of_cases(self, scope: FigureScope) -> Numbers | None:
        """Which cases of the ledger a scope is about."""
        ledger = self._books.ledger
        hidden = self._books.reports.hidden(scope.hidden_from)
        cases = (case for order in hidden if order in ledger.facts for case in ledger.facts[order].cases)
        return without(ledger.columns, chosen(ledger.columns, ledger.codes, scope, self.bodies), cases)

    def _of_orders(self, scope: FigureScope) -> Numbers | None:
        """Which orders it is about."""
        works, hidden = self._books.works, self._books.reports.hidden(scope.hidden_from)
        return without(works.columns, chosen(works.columns, works.codes, scope, self.bodies), hidden)


def digest_of(book: MeasureBook) -> str:
    """The digest by which a book of measures is known: figures of two books are not compared."""
    return sha256(msgspec.json.encode(book)).hexdigest()


def measures_told(book: MeasureBook) -> tuple[MeasureTold, ...]:
    """The measures of a book, in its order."""
    return tuple(
        MeasureTold(
            id=name,
            name=row.name,
            what=row.what,
            month=FIELDS[row.counts_in].month or Text("", ""),
            counts=row.population,
            unit=row.unit,
            direction=row.direction,
            target=row.target,
            reading=row.reading,
            provenance=row.provenance,
            source=row.source,
            mark=row.mark,
            reasons={each: book.conditions[each].title for each in row.exclusions},
        )
        for name, row in book.measures.items()
    )


def _period(since: str, until: str) -> MonthRange:
    period = span_of(since, until)
    if period.since > period.until:
        words = Text(f"期间 {since} 至 {until} 颠倒：请先写起始月", f"the period from {since} to {until} runs backward")
        raise NotToldError(NotTold(kind="period", words=words))
    return period


def _unknown(name: str) -> NotToldError:
    words = Text(f"没有指标或者原因 {name!r}", f"there is no measure or reason {name!r}")
    return NotToldError(NotTold(kind="unknown", words=words))


def _starting(behind: int) -> NotTold:
    words = Text(
        f"监督服务正在启动：还有 {behind} 条记录没有读完", f"the oversight service is starting: {behind} records to read"
    )
    return NotTold(kind="starting", words=words)
