"""A rule's version is a hash of its meaning: it stays where only the writing differs, and changes with what it says."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from agents import law
from agents.rulebook.lint import sound_book
from agents.rulebook.rule_sources import committed, overlaid
from streams import catalogue

RULES = (catalogue.ROOT / "environment" / "rules.toml").read_text("utf-8")
CLAUSES = (law.OVERSIGHT.parents[1] / "clauses" / "environment.toml").read_text("utf-8")
RULE = "gas-hourly"

BEGIN = RULES.index(f"[rule.{RULE}]")
FIRST_CASE = RULES.index(f"[[rule.{RULE}.case]]")
BODY = RULES[BEGIN:FIRST_CASE]
AFTER = RULES.index("\n[rule.", FIRST_CASE)


def versions(folder: Path, rules: str, clauses: str) -> dict[str, str]:
    """The version of each rule of the environment, with other text in its files."""
    for name, text in {"environment/rules.toml": rules, "law/environment.toml": clauses}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    corpus = overlaid(committed(), folder)
    book = sound_book(replace(corpus, rules={"environment": corpus.rules["environment"]}), draft=True)
    return {bound.rule.id: bound.rule.version for bound in book.bounds.values()}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The versions as committed."""
    return versions(tmp_path_factory.mktemp("known"), RULES, CLAUSES)


def reordered(body: str) -> str:
    """A rule's keys in the opposite order; its header stays first."""
    header, *lines = body.strip().splitlines()
    return "\n".join([header, *reversed(lines)]) + "\n\n"


WIDE = BODY.replace(" = ", "   =\t").replace("\n", "\n\n")

WRITING = {
    "a comment": RULES.replace(BODY, f"# why this rule is here\n{BODY}"),
    "a comment at a value": RULES.replace(BODY, BODY.replace('"in-process"', '"in-process"   # while it happens')),
    "white space": RULES.replace(BODY, WIDE),
    "the order of keys": RULES.replace(BODY, reordered(BODY)),
    "the order of parameters": RULES.replace("open_after = 1, close_after = 1", "close_after = 1, open_after = 1"),
    "quotes": RULES.replace(BODY, BODY.replace('severity = "orange"', "severity = 'orange'")),
    "no cases": RULES[:FIRST_CASE] + RULES[AFTER:],
    "another case": RULES.replace("ozone above 200 opens", "ozone over 200 opens").replace("{ o3 = 201 }", "{ o3 = 250 }"),
    "the order of rules": RULES[:BEGIN] + RULES[AFTER:] + "\n" + RULES[BEGIN:AFTER],
}  # fmt: skip


@pytest.mark.parametrize("rules", WRITING.values(), ids=WRITING)
def test_other_writing_is_the_same_version(tmp_path: Path, known: dict[str, str], rules: str) -> None:
    """Comments, white space, order, quotes and cases do not make another rule of it."""
    assert rules != RULES
    assert versions(tmp_path, rules, CLAUSES) == known


def in_rule(pattern: str, after: str) -> str:
    """The rules with one place of this rule changed."""
    body, count = re.subn(pattern, after, BODY)
    assert count == 1, pattern
    return RULES.replace(BODY, body)


MEANING = {
    "row": in_rule("ENV-I02", "ENV-I22"),
    "title": in_rule("Hourly gas", "Hourly gases"),
    "clause": in_rule('clause = "[^"]+"', 'clause = "gb3095-abnormal"').replace('limit = "law", valid', "limit = 200, valid"),
    "phase": in_rule("in-process", "post-event").replace("ENV-I02", "ENV-P02"),
    "severity": in_rule('severity = "orange"', 'severity = "red"'),
    "judge": in_rule(r'judge = "limit"((?s:.*))with = .*', r'judge = "flatline"\1with = { samples = 9 }'),
    "items": in_rule(r'"co", "o3"\]', '"co"]').replace(', co = "mg/m³", o3 = "µg/m³" }', ', co = "mg/m³" }'),
    "unit": in_rule('o3 = "µg/m³"', 'o3 = "mg/m³"'),
    "limit": in_rule('limit = "law"', "limit = 200"),
    "delay": in_rule("open_after = 1", "open_after = 2"),
    "validity": in_rule("valid_minutes = 45", "valid_minutes = 44"),
    "department": in_rule('department = "zz-ee"', 'department = "zz-data"'),
    "guidance": in_rule("Verify instrument", "Check instrument"),
}  # fmt: skip


@pytest.mark.parametrize("rules", MEANING.values(), ids=MEANING)
def test_another_meaning_is_another_version(tmp_path: Path, known: dict[str, str], rules: str) -> None:
    """Whatever a rule says beside its cases makes a new version of this rule, and of no other."""
    found = versions(tmp_path, rules, CLAUSES)
    assert {rule for rule in known if found[rule] != known[rule]} == {RULE}


CLAUSE = CLAUSES[CLAUSES.index("[clause.gb3095-gas-1h]") :].split("\n[clause.")[0]

LAW = {
    "a limit": ("so2 = 150", "so2 = 140"),
    "the first day": ("from = 2016-01-01", "from = 2016-01-02"),
    "the name of an edition": ('edition = "GB 3095-2012"', 'edition = "GB 3095-2011"'),
    "an article": ('article = "表1 二级，表4"', 'article = "表1，表4"'),
    "the text": ("an hour is valid with at least 45 minutes of sampling.", "45 minutes of sampling."),
    "the mark": ('mark = "v"', 'mark = "V"'),
}


@pytest.mark.parametrize(("before", "after"), LAW.values(), ids=LAW)
def test_another_law_is_another_version(tmp_path: Path, known: dict[str, str], before: str, after: str) -> None:
    """A change in any edition of its clause makes a new version of the rule, and of no other."""
    assert before in CLAUSE
    found = versions(tmp_path, RULES, CLAUSES.replace(CLAUSE, CLAUSE.replace(before, after)))
    assert {rule for rule in known if found[rule] != known[rule]} == {RULE}


def test_a_new_edition_is_another_version(tmp_path: Path, known: dict[str, str]) -> None:
    """An edition that is added to the clause makes a new version of the rules that rest on it."""
    last = CLAUSE[CLAUSE.rindex("[[clause.gb3095-gas-1h.edition]]") :]
    closed = last.replace("from = 2031-01-01", "from = 2031-01-01\nto = 2040-01-01")
    added = closed + "\n" + last.replace("from = 2031-01-01", "from = 2040-01-01")
    found = versions(tmp_path, RULES, CLAUSES.replace(CLAUSE, CLAUSE.replace(last, added)))
    assert {rule for rule in known if found[rule] != known[rule]} == {RULE}


MOVED = CLAUSE.replace('mark = "v"\n', "", 1).replace(".edition]]\n", '.edition]]\nmark = "v"\n', 1)


@pytest.mark.parametrize("clauses", ["# a word\n" + CLAUSES, CLAUSES.replace(CLAUSE, MOVED)], ids=["comment", "order"])
def test_the_law_written_otherwise_is_the_same_version(tmp_path: Path, known: dict[str, str], clauses: str) -> None:
    """Comments and the order of keys in the files of the law change no rule."""
    assert clauses != CLAUSES
    assert versions(tmp_path, RULES, clauses) == known
