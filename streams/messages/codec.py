"""The one place that turns messages into bytes and back."""

import re
from typing import TypeVar

import msgspec
from msgspec import Struct

from streams.messages.checked import NoTime, check_times
from streams.messages.event import Event
from streams.messages.outputs.quality import Reason

T = TypeVar("T")

encode = msgspec.json.Encoder().encode
"""JSON bytes of any message; the order of fields is the order of their definition, so equal messages give equal bytes."""

_event = msgspec.json.Decoder(Event).decode
_PATH = re.compile(r" - at `(?P<path>[^`]*)`$")
_VALUE = re.compile(r"^Invalid (enum )?value .*", re.DOTALL)
_STRANGE = re.compile(r"Object contains unknown field `.*`(?= - at `|$)", re.DOTALL)
_MISSING = re.compile(r"required field `(?P<name>[^`]*)`")


class DecodeError(ValueError):
    """Bytes that are not what they should be. `reason` is a quality reason, `field` the path of the field at fault."""

    def __init__(self, reason: Reason, message: str, field: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field


def decode_event(value: bytes) -> Event:
    """The CloudEvent in `value`; DecodeError says whether it is no JSON or no CloudEvent, and which field is wrong."""
    try:
        if not value.isascii():
            value.decode()  # msgspec looks at the strings that it decodes alone; JSON is UTF-8 throughout (RFC 8259 §8.1)
        event = _event(value)
    except msgspec.ValidationError as error:
        raise invalid("not-cloudevent", error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError("not-json", _no_json(error)) from None
    if event.specversion != "1.0":
        raise DecodeError("not-cloudevent", "another specversion than 1.0, which alone is known", "$.specversion")
    return event


def decode(value: bytes, type_: type[T]) -> T:
    """A message of our own (alert, audit, quality, status) from its bytes; DecodeError names the field.

    A text that should be a time is one: nobody who has the message needs to look again.
    """
    try:
        message = msgspec.json.decode(value, type=type_)
        check_times(message)
    except NoTime as error:
        raise DecodeError("bad-time", "no time", str(error)) from None
    except msgspec.ValidationError as error:
        raise invalid("malformed-data", error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError("not-json", _no_json(error)) from None
    return message


def _no_json(error: Exception) -> str:
    """Why bytes are no JSON, without any of them."""
    if isinstance(error, UnicodeDecodeError):
        return f"not JSON: byte {error.start} is not UTF-8"
    return "not JSON: nested too deep" if isinstance(error, RecursionError) else f"not JSON: {error}"


def invalid(reason: Reason, error: msgspec.DecodeError, root: str = "$") -> DecodeError:
    """A DecodeError with the path of the field that msgspec names, below `root`; a value that it quotes is left out."""
    text = _STRANGE.sub("a field that is not declared", str(error))
    path = _PATH.search(text)
    field = path["path"] if path else "$"
    if missing := _MISSING.search(text):
        field = f"{field}.{missing['name']}"
    return DecodeError(
        reason, _VALUE.sub("none of the values that it may have", _PATH.sub("", text)), root + field.removeprefix("$")
    )


def event_bytes(  # one line a field is the clearest form
    *,
    type: str,
    source: str,
    id: str,
    time: str,
    subject: str = "",
    region: str = "",
    data: Struct | dict[str, object] | None = None,
) -> bytes:
    """A CloudEvent's bytes from its parts."""
    body = msgspec.Raw(encode(data))
    return encode(
        Event(specversion="1.0", id=id, source=source, type=type, subject=subject, time=time, region=region, data=body)
    )
