"""The rule book's pages: the committed ones are those of the rules, and every rule is in them with its law."""

import gc
import re
from pathlib import Path

import pytest

from agents.commands.rules import main
from agents.core.rules.book import Book
from agents.rulebook.load import load_book
from agents.rulebook.pages import INDEX, REVIEW, pages
from agents.signs.book.read import missing_signs, sign_book
from agents.signs.pages import SIGNS, signs_page
from streams.catalogue import domains
from streams.command import Trouble
from tests.support.books import the_book

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "rules"
DIFFERENCE = "difference.md"
"""Written by `agents difference` of two versions, so no page of the rules as they stand."""


@pytest.fixture(scope="module")
def book() -> Book:
    """The committed rules."""
    return the_book()


def test_committed_pages_are_those_of_the_rules(book: Book) -> None:
    """`make docs` would change nothing, and no page is left over from a domain that is gone."""
    written = pages(book) | {SIGNS: signs_page(sign_book(), missing_signs())}
    committed = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md") if path.name not in {REVIEW, DIFFERENCE}}
    assert sorted(committed) == sorted(written)
    changed = [name for name, text in written.items() if committed[name] != text]
    assert not changed, f"run make docs: {', '.join(changed)}"


def test_the_review_has_a_line_for_each_rule(book: Book) -> None:
    """Each rule of a reviewed domain stands there once, with its clause, the newest edition of it and its mark."""
    lines = (FOLDER / REVIEW).read_text("utf-8").splitlines()
    told = [line for line in lines if line.startswith("| `")]
    names = {bound.rule.id: bound.rule.domain for bound in book.bounds.values()}
    reviewed = {names[line.split("`")[1]] for line in told}
    rules = {rule: spec for rule, spec in book.rules.items() if names[rule] in reviewed}
    wanted = {}
    for rule, spec in rules.items():
        edition = book.clauses[spec.clause].edition[-1]
        wanted[rule] = f"| `{rule}` | `{spec.clause}`: {edition.edition} {edition.article} | {edition.mark} |"
    assert len(told) == len(rules)
    assert [rule for rule, words in wanted.items() if not any(line.startswith(words) for line in told)] == []


def test_every_rule_and_edition_is_on_its_page(book: Book) -> None:
    """A rule's row, id, both titles, and of each edition of its clause name, article and text stand on its page."""
    written = pages(book)
    domain_of = {bound.rule.id: bound.rule.domain for bound in book.bounds.values()}
    for rule, spec in book.rules.items():
        page = written[f"{domain_of[rule]}.md"].replace("\\|", "|")
        told = [f"## {spec.row} ", f"`{rule}`", spec.title.zh, spec.title.en, spec.guidance.zh, spec.guidance.en]
        for edition in book.clauses[spec.clause].edition:
            told += [edition.edition, edition.article, edition.text.zh, edition.text.en, str(edition.since)]
        assert [words for words in told if words not in page] == [], rule


def test_the_index_counts_every_rule(book: Book) -> None:
    """The last line of the index sums up: rules by phase and by mark are as many as there are rules, cases as many as cases."""
    (total,) = re.findall(r"^\| All \| (.*) \|$", pages(book)[INDEX], re.MULTILINE)
    rules, during, after, read, second, unread, cases = map(int, total.split(" | "))
    assert rules == during + after == read + second + unread == len(book.rules)
    assert cases == sum(len(spec.case) for spec in book.rules.values())


def test_what_is_not_confirmed_says_so(book: Book) -> None:
    """Each edition with the mark M is shown as 待核 / to be verified, as often as rules rest on it."""
    unread = sum(edition.mark == "M" for spec in book.rules.values() for edition in book.clauses[spec.clause].edition)
    told = sum(text.count("| 待核 / to be verified |") for name, text in pages(book).items() if name != INDEX)
    assert told == unread


def test_the_command_writes_all_pages(tmp_path: Path) -> None:
    """`rules docs DIR` writes the index and a page for each domain."""
    assert main(["docs", str(tmp_path / "rules")]) == 0
    assert {path.name for path in (tmp_path / "rules").iterdir()} == {INDEX, SIGNS, *(f"{domain}.md" for domain in domains())}


def test_garbage_is_looked_for_again_afterwards(tmp_path: Path) -> None:
    """A book that is refused while it is read leaves the collector as it was: looking for garbage, or not."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "domain.toml").write_text("owner = 1\n", "utf-8")
    for was in (True, False):
        (gc.enable if was else gc.disable)()
        try:
            with pytest.raises(Trouble):
                load_book(tmp_path)
            assert gc.isenabled() is was
        finally:
            gc.enable()
