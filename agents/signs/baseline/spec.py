"""A baseline of signs as data: what is usual in each kind of hour (`agents.core.signs.usual`), over a frozen window. Pure."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from agents.core.incidents.grouping import city_of
from agents.core.signs.usual import HOUR_KINDS
from streams.messages import SignBands

LEAST = 10
"""So many hours that are alike must have a value before they have a band: of fewer no tenth part lies below a 10th percentile.
A choice of this system's own."""

PLACES = 4
"""To how many decimals of the sign's unit percentiles are kept; a choice."""

LARGEST = 7 << 20
"""Bytes that a baseline may have: Kafka takes 8 MiB of ours in one record."""

SIGNS = "signs"
"""The name by which baselines of signs are drafted and adopted."""


class UsualHour(Struct, frozen=True, array_like=True):
    """What is usual in hours that are alike: of how many hours, and the 10th, 50th and 90th percentile of their values."""

    count: int
    p10: float
    p50: float
    p90: float


class UsualArea(Struct, frozen=True, kw_only=True):
    """A sign of an area: `usual` by the kind of hour.

    `hours`: of the window; `na`: of these those that are left out, for their sign was not told; `few`: those that are left
    out as fewer than `LEAST` of their like had a value.
    """

    hours: int
    na: int
    few: int
    usual: Mapping[str, UsualHour]


class SignBaseline(Struct, frozen=True, kw_only=True):
    """A baseline: of the days `since` to `until`, both of them in it (RFC 3339 dates, China Standard Time).

    `log`: of which log its archive is; `least`: as `LEAST` was; `made`: by sign the digest of what it counts
    (`definition_of`); `areas`: by sign and area (six digits).
    """

    log: str
    since: str
    until: str
    least: int
    made: Mapping[str, str]
    areas: Mapping[str, Mapping[str, UsualArea]]


def bands_of(baseline: SignBaseline, version: str) -> Iterator[SignBands]:
    """The bands of a baseline's version, of each sign and area that has some, as the stage of signs takes them."""
    for sign, by_area in baseline.areas.items():
        for area, each in by_area.items():
            if each.usual:
                found = (each.usual.get(kind) for kind in HOUR_KINDS)
                bands = tuple(None if usual is None else (usual.p10, usual.p90) for usual in found)
                made = baseline.made[sign]
                yield SignBands(version=version, city=city_of(area), area=area, sign=sign, made=made, bands=bands)


def written(baseline: SignBaseline) -> bytes:
    """The bytes of a baseline, by whose digest it is adopted: the same baseline has the same bytes."""
    return msgspec.json.encode(baseline, order="deterministic")


def read_baseline(text: bytes) -> SignBaseline:
    """A baseline of its bytes; ValueError where they are none."""
    try:
        return msgspec.json.decode(text, type=SignBaseline)
    except msgspec.DecodeError as error:
        raise ValueError(f"this is no text of a baseline of signs: {error}") from None
