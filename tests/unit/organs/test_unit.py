"""The tree of bodies: two kinds of edges, and days on which bodies begin and end."""

from datetime import date
from pathlib import Path

import pytest

from streams.messages import Text
from streams.organs.unit import Level, Unit, UnitKind, Units
from streams.places import organs

OLD, NEW = date(2020, 1, 1), date(2026, 6, 1)


def unit(
    id: str, kind: UnitKind = "bureau", level: Level = "city", parent: str = "", until: date | None = None, successor: str = ""
) -> Unit:
    """A body with a name like its id."""
    return Unit(
        id=id, name=Text(id, id), kind=kind, level=level, parent=parent, until=until, successor=successor, basis="example"
    )


def test_a_branch_belongs_to_the_city_and_a_districts_bureau_to_its_government() -> None:
    """生态环境分局 is the city bureau's own; the district's 市监局 its government's, guided by the city's (A1, 8)."""
    units = organs.units("4101")
    branch, guided = units.get("zz-ee-410105"), units.get("zz-amr-410105")
    assert branch is not None
    assert guided is not None
    assert (branch.name.zh, branch.parent, branch.guided_by) == ("郑州市生态环境局金水分局", "zz-ee", "")
    assert (guided.name.zh, guided.parent, guided.guided_by) == ("金水区市场监督管理局", "gov-410105", "zz-amr")
    assert units.is_within("zz-ee-410105", "zz-ee")
    assert not units.is_within("zz-amr-410105", "zz-amr")
    assert units.is_within("zz-amr-410105", "gov-4101")


def test_an_inner_office_acts_for_its_house_and_nobody_else_below_it() -> None:
    """内设机构 act in their organ's name (条例 17); a 派出机构, a bureau and a lower government have a name of their own."""
    units = organs.units("4101")
    assert all(units.acts_for(each, "zz-gov") for each in ("zz-gov", "zz-inspect", "zz-hotline"))
    assert not any(units.acts_for(each, "gov-4101") for each in ("zz-ee", "gov-410105", "zz-gov", "nobody", ""))
    assert not units.acts_for("zz-ee-410105", "zz-ee")
    assert not units.acts_for("zz-gov", "zz-inspect")


def test_zones_utilities_and_vertical_offices_are_bodies_too() -> None:
    """管委会, 市属公用企业 and 垂管 offices receive work as well as the twelve districts (orders.md A1, 8)."""
    kinds = {each.id: each.kind for each in organs.units("4101")}
    assert kinds["zone-410171"] == kinds["zone-410172"] == kinds["zone-410173"] == "zone"
    assert [kinds[f"zz-{each}"] for each in ("water", "gas", "heat", "bus")] == ["soe"] * 4
    assert [kinds[f"zz-{each}"] for each in ("tax", "weather", "power")] == ["vertical"] * 3
    assert sum(kind == "government" for kind in kinds.values()) == 1 + 1 + 12


def test_a_body_of_the_party_belongs_to_its_committee() -> None:
    """网信办 is the party committee's: the government is not its superior, in the district neither."""
    units = organs.units("4101")
    above = [units.superior(each) for each in ("zz-cac", "zz-cac-410105", "hn-cac")]
    assert [each.id for each in above if each] == ["party-4101", "party-410105", "party-41"]


def test_one_bureau_is_one_body_for_all_its_roles() -> None:
    """Food and special equipment are one district bureau's: it is not listed twice under two ids."""
    acting = organs.acting_ids("4101")
    assert acting["amr", "410105"] == acting["amr-se", "410105"] == "zz-amr-410105"
    assert "zz-amr-se-410105" not in organs.units("4101")


def test_an_ended_body_hands_its_duties_to_its_successor() -> None:
    """吉利区 was joined to 孟津 in 2021: before that its government is there, after it 孟津's stands for it."""
    units = organs.units("4103")
    before, after = units.standing("gov-410306", date(2021, 3, 17)), units.standing("gov-410306", date(2021, 3, 18))
    assert before
    assert before.id == "gov-410306"
    assert after
    assert after.id == "gov-410308"
    assert "gov-410306" in units.at(date(2021, 3, 17))
    assert "gov-410306" not in units.at(date(2021, 3, 18))


def test_who_belongs_to_an_ended_body_belongs_to_its_successor() -> None:
    """A bureau is renamed and its office stays: on a day after it the office is the new bureau's."""
    units = Units(
        [
            unit("gov", "government"),
            unit("old", parent="gov", until=OLD, successor="new"),
            unit("new", parent="gov"),
            unit("room", "inner", parent="old"),
        ]
    )
    superior = units.at(NEW).superior("room")
    assert superior
    assert superior.id == "new"
    before = units.at(date(2019, 1, 1)).superior("room")
    assert before
    assert before.id == "old"


def test_nobody_stands_for_a_body_that_ended_without_successor() -> None:
    """Nor does a circle of successors end in anything but nothing."""
    units = Units([unit("a", until=OLD), unit("b", until=OLD, successor="c"), unit("c", until=OLD, successor="b")])
    assert units.standing("a", NEW) is None
    assert units.standing("b", NEW) is None
    assert units.standing("nobody", NEW) is None


@pytest.mark.parametrize(
    ("units", "message"),
    [
        ([unit("a"), unit("a")], "it stands twice"),
        ([unit("a", parent="b")], "'b' is no body"),
        ([unit("a", parent="b"), unit("b", parent="a")], "belongs to itself"),
    ],
)
def test_a_tree_that_is_none_is_refused(units: list[Unit], message: str) -> None:
    """Two of one id, an edge to nobody, a circle: each with a sentence."""
    with pytest.raises(ValueError, match=message):
        Units(units)


def test_a_credit_code_of_a_body_is_checked() -> None:
    """GB 32100: the last character follows from the others; `units.toml` with another is refused by file and body."""
    office = Unit(id="zz-ee", name=Text("局", "Bureau"), kind="bureau", level="city", basis="")
    right = organs._corrected(Path("units.toml"), "zz-ee", organs.UnitSpec(uscc="91110000600037341L"), office)
    assert right.uscc == "91110000600037341L"
    with pytest.raises(ValueError, match=r"units\.toml: unit\.zz-ee: uscc '91110000600037341M'"):
        organs._corrected(Path("units.toml"), "zz-ee", organs.UnitSpec(uscc="91110000600037341M"), office)
