"""AsyncAPI 3.1.0: the log's topics as channels, the types as messages, what each topic's records have for a key."""

from typing import Any

from streams.catalogue.described import DescribedType, catalogue
from streams.directory.json_schema import message_schema
from streams.directory.keeping import topics_of
from streams.directory.telling import builtin, type_row
from streams.directory.version import fingerprint
from streams.outputs import BY_TOPIC, OUTPUTS
from streams.topics import inputs

VERSION = "3.1.0"
FORMAT = "application/schema+json;version=draft-2020-12"
"""How payloads are written. AsyncAPI's own schema looks into draft-07 alone: each payload is held to its metaschema apart."""

_KAFKA = "0.5.0"
"""The version of AsyncAPI's Kafka bindings."""


def document(title: str = "Onescreen 一屏掌控") -> dict[str, Any]:
    """The whole document."""
    known = catalogue()
    return {
        "asyncapi": VERSION,
        "info": {
            "title": title,
            "version": fingerprint(),
            "description": "数据目录：政务数据共享条例（令809）第十三条. CloudEvents 1.0, JSON, structured; key = subject",
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "log": {"host": "127.0.0.1:9092", "protocol": "kafka", "description": "the log's broker; its own by default"}
        },
        "channels": {name: _channel(topic, known) for name, topic in _CHANNELS.items()},
        "operations": {
            f"send.{name}": {"action": "send", "channel": {"$ref": f"#/channels/{name}"}, "summary": f"records of {topic}"}
            for name, topic in _CHANNELS.items()
        },
        "components": {"messages": {_id(each): _message(each) for each in known.values()}},
    }


_CHANNELS = {name: f"events.{name}" for name in inputs()} | {f"output.{kind.topic}": kind.topic for kind in OUTPUTS}
"""The channels by name, and the topic below the log's name of each."""


def _channel(topic: str, known: dict[str, DescribedType]) -> dict[str, Any]:
    there = [_id(each) for each in known.values() if topic in topics_of(each)]
    return {
        "address": f"{{log}}.{topic}",
        "parameters": {"log": {"description": "name of the log", "default": "live"}},
        "messages": {each: {"$ref": f"#/components/messages/{each}"} for each in there},
        "bindings": {"kafka": {"bindingVersion": _KAFKA}},
    }


def _message(described: DescribedType) -> dict[str, Any]:
    told = BY_TOPIC[described.output].what if described.output else "对象 / the event's subject; of an order its id"
    key = {"type": "string", "description": told}
    return {
        "name": described.name,
        "title": described.title.zh,
        "summary": described.title.en,
        "contentType": "application/json" if described.output else "application/cloudevents+json",
        "payload": {"schemaFormat": FORMAT, "schema": message_schema(described)},
        "bindings": {"kafka": {"key": key, "bindingVersion": _KAFKA}},
        "x-directory": builtin(type_row(described)),
    }


def _id(described: DescribedType) -> str:
    """A name that AsyncAPI takes: a pattern's star is written out."""
    return described.name.replace("*", "any")
