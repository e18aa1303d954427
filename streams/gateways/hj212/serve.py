"""`python -m streams gateway hj212`: takes what devices of HJ 212 send over TCP, and answers what is kept.

A frame is answered when its events are on this machine's disk (`streams.gateways.spool`), from where they go into the log in
their order, whatever becomes of Kafka meanwhile. Where the spool is full nothing is answered, and that is told. Devices are
those of the register. Nothing is ever sent to a device but answers, questions for data of the past, and by a signed order what
sets its clock (`hj212.clock`).
"""

import argparse
import asyncio
import ssl
import sys
import threading
from contextlib import nullcontext, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from streams.clock import wall_time
from streams.command import Trouble
from streams.gateways.drain import Drain, packed, unpacked
from streams.gateways.hj212.clock.exchange import Clocks
from streams.gateways.hj212.clock.follow import Orders
from streams.gateways.hj212.clock.serve import ClockSetting, restored
from streams.gateways.hj212.frame import Problem
from streams.gateways.hj212.metrics import DeviceCounts, DeviceMetrics
from streams.gateways.hj212.reception import Caller, Reception, Taken, label
from streams.gateways.hj212.register import Device, load_register
from streams.gateways.hj212.stream import Framer, Noise
from streams.gateways.intake.followed import LOOK, FollowedFiles
from streams.gateways.intake.keeping import Keeping, Lost
from streams.gateways.intake.metrics import serve_metrics
from streams.gateways.intake.secured import handing, tls_of, tls_options
from streams.gateways.intake.spooling import opened, spool_options
from streams.gateways.spool import Spool, write_whole
from streams.risk.following import Following
from streams.settings import Settings, load
from streams.signing.machine.part import pinned
from streams.stopping import stop_event
from streams.topics import LIVE

PART = "registrar-hj212"

PORT = 9212
"""Where devices are heard; 本系统默认 (a default of this system), HJ 212 names no port."""

CONNECTIONS = 6_000
"""Connections at a time; beyond them the next is closed at once. 本系统默认: 5,000 devices, and some that come anew."""

STRANGERS = 500
"""Connections on which no device has shown its password yet; beyond them the oldest is closed. 本系统默认."""

FIRST = 60.0
"""Seconds in which a device must have shown its password; 本系统默认, twice what a device tries (table 1: 10 s, 3 times)."""

HALF = 10.0
"""Seconds in which a frame that has begun must be whole (table 1)."""

IDLE = 7_200.0
"""Seconds without a byte after which a connection is closed; 本系统默认, twice the longest RtdInterval (table 4: 3,600 s)."""

NOISE = 64 << 10
"""Bytes without a good frame of a device after which a connection is closed; 本系统默认."""

PIECE = 4 << 10
"""Bytes that are read of a connection before the others are served; 本系统默认, some frames."""

SLOW = 10.0
"""Seconds in which a device must have taken an answer (table 1)."""

KNOWN = 20_000
"""Newest records of the spool that are looked over at a start for frames that may come again; 本系统默认, more than
one write to the disk has."""

CLOCKS = "clocks"
"""The file in the spool's folder that says which orders to set clocks are under way or done."""

SAVED = 60
"""Seconds after which what has come of each device is noted for the next start; 本系统默认."""


class Connection(Struct, eq=False):
    """One connection as the gateway has it."""

    caller: Caller
    writer: asyncio.StreamWriter
    framer: Framer
    noise: int = 0

    def say(self, request: bytes) -> None:
        """Send a request; what has ended hears nothing."""
        if not self.writer.transport.is_closing():
            self.writer.write(request)

    def close(self) -> None:
        """End it without waiting for what it has not taken."""
        self.caller.closed = True
        self.writer.transport.abort()


class Gateway:
    """Serves the connections of devices with one reception and one spool.

    `region`: the adcode under which it registers devices of which it tells the standing watch. `register`: the devices, read
    again when its file changes; `secured`: what TLS is spoken with, read again likewise, None where none is spoken; `clocks`:
    what sets clocks by orders, None where nothing does.
    """

    def __init__(
        self,
        reception: Reception,
        spool: Spool,
        connections: int = CONNECTIONS,
        region: str = "",
        *,
        register: FollowedFiles[dict[str, Device]] | None = None,
        secured: FollowedFiles[ssl.SSLContext] | None = None,
        clocks: ClockSetting | None = None,
    ) -> None:
        self._reception, self._spool, self._connections = reception, spool, connections
        self._register, self._secured, self._clocks = register, secured, clocks
        self._keeping = Keeping(spool, _say)
        self._open: dict[Caller, Connection] = {}
        self._strangers: dict[Caller, Connection] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._told = 0
        self._following = Following("gateway/hj212", region)
        self.counts = DeviceCounts(reception.verdicts, reception.requests)

    async def run(self, host: str, port: int, stop: threading.Event) -> None:
        """Serve until `stop` is set; OSError where the address cannot be used."""
        tls, within = (None, None) if self._secured is None else (handing(self._secured), HALF)
        server = await asyncio.start_server(
            self._serve, host, port, limit=PIECE, backlog=1_024, ssl=tls, ssl_handshake_timeout=within
        )
        tasks = [asyncio.create_task(self._keeping.run()), asyncio.create_task(self._by_the_second())]
        if self._clocks is not None:
            tasks.append(asyncio.create_task(self._clocks.run(self._keeping.keep, self._send)))
        where = " ".join(f"{address[0]}:{address[1]}" for address in (each.getsockname() for each in server.sockets))
        _say(f"ready on {where}")
        waiting = asyncio.create_task(asyncio.to_thread(stop.wait))
        try:
            done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # what should go on for ever has failed
        finally:
            stop.set()
            server.close()
            await self._close()
            for task in tasks:
                task.cancel()
            _save(self._reception, self._spool)

    async def _close(self) -> None:
        """End all connections, and wait until whoever serves them has ended: a task that is cancelled tells of it at length."""
        for connection in list(self._open.values()):
            connection.close()
        if self._serving:
            await asyncio.wait(self._serving, timeout=SLOW)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(Caller(), writer, Framer())
        writer.transport.set_write_buffer_limits(high=PIECE)
        if len(self._open) >= self._connections:
            connection.close()
            return
        self._open[connection.caller] = self._strangers[connection.caller] = connection
        self._count()
        if serving := asyncio.current_task():
            self._serving.add(serving)
            serving.add_done_callback(self._serving.discard)
        if len(self._strangers) > STRANGERS:
            next(iter(self._strangers.values())).close()
        try:
            await self._listen(connection, reader)
        except (OSError, TimeoutError, Lost):
            pass  # it goes; what was answered is kept
        finally:
            self._open.pop(connection.caller, None)
            self._strangers.pop(connection.caller, None)
            self._reception.left(connection.caller)
            self._count()
            connection.close()

    def _count(self) -> None:
        self.counts.connections, self.counts.strangers = len(self._open), len(self._strangers)

    async def _listen(self, connection: Connection, reader: asyncio.StreamReader) -> None:
        """Take what comes until the connection ends, is silent for too long, or sends no good frame."""
        loop = asyncio.get_running_loop()
        begun, half = loop.time(), 0.0
        while not connection.caller.closed:
            now = loop.time()
            ends = now + IDLE if connection.caller.mns else begun + FIRST
            if connection.framer.half:
                half = half or now
                ends = min(ends, half + HALF)
            try:
                data = await asyncio.wait_for(reader.read(PIECE), max(ends - now, 0.001))
            except TimeoutError:
                was_half, half = connection.framer.half, 0.0
                await self._take(connection, list(connection.framer.flush()))
                if not was_half or (not connection.caller.mns and loop.time() >= begun + FIRST):
                    return
                continue
            if not data:
                await self._take(connection, list(connection.framer.flush()))
                return
            found = list(connection.framer.feed(data))
            if found or not connection.framer.half:
                half = 0.0
            connection.noise += len(data)
            if found:
                await self._take(connection, found)
            if connection.noise > NOISE:
                self._keep_soon(self._refused("noise", f"{connection.noise} bytes without a good frame: it is closed"))
                return

    async def _take(self, connection: Connection, found: list[bytes | Noise]) -> None:
        """Take some frames of a connection, keep what they say, and answer."""
        some = [self._one(connection, each, wall_time()) for each in found]
        kept = [packed(taken.events, label(taken)) for taken in some if taken.events]
        try:
            if kept:
                await self._keeping.keep(kept)
        except Lost:
            for taken in some:
                self._reception.lost(taken)
            self.counts.unkept += len(kept)
            return
        answers = b"".join(answer for taken in some if (answer := self._reception.done(taken)) is not None)
        if mns := {taken.mn for taken in some if taken.mn}:
            self._follow(connection, mns)
            connection.noise = 0
            self._strangers.pop(connection.caller, None)
            self._count()
        if answers and not connection.caller.closed:
            connection.writer.write(answers)
            await asyncio.wait_for(connection.writer.drain(), SLOW)
        if any(taken.close for taken in some):
            connection.close()

    def _follow(self, connection: Connection, mns: set[str]) -> None:
        """Tell the standing watch of a device whose password is used in two places at one time."""
        address, now = connection.writer.get_extra_info("peername")[0], wall_time()
        if told := [event for mn in sorted(mns) for event in self._following.used(mn, address, now)]:
            self._keep_soon(Taken(events=told))

    def _one(self, connection: Connection, found: bytes | Noise, now: int) -> Taken:
        if isinstance(found, Noise):
            return self._refused("noise", f"{found.size} bytes that belong to no frame")
        return self._reception.take(found, connection.caller, now)

    def _refused(self, fault: str, message: str) -> Taken:
        return self._reception.refused(b"", [Problem(fault, message)], wall_time())  # type: ignore[arg-type]  # one of Fault

    def _keep_soon(self, taken: Taken) -> None:
        """Keep what nobody waits for."""
        if taken.events:
            task = asyncio.ensure_future(self._keeping.keep([packed(taken.events)]))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _by_the_second(self) -> None:
        """Ask for what is missing, give up what never came, note what has come."""
        seconds = 0
        while True:
            await asyncio.sleep(1)
            seconds += 1
            now = wall_time()
            for _, caller, request in self._reception.questions(now):
                self._send(caller, request)
            self._keep_soon(self._reception.expired(now))
            self._tell_unkept()
            if seconds % int(LOOK) == 0:
                await self._look()
            if seconds % SAVED == 0:
                _save(self._reception, self._spool)

    def _send(self, caller: Caller, request: bytes) -> None:
        if (connection := self._open.get(caller)) is not None:
            connection.say(request)

    async def _look(self) -> None:
        """Let what was changed in the register, and a new certificate, hold from now on."""
        devices = None if self._register is None else await asyncio.to_thread(self._register.look)
        if devices is not None:
            self._reception.register(devices)
            if self._clocks is not None:
                self._clocks.clocks.register(devices)
        if self._secured is not None:
            await asyncio.to_thread(self._secured.look)

    def _tell_unkept(self) -> None:
        """Once there is room again: how many frames were not kept while there was none."""
        if self._keeping.unkept and self._keeping.kept > self._told:
            many, self._keeping.unkept = self._keeping.unkept, 0
            _say(f"frames are kept and answered again; {many} were not")
            self._keep_soon(self._refused("spool", f"{many} frames were not kept: the spool was full, or its disk failed"))
        self._told = self._keeping.kept


def _save(reception: Reception, spool: Spool) -> None:
    """Note what of each device has come, for the next start."""
    with suppress(OSError):  # without it fewer gaps are known after a start
        write_whole(spool.folder / "covered", reception.state())


def _restore(reception: Reception, spool: Spool) -> None:
    """Know again what was kept before this start, and what of each device has come."""
    for record in spool.read(max(spool.durable - KNOWN, 0), KNOWN):
        if kept := unpacked(record.payload).label:
            reception.kept(kept)
    path = spool.folder / "covered"
    try:
        reception.restore(path.read_bytes())
    except FileNotFoundError:
        return
    except (OSError, msgspec.DecodeError) as error:
        _say(f"{path} cannot be read ({error}): gaps from before this start are not asked for")


def _orders(settings: Settings, log: str, clocks: Clocks, spool: Spool) -> Orders | None:
    """What reads orders to set clocks; None where the log was never opened, for nobody signs there."""
    if not pinned(settings, log):
        return None
    path = spool.folder / CLOCKS
    try:
        return Orders(settings, log, restored(clocks, path))
    except (OSError, msgspec.DecodeError) as error:
        _say(f"{path} cannot be read ({error}): orders to set clocks from before this start are not carried out")
        return Orders(settings, log, {})


def serve(settings: Settings, log: str, options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    register = FollowedFiles(lambda: load_register(options.devices), lambda _: (options.devices,), _say)
    secured = tls_of(options, _say)
    stop = stop_event()
    with opened(options, settings, f"hj212-{log}", "answered", _say) as spool:
        region = f"{settings.place:0<6}"
        clocks = Clocks(register.value)
        reception = Reception(register.value, region, clocks.heard)
        _restore(reception, spool)
        drain = Drain(settings, log, PART, spool)
        orders = _orders(settings, log, clocks, spool)
        setting = ClockSetting(clocks, spool.folder / CLOCKS, orders.came) if orders else None
        gateway = Gateway(reception, spool, options.connections, region, register=register, secured=secured, clocks=setting)
        serve_metrics(DeviceMetrics(gateway.counts, spool, lambda: drain.away, lambda: register.fault), settings, _say)
        _say(f"{len(register.value)} devices; log {log!r}; {spool.waiting} records wait in {spool.folder}")
        try:
            with drain.beside(stop), orders.beside(stop) if orders else nullcontext():
                asyncio.run(gateway.run(options.host, options.port, stop))
        except OSError as error:
            raise Trouble(f"{options.host}:{options.port} cannot be used: {error.strerror}") from None
        frames, bad = reception.frames
        _say(f"{frames} frames, {bad} refused; {spool.waiting} records wait in the spool")
    return 0


def options_of(parser: argparse.ArgumentParser) -> None:
    """What can be said at the command line."""
    parser.add_argument("--log", default=LIVE, help=f"the log to write into ({LIVE})")
    parser.add_argument("--devices", type=Path, required=True, metavar="FILE.toml", help="the register of devices")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=PORT, help=f"the port to listen on ({PORT}; 0: any that is free)")
    tls_options(parser)
    spool_options(parser, "spool/hj212-LOG")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help=f"connections at a time ({CONNECTIONS})")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.spool_most < 1 or options.connections < 1 or not 0 <= options.port <= 65_535:
        raise ValueError("--spool-most and --connections are 1 or more, --port 0 to 65535")
    return serve(load(), options.log, options)


def _say(text: str) -> None:
    sys.stderr.write(f"hj212: {text}\n")
    sys.stderr.flush()
