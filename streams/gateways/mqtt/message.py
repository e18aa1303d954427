"""CloudEvents in MQTT 5 (MQTT protocol binding 1.0.2): structured by the content type, binary by user properties. Pure.

A publisher of MQTT 3.1.1 has neither: what it publishes is an event in JSON.
"""

from collections.abc import Mapping

from msgspec import Struct

from streams.gateways.intake.cloudevent import OURS, STRUCTURED, joined


class Published(Struct, frozen=True, kw_only=True):
    """A message as the broker delivered it: its topic, payload, content type and user properties.

    `mid`: the packet's number, 0 where none is acknowledged (QoS 0). `connection`: on which one it came.
    """

    topic: str
    payload: bytes
    content_type: str = ""
    properties: Mapping[str, str] = {}
    mid: int = 0
    connection: int = 0


def event_of(message: Published) -> bytes:
    """The event of a message in structured mode, as bytes that are still to be looked at; Unfit where it is none."""
    if "specversion" not in message.properties or message.content_type.startswith(STRUCTURED):
        return message.payload
    found: dict[str, object] = {name: message.properties[name] for name in OURS if name in message.properties}
    if message.content_type:
        found["datacontenttype"] = message.content_type
    return joined(found, message.payload)
