"""`python -m streams gateway http`: takes CloudEvents and foreign documents that senders post, and answers what is kept.

An event is answered by 202 when it is on this machine's disk (`streams.gateways.spool`), from where it goes into the log in its
order, whatever becomes of Kafka meanwhile. Where the spool is full the answer is 503. Senders are those of the register.
"""

import argparse
import asyncio
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4
from weakref import WeakSet

import uvicorn

from streams import places
from streams.clock import wall_time
from streams.command import Trouble
from streams.gateways.drain import Drain, packed
from streams.gateways.http.app import PATH, HttpGateway
from streams.gateways.http.metrics import GatewayMetrics
from streams.gateways.http.reception import HttpReception
from streams.gateways.http.sources import Register, load_sources
from streams.gateways.intake.followed import LOOK, FollowedFiles
from streams.gateways.intake.keeping import Keeping, Lost
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.metrics import serve_metrics
from streams.gateways.intake.refusals import Refusals
from streams.gateways.intake.secured import handing, tls_of, tls_options
from streams.gateways.intake.seen import SAVED, Seen, restore, save
from streams.gateways.intake.spooling import opened, spool_options
from streams.gateways.spool import Spool
from streams.messages import Name
from streams.places.organs import shapes
from streams.request_timeout import TimedProtocol
from streams.settings import Settings, load
from streams.stopping import stop_event
from streams.topics import LIVE

PART = "registrar-http"

PORT = 9280
"""Where senders are heard; 本系统默认 (a default of this system)."""

CONNECTIONS = 1_000
"""Connections at a time; beyond them the next is closed at once. 本系统默认."""

IDLE = 60
"""Seconds that a connection is kept between two requests; 本系统默认, above the pause of senders that post each half minute."""

HEADERS = 32 << 10
"""Bytes of the headers of a request at most; 本系统默认."""

EACH = 1_000
"""What is told one by one in an hour of one sender and reason; after that the next power of two with its number. 本系统默认."""

DAILY = frozenset({"token", "signature"})
"""Reasons that are told once a day of whoever has them."""

SLOW = 10.0
"""Seconds in which requests end when the gateway does; 本系统默认."""


_SHAKING: "WeakSet[BoundedProtocol]" = WeakSet()  # connections whose TLS handshake has not ended


class BoundedProtocol(TimedProtocol):
    """HTTP/1.1 whose requests become whole in time, on so many connections at most, those that begin TLS among them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A connection; ConnectionRefusedError, which closes it, where too many have not shown what they want."""
        if len(_SHAKING) >= CONNECTIONS:
            raise ConnectionRefusedError
        super().__init__(*args, **kwargs)
        _SHAKING.add(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, or close it where there are too many."""
        _SHAKING.discard(self)
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.close()


class HttpServer(uvicorn.Server):
    """uvicorn, which leaves signals alone: `streams.stopping` hears them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


class HttpService:
    """Serves one gateway on one address until it is told to stop, and notes what it knows.

    `senders`: the register, which is read again when it changes; `secured`: what TLS is spoken with, read again likewise, None
    where none is spoken.
    """

    def __init__(
        self, senders: FollowedFiles[Register], spool: Spool, region: str, secured: FollowedFiles[ssl.SSLContext] | None = None
    ) -> None:
        register, self._senders, self._secured = senders.value, senders, secured
        name = Name(zh="HTTP 接入网关", en="HTTP gateway")
        self._limit = TellingLimit(frozenset(register.sources), EACH, DAILY)
        refusals, areas = Refusals("http", name, region, self._limit, uuid4().hex[:12]), shapes(places.here(), places.ROOT)
        self._reception = HttpReception(register.sources, refusals, Seen(), areas)
        self._spool, self._keeping = spool, Keeping(spool, _say)
        restore(self._reception.seen, spool, wall_time(), _say)
        self._told = 0
        self.gateway = HttpGateway(
            register, self._reception, self._keeping, wall_time, lambda: not self._keeping.unkept, region
        )

    async def run(self, listening: socket.socket, stop: threading.Event) -> None:
        """Serve until `stop` is set."""
        secured = self._secured
        config = uvicorn.Config(
            self.gateway.app,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=int(SLOW),
            h11_max_incomplete_event_size=HEADERS,
            ssl_context_factory=None if secured is None else (lambda *_: handing(secured)),
        )
        server = HttpServer(config)
        tasks = [asyncio.create_task(self._keeping.run()), asyncio.create_task(self._by_the_second())]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        waiting = asyncio.create_task(asyncio.to_thread(stop.wait))
        try:
            host, port = listening.getsockname()[:2]
            _say(f"ready on {host}:{port}{PATH}{'' if self._secured is None else ' by TLS'}")
            done, _ = await asyncio.wait([waiting, serving, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # what should go on for ever has failed
        finally:
            stop.set()
            server.should_exit = True
            await asyncio.wait([serving])
            for task in tasks:
                task.cancel()
            save(self._reception.seen, self._spool)

    async def _by_the_second(self) -> None:
        """Tell what could not be kept once there is room, note what is known."""
        seconds = 0
        while True:
            await asyncio.sleep(1)
            seconds += 1
            if self._keeping.unkept and self._keeping.kept > self._told:
                many, self._keeping.unkept = self._keeping.unkept, 0
                _say(f"posts are kept and answered again; {many} records were not")
                message = f"{many} records could not be kept, and were answered by 503: the spool was full, or its disk failed"
                told = self._reception.refused("", "unkept", message, wall_time())
                if told:
                    with suppress(Lost):
                        await self._keeping.keep([packed(told)])
            self._told = self._keeping.kept
            if seconds % SAVED == 0:
                await asyncio.to_thread(save, self._reception.seen, self._spool)
            if seconds % int(LOOK) == 0:
                await self._look()

    async def _look(self) -> None:
        """Let what was changed in the register, and a new certificate, hold from now on."""
        register = await asyncio.to_thread(self._senders.look)
        if register is not None:
            self._limit.know(frozenset(register.sources))
            self.gateway.adopt(register)
        if self._secured is not None:
            await asyncio.to_thread(self._secured.look)


def serve(settings: Settings, log: str, options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    senders = FollowedFiles(lambda: load_sources(options.sources), lambda register: register.files, _say)
    secured = tls_of(options, _say)
    stop = stop_event()
    with (
        opened(options, settings, f"http-{log}", "answered", _say) as spool,
        listening_at(options.host, options.port) as listening,
    ):
        service = HttpService(senders, spool, f"{settings.place:0<6}", secured)
        drain = Drain(settings, log, PART, spool)
        metrics = GatewayMetrics(service.gateway.counts, spool, lambda: drain.away, lambda: senders.fault)
        serve_metrics(metrics, settings, _say)
        _say(f"{len(senders.value.sources)} senders; log {log!r}; {spool.waiting} records wait in {spool.folder}")
        with drain.beside(stop):
            asyncio.run(service.run(listening, stop))
        counts = service.gateway.counts
        _say(f"{counts.requests.total()} requests, {counts.events.total()} events; {spool.waiting} records wait in the spool")
    return 0


def listening_at(host: str, port: int) -> socket.socket:
    """A socket that listens; Trouble where the address cannot be used.

    Without TCP_NODELAY, which its connections take from it, an answer's body waits until the sender has acknowledged its head:
    40 ms. asyncio sets it only of sockets that name their protocol, which `create_server` does not let them do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        raise Trouble(f"{host}:{port} cannot be used: {error.strerror}") from None
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def options_of(parser: argparse.ArgumentParser) -> None:
    """What can be said at the command line."""
    parser.add_argument("--log", default=LIVE, help=f"the log to write into ({LIVE})")
    parser.add_argument("--sources", type=Path, required=True, metavar="FILE.toml", help="the register of senders")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=PORT, help=f"the port to listen on ({PORT}; 0: any that is free)")
    tls_options(parser)
    spool_options(parser, "spool/http-LOG")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.spool_most < 1 or not 0 <= options.port <= 65_535:
        raise ValueError("--spool-most is 1 or more, --port 0 to 65535")
    return serve(load(), options.log, options)


def _say(text: str) -> None:
    sys.stderr.write(f"http: {text}\n")
    sys.stderr.flush()
