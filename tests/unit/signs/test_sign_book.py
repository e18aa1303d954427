"""The book of signs: what would make a sign a lie is refused with its place."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.signs.book.case import SignExpected
from agents.signs.book.read import FOLDER, missing_signs, sign_book, sign_faults
from agents.signs.book.sign import SignTest
from agents.signs.book.wall import wall_faults
from agents.signs.book.world import sign_world
from agents.signs.cases import sign_results
from agents.signs.pages import formula_text
from streams.places.residents import residents
from tests.support.books import the_book

GOOD = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.toml")) if path.name != "missing.toml")


def faults(tmp_path: Path, text: str) -> list[str]:
    """What is wrong with a book of this text."""
    (tmp_path / "city.toml").write_text(text, "utf-8")
    return [each.message for each in sign_faults(tmp_path)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('type = "service.calls"', 'type = "service.none"', "no type of fact is called 'service.none'"),
        ('weight = "calls"', 'weight = "callers"', "service.calls has no field 'callers'"),
        ('field = "seconds"', 'field = "second"', "cyber.probe has no field 'second'"),
        ("floor = 0.75", "floor = 0", "its floor of coverage is a share above 0"),
        ("floor = 0.75\n", "", "its floor of coverage is a share above 0"),
        ('window = "2h"', 'window = "90m"', "its window '90m' is whole hours"),
        ('window = "2h"', 'window = "soon"', "length of time 'soon'"),
        ("yellow = { value = 151", "yellow = { value = 99", "its thresholds do not get worse from blue to red"),
        ('limit = "30m"', 'limit = "0m"', "'0m' is no length of time"),
        ('weight = "calls", ', "", "a percentage needs the field that it is of"),
        ('form = "air"', 'form = "mean"', "Invalid value 'mean'"),
        ('mark = "check"', 'mark = "sure"', "Invalid enum value 'sure'"),
        ("yellow = { value = 95", "yellow = { value = 100", "is not the best that there is"),
        ('unit = "AQI"', 'unit = "%"', "its formula comes to AQI, and not to '%'"),
        ('unit = "次"', 'unit = "%"', "how often something happened is no %"),
        ('of = "due"\n', 'of = "due"\nweight = "humidity"\n', "has neither counts nor weight"),
        ('counts = "closed", within = "72h"', 'counts = "closed"', "closed asks for ['watch', 'within'], and has ['watch']"),
        ('inspections = ["environment.inspection"', 'unknown = ["environment.inspection"', "unknown field `unknown`"),
        ('type = "cyber.probe", every', 'type = "signs.figure", every', "a sign is not made of signs"),
        ('domain = "special_equipment"', 'domain = "signs"', "a sign is not made of signs"),
        ("[sources-online.formula]", "[sources-online.other]", "unknown field `other`"),
        (', basis = { zh = "HJ 633：轻度污染自101起", en = "HJ 633: light pollution begins at 101" }', "", "`basis`"),
    ],
)
def test_a_sign_that_would_lie_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """An unknown type or field, a circle, no floor, thresholds without basis or in the wrong order, an unknown form."""
    assert GOOD.count(old) >= 1
    found = faults(tmp_path, GOOD.replace(old, new, 1))
    assert any(told in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('owner = "cyber"', 'owner = "weather"', "no domain is called 'weather'"),
        ('department = "zz-cac"', 'department = "zz-none"', "there is no department 'zz-none'"),
        ('"site-unreachable"', '"site-untold"', "there is no rule 'site-untold' for it to open"),
        ('measure = "patched-in-time"', 'measure = "patched"', "no share of the book of measures is called 'patched'"),
        ('measure = "patched-in-time"', 'measure = "request-time"', "the measure 'request-time' is a time, and no share"),
        ('measure = "patched-in-time"', 'measure = "hotline-connected"', "no share of the book of measures is called"),
        (
            'same_as = "hotline-connected"',
            'same_as = "hotline"',
            "no measure that is reckoned beside the book is called 'hotline'",
        ),
        (
            'yellow = { value = 95, basis = { zh = "GB/T',
            'yellow = { value = 94, basis = { zh = "GB/T',
            "has the target 95, and no threshold",
        ),
        (
            'expect = { state = "yellow", value = 95',
            'expect = { state = "yellow", value = 94',
            "no case exactly at one of its thresholds",
        ),
        ('state = "na", valid = 1, due = 2', 'state = "ok", valid = 1, due = 2', "it has no case of the state 'na'"),
    ],
)
def test_a_sign_that_names_what_is_not_there_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """A domain, department, rule or measure that there is not, a measure that says something else, cases that are missing."""
    assert GOOD.count(old) >= 1, old
    (tmp_path / "city.toml").write_text(GOOD.replace(old, new, 1), "utf-8")
    found = [each.message for each in sign_faults(tmp_path, sign_world(the_book().rules))]
    assert any(told in each for each in found), found


def test_a_case_that_does_not_hold_is_told() -> None:
    """What a case comes to otherwise than it says, with the reason where there is no figure."""
    row = sign_book()["city-air"]
    wrong = replace(row, case=[replace(each, expect=SignExpected(state="red", value=1)) for each in row.case])
    found = [each.differences for each in sign_results({"city-air": wrong})]
    assert found[0] == ("state: expected red, got ok", "value: expected 1, got 50.0")
    assert found[-1] == ("state: expected red, got na (coverage)", "value: expected 1, got None (coverage)")


def test_a_wall_shows_signs_that_there_are(tmp_path: Path) -> None:
    """A place may choose no id that the book has not, and no sign of residents that nobody has told."""
    (tmp_path / "4101").mkdir()
    (tmp_path / "4101" / "signs.toml").write_text('signs = [\n"city-air",\n"city-noise",\n"requests-per-10000",\n]\n', "utf-8")
    found = [(each.line, each.id) for each in wall_faults(sign_book(), tmp_path)]
    assert found == [(3, "city-noise"), (4, "requests-per-10000")]
    told = 'people = 20000\nday = 2020-11-01\nsource = { zh = "某公报", en = "some report" }\naddress = "a"\nmark = "likely"\n'
    (tmp_path / "4101" / "residents.toml").write_text(f"[residents.410105]\n{told}", "utf-8")
    assert [each.id for each in wall_faults(sign_book(), tmp_path)] == ["city-noise", "requests-per-10000"], (
        "a district is no city"
    )
    (tmp_path / "4101" / "residents.toml").write_text(f"[residents.410100]\n{told}", "utf-8")
    assert [each.id for each in wall_faults(sign_book(), tmp_path)] == ["city-noise"]
    assert residents("4101", tmp_path) == {"410100": 20_000}
    assert wall_faults(sign_book()) == []


def test_what_is_not_there_says_what_it_needs() -> None:
    """No sign stands both in the book and among those that are missing."""
    assert missing_signs()
    assert not missing_signs().keys() & sign_book().keys()
    assert all(each.needs.zh and each.needs.en for each in missing_signs().values())


def test_a_sign_whose_input_nobody_owes_has_no_floor(tmp_path: Path) -> None:
    """A floor without coverage would make it grey for ever, or never."""
    text = GOOD.replace("[lift-rescues]\n", '[lift-rescues]\nfloor = 0.5\nfloor_basis = { zh = "a", en = "a" }\n')
    assert faults(tmp_path, text) == ["nobody owes its input, so that there is no coverage: leave its floor away"]


def test_two_signs_of_one_id_are_refused(tmp_path: Path) -> None:
    """In two files too."""
    (tmp_path / "more.toml").write_text(GOOD, "utf-8")
    assert set(faults(tmp_path, GOOD)) == {"there are two signs of this id"}


def test_the_book_is_sound_and_says_whose_each_sign_is() -> None:
    """A sign that no text sets says 本系统自定; one whose text was not read is no `certain` one."""
    assert sign_faults() == []
    for row in sign_book().values():
        assert row.source.zh
        assert ("待核" in row.source.zh) == (row.mark == "check")
        assert (row.provenance == "本系统自定") == (row.mark == "default")


def test_a_formula_says_its_bounds_of_zero() -> None:
    """0 is a bound, though Python takes it for False; what was not given is left out."""
    row = sign_book()["site-availability"]
    tests = (SignTest(field="seconds", at_least=0, at_most=15.0),)
    text = formula_text(replace(row, formula=replace(row.formula, numerator=tests)))
    assert "numerator = [{ field = seconds, at_least = 0, at_most = 15.0 }]" in text
    assert "own" not in text
