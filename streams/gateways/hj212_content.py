"""What a frame of HJ 212 says: factors, states of facilities, messages; and the facts of the environment domain it becomes.

Source: HJ 212-2017 6.6 (commands), table 4 (fields), table 8 (marks of data). `DataTime` of a minute, an hour or a day is
the START of the interval; the time of our facts is its END, as the national air feed labels it.
"""

import math
import re
import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from streams.gateways.hj212_frame import Frame, Problem
from streams.messages import CST, DAY, HOUR, MINUTE, SECOND

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

KINDS = {"2011": "source_realtime", "2051": "source_minute", "2061": "source_hour", "2031": "source_day"}
"""Kinds of facts by the command that uploads them (HJ 212-2017 table 9)."""

AIR_ITEMS = {
    "a21026": "so2",
    "a21004": "no2",
    "a21005": "co",
    "a05024": "o3",
    "a34002": "pm10",
    "a34004": "pm25",
}
"""Items of an air station's hour by factor; it sends µg/m³, carbon monoxide mg/m³."""

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Years that a device can mean; others are a clock without battery."""

AIR_STATION = "22"
_SECRET = {"1072", "1014"}  # new password, new key: never passed on
_STATES = {"2021", "2041"}  # state of facilities, their run time of a day
_FACILITY = re.compile(r"SB\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TEXTS = {"flag", "eflag", "sample_time"}

Values = dict[str, object]


class Factor(Struct, frozen=True, forbid_unknown_fields=True):
    """One factor of the table: names, unit, unit of an air station where it is another, code of 2005."""

    zh: str
    en: str
    unit: str
    unit_air: str = ""
    old: str = ""


class Said(Struct, frozen=True):
    """One fact: its kind, the event time (ms) and its data; `suffix` keeps the ids of two facts of one frame apart."""

    kind: str
    at: int
    data: Values
    suffix: str = ""


class _Content(Struct):
    plain: dict[str, str] = {}
    factors: dict[str, Values] = {}
    states: dict[str, Values] = {}


@cache
def factors() -> dict[str, Factor]:
    """The table of factors, by code."""
    table = tomllib.loads(Path(__file__).with_name("hj212_factors.toml").read_text("utf-8"))
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


def say(frame: Frame, minutes: int) -> list[Said] | list[Problem]:
    """The facts of a frame, or what is wrong with its content; `minutes` is the length of the device's minute data."""
    content = _read(frame)
    if isinstance(content, Problem):
        return [content]
    try:
        return _facts(frame, content, minutes)
    except ValueError as error:
        return [Problem("content", str(error))]


def sent_at(frame: Frame) -> int | None:
    """When the device says that it sent the frame (ms), by QN; None where it does not say, or no such time is."""
    try:
        return _time(frame.qn[:14]) + int(frame.qn[14:]) if frame.qn else None
    except ValueError:
        return None


def _facts(frame: Frame, content: _Content, minutes: int) -> list[Said]:
    base: Values = {"st": frame.st, "edition": frame.edition}
    stamp = content.plain.get("DataTime")
    if stamp is None or frame.cn not in KINDS.keys() | _STATES:
        return [_message(frame, content, base)]
    start = _time(stamp)
    if frame.cn in _STATES:
        return [Said("device_state", start + (DAY if frame.cn == "2041" else 0), base | {"devices": content.states})]
    lengths = {"2011": 0, "2051": minutes * MINUTE, "2061": HOUR, "2031": DAY}
    at = start + lengths[frame.cn]
    if frame.st == AIR_STATION and frame.cn == "2061":
        return [Said("air_hour", at, _air_hour(content.factors))]
    data = base | {"factors": content.factors}
    said = [Said(KINDS[frame.cn], at, data)]
    if frame.resent:
        said.append(Said("source_revision", at, {"of": KINDS[frame.cn]} | data, "-rf"))
    return said


def _message(frame: Frame, content: _Content, base: Values) -> Said:
    stamp = content.plain.get("DataTime")
    at = sent_at(frame) if frame.qn else None
    if at is None and stamp is None:
        raise ValueError("neither QN nor DataTime says when this was sent")
    params = {} if frame.cn in _SECRET else content.plain
    return Said("device_message", _time(stamp or "") if at is None else at, base | {"cn": frame.cn, "params": params})


def _air_hour(values: dict[str, Values]) -> Values:
    """The means that are marked normal or not at all."""
    return {
        item: values[code]["avg"]
        for code, item in AIR_ITEMS.items()
        if code in values and "avg" in values[code] and values[code].get("flag", "N") == "N"
    }


def _read(frame: Frame) -> _Content | Problem:
    content = _Content()
    for pair in (pair for item in frame.content.split(";") if item for pair in item.split(",")):
        name, equals, value = pair.partition("=")
        if not (equals and name.isascii() and name.isprintable()):
            return Problem("encrypted" if frame.edition == 2025 else "content", _unreadable(frame, pair))
        if twice := _put(content, frame.st, name, value):
            return Problem("content", f"{name} comes twice, as {twice} and as {value}")
    return content


def _unreadable(frame: Frame, pair: str) -> str:
    what = f"{pair[:40]!r} is not name=value"
    return f"{what}: is the content encrypted (SM4)? Decrypt it with the device's key first" if frame.edition == 2025 else what


def _put(content: _Content, st: str, name: str, value: str) -> object | None:
    """Keep one value; what stood there already, where it was another."""
    code, dash, field = name.partition("-")
    kept: object = value
    into: Values = content.plain  # type: ignore[assignment]  # a dict of texts takes a text
    if dash and _FACILITY.fullmatch(code):
        into, name, kept = content.states.setdefault(code, {}), _STATE_FIELDS.get(field, field), number(value)
    elif dash:
        known = _new_code(code)
        factor = content.factors.setdefault(known, _started(known, st))
        name = FIELDS.get(field, field)
        into = factor if field in FIELDS else factor.setdefault("other", {})  # type: ignore[assignment]  # made here
        kept = value if name in _TEXTS else number(value)
    before = into.setdefault(name, kept)
    return None if before == kept else before


def _started(code: str, st: str) -> Values:
    unit = unit_of(code, st)
    return {"unit": unit} if unit else {}


_STATE_FIELDS = {"RS": "state", "RT": "hours"}


def _new_code(code: str) -> str:
    return _old_codes().get(code, code)


@cache
def _old_codes() -> dict[str, str]:
    return {factor.old: code for code, factor in factors().items() if factor.old}


def number(text: str) -> int | float | str:
    """The number that a text is, or the text as it stands, so that the judge can say what was no number.

    >>> number("36.91"), number("007"), number("21. Apr")
    (36.91, 7, '21. Apr')
    """
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        return text
    return int(text) if text.isdigit() else float(text)


def _time(stamp: str) -> int:
    """Milliseconds of a time like 20160824003817, China Standard Time."""
    try:
        moment = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=CST)
    except ValueError:
        raise ValueError(f"the time {stamp!r} is none: write yyyyMMddHHmmss") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"the time {stamp!r} is none: devices send years {FIRST_YEAR} to {LAST_YEAR}")
    return int(moment.timestamp()) * SECOND
