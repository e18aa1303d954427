"""The gateway in OpenAPI 3.1: what may be posted, and what each answer means."""

from functools import cache
from typing import Any, get_args

from streams.gateways.http.binding import BATCH, MOST_ITEMS
from streams.gateways.http.limits import BODY
from streams.gateways.intake.cloudevent import LARGEST_EVENT, LONGEST, STRUCTURED
from streams.messages import RefusalReason

VERSION = "3.1.1"

_TEXT = {"type": "string"}
_ATTRIBUTES = {
    "specversion": {"const": "1.0"},
    **{name: {"type": "string", "minLength": 1, "maxLength": LONGEST[name]} for name in ("id", "source", "type", "subject")},
    "time": {"type": "string", "format": "date-time"},
}


def _problem(what: str, *headers: str) -> dict[str, Any]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    found: dict[str, Any] = {"description": what, "content": {"application/problem+json": problem}}
    if headers:
        found["headers"] = {name: {"schema": _TEXT} for name in headers}
    return found


_ANSWERS: dict[str, Any] = {
    "202": {
        "description": "What is good is on the disk and goes into the log; what was refused is listed, and stands there too.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Taken"}}},
    },
    "400": _problem("Nothing of it can be read, or the sender prefers `handling=strict` and not all of it is good."),
    "401": _problem("No sender of the register has this token or this signature.", "WWW-Authenticate"),
    "403": _problem("All of it is of types, subjects or sources that the sender has no right to."),
    "405": _problem("Another method than POST.", "Allow"),
    "408": _problem("The body did not become whole in time."),
    "413": _problem(f"More than {BODY} bytes, packed or unpacked, or more than {MOST_ITEMS} events."),
    "415": _problem("Neither a CloudEvent in JSON nor a document that a mapping of the sender reads, or not gzip."),
    "429": _problem("The sender posts more than its register says.", "Retry-After"),
    "503": _problem("Nothing can be kept just now: post the same again.", "Retry-After"),
}


@cache
def document() -> dict[str, Any]:
    """The document; its examples are of no real device."""
    event = {"$ref": "#/components/schemas/Event"}
    attributes = [
        {"name": f"ce-{name}", "in": "header", "required": False, "schema": schema, "description": "In binary mode."}
        for name, schema in _ATTRIBUTES.items()
    ]
    prefer = {"name": "Prefer", "in": "header", "schema": _TEXT, "description": "`handling=strict` (RFC 7240): all or nothing."}
    return {
        "openapi": VERSION,
        "info": {
            "title": "一屏 数据接入 · Onescreen gateway",
            "version": "1",
            "description": "For devices and one's own systems; other departments' data come by the city's sharing platform.",
        },
        "security": [{"token": []}, {"signature": []}],
        "paths": {
            "/events": {
                "post": {
                    "summary": "Post facts: one CloudEvent, a batch, or a foreign document",
                    "operationId": "postEvents",
                    "parameters": [*attributes, prefer],
                    "requestBody": {
                        "required": True,
                        "content": {
                            STRUCTURED: {"schema": event},
                            BATCH: {"schema": {"type": "array", "maxItems": MOST_ITEMS, "items": event}},
                            "application/json": {
                                "schema": {},
                                "example": {"pm25": 35.0},
                            },
                        },
                    },
                    "responses": _ANSWERS,
                }
            }
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "signature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-App-Key",
                    "description": "With time, nonce and HMAC-SHA256 in further headers, as agreed for the sender.",
                },
            },
            "schemas": {
                "Event": {
                    "type": "object",
                    "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
                    "properties": {**_ATTRIBUTES, "data": {"type": "object"}},
                    "description": f"CloudEvents 1.0.2 in JSON; at most {LARGEST_EVENT} bytes.",
                    "example": {
                        "specversion": "1.0",
                        "id": "1",
                        "source": "air-platform",
                        "type": "environment.air_hour",
                        "subject": "air.410100.X",
                        "time": "2026-06-01T08:00:00+08:00",
                        "data": {"pm25": 35.0},
                    },
                },
                "Refused": {
                    "type": "object",
                    "required": ["index", "reason", "detail"],
                    "properties": {
                        "index": {"type": "integer", "minimum": 0},
                        "id": _TEXT,
                        "reason": {"enum": list(get_args(RefusalReason))},
                        "detail": _TEXT,
                    },
                },
                "Taken": {
                    "type": "object",
                    "required": ["accepted", "known", "refused"],
                    "properties": {
                        "accepted": {"type": "integer", "minimum": 0},
                        "known": {"type": "integer", "minimum": 0, "description": "Kept before: nothing is done twice."},
                        "refused": {"type": "array", "items": {"$ref": "#/components/schemas/Refused"}},
                    },
                },
                "Problem": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail"],
                    "properties": {
                        "type": {"type": "string", "format": "uri-reference"},
                        "title": _TEXT,
                        "status": {"type": "integer"},
                        "detail": _TEXT,
                        "refused": {"type": "array", "items": {"$ref": "#/components/schemas/Refused"}},
                    },
                    "description": "RFC 9457.",
                },
            },
        },
    }
