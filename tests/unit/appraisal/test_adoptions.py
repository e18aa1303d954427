"""One drafts an index and another adopts it; a period that has ended keeps what was adopted by then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.appraisal.adoptions import (
    Adopted,
    AppraisalPeriod,
    adoptions,
    draft_refusal,
    draft_versions,
    held_at,
    holding,
    period,
)
from streams.messages import parse_time
from streams.messages.services.appraisal import BaselineStep, IndexStep
from streams.places.appraisal import appraisal
from tests.support.directory.appraisal import OFFICE, baseline_step, index_step

DRAFT = index_step("drafted", "qian", "2026-03-20")
ADOPTION = index_step("adopted", "sun", "2026-03-25")


def test_two_persons_adopt_an_index() -> None:
    """拟定 by one, 印发 by another: from then on it holds for the periods of its month and after."""
    adopted = adoptions([DRAFT, ADOPTION], OFFICE)
    assert adopted == (Adopted("handling", "a" * 16, "a" * 64, "2026-04", parse_time("2026-03-25T10:00:00+08:00")),)
    assert holding(adopted, "handling", period("2026-04")) == adopted[0]
    assert holding(adopted, "handling", period("2026-03")) is None
    assert adoptions([DRAFT], OFFICE) == ()


WRONG: list[tuple[list[IndexStep], IndexStep, str]] = [
    ([], ADOPTION, "not drafted"),
    ([DRAFT], index_step("adopted", "qian", "2026-03-25"), "'qian' has drafted it"),
    ([DRAFT], index_step("adopted", "sun", "2026-03-25", since="2026-01"), "adopt what was drafted"),
    ([DRAFT], index_step("adopted", "sun", "2026-03-25", digest="b" * 64), "adopt what was drafted"),
    ([DRAFT, ADOPTION], ADOPTION, "is adopted"),
]


@pytest.mark.parametrize(("before", "wrong", "words"), WRONG)
def test_a_step_that_may_not_be_changes_nothing(before: list[IndexStep], wrong: IndexStep, words: str) -> None:
    """It is refused in words, and whoever reads it in a log passes it over."""
    known = draft_versions(before, OFFICE)
    assert words in draft_refusal(known, wrong, OFFICE)
    assert draft_versions([*before, wrong], OFFICE) == known


def test_the_measuring_office_alone_adopts() -> None:
    """Nobody who is measured writes his own index, and without an office there is none."""
    other = index_step("drafted", "qian", "2026-03-20", of="zz-ee")
    assert "not 'zz-ee'" in draft_refusal({}, other, OFFICE)
    assert "no measuring office" in draft_refusal({}, DRAFT, "")
    assert appraisal("4101").office == OFFICE
    assert appraisal("41").office == ""


def test_a_year_may_be_adopted_while_it_lasts() -> None:
    """A 考核办法 of March for the year: the year has not ended; January, which has, keeps none."""
    adopted = adoptions(
        [index_step("drafted", "qian", "2026-03-20", "2026-01"), index_step("adopted", "sun", "2026-03-25", "2026-01")], OFFICE
    )
    assert holding(adopted, "handling", period("2026")) == adopted[0]
    assert holding(adopted, "handling", period("2026-01")) is None
    assert holding(adopted, "handling", period("2026-Q1")) == adopted[0]


def test_what_is_drafted_again_stays_adopted_for_its_periods() -> None:
    """A new draft of the same text for another month takes nothing from the old periods."""
    again = [index_step("drafted", "sun", "2026-06-01", "2026-07"), index_step("adopted", "qian", "2026-06-02", "2026-07")]
    adopted = adoptions([DRAFT, ADOPTION, *again], OFFICE)
    assert [each.since for each in adopted] == ["2026-04", "2026-07"]
    assert holding(adopted, "handling", period("2026-05")) == adopted[0]


MONTHS = st.integers(0, 35).map(lambda n: f"{2025 + n // 12}-{n % 12 + 1:02}")
QUARTERS = st.integers(0, 11).map(lambda n: f"{2025 + n // 4}-Q{n % 4 + 1}")
YEARS = st.integers(2025, 2027).map(str)
DAYS = st.integers(0, 1094).map(lambda n: parse_time("2025-01-01T09:00:00+08:00") + n * 86_400_000)


@given(
    st.lists(st.tuples(MONTHS, DAYS), max_size=6),
    st.lists(st.tuples(MONTHS, DAYS), max_size=4),
    st.one_of(MONTHS, QUARTERS, YEARS).map(period),
)
def test_no_later_adoption_changes_a_period_that_has_ended(
    before: list[tuple[str, int]], later: list[tuple[str, int]], of: AppraisalPeriod
) -> None:
    """Whatever is adopted after the end of a period, from whatever month on: its weights stay what they were."""
    first = [Adopted("handling", f"v{n}", "", since, at) for n, (since, at) in enumerate(before)]
    after = [Adopted("handling", f"w{n}", "", since, max(at, of.end)) for n, (since, at) in enumerate(later)]
    assert holding([*first, *after], "handling", of) == holding(first, "handling", of)


@pytest.mark.parametrize("wrong", ["2026-13", "2026-Q5", "26", "2026-1", "", "2026-", "２０２６"])
def test_what_is_no_period_is_told(wrong: str) -> None:
    """With the three forms that are."""
    with pytest.raises(ValueError, match="2026-Q1"):
        period(wrong)


BASELINE = [baseline_step("drafted", "qian", "2026-01-05"), baseline_step("adopted", "sun", "2026-01-06")]
OTHER = [
    baseline_step("drafted", "sun", "2026-07-01", "b" * 16, since="2025-07-01", until="2026-06-30"),
    baseline_step("adopted", "qian", "2026-07-02", "b" * 16, since="2025-07-01", until="2026-06-30"),
]


def test_a_baseline_holds_from_its_adoption_until_another_is_adopted() -> None:
    """Whatever is adopted later: a moment keeps the one that held then, and before the first there is none."""
    adopted = adoptions([*BASELINE, *OTHER], OFFICE)
    at = [adopted[0].at - 1, adopted[0].at, adopted[1].at - 1, adopted[1].at]
    assert [held_at(adopted, "signs", moment) for moment in at] == [None, adopted[0], adopted[0], adopted[1]]
    assert [held_at(adopted[:1], "signs", moment) for moment in at] == [None, adopted[0], adopted[0], adopted[0]]
    assert held_at(adopted, "other", at[-1]) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (baseline_step("adopted", "qian", "2026-01-06"), "'qian' has drafted it"),
        (baseline_step("adopted", "sun", "2026-01-06", until="2026-12-31"), "adopt what was drafted"),
        (baseline_step("adopted", "sun", "2026-01-06", "c" * 16), "not drafted"),
        (baseline_step("adopted", "sun", "2026-01-06", of="zz-ee"), "drafts and adopts baselines, not 'zz-ee'"),
    ],
)
def test_two_persons_of_the_office_adopt_a_baseline(wrong: BaselineStep, words: str) -> None:
    """As an index: not whoever drafted it, not another window, not somebody else."""
    known = draft_versions(BASELINE[:1], OFFICE)
    assert words in draft_refusal(known, wrong, OFFICE)
    assert adoptions([BASELINE[0], wrong], OFFICE) == ()
