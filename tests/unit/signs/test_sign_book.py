"""The book of signs: what would make a sign a lie is refused with its place."""

from pathlib import Path

import pytest

from agents.signs.book.read import FOLDER, sign_book, sign_faults

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
        ('window = "1h"', 'window = "90m"', "its window '90m' is whole hours"),
        ('window = "1h"', 'window = "soon"', "length of time 'soon'"),
        ("yellow = { value = 151", "yellow = { value = 99", "its thresholds do not get worse from blue to red"),
        ('limit = "30m"', 'limit = "0m"', "'0m' is no length of time"),
        ('weight = "calls", ', "", "a percentage needs the field that it is of"),
        ('form = "air"', 'form = "mean"', "Invalid value 'mean'"),
        ('mark = "check"', 'mark = "sure"', "Invalid enum value 'sure'"),
        (', basis = { zh = "HJ 633：轻度污染自101起", en = "HJ 633: light pollution begins at 101" }', "", "`basis`"),
    ],
)
def test_a_sign_that_would_lie_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    """An unknown type or field, no floor, thresholds without basis or in the wrong order, a form that there is not."""
    assert GOOD.count(old) >= 1
    found = faults(tmp_path, GOOD.replace(old, new, 1))
    assert any(told in each for each in found), found


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
