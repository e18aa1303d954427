"""What the name of an item says, which factors there are and in what unit, and what number a text is. Pure.

Source: HJ 212-2017 table 4 (fields), table 8 (marks of data), annex B (codes).
"""

import math
import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

FIELDS = {
    "Rtd": "rtd",
    "Avg": "avg",
    "Min": "min",
    "Max": "max",
    "Cou": "cou",
    "ZsRtd": "zs_rtd",
    "ZsAvg": "zs_avg",
    "ZsMin": "zs_min",
    "ZsMax": "zs_max",
    "Flag": "flag",
    "EFlag": "eflag",
    "SampleTime": "sample_time",
}
"""Fields of a factor and what they are called in our facts; others are kept under `other` by their own name."""

MARKS = frozenset("NFMSDCTB")
"""Marks of data (HJ 212-2017 table 8)."""

Values = dict[str, object]
"""The fields of a factor, by what they are called in our facts."""

LARGEST = 1e12
"""The largest number that a fact may carry, far above N14.2 of any factor's unit."""

AIR_STATION = "22"
"""The system code of air stations (HJ 212-2017 table 5)."""

_FEW = 18  # characters of a number of N14.2 with its sign
_USUAL = 40  # characters of an item's name that is remembered; the longest of HJ 212-2017 has 17
_FACILITY = re.compile(r"SB\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_CODE = re.compile(r"[aegiw][0-9a-z]{5}")
_FIELD_NAMES = {name.lower(): name for name in FIELDS}
_STATE_FIELDS = {"RS": "state", "RT": "hours"}


class Factor(Struct, frozen=True, forbid_unknown_fields=True):
    """One factor of the table: names, unit, unit of an air station where it is another, code of 2005."""

    zh: str
    en: str
    unit: str
    unit_air: str = ""
    old: str = ""


class Item(Struct, frozen=True):
    """What the name of an item says: where its value goes (`into`), under which code and field; `full` is the name in whole.

    `remarks`: what is irregular in the name: reason, field, characters.
    """

    into: Literal["plain", "state", "factor", "other"]
    code: str
    field: str
    full: str
    unit: str = ""
    remarks: tuple[tuple[str, str, int], ...] = ()


@cache
def factors() -> dict[str, Factor]:
    """The table of factors, by code."""
    table = tomllib.loads(Path(__file__).with_name("factors.toml").read_text("utf-8"))
    return msgspec.convert(table, dict[str, Factor])


def unit_of(code: str, st: str) -> str:
    """The unit in which a system of type `st` sends a factor; empty where the table does not know it.

    >>> unit_of("a34002", "39"), unit_of("a21026", "31"), unit_of("a21026", "22"), unit_of("i33311", "31")
    ('µg/m³', 'mg/m³', 'µg/m³', '°C')
    """
    factor = factors().get(code) or factors().get(f"{code[:-1]}x")
    if factor is None:
        return ""
    return factor.unit_air if st == AIR_STATION and factor.unit_air else factor.unit


def item_of(st: str, written: str) -> Item | None:
    """What the name of an item says in a system of type `st`; None where it is no name. Those of usual length are remembered.

    >>> item_of("31", "a21026-Rtd").full, item_of("31", "SB1-RS").into, item_of("31", "排口")
    ('a21026-Rtd', 'state', None)
    """
    return (_item if len(written) <= _USUAL else _item.__wrapped__)(st, written)


@lru_cache(maxsize=16_384)
def _item(st: str, written: str) -> Item | None:
    if not (written.isascii() and written.isprintable()):
        return None
    name = written.strip()
    code, dash, rest = name.partition("-")
    if not dash:
        field = "DataTime" if name.lower() == "datatime" else name
        return Item("plain", "", field, field, remarks=_name_case(field, field, name))
    if _FACILITY.fullmatch(code):
        field = rest.upper() if rest.upper() in _STATE_FIELDS else rest
        full = f"{code}-{field}"
        return Item("state", code, _STATE_FIELDS.get(field, field), full, remarks=_name_case(full, field, rest))
    known, field = _new_code(code), _FIELD_NAMES.get(rest.lower(), rest)
    full = f"{known}-{field}"
    small = (("code-case", known, len(code)),) if known == code.lower() != code else ()
    remarks = small + _name_case(full, field, rest)
    into: Literal["factor", "other"] = "factor" if field in FIELDS else "other"
    return Item(into, known, FIELDS.get(field, field), full, unit_of(known, st), remarks)


def _name_case(full: str, field: str, written: str) -> tuple[tuple[str, str, int], ...]:
    return (("name-case", full, len(written)),) if field != written else ()


def _new_code(code: str) -> str:
    """A code as HJ 212-2017 writes it: one of 2005 by its new one, one in capitals in small letters."""
    if code in _old_codes():
        return _old_codes()[code]
    return code.lower() if _CODE.fullmatch(code.lower()) else code


@cache
def _old_codes() -> dict[str, str]:
    return {factor.old: code for code, factor in factors().items() if factor.old}


def number(text: str) -> int | float | str:
    """The number that a text is, or the text as it stands.

    >>> number("36.91"), number("007"), number("21. Apr")
    (36.91, 7, '21. Apr')
    """
    digits = text.replace(".", "", 1)
    if len(text) <= _FEW and digits.isdigit() and digits.isascii():  # as nearly all are
        return int(text) if len(digits) == len(text) else float(text)
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        return text
    return int(text) if text.isdigit() else float(text)
