"""The CloudEvent that bears a signature: its attributes, and the strict reading of its bytes.

A struct of its own: measurements are not read through it and pay nothing for it.
"""

import json
import re
from typing import Any, NoReturn

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder, Encoder

from streams.signing.kinds import Unverified

MAX_BYTES = 65_536
"""How long a signed record may be."""

MAX_DEPTH = 32
"""How deep objects and arrays may stand in each other: the bound is ours, so that no interpreter's own decides."""

PEOPLE = ("actor", "by")
"""The members of an event's data that hold a person who acts, where they are objects."""

MAX_COSIGNATURES = 16
"""How many further signatures a record may bear, so many as there may be roots."""


class Envelope(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The attributes of a signed CloudEvent 1.0.2 in JSON, all of them texts, and the bytes of `data` as they stand.

    `logid`: the log's id; `sigto`: where it is for, `events.<stage>`, a topic below the log's name, or `*` for everywhere;
    `sigseq`: the signer's rising number, `0` of kinds that number themselves; `sigsuite`, `sigkid`, `sig`: suite, key,
    signature; `cosig`: further signatures, `suite.kid.signature`, a space between two; `recordedtime`: when it arrived.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str = ""
    time: str
    datacontenttype: str = "application/json"
    dataschema: str = ""
    region: str = ""
    recordedtime: str = ""
    logid: str
    sigto: str
    sigseq: str
    sigsuite: str
    sigkid: str
    sig: str
    cosig: str = ""
    data: Raw = Raw(b"null")


class Cosignature(Struct, frozen=True):
    """One further signature: suite, key and signature."""

    suite: str
    kid: str
    sig: str


class Claim(Struct, frozen=True):
    """What a strictly read record says before anybody believes it: envelope, number, its people's roles and accounts."""

    envelope: Envelope
    number: int
    cosignatures: tuple[Cosignature, ...]
    roles: tuple[str, ...]
    accounts: tuple[str, ...]


_SIGNED = ("logid", "sigto", "sigseq", "sigsuite", "sigkid", "sig")
_REQUIRED = ("specversion", "id", "source", "type", "time")
_LOGID = re.compile(r"[0-9a-f]{64}")
_KID = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_PLACE = re.compile(r" - at `(?P<path>[$.\w\[\]]*)`$")
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(byte for byte in range(256) if byte not in b"{}[]")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)

_envelope = Decoder(Envelope)
_encode = Encoder().encode


class NotStrictError(ValueError):
    """JSON that two readers may read in two ways, or one not at all."""


def envelope_bytes(envelope: Envelope) -> bytes:
    """The record of an envelope. What is signed does not depend on how this is written."""
    return _encode(envelope)


def claim(value: bytes) -> Claim:
    """The record's claim, strictly read (steps 1 and 2); Unverified says why it is none.

    Each name stands once at every depth, no attribute is unknown, none is empty, all are texts.
    """
    if len(value) > MAX_BYTES:
        raise Unverified("too-big", f"{len(value)} bytes; at most {MAX_BYTES}")
    parsed = _parsed(value)
    for name in _REQUIRED:
        if not isinstance(parsed.get(name), str):
            raise Unverified("not-cloudevent", f"no text {name!r} (CloudEvents 1.0.2 §3.1)")
    if parsed["specversion"] != "1.0":
        raise Unverified("not-cloudevent", "the specversion is not 1.0")
    for name in _SIGNED:
        if name not in parsed:
            raise Unverified("unsigned", f"the attribute {name!r} is missing")
    try:
        envelope = _envelope.decode(value)
    except (ValidationError, DecodeError, UnicodeDecodeError) as error:
        raise Unverified("not-strict", f"not the attributes of a signed CloudEvent{where(error)}") from None
    for name, text in parsed.items():
        if text == "" and name != "sig":
            raise Unverified("not-strict", f"the attribute {name!r} is empty; leave it out")
    return Claim(envelope, _number(envelope), _cosignatures(envelope.cosig), *_people(parsed.get("data")))


def where(error: Exception) -> str:
    """The place that msgspec's error names, without what was found there; empty where it names none."""
    found = _PLACE.search(str(error))
    return f", at {found['path']}" if found else ""


def _number(envelope: Envelope) -> int:
    for name, form, text in (
        ("logid", _LOGID, envelope.logid),
        ("sigkid", _KID, envelope.sigkid),
        ("sigseq", _NUMBER, envelope.sigseq),
    ):
        if not form.fullmatch(text):
            raise Unverified("not-strict", f"{name} is not of the form {form.pattern}")
    if envelope.datacontenttype != "application/json":
        raise Unverified("not-strict", "the datacontenttype is not application/json")
    return int(envelope.sigseq)


def _cosignatures(text: str) -> tuple[Cosignature, ...]:
    if not text:
        return ()
    found = [each.split(".") for each in text.split(" ")]
    if len(found) > MAX_COSIGNATURES or any(len(each) != 3 or not _KID.fullmatch(each[1]) for each in found):
        raise Unverified("not-strict", f"cosig is not suite.kid.signature, at most {MAX_COSIGNATURES} with a space between two")
    return tuple(Cosignature(*each) for each in found)


def _people(data: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The roles that the people in some data claim, and their accounts; an empty one of who names none that is a text."""
    if not isinstance(data, dict):
        return (), ()
    people = [person for name in PEOPLE if isinstance(person := data.get(name), dict)]
    return _texts(people, "role"), _texts(people, "id")


def _texts(people: list[dict[str, object]], name: str) -> tuple[str, ...]:
    return tuple(text if isinstance(text := person.get(name), str) else "" for person in people)


def _parsed(value: bytes) -> dict[str, Any]:
    try:
        parsed = strict_json(value)
    except NotStrictError as error:
        raise Unverified("not-strict", str(error)) from None
    except ValueError:
        raise Unverified("not-cloudevent", "no JSON in UTF-8") from None
    if not isinstance(parsed, dict):
        raise Unverified("not-cloudevent", "no JSON object")
    return parsed


def strict_json(value: bytes) -> Any:
    """What some JSON says, numbers aside; NotStrictError where two readers may find two things in it, ValueError for none."""
    if _too_deep(value):
        raise NotStrictError(f"nested deeper than {MAX_DEPTH}")
    # numbers are not looked at: `len` stands for them, whatever their size
    return json.loads(value.decode(), object_pairs_hook=_once, parse_int=len, parse_float=len, parse_constant=_no_constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrictError("a name stands twice in an object")
    return found


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON (RFC 8259 §6)")


def _too_deep(value: bytes) -> bool:
    if value.count(b"{") + value.count(b"[") <= MAX_DEPTH:
        return False
    nested = _STRING.sub(b"", value).translate(_BRACKETS, _OTHERS)
    for _ in range(MAX_DEPTH):  # each round takes the innermost pairs away
        nested = nested.replace(b"[]", b"")
    return bool(nested)
