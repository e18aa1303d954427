"""What senders are answered: JSON, and problems by RFC 9457. Pure."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.responses import Response

from streams.gateways.http.reception import Posted

AGAIN = 2
"""Seconds after which one that was turned away for want of room may come again; 本系统默认 (a default of this system)."""


class Declined(Exception):  # noqa: N818 - what it says
    """A request is not taken: the status, a word why, the same in a sentence, and headers of the answer."""

    def __init__(self, status: int, reason: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.reason, self.detail, self.headers = status, reason, detail, dict(headers or {})


def later(status: int, reason: str, detail: str, seconds: int = AGAIN) -> Declined:
    """One who is to come again after so many seconds: 429 or 503."""
    return Declined(status, reason, detail, {"Retry-After": str(seconds)})


def json_answer(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def problem(
    status: int, reason: str, detail: str, posted: Posted | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """What is wrong, by RFC 9457; of a request that was read, each event that was refused."""
    found: dict[str, Any] = {
        "type": f"urn:onescreen:gateway:{reason}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if posted is not None:
        found["refused"] = posted.refused
    return Response(msgspec.json.encode(found), status, headers, "application/problem+json")


def answer_to(posted: Posted, *, strict: bool) -> Response:
    """The answer to a request whose good events are kept; to a strict sender where all of it is good, or none was taken."""
    headers = {"Preference-Applied": "handling=strict"} if strict else {}
    if strict and posted.refused:
        return problem(400, "strict", "not all of it is good, and nothing of it was taken", posted, headers)
    if posted.status != HTTPStatus.ACCEPTED:
        reason = "rights" if posted.status == HTTPStatus.FORBIDDEN else posted.refused[0].reason
        return problem(posted.status, reason, "none of it was taken", posted, headers)
    return json_answer(202, posted.answer(), headers)


def is_strict(prefer: list[str]) -> bool:
    """Whether the sender prefers that nothing is taken where not all is good (RFC 7240 4.4); the first preference counts.

    >>> is_strict(["return=minimal, Handling=strict"]), is_strict(["handling=lenient, handling=strict"]), is_strict([])
    (True, False, False)
    """
    wishes = [each.strip().lower().replace(" ", "") for line in prefer for each in line.replace(";", ",").split(",")]
    handling = next((each for each in wishes if each.startswith("handling=")), "")
    return handling.removeprefix("handling=").strip('"') == "strict"
