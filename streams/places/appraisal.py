"""By whom a place is measured, and which of its figures are ranked, as `appraisal.toml` of its folder says.

A place without the file has no measuring office: there nobody adopts an index or answers an objection, and nothing is ranked.
"""

from pathlib import Path

from msgspec import Struct

from streams import places
from streams.messages import Text

FILE, INDEXES = "appraisal.toml", "indexes"


class Ranking(Struct, frozen=True, forbid_unknown_fields=True):
    """That a measure or index is ranked, and on what stated basis (国办函〔2025〕66号: 不片面追求排名)."""

    basis: Text


class AppraisalSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """`appraisal.toml`. `office`: the body that measures (考核办); `basis`: by what text; `ranking`: by measure or index."""

    office: str = ""
    basis: str = ""
    ranking: dict[str, Ranking] = {}


def appraisal(code: str | None = None, root: Path = places.ROOT) -> AppraisalSpec:
    """What a place (default: here) says, its own file before the province's; ValueError names the file and what is wrong."""
    found = places.files(places.here() if code is None else code, FILE, root)
    return places.read(found[-1], AppraisalSpec) if found else AppraisalSpec()


def index_files(code: str | None = None, root: Path = places.ROOT) -> list[Path]:
    """The files of a place's indexes (default: here), and of what it lies in, the widest first."""
    code = places.here() if code is None else code
    return [file for each in places.chain(code) for file in sorted((root / each / INDEXES).glob("*.toml"))]
