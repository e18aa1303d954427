"""The data catalogue: the domains there are, read from their own folders as data (never imported)."""

import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct, convert

from streams.messages import Text

ROOT = Path(__file__).resolve().parents[2] / "agents" / "domains"
"""Where a domain's folder stands; a folder with a `domain.toml` is a domain."""


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of fact: its title, payload struct, lateness allowance (`1h`) and remembered slots."""

    title: Text
    payload: str
    allowance: str
    slots: int


class Domain(Struct, frozen=True, forbid_unknown_fields=True):
    """One domain: its title, the department that owns its data, and its kinds of facts by name."""

    title: Text
    owner: str
    kind: dict[str, Kind]


@cache
def domains(root: Path = ROOT) -> dict[str, Domain]:
    """All domains by name, in alphabetical order."""
    files = sorted(root.glob("*/domain.toml"))
    return {file.parent.name: convert(tomllib.loads(file.read_text("utf-8")), Domain) for file in files}
