"""The gateway's side of MQTT 5: messages are acknowledged in the order of their receipt, once they are on the disk.

Three threads: paho's, which reads; the keeper, which writes to the spool and acknowledges; and the one that watches both. What
is not acknowledged is delivered again on the next connection, and on no other [MQTT-4.4.0-1]: so whatever does not go on ends
in a new connection, and that is told.
"""

import ssl
import threading
from collections.abc import Callable, Sequence
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
from streams.gateways.mqtt.under_way import UnderWay

RECEIVE = 100
"""Messages that may be on their way without an acknowledgement (Receive Maximum); 本系统默认 (a default of this system)."""

KEEPALIVE = 30
"""Seconds in which broker and gateway hear of each other; 本系统默认."""

STUCK = 30.0
"""Seconds that a message may wait for the disk before the connection is made anew; 本系统默认."""

AWAY = 60.0
"""Seconds without a connection after which all is begun anew; 本系统默认."""

FATAL = {132: "it does not speak MQTT 5", 133: "it refuses the client id", 134: "wrong user or password", 135: "not authorized"}
"""Answers to the first connection (MQTT 5, 3.2.2.2) after which trying on would not help."""


class MqttConnection:
    """One client of one broker. `under_way` has what came; `acknowledge` answers it; `again` begins a new connection.

    `gone`: filters that the broker may still know of this client, though nobody wants them any more. `fatal`: why there is no
    use in going on; `refused`: what the broker does not deliver of a register that was changed meanwhile.
    """

    def __init__(self, register: MqttRegister, say: Callable[[str], None], gone: Sequence[str] = ()) -> None:
        self._register, self._say, self.gone = register, say, [*gone]
        self.under_way = UnderWay()
        self.fatal = self.refused = ""
        self._is_ready = False
        self._lock = threading.Lock()
        self._unreachable = False
        self._asked: dict[int, list[str]] = {}
        self.granted = Granted(register.broker.expiry, had_session=True)
        self.topics: dict[str, str] = {}
        self.probe = f"onescreen/probe/{register.broker.client}"
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
        self.close()
        self.under_way.again()
        self.connect()

    def close(self) -> None:
        """End; the broker keeps the session."""
        self.under_way.give_up()
        self._client.disconnect()
        self._client.loop_stop()

    def ask(self, number: int) -> None:
        """Publish a number on a topic of one's own: the broker that delivers anything delivers it."""
        self._client.publish(self.probe, str(number), 1)

    @property
    def is_away(self) -> bool:
        """Whether there has been no connection for too long."""
        return self.under_way.away() > AWAY

    def acknowledge(self, messages: list[Published]) -> None:
        """Answer messages in this order."""
        self.under_way.answer(messages, lambda mid: self._client.ack(mid, 1))

    def adopt(self, register: MqttRegister) -> None:
        """Read what these sources publish from now on: first what is new, then no more what is gone, so that nothing is missed.

        Their broker is the one of this connection.
        """
        known, filters = self._filters(), {each.filter for each in register.sources.values()}
        self._register = MqttRegister(self._register.broker, self._register.password, register.sources)
        self.gone = [*self.gone, *sorted(known - filters)]
        if new := sorted(filters - known):
            self._subscribe(new)
        self._unsubscribe()

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

    def _connected(self, client: Client, _: Any, flags: ConnectFlags, code: ReasonCode, properties: Properties | None) -> None:
        if code.is_failure:
            told = FATAL.get(code.value, str(code))
            if self.under_way.connections == 0 and code.value in FATAL:
                self.fatal = f"the broker refuses the connection: {told}"
            self._say(f"the broker refuses the connection: {told}")
            return
        broker = self._register.broker
        expiry = getattr(properties, "SessionExpiryInterval", broker.expiry)
        self.under_way.begin()
        self.granted = Granted(expiry, flags.session_present, getattr(properties, "MaximumQoS", 2))
        self._unreachable = False
        self._say(f"connected to {broker.host}:{broker.port}")
        self._asked.clear()
        self._is_ready = False
        self._subscribe([each.filter for each in self._register.sources.values()])
        self._unsubscribe()
        client.subscribe([(topic, SubscribeOptions(qos=0)) for topic in (DROPPED, VERSION)])
        client.subscribe(self.probe, options=SubscribeOptions(qos=1))

    def _filters(self) -> set[str]:
        return {each.filter for each in self._register.sources.values()}

    def _subscribe(self, filters: list[str]) -> None:
        options = SubscribeOptions(qos=1, retainAsPublished=True, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        with self._lock:  # its answer may come before its number is noted
            _, number = self._client.subscribe([(each, options) for each in filters])
            if number is not None:
                self._asked[number] = filters

    def _unsubscribe(self) -> None:
        """The broker keeps what a client once subscribed to, until the client says that it does not want it."""
        if gone := [each for each in self.gone if each not in self._filters()]:
            self._client.unsubscribe(gone)

    def _failed(self, *_: Any) -> None:
        broker = self._register.broker
        if not self._unreachable:
            self._unreachable = True
            self._say(f"{broker.host}:{broker.port} cannot be reached; it is tried on")

    def _disconnected(self, _: Client, __: Any, ___: DisconnectFlags, code: ReasonCode, ____: Properties | None) -> None:
        if not self.under_way.away():
            self._say(f"disconnected: {code}")
        self.under_way.give_up()

    def _subscribed(self, _: Client, __: Any, mid: int, codes: list[ReasonCode], ___: Properties | None) -> None:
        with self._lock:
            filters = self._asked.pop(mid, None)
        if filters is None:
            return
        no = [f"{each}: {code}" for each, code in zip(filters, codes, strict=False) if code.is_failure]
        told = f"the broker refuses to deliver {', '.join(no)}" if no else ""
        self.fatal, self.refused = (self.fatal, told) if self._is_ready else (told, self.refused)
        self._is_ready = True
        self._say(f"ready: {len(codes)} topic filters")

    def _message(self, _: Client, __: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""  # of no source: it is refused
        if topic.startswith("$SYS/"):
            self.topics[topic] = message.payload[:200].decode("utf-8", "replace")
            return
        properties = message.properties
        content_type, own = getattr(properties, "ContentType", ""), dict(getattr(properties, "UserProperty", ()))
        self.under_way.come(topic, bytes(message.payload), content_type, own, message.mid if message.qos else 0)
