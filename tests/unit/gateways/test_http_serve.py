"""The HTTP gateway on a real socket, without Kafka: slow senders, many connections, its description, its metrics, the disk."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from prometheus_client import CollectorRegistry, generate_latest

from streams import request_timeout
from streams.gateways.drain import unpacked
from streams.gateways.http import serve
from streams.gateways.http.metrics import GatewayMetrics
from streams.gateways.http.openapi import document
from streams.gateways.http.serve import HttpService
from streams.gateways.http.sources import Register
from streams.gateways.intake.followed import FollowedFiles
from streams.gateways.intake.secured import tls
from streams.gateways.spool import Spool
from streams.kafka import secure
from streams.settings import access_folder
from tests.support.gateways.http import BATCH, SECRET, SOURCES, STRUCTURED, TOKEN, Posting, event, standing
from tests.support.kafka.settings import settings_in

Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Coroutine[None, None, Talk]]

REGISTER = Register(SOURCES, {"lifts": SECRET})
HEAD = f"POST /events HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: {STRUCTURED}\r\n"


@asynccontextmanager
async def running(service: HttpService) -> AsyncIterator[int]:
    """A gateway that serves; its port."""
    stop = threading.Event()
    with serve.listening_at("127.0.0.1", 0) as listening:
        task = asyncio.create_task(service.run(listening, stop))
        try:
            yield listening.getsockname()[1]
        finally:
            stop.set()
            await asyncio.wait_for(task, 20)


async def posted(port: int, body: Any, kind: str = STRUCTURED) -> httpx.Response:
    """One request over the socket."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
    async with httpx.AsyncClient() as client:
        return await client.post(f"http://127.0.0.1:{port}/events", content=json.dumps(body), headers=headers)


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Whether the gateway ends a connection."""
    try:
        while await asyncio.wait_for(reader.read(1_000), 20):
            pass
    except ConnectionError:
        return True
    return True


def test_slow_senders_are_ended_and_cost_nobody_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a header, half a body, nothing at all: each connection ends in its time, while others are served."""
    monkeypatch.setattr(request_timeout, "WHOLE", 0.5)

    async def scene(service: HttpService) -> None:
        async with running(service) as port:
            talks = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
            talks[0][1].write(b"POST /events HTT")
            talks[1][1].write(f"{HEAD}Content-Length: 100\r\n\r\n{{".encode())
            assert (await posted(port, event())).status_code == 202
            for reader, _ in talks:
                assert await is_closed(reader)
            assert (await posted(port, event("2"))).status_code == 202

    with Spool(tmp_path) as spool:
        asyncio.run(scene(HttpService(standing(REGISTER), spool, "410100")))


def test_headers_and_connections_have_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header without an end is 400; beyond the most connections the next is closed, and those that stand are served."""
    monkeypatch.setattr(serve, "CONNECTIONS", 2)

    async def scene(service: HttpService) -> None:
        async with running(service) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /events HTTP/1.1\r\nX: " + b"a" * (serve.HEADERS + 1))
            assert b"400" in await asyncio.wait_for(reader.readline(), 10)
            writer.close()
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
            assert await is_closed(held[2][0])
            held[0][1].write(f"{HEAD}Content-Length: 2\r\n\r\n{{}}".encode())
            assert b"400" in await asyncio.wait_for(held[0][0].readline(), 10)

    with Spool(tmp_path) as spool:
        asyncio.run(scene(HttpService(standing(REGISTER), spool, "410100")))


def test_tls_and_a_new_certificate(tmp_path: Path, wait: Callable[[Callable[[], object]], None]) -> None:
    """Only TLS is spoken, by the certificate of the authority; one that is put in its place holds from then on."""
    settings, pem = settings_in(tmp_path), access_folder(tmp_path) / "broker.pem"
    secure.prepare(settings)
    secure.renew(settings)
    secured = FollowedFiles(lambda: tls(pem, pem), lambda _: [pem], str)
    context = ssl.create_default_context(cafile=access_folder(tmp_path) / "ca.pem")

    def number(port: int) -> str:
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as it,
        ):
            return str((it.getpeercert() or {})["serialNumber"])

    async def scene(service: HttpService) -> None:
        async with running(service) as port:
            async with httpx.AsyncClient(verify=context) as client:
                headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": STRUCTURED}
                response = await client.post(f"https://127.0.0.1:{port}/events", content=json.dumps(event()), headers=headers)
                assert response.status_code == 202
            with pytest.raises(httpx.HTTPError):
                await posted(port, event("2"))
            before = await asyncio.to_thread(number, port)
            secure.renew(settings)
            await asyncio.to_thread(wait, lambda: number(port) != before)

    with Spool(tmp_path / "spool") as spool:
        asyncio.run(scene(HttpService(standing(REGISTER), spool, "410100", secured)))


def test_what_was_answered_is_on_the_disk_and_known_by_the_next(tmp_path: Path) -> None:
    """A full spool is 503 and is told once there is room; the next gateway on the same spool knows what came."""

    async def first(service: HttpService, spool: Spool) -> int:
        async with running(service) as port:
            number = 0
            while (response := await posted(port, event(str(number)))).status_code == 202:
                number += 1
            assert (response.status_code, response.headers["retry-after"]) == (503, "2")
            spool.pass_on(spool.durable, 1)
            assert (await posted(port, event(str(number)))).status_code == 202
            for _ in range(200):
                if b'"reason":"unkept"' in b"".join(record.payload for record in spool.read(0, 1_000)):
                    return number
                await asyncio.sleep(0.05)
        raise AssertionError("it was not told")

    async def second(service: HttpService, number: int) -> None:
        async with running(service) as port:
            batch = [event(str(n)) for n in range(number + 1)]
            assert (await posted(port, batch, BATCH)).json() == {"accepted": 0, "known": number + 1, "refused": []}

    with Spool(tmp_path, most=8_000, segment=2_000) as spool:
        number = asyncio.run(first(HttpService(standing(REGISTER), spool, "410100"), spool))
    with Spool(tmp_path) as spool:
        kept = {json.loads(each)["id"] for record in spool.read(0, 1_000) for each in unpacked(record.payload).events}
        assert str(number) in kept
        asyncio.run(second(HttpService(standing(REGISTER), spool, "410100"), number))


def test_the_gateway_describes_itself() -> None:
    """OpenAPI 3.1, served without a token; a broken document is found."""
    response = Posting().post(b"", method="GET", path="/openapi.json", Authorization="")
    found = response.json()
    assert response.status_code == 200
    validate(found, cls=OpenAPIV31SpecValidator)
    assert {"202", "400", "401", "403", "405", "413", "415", "429", "503"} <= set(
        found["paths"]["/events"]["post"]["responses"]
    )
    with pytest.raises(OpenAPIValidationError):
        validate(
            json.loads(json.dumps(document()).replace('"responses"', '"answers"')) | {"paths": 1}, cls=OpenAPIV31SpecValidator
        )


def test_the_answers_are_as_described() -> None:
    """What is really answered fits the schemas that the description has for it."""
    import jsonschema  # noqa: PLC0415

    schemas = document()["components"]["schemas"]
    whole = {"$defs": schemas}
    text = json.dumps(whole).replace("#/components/schemas/", "#/$defs/")
    for name, response in (
        ("Taken", Posting().post([event(), 1], BATCH)),
        ("Problem", Posting().post(b"{")),
        ("Problem", Posting().post(event(), Authorization="")),
        ("Problem", Posting().post(b"", method="GET")),
    ):
        jsonschema.validate(response.json(), json.loads(text) | {"$ref": f"#/$defs/{name}"})
    jsonschema.validate(event(), json.loads(text) | {"$ref": "#/$defs/Event"})


def test_health_and_metrics(tmp_path: Path) -> None:
    """`/healthz` says whether anything can be kept; Prometheus hears counts by status, sender and outcome, and the spool."""
    posting = Posting()
    posting.post([event("1"), event("1"), 7], BATCH)
    posting.post(event(), Authorization="")
    assert posting.post(b"", method="GET", path="/healthz", Authorization="").json() == {"status": "ok"}
    registry = CollectorRegistry()
    with Spool(tmp_path) as spool:
        registry.register(GatewayMetrics(posting.gateway.counts, spool, lambda: "away", lambda: "wrong"))
        told = generate_latest(registry).decode()
    for line in (
        'onescreen_gateway_http_requests_total{status="202"} 1.0',
        'onescreen_gateway_http_requests_total{status="401"} 1.0',
        'onescreen_gateway_http_events_total{outcome="accepted",sender="air"} 1.0',
        'onescreen_gateway_http_events_total{outcome="known",sender="air"} 1.0',
        'onescreen_gateway_http_events_total{outcome="refused",sender="air"} 1.0',
        "onescreen_gateway_http_spool_records 0.0",
        "onescreen_gateway_http_kafka_away 1.0",
        "onescreen_gateway_http_register_fault 1.0",
    ):
        assert line in told


def test_an_answer_does_not_wait_for_the_senders_acknowledgement() -> None:
    """A connection sends at once (TCP_NODELAY): else the body follows its head when the sender's 40 ms have run out."""
    with (
        serve.listening_at("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
