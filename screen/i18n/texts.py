"""The words of the page: one TOML file a language, with the same keys; those of domains, departments and grouping rules."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from streams import catalogue
from streams.messages import Text

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")

DEPARTMENTS = Path(__file__).resolve().parents[2] / "agents" / "law" / "departments.toml"
"""Read as data, as the catalogue reads the domains' folders."""

GROUPING = Path(__file__).resolve().parents[2] / "agents" / "rulebook" / "grouping.toml"
"""The rules by which alerts belong together, read as data too."""


@cache
def texts() -> dict[str, dict[str, Any]]:
    """All words by language: the pages' own, and those of the domains."""
    return {language: _own(language) | _of_domains(language) for language in LANGUAGES}


def _own(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def _of_domains(language: str) -> dict[str, dict[str, str]]:
    """The tables of the domains' words, and `domain`: their names, short where they have a short one."""
    names = {name: described.short or described.title for name, described in catalogue.domains().items()}
    tables = catalogue.words() | {"domain": names}
    return {table: {key: getattr(text, language) for key, text in its.items()} for table, its in tables.items()}


def owner_name(owner: str) -> Text:
    """The name of a department by its id; the id itself where it is not in the list."""
    return departments().get(owner) or Text(owner, owner)


def rule_name(rule: str) -> Text:
    """The title of a grouping rule by its id; the id itself where the file has it no more."""
    return _grouping().get(rule) or Text(rule, rule)


@cache
def _grouping() -> dict[str, Text]:
    listed = tomllib.loads(GROUPING.read_text("utf-8"))["group"]
    return {rule: Text(**entry["title"]) for rule, entry in listed.items()}


@cache
def departments() -> dict[str, Text]:
    """The names of all departments by id."""
    listed = tomllib.loads(DEPARTMENTS.read_text("utf-8"))["department"]
    return {owner: Text(**entry["name"]) for owner, entry in listed.items()}
