"""What the oversight service answers: figures, rows, the cases behind them, the leader's page, corrections."""

from datetime import date
from typing import Any

import pytest

from agents.measures.figures import CaseRows
from agents.oversight.bodies import StandingBodies
from streams.messages import Text
from streams.organs.unit import Unit, Units
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
    MeasureLine,
    MeasureRows,
    NotTold,
    OversightAsked,
    Overview,
)
from tests.support.orders.kept import AFTER, NOISE, TO, WATER, KeptOrders, two_requests
from tests.support.orders.partition import ECOLOGY, HOTLINE, hotline_matter

REPORT = "c" * 32

MARCH: dict[str, Any] = {"since": "2026-03", "until": "2026-03"}


@pytest.fixture
def kept() -> KeptOrders:
    """Two requests of a Friday, one sent and one not."""
    return two_requests()


def told(kept: KeptOrders, asked: OversightAsked, of: type[Any]) -> Any:
    """The answer, which is of this type."""
    found = kept.ask(asked)
    assert isinstance(found, of), found
    return found


def line(kept: KeptOrders, measure: str, **asked: Any) -> MeasureLine:
    """A measure of the overview."""
    found: Overview = told(kept, AskOverview(**MARCH | asked), Overview)
    return next(each for each in found.lines if each.measure == measure)


def test_an_overview_has_every_measure_and_what_to_compare_it_with(kept: KeptOrders) -> None:
    """What is unsigned after its time is late: 0 of 1; where nothing was due there is no share, and never 100 %."""
    kept.tick(AFTER)
    found = line(kept, "request-signed")
    assert (found.figure.count, found.figure.of, found.figure.share) == (0, 1, 0.0)
    assert (found.before.of, found.before.share, found.year_before.share) == (0, None, None)
    assert [each.month for each in found.months] == [
        *(f"2025-{month:02}" for month in range(3, 13)),
        *("2026-01", "2026-02", "2026-03"),
    ]
    assert [each.figure.of for each in found.months][-1] == 1
    assert found.figure.open is not None
    assert (found.figure.open.count, round(found.figure.open.oldest)) == (1, 72)
    handled = line(kept, "request-handled").figure
    assert (handled.of, handled.share) == (0, None)


@pytest.mark.parametrize(
    ("scope", "of"),
    [
        (FigureScope(units=frozenset({ECOLOGY})), 1),
        (FigureScope(units=frozenset({"zz-um"})), 0),
        (FigureScope(units=frozenset()), 0),
        (FigureScope(districts=frozenset({"410105"})), 1),
        (FigureScope(districts=frozenset({"410102"})), 0),
        (FigureScope(kinds=frozenset({"request"}), matters=frozenset({"noise"})), 1),
        (FigureScope(matters=frozenset({"water"})), 0),
        (FigureScope(hidden_from=frozenset({ECOLOGY})), 1),
    ],
)
def test_a_scope_lets_through_what_it_names(kept: KeptOrders, scope: FigureScope, of: int) -> None:
    """Figures and the cases behind them are of the same cases; an empty set lets nothing through."""
    kept.tick(AFTER)
    assert line(kept, "request-signed", scope=scope).figure.of == of
    cases: CaseList = told(kept, AskCases(measure="request-signed", behind="rest", **MARCH, scope=scope), CaseList)
    assert cases.total == len(cases.cases) == of


def test_rows_are_told_by_what_cases_know(kept: KeptOrders) -> None:
    """By unit, kind of unit, district, domain, kind, matter and month there is the one case."""
    kept.tick(AFTER)
    keys = {
        by: [
            (row.key, row.figure.of) for row in told(kept, AskRows(measure="request-signed", by=by, **MARCH), MeasureRows).rows
        ]
        for by in ("unit", "unit-kind", "district", "domain", "kind", "matter", "month")
    }
    assert keys == {
        "unit": [(ECOLOGY, 1)],
        "unit-kind": [("bureau", 1)],
        "district": [("410105", 1)],
        "domain": [("service", 1)],
        "kind": [("request", 1)],
        "matter": [("noise", 1)],
        "month": [("2026-03", 1)],
    }


def test_a_case_is_told_with_the_limit_that_the_measure_counts_by(kept: KeptOrders) -> None:
    """Of 按时签收率 the limit of signing (24 h, days off not counted) and when it was signed; nobody's name."""
    kept.tick(AFTER)
    kept.act("sign", "clerk", ECOLOGY, NOISE)
    (case,) = told(kept, AskCases(measure="request-signed", behind="rest", **MARCH), CaseList).cases
    assert (case.order, case.line, case.unit, case.unit_kind, case.matter) == (NOISE, "1", ECOLOGY, "bureau", "noise")
    assert (case.begun, case.due, case.done) == ("2026-03-06T09:00:00+08:00", "2026-03-09T09:00:00+08:00", AFTER)
    assert case.state == "signed"
    kept.act("withdraw", "leader", HOTLINE, NOISE, reason="重复登记")
    out = AskCases(measure="request-signed", behind="left-out", reason="withdrawn", **MARCH)
    assert told(kept, out, CaseList).total == 1
    assert told(kept, AskCases(measure="request-signed", behind="rest", **MARCH), CaseList).total == 0


def test_pages_follow_each_other(kept: KeptOrders) -> None:
    """By begin, the newest first or last; a page begins where the one before ended."""
    kept.tick("2026-03-06T10:00:00+08:00")
    kept.send(WATER)
    kept.tick("2026-03-12T10:00:00+08:00")

    def page(**asked: Any) -> list[str]:
        return [
            case.order
            for case in told(kept, AskCases(measure="request-signed", behind="rest", **MARCH, **asked), CaseList).cases
        ]

    assert page() == [NOISE, WATER]
    assert page(descending=True) == page(sort="due", descending=True) == [WATER, NOISE]
    assert (page(count=1), page(count=1, offset=1), page(count=1, offset=2)) == ([NOISE], [WATER], [])


def lead(kept: KeptOrders, **asked: Any) -> LeadPage:
    """The leader's page."""
    found: LeadPage = told(kept, AskLead(**asked), LeadPage)
    return found


def test_the_leaders_page_counts_what_stands(kept: KeptOrders) -> None:
    """今日新增 2, 在办 2, of which one is unsigned; on Monday nothing is new, and what nobody has signed is late."""
    assert lead(kept).counts | {"soon": 0} == {
        "new": 2,
        "recent": 2,
        "open": 2,
        "soon": 0,
        "late": 0,
        "unsigned": 1,
        "returned": 0,
        "supervision": 0,
    }
    kept.tick(AFTER)
    monday = lead(kept)
    assert (monday.counts["new"], monday.counts["open"], monday.counts["unsigned"]) == (0, 2, 1)
    late = told(kept, AskWork(group="late"), CaseList)
    assert NOISE in {case.order for case in late.cases}
    assert monday.counts["late"] == late.total
    assert [case.order for case in monday.oldest] == [NOISE, WATER]
    three = {"request-contacted", "request-solved", "request-satisfied"}
    assert {rate.measure for rate in monday.rates} | set(monday.unmeasured) == three
    assert monday.state.day == "2026-03-09"


def test_a_matter_is_frequent_and_rising_against_its_own_mean(kept: KeptOrders) -> None:
    """Four noises in the three weeks before, then six in one: a mean of 4/3, six at once, a sign of risk; no more water."""
    for week in range(1, 5):
        kept.tick(f"2026-03-{6 + 7 * week if week < 4 else 31:02}T09:00:00+08:00")
        kept.file(f"{week:032x}", "noise", "410105", f"1{week}")
    kept.tick("2026-04-09T09:00:00+08:00")
    for n in range(6):
        kept.file(f"{100 + n:032x}", "noise", "410105", f"2{n}")
    kept.tick("2026-04-09T10:00:00+08:00")
    page = lead(kept)
    assert [(each.matter, each.count, each.windows) for each in page.frequent] == [("noise", 6, 3)]
    assert [(each.matter, each.mean) for each in page.rising] == [("noise", 4 / 3)]
    assert lead(kept, scope=FigureScope(districts=frozenset({"410102"}))).frequent == ()


def test_returns_that_are_asked_again_are_told(kept: KeptOrders) -> None:
    """反复退单: the order whose receivers applied twice is told for a consultation; one that did once is not."""
    kept.act("ask-return", "clerk", ECOLOGY, NOISE, clause="职责清单 3", unit="zz-um", reason="非本单位职责")
    assert lead(kept).returned == ()
    kept.act("decide-return", "dispatcher", HOTLINE, NOISE, lines=("1",), outcome="granted")
    kept.act("ask-return", "clerk", "zz-um", NOISE, lines=("2",), clause="职责清单 4", unit=ECOLOGY, reason="非本单位职责")
    (case,) = lead(kept).returned
    assert (case.order, case.returns, case.unit) == (NOISE, 2, "zz-um")


def test_a_correction_names_the_case_the_month_and_the_act(kept: KeptOrders) -> None:
    """Withdrawn in April, a request that counted as late in March changes March's figure, and is told so."""
    kept.tick(AFTER)
    assert told(kept, AskCorrections(), CorrectionList).total == 0
    kept.tick("2026-04-01T09:00:00+08:00")
    assert told(kept, AskCorrections(measure="request-signed"), CorrectionList).total == 0
    kept.act("withdraw", "leader", HOTLINE, NOISE, reason="重复登记")
    (found,) = told(kept, AskCorrections(measure="request-signed"), CorrectionList).corrections
    assert (found.order, found.line, found.why, found.at) == (NOISE, "1", "withdraw", "2026-04-01T09:00:00+08:00")
    assert (found.before.unit, found.before.month, found.before.behind) == (ECOLOGY, "2026-03", "rest")
    assert (found.after.behind, found.after.reason) == ("left-out", "withdrawn")
    assert told(kept, AskCorrections(scope=FigureScope(units=frozenset({"zz-um"}))), CorrectionList).total == 0


def test_no_figure_is_told_before_all_is_read(kept: KeptOrders) -> None:
    """While the log is read for the first time a figure would be of a part of it."""
    kept.books.true = False
    assert told(kept, AskLead(), NotTold).kind == "starting"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (AskOverview(since="2026-03", until="2026-02"), "period"),
        (AskRows(measure="no-such", by="unit", **MARCH), "unknown"),
        (AskCases(measure="request-signed", behind="left-out", reason="no-such", **MARCH), "unknown"),
    ],
)
def test_what_cannot_be_answered_is_told(kept: KeptOrders, asked: OversightAsked, kind: str) -> None:
    """A period that runs backward, a measure and a reason that do not exist."""
    assert told(kept, asked, NotTold).kind == kind


def test_the_book_is_told_with_its_sources(kept: KeptOrders) -> None:
    """Every measure says whose it is and by what text, and titles what it leaves out."""
    found: BookTold = told(kept, AskBook(), BookTold)
    signed = next(each for each in found.measures if each.id == "request-signed")
    assert (signed.provenance, signed.counts, signed.month.zh) == ("上级文件", "line", "到期月")
    assert signed.reasons["withdrawn"].zh == "撤回、废止"


def test_a_report_is_told_to_nobody_of_the_body_that_it_is_about(kept: KeptOrders) -> None:
    """举报 (信访工作条例 30): in no count, figure, list or correction of who is of the body; to everybody else it is told."""
    traits = {"nature": "report", "accused": "zz-data", "topic": "gift"}
    kept.keep(kept.by.filed(hotline_matter(id="request/3", number="3", traits=traits), REPORT))
    kept.act("accept", "receptionist", HOTLINE, REPORT)
    kept.act("dispatch", "dispatcher", HOTLINE, REPORT, receivers=TO)
    kept.tick("2026-04-01T09:00:00+08:00")
    kept.act("withdraw", "leader", HOTLINE, REPORT, reason="重复登记")
    found = []
    for hidden_from in (frozenset[str](), frozenset({"zz-data"})):
        scope = FigureScope(hidden_from=hidden_from)
        cases: CaseList = told(kept, AskCases(measure="request-signed", behind="left-out", **MARCH, scope=scope), CaseList)
        changed: CorrectionList = told(kept, AskCorrections(measure="request-signed", scope=scope), CorrectionList)
        page: LeadPage = told(kept, AskLead(scope=scope), LeadPage)
        excluded = sum(line(kept, "request-signed", scope=scope).figure.excluded.values())
        found.append((excluded, cases.total, changed.total, sum(each.matter == "gift" for each in page.frequent)))
    assert found[1] == (0, 0, 0, 0)
    assert found[0][:3] == (1, 1, 1)


def test_months_of_no_case_cost_nothing(kept: KeptOrders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks by month for ten thousand years gets the month that has cases, at its cost: nobody waits for it."""
    kept.tick(AFTER)
    looked: list[tuple[int, int]] = []
    within = CaseRows.within
    monkeypatch.setattr(CaseRows, "within", lambda rows, *span: looked.append(span) or within(rows, *span))
    found = told(kept, AskRows(measure="request-signed", by="month", since="0000-01", until="9999-12"), MeasureRows)
    assert [row.key for row in found.rows] == ["2026-03"]
    assert len(looked) < 10


def test_corrections_of_a_merged_unit_are_its_successors(kept: KeptOrders) -> None:
    """What was corrected of a body that is no more is told to whoever has its duties now, as its figures are."""
    kept.tick("2026-04-01T09:00:00+08:00")
    kept.act("withdraw", "leader", HOTLINE, NOISE, reason="重复登记")
    said: dict[str, Any] = {"name": Text("甲", "A"), "kind": "bureau", "level": "city", "basis": "test"}
    merged = Unit(id=ECOLOGY, until=date(2026, 4, 1), successor="zz-um", **said)
    bodies = StandingBodies(Units([merged, Unit(id="zz-um", **said)]), date(2026, 4, 1))
    for unit, there in (("zz-um", True), (ECOLOGY, True), ("zz-mr", False)):
        scope = FigureScope(units=frozenset({unit}))
        assert any(kept.books.corrections.asked("request-signed", scope, frozenset(), bodies)) == there
