"""The gateway's side of MQTT 5: messages are acknowledged in the order of their receipt, once they are on the disk.

Three threads: paho's, which reads; the keeper, which writes to the spool and acknowledges; and the one that watches both. What
is not acknowledged is delivered again on the next connection, and on no other [MQTT-4.4.0-1]: so whatever does not go on ends
in a new connection, and that is told.
"""

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from streams.command import Trouble
from streams.gateways.mqtt.message import Published
from streams.gateways.mqtt.profile import DROPPED, VERSION, Granted
from streams.gateways.mqtt.register import MqttRegister

RECEIVE = 100
"""Messages that may be on their way without an acknowledgement (Receive Maximum); 本系统默认 (a default of this system)."""

UNPROMISED = 10_000
"""Messages of QoS 0 that wait at most; beyond them they are dropped, counted and told. 本系统默认."""

KEEPALIVE = 30
"""Seconds in which broker and gateway hear of each other; 本系统默认."""

STUCK = 30.0
"""Seconds that a message may wait for the disk before the connection is made anew; 本系统默认."""

AWAY = 60.0
"""Seconds without a connection after which all is begun anew; 本系统默认."""

FATAL = {132: "it does not speak MQTT 5", 133: "it refuses the client id", 134: "wrong user or password", 135: "not authorized"}
"""Answers to the first connection (MQTT 5, 3.2.2.2) after which trying on would not help."""


class MqttConnection:
    """One client of one broker. `next` gives messages, `acknowledge` answers them; `again` begins a new connection."""

    def __init__(self, register: MqttRegister, say: Callable[[str], None]) -> None:
        self._register, self._say = register, say
        self._lock = threading.Condition()
        self._waiting: deque[Published] = deque()
        self._connection = self._newest = 0
        self._since = time.monotonic()
        self.unpromised = self.dropped = 0
        self.fatal = ""
        self._unreachable = False
        self._asked: int | None = None
        self.granted = Granted(register.broker.expiry, had_session=True)
        self.topics: dict[str, str] = {}
        self._client = self._made()

    def connect(self) -> None:
        """Begin a connection, in a thread of paho's own; it is kept up from then on."""
        broker = self._register.broker
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = broker.expiry
        properties.ReceiveMaximum = RECEIVE
        self._client.connect_async(broker.host, broker.port, KEEPALIVE, clean_start=False, properties=properties)
        self._client.loop_start()

    def again(self, why: str) -> None:
        """Give the connection up, with all that is not acknowledged on it, and begin a new one: it is all delivered again."""
        self._say(f"a new connection: {why}")
        self.give_up()
        self._client.disconnect()
        self._client.loop_stop()
        self._since = time.monotonic()
        self.connect()

    def close(self) -> None:
        """End; the broker keeps the session."""
        self.give_up()
        self._client.disconnect()
        self._client.loop_stop()

    def next(self, most: int, seconds: float) -> list[Published]:
        """Messages in the order of their receipt, as soon as there are some."""
        with self._lock:
            if not self._waiting:
                self._lock.wait(seconds)
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def acknowledge(self, messages: list[Published]) -> None:
        """Answer messages in this order; those of a connection that is no more will come again."""
        with self._lock:
            for message in messages:
                if message.mid and message.connection == self._connection:
                    self._client.ack(message.mid, 1)

    @property
    def number(self) -> int:
        """How many connections there have been."""
        return self._newest

    @property
    def is_away(self) -> bool:
        """Whether there has been no connection for too long."""
        with self._lock:
            return self._connection == 0 and time.monotonic() - self._since > AWAY

    def _made(self) -> Client:
        broker = self._register.broker
        version = MQTTProtocolVersion.MQTTv5
        client = Client(CallbackAPIVersion.VERSION2, broker.client, protocol=version, manual_ack=True)
        if broker.user:
            client.username_pw_set(broker.user, self._register.password)
        if broker.ca:
            try:
                client.tls_set(broker.ca, broker.certificate or None, broker.key or None)
            except (OSError, ssl.SSLError, ValueError) as error:
                raise Trouble(f"the certificates for {broker.host} cannot be used: {error}") from None
        client.reconnect_delay_set(1, 30)
        client.on_connect = self._connected
        client.on_connect_fail = self._failed
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._message
        return client

    def give_up(self) -> None:
        """Take nothing more on this connection: what waits, and what still comes, is let go, for it comes again in order."""
        with self._lock:
            if self._connection:
                self._since = time.monotonic()
            self._connection = 0
            self._waiting.clear()

    def _connected(self, client: Client, _: Any, flags: ConnectFlags, code: ReasonCode, properties: Properties | None) -> None:
        if code.is_failure:
            told = FATAL.get(code.value, str(code))
            if self._newest == 0 and code.value in FATAL:
                self.fatal = f"the broker refuses the connection: {told}"
            self._say(f"the broker refuses the connection: {told}")
            return
        broker = self._register.broker
        expiry = getattr(properties, "SessionExpiryInterval", broker.expiry)
        with self._lock:
            self._newest += 1
            self._connection = self._newest
            self._waiting.clear()
        self.granted = Granted(expiry, flags.session_present, getattr(properties, "MaximumQoS", 2))
        self._unreachable = False
        self._say(f"connected to {broker.host}:{broker.port}")
        options = SubscribeOptions(qos=1, retainAsPublished=True, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        _, self._asked = client.subscribe([(each.filter, options) for each in self._register.sources.values()])
        client.subscribe([(topic, SubscribeOptions(qos=0)) for topic in (DROPPED, VERSION)])

    def _failed(self, *_: Any) -> None:
        broker = self._register.broker
        if not self._unreachable:
            self._unreachable = True
            self._say(f"{broker.host}:{broker.port} cannot be reached; it is tried on")

    def _disconnected(self, _: Client, __: Any, ___: DisconnectFlags, code: ReasonCode, ____: Properties | None) -> None:
        if self._connection:
            self._say(f"disconnected: {code}")
        self.give_up()

    def _subscribed(self, _: Client, __: Any, mid: int, codes: list[ReasonCode], ___: Properties | None) -> None:
        if mid != self._asked:
            return
        for source, code in zip(self._register.sources.values(), codes, strict=False):
            if code.is_failure:
                self.fatal = f"the broker refuses to deliver {source.filter}: {code}"

    def _message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""  # of no source: it is refused
        if topic.startswith("$SYS/"):
            self.topics[topic] = message.payload[:200].decode("utf-8", "replace")
            return
        properties = message.properties
        with self._lock:
            if self._connection == 0:
                return
            if message.qos == 0:
                self.unpromised += 1
                if len(self._waiting) >= UNPROMISED:
                    self.dropped += 1
                    return
            self._waiting.append(
                Published(
                    topic=topic,
                    payload=bytes(message.payload),
                    content_type=getattr(properties, "ContentType", ""),
                    properties=dict(getattr(properties, "UserProperty", ())),
                    mid=message.mid if message.qos else 0,
                    connection=self._connection,
                )
            )
            self._lock.notify()
