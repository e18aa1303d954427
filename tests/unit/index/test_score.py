"""Scores by hand: each rule, what is missing, a veto, an index within the index, and that the parts add up."""

from typing import Any

import pytest

from agents.measures.book.read import measure_book
from agents.measures.index.score import IndexScore, index_scores
from agents.measures.index.spec import IndexText, index_text, with_weights
from agents.measures.index.whatif import changes
from agents.measures.ledger import Ledger
from streams.appraisal.adoptions import period
from streams.appraisal.objections import objections
from streams.messages import parse_time
from streams.places.organs import units
from tests.support.directory.appraisal import OFFICE, answer, objection
from tests.support.orders.indexed import figures_of, index_row, indicator, text_of_index
from tests.support.orders.signings import Signing, signed_ledger

MARCH = period("2026-03")
SIGNED, OVERDUE = "request-signed", "request-overdue"


def scored(text: IndexText, *rows: Signing, **more: Any) -> dict[str, IndexScore]:
    """The scores of March by unit."""
    ledger = signed_ledger(*rows)
    return {each.key: each for each in scores(text, ledger, **more)}


def scores(text: IndexText, ledger: Ledger, of: str = "2026-03", by: Any = "unit", known: Any = ()) -> list[IndexScore]:
    """The scores of a ledger."""
    measures = measure_book().measures
    return index_scores(text, measures, figures_of(ledger, known), period(of), by, units("4101"), ledger.now)


def one(rule: str, in_time: int, of: int, measure: str = SIGNED, **more: Any) -> float | None:
    """The score of one unit by one indicator of all the weight."""
    text = text_of_index({"a": indicator(measure, 100, rule, **more)}, present=100)
    return scored(text, Signing("zz-ee", in_time, of))["zz-ee"].score


def test_the_efficacy_coefficient_is_that_of_the_practice() -> None:
    """功效系数法: 60 + 40 × (实际 − 不允许) / (满意 − 不允许): of 50 and 90, 80 % is 90, 50 % is 60, 40 % is 50."""
    assert one("efficacy", 8, 10) == pytest.approx(90)
    assert one("efficacy", 5, 10) == pytest.approx(60)
    assert one("efficacy", 4, 10) == pytest.approx(50)
    assert one("efficacy", 10, 10) == 100
    assert one("efficacy", 4, 10, clip=[60, 100]) == 60


def test_attainment_is_the_share_of_the_target() -> None:
    """目标达成: 60 % of a target of 80 % is 75; more than the target is clipped; below 0 there is nothing."""
    assert one("attainment", 6, 10) == pytest.approx(75)
    assert one("attainment", 10, 10) == 100
    assert one("attainment", 0, 10) == 0


def test_where_less_is_better_the_target_is_divided() -> None:
    """All ten late of a target of 40 % is 40; that nothing can be divided by nothing is data."""
    assert one("attainment", 0, 10, OVERDUE, target=40, zero=100) == pytest.approx(40)


def test_points_count_cases() -> None:
    """扣分: three not signed in time cost 2 each of 100."""
    assert one("points", 7, 10, counts="rest") == 94
    assert one("points", 7, 10, start=50, each=3) == 71
    assert one("points", 0, 60, counts="rest") == 0


TWO = {"signed": indicator(SIGNED, 70), "late": indicator(OVERDUE, 30, "attainment", target=40, zero=100)}


def test_the_parts_add_up_and_have_their_cases() -> None:
    """8 of 10 signed give 90 × 0.7 = 63, ten of ten late 40 × 0.3 = 12: together 75, each with the very cases."""
    found = scored(text_of_index(TWO), Signing("zz-ee", 8, 10))["zz-ee"]
    assert found.score == pytest.approx(75)
    assert [(each.id, round(each.points, 9)) for each in found.parts] == [("signed", 63), ("late", 12)]
    assert sum(each.points for each in found.parts) == pytest.approx(found.score)
    signed = found.parts[0]
    assert (len(signed.numerator), signed.rest) == (8, ("0-8/1", "0-9/1"))
    assert (signed.value, signed.count, signed.of, found.over) == (80, 8, 10, True)


def test_a_missing_part_gives_its_weight_to_the_others() -> None:
    """Satisfaction was never asked: its 50 go to the other's 50, whose 90 is then the whole, and it is said."""
    text = text_of_index({"signed": indicator(SIGNED, 50), "happy": indicator("request-satisfied", 50)})
    found = scored(text, Signing("zz-ee", 8, 10))["zz-ee"]
    assert found.score == pytest.approx(90)
    assert [(each.counted, each.missing, each.score) for each in found.parts] == [(100, "", 90), (0, "redistribute", None)]


def test_too_little_present_is_no_score() -> None:
    """With 60 % to be present, 50 % are too few: none, with the reason, and no 100 %."""
    text = text_of_index({"signed": indicator(SIGNED, 50), "happy": indicator("request-satisfied", 50)}, present=60)
    found = scored(text, Signing("zz-ee", 10, 10))["zz-ee"]
    assert found.score is None
    assert found.why is not None
    assert "50 %, less than 60 %" in found.why.en
    assert found.parts[0].value == 100


def test_a_fixed_score_and_none_stand_in_for_nothing_due() -> None:
    """By its rule a missing part has 60 of its 50 %, or makes that there is no score."""
    fixed = {"signed": indicator(SIGNED, 50), "happy": indicator("request-satisfied", 50, missing="fixed", missing_score=60)}
    found = scored(text_of_index(fixed), Signing("zz-ee", 8, 10))["zz-ee"]
    assert found.score == pytest.approx(75)
    assert found.parts[1].missing == "fixed"
    none = {"signed": indicator(SIGNED, 50), "happy": indicator("request-satisfied", 50, missing="none")}
    assert scored(text_of_index(none), Signing("zz-ee", 8, 10))["zz-ee"].score is None


def test_few_cases_are_as_missing() -> None:
    """Four cases where five are asked: no score is made of them."""
    text = text_of_index({"signed": indicator(SIGNED, 100, least=5)})
    assert scored(text, Signing("zz-ee", 4, 4))["zz-ee"].score is None
    assert scored(text, Signing("zz-ee", 5, 5))["zz-ee"].score == 100


def test_a_veto_caps_the_whole_and_is_a_part_of_the_sum() -> None:
    """一票否决: two unsigned of ten cap 90 at 59, which takes 31; without a miss it takes nothing."""
    veto = indicator(SIGNED, 0, "veto", counts="rest", at=2)
    text = text_of_index({"signed": indicator(SIGNED, 100), "veto": veto})
    capped = scored(text, Signing("zz-ee", 8, 10))["zz-ee"]
    assert (capped.score, capped.parts[1].vetoes) == (59, True)
    assert capped.parts[1].points == pytest.approx(-31)
    assert capped.parts[1].rest == ("0-8/1", "0-9/1")
    clean = scored(text, Signing("zz-ee", 9, 10))["zz-ee"]
    assert (clean.score, clean.parts[1].points) == (100, 0)


def test_an_index_within_an_index_counts_by_its_score() -> None:
    """二级指标: 90 of the inner one is all that the outer one has, and its parts are reachable."""
    rows = {
        "handling": index_row({"inner": indicator("", 100, "score", index="inner")}),
        "inner": index_row({"signed": indicator(SIGNED, 100)}),
    }
    found = scored(index_text("handling", rows, measure_book()), Signing("zz-ee", 8, 10))["zz-ee"]
    assert found.score == pytest.approx(90)
    assert [each.id for each in found.parts[0].parts] == ["signed"]
    assert len(found.parts[0].parts[0].numerator) == 8


def test_nobody_below_is_scored_and_the_order_is_the_places() -> None:
    """A community has no score, and units stand as the city lists them, the better one where it stands."""
    community = next(unit.id for unit in units("4101") if unit.kind == "community")
    found = scored(text_of_index(TWO), Signing("zz-um", 10, 10), Signing("zz-ee", 1, 10), Signing(community, 1, 1))
    order = [unit.id for unit in units("4101")]
    assert list(found) == sorted(["zz-um", "zz-ee"], key=order.index)


def test_a_period_without_data_has_no_score() -> None:
    """April has no case: that is told, and nothing is 100; an index by the month has no quarter."""
    ledger = signed_ledger(Signing("zz-ee", 8, 10))
    with pytest.raises(ValueError, match="there is no score"):
        scores(text_of_index(TWO), ledger, "2026-04")
    with pytest.raises(ValueError, match="is by month for unit, district"):
        scores(text_of_index(TWO), ledger, "2026-Q1")


def test_a_granted_objection_changes_the_score_and_stands_beside_it() -> None:
    """Two of three missed ones out: 7 of 8 is 87.5 %, so 60 + 40 × 37.5 / 40 = 97.5."""
    known = objections([objection(cases=("0-7/1", "0-8/1")), answer("left-out")], OFFICE)
    ledger = signed_ledger(Signing("zz-ee", 7, 10))
    (found,) = scores(text_of_index({"signed": indicator(SIGNED, 100)}), ledger, known=tuple(known.values()))
    assert found.score == pytest.approx(97.5)
    assert [mark.state for mark in found.parts[0].marks] == ["left-out"]
    assert found.parts[0].left_out == ("0-7/1", "0-8/1")


def test_bands_say_from_which_score_on() -> None:
    """Exactly at its begin a band holds."""
    bands = [{"name": {"zh": "好", "en": "Good"}, "from": 90}, {"name": {"zh": "差", "en": "Bad"}, "from": 0}]
    text = text_of_index({"signed": indicator(SIGNED, 100)}, band=bands)
    found = scored(text, Signing("zz-ee", 8, 10), Signing("zz-um", 79, 100))
    assert [each.band.en for each in (found["zz-ee"], found["zz-um"]) if each.band] == ["Good", "Bad"]


def test_other_weights_are_shown_side_by_side() -> None:
    """With 30 to 70 the same cases are 90 × 0.3 + 40 × 0.7 = 55 instead of 75; the old text keeps its own."""
    text = text_of_index(TWO)
    ledger = signed_ledger(Signing("zz-ee", 8, 10), Signing("zz-um", 5, 10))
    other = with_weights(text, {"signed": 30, "late": 70})
    found = list(changes(scores(text, ledger), scores(other, ledger)))
    assert [each.key for each in found] == ["zz-ee", "zz-um"]
    assert [each.before for each in found] == pytest.approx([75, 54])
    assert [each.after for each in found] == pytest.approx([55, 46])
    assert [each.by for each in found] == pytest.approx([-20, -8])
    assert [each.weight for each in text.row.indicator.values()] == [70, 30]


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({"signed": float("nan")}, "signed is no number"),
        ({"signed": 50}, "add up to 80"),
        ({"signed": 130, "late": -30}, "at least 0"),
        ({"other": 1}, "they are signed, late"),
    ],
)
def test_weights_that_do_not_add_up_are_refused(weights: dict[str, float], words: str) -> None:
    """With what they add up to, or which there are."""
    with pytest.raises(ValueError, match=words):
        with_weights(text_of_index(TWO), weights)


def test_before_its_end_a_period_is_not_over() -> None:
    """On 20 March the month goes on, and so may its score."""
    ledger = signed_ledger(Signing("zz-ee", 8, 10))
    ledger.now = parse_time("2026-03-20T09:00:00+08:00")
    assert not scores(text_of_index({"signed": indicator(SIGNED, 100)}), ledger)[0].over
    assert MARCH.end == parse_time("2026-04-01T00:00:00+08:00")
