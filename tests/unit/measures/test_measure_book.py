"""The book of measures: the committed one is sound, and each way to make a figure lie is refused with its place."""

from pathlib import Path
from shutil import copytree

import msgspec
import pytest

from agents.measures.book.read import CONDITIONS, FOLDER, book_faults, measure_book
from agents.measures.cases.case import FIELDS, FORMS
from agents.measures.cases.counted import DUTIES
from streams.command import Trouble
from tests.support.books import the_book

HANDLED = "[request-handled]\n"


def changed(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """The book with one text of a file replaced."""
    folder = tmp_path / "book"
    copytree(FOLDER, folder, ignore=lambda _, names: [name for name in names if not name.endswith(".toml")])
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    return folder


def test_the_committed_book_is_sound() -> None:
    """Every measure says whose it is, by what text, and sets no target that a source does not give."""
    book = measure_book()
    assert book_faults() == []
    assert all(row.source.zh and row.source.en for row in book.measures.values())
    assert [name for name, row in book.measures.items() if row.target is not None] == []


def test_the_share_in_time_is_of_what_was_due() -> None:
    """未办结而超期的也算: the condition of what was due asks for no end; 改派、并单、撤诉、作废、转法定程序 are out of it."""
    book = measure_book()
    row = book.measures["request-handled"]
    assert row.denominator == ("due",)
    assert book.conditions["due"].passed
    assert {"moved", "merged", "caller-withdrew", "void", "by-law"} <= set(row.exclusions)


def test_every_field_of_a_case_is_described() -> None:
    """A condition may name any field of a case but its ids, and of each the book knows what it holds."""
    fields = {each.name: each.type for form in FORMS.values() for each in msgspec.structs.fields(form)}
    assert set(FIELDS) == set(fields) - {"id", "of", "order", "number", "begun"}
    kinds = {"word": (str,), "flag": (bool,), "number": (int, int | None), "moment": (int, int | None)}
    assert [name for name, field in FIELDS.items() if fields[name] not in kinds[field.kind]] == []
    assert [name for name, field in FIELDS.items() if field.always and fields[name] is not int] == []


WRONG = [
    ("conditions.toml", 'field = "sign_due"', 'field = "sign_time"', "a case has no field 'sign_time'"),
    ("conditions.toml", 'not = "reworked"', 'not = "once"', "it goes in a circle: once → once"),
    ("conditions.toml", 'not = "reworked"', 'not = "redone"', "there is no condition 'redone'"),
    ("conditions.toml", 'field = "sign_due"\npassed = true', 'field = "kind"\npassed = true', "passed asks nothing of kind"),
    ("conditions.toml", 'by = "sign_due"', 'by = "part"', "by names a moment, part is a word"),
    ("conditions.toml", 'field = "sign_due"\npassed = true', 'field = "sign_due"', "sign_due is a moment"),
    ("conditions.toml", "passed = true", "passed = true\nknown = true", "a condition is one test of a field"),
    ("conditions.toml", "passed = true", 'eval = "due < now"', "unknown field `eval`"),
    ("requests.toml", 'provenance = "上级文件"\n', "", "missing required field `provenance`"),
    ("requests.toml", 'provenance = "上级文件"', 'provenance = "国际惯例"', "Invalid enum value '国际惯例'"),
    ("requests.toml", 'direction = "higher"', 'direction = "higher"\ntarget = 100', "no single miss"),
    ("requests.toml", 'direction = "higher"', 'direction = "lower"\ntarget = 0', "no single miss"),
    ("requests.toml", 'direction = "higher"', 'direction = "higher"\ntarget = 120', "is no share"),
    (
        "requests.toml",
        'numerator = ["request", "sign-due", "signed-in-time"]',
        'numerator = ["request", "signed-in-time"]',
        "its numerator is not within its denominator",
    ),
    ("requests.toml", 'exclusions = ["moved",', 'exclusions = ["transferred",', "there is no condition 'transferred'"),
    ("requests.toml", 'counts_in = "sign_due"', 'counts_in = "signed_at"', "is no moment by whose month a case counts"),
    ("requests.toml", 'counts_in = "sign_due"', 'counts_in = "closed_at"', "in which month would they count?"),
    ("requests.toml", 'ends = "answered_at"', 'ends = "answered"', "a time has two moments"),
    ("others.toml", "[correction-answered]", "[request-handled]", "there are two measures of this id"),
    (
        "conditions.toml",
        "[request]",
        '[idle]\ntitle = { zh = "x", en = "x" }\nfield = "urgent"\n[request]',
        "no measure rests on it",
    ),
    ("tasks.toml", "[task-signed]", "[task-signed", "correct it"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), WRONG)
def test_a_measure_that_would_lie_is_refused(tmp_path: Path, file: str, old: str, new: str, message: str) -> None:
    """It is named with its file and line, and the book cannot be used."""
    folder = changed(tmp_path, file, old, new)
    found = book_faults(folder)
    assert any(message in each.message for each in found), found
    with pytest.raises(Trouble, match=r"\.toml:\d+: "):
        measure_book(folder)


def test_a_fault_stands_at_its_table(tmp_path: Path) -> None:
    """The line is that of the measure."""
    folder = changed(tmp_path, "requests.toml", HANDLED, f"{HANDLED}target = 100\n")
    (fault,) = book_faults(folder)
    assert (fault.id, Path(fault.file).read_text("utf-8").splitlines()[fault.line - 1]) == ("request-handled", HANDLED.strip())


def test_a_rule_that_is_none_is_told(tmp_path: Path) -> None:
    """A measure counts the duties of a rule: one that is not there, or watches no duty, is refused with file and line."""
    folder = changed(tmp_path, CONDITIONS, '"petition-not-told"', '"petition-untold"')
    rules = frozenset(name for name, spec in the_book().rules.items() if spec.judge in DUTIES)
    (fault,) = book_faults(folder, rules)
    assert (fault.id, fault.message) == ("petition-told", "no rule watches a duty by the name petition-untold")
    assert (folder / CONDITIONS).read_text("utf-8").splitlines()[fault.line - 1] == "[petition-told]"
    assert book_faults(duties=rules) == []
