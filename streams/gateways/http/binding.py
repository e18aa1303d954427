"""CloudEvents out of HTTP: structured, binary and batched (CloudEvents 1.0.2, HTTP protocol binding 3.1 to 3.3, JSON format).

A batch may stand in lines too, an event each: so programs that forward logs send. Of a sender with mappings each line is a
document.

What an event must be itself stands in `streams.gateways.intake.cloudevent`. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from streams.gateways.foreign.engine import Origin, Outcome, Refused, take
from streams.gateways.foreign.mapping import Foreign
from streams.gateways.intake.cloudevent import JSON, OURS, STRUCTURED, Unfit, joined, why

MOST_ITEMS = 10_000
"""Events of one request; 本系统默认 (a default of this system), ten times what Telegraf and Vector send at once by default."""

BATCH = "application/cloudevents-batch+json"

LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
"""Media types of JSON in lines; none is registered. Vector and Fluent Bit name the first."""

_LINE = re.compile(rb"[^\r\n]+")


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a body, without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_binary(headers: Mapping[str, str]) -> bool:
    """Whether a request is an event in binary mode: its attributes are headers."""
    return "ce-specversion" in headers and media_type(headers) not in {STRUCTURED, BATCH}


def lines_of(body: bytes) -> list[bytes]:
    r"""The lines of a body that hold anything; Unfit where they are too many.

    >>> lines_of(b'{"a": 1}\n\r\n {"a": 2}')
    [b'{"a": 1}', b' {"a": 2}']
    """
    lines = [found[0] for found in islice(_LINE.finditer(body), MOST_ITEMS + 1)]
    if len(lines) > MOST_ITEMS:
        raise Unfit("too-many", f"more than {MOST_ITEMS} lines, as many as are taken at once")
    return [line for line in lines if line.strip()]


def mapped(mappings: Sequence[Foreign], headers: Mapping[str, str], body: bytes, origin: Origin) -> list[Outcome]:
    """What mappings make of a request: one document, or one in each line; of an event in binary mode its attributes too."""
    if is_binary(headers):
        return take(mappings, _of_headers(headers, body), STRUCTURED, origin)
    kind = headers.get("content-type", "")
    if media_type(headers) not in LINES:
        return take(mappings, body, kind, origin)
    lines = enumerate(lines_of(body), 1)
    return [_in_line(number, outcome) for number, line in lines for outcome in take(mappings, line, kind, origin)]


def _in_line(number: int, outcome: Outcome) -> Outcome:
    return replace(outcome, where=f"line {number}, {outcome.where}") if isinstance(outcome, Refused) else outcome


def parts_of(headers: Mapping[str, str], body: bytes) -> list[bytes]:
    """The events of a body as they came, one of them or many; Unfit where it is none that is known, or no JSON at all."""
    kind = media_type(headers)
    if is_binary(headers):
        if not JSON.fullmatch(kind):
            raise Unfit("media-type", "the data of an event are JSON: Content-Type application/json")
        return [_of_headers(headers, body)]
    if kind == STRUCTURED:
        return [body]
    if kind in LINES:
        return lines_of(body)
    if kind != BATCH:
        known = f"{STRUCTURED}, {BATCH}, {LINES[0]} with an event in each line"
        raise Unfit("media-type", f"Content-Type is {known}, or JSON with the attributes in ce- headers")
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
