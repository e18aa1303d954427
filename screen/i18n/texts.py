"""The words of the page: one TOML file a language, with the same keys; and the names of departments."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from streams import places
from streams.messages import Text

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")


@cache
def texts() -> dict[str, dict[str, Any]]:
    """All words by language."""
    return {language: tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8")) for language in LANGUAGES}


def owner_name(owner: str) -> Text:
    """The name of a department by its id; the id itself where it is not in the list."""
    return departments().get(owner) or Text(owner, owner)


@cache
def departments() -> dict[str, Text]:
    """The names of all departments by id."""
    return {owner: spec.name for owner, spec in places.departments().items()}
