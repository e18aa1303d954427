"""How many people live in an area: `residents.toml` of a place's folder, by the statistics of a day. No place need have one."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from streams import places
from streams.messages import Text
from streams.messages.outputs.order import Basis

FILE = "residents.toml"


class AreaResidents(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The residents (常住人口) of an area on a day: how many, by what text, where that was read, and how sure it is."""

    people: Annotated[int, Meta(gt=0)]
    day: date
    source: Text
    address: str
    mark: Basis


class ResidentsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Residents by area code of six digits (GB/T 2260), the city's own (`410100`) among them."""

    residents: dict[str, AreaResidents]


def residents(code: str | None = None, root: Path = places.ROOT) -> Mapping[str, int]:
    """The residents of the areas of a place (default: here); none where its folder does not tell."""
    path = root / (places.here() if code is None else code) / FILE
    found = places.read(path, ResidentsFile).residents if path.is_file() else {}
    return {area: each.people for area, each in found.items()}
