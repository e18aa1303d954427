"""The HTTP gateway without sockets and Kafka: a register, what it keeps, and a client that posts."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from streams.gateways.drain import unpacked
from streams.gateways.foreign.mapping import Foreign
from streams.gateways.http.app import HttpGateway
from streams.gateways.http.reception import HttpReception
from streams.gateways.http.signature import Scheme
from streams.gateways.http.sources import HttpSource, Register, hash_of
from streams.gateways.intake.followed import FollowedFiles
from streams.gateways.intake.keeping import Lost
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.intake.seen import Seen
from streams.messages import Name, parse_time

TOKEN, SECRET = "a-token-of-the-air-platform", b"0123456789abcdef"
NOW = parse_time("2026-06-01T08:10:00+08:00")
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"

AIR = HttpSource(token=hash_of(TOKEN), types=("environment.air_hour",), subjects=("air.4101*",), sources=("/air",))
SIGNED = HttpSource(
    signature=Scheme(key="k1", secret="k1.secret"),  # noqa: S106 - the name of a file
    types=("special_equipment.lift_state",),
    subjects=("lift.*",),
)
SOURCES = {"air": AIR, "lifts": SIGNED}


class KeptThings:
    """Keeps payloads in a list, or refuses to; `wait` is waited for before that."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.full = False
        self.wait: asyncio.Event | None = None

    async def keep(self, payloads: list[bytes]) -> None:
        """Keep them."""
        if self.wait is not None:
            await self.wait.wait()
        if self.full:
            raise Lost("full")
        self.records += payloads

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that were kept."""
        return [json.loads(event) for record in self.records for event in unpacked(record).events]

    @property
    def facts(self) -> list[dict[str, Any]]:
        """Those that say nothing of the gateway itself."""
        return [event for event in self.events if not event["source"].startswith("gateway/")]

    @property
    def refused(self) -> list[dict[str, Any]]:
        """What was refused, as the log is told."""
        return [event for event in self.events if event["type"].endswith(".refused_input")]


class Posting:
    """A gateway with these senders at a moment that may be moved (`now`, ms), and what it keeps."""

    def __init__(
        self,
        sources: dict[str, HttpSource] | None = None,
        mappings: Mapping[str, Sequence[Foreign]] | None = None,
        each: int = 1_000,
    ) -> None:
        self.kept, self.now, self.client = KeptThings(), NOW, "127.0.0.1"
        found = SOURCES if sources is None else sources
        limit = TellingLimit(frozenset(found), each, frozenset({"token", "signature"}))
        self.reception = HttpReception(found, Refusals("http", Name(zh="网关", en="gateway"), "410100", limit, "run"), Seen())
        register = Register(found, {name: SECRET for name, source in found.items() if source.signature}, mappings or {})
        self.gateway = HttpGateway(register, self.reception, self.kept, lambda: self.now)

    async def send(
        self, body: Any, kind: str = STRUCTURED, method: str = "POST", path: str = "/events", **headers: str
    ) -> httpx.Response:
        """One request; a body that is no bytes goes as JSON."""
        content = body if isinstance(body, bytes) or hasattr(body, "__aiter__") else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        transport = httpx.ASGITransport(self.gateway.app, client=(self.client, 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            found = {name.encode(): value.encode("latin-1") for name, value in given.items() if value}
            return await client.request(method, path, content=content, headers=found)

    def post(
        self, body: Any, kind: str = STRUCTURED, method: str = "POST", path: str = "/events", **headers: str
    ) -> httpx.Response:
        """The same, at once."""
        return asyncio.run(self.send(body, kind, method, path, **headers))


def standing(register: Register) -> FollowedFiles[Register]:
    """A register that is in no file."""
    return FollowedFiles(lambda: register, lambda _: (), str)


def event(id_: str = "1", **other: Any) -> dict[str, Any]:
    """An hour of an air station as the sender `air` may send it."""
    return {
        "specversion": "1.0",
        "id": id_,
        "source": "/air",
        "type": "environment.air_hour",
        "subject": "air.410100.X",
        "time": "2026-06-01T08:00:00+08:00",
        "data": {"pm25": 35.0},
    } | other


def without(name: str) -> dict[str, Any]:
    """The event without an attribute."""
    return {key: value for key, value in event().items() if key != name}


def events(number: int) -> Iterator[dict[str, Any]]:
    """So many events."""
    return (event(str(n)) for n in range(number))
