"""Which signs of the city the wall of a place shows first, as `signs.toml` of its folder says.

A place without the file shows no signs: its wall begins with the map of alarms.
"""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams import places
from streams.messages import Text

FILE = "signs.toml"

MOST = 12
"""Signs on the wall: as many as a person reads from 4 m, in rows of three."""


class WallSigns(Struct, frozen=True, forbid_unknown_fields=True):
    """`first`: with which of its two faces the wall begins, once the log has signs. `signs`: ids in their order on the wall.

    `short`: of a sign the word for it where there is little room, by id.
    """

    signs: Annotated[tuple[str, ...], Meta(max_length=MOST)] = ()
    first: Literal["signs", "alarms"] = "signs"
    short: dict[str, Text] = {}

    def __post_init__(self) -> None:
        """Refuse a sign that stands twice, and a word for one that does not stand there; ValueError says which."""
        twice = sorted({each for each in self.signs if self.signs.count(each) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)}: stands twice in `signs`: leave one")
        if unknown := sorted(self.short.keys() - set(self.signs)):
            raise ValueError(f"{', '.join(unknown)}: has a short name and no place in `signs`: add it or leave it out")


def wall_signs(code: str | None = None, root: Path = places.ROOT) -> WallSigns:
    """What a place (default: here) says, its own file before the province's; ValueError names the file and what is wrong."""
    found = places.files(places.here() if code is None else code, FILE, root)
    return places.read(found[-1], WallSigns) if found else WallSigns()
