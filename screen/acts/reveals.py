"""A person sees a masked value of a record whole: asked with a purpose, on record before it is shown, in one answer alone.

What is sealed stands under the keeper's keys and is looked at by `screen.acts.looks`; this is for what the log has in clear.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from kafka.errors import KafkaError
from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.declared_routes import ActRoute, reader
from screen.access.people import Person, person_of
from screen.acts.looks import known
from screen.feed.hub import Hub
from screen.signer.looking import RecordAt, told
from screen.signer.notary import NotSignedError
from screen.signer.wire import Purpose
from screen.web.json_response import RefusedError, json_response
from streams.catalogue.described import find
from streams.catalogue.sight import weight
from streams.command import Trouble
from streams.messages import Access, DecodeError, Event, Place, Text, decode_event
from streams.messages.rights import REVEALS
from streams.messages.words import Line

ADDRESS = "/screen/reveal"

MOST_FIELDS = 32
"""Fields that one reveal shows, and names on record."""


class RevealRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends: which record of the evidence of an alert, and what it is looked at for."""

    alert: Line
    place: Place
    purpose: Purpose


class RevealedField(Struct, frozen=True):
    """A field that is masked elsewhere: its path in the data, what it is called, its value."""

    path: str
    name: Text
    value: Any


class Reveals:
    """The route by which masked values are seen whole; `write` comes back once what it is given is in the log."""

    def __init__(self, hub: Hub, record_at: RecordAt, write: Callable[[Access], None]) -> None:
        self._hub, self._record_at, self._write = hub, record_at, write

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [ActRoute(ADDRESS, self.reveal, reads=reader(RevealRequest), right="look", bounds=self._bounds)]

    async def reveal(self, asked: RevealRequest, request: Request) -> Response:
        """The masked fields of the record that are for the person's role; an error where nothing was shown."""
        alert, person = known(self._hub.view, asked.alert), person_of(request)
        if alert is None:
            raise RefusedError(404, f"the screen has no alert {asked.alert!r}")
        if asked.place not in {each.place for each in alert.evidence}:
            raise RefusedError(409, f"the record at {told(asked.place)} is no evidence of this alert")
        event = await run_in_threadpool(self._event, asked.place)
        if event.subject != alert.subject:
            raise RefusedError(409, f"the record at {told(asked.place)} is of another subject")
        found = list(masked_fields(event, person.role))[:MOST_FIELDS]
        if not found:
            raise RefusedError(404, "nothing in the record is masked and for this role")
        record = Access(
            kind="reveal",
            who=person.id,
            what=ADDRESS,
            record=told(asked.place),
            fields=tuple(f"{event.type}:{each.path}" for each in found),
            purpose=asked.purpose,
        )
        try:
            await run_in_threadpool(self._write, record)
        except (KafkaError, Trouble) as error:
            raise RefusedError(503, f"nothing is shown, for it cannot be put on record: {error}") from None
        return json_response({"fields": found}, 200)

    def _event(self, place: Place) -> Event:
        try:
            value = self._record_at(place)
        except NotSignedError as error:
            raise RefusedError(503, str(error)) from None
        if value is None:
            raise RefusedError(410, f"there is no record at {told(place)}, or Kafka keeps it no longer")
        try:
            return decode_event(value)
        except DecodeError:
            raise RefusedError(409, f"the record at {told(place)} is no event") from None

    def _bounds(self, asked: RevealRequest, person: Person) -> str:
        return person.not_for_alert(known(self._hub.view, asked.alert))


def masked_fields(event: Event, role: str) -> Iterator[RevealedField]:
    """The fields of an event that are masked elsewhere and that this role may have shown, with their values in clear."""
    described, data = find(event.type), _data(event)
    for field in described.fields if described else ():
        if field.entry is None or role not in REVEALS.get(weight(field.entry), frozenset()):
            continue
        for path, value in _at(data, tuple(field.shape.path.replace("[]", ".[]").split(".")), ""):
            if value not in (None, "") and not isinstance(value, dict | list):  # a dict is a reference to what is sealed
                yield RevealedField(path, field.name, value)


def _data(event: Event) -> Any:
    try:
        return msgspec.json.decode(event.data)
    except msgspec.DecodeError:
        return None


def _at(data: Any, way: tuple[str, ...], before: str) -> Iterator[tuple[str, Any]]:
    """The values at a path of the directory (`factors.*.avg`, `receivers[].demand`), each with its own path."""
    if not way:
        yield before, data
    elif way[0] == "[]":
        for n, each in enumerate(data if isinstance(data, list) else ()):
            yield from _at(each, way[1:], f"{before}[{n}]")
    elif isinstance(data, dict):
        for name in data if way[0] == "*" else [way[0]] if way[0] in data else []:
            yield from _at(data[name], way[1:], f"{before}.{name}".lstrip("."))
