"""What is odd in a registration: a position that contradicts its district, an owner whose code is wrong. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from stdnum.cn import uscc

from streams.gateways.cells import REASONS
from streams.gateways.intake.datum import doubt
from streams.gateways.notes import notes_event
from streams.messages import REGISTERED, FieldNote, decode_event, parse_time

REASON_OF = {"GCJ-02": "datum-gcj02", "BD-09": "datum-bd09", "elsewhere": "elsewhere"}
"""The row of `streams.gateways.cells.REASONS` for a doubt about a position."""


def oddities(data: Mapping[str, Any], areas: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a registration's data that are odd, each with a row of REASONS.

    `areas`: districts with a shape, as `doubt` takes them. An `owner` that has an `owner_role` is a body by its
    统一社会信用代码 (GB 32100).

    >>> list(oddities({"owner": "91350100M000100Y43", "owner_role": "user"}, {}))
    []
    >>> list(oddities({"owner": "91350100M000100Y44", "owner_role": "user"}, {}))
    [('owner', 'owner-code')]
    """
    lon, lat, adcode = (data.get(name) for name in ("lon", "lat", "adcode"))
    if isinstance(lon, int | float) and isinstance(lat, int | float) and isinstance(adcode, str):
        found = doubt(areas, adcode, lon, lat)
        if found:
            yield "lon", REASON_OF[found]
    if data.get("owner_role") and not uscc.is_valid(str(data.get("owner", ""))):
        yield "owner", "owner-code"


def with_note(value: bytes, type_: str, areas: Mapping[str, Any]) -> list[bytes]:
    """The bytes of an event of this type, and what is to be told with it where it is a registration that is odd."""
    note = note_on(value, areas) if type_.endswith(REGISTERED) else None
    return [value] if note is None else [value, note]


def note_on(value: bytes, areas: Mapping[str, Any]) -> bytes | None:
    """The event that tells what is odd in a registration, given its bytes; None where nothing is."""
    event = decode_event(value)
    data = msgspec.json.decode(event.data)
    if not isinstance(data, dict):
        return None
    domain = event.type.removesuffix(REGISTERED)
    notes = [
        FieldNote(field, reason, 0, REASONS[reason][0], f"expected {REASONS[reason][1]}")
        for field, reason in oddities(data, areas)
    ]
    fact = (REGISTERED.removeprefix("."), event.id, event.subject)
    return notes_event(domain, event.source, fact, parse_time(event.time), notes) if notes else None
