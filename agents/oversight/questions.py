"""What the service answers to each question, from what it keeps. Pure."""

from collections.abc import Callable, Mapping
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from agents.measures.book.read import MeasureBook
from agents.measures.cases.case import FIELDS, OF_FACTS
from agents.measures.columns import Numbers
from agents.measures.figures import LEFT_OUT, LEFT_OUT_TITLE, CaseRows, reasons_of
from agents.measures.index.spec import IndexRow
from agents.measures.ledger import LEFT, OUT, RIGHT, Ledger
from agents.oversight.appraised.beside import bands_told, compared_units, kinds_told, units_told
from agents.oversight.appraised.indexes import IndexBooks, NoScoreError
from agents.oversight.appraised.objected import corrected, granted_rows, objections_told
from agents.oversight.appraised.reckoned import beside_told, reckoned_rows
from agents.oversight.bodies import StandingBodies
from agents.oversight.books import OversightBooks
from agents.oversight.corrections import KEPT
from agents.oversight.lead import lead_page, rows_of
from agents.oversight.overview import MonthRange, keyed_figures, measure_line, span_of
from agents.oversight.rows import case_row, order_rows, sorted_cases, sorted_orders
from agents.oversight.scope import chosen, without
from streams.messages import Text, day_of, format_time, parse_time
from streams.organs.unit import Units
from streams.oversight.wire import (
    AskBeside,
    AskBook,
    AskCases,
    AskCompare,
    AskCorrections,
    AskIndex,
    AskIndexes,
    AskLead,
    AskObjections,
    AskOverview,
    AskReckoned,
    AskRows,
    AskWork,
    BookTold,
    CaseList,
    Comparison,
    CorrectionList,
    FigureScope,
    IndexList,
    IndexTold,
    LeadPage,
    LedgerState,
    MeasureRows,
    MeasureTold,
    NotTold,
    ObjectionList,
    OversightAnswer,
    OversightAsked,
    Overview,
    ReckonedRows,
)


class NotToldError(ValueError):
    """There is no answer; `told` says why."""

    def __init__(self, told: NotTold) -> None:
        super().__init__(told.words.en)
        self.told = told


class Questions:
    """Answers of one log. `behind`: how many records are not read yet, as the service last saw.

    `indexes`: those of the place's files; `ranked`: by measure the text that demands a ranking of it.
    """

    def __init__(
        self,
        log: str,
        books: OversightBooks,
        units: Units,
        indexes: Mapping[str, IndexRow] | None = None,
        ranked: Mapping[str, Text] | None = None,
    ) -> None:
        self.behind = 0
        self._log, self._books, self._units = log, books, units
        self._indexes = IndexBooks(indexes or {}, units, books.ledger, books.said)
        self._ranked = ranked or {}
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

    def _answer(self, asked: OversightAsked) -> OversightAnswer:  # noqa: C901, PLR0911, PLR0912 - one line for each question
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
            case AskCompare():
                return self._compare(asked)
            case AskObjections():
                return self._objections(asked)
            case AskIndexes():
                return IndexList(state=self.state(), office=self._books.said.office, indexes=tuple(self._indexes.told()))
            case AskIndex():
                return self._index(asked)
            case AskBeside():
                return beside_told(self.state())
            case AskReckoned():
                return self._reckoned(asked)

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
        rows = self._rows_of(asked.scope)
        return Overview(
            state=self.state(), lines=tuple(measure_line(ledger, name, period, rows(name)) for name in ledger.book.measures)
        )

    def _rows(self, asked: AskRows) -> MeasureRows:
        self._known(asked.measure)
        period, cases = _period(asked.since, asked.until), self._rows_of(asked.scope)(asked.measure)
        rows = keyed_figures(self._books.ledger, asked.measure, asked.by, period, cases, self.bodies)
        return MeasureRows(state=self.state(), rows=rows)

    def _cases(self, asked: AskCases) -> CaseList:
        self._known(asked.measure)
        ledger, row = self._books.ledger, self._books.ledger.book.measures[asked.measure]
        period = _period(asked.since, asked.until)
        found = _behind(ledger, self._rows_of(asked.scope)(asked.measure).within(*period), asked)
        names = [ledger.columns.ids[each] for each in found.tolist()]
        names = sorted_cases(ledger, row, names, asked.sort, descending=asked.descending)
        page = names[asked.offset : asked.offset + asked.count]
        return CaseList(
            state=self.state(), total=len(names), cases=tuple(case_row(ledger, row, name, self.bodies) for name in page)
        )

    def _work(self, asked: AskWork) -> CaseList:
        books = self._books
        found = rows_of(books.works, asked.group, books.ledger.now, self._of_orders(asked.scope))
        names = sorted_orders(books.works, found, asked.sort, asked.offset + asked.count, descending=asked.descending)
        cases = tuple(row for name in names[asked.offset :] for row in order_rows(books.ledger, name, self.bodies))
        return CaseList(state=self.state(), total=len(found), cases=cases)

    def _lead(self, asked: AskLead) -> LeadPage:
        works, cases = self._of_orders(asked.scope), self._rows_of(asked.scope)
        return lead_page(self._books, self.state(), works, cases, self.bodies)

    def _corrections(self, asked: AskCorrections) -> CorrectionList:
        if asked.measure:
            self._known(asked.measure)
        hidden = self._books.reports.hidden(asked.scope.hidden_from)
        known, chosen = self._books.said.objections, self._of_cases(asked.scope)
        found = [
            *self._books.corrections.asked(asked.measure, asked.scope, hidden, self.bodies),
            *corrected(self._books.ledger, known, asked.measure, chosen, self.bodies),
        ]
        found.sort(key=lambda each: -parse_time(each.at))
        page = tuple(found[asked.offset : asked.offset + asked.count])
        return CorrectionList(state=self.state(), total=len(found), kept=KEPT, corrections=page)

    def _compare(self, asked: AskCompare) -> Comparison:
        self._known(asked.measure)
        _period(asked.since, asked.until)
        basis = self._ranked.get(asked.measure)
        chosen, known = self._of_cases(replace(asked.scope, units=None)), self._books.said.objections
        ledger, months = self._books.ledger, (asked.since, asked.until)
        if ledger.book.measures[asked.measure].unit != "%":
            words = Text("用时不作漏斗图：看中位数和在办时长", "a time has no funnel: see its median and age")
            raise NotToldError(NotTold(kind="impossible", words=words))
        found = compared_units(ledger, asked.measure, months, chosen, known, self.bodies, basis)
        own = _own(asked.scope, self.bodies)
        mine = found if own is None else [each for each in found if each.unit in own]
        there = {each.kind for each in mine}
        return Comparison(
            state=self.state(),
            bands=bands_told(),
            kinds=tuple(each for each in kinds_told(found) if each.kind in there),
            rows=tuple(units_told(mine)),
            basis=basis,
        )

    def _objections(self, asked: AskObjections) -> ObjectionList:
        if asked.measure:
            self._known(asked.measure)
        said, hidden = self._books.said, self._books.reports.hidden(asked.scope.hidden_from)
        own = _own(asked.scope, self.bodies)
        found = [
            each
            for each in reversed(said.objections)
            if asked.measure in {"", each.said.measure}
            and (own is None or self.bodies.standing(each.said.unit) in own)
            and hidden.isdisjoint(case.partition("/")[0] for case in each.said.cases)
        ]
        page = found[asked.offset : asked.offset + asked.count]
        told = tuple(objections_told(self._books.ledger, said.objections, page, self.bodies))
        return ObjectionList(state=self.state(), total=len(found), office=said.office, objections=told)

    def _index(self, asked: AskIndex) -> IndexTold:
        try:
            return self._indexes.scored(asked, self._of_cases(asked.scope), self.state())
        except NoScoreError as error:
            raise NotToldError(NotTold(kind="impossible", words=error.words)) from None

    def _reckoned(self, asked: AskReckoned) -> ReckonedRows:
        _period(asked.since, asked.until)
        found = reckoned_rows(self.state(), self._books.hours.values(), asked, self.bodies, self._books.ledger.now)
        if found is None:
            raise _unknown(asked.measure)
        return found

    def _known(self, measure: str) -> None:
        if measure not in self._books.ledger.book.measures:
            raise _unknown(measure)

    def _rows_of(self, scope: FigureScope) -> Callable[[str], CaseRows]:
        """Of a measure the cases that a scope is about, as they count by the objections that were granted."""
        chosen, known, bodies = self._of_cases(scope), self._books.said.objections, self.bodies
        return lambda measure: granted_rows(self._books.ledger, measure, chosen, known, bodies)

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


def _own(scope: FigureScope, bodies: StandingBodies) -> set[str] | None:
    """The bodies of a scope as their figures are told; None where it does not narrow to any."""
    return None if scope.units is None else set(map(bodies.standing, scope.units))


def _behind(ledger: Ledger, cases: CaseRows, asked: AskCases) -> Numbers:
    """The rows of the cases that are asked for."""
    if asked.behind == "left-out":
        reasons = reasons_of(ledger.book.measures[asked.measure])
        if asked.reason and asked.reason not in reasons:
            raise _unknown(f"{asked.measure}: {asked.reason}")
        return cases.rows[cases.hows == OUT + reasons.index(asked.reason) if asked.reason else cases.hows >= OUT]
    rows: Numbers = cases.rows[cases.hows == (RIGHT if asked.behind == "numerator" else LEFT)]
    return rows[ledger.columns.numbers("open")[rows] > 0] if asked.behind == "open" else rows


def digest_of(book: MeasureBook) -> str:
    """The digest by which a book of measures is known: figures of two books are not compared."""
    return sha256(msgspec.json.encode(book)).hexdigest()


def measures_told(book: MeasureBook) -> tuple[MeasureTold, ...]:
    """The measures of a book, in its order, those of facts last."""
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
            reasons={each: book.conditions[each].title for each in row.exclusions} | {LEFT_OUT: LEFT_OUT_TITLE},
        )
        for name, row in sorted(book.measures.items(), key=lambda each: each[1].population in OF_FACTS)
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
