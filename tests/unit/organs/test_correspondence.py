"""Who may write what to whom, by 公文处理工作条例 and orders.md A1 (rows 1, 3, 7, 8) and E4."""

from datetime import date
from itertools import product
from typing import get_args

import pytest

from streams.messages import Text
from streams.organs.correspondence import Paper, Verdict, may_write
from streams.organs.unit import Unit, Units
from streams.places import organs

DAY = date(2026, 11, 30)
SHOP = Unit(id="shop", name=Text("某企业", "A firm"), kind="enterprise", level="district", basis="example")
UNITS = Units([*organs.units("4101").at(DAY), SHOP])
RULES = organs.correspondence()
INSTRUCT: tuple[Paper, ...] = ("work-order", "dispatch", "document")
SAMPLE = (
    *("gov-41", "party-41", "hn-mpa", "hn-cac", "hn-ca", "gov-4101", "party-4101", "zz-gov", "zz-inspect", "zz-hotline"),
    *("zz-ee", "zz-amr", "zz-amr-se", "zz-cac", "zz-um", "zz-um-centre", "gov-410105", "party-410105", "zz-ee-410105"),
    *("zz-amr-410105", "zz-cac-410105", "zone-410171", "street-410105001", "street-410122101", "community-410105001010"),
    *("zz-water", "zz-tax", "shop"),
)


def judged(sender: str, receiver: str, paper: Paper) -> Verdict:
    """What is said at Zhengzhou."""
    return may_write(RULES, UNITS, sender, receiver, paper)


@pytest.mark.parametrize("paper", INSTRUCT)
def test_a_bureau_does_not_instruct_a_district_government(paper: Paper) -> None:
    """条例 16(二): 其他部门和单位不得向下级党委、政府发布指令性公文; the general office may assign it."""
    verdict = judged("zz-ee", "gov-410105", paper)
    assert not verdict.allowed
    assert verdict.as_ == ""
    assert "不得向下级党委、政府发布指令性公文" in verdict.sentence.zh
    assert verdict.basis == "党政机关公文处理工作条例 第十六条（二）"
    assert verdict.via == "zz-gov"
    assert "提请郑州市人民政府办公厅转办" in verdict.instead.zh


def test_a_bureau_may_ask_a_district_government_by_letter() -> None:
    """函 is for bodies that do not belong to one another (条例 8(十四))."""
    assert judged("zz-ee", "gov-410105", "letter").as_ == "letter"


@pytest.mark.parametrize("paper", INSTRUCT)
def test_the_general_office_writes_to_lower_governments_by_authority(paper: Paper) -> None:
    """条例 16(二): 办公厅（室）根据本级党委、政府授权，可以向下级党委、政府行文."""
    verdict = judged("zz-gov", "gov-410105", paper)
    assert verdict.as_ == paper
    assert "授权" in verdict.sentence.zh
    assert "第十六条（二）" in verdict.basis


def test_a_department_writes_to_the_matching_department_below() -> None:
    """条例 16(三), in its own line: to its branch, and to the district's bureau that it guides; not to another's."""
    assert judged("zz-ee", "zz-ee-410105", "document").allowed
    guided = judged("zz-amr", "zz-amr-410105", "document")
    assert guided.allowed
    assert "（三）" in guided.basis
    assert "抄送" in guided.sentence.zh
    assert not judged("zz-ee", "zz-amr-410105", "document").allowed


@pytest.mark.parametrize("inner", ["zz-inspect", "zz-command", "zz-hotline", "zz-amr-se"])
def test_an_inner_office_writes_nothing_outward(inner: str) -> None:
    """条例 17: 部门内设机构除办公厅（室）外不得对外正式行文: through the body that it belongs to."""
    for paper in ("document", "letter", "report"):
        verdict = judged(inner, "gov-410105", paper)
        assert not verdict.allowed
        assert verdict.basis == "党政机关公文处理工作条例 第十七条"
        organ = UNITS.organ(inner)
        assert organ
        assert verdict.via == organ.id
        assert organ.name.zh in verdict.instead.zh


def test_the_command_centre_dispatches_for_the_general_office() -> None:
    """A work order is no 公文 (orders.md A1, 2): the duty officer gives it in his office's name, where that may."""
    assert judged("zz-command", "gov-410105", "work-order").allowed
    assert judged("zz-command", "zz-ee", "dispatch").allowed
    assert judged("zz-um-centre", "gov-410105", "work-order").basis == "党政机关公文处理工作条例 第十六条（二）"


def test_no_level_is_skipped() -> None:
    """条例 14: 一般不得越级行文; what is refused says through whom it may go."""
    assert judged("zz-gov", "zz-ee-410105", "work-order").via == "zz-ee"
    assert judged("zz-gov", "zz-amr-410105", "work-order").via == "gov-410105"
    assert judged("zz-gov", "street-410105001", "work-order").via == "gov-410105"
    up = judged("gov-410105", "gov-41", "report")
    assert (up.allowed, up.via) == (False, "gov-4101")
    assert "越级" in up.sentence.zh


def test_equals_write_letters() -> None:
    """平行 and unrelated bodies: 函 (orders.md A1, 3)."""
    assert judged("zz-ee", "zz-amr", "letter").allowed
    assert judged("gov-410105", "gov-410102", "letter").allowed
    refused = judged("zz-ee", "zz-amr", "work-order")
    assert not refused.allowed
    assert "函" in refused.instead.zh


def test_upward_go_requests_and_reports_alone() -> None:
    """A city does not order its province: 报告/请示 (orders.md A1, 7)."""
    assert judged("gov-4101", "gov-41", "report").allowed
    assert judged("zz-cac", "hn-cac", "report").allowed
    for paper in INSTRUCT:
        assert not judged("gov-4101", "gov-41", paper).allowed
        assert not judged("zz-gov", "hn-mpa", paper).allowed
    assert judged("zz-amr", "hn-mpa", "letter").allowed


def test_a_department_above_is_asked_by_letter() -> None:
    """It is not the superior: a district government reports to its own, a street too; a letter goes to either's departments."""
    for sender, receiver, superior in (
        ("gov-410105", "zz-ee", "gov-4101"),
        ("street-410105001", "zz-amr-410105", "gov-410105"),
    ):
        assert judged(sender, receiver, "letter").allowed
        refused = judged(sender, receiver, "report")
        assert (refused.allowed, refused.via) == (False, superior)
        assert "不是" in refused.sentence.zh


@pytest.mark.parametrize("paper", get_args(Paper))
def test_an_enterprise_is_never_a_receiver(paper: Paper) -> None:
    """Whoever sends, whatever it is (orders.md A1, 1): the competent body acts on it by law, with service and remedies told."""
    for sender in SAMPLE:
        verdict = judged(sender, "shop", paper)
        assert not verdict.allowed
        assert "企业" in verdict.sentence.zh
        assert "线索" in verdict.instead.zh


def test_a_community_only_assists() -> None:
    """自治组织 (村委会组织法 6): asked by its street or township alone, without clock, colour or measure (orders.md A1, 7)."""
    asked = judged("street-410105001", "community-410105001010", "work-order")
    assert asked.allowed
    assert asked.assist
    for sender in SAMPLE:
        for paper in get_args(Paper):
            verdict = judged(sender, "community-410105001010", paper)
            own = sender == "community-410105001010"
            assert verdict.assist or not verdict.allowed or own
    assert judged("gov-410105", "community-410105001010", "work-order").via == "street-410105001"


def test_a_utility_serves_and_an_office_of_a_ministry_is_asked() -> None:
    """垂管 and utilities: 函/商请 (orders.md A1, 3); an order to a vertical office goes as a letter."""
    assert judged("zz-hotline", "zz-water", "work-order").as_ == "work-order"
    assert judged("zz-hotline", "zz-tax", "work-order").as_ == "letter"
    assert not judged("zz-gov", "zz-tax", "document").allowed
    assert not judged("zz-ee", "zz-water", "work-order").allowed
    assert "突发事件" in judged("zz-command", "zz-gas", "dispatch").sentence.zh


def test_a_department_gives_a_street_no_work() -> None:
    """应由职能部门办理的不得分派给基层 (国办函〔2025〕66号（五）)."""
    verdict = judged("zz-amr-410105", "street-410105001", "work-order")
    assert not verdict.allowed
    assert "不得分派给基层" in verdict.sentence.zh
    assert judged("gov-410105", "street-410105001", "work-order").allowed


def test_a_zone_is_not_instructed_by_a_bureau() -> None:
    """The committee stands for the government that set it up: the general office may assign, a bureau may ask."""
    assert judged("zz-gov", "zone-410171", "work-order").allowed
    assert judged("zz-ee", "zone-410171", "work-order").via == "zz-gov"
    assert judged("zz-ee", "zone-410171", "letter").allowed
    assert not judged("zone-410171", "gov-410105", "work-order").allowed


def test_who_has_ended_receives_nothing() -> None:
    """By the bodies of the day: 吉利区 is none since 2021."""
    verdict = may_write(RULES, organs.units("4103").at(DAY), "ly-gov", "gov-410306", "work-order")
    assert not verdict.allowed
    assert "没有" in verdict.sentence.zh


def test_every_pair_has_a_sentence_a_source_and_a_way_out() -> None:
    """No pair of bodies and no paper is left without an answer in both languages, and no name without its filling."""
    for sender, receiver, paper in product(SAMPLE, SAMPLE, get_args(Paper)):
        verdict = judged(sender, receiver, paper)
        assert verdict.sentence.zh
        assert verdict.sentence.en
        assert verdict.basis
        assert verdict.allowed or (verdict.instead.zh and verdict.instead.en)
        assert verdict.allowed == bool(verdict.as_)
        assert "{" not in verdict.sentence.zh + verdict.instead.zh + verdict.sentence.en + verdict.instead.en


def test_what_may_be_gone_through_may_itself_be_written_to() -> None:
    """A refusal at a city that names whom to go through names one to whom its bodies may at least report or write."""
    city = [each for each in SAMPLE if (unit := UNITS.get(each)) and unit.level != "province" and unit.kind != "party"]
    for sender, receiver in product(city, SAMPLE):
        verdict = judged(sender, receiver, "work-order")
        organ = UNITS.organ(sender)
        if verdict.via and organ and verdict.via != organ.id:
            assert any(judged(organ.id, verdict.via, paper).allowed for paper in get_args(Paper)), (sender, receiver)
