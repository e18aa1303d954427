"""The file of grouping rules: the committed one is sound, and every mistake is told with its line and what to write."""

from pathlib import Path

import pytest

from agents.rulebook.grouping import FILE, grouping_problems, sound_grouping
from streams.command import Trouble
from tests.support.books import the_book

BOOK = the_book()
TEXT = FILE.read_text("utf-8")


def test_the_committed_rules_are_sound_and_by_the_standard() -> None:
    """Nothing is wrong; ISA-18.2-2016 16.4: a flood begins at 10 in 10 minutes and ends below 5."""
    assert grouping_problems(BOOK.rules) == []
    grouping = sound_grouping(BOOK.rules)
    assert (grouping.flood.begins, grouping.flood.ends_below, grouping.flood.within) == (10, 5, 600_000)
    assert [rule.kind for rule in grouping.rules] == ["subject", "downstream", *["cause"] * 9, "near", "near", "flood"]


def test_every_crossing_of_a_sign_has_its_group() -> None:
    """Each rule of the domain of signs stands in one of the two groups of signs, and those for want of data in the first."""
    groups = {rule.id: rule.rules for rule in sound_grouping(BOOK.rules).rules}
    assert groups["signs-no-data"] | groups["signs"] == BOOK.specs["signs"].keys()
    assert {rule for rule in BOOK.specs["signs"] if rule.endswith("-missing")} <= groups["signs-no-data"] - groups["signs"]


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ('owner = "zz-data"', 'owner = "nobody"', "owner", "owner 'nobody' is no department"),
        ('reopen = "30m"', 'reopen = "half an hour"', "reopen", "write a number and s, m, h or d"),
        ("ends_below = 5", "ends_below = 11", "[flood]", "a flood begins at 10 and ends below 11"),
        ('kind = "subject"', 'kind = "object"', "kind", "Invalid enum value 'object'"),
        ('kind = "subject"', 'kind = "subject"\nmetres = 5', "metres", "a rule of kind 'subject' has no metres"),
        ('"food-frozen-store", ', '"food-frosty", ', "rules", "there is no rule 'food-frosty'"),
        ('area = "city"', 'metres = 5\narea = "city"', "area", "say how far the cause reaches"),
        ('lead = "zz-amr-se"', 'lead = "nobody"', "lead", "department 'nobody' is unknown"),
        ("metres = 200", "metres = 0", "metres", "metres is a whole number from 1"),
        ("[group.pressure]", "[group.Pressure]", "[group.Pressure]", "id 'Pressure' is not kebab-case"),
        ('zh = "上下游牵连"', 'zh = " "', "title", "title has no zh"),
        ('within = "4h"', "", "[group.same-subject]", "missing required field `within`"),
        ('"lift-trapped", "drug-power-lost"]', '"lift-trapped", "drug-power"]', "pairs", "there is no rule 'drug-power'"),
        ("[flood]", "[flood", "[flood", "correct it"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, at: str, message: str) -> None:
    """The line of the field, or of its table; the worker refuses such a file with the same words."""
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    file = tmp_path / "grouping.toml"
    file.write_text(text, "utf-8")
    problem = grouping_problems(BOOK.rules, file)[0]
    assert message in problem.message
    assert text.splitlines()[problem.line - 1].startswith(at)
    with pytest.raises(Trouble, match="the rule book cannot be used"):
        sound_grouping(BOOK.rules, file)
