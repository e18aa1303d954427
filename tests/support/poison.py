"""Poison for the fold: seeded records that must be refused, and real events broken at random.

A bad record is bad by a document, not by what our code makes of it: RFC 8259 (JSON), RFC 3629 (UTF-8), RFC 3339 (times),
CloudEvents 1.0.2 §3.1 (attributes), or a bound that a docstring of ours states.
"""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from agents.core.alerts.fold import MAX_RECORD
from streams.gateways.timeline import Arrival
from streams.messages import DAY, format_time

Case = tuple[bytes | None, bytes | None]
"""Key and value of a record."""

TEN_MB = 10 * 1024 * 1024

_REQUIRED = ("specversion", "id", "source", "type", "time")  # CloudEvents 1.0.2 §3.1.1, and time, which is optional there
_NO_TEXT = (None, 7, -1.5, True, [], {}, ["x"], {"zh": "x"})
_NO_TIME = (
    *("", "now", "1785556800", "2026-08-20", "2026-08-20T08:00:00", "2026-08-20 08:00", "2026-08-20T08:00:00+25:00"),
    *("2026-08-20T08:00:00+8", "2026-08-20T08:00:00 Asia/Shanghai", "2026-08-20T08:00:00CST", "2026-13-20T08:00:00Z"),
    *("2026-02-30T08:00:00Z", "2026-08-20T24:01:00Z", "2026-08-20T08:00:61Z", "0001-01-01T00:00:00+14:00"),
    *("9999-12-31T23:59:59-12:00", "1969-12-31T23:59:59Z", "+012026-08-20T08:00:00Z", "二〇二六年八月二十日"),
)
_NASTY = (
    *(None, True, False, 0, -1, 1, 1.5, -1e308, 1e308, 5e-324, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**400),
    *("", "x", "长" * 5_000, "\x00", "\u202e", "2026-08-20T08:00:00", "NaN", "1e400", "../../etc/passwd", "<script>"),
    *([], {}, [[]], [None] * 1_000, {"": ""}, {"zh": 1}, {"a": {"a": {"a": {}}}}, list(range(500))),
)
_NOT_JSON_NUMBERS = (b"NaN", b"Infinity", b"-Infinity", b"0x1F", b"1.", b".5", b"+1", b"01", b"1e", b"1_000")


def parts(arrival: Arrival) -> dict[str, Any]:
    """The event of an arrival as Python's own JSON reads it."""
    found: dict[str, Any] = json.loads(arrival.value)
    return found


def packed(event: object) -> bytes:
    """An event's bytes again."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _noise(chance: random.Random, like: Arrival) -> Case:
    return like.key, chance.randbytes(chance.randrange(400))


def _nothing(chance: random.Random, like: Arrival) -> Case:
    return like.key, chance.choice((None, b"", b" ", b"\n\t\r", b"\x00"))


def _other_json(chance: random.Random, like: Arrival) -> Case:
    return like.key, chance.choice(
        (b"null", b"[]", b"0", b'"x"', b"true", b"{}", b"[" + like.value + b"]", b"{" + like.value + b"}")
    )


def _truncated(chance: random.Random, like: Arrival) -> Case:
    return like.key, like.value[: chance.randrange(len(like.value))]


def _trailing(chance: random.Random, like: Arrival) -> Case:
    return like.key, like.value + chance.choice((like.value, b"}", b"x", b",", b"\x00"))


def _byte_order_mark(chance: random.Random, like: Arrival) -> Case:
    return like.key, chance.choice((b"\xef\xbb\xbf" + like.value, like.value.decode().encode("utf-16")))


def _invalid_utf8(chance: random.Random, like: Arrival) -> Case:
    at = like.value.index(chance.choice((b'"source":"', b'"type":"', b'"time":"', b'"subject":"'))) + 12
    return like.key, like.value[:at] + chance.choice((b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80")) + like.value[
        at:
    ]


def _lone_surrogate(chance: random.Random, like: Arrival) -> Case:
    event = parts(like)
    name = chance.choice(("id", "source", "type", "time", "subject"))
    event[name] = f"{event[name]}{chr(chance.randrange(0xD800, 0xE000))}"
    return like.key, json.dumps(event).encode()  # escaped: \ud800


def _deep(chance: random.Random, like: Arrival) -> Case:
    depth = chance.randrange(5_000, 30_000)
    nested = chance.choice((b"[" * depth + b"]" * depth, b"[" * depth, b'{"a":' * depth))[:60_000]
    return like.key, chance.choice((nested, like.value[:-1] + b',"x":' + nested + b"}"))


def _not_a_number(chance: random.Random, like: Arrival) -> Case:
    return like.key, like.value[:-1] + b',"x":' + chance.choice(_NOT_JSON_NUMBERS) + b"}"


def _missing_attribute(chance: random.Random, like: Arrival) -> Case:
    event = parts(like)
    del event[chance.choice(_REQUIRED)]
    return like.key, packed(event)


def _wrong_type(chance: random.Random, like: Arrival) -> Case:
    return like.key, packed(parts(like) | {chance.choice((*_REQUIRED, "subject")): chance.choice(_NO_TEXT)})


def _wrong_data(chance: random.Random, like: Arrival) -> Case:
    return like.key, packed(parts(like) | {"data": chance.choice((None, 7, True, "x", [], [1, 2]))})


def _wrong_time(chance: random.Random, like: Arrival) -> Case:
    return like.key, packed(parts(like) | {"time": chance.choice(_NO_TIME)})


def _far_time(chance: random.Random, like: Arrival) -> Case:
    return like.key, packed(parts(like) | {"time": format_time(like.at + chance.randrange(1, 999) * DAY)})


def _huge_number(chance: random.Random, like: Arrival) -> Case:
    number = chance.choice((b"1e400", b"-1e999", b"1" + b"0" * 400))
    return like.key, packed(parts(like) | {"data": 0}).replace(b'"data":0', b'"data":' + number)


def _big(chance: random.Random, like: Arrival) -> Case:
    return like.key, packed(parts(like) | {"x": "长" * (MAX_RECORD // 3 + chance.randrange(9_999))})


def _wrong_key(chance: random.Random, like: Arrival) -> Case:
    return chance.choice((None, b"", b"x", like.key[:-1], like.key + b"\x00", b"\xff" * 2_000, chance.randbytes(9))), like.value


def _stranger(chance: random.Random, like: Arrival) -> Case:
    name = f"nobody.{chance.randrange(10**9)}"
    return name.encode(), packed(parts(like) | {"subject": name})


def _unknown_type(chance: random.Random, like: Arrival) -> Case:
    name = chance.choice(("", "x", ".", "clock", "environment.", f"{like.domain}.moon_phase", "长" * 9_000, "atlantis.flood"))
    return like.key, packed(parts(like) | {"type": name})


def _stray_act(chance: random.Random, like: Arrival) -> Case:
    act = {"alert": f"{chance.getrandbits(128):032x}", "occurrence": chance.choice((1, 0, -1, 2**63, 10**30))}
    who = {"actor": {"id": "x", "name": "x", "role": chance.choice(("supervisor", "", "root"))}, "reason": "x" * 2_001}
    return like.key, packed(parts(like) | {"type": f"command.{chance.choice(('acknowledge', 'x', ''))}", "data": act | who})


def _second_copy(_chance: random.Random, like: Arrival) -> Case:
    return like.key, like.value


BAD: tuple[Callable[[random.Random, Arrival], Case], ...] = (
    *(_noise, _nothing, _other_json, _truncated, _trailing, _byte_order_mark, _invalid_utf8, _lone_surrogate, _deep),
    *(_not_a_number, _missing_attribute, _wrong_type, _wrong_data, _wrong_time, _huge_number, _big, _wrong_key),
    *(_unknown_type, _stray_act, _second_copy, _far_time, _stranger),
)
"""Ways to make a record that must be refused, each from a real fact (no registration) that has just been judged."""


def ten_megabytes(like: Arrival) -> Case:
    """A well-formed event of ten megabytes."""
    return like.key, packed(parts(like) | {"x": "x" * TEN_MB})


def mutated(chance: random.Random, arrival: Arrival) -> Case:
    """A real event with some of its values, bytes or names changed: it may still be good."""
    if chance.random() < 0.4:
        return arrival.key, _flipped(chance, arrival.value)
    event = parts(arrival)
    for _ in range(chance.randrange(1, 4)):
        _spoil(chance, event)
    value = packed(event)
    if chance.random() < 0.1:  # a name twice: RFC 8259 §4 leaves it to the reader
        value = value[:-1] + b"," + packed(parts(arrival))[1:]
    return arrival.key, value


def _flipped(chance: random.Random, value: bytes) -> bytes:
    changed = bytearray(value)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(changed))
        how = chance.randrange(3)
        if how == 0:
            changed[at] = chance.randrange(256)
        elif how == 1:
            del changed[at : at + chance.randrange(1, 9)]
        else:
            changed[at:at] = chance.choice((b"0", b"9" * 40, b"-", b'"', b"\\", b"e9", b"\x00", b"{", b"\\ud800", b"null"))
        if not changed:
            break
    return bytes(changed)


def _nasty(chance: random.Random) -> object:
    return deepcopy(chance.choice(_NASTY))


def _spoil(chance: random.Random, event: dict[str, object]) -> None:
    """Change one value somewhere in the event, at a random depth."""
    place: object = event
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place))) if isinstance(place, list) else []
        if not keys:
            event[chance.choice(("data", "region", "x"))] = _nasty(chance)
            return
        key = chance.choice(keys)
        below = place[key]  # type: ignore[index]  # a key of this very place
        if isinstance(below, (dict, list)) and below and chance.random() < 0.9:
            place = below
            continue
        _replace(chance, place, key)
        return


def _replace(chance: random.Random, place: object, key: object) -> None:
    assert isinstance(place, (dict, list))
    if chance.random() < 0.15:
        del place[key]  # type: ignore[arg-type]
    elif isinstance(place, dict) and chance.random() < 0.15:
        place[str(_nasty(chance))[:300]] = _nasty(chance)
    else:
        place[key] = _nasty(chance)  # type: ignore[index]
