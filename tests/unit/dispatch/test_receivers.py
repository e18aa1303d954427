"""Who would receive an order, and who may not (orders.md rows 1, 3, 7 and E4)."""

from datetime import date

import pytest

from screen.dispatch.receivers import SUBJECT, Ground, Load, Receivers, Wanted, proposal
from streams.messages import Text
from streams.organs.routing import Asked
from streams.places import organs

DAY = date(2026, 11, 24)
PLANT = Text("第三热源厂", "Third Heat Plant")


@pytest.fixture(scope="module")
def ground() -> Ground:
    """Zhengzhou as it is listed."""
    units = organs.units("4101").at(DAY)
    return Ground(organs.routes("4101"), units, organs.correspondence(), {"zz-ee-410182": Load(12, 1)})


def proposed(ground: Ground, sender: str, chosen: tuple[Wanted, ...] | None = None) -> Receivers:
    """The proposal for a source in Xingyang (410182) that the ecology bureau's rule found."""
    asked = Asked(day=DAY, rule="gas-hourly", department="zz-ee", adcode="410182", subject="gas_boiler")
    return proposal(ground, asked, sender, "work-order", PLANT, chosen)


def test_the_bureau_writes_to_its_own_branch(ground: Ground) -> None:
    """A branch (派出机构) belongs to the city's bureau: it answers, with its load beside it."""
    (main,) = proposed(ground, "zz-ee").candidates
    assert (main.unit, main.part, main.load) == ("zz-ee-410182", "main", Load(12, 1))


def test_an_enterprise_is_never_a_receiver(ground: Ground) -> None:
    """orders.md row 1: it stands there only to be refused, with what to do instead."""
    barred = next(each for each in proposed(ground, "zz-ee").barred if each.unit == SUBJECT)
    assert barred.name == PLANT
    assert "企业不是" in barred.sentence.zh
    assert "送达" in barred.instead.zh


def test_a_bureau_does_not_instruct_a_district_government(ground: Ground) -> None:
    """公文处理工作条例 16 (2), with whom to ask instead: the city government's general office."""
    barred = next(each for each in proposed(ground, "zz-ee").barred if each.unit == "gov-410182")
    assert "第十六条（二）" in barred.basis
    assert (barred.via, barred.changed) == ("zz-gov", False)


def test_a_level_is_not_skipped_and_the_proposal_says_who_passes_it_on(ground: Ground) -> None:
    """条例 16 (3): the command centre writes in the general office's name, to the bureau, which passes it to its branch."""
    found = proposed(ground, "zz-command")
    assert [(each.unit, each.part) for each in found.candidates] == [("zz-ee", "main")]
    assert "荥阳" in found.candidates[0].why.zh
    assert [(each.unit, each.via, each.changed) for each in found.barred if each.unit != SUBJECT] == [
        ("zz-ee-410182", "zz-ee", True)
    ]


def test_what_a_person_adds_is_checked_alike(ground: Ground) -> None:
    """A village assists and is never main; a body that is not there is refused, not left out without a word."""
    found = proposed(ground, "zz-ee", (Wanted("zz-ee-410182", "main"), Wanted("zz-nobody", "support")))
    assert found.mains == 1
    assert "zz-nobody" in [each.unit for each in found.barred]
