"""The clauses' citations of statutes, held against the library of statutes file by file."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from agents import law
from agents.core.rules.rule import RuleSpec
from agents.law.statute_check import StatuteReading, readings
from agents.rulebook.tables import Problem, problem_at
from streams.statutes.cited import installed
from streams.statutes.library import opened


def readings_by_file(rules: Mapping[str, RuleSpec]) -> Mapping[Path, list[StatuteReading]]:
    """The readings of every clause by its file, with what these rules tell people to do; Trouble without the library."""
    guidance: dict[str, dict[str, str]] = defaultdict(dict)
    for rule, spec in rules.items():
        guidance[spec.clause][rule] = spec.guidance.zh
    known = law.clauses()
    with opened() as library:
        return {file: list(readings(law.editions_of(file, known), guidance, library)) for file in law.clause_files()}


def statute_problems(rules: Mapping[str, RuleSpec]) -> list[Problem]:
    """What is wrong with citations, where the library is installed; else nothing is known of them, and nothing said."""
    if not installed():
        return []
    return [
        problem_at(file, "clause", reading.clause, "", f"{reading.edition} {reading.article}: {sentence}")
        for file, found in readings_by_file(rules).items()
        for reading in found
        for sentence in reading.found
    ]
