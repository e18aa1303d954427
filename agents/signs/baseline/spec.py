"""A baseline of signs as data, and the band that it gives for an hour. Pure.

The hours that are alike have the same hour of the day, kind of day and season, China Standard Time. Days are working days or
weekends by their name alone: holidays and moved working days are not told apart. Seasons are those of the calendar, March to
May the first. Both are choices of this system's own.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from agents.signs.book.sign import SignRow
from streams.messages import HOUR, begin_of, day_of, encode

DayKind = Literal["weekday", "weekend"]
"""Monday to Friday, or Saturday and Sunday."""

Season = Literal["spring", "summer", "autumn", "winter"]

_SEASONS: tuple[Season, ...] = ("winter", "spring", "summer", "autumn")

LEAST = 10
"""So many hours that are alike must have a value before they have a band: of fewer no tenth part lies below a 10th percentile.
A choice of this system's own."""

PLACES = 4
"""To how many decimals of the sign's unit percentiles are kept; a choice."""

LARGEST = 7 << 20
"""Bytes that a baseline may have: Kafka takes 8 MiB of ours in one record."""

SIGNS = "signs"
"""The name by which baselines of signs are drafted and adopted."""

Band = tuple[float, float]
"""The 10th and the 90th percentile of the hours that are alike."""


class UsualHour(Struct, frozen=True, array_like=True):
    """What is usual in hours that are alike: of how many hours, and the 10th, 50th and 90th percentile of their values."""

    count: int
    p10: float
    p50: float
    p90: float


class UsualArea(Struct, frozen=True, kw_only=True):
    """A sign of an area: `usual` by `hour_key`.

    `hours`: of the window; `na`: of these those that are left out, for their sign was not told; `few`: those that are left
    out as fewer than `LEAST` of their like had a value.
    """

    hours: int
    na: int
    few: int
    usual: Mapping[str, UsualHour]


class SignBaseline(Struct, frozen=True, kw_only=True):
    """A baseline: of the days `since` to `until`, both of them in it (RFC 3339 dates, China Standard Time).

    `log`: of which log its archive is; `least`: as `LEAST` was; `made`: by sign the digest of what it reckons
    (`reckoned_as`); `areas`: by sign and area (six digits).
    """

    log: str
    since: str
    until: str
    least: int
    made: Mapping[str, str]
    areas: Mapping[str, Mapping[str, UsualArea]]


def hour_key(at: int) -> str:
    """Which hours a full hour (ms) is alike: season, kind of day and hour.

    >>> from streams.messages import parse_time
    >>> hour_key(parse_time("2026-11-30T08:00:00+08:00")), hour_key(parse_time("2026-12-05T23:00:00+08:00"))
    ('autumn/weekday/08', 'winter/weekend/23')
    """
    day = day_of(at)
    kind: DayKind = "weekday" if day.weekday() < 5 else "weekend"
    return f"{_SEASONS[day.month % 12 // 3]}/{kind}/{(at - begin_of(day)) // HOUR:02}"


def band_of(
    baseline: SignBaseline | None, sign: str, area: str, hours: Iterable[int], made: str = ""
) -> tuple[Band | None, ...]:
    """The band of a sign of an area at full hours (ms), None where there is none.

    `made`: `reckoned_as` of the sign as it is now: a baseline of another formula, window or floor gives no band.
    """
    found = None if baseline is None else baseline.areas.get(sign, {}).get(area)
    if baseline is None or found is None or (made and baseline.made.get(sign) != made):
        return tuple(None for _ in hours)
    usual = (found.usual.get(hour_key(at)) for at in hours)
    return tuple(None if each is None else (each.p10, each.p90) for each in usual)


def reckoned_as(row: SignRow) -> str:
    """The digest (BLAKE2s-128, hex) of what a sign's values depend on: its formula, window, unit and floor.

    Another name, threshold or source leaves its values, and so its baseline, what they are.
    """
    return hashlib.blake2s(encode([row.formula, row.window, row.unit, row.floor]), digest_size=16).hexdigest()


def written(baseline: SignBaseline) -> bytes:
    """The bytes of a baseline, by whose digest it is adopted: the same baseline has the same bytes."""
    return msgspec.json.encode(baseline, order="deterministic")


def read_baseline(text: bytes) -> SignBaseline:
    """A baseline of its bytes; ValueError where they are none."""
    try:
        return msgspec.json.decode(text, type=SignBaseline)
    except msgspec.DecodeError as error:
        raise ValueError(f"this is no text of a baseline of signs: {error}") from None
