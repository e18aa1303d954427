"""How many people live in an area: `residents.toml` of a place's folder, by the statistics of a day. No place need have one."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import msgspec
from msgspec import Struct

from streams import places, toml
from streams.messages import Text

FILE = "residents.toml"


class ResidentsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Residents (常住人口) by area code of six digits, the city's own (`410100`) among them; of which day, and by what text."""

    day: date
    source: Text
    residents: dict[str, int]


@cache
def residents(place: str = "") -> Mapping[str, int]:
    """The residents of the areas of a place, by default the one that is set; none where its folder does not tell."""
    path = places.ROOT / (place or places.here()) / FILE
    return msgspec.convert(toml.loads(path.read_text("utf-8")), ResidentsFile).residents if path.is_file() else {}
