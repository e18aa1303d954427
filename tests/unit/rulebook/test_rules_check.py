"""The rule check: the committed rules are sound, and each kind of mistake is found with file, line, id and a remedy."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from msgspec import structs

from agents import law
from agents.commands import rules
from agents.commands.rules import main
from agents.core.rules.rule import Case, Given
from agents.domains.environment import aqi
from agents.rulebook import lint
from agents.rulebook.boundary_cases import at_limit
from agents.rulebook.rule_sources import committed, overlaid
from streams import catalogue, places
from streams.messages import parse_time

ENVIRONMENT = catalogue.ROOT / "environment"


def _problems(tmp_path: Path, file: str, before: str, after: str) -> list[lint.Problem]:
    """The problems found where `before` in one of the committed files is changed to `after`."""
    domain = tmp_path / "environment"
    domain.mkdir()
    files = {
        "rules.toml": domain / "rules.toml",
        "domain.toml": domain / "domain.toml",
        "words.toml": domain / "words.toml",
        "clauses.toml": tmp_path / "clauses.toml",
        "departments.toml": tmp_path / "departments.toml",
    }
    law_of = law.OVERSIGHT.parents[1]
    sources = {
        "clauses.toml": law_of / "clauses" / "environment.toml",
        "departments.toml": places.ROOT / "4101" / "departments.toml",
    }
    for name, place in files.items():
        shutil.copyfile(sources.get(name, ENVIRONMENT / name), place)
    text = files[file].read_text("utf-8")
    assert before in text
    files[file].write_text(text.replace(before, after), "utf-8")
    local = [place for place in places.clause_files("4101") if place.stem == "environment"]
    return lint.problems(tmp_path, [files["clauses.toml"], *local], [files["departments.toml"]])


def _stands_at(problem: lint.Problem, header: str) -> None:
    """The problem's file and line are those of a header."""
    assert Path(problem.file).name == "rules.toml"
    assert Path(problem.file).read_text("utf-8").splitlines()[problem.line - 1] == header


@cache
def _committed() -> list[lint.Problem]:
    """What is wrong with what is in the repository: every rule is tried at its limit, which takes seconds."""
    return lint.problems()


def test_committed_rules_and_clauses_are_sound() -> None:
    """Nothing is wrong with what is in the repository."""
    assert _committed() == []


NAMED = 'instrument = {{ number = "GB 3095-2026", issuer = "{}", rank = "{}" }}\n'
TRANSITION = "limits = { so2 = 500, no2 = 200, o3 = 200, co = 10 }"

MISTAKES = [
    ("rules.toml", 'clause = "gb3095-gas-1h"', 'clause = "gb3095-gas"', "gas-hourly", "clause 'gb3095-gas' is unknown"),
    ("rules.toml", 'clause = "gb3095-gas-1h"', 'clause = "gb3095-missing"', "gb3095-gas-1h", "no rule uses this clause"),
    ("rules.toml", 'judge = "missing"', 'judge = "mising"', "station-silent", "judge 'mising' is unknown"),
    (
        "rules.toml",
        'on = ["air_hour", "gap_reason", "source_revision"]',
        'on = ["air_hour", "gap"]',
        "gap-unexplained",
        "kind 'gap' is unknown",
    ),
    ("rules.toml", 'unit = "AQI"', 'unit = "aqi"', "aqi-hourly", "unit 'aqi' of the value is unknown"),
    ("rules.toml", 'so2 = "µg/m³", no2', 'so3 = "µg/m³", no2', "gas-hourly", "units names 'so3'"),
    (
        "rules.toml",
        'items = ["so2", "no2", "co", "o3"]',
        'items = ["so2", "no2", "co", "ozone"]',
        "gas-hourly",
        "no field of air_hour",
    ),
    ("rules.toml", 'department = "zz-ee"', 'department = "zz-xx"', "flat-line", "department 'zz-xx' is unknown"),
    ("rules.toml", 'en = "Station silent"', 'en = ""', "station-silent", "title has no en"),
    ("rules.toml", 'en = "Station silent"', 'en = "Station silent."', "station-silent", "ends with a period"),
    ("rules.toml", "rule.flat-line", "rule.flat_line", "flat_line", "not kebab-case"),
    ("rules.toml", 'row = "ENV-P06"', 'row = "ENV-I06"', "gap-unexplained", "row 'ENV-I06' with phase 'post-event'"),
    ("rules.toml", "after_hours = 2", "after_hours = 0", "station-silent", "judge missing cannot be made"),
    ("rules.toml", "after_hours = 2", "hours = 2", "station-silent", "judge missing cannot be made"),
    ("rules.toml", "{ pm25 = 40, pm10 = 40 }", "{ pm25 = 40, pm = 40 }", "particles-inverted", "no field 'pm'"),
    ("rules.toml", "{ pm25 = 40, pm10 = 40 }", "{ pm25 = 40, pm10 = -1 }", "particles-inverted", "event 1"),
    ("rules.toml", '2026-06-02T10:00:01+08:00", "tick"', '2026-06-02", "tick"', "gap-unexplained", "not of the form"),
    (
        "clauses.toml",
        "to = 2031-01-01",
        "to = 2030-12-31",
        "gb3095-gas-1h",
        "nothing is in force from 2030-12-31 to 2031-01-01",
    ),
    ("clauses.toml", "to = 2031-01-01", "to = 2031-01-02", "gb3095-gas-1h", "overlap"),
    ("clauses.toml", "to = 2031-01-01\n", "", "gb3095-gas-1h", "overlap"),
    ("clauses.toml", "to = 2031-01-01", 'to = 2031-01-01\nseam = "why"', "gb3095-gas-1h", "join: take `seam` out"),
    ("clauses.toml", "from = 2031-01-01", "from = 2025-01-01", "gb3095-gas-1h", "are not in order"),
    (
        "clauses.toml",
        f"{NAMED.format('生态环境部、国家市场监督管理总局', 'national-standard')}{TRANSITION}",
        f"{NAMED.format('生态环境部', 'law')}{TRANSITION}",
        "gb3095-gas-1h",
        "elsewhere of 生态环境部, a law",
    ),
    ("rules.toml", '"2026-06-01T', '"2015-12-31T', "gas-hourly", "no edition of the clause binds at 410100"),
    ("rules.toml", "2031-01-01T00:00:00", "2030-12-31T00:00:00", "gas-hourly", "150 is the limit of GB 3095-2026"),
    ("domain.toml", 'owner = "zz-ee"', 'owner = "zz-xx"', "environment", "is no department"),
    ("domain.toml", 'cap_category = "Env"', 'cap_category = "Air"', "environment", "Invalid enum value 'Air'"),
    ("domain.toml", 'writer = "stated"', 'writer = "said"', "environment", "Invalid enum value 'said'"),
    ("words.toml", "[part]", "[parts]", "environment", "unknown field `parts`"),
    ("rules.toml", 'limit = "law"', "limit = 199.5", "gas-hourly", "exactly at the limit"),
]


@pytest.mark.parametrize(("file", "before", "after", "id_", "message"), MISTAKES)
def test_a_mistake_is_found_where_it_stands(tmp_path: Path, file: str, before: str, after: str, id_: str, message: str) -> None:
    """The problem names the file, a line in it below a header that holds the id, the id, and what is wrong."""
    found = [
        problem for problem in _problems(tmp_path, file, before, after) if problem.id == id_ and message in problem.message
    ]
    assert found
    for problem in found:
        lines = Path(problem.file).read_text("utf-8").splitlines()[: problem.line]
        free = not problem.file.endswith(("rules.toml", "clauses.toml"))
        header = next(line for line in reversed(lines) if line.startswith("[") or free)
        assert id_ in header or header.startswith("owner")


@pytest.mark.parametrize(
    ("begin", "end", "message"),
    [
        (
            '[[rule.station-silent.case]]\nname = "silent for more',
            '[[rule.station-silent.case]]\nname = "silent for exactly',
            "no case alerts",
        ),
        ('[[rule.station-silent.case]]\nname = "silent for exactly', "[rule.flat-line]", "no case stays quiet"),
    ],
)
def test_each_rule_needs_its_cases(tmp_path: Path, begin: str, end: str, message: str) -> None:
    """A rule without an alerting or a quiet case is told so."""
    text = (ENVIRONMENT / "rules.toml").read_text("utf-8")
    case = text[text.index(begin) : text.index(end)]
    (found,) = _problems(tmp_path, "rules.toml", case, "")
    _stands_at(found, "[rule.station-silent]")
    assert message in found.message


def test_a_rule_needs_a_case_that_returns_to_normal(tmp_path: Path) -> None:
    """Where no case of a rule ends its alert, the rule is named with its file and line."""
    closing = """    ["2026-06-01T17:00:00+08:00", "tick"],
    ["2026-06-01T17:00:00+08:00", { o3 = 81 }],
]
alerts = [
    { at = "2026-06-01T16:00:01+08:00", state = "B", severity = "yellow", limit = 2 },
    { at = "2026-06-01T17:00:00+08:00", state = "D", severity = "yellow" },
]"""
    opening = """]
alerts = [{ at = "2026-06-01T16:00:01+08:00", state = "B", severity = "yellow", limit = 2 }]"""
    (found,) = _problems(tmp_path, "rules.toml", closing, opening)
    _stands_at(found, "[rule.station-silent]")
    assert "no case returns to normal: add a [[rule.station-silent.case]]" in found.message


def test_a_rule_with_any_limit_needs_a_case_exactly_at_it(tmp_path: Path) -> None:
    """Two hours of silence are allowed: cases of 1 h 59 min and of 2 h 1 s alone leave the limit itself open."""
    text = (ENVIRONMENT / "rules.toml").read_text("utf-8")
    begin, end = text.index("[[rule.station-silent.case]]"), text.index("[rule.flat-line]")
    cases = text[begin:end]
    (found,) = _problems(tmp_path, "rules.toml", cases, cases.replace("T16:00:00", "T15:59:00"))
    _stands_at(found, "[rule.station-silent]")
    assert "no case stands exactly at the limit" in found.message


def test_of_a_draft_what_differs_from_its_tree_is_tried_at_its_limit(tmp_path: Path) -> None:
    """The rule whose cases alone were changed is found again; all others stand in the tree word for word."""
    text = (ENVIRONMENT / "rules.toml").read_text("utf-8")
    begin, end = text.index("[[rule.station-silent.case]]"), text.index("[rule.flat-line]")
    changed = tmp_path / "environment" / "rules.toml"
    changed.parent.mkdir()
    changed.write_text(text.replace(text[begin:end], text[begin:end].replace("T16:00:00", "T15:59:00")), "utf-8")
    (found,) = lint.limit_problems(overlaid(committed(), tmp_path), committed())
    _stands_at(found, "[rule.station-silent]")
    assert list(lint.limit_problems(committed(), committed())) == []


@pytest.mark.parametrize(("ozone", "stands"), [(200, True), (199.99, False), (200.01, False), (0, False)])
def test_a_case_is_at_the_limit_where_the_smallest_step_counts(
    monkeypatch: pytest.MonkeyPatch, ozone: float, *, stands: bool
) -> None:
    """GB 3095-2026 allows 200 µg/m³ of ozone in an hour: no other value is at it, nor one below which a fact is refused."""
    book = lint.sound_book()
    spec = book.rules["gas-hourly"]
    case = Case(name="one hour", given=(Given("2026-06-01T08:00:00+08:00", {"o3": ozone}),), alerts=())
    monkeypatch.setitem(book.rules, "gas-hourly", structs.replace(spec, case=(case,)))
    assert at_limit(book, "environment", "gas-hourly") == stands


def test_unreadable_rules_are_one_problem_with_the_file(tmp_path: Path) -> None:
    """Broken TOML and an unknown field are told with the file's name."""
    (broken,) = _problems(tmp_path, "rules.toml", "[rule.aqi-hourly]", "[rule.aqi-hourly")
    assert broken.file.endswith("rules.toml")


def test_edition_dates_of_the_index_are_those_of_the_clause() -> None:
    """The moment when the code changes to HJ 633-2026 is the first day in force of that edition of the clause."""
    old, new = law.clauses()["hj633-category"].edition
    assert (old.edition, new.edition) == ("HJ 633-2012", "HJ 633-2026")
    assert old.end == new.start == aqi.IN_FORCE_2026 == parse_time("2026-03-01T00:00:00+08:00")


@pytest.mark.parametrize(
    "argv",
    [
        ["list"],
        ["list", "--json"],
        ["show", "gas-hourly"],
        ["check", "--json"],
        ["todo"],
        ["todo", "--json"],
        ["test"],
        ["test", "--json"],
    ],
)
def test_commands_end_well(monkeypatch: pytest.MonkeyPatch, argv: list[str]) -> None:
    """On the committed rules every command finds no trouble."""
    monkeypatch.setattr(rules, "problems", _committed)
    assert main(argv) == 0


def test_an_unknown_rule_is_wrong_use() -> None:
    """The message names the rule asked for."""
    with pytest.raises(ValueError, match="no rule 'x'"):
        main(["show", "x"])
