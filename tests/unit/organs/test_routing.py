"""Who answers by the duty list, at Zhengzhou and Luoyang: orders.md A1 (8), A2 (13, 14), A6 (42) and E4."""

from datetime import date

import pytest
from msgspec.structs import replace

from streams.messages import Text
from streams.organs.correspondence import may_write
from streams.organs.routing import Asked, DutyList, Route, Routing, districts_at, route
from streams.organs.unit import Unit, Units
from streams.places import city_map, organs, place
from tests.support.books import the_book

DAY = date(2026, 11, 30)
UNITS = organs.units("4101")
DUTIES = organs.routes("4101")


def answered(**asked: object) -> Routing:
    """Who answers at Zhengzhou."""
    return route(DUTIES, UNITS, Asked(day=DAY, **asked))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["4101", "4103"])
def test_every_rule_has_somebody_in_every_district(code: str) -> None:
    """All rules route everywhere, none upward; who answers may be given the order by who supervises or the general office."""
    duties, units = organs.routes(code), organs.units(code)
    rules, papers = the_book().rules, organs.correspondence()
    assert len(rules) >= 448
    for rule, spec in rules.items():
        for district in duties.districts:
            for subject in spec.subjects or ("",):
                asked = Asked(day=DAY, rule=rule, subject=subject, department=spec.department, adcode=district)
                found = route(duties, units, asked)
                assert found.main in units, rule
                assert found.supervising in units, rule
                assert not found.upward, rule
                assert found.main != found.supervising, rule
                senders = (found.supervising, "zz-gov", "ly-gov", duties.home)
                assert any(may_write(papers, units, each, found.main, "work-order").allowed for each in senders), rule


def test_the_body_that_acts_in_the_district_answers_and_the_department_supervises() -> None:
    """By the department of the rule: the branch for ecology, the district's bureau for food, the committee in a zone."""
    found = [answered(department=each, adcode="410105") for each in ("zz-ee", "zz-amr", "zz-amr-se")]
    assert [each.main for each in found] == ["zz-ee-410105", "zz-amr-410105", "zz-amr-410105"]
    assert [each.supervising for each in found] == ["zz-ee", "zz-amr", "zz-amr-se"]
    assert answered(department="zz-ee", adcode="410171").main == "zone-410171"
    assert answered(department="zz-ee", adcode="410105001").main == "zz-ee-410105"
    assert "隶属" in found[0].why[0].zh
    assert "业务指导" in found[1].why[0].zh


def test_what_the_province_decides_is_verified_by_the_city() -> None:
    """Wholesale of drugs is the province's (药品管理法 51): the city's bureau verifies; the province is given no order."""
    found = answered(department="hn-mpa", adcode="410105")
    assert (found.main, found.supervising, found.upward) == ("zz-amr", "hn-mpa", False)
    assert "省药监局" in found.why[-1].zh


def test_the_hotline_urges_and_the_general_office_finds_whose_site_it_is() -> None:
    """A late handler is urged by the hotline; where a site's computers stand says not which government it belongs to."""
    late = answered(department="zz-gov", subject="handling_unit", adcode="410105")
    assert (late.main, late.supervising) == ("zz-hotline", "zz-gov")
    site = answered(department="zz-gov", subject="gov_site", adcode="410105")
    assert (site.main, site.supervising) == ("zz-gov", "gov-4101")


@pytest.mark.parametrize("accused", ["zz-ee-410105", "zz-ee", "gov-4101"])
def test_a_complaint_about_a_body_goes_past_it(accused: str) -> None:
    """信访 28, 30; 济南 32: never to the accused, nor to who belongs to it; upward, with the reason."""
    found = answered(department="zz-ee", adcode="410105", accused=accused)
    expected = {"zz-ee-410105": "zz-ee", "zz-ee": "zz-gov", "gov-4101": "gov-41"}
    assert found.main == expected[accused]
    assert found.upward
    assert not UNITS.is_within(found.main, accused)
    assert any("反映的是" in each.zh for each in found.why)
    assert "信访工作条例 第三十条" in found.basis.replace("第二十八条、", "")


def test_a_complaint_about_a_districts_bureau_goes_to_its_government() -> None:
    """It belongs to the district's government, which is its superior; the city's bureau guides and supervises."""
    found = answered(department="zz-amr", adcode="410105", accused="zz-amr-410105")
    assert (found.main, found.supervising) == ("gov-410105", "zz-amr")


def test_nobody_guided_by_the_accused_judges_it() -> None:
    """The district's bureau does not look into the city's bureau that guides its work."""
    assert answered(department="zz-amr", adcode="410105", accused="zz-amr").main == "zz-gov"


def test_a_complaint_about_the_general_office_goes_to_the_government() -> None:
    """Not to itself, though it opens the government's post."""
    found = answered(topic="无此主题", accused="zz-gov")
    assert (found.main, found.upward) == ("gov-4101", True)


def test_a_complaint_about_a_utility_goes_to_who_is_in_charge_of_its_trade() -> None:
    """Its service it handles itself; what is said of it, the department does. Its safety is never its own matter."""
    assert answered(topic="供水", adcode="410105").main == "zz-water"
    assert answered(topic="供水", adcode="410105", accused="zz-water").main == "zz-um"
    assert answered(topic="燃气安全隐患", adcode="410105").main == "zz-um-410105"


def test_no_accused_answers_whatever_the_matter() -> None:
    """For every department and district, with each body that would answer accused, and the one above it as well."""
    for role, department in DUTIES.roles.items():
        for district in ("410105", "410122", "410171"):
            plain = answered(department=department, adcode=district)
            superior = UNITS.superior(plain.main)
            for accused in (plain.main, superior.id if superior else plain.main):
                found = answered(department=department, adcode=district, accused=accused)
                heads = {accused, *(each.id for each in UNITS.above(found.main))}
                assert accused not in {found.main, found.supervising, *found.supports, *found.assists}, (role, district)
                assert accused == "gov-41" or not UNITS.is_within(found.main, accused), (role, district, heads)


def test_who_has_an_interest_steps_aside() -> None:
    """A body concerned does not answer, support or supervise."""
    found = answered(rule="site-dust", department="zz-hud", adcode="410105", interests=("zz-ee", "zz-hud-410105"))
    assert found.main == "gov-410105"
    assert found.supports == ()
    assert "有利害关系" in found.why[-1].zh


def test_what_no_row_has_goes_to_the_general_office() -> None:
    """国办函〔2025〕66号（五）: unresolved it is the general office that decides."""
    found = answered(topic="无此主题", adcode="410105")
    assert (found.main, found.upward) == ("zz-gov", True)
    assert "66号" in found.basis
    assert found.why == (Text("责任清单没有对应的条目", "the list of duties has no row for it"),)


def test_a_place_outside_the_city_goes_up() -> None:
    """A code of Luoyang, and a point in Beijing: with the reason."""
    assert "不是本市" in answered(department="zz-ee", adcode="410302").why[0].zh
    found = answered(department="zz-ee", lon=116.39, lat=39.91)
    assert (found.main, found.upward) == ("zz-gov", True)
    assert "不在本市" in found.why[0].zh


@pytest.mark.parametrize(
    ("lon", "lat", "district"),
    [
        (113.730607, 34.811332, "410105"),
        (113.548497, 34.783312, "410102"),
        (113.038568, 34.692275, "410181"),
        (113.990690, 34.697459, "410122"),
    ],
)
def test_a_point_lies_in_a_district_of_the_map(lon: float, lat: float, district: str) -> None:
    """The centres of districts (domain.md, 2) lie in them; that zones have no border on the map is said."""
    assert districts_at(DUTIES.areas, lon, lat) == (district,)
    found = answered(department="zz-ee", lon=lon, lat=lat)
    assert found.main == f"zz-ee-{district}"
    assert any("郑州航空港经济综合实验区" in each.zh and "没有" in each.zh for each in found.why)


def test_a_point_on_a_border_is_in_no_district() -> None:
    """Two squares that touch: who answers is the city's department, and the reason says why."""
    from shapely.geometry import box  # noqa: PLC0415

    duties = replace(DUTIES, areas={"410105": box(0, 0, 1, 1), "410102": box(1, 0, 2, 1)})
    found = route(duties, UNITS, Asked(day=DAY, department="zz-ee", lon=1.0, lat=0.5))
    assert found.main == "zz-ee"
    assert "界线上" in found.why[0].zh


def test_the_map_has_every_district() -> None:
    """Each district of both cities has a shape."""
    for code in ("4101", "4103"):
        assert city_map(code)[1].is_file()
        assert set(organs.routes(code).areas) == set(place(code).districts)


def body(id: str, parent: str = "", **more: object) -> Unit:
    """A body with a name like its id."""
    kind = "government" if id == "gov" else "bureau"
    return Unit(id=id, name=Text(id, id), kind=kind, level="city", parent=parent, basis="x", **more)  # type: ignore[arg-type]


REFORM = date(2024, 3, 1)
REFORMED = Units(
    [
        body("gov"),
        body("old", "gov", until=REFORM, successor="new"),
        body("new", "gov", since=REFORM),
        body("gone", "gov", until=REFORM),
    ]
)


def listed(*rows: Route) -> DutyList:
    """A list of these rows at a city without districts."""
    return DutyList(routes=(rows,), code="4199", home="gov", roles={}, acting={}, districts={})


@pytest.mark.parametrize(
    ("day", "main", "why"), [(date(2024, 2, 29), "old", 0), (date(2024, 3, 1), "new", 1), (date(2026, 1, 1), "new", 1)]
)
def test_after_a_reform_the_successor_answers(day: date, main: str, why: int) -> None:
    """From the day on which the old body is no more; the reason names both."""
    found = route(listed(Route(main="old", basis="x")), REFORMED, Asked(day=day))
    assert (found.main, len(found.why), found.upward) == (main, why, False)


def test_a_former_district_is_the_one_it_was_joined_to() -> None:
    """A matter with the code of 吉利区 is 孟津区's since 2021; before, its own bureaus are in no list, and it goes up."""
    duties, units = organs.routes("4103"), organs.units("4103")
    asked = Asked(day=date(2021, 3, 18), department="ly-ee", adcode="410306")
    found = route(duties, units, asked)
    assert found.main == "ly-ee-410308"
    assert "孟津" in found.why[0].zh
    assert route(duties, units, replace(asked, day=date(2021, 3, 17))).upward


def test_a_body_that_left_its_duties_to_nobody_goes_up() -> None:
    """The government decides, for it has no general office here."""
    found = route(listed(Route(main="gone", basis="x")), REFORMED, Asked(day=date(2026, 1, 1)))
    assert (found.main, found.upward) == ("gov", True)
    assert "没有承继单位" in found.why[0].zh


def test_rows_have_days_too() -> None:
    """A duty that moves on a day is two rows: `until` is the first day no longer."""
    duties = listed(Route(main="old", basis="x", until=REFORM), Route(main="new", basis="x", since=REFORM))
    assert route(duties, REFORMED, Asked(day=date(2024, 2, 29))).main == "old"
    assert route(duties, REFORMED, Asked(day=REFORM)).main == "new"


def test_the_most_particular_row_counts() -> None:
    """A rule before a type, a type before a department, that before a row for all; a longer code before a shorter."""
    rows = (
        Route(main="gov", basis="all"),
        Route(main="gov", basis="department", department=("ee",)),
        Route(main="gov", basis="type", type=("t",)),
        Route(main="gov", basis="rule", rule=("r",)),
        Route(main="gov", basis="code", rule=("r",), subject=("s",)),
    )
    duties = replace(listed(*rows), roles={"ee": "new"})
    asked = [
        Asked(day=DAY),
        Asked(day=DAY, department="zz-ee"),
        Asked(day=DAY, department="zz-ee", type="t"),
        Asked(day=DAY, department="zz-ee", type="t", rule="r"),
        Asked(day=DAY, rule="r", subject="s"),
    ]
    assert [route(duties, REFORMED, each).basis for each in asked] == ["all", "department", "type", "rule", "code"]
