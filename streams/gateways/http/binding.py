"""CloudEvents out of HTTP: structured, binary and batched (CloudEvents 1.0.2, HTTP protocol binding 3.1 to 3.3, JSON format).

What an event must be itself stands in `streams.gateways.intake.cloudevent`. Pure.
"""

from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Raw

from streams.gateways.intake.cloudevent import JSON, OURS, STRUCTURED, Unfit, joined, why

MOST_ITEMS = 10_000
"""Events of one request; 本系统默认 (a default of this system), ten times what Telegraf and Vector send at once by default."""

BATCH = "application/cloudevents-batch+json"


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a body, without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_binary(headers: Mapping[str, str]) -> bool:
    """Whether a request is an event in binary mode: its attributes are headers."""
    return "ce-specversion" in headers and media_type(headers) not in {STRUCTURED, BATCH}


def as_document(headers: Mapping[str, str], body: bytes) -> tuple[bytes, str]:
    """A request as one document with its media type, for mappings: of an event in binary mode its attributes too."""
    return (_of_headers(headers, body), STRUCTURED) if is_binary(headers) else (body, headers.get("content-type", ""))


def parts_of(headers: Mapping[str, str], body: bytes) -> list[bytes]:
    """The events of a body as they came, one of them or many; Unfit where it is none that is known, or no JSON at all."""
    kind = media_type(headers)
    if is_binary(headers):
        if not JSON.fullmatch(kind):
            raise Unfit("media-type", "the data of an event are JSON: Content-Type application/json")
        return [_of_headers(headers, body)]
    if kind == STRUCTURED:
        return [body]
    if kind != BATCH:
        raise Unfit("media-type", f"Content-Type is {STRUCTURED}, {BATCH}, or JSON with the attributes in ce- headers")
    try:
        parts = msgspec.json.decode(body, type=list[Raw])
    except msgspec.ValidationError:
        raise Unfit("not-cloudevent", "a batch is a JSON array of events") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unfit("not-json", why(error)) from None
    if len(parts) > MOST_ITEMS:
        raise Unfit("too-many", f"{len(parts)} events; at most {MOST_ITEMS} are taken at once")
    return [bytes(part) for part in parts]


def _of_headers(headers: Mapping[str, str], body: bytes) -> bytes:
    """An event in binary mode as it would be in structured mode; its attributes are percent-encoded (HTTP binding 3.1.3.2)."""
    try:
        found: dict[str, object] = {
            name: unquote_to_bytes(headers[f"ce-{name}"].encode("ascii")).decode() for name in OURS if f"ce-{name}" in headers
        }
    except (UnicodeDecodeError, UnicodeEncodeError):
        raise Unfit("not-cloudevent", "a ce- header is no percent-encoded UTF-8") from None
    return joined(found, body)
