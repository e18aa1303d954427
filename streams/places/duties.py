"""Who acts for a department in a district: the place's list of duties (责任清单), `duties.toml`.

A bureau of the city has either branches in the districts, its own (派出机构), or the district's bureau does the work, which
belongs to the district's government and is guided by the city's (业务指导). In a coded zone (开发区) its committee acts.
"""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from streams import places
from streams.messages import Text
from streams.organs.routing import DISTRICT

Tie = Literal["branch", "guided", "zone"]
"""Whose it is: the city bureau's own branch (隶属), the district government's (业务指导), the zone's committee."""


class DutySpec(Struct, frozen=True, forbid_unknown_fields=True):
    """How the body is called that acts in a district, and by what law or list.

    `name` has `{district}`, and `{stem}` for the district without what it is (金水 for 金水区).
    """

    name: Text
    tie: Tie
    basis: str

    def __post_init__(self) -> None:
        """Refuse a name that says no district; ValueError says what to write."""
        if "{district}" not in self.name.zh and "{stem}" not in self.name.zh:
            raise ValueError(f"{self.name.zh!r} is the same in every district: write {{district}} or {{stem}} into it")


class DutyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`duties.toml`: by the role of a department (`ee` of `zz-ee`); `zone` is what acts in coded zones."""

    duty: dict[str, DutySpec]
    zone: DutySpec | None = None


class Acting(Struct, frozen=True):
    """The body that acts in a district: its name, whose it is, and the source of that."""

    name: Text
    tie: Tie
    basis: str


def duties(code: str | None = None, root: Path = places.ROOT) -> DutyFile:
    """The list of a place (default: here); empty where it has none. ValueError names the file and what is wrong."""
    files = places.files(places.here() if code is None else code, "duties.toml", root)
    return places.read(files[-1], DutyFile) if files else DutyFile({})


def acting(department: str, adcode: str, code: str | None = None, root: Path = places.ROOT) -> Acting | None:
    """Who acts for a department (`zz-ee`) at an adcode or the code of a street; None where the list does not say.

    >>> acting("zz-ee", "410105", "4101").name.zh, acting("zz-amr", "410105", "4101").name.zh
    ('郑州市生态环境局金水分局', '金水区市场监督管理局')
    """
    code, district = places.here() if code is None else code, adcode[:DISTRICT]
    spec, found = places.place(code, root), duties(code, root)
    known = spec.zones.get(district)
    duty = found.zone if known else found.duty.get(department.partition("-")[2])
    if duty is None or (known := known or spec.districts.get(district)) is None:
        return None
    zh = duty.name.zh.format(district=known.zh, stem=stem(known.zh))
    return Acting(Text(zh, duty.name.en.format(district=known.en, stem=known.en)), duty.tie, duty.basis)


def stem(district: str) -> str:
    """The Chinese name of a district without what it is.

    >>> stem("管城回族区"), stem("新安县"), stem("登封市")
    ('管城', '新安', '登封')
    """
    return district.removesuffix("回族区").rstrip("区县市")
