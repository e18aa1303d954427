"""One CloudEvent as it came, whatever brought it: what of it can be judged, what is wrong with it (CloudEvents 1.0.2). Pure.

What is in doubt of one event costs no other. Data are JSON: facts are nothing else.
"""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping

import msgspec
from msgspec import Raw, Struct

from streams.gateways.intake.members import DEEPEST, deeper, repeats
from streams.messages import DecodeError, Event, RefusalReason, decode_event, parse_time

LARGEST_EVENT = 65_536
"""Bytes of the largest event: more no partition judges (`agents.core.alerts.fold`)."""

LONGEST = {"subject": 200, "id": 256, "source": 256, "type": 128, "dataschema": 512, "region": 12}
"""Characters of attributes; of the subject what is judged, of the others 本系统默认."""

STRUCTURED = "application/cloudevents+json"

JSON = re.compile(r"application/(\S+\+)?json|text/json")
"""Media types of JSON."""

OURS = ("specversion", "id", "source", "type", "subject", "time", "dataschema", "region")
"""The attributes of an event that are taken."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""What strings of CloudEvents may not hold (CloudEvents 1.0.2, type system)."""


class Unfit(Exception):  # noqa: N818 - what it says
    """Something cannot be taken: the reason, and in our words why."""

    def __init__(self, reason: RefusalReason, message: str) -> None:
        super().__init__(message)
        self.reason: RefusalReason = reason
        self.message = message


class ReadEvent(Struct, frozen=True):
    """One event as it came, and the event, its time (ms) and its data in one form for all ways to write them."""

    raw: bytes
    event: Event
    at: int
    data: bytes
    fields: tuple[str, ...]


def item_of(raw: bytes) -> ReadEvent:
    """The event of a part; Unfit where it is none, or cannot be judged."""
    if len(raw) > LARGEST_EVENT:
        raise Unfit("too-big", f"{len(raw)} bytes; at most {LARGEST_EVENT} are judged")
    try:
        event = decode_event(raw)
    except DecodeError as error:
        reason: RefusalReason = "not-json" if error.reason == "not-json" else "not-cloudevent"
        raise Unfit(reason, f"{error}{f' at {error.field}' if error.field else ''}") from None
    for name, most in LONGEST.items():
        _check(name, getattr(event, name), most)
    try:
        at = parse_time(event.time)
    except (ValueError, OverflowError):
        raise Unfit("bad-time", "time is none of the form 2026-06-01T08:00:00+08:00 (RFC 3339), 1970 to 2199") from None
    data = _plain_data(raw, event)
    try:
        found = msgspec.json.decode(data)
        canonical = msgspec.json.encode(found, order="deterministic")
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit("not-json", f"data: {why(error)}") from None
    if not isinstance(found, dict):
        raise Unfit("bad-data", "data are a JSON object with the fields of the fact")
    if deeper(found):
        raise Unfit("bad-data", f"data have more than {DEEPEST} levels")
    if repeats(raw.decode()) or (data is not event.data and repeats(bytes(data).decode())):
        raise Unfit("bad-data", "an object has two members of one name: which is meant?")
    return ReadEvent(
        raw, Event(**{name: getattr(event, name) for name in OURS}, data=data), at, canonical, tuple(sorted(found))
    )


def _check(name: str, text: str, most: int) -> None:
    if not text and name in {"id", "source", "type", "subject"}:
        raise Unfit("not-cloudevent", f"{name} is empty: a fact has one")
    if len(text) > most:
        raise Unfit("not-cloudevent", f"{name} has {len(text)} characters, at most {most} are taken")
    if _CONTROL.search(text):
        raise Unfit("not-cloudevent", f"{name} holds a control character")
    if name == "subject" and not text.isprintable():
        raise Unfit("not-cloudevent", "subject holds signs that cannot be seen, or turn the direction of what is read")


class _Base64(Struct):
    data_base64: str = ""


def _plain_data(raw: bytes, event: Event) -> Raw:
    """The JSON of an event's data, which may stand in Base64 (JSON format 3.1.1)."""
    if not JSON.fullmatch(event.datacontenttype.partition(";")[0].strip().lower()):
        raise Unfit("media-type", "datacontenttype is none of JSON: the data of a fact are JSON")
    if b'"data_base64"' not in raw:
        return event.data
    try:
        coded = msgspec.json.decode(raw, type=_Base64).data_base64
        if coded and bytes(event.data) != b"null":
            raise Unfit("not-cloudevent", "it has data and data_base64: which are meant?")
        return Raw(b64decode(coded, validate=True)) if coded else event.data
    except (msgspec.DecodeError, Error, ValueError):
        raise Unfit("bad-data", "data_base64 is no Base64") from None


def joined(attributes: Mapping[str, object], data: bytes) -> bytes:
    """An event in binary mode as it would be in structured mode; Unfit where its data are no JSON."""
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit("not-json", f"data: {why(error)}") from None
    return msgspec.json.encode({**attributes, "data": Raw(data)})


def why(error: Exception) -> str:
    """Why something is no JSON, in words."""
    return "nested too deep" if isinstance(error, RecursionError) else f"not JSON: {error}"
