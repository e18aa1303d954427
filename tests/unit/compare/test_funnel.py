"""Who lies outside of what chance alone would do, and who is not held against anything."""

from agents.measures.compare.bands import band, class_of, rank_ranges
from agents.measures.compare.funnel import Limits, dispersion, funnel, is_over
from streams.organs.unit import Unit
from streams.places.organs import units


def test_a_unit_lies_outside_of_the_exact_limits_of_its_cases() -> None:
    """Around a target of 90 %, of 100 cases: 84 to 95 are within, 80 to 83 below, 79 far below (scipy: test_exact)."""
    found = funnel({"a": (84, 100), "b": (83, 100), "c": (79, 100), "d": (96, 100), "e": (99, 100), "f": (0, 0)}, 0.9)
    assert {name: row.position for name, row in found.rows.items()} == {
        "a": "within",
        "b": "below",
        "c": "far-below",
        "d": "above",
        "e": "far-above",
        "f": "none",
    }
    assert found.rows["a"].limits == Limits(100, (84, 95), (80, 98))
    assert (found.centre, found.around, found.phi) == (0.9, "target", None)


def test_all_of_few_is_no_praise_and_none_of_few_no_blame() -> None:
    """3 of 3 is within around 90 %, and so is 2 of 3: so few say nothing."""
    found = funnel({"a": (3, 3), "b": (2, 3)}, 0.9)
    assert [row.position for row in found.rows.values()] == ["within", "within"]


def test_of_so_few_that_no_count_is_a_signal_nothing_is_said() -> None:
    """None of 1 happens in 20 % of the cases at 80 %: neither alike nor worse, but too few."""
    found = funnel({"a": (1, 1), "b": (0, 1)}, 0.8)
    assert [row.position for row in found.rows.values()] == ["few", "few"]


def test_without_a_target_it_stands_around_the_common_share() -> None:
    """270 of 300 together are 90 %."""
    found = funnel({"a": (79, 100), "b": (96, 100), "c": (95, 100)})
    assert (found.centre, found.around) == (0.9, "common")
    assert [row.position for row in found.rows.values()] == ["far-below", "above", "within"]


def test_nobody_is_held_against_himself() -> None:
    """Two units of a kind are half of their common share each; where all have all there is nothing to tell apart."""
    assert [row.position for row in funnel({"a": (1, 100), "b": (99, 100)}).rows.values()] == ["none", "none"]
    assert [row.position for row in funnel(dict.fromkeys("abc", (50, 50))).rows.values()] == ["none"] * 3
    assert funnel({}).centre is None
    assert funnel({"a": (0, 0)}).rows["a"].position == "none"


SPREAD = {f"u{n:02}": (70 + 2 * n, 100) for n in range(12)}
"""Twelve units from 70 % to 92 %: Σ(x − 81)² = 4 × Σ(n − 5.5)² = 4 × 143, winsorised by one at each end 4 × 123."""


def test_units_that_differ_more_than_chance_have_wider_limits() -> None:
    """φ = 4 (143 − 2 × 30.25 + 2 × 20.25) / 12 / (0.81 × 0.19 × 100) = 2.664, above 1 + 2 √(2/12) = 1.816: it is said."""
    found = funnel(SPREAD)
    assert found.centre == 0.81
    assert found.phi is not None
    assert round(found.phi, 3) == round(4 * (143 - 60.5 + 40.5) / 12 / 15.39, 3) == 2.664
    assert found.over
    first = found.rows["u00"]
    assert first.wide is not None
    assert (first.wide.of, first.position) == (38, "within")
    assert first.limits is not None
    assert first.limits.warning[0] > first.count
    assert {row.position for row in found.rows.values()} == {"within"}


def test_one_that_is_far_off_does_not_hide_behind_itself() -> None:
    """Eleven at 90 of 100 and one at 60: winsorised, its own distance does not widen the limits."""
    found = funnel({**{f"u{n:02}": (90, 100) for n in range(11)}, "last": (60, 100)})
    assert not found.over
    assert found.rows["last"].position == "far-below"
    assert {row.position for name, row in found.rows.items() if name != "last"} == {"within"}


def test_of_few_units_no_dispersion_is_reckoned() -> None:
    """Of nine there is none to winsorise: limits are those of chance alone."""
    assert dispersion([(60, 100)] + [(90, 100)] * 8, 0.9) is None
    assert not is_over(1.8, 12)
    assert is_over(1.82, 12)


def test_what_is_better_depends_on_the_measure() -> None:
    """Far above is far better of what was in time, and far worse of what was late."""
    assert (band("far-above", "higher"), band("far-above", "lower")) == ("far-better", "far-worse")
    assert (band("within", "lower"), band("none", "lower"), band("below", "lower")) == ("alike", "none", "better")


def test_villages_offices_and_enterprises_are_never_compared() -> None:
    """村、社区 assist and are never measured; an inner office is its body's; persons are no body at all."""
    there = {unit.kind: class_of(unit) for unit in units("4101")}
    assert {kind for kind, found in there.items() if found is None} >= {"community", "inner"}
    assert class_of(None) is None
    assert {class_of(unit) for unit in units("4101") if unit.level in {"nation", "province"}} == {None}
    by_id = {unit.id: class_of(unit) for unit in units("4101")}
    assert (by_id["zz-ee"], by_id["gov-410105"], by_id["zone-410172"]) == ("city-department", "government", "government")
    assert class_of(Unit(id="x", name=units("4101").get("zz-ee").name, kind="enterprise", level="city", basis="")) is None  # type: ignore[union-attr]


def test_a_rank_is_a_range() -> None:
    """50 of 100 is behind both others, which Wilson's intervals do not tell apart (90: 0.826 to 0.945; 93: 0.863 to 0.966)."""
    assert rank_ranges({"a": (90, 100), "b": (93, 100), "c": (50, 100), "d": (0, 0)}, "higher") == {
        "a": (1, 2),
        "b": (1, 2),
        "c": (3, 3),
    }
    assert rank_ranges({"a": (90, 100), "c": (50, 100)}, "lower") == {"a": (2, 2), "c": (1, 1)}
