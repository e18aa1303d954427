"""How many people live in an area: `residents.toml` of a place's folder, by the statistics of a day. No place need have one."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from msgspec import Struct

from streams import places
from streams.messages import Text

FILE = "residents.toml"


class ResidentsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Residents (常住人口) by area code of six digits, the city's own (`410100`) among them; of which day, and by what text."""

    day: date
    source: Text
    residents: dict[str, int]


def residents(code: str | None = None, root: Path = places.ROOT) -> Mapping[str, int]:
    """The residents of the areas of a place (default: here); none where its folder does not tell."""
    path = root / (places.here() if code is None else code) / FILE
    return places.read(path, ResidentsFile).residents if path.is_file() else {}
