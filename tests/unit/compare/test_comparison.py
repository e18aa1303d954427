"""Units of a kind beside each other: bands, not ranks, and their mix of cases beside the raw share."""

from datetime import date

import pytest
from msgspec.structs import replace

from agents.measures.answers import answers
from agents.measures.book.read import measure_book
from agents.measures.compare.comparison import ComparedUnit, comparison
from agents.measures.compare.objected import figures
from streams.messages import Text
from streams.organs.unit import Unit, Units
from streams.places.organs import units
from tests.support.orders.signings import Signing, signed_ledger

DAY = date(2026, 3, 31)
ROW = measure_book().measures["request-signed"]
BASIS = Text("某市考核办法第九条", "Article 9 of some city's rule")


def compared(
    *rows: Signing, among: Units | None = None, target: float | None = None, basis: Text | None = None
) -> dict[str, ComparedUnit]:
    """The units of these signings."""
    ledger = signed_ledger(*rows)
    found = figures(ledger, answers(ledger, "request-signed"))
    row = replace(ROW, target=target)
    return {each.unit: each for each in comparison(ledger, row, found, among or units("4101"), DAY, basis)}


FOUR = (Signing("zz-ee", 95, 100), Signing("zz-um", 79, 100), Signing("zz-hc", 96, 100), Signing("gov-410105", 10, 100))


def test_units_stand_in_bands_among_their_kind() -> None:
    """Three departments, 270 of 300: 79 of 100 is far below 90 % (80 to 98), 96 above; the district is of another kind."""
    found = compared(*FOUR)
    assert [(each.unit, each.kind, each.band) for each in found.values()] == [
        ("zz-ee", "city-department", "alike"),
        ("zz-hc", "city-department", "better"),
        ("zz-um", "city-department", "far-worse"),
        ("gov-410105", "government", "none"),
    ]
    assert found["zz-um"].centre == pytest.approx(0.9)
    assert (found["zz-um"].limits.warning, found["zz-um"].limits.alarm) == ((84, 95), (80, 98))  # type: ignore[union-attr]


def test_around_a_target_a_single_unit_is_judged_too() -> None:
    """Of a target of 90 % one district of 10 in 100 is far worse."""
    found = compared(*FOUR, target=90)
    assert (found["gov-410105"].band, found["gov-410105"].around) == ("far-worse", "target")


def test_units_come_in_the_order_of_the_place_and_have_no_rank() -> None:
    """As the city lists its bodies, never by figure; a rank needs a stated basis, and is a range."""
    found = compared(*FOUR)
    order = [unit.id for unit in units("4101")]
    assert sorted(found, key=order.index) == list(found)
    assert {each.ranks for each in found.values()} == {None}
    ranked = compared(*FOUR, basis=BASIS)
    assert {name: each.ranks for name, each in ranked.items()} == {
        "zz-ee": (1, 2),
        "zz-hc": (1, 2),
        "zz-um": (3, 3),
        "gov-410105": (1, 1),
    }
    assert {each.basis for each in ranked.values()} == {BASIS}


def test_villages_and_who_is_no_body_are_left_out() -> None:
    """A community that got a request as its receiver is compared with nobody, and so is an id that no body has."""
    community = next(unit.id for unit in units("4101") if unit.kind == "community")
    assert list(compared(Signing(community, 1, 10), Signing("zz-ee", 1, 10), Signing("nobody", 0, 5))) == ["zz-ee"]


def test_the_mix_of_cases_stands_beside_the_raw_share() -> None:
    """A has the hard ones: 75 of 110 against 101 of 110 raw, and yet fewer missed than its mix lets expect (test_standard)."""
    found = compared(
        Signing("zz-ee", 65, 100, "复杂"),
        Signing("zz-ee", 10, 10, "简易"),
        Signing("zz-um", 6, 10, "复杂"),
        Signing("zz-um", 95, 100, "简易"),
    )
    assert (found["zz-ee"].count, found["zz-um"].count) == (75, 101)
    assert found["zz-ee"].expected.ratio == pytest.approx(0.97468, abs=1e-5)
    assert found["zz-um"].expected.ratio == pytest.approx(1.11236, abs=1e-5)


def test_urgent_ones_are_a_stratum() -> None:
    """What is urgent for one unit alone is compared with nobody."""
    found = compared(Signing("zz-ee", 0, 4, urgent=True), Signing("zz-ee", 9, 10), Signing("zz-um", 9, 10))
    assert (found["zz-ee"].expected.alone, found["zz-ee"].expected.observed, found["zz-ee"].expected.expected) == (4, 1, 1.0)


def test_a_unit_that_was_merged_counts_with_its_successor() -> None:
    """Merged on 16 March: what the old one was due stands with the new one, and it is said whose that was."""
    new = Unit(id="new", name=Text("新", "New"), kind="bureau", level="city", basis="机构改革")
    old = replace(new, id="old", until=date(2026, 3, 16), successor="new")
    found = compared(Signing("old", 3, 5), Signing("new", 4, 5), among=Units([old, new]))
    assert list(found) == ["new"]
    assert (found["new"].count, found["new"].of, found["new"].merged) == (7, 10, ("old",))


def test_a_time_has_no_funnel() -> None:
    """A median is no share."""
    ledger = signed_ledger(*FOUR)
    with pytest.raises(ValueError, match="not by a funnel"):
        comparison(ledger, measure_book().measures["request-time"], [], units("4101"), DAY)
