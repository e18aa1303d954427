"""`python -m streams gateway mqtt`: takes what devices publish at an MQTT broker, and acknowledges what is kept.

A message is acknowledged when its events are on this machine's disk (`streams.gateways.spool`), from where they go into the
log in their order, whatever becomes of Kafka meanwhile. Where the spool is full nothing is acknowledged, the connection is made
anew, and that is told. The publisher was answered by the broker: what the broker promises is looked at and told at start.
"""

import argparse
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from streams import places
from streams.clock import wall_time
from streams.command import Trouble
from streams.gateways.drain import Drain
from streams.gateways.intake.followed import LOOK, FollowedFiles
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.metrics import serve_metrics
from streams.gateways.intake.refusals import Refusals
from streams.gateways.intake.seen import SAVED, Seen, restore, save
from streams.gateways.intake.spooling import opened, spool_options
from streams.gateways.mqtt.client import STUCK, MqttConnection
from streams.gateways.mqtt.metrics import MqttMetrics
from streams.gateways.mqtt.profile import DROPPED, VERSION, read_conf, rows, version_row
from streams.gateways.mqtt.reception import MqttReception, Received
from streams.gateways.mqtt.register import MqttRegister, load_mqtt
from streams.gateways.spool import Spool, SpoolFull, write_whole
from streams.messages import Name
from streams.places.organs import shapes
from streams.settings import Settings, load
from streams.stopping import stop_event
from streams.topics import LIVE

PART = "registrar-mqtt"

AT_ONCE = 500
"""Messages of one write to the disk; 本系统默认 (a default of this system)."""

EACH = 100
"""What is told one by one in an hour of one source and reason; after that the next power of two with its number. 本系统默认."""

RETRY = 5.0
"""Seconds after which it is tried again to keep messages; 本系统默认."""

PROBE = 30
"""Seconds in which the broker must deliver what the gateway publishes itself; 本系统默认."""

TELLS = 100
"""What is told of no single message and waits to be kept; 本系统默认."""

TOLD = 3
"""Seconds after the connection at which what is known of the broker is told: `$SYS` has come by then. 本系统默认."""

SESSION = "session"
"""Where it is noted, beside the spool, which client the broker knows."""

SLOW = 10.0
"""Seconds in which what is under way ends when the gateway does; 本系统默认."""


class MqttGateway:
    """Keeps what one connection delivers, acknowledges it, and watches that this goes on.

    `sources`: the register, which is read again when it changes; what it says of the broker holds until the gateway ends.
    """

    def __init__(self, sources: FollowedFiles[MqttRegister], spool: Spool, region: str) -> None:
        register = sources.value
        self._sources, self._broker, self._spool = sources, register.broker, spool
        self._limit = TellingLimit(frozenset(register.sources), EACH, frozenset())
        refusals = Refusals("mqtt", Name(zh="MQTT 接入网关", en="MQTT gateway"), region, self._limit, uuid4().hex[:12])
        areas = shapes(places.here(), places.ROOT)
        self.reception = MqttReception(register.sources, refusals, Seen(), areas)
        restore(self.reception.seen, spool, wall_time(), _say)
        client, *filters = _session(spool)
        self.connection = MqttConnection(register, _say, filters if client == register.broker.client else ())
        self._begun = 0.0
        self._failed = ""
        self._unkept = 0
        self._dropped: int | None = None
        self._unpromised = False
        self._asked = self._answered = 0
        self._unkept_unpromised = 0
        self._tells: deque[str] = deque(maxlen=TELLS)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; Trouble where the broker refuses the gateway."""
        keeping = threading.Thread(target=self._keep, args=(stop,), name="keep", daemon=True)
        keeping.start()
        self.connection.connect()
        try:
            self._watch(stop, keeping)
        finally:
            stop.set()
            keeping.join(SLOW)
            self.connection.close()
            save(self.reception.seen, self._spool)

    def _keep(self, stop: threading.Event) -> None:
        """Keep and acknowledge until `stop` is set."""
        while not stop.is_set():
            messages, tells = self.connection.under_way.next(AT_ONCE, 0.2), list(self._tells)
            if not messages and not tells:
                continue
            self._begun = time.monotonic()
            now = wall_time()
            probes = [message.payload for message in messages if message.topic == self.connection.probe]
            some = [self.reception.take(message, now) for message in messages if message.topic != self.connection.probe]
            some += [self.reception.told("unkept", why, now) for why in tells]
            failed = self._write(some, now)
            self._begun = 0.0
            if failed:
                if messages:
                    self.connection.under_way.give_up()
                    self._failed = failed
                    self._unkept += 1
                stop.wait(RETRY)
                continue
            self.connection.acknowledge(messages)
            if str(self._asked).encode() in probes:  # whatever others publish there is no answer
                self._answered = self._asked
            for _ in tells:
                self._tells.popleft()
            if self._unkept:
                many, self._unkept = self._unkept, 0
                self._tells.append(f"{many} times messages could not be kept and came again: spool full, or disk failed")

    def _write(self, some: list[Received], now: int) -> str:
        """Let all of it be on the disk; why that failed, or an empty text."""
        payloads = [payload for received in some for payload in received.payloads]
        try:
            if payloads:
                self._spool.append(payloads)
        except (SpoolFull, OSError) as error:
            for received in some:
                self.reception.lost(received)
            return str(error)
        for received in some:
            self.reception.kept(received, now)
        return ""

    def _watch(self, stop: threading.Event, keeping: threading.Thread) -> None:
        """Once a second: whether messages are kept, whether there is a connection, and what the broker tells of itself."""
        seconds = told = since = 0
        while not stop.wait(1):
            seconds += 1
            if self.connection.fatal:
                raise Trouble(self.connection.fatal)
            if not keeping.is_alive():
                raise Trouble("what should keep messages has ended; start the gateway again")
            if refused := self.connection.refused:
                self.connection.refused = ""
                self._told(refused)
            if stuck := self._stuck():
                self.connection.again(stuck)
            if told != (number := self.connection.under_way.connections):
                told, since = number, 0
            since += 1
            if told and since == TOLD:
                self._tell_session()
                if self._dropped is None:
                    counted = self.connection.topics.get(DROPPED, "")
                    self._dropped = int(counted) if counted.isdigit() else 0
                    self._tell_broker()
            self._tell_dropped()
            self._tell_unpromised()
            if seconds % SAVED == 0:
                save(self.reception.seen, self._spool)
            if seconds % PROBE == 0:
                self._probe()
            if seconds % int(LOOK) == 0:
                self._look()

    def _look(self) -> None:
        """Let what was changed in the register hold from now on."""
        register = self._sources.look()
        if register is None:
            return
        if register.broker != self._broker:
            _say("what was changed in [broker] holds from the next start on; the sources hold from now on")
        self._limit.know(frozenset(register.sources))
        self.reception.adopt(register.sources)
        self.connection.adopt(register)
        if self.connection.under_way.connections:
            self._note_session()

    def _stuck(self) -> str:
        """Why a new connection is needed; empty where it is not."""
        if failed := self._failed:
            self._failed = ""  # the keeper says it again after a new connection only
            return f"messages cannot be kept: {failed}"
        if self._begun and time.monotonic() - self._begun > STUCK:
            return f"the disk has not answered for {STUCK:.0f} s"
        return "there was none for a minute" if self.connection.is_away else ""

    def _probe(self) -> None:
        """Whether the broker delivers at all: what was asked the last time must have come, if any ever did."""
        if self._asked == self._answered:
            self._asked += 1
            self.connection.ask(self._asked)
        elif self._answered:
            self._answered = self._asked
            self._told(f"the broker has delivered nothing for {PROBE} s, not even what this gateway publishes itself")
            self.connection.again("the broker delivers nothing")
        elif self._asked == 1:
            self._asked = 2
            _say(f"unknown: whether the broker delivers: let the user publish and read {self.connection.probe}")

    def _tell_broker(self) -> None:
        """What is known of the broker."""
        broker, topics, granted = self._broker, self.connection.topics, self.connection.granted
        known = rows(broker.expiry, granted, _conf(broker.conf), topics.get(DROPPED, ""))
        for row in (version_row(topics.get(VERSION, "")), *known):
            _say(str(row))

    def _tell_session(self) -> None:
        """Whether the broker has lost a session that it had."""
        if not self.connection.granted.had_session and _session(self._spool)[0] == self._broker.client:
            self._told("the broker had no session of this client: what it took since the last connection is not here")
        self._note_session()

    def _note_session(self) -> None:
        """Note which client the broker knows, and to what it has subscribed."""
        filters = sorted(each.filter for each in self._sources.value.sources.values())
        with suppress(OSError):  # without it a session that is lost next time is not told
            write_whole(self._spool.folder / SESSION, "\n".join([self._broker.client, *filters]).encode())

    def _tell_dropped(self) -> None:
        """Messages that the broker dropped since it was last looked, which counts from its own start."""
        text, before = self.connection.topics.get(DROPPED, ""), self._dropped
        if before is None or not text.isdigit():
            return  # Mosquitto before 2.0.16 forgets counts that do not change: what is not told is 0 until it is
        self._dropped = dropped = int(text)
        if dropped > before:
            self._told(f"the broker dropped {dropped - before} messages, of this or another client: its queue was full")

    def _tell_unpromised(self) -> None:
        """That messages come which nobody promised, once; and those of them for which there was no room."""
        connection = self.connection.under_way
        if connection.unpromised and not self._unpromised:
            self._unpromised = True
            self._told("messages of QoS 0 come, which the broker and this gateway may lose: publish with QoS 1")
        if connection.dropped > self._unkept_unpromised:
            self._told(f"{connection.dropped - self._unkept_unpromised} messages of QoS 0 came faster than they could be kept")
            self._unkept_unpromised = connection.dropped

    def _told(self, why: str) -> None:
        _say(why)
        self._tells.append(why)


def _session(spool: Spool) -> list[str]:
    """The client that the broker knows since an earlier start, and its filters; an empty name where there is none."""
    mark = spool.folder / SESSION
    return (mark.read_text("utf-8") if mark.exists() else "").splitlines() or [""]


def _conf(path: str) -> dict[str, str] | None:
    """Mosquitto's settings; None where they cannot be read."""
    if not path:
        return None
    try:
        text = Path(path).read_text("utf-8")
        folders = [line.split()[1] for line in text.splitlines() if line.startswith("include_dir ")]
        more = [file for folder in folders for file in sorted(Path(folder).glob("*.conf"))]
        return read_conf([text, *(file.read_text("utf-8") for file in more)])
    except (OSError, UnicodeDecodeError) as error:
        _say(f"{path} cannot be read: {error}")
        return None


def serve(settings: Settings, log: str, options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    sources = FollowedFiles(lambda: load_mqtt(options.sources), lambda register: register.files, _say)
    stop = stop_event()
    with opened(options, settings, f"mqtt-{log}", "acknowledged", _say) as spool:
        gateway = MqttGateway(sources, spool, f"{settings.place:0<6}")
        drain = Drain(settings, log, PART, spool)
        metrics = MqttMetrics(
            gateway.connection.under_way, gateway.reception.counts, spool, lambda: drain.away, lambda: sources.fault
        )
        serve_metrics(metrics, settings, _say)
        _say(f"{len(sources.value.sources)} sources; log {log!r}; {spool.waiting} records wait in {spool.folder}")
        with drain.beside(stop):
            gateway.run(stop)
        counts = ", ".join(f"{many} {what}" for what, many in gateway.reception.counts.items())
        _say(f"{counts}; {spool.waiting} records wait in the spool")
    return 0


def options_of(parser: argparse.ArgumentParser) -> None:
    """What can be said at the command line."""
    parser.add_argument("--log", default=LIVE, help=f"the log to write into ({LIVE})")
    parser.add_argument("--sources", type=Path, required=True, metavar="FILE.toml", help="the broker, and who publishes there")
    spool_options(parser, "spool/mqtt-LOG")


def run(options: argparse.Namespace) -> int:
    """Run the command."""
    if options.spool_most < 1:
        raise ValueError("--spool-most is 1 or more")
    return serve(load(), options.log, options)


def _say(text: str) -> None:
    sys.stderr.write(f"mqtt: {text}\n")
    sys.stderr.flush()
