"""The grouping rules as they are committed: read, checked and made ready. `docs/concepts/incidents.md` describes the file."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from agents import law
from agents.core.duration import span
from agents.core.incidents.grouping import Grouping, GroupingFile, GroupSpec, compiled
from agents.rulebook.lint import refusal
from agents.rulebook.lint_cases import Found, one_of
from agents.rulebook.load import rules_elsewhere
from agents.rulebook.tables import Problem, problem_at
from streams import places, toml
from streams.locate import line_of_error
from streams.places import DepartmentSpec

FILE = Path(__file__).with_name("grouping.toml")

ALLOWED: Mapping[str, frozenset[str]] = {
    "subject": frozenset(),
    "downstream": frozenset(),
    "cause": frozenset({"rules", "area", "metres", "distinct"}),
    "near": frozenset({"pairs", "metres"}),
    "flood": frozenset(),
}
"""What a rule of each kind may say besides title, kind, within and lead."""

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DEFAULTS = {"rules": (), "pairs": (), "area": "", "metres": 0, "distinct": False}
"""What the fields are where a rule does not write them."""


def sound_grouping(rules: Collection[str], file: Path = FILE) -> Grouping:
    """The grouping rules of a file, which may name these rules (by id); Trouble lists what is wrong with it."""
    if found := grouping_problems(rules, file):
        raise refusal(found)
    return compiled(_here(msgspec.convert(toml.loads(file.read_text("utf-8")), GroupingFile)), law.departments())


def grouping_problems(rules: Collection[str], file: Path = FILE) -> list[Problem]:
    """Everything that is wrong with a file of grouping rules, with its line; nothing where all is well. `rules` as above."""
    try:
        text = file.read_text("utf-8")
        read: dict[str, Any] = toml.loads(text)
    except (ValueError, OSError) as error:
        return [Problem(str(file), line_of_error(str(error)), "", f"{error}; correct it")]
    found = [problem for name, spec in read.get("group", {}).items() for problem in _unreadable(file, name, spec)]
    if found:
        return found
    try:
        spec = _here(msgspec.convert(read, GroupingFile))
    except msgspec.ValidationError as error:
        return [Problem(str(file), 1, "", f"{error}; correct it")]
    answering = law.departments()
    found = [Problem(str(file), _line(text, name), name, message) for name, message in _settings(spec, answering)]
    for name, group in spec.group.items():
        found += [problem_at(file, "group", name, path, message) for path, message in _problems(name, group, answering, rules)]
    return found


def _here(file: GroupingFile) -> GroupingFile:
    """The grouping rules with the departments that answer here."""
    group = {name: replace(spec, lead=places.answering(spec.lead) if spec.lead else "") for name, spec in file.group.items()}
    return replace(file, owner=places.answering(file.owner), group=group)


def _unreadable(file: Path, name: str, spec: Any) -> Iterator[Problem]:
    try:
        msgspec.convert(spec, GroupSpec)
    except msgspec.ValidationError as error:
        path = str(error).partition("`$.")[2].rstrip("`")
        yield problem_at(file, "group", name, path, f"{error}; correct it")


def _line(text: str, name: str) -> int:
    """The line of a setting before the rules: a key, or a table."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith((f"{name} ", f"{name}=", f"[{name}]")))


def _settings(spec: GroupingFile, answering: Mapping[str, DepartmentSpec]) -> Found:
    if spec.owner not in answering:
        yield "owner", f"owner {spec.owner!r} is no department: {one_of(answering)}"
    for table, text in (("reopen", spec.reopen), ("flood", spec.flood.within)):
        yield from ((table, message) for message in _span_problems(text))
    if not 1 <= spec.flood.ends_below <= spec.flood.begins:
        yield (
            "flood",
            f"a flood begins at {spec.flood.begins} and ends below {spec.flood.ends_below}: the second is the smaller",
        )


def _problems(name: str, spec: GroupSpec, answering: Mapping[str, DepartmentSpec], rules: Collection[str]) -> Found:
    if not _KEBAB.fullmatch(name):
        yield "", f"id {name!r} is not kebab-case: write it in a-z, 0-9 and single hyphens"
    for language in ("zh", "en"):
        if not getattr(spec.title, language).strip():
            yield "title", f"title has no {language}: write one"
    yield from (("within", message) for message in _span_problems(spec.within))
    if spec.lead and spec.lead not in answering:
        yield "lead", f"department {spec.lead!r} is unknown: {one_of(answering)}"
    for field, default in _DEFAULTS.items():
        if field not in ALLOWED[spec.kind] and getattr(spec, field) != default:
            yield field, f"a rule of kind {spec.kind!r} has no {field}: remove it"
    for field, names in (("rules", spec.rules), ("pairs", [rule for pair in spec.pairs for rule in pair])):
        for rule in names:
            if rule not in rules and rule not in rules_elsewhere():
                yield field, f"there is no rule {rule!r}: see python -m agents rules list"
    if spec.metres < 0 or (spec.kind == "near" and not spec.metres):
        yield "metres", "metres is a whole number from 1"
    if spec.kind == "cause":
        yield from _cause_problems(spec)


def _cause_problems(spec: GroupSpec) -> Found:
    if len(spec.rules) < 1 + spec.distinct:
        yield "rules", "a common cause needs the rules that share it, two at least where they must be distinct"
    if bool(spec.area) == bool(spec.metres):
        yield "area", 'say how far the cause reaches: either area = "district" or "city", or metres'


def _span_problems(text: str) -> Iterator[str]:
    try:
        span(text)
    except ValueError as error:
        yield str(error)
