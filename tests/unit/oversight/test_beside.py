"""What stands beside figures: granted objections change them and say so, units against their kind, indexes and their scores."""

from itertools import accumulate
from math import comb
from typing import Any

import pytest
from msgspec.structs import replace

from agents.measures.book.read import measure_book
from agents.measures.index.spec import IndexText, digest_of_text, index_text, written
from agents.measures.interval import wilson
from agents.oversight.books import OversightBooks
from agents.oversight.questions import Questions
from streams.messages import parse_time
from streams.messages.services.appraisal import Objection
from streams.oversight.wire import (
    AskCases,
    AskCompare,
    AskCorrections,
    AskIndex,
    AskIndexes,
    AskLead,
    AskObjections,
    AskOverview,
    AskRows,
    CaseList,
    Comparison,
    CorrectionList,
    Figure,
    FigureScope,
    IndexList,
    IndexTold,
    LeadPage,
    MeasureRows,
    NotTold,
    ObjectionList,
    OversightAsked,
    Overview,
)
from streams.places.organs import units
from tests.support.directory.appraisal import NAME, OFFICE, UNIT, answer, index_step, objection, person
from tests.support.orders.counted_facts import told_petitions
from tests.support.orders.indexed import index_row, indicator
from tests.support.orders.kept import AFTER, KeptOrders, two_requests
from tests.support.orders.partition import HOTLINE, hotline_matter
from tests.support.orders.signings import NOW, Signing, signings

MARCH: dict[str, Any] = {"since": "2026-03", "until": "2026-03"}
SIGNED = "request-signed"
FOUR = (Signing(UNIT, 95, 100), Signing("zz-um", 79, 100), Signing("zz-hc", 96, 100), Signing("gov-410105", 10, 100))
INDEX = {
    "handling": index_row(
        {"a": indicator(SIGNED, 60), "b": indicator("request-overdue", 40, "attainment", target=40, zero=100)}
    )
}


class SignedBooks:
    """The books of some signings at the end of March, with what was said of their figures."""

    def __init__(self, *rows: Signing) -> None:
        self.books = OversightBooks(measure_book(), OFFICE)
        for each in signings(*rows):
            self.books.take(each)
        self.books.told(NOW)
        self.books.true = True
        self.questions = Questions("t", self.books, units("4101"), INDEX)

    def told(self, asked: OversightAsked, of: type[Any]) -> Any:
        """The answer, which is of this type."""
        found = self.questions.answer(asked)
        assert isinstance(found, of), found
        return found

    def figure(self) -> Figure:
        """按时签收率 of March."""
        lines = self.told(AskOverview(**MARCH), Overview).lines
        return next(each.figure for each in lines if each.measure == SIGNED)

    def adopt(self, text: IndexText, since: str, *, known: bool = True) -> str:
        """One person drafts, another adopts; whether the log has the text. Its version."""
        digest = digest_of_text(written(text))
        said = {"version": digest[:16], "digest": digest, "since": since}
        self.books.say(
            [index_step("drafted", "qian", "2026-02-01", **said), index_step("adopted", "sun", "2026-02-02", **said)]
        )
        if known:
            self.books.said.texts[digest] = text
        return digest[:16]


def test_a_granted_objection_changes_every_figure_that_holds_the_case() -> None:
    """8 and 5 of 10; 剔除 of one missed case of the first: 13 of 19 of the city, 8 of 9 of the unit, by that reason."""
    kept = SignedBooks(Signing(UNIT, 8, 10), Signing("zz-um", 5, 10))
    assert (kept.figure().count, kept.figure().of) == (13, 20)
    kept.books.say([objection(cases=("0-9/1",))])
    assert (kept.figure().count, kept.figure().of) == (13, 20), "one that waits changes nothing"
    kept.books.say([answer("left-out")])
    city = kept.figure()
    assert (city.count, city.of, city.excluded) == (13, 19, {"objection-granted": 1})
    assert (city.low, city.high) == wilson(13, 19)
    rows = kept.told(AskRows(measure=SIGNED, by="unit", **MARCH), MeasureRows).rows
    assert {row.key: (row.figure.count, row.figure.of) for row in rows} == {UNIT: (8, 9), "zz-um": (5, 10)}
    out = AskCases(measure=SIGNED, behind="left-out", reason="objection-granted", **MARCH)
    assert [(each.order, each.case) for each in kept.told(out, CaseList).cases] == [("0-9", "0-9/1")]
    rest = kept.told(AskCases(measure=SIGNED, behind="rest", scope=FigureScope(units=frozenset({UNIT})), **MARCH), CaseList)
    assert [each.order for each in rest.cases] == ["0-8"]


def test_a_case_that_is_put_right_counts_as_done_in_the_list_too() -> None:
    """更正 of one missed case: 9 of 10, and the case is among those that were done."""
    kept = SignedBooks(Signing(UNIT, 8, 10))
    kept.books.say([objection(cases=("0-9/1",)), answer("put-right")])
    assert (kept.figure().count, kept.figure().of) == (9, 10)
    done = kept.told(AskCases(measure=SIGNED, behind="numerator", **MARCH), CaseList)
    assert "0-9" in {each.order for each in done.cases}


def test_a_granted_objection_is_told_as_a_correction() -> None:
    """更正: which case, of which unit and month, from what to what, by an objection; another measure and unit have none."""
    kept = SignedBooks(Signing(UNIT, 8, 10))
    kept.books.say([objection(cases=("0-9/1",)), answer("left-out")])
    (found,) = kept.told(AskCorrections(measure=SIGNED), CorrectionList).corrections
    assert (found.order, found.line, found.why, found.at) == ("0-9", "1", "objection", "2026-04-07T09:00:00+08:00")
    assert (found.before.unit, found.before.month, found.before.behind) == (UNIT, "2026-03", "rest")
    assert (found.after.behind, found.after.reason) == ("left-out", "objection-granted")
    assert kept.told(AskCorrections(measure="request-handled"), CorrectionList).total == 0
    assert kept.told(AskCorrections(scope=FigureScope(units=frozenset({"zz-um"}))), CorrectionList).total == 0


def test_an_objection_is_told_with_what_it_changed() -> None:
    """Who objected as unit, why, what was answered, the figure without it and as it counts; no person's name."""
    kept = SignedBooks(Signing(UNIT, 8, 10), Signing("zz-um", 5, 10))
    kept.books.say([objection(cases=("0-9/1", "0-0/1")), answer("left-out", cases=("0-9/1",))])
    told = kept.told(AskObjections(), ObjectionList)
    (found,) = told.objections
    assert (told.office, found.objection, found.unit, found.state, found.answer) == (
        OFFICE,
        NAME,
        UNIT,
        "left-out",
        "经核实属实",
    )
    assert [(each.case, each.changed) for each in found.cases] == [("0-9/1", True), ("0-0/1", False)]
    assert ((found.without.count, found.without.of), (found.figure.count, found.figure.of)) == ((8, 10), (8, 9))
    assert kept.told(AskObjections(measure="request-handled"), ObjectionList).total == 0
    assert kept.told(AskObjections(scope=FigureScope(units=frozenset({"zz-um"}))), ObjectionList).total == 0


def test_records_may_come_in_any_order_and_twice() -> None:
    """The answer before the objection, and a second copy of both: the same figure."""
    kept = SignedBooks(Signing(UNIT, 8, 10))
    kept.books.say([answer("left-out"), objection(cases=("0-9/1",))])
    kept.books.say([objection(cases=("0-9/1",)), answer("left-out")])
    assert (kept.figure().count, kept.figure().of) == (8, 9)


def test_an_objection_about_a_report_is_not_told_to_its_body() -> None:
    """Its words may speak of the report (举报): whoever is of the body that this is about is told nothing of it."""
    kept = two_requests()
    traits = {"nature": "report", "accused": "zz-data", "topic": "gift"}
    kept.keep(kept.by.filed(hotline_matter(id="request/3", number="3", traits=traits), "c" * 32))
    kept.act("accept", "receptionist", HOTLINE, "c" * 32)
    kept.tick(AFTER)
    kept.books.say([objection(measure="request-dispatched", cases=(f"{'c' * 32}/dispatch",))])
    everybody, theirs = AskObjections(), AskObjections(scope=FigureScope(hidden_from=frozenset({"zz-data"})))
    told = [kept.ask(each) for each in (everybody, theirs)]
    assert [each.total for each in told if isinstance(each, ObjectionList)] == [1, 0]


def within(of: int, share: float, tail: float) -> tuple[int, int]:
    """By the sum of the binomial law itself: the first count whose lower, and the last whose upper tail is above `tail`."""
    terms = [comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(of + 1)]
    lower = next(k for k, total in enumerate(accumulate(terms)) if total > tail)
    upper = of - next(k for k, total in enumerate(accumulate(reversed(terms))) if total > tail)
    return lower, upper


def test_units_are_told_beside_their_kind_with_the_limits_that_are_drawn() -> None:
    """270 of 300 in three departments: 79 of 100 is beyond 99.8 %; what is drawn at 100 cases are those limits as shares."""
    told = SignedBooks(*FOUR).told(AskCompare(measure=SIGNED, **MARCH), Comparison)
    assert {row.unit: row.band for row in told.rows} == {
        UNIT: "alike",
        "zz-um": "far-worse",
        "zz-hc": "better",
        "gov-410105": "none",
    }
    departments, governments = told.kinds
    assert (departments.kind, departments.units, round(departments.centre, 6)) == ("city-department", 3, 0.9)
    last = departments.curve[-1]
    warning, alarm = within(100, 0.9, 0.025), within(100, 0.9, 0.001)
    assert (last.of, last.warning, last.alarm) == (100, tuple(k / 100 for k in warning), tuple(k / 100 for k in alarm))
    assert (governments.kind, governments.curve) == ("government", ())
    assert told.basis is None
    assert {row.ranks for row in told.rows} == {None}


def test_a_unit_alone_is_told_alone_but_held_against_all() -> None:
    """Of a person of one body: its own point, with the limits of its whole kind; of the others nothing."""
    whole = SignedBooks(*FOUR).told(AskCompare(measure=SIGNED, **MARCH), Comparison)
    own = SignedBooks(*FOUR).told(AskCompare(measure=SIGNED, **MARCH, scope=FigureScope(units=frozenset({UNIT}))), Comparison)
    assert own.rows == tuple(row for row in whole.rows if row.unit == UNIT)
    assert [each.kind for each in own.kinds] == ["city-department"]


def test_a_granted_objection_moves_the_point() -> None:
    """79 of 100 becomes 79 of 99, and the objection stands beside it."""
    kept = SignedBooks(*FOUR)
    theirs = objection(unit="zz-um", cases=("1-99/1",))
    kept.books.say([_by(theirs, "zz-um"), answer("left-out")])
    row = next(each for each in kept.told(AskCompare(measure=SIGNED, **MARCH), Comparison).rows if each.unit == "zz-um")
    assert (row.count, row.of, row.objections) == (79, 99, (NAME,))


def test_what_a_units_mix_lets_expect() -> None:
    """Simpson: each of two is as good at both kinds of matter, one has the hard ones: O/E of both is 1 by hand."""
    rows = (
        Signing(UNIT, 81, 90, "easy"),
        Signing(UNIT, 5, 10, "hard"),
        Signing("zz-um", 9, 10, "easy"),
        Signing("zz-um", 45, 90, "hard"),
    )
    told = SignedBooks(*rows).told(AskCompare(measure=SIGNED, **MARCH), Comparison)
    found = {
        row.unit: (row.count, row.expected.observed, round(row.expected.expected, 6), row.expected.ratio) for row in told.rows
    }
    assert found == {UNIT: (86, 14, 14.0, pytest.approx(1)), "zz-um": (54, 46, 46.0, pytest.approx(1))}


def test_a_time_has_no_funnel() -> None:
    """A median is no share: it is said, and nothing is drawn."""
    found = SignedBooks(*FOUR).told(AskCompare(measure="request-time", **MARCH), NotTold)
    assert found.kind == "impossible"


def test_without_an_adoption_there_is_no_score_but_a_draft_is_told_as_one() -> None:
    """A score rests on what was adopted for its period; the place's file counts for nothing, and says so."""
    kept = SignedBooks(Signing(UNIT, 8, 10))
    assert "no version of handling was adopted" in kept.told(AskIndex(index="handling", period="2026-03"), NotTold).words.en
    told = kept.told(AskIndex(index="handling", period="2026-03", draft=True), IndexTold)
    assert not told.adopted
    (score,) = told.scores
    # 80 % between 50 (60) and 90 (100) is 90, of weight 60; all ten late of a target of 40 % is 40, of weight 40
    assert (score.key, score.score) == (UNIT, pytest.approx(0.6 * 90 + 0.4 * 40))
    assert [(part.count, part.of, round(part.points, 6)) for part in score.parts] == [(8, 10, 54.0), (10, 10, 16.0)]
    assert (told.since, told.until, told.over) == ("2026-03", "2026-03", True)


def test_other_weights_are_reckoned_and_kept_nowhere() -> None:
    """30 and 70: 0.3 × 90 + 0.7 × 40; asked again without them the score is as it was; that do not add up are refused."""
    kept = SignedBooks(Signing(UNIT, 8, 10))
    asked: dict[str, Any] = {"index": "handling", "period": "2026-03", "draft": True}
    tried = kept.told(AskIndex(**asked, weights={"a": 30, "b": 70}), IndexTold)
    assert (tried.scores[0].score, tried.scores[0].other) == (pytest.approx(70), pytest.approx(55))
    assert tried.weights == {"a": 30, "b": 70}
    again = kept.told(AskIndex(**asked), IndexTold)
    assert (again.scores[0].score, again.scores[0].other, again.weights) == (pytest.approx(70), None, {})
    assert kept.books.said.versions == {}
    assert "add up to 100" in kept.told(AskIndex(**asked, weights={"a": 30}), NotTold).words.en


def test_a_score_rests_on_the_version_that_was_adopted() -> None:
    """Adopted for February on with all the weight on one indicator: 90 in March; of a text that the log has not, none."""
    kept = SignedBooks(Signing(UNIT, 8, 10))
    text = index_text("handling", {"handling": index_row({"a": indicator(SIGNED, 100)})}, measure_book())
    version = kept.adopt(text, "2026-02")
    told = kept.told(AskIndex(index="handling", period="2026-03"), IndexTold)
    assert (told.version, told.adopted, told.scores[0].score) == (version, True, pytest.approx(90))
    assert told.changed == ()
    (summary,) = kept.told(AskIndexes(), IndexList).indexes
    assert [(each.version, each.state, each.since) for each in summary.versions] == [(version, "adopted", "2026-02")]
    lost = SignedBooks(Signing(UNIT, 8, 10))
    lost.adopt(text, "2026-02", known=False)
    assert "no text of version" in lost.told(AskIndex(index="handling", period="2026-03"), NotTold).words.en


def test_a_granted_objection_changes_the_score_and_stands_beside_it() -> None:
    """更正 of one missed case: 9 of 10 is 100, clipped at the good end; the objection is counted beside the score."""
    kept = SignedBooks(Signing(UNIT, 8, 10))
    kept.books.say([objection(cases=("0-9/1",)), answer("put-right")])
    (score,) = kept.told(AskIndex(index="handling", period="2026-03", draft=True), IndexTold).scores
    assert (score.parts[0].count, score.parts[0].score, score.objections) == (9, pytest.approx(100), 1)


def test_an_index_of_facts_is_scored_here_too() -> None:
    """Of two petitions of March one was told in its 15 days: a share of one half, by which the index is scored."""
    rows = {"facts": index_row({"a": indicator("petition-told-in-time", 100)})}
    kept = SignedBooks(Signing(UNIT, 8, 10))
    kept.questions = Questions("t", kept.books, units("4101"), rows)
    kept.books.put(told_petitions(UNIT, True, False))
    assert kept.told(AskIndexes(), IndexList).indexes[0].measured
    (score,) = kept.told(AskIndex(index="facts", period="2026-03", draft=True), IndexTold).scores
    assert (score.key, score.parts[0].count, score.parts[0].of) == (UNIT, 1, 2)


def test_the_days_behind_the_counts() -> None:
    """Two requests of Friday, one withdrawn on Monday: 2 new and 2 open on Friday, 1 open on Monday, nothing before Friday."""
    kept = two_requests()
    kept.tick("2026-03-09T10:00:00+08:00")
    kept.act("withdraw", "leader", HOTLINE, "a" * 32, reason="重复登记")
    kept.tick("2026-03-09T11:00:00+08:00")
    page = kept.ask(AskLead())
    assert isinstance(page, LeadPage)
    assert [(each.day, each.new, each.open) for each in page.days] == [
        ("2026-03-06", 2, 2),
        ("2026-03-07", 0, 2),
        ("2026-03-08", 0, 2),
        ("2026-03-09", 0, 1),
    ]
    assert page.counts["open"] == page.days[-1].open


def test_only_the_newest_days_are_told() -> None:
    """Two months on: 31 days, the last of which is the log's."""
    kept: KeptOrders = two_requests()
    kept.tick("2026-05-09T10:00:00+08:00")
    page = kept.ask(AskLead())
    assert isinstance(page, LeadPage)
    assert (len(page.days), page.days[0].day, page.days[-1].day) == (31, "2026-04-09", "2026-05-09")
    assert parse_time(page.state.at) > 0


def _by(said: Objection, unit: str) -> Objection:
    return replace(said, by=person("wang", unit))
