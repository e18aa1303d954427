"""What sends: each brings one thing after the other until it is acknowledged, and writes down what it was told."""

import hashlib
import http.client
import itertools
import json
import random
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from streams.messages import HOUR, format_time
from tests.chaos.torture.facts import LIFT, STATIONS, air_hours, boiler_hours, lift_states, mn
from tests.chaos.torture.ledger import Ledger, SentFact, Span, name_of
from tests.support.gateways.http import BATCH, TOKEN
from tests.support.kafka.device import PASSWORD
from tests.support.pure.hj212 import framed

ANSWER = 3.0
"""Seconds in which an answer is waited for; HJ 212 says 10 (table 1), with less there are more second tries."""

TRIES = 4
"""How often a frame is sent on one connection (table 1: once, and three times more)."""

BATCH_EVENTS = 10

_QN = re.compile(rb"QN=(\d{17});ST=91;CN=9014")


class Bringer(threading.Thread):
    """A sender. It begins nothing new once `over` is set, brings what it has begun, and gives up at `late`."""

    def __init__(self, ledger: Ledger, over: threading.Event, late: threading.Event, seed: str) -> None:
        super().__init__(daemon=True)
        self.ledger, self.over, self.late, self.chance = ledger, over, late, random.Random(seed)
        self.unserved = ""
        """What it could not bring until `late`."""

    def acknowledged(self, fact: SentFact, begun: float) -> None:
        """The fact is kept, as its sender is told."""
        self.ledger.acknowledged[name_of(fact)] = Span(begun, time.monotonic())

    def refused(self, what: str, begun: float) -> None:
        """Something bad was acknowledged as refused."""
        self.ledger.refused[what] = Span(begun, time.monotonic())


class DeviceBringer(Bringer):
    """A device of HJ 212 with the hours of a boiler. Frames come whole, in two pieces, behind noise or behind a broken one."""

    def __init__(self, number: int, port: int, seed: int, *more: object) -> None:
        super().__init__(*more, f"device {number} {seed}")  # type: ignore[arg-type]  # ledger, over, late
        self._number, self._port, self._facts = number, port, boiler_hours(number, seed)
        self._connection: socket.socket | None = None
        self._held = b""
        self._sent: set[str] = set()
        self._bad = 0
        self._broken: list[tuple[str, float]] = []

    def run(self) -> None:
        """Bring facts."""
        while not self.over.is_set():
            fact, begun = next(self._facts), time.monotonic()
            self.ledger.sent.append(fact)
            qn = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y%m%d%H%M%S%f")[:17]
            if not self._brought(qn, self._frame(qn, fact)):
                self.unserved = f"device {mn(self._number)}: {qn}"
                return
            self.acknowledged(fact, begun)
            time.sleep(self.chance.uniform(0.2, 0.4))

    def _frame(self, qn: str, fact: SentFact) -> bytes:
        """The same bytes at each try."""
        hour = format_time(fact.at - HOUR)[:13].translate({ord("-"): None, ord("T"): None}) + "0000"
        head = f"QN={qn};ST=31;CN=2061;PW={PASSWORD};MN={mn(self._number)};Flag=5"
        return framed(f"{head};CP=&&DataTime={hour};a21026-ZsAvg={fact.value},a21026-Flag=N&&")

    def _brought(self, qn: str, frame: bytes) -> bool:
        self._sent.add(qn)
        for number in itertools.count():
            if self.late.is_set():
                return False
            self.ledger.tries["hj212"] += number > 0
            try:
                if self._connection is None:
                    self._connection = socket.create_connection(("127.0.0.1", self._port), ANSWER)
                    self._held, self._broken = b"", []
                self._write(frame)
                if self._answered(qn):
                    return True
                self._broken = []  # the disk may have been full: that is told as a number alone
                if number % TRIES == TRIES - 1:
                    self._leave()
            except OSError:
                self._leave()
                time.sleep(0.3)
        return False

    def _write(self, frame: bytes) -> None:
        assert self._connection is not None
        draw = self.chance.random()
        if draw < 0.05 and self._bad < 15:  # of a device and fault 20 an hour are told one by one
            self._bad += 1
            head = f"QN=20260601000000000;ST=31;CN=2061;PW={PASSWORD};MN={mn(self._number)};Flag=5"
            broken = framed(f"{head};CP=&&{'x' * (100 + self._bad)}&&", checksum="0000")
            self._connection.sendall(broken)
            self._broken.append((f"{mn(self._number)} {len(broken.rstrip())}", time.monotonic()))
        if draw > 0.9:
            half = self.chance.randrange(1, len(frame))
            self._connection.sendall(frame[:half])
            time.sleep(0.05)
            frame = frame[half:]
        self._connection.sendall(frame)

    def _answered(self, qn: str) -> bool:
        """Whether this QN is answered within the time; others that are, were sent before, or it is a lie."""
        assert self._connection is not None
        until = time.monotonic() + ANSWER
        while (left := until - time.monotonic()) > 0:
            self._connection.settimeout(left)
            try:
                data = self._connection.recv(65_536)
            except TimeoutError:
                return False
            if not data:
                raise ConnectionResetError
            self._held = (self._held + data)[-4_096:]
            answered = {each.decode() for each in _QN.findall(self._held)}
            self.ledger.lies += sorted(f"hj212 {each}" for each in answered - self._sent)
            if qn in answered:
                for what, begun in self._broken:  # it was read before this one, on the same connection
                    self.refused(what, begun)
                self._broken = []
                return True
        return False

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class PostBringer(Bringer):
    """Posts batches of the hours of some stations, with bad ones among them now and then."""

    def __init__(self, number: int, port: int, seed: int, *more: object) -> None:
        super().__init__(*more, f"post {number} {seed}")  # type: ignore[arg-type]  # ledger, over, late
        self._number, self._port = number, port
        self._facts = [air_hours(each, seed) for each in range(number, STATIONS, 3)]
        self._connection: http.client.HTTPConnection | None = None
        self._bad = 0

    def run(self) -> None:
        """Bring batches."""
        while not self.over.is_set():
            batch, begun = list(self._batch()), time.monotonic()
            answer = self._brought(b"[" + b",".join(raw for _, raw in batch) + b"]")
            if answer is None:
                self.unserved = f"post {self._number}"
                return
            bad = {number for number, (fact, _) in enumerate(batch) if fact is None}
            refused = {each["index"] for each in answer["refused"]}
            if refused != bad or answer["accepted"] + answer["known"] + len(bad) != len(batch):
                self.ledger.lies.append(f"http: {answer} to a batch of {len(batch)} with {sorted(bad)} bad")
            for fact, raw in batch:
                if fact is None:
                    self.refused(hashlib.sha256(raw).hexdigest(), begun)
                else:
                    self.acknowledged(fact, begun)
            time.sleep(self.chance.uniform(0.2, 0.6))

    def _batch(self) -> Iterator[tuple[SentFact | None, bytes]]:
        for n in range(BATCH_EVENTS):
            if self.chance.random() < 0.02:
                self._bad += 1
                bad = {"specversion": "1.0", "id": f"bad-{self._number}-{self._bad}", "type": "environment.air_hour"}
                yield None, json.dumps(bad).encode()
            fact = next(self._facts[n % len(self._facts)])
            self.ledger.sent.append(fact)
            event = {
                "specversion": "1.0",
                "id": f"{fact.subject}-{fact.at}",
                "source": "/air",
                "type": fact.type,
                "subject": fact.subject,
                "time": format_time(fact.at),
                "data": {"o3": fact.value},
            }
            yield fact, json.dumps(event).encode()

    def _brought(self, body: bytes) -> dict[str, list[dict[str, int]]] | None:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": BATCH}
        for number in itertools.count():
            if self.late.is_set():
                return None
            self.ledger.tries["http"] += number > 0
            try:
                if self._connection is None:
                    self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=2 * ANSWER)
                self._connection.request("POST", "/events", body, headers)
                response = self._connection.getresponse()
                said = response.read()
                if response.status == http.client.ACCEPTED:
                    return json.loads(said)
                self.ledger.tries[f"http {response.status}"] += 1
                if response.status not in {408, 429, 503}:
                    self.ledger.lies.append(f"http: {response.status} to a good batch: {said[:200]!r}")
                time.sleep(0.5)
            except (OSError, http.client.HTTPException, ValueError):
                if self._connection is not None:
                    self._connection.close()
                self._connection = None
                time.sleep(0.3)
        return None


class PublishBringer(Bringer):
    """Publishes the states of one lift at QoS 1, one when the last is acknowledged, and now and then what is no JSON."""

    def __init__(self, number: int, port: int, seed: int, *more: object) -> None:
        super().__init__(*more, f"publish {number} {seed}")  # type: ignore[arg-type]  # ledger, over, late
        self._number, self._facts, self._bad = number, lift_states(number, seed), 0
        version = CallbackAPIVersion.VERSION2
        self._client = Client(version, f"lift-{number}", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311)
        self._published: set[int] = set()
        self._client.on_publish = lambda _, __, mid, *___: self._published.add(mid)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect_async("127.0.0.1", port, keepalive=5)

    def run(self) -> None:
        """Bring states."""
        self._client.loop_start()
        while not self.over.is_set():
            begun = time.monotonic()
            if self.chance.random() < 0.02 and self._bad < 15:  # of a source and reason 100 an hour are told one by one
                self._bad += 1
                payload, fact = f"no JSON {self._number} {self._bad}".encode(), None
            else:
                fact = next(self._facts)
                self.ledger.sent.append(fact)
                state = {"ts": fact.at, "run": int(fact.over), "door": str(int(fact.over)), "zone": not fact.over, "people": 0}
                payload = json.dumps(state).encode()
            sent = self._client.publish(f"lifts/T{self._number}/state", payload, qos=1)
            while sent.mid not in self._published:
                if self.late.is_set():
                    self.unserved = f"publisher {self._number}"
                    return
                time.sleep(0.01)
            self._published.clear()
            if fact is None:
                digest = hashlib.sha256(payload).hexdigest()
                self.ledger.mqtt.add(digest)
                self.refused(digest, begun)
            else:
                self.ledger.mqtt.add(LIFT)
                self.acknowledged(fact, begun)
            time.sleep(self.chance.uniform(0.02, 0.2))
        self._client.disconnect()
        self._client.loop_stop()
