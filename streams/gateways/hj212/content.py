"""What a frame of HJ 212 says: factors, states of facilities, messages; and the facts of the environment domain it becomes.

Source: HJ 212-2017 6.6 (commands), table 4 (fields), table 8 (marks of data). `DataTime` of a minute, an hour or a day is
the START of the interval; the time of our facts is its END, as the national air feed labels it.
"""

import re
from datetime import datetime
from functools import lru_cache

from msgspec import Struct, structs

from streams.gateways.hj212.frame import Frame, Problem
from streams.gateways.hj212.irregular import note
from streams.gateways.hj212.items import AIR_STATION, LARGEST, MARKS, Item, Values, item_of, number
from streams.gateways.hj212.usual import usual
from streams.messages import CST, DAY, HOUR, MINUTE, SECOND, FieldNote

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

_LONGEST = {"flag": 4, "eflag": 100, "sample_time": 100}  # characters that a fact may carry
_ANY = (-LARGEST, LARGEST)
_RANGES = {"state": (0.0, 5.0), "hours": (0.0, 24.0)}  # HJ 212-2017 table 4, SBxxx-RS and SBxxx-RT

_SECRET = {"1072", "1014"}  # new password, new key: never passed on
_STATES = {"2021", "2041"}  # state of facilities, their run time of a day
_DATA = KINDS.keys() | _STATES
_LENGTHS = {"2061": HOUR, "2031": DAY, "2041": DAY}  # of the interval that data are of (ms)
_STAMP = re.compile(r"[0-9]{14}")

MESSAGE = "device_message"
"""The kind of what is neither data nor state."""

ASKED = "-asked"
"""The suffix of a fact that was asked for afterwards."""

ASKED_HOUR = f"{ASKED}-hour"
"""That of the hour of an air station in it, which rules of hours judge."""


class Said(Struct, frozen=True, gc=False):
    """One fact: its kind, the event time (ms) and its data; `suffix` keeps the ids of two facts of one frame apart."""

    kind: str
    at: int
    data: Values
    suffix: str = ""


class Reading(Struct, frozen=True, gc=False):
    """What a frame says: its facts, and what is to be said of its fields."""

    facts: list[Said]
    notes: list[FieldNote]


class _Content(Struct):
    """The fields of a frame as far as they are good, notes on the others by (field, reason), and those that came twice."""

    plain: dict[str, str] = {}
    factors: dict[str, Values] = {}
    states: dict[str, Values] = {}
    notes: dict[tuple[str, str], FieldNote] = {}
    doubled: set[str] = set()

    def note(self, name: str, field: str, size: int) -> None:
        self.notes.setdefault((field, name), note(name, field, size))

    def keep(self, into: Values, name: str, field: str, value: object) -> None:
        """Keep one value; neither, where another stood there already."""
        if into.setdefault(name, value) != value or field in self.doubled:
            self.doubled.add(field)
            del into[name]
            self.note("twice", field, len(str(value)))


def say(frame: Frame, minutes: int, *, asked: bool = False) -> Reading | list[Problem]:
    """What a frame says, or what is wrong with it as a whole; `minutes` is the length of the device's minute data.

    `asked`: whether it is the answer to a request for data of the past (HJ 212-2017 tables C.20 to C.22).
    """
    content = _read(frame)
    if isinstance(content, Problem):
        return [content]
    try:
        facts = _facts(frame, content, minutes, asked)
    except ValueError as error:
        return [Problem("content", str(error))]
    refused = [each for each in content.notes.values() if not each.taken]
    if refused and frame.cn in _DATA and not (content.factors or content.states):
        return [Problem("content", f"no field is good; {each.field}: {each.message}") for each in refused]
    return Reading(facts, list(content.notes.values()))


def sent_at(frame: Frame) -> int | None:
    """When the device says that it sent the frame (ms), by QN; None where it does not say, or no such time is."""
    try:
        return moment(frame.qn[:14]) + int(frame.qn[14:]) if frame.qn else None
    except ValueError:
        return None


def _facts(frame: Frame, content: _Content, minutes: int, asked: bool) -> list[Said]:
    base: Values = {"st": frame.st, "edition": frame.edition}
    if frame.cn not in _DATA or not ("DataTime" in content.plain or "DataTime" in content.doubled):
        return [_message(frame, content, base)]
    at = _end(frame, content, minutes)
    if frame.cn in _STATES:
        return [Said("device_state", at, base | {"devices": content.states})]
    if asked and frame.cn in KINDS:
        again = Said("source_revision", at, {"of": KINDS[frame.cn]} | base | {"factors": content.factors}, ASKED)
        hour = _air_hour(content.factors) if frame.st == AIR_STATION and frame.cn == "2061" else {}
        return [again, Said("air_backfill", at, hour, ASKED_HOUR)] if hour else [again]
    data = base | {"factors": content.factors}
    if frame.st == AIR_STATION and frame.cn == "2061":
        said = [Said("air_hour", at, _air_hour(content.factors))]
    else:
        said = [Said(KINDS[frame.cn], at, data)]
    if frame.resent:
        said.append(Said("source_revision", at, {"of": KINDS[frame.cn]} | data, "-rf"))
    return said


def _end(frame: Frame, content: _Content, minutes: int) -> int:
    """When the interval of a frame's data ended (ms)."""
    length = minutes * MINUTE if frame.cn == "2051" else _LENGTHS.get(frame.cn, 0)
    written = content.plain.get("DataTime")
    if written is None:
        raise ValueError("DataTime comes twice, with two values")
    stamp = written.strip()
    if stamp != written:
        content.note("blanks", "DataTime", len(written))
    if len(stamp) == 17 and stamp.isdigit():
        content.note("time-milliseconds", "DataTime", len(stamp))
        stamp = stamp[:14]
    if len(stamp) != 14 or not stamp.endswith("240000"):
        return moment(stamp) + length
    content.note("hour-24", "DataTime", len(stamp))
    midnight, sent = moment(f"{stamp[:8]}000000") + DAY, sent_at(frame)
    over = length < DAY and (sent is None or midnight + length <= sent)
    return midnight + length if over else midnight


def _message(frame: Frame, content: _Content, base: Values) -> Said:
    at = sent_at(structs.replace(frame, qn=frame.qn or content.plain.get("QN", "")))  # answers of 2005 have it in CP
    if at is None and "DataTime" not in content.plain:
        raise ValueError("neither QN nor DataTime says when this was sent")
    params = {} if frame.cn in _SECRET else content.plain
    return Said(MESSAGE, _end(frame, content, 0) if at is None else at, base | {"cn": frame.cn, "params": params})


def _air_hour(values: dict[str, Values]) -> Values:
    """The means that are marked normal or not at all."""
    return {
        item: values[code]["avg"]
        for code, item in AIR_ITEMS.items()
        if code in values and "avg" in values[code] and values[code].get("flag", "N") == "N"
    }


def _read(frame: Frame) -> _Content | Problem:
    found = usual(frame.st, frame.content)
    return _field_by_field(frame) if found is None else _Content({"DataTime": found[0]}, found[1])


def _field_by_field(frame: Frame) -> _Content | Problem:
    """Each field for itself, with what there is to say of it."""
    content = _Content()
    pairs = [pair for item in frame.content.split(";") if item for pair in item.split(",")]
    for place, pair in enumerate(pairs, 1):
        name, equals, value = pair.partition("=")
        item = item_of(frame.st, name) if equals else None
        if item is not None:
            _put(content, item, value)
        elif frame.edition == 2025:
            message = f"item {place} is not name=value: is the content encrypted (SM4)? Decrypt it with the device's key first"
            return Problem("encrypted", message)
        else:
            content.note("no-value", f"item {place}", len(pair))
    content.factors = {code: factor for code, factor in content.factors.items() if len(factor) > ("unit" in factor)}
    content.states = {code: state for code, state in content.states.items() if state}
    return content


def _put(content: _Content, item: Item, text: str) -> None:
    """Keep one value, or a note why not."""
    for remark in item.remarks:
        content.note(*remark)
    if item.into == "plain":
        content.keep(content.plain, item.field, item.full, text)  # type: ignore[arg-type]  # a dict of texts takes a text
        return
    many = content.states if item.into == "state" else content.factors
    values = many.get(item.code)
    if values is None:
        values = many[item.code] = {"unit": item.unit} if item.unit else {}
    if item.into == "other":
        content.keep(values.setdefault("other", {}), item.field, item.full, number(text))  # type: ignore[arg-type]  # made here
        return
    value = _value(content, item.full, item.field, text)
    if value is not None:
        content.keep(values, item.field, item.full, value)


def _value(content: _Content, full: str, field: str, written: str) -> object | None:
    """The value of a field as a fact may carry it; None, and a note, where it is none."""
    text = written.strip()
    if text != written:
        content.note("blanks", full, len(written))
    if not text:
        content.note("empty", full, len(written))
        return None
    if field in _LONGEST:
        return text if field == "flag" and text in MARKS else _mark(content, full, field, text)
    value = number(text)
    if isinstance(value, str):
        content.note("not-a-number", full, len(written))
        return None
    low, high = _RANGES.get(field, _ANY)
    if not low <= value <= high or (field == "state" and value != int(value)):
        content.note("out-of-range", full, len(written))
        return None
    return int(value) if field == "state" else value


def _mark(content: _Content, full: str, field: str, text: str) -> str | None:
    if len(text) > _LONGEST[field]:
        content.note("too-long", full, len(text))
        return None
    if field == "flag" and text not in MARKS and text.upper() in MARKS:
        content.note("flag-case", full, len(text))
        return text.upper()
    return text


@lru_cache(maxsize=4_096)
def moment(stamp: str) -> int:
    """Milliseconds of a time like 20160824003817, China Standard Time; many frames have the same one."""
    try:
        if not _STAMP.fullmatch(stamp):
            raise ValueError
        month, day, hour, minute, second = (int(stamp[at : at + 2]) for at in range(4, 14, 2))
        moment = datetime(int(stamp[:4]), month, day, hour, minute, second, tzinfo=CST)
    except ValueError:
        raise ValueError("its time is none: write yyyyMMddHHmmss") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"its time is none: devices send years {FIRST_YEAR} to {LAST_YEAR}")
    return int(moment.timestamp()) * SECOND
