"""Every event and output that a test makes is held to its schema in the directory: what the struct takes, the schema takes.

A test that makes bad input on purpose makes data that the struct refuses; the schema must then not be the one that is wrong.
"""

import sys
from functools import cache
from typing import Any

import msgspec
from jsonschema_rs import Draft202012Validator

from streams.catalogue.described import catalogue, find
from streams.catalogue.payloads import NoData
from streams.directory.json_schema import payload_schema
from streams.messages import Event, codec


class UndescribedError(AssertionError):
    """An event or output that its payload's struct takes and its schema in the directory does not."""


OUTPUT_TYPES = {each.struct: each.name for each in catalogue().values() if each.output}
"""What the directory calls each kind of record that is put out."""


def watch() -> None:
    """From now on hold every event and every output that is encoded in this process to its schema, whoever encodes it."""
    plain = codec.encode

    def encode(message: Any) -> bytes:
        made = plain(message)
        if isinstance(message, Event):
            check(message.type, bytes(message.data))
        elif name := OUTPUT_TYPES.get(type(message)):
            check(name, made)
        return made

    for module in list(sys.modules.values()):
        if getattr(module, "encode", None) is plain:
            module.encode = encode  # type: ignore[attr-defined]


def check(type_: str, data: bytes) -> None:
    """Raise UndescribedError where the data of an event, or an output, are good by the struct and not by the schema."""
    if (known := _checks(type_)) is None:
        return
    decoder, validator = known
    try:
        decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return
    if not validator.is_valid(value := msgspec.json.decode(data)):
        first = next(validator.iter_errors(value))
        raise UndescribedError(f"{type_}: {first.message} at {first.instance_path}: {data[:200]!r}")


@cache
def _checks(type_: str) -> tuple[msgspec.json.Decoder[Any], Draft202012Validator] | None:
    found = find(type_)
    if found is None or found.struct is NoData:
        return None
    return msgspec.json.Decoder(found.struct), Draft202012Validator(payload_schema(found))
