"""The words of the page: one TOML file a language, with the same keys; those of domains and departments."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from streams import catalogue, places
from streams.messages import Text
from streams.places import organs

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")


@cache
def texts() -> dict[str, dict[str, Any]]:
    """All words by language: the pages' own, and those of the domains."""
    return {language: _own(language) | _of_domains(language) for language in LANGUAGES}


def _own(language: str) -> dict[str, Any]:
    """The pages' own words, and what the city is called: `of_city` stands for it where it goes without saying (市)."""
    city = getattr(places.place(places.here()).name, language)
    words = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    return words | {"city": city, "of_city": city[-1] if language == "zh" else ""}


def _of_domains(language: str) -> dict[str, dict[str, str]]:
    """The tables of the domains' words, and `domain`: their names, short where they have a short one."""
    names = {name: described.short or described.title for name, described in catalogue.domains().items()}
    tables = catalogue.words() | {"domain": names}
    return {table: {key: getattr(text, language) for key, text in its.items()} for table, its in tables.items()}


def owner_name(owner: str) -> Text:
    """The name of a department by its id; the id itself where it is not in the list."""
    return departments().get(owner) or Text(owner, owner)


def unit_name(unit: str) -> Text:
    """The name of a public body by its id; the id itself where it is not in the list."""
    found = organs.units().get(unit)
    return found.name if found else owner_name(unit)


@cache
def departments() -> dict[str, Text]:
    """The names of all departments by id."""
    return {owner: spec.name for owner, spec in places.departments().items()}
