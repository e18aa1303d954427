"""Acts as the page sends them, and the commands that come of them."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from streams.kafka import clients
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.town import DOMAIN

HEADERS = {"content-type": "application/json", "x-onescreen": "act"}


def commands(settings: Settings, log: str) -> list[Any]:
    """The records of the log's events topic; the tests write no others there."""
    return clients.read_topic(settings, events_topic(log, DOMAIN))


def post(address: str, body: dict[str, Any], path: str = "act", **changes: str | None) -> tuple[int, dict[str, Any]]:
    """Status and answer of an act that is sent without a browser; `changes` replace headers, None leaves one out."""
    wanted = {"origin": address} | HEADERS | {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in wanted.items() if value is not None}
    request = Request(f"{address}/screen/{path}", json.dumps(body).encode(), headers)  # noqa: S310 - our own screen
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310 - our own screen
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def press(made: Any, **changes: Any) -> dict[str, Any]:
    """The body of an act on an alert."""
    sent = {"alert": made.id, "occurrence": made.occurrence, "verb": "acknowledge", "reason": "已派人核查", "key": "a" * 32}
    return sent | changes
