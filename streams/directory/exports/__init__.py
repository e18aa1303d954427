"""The directory in the forms that others read: AsyncAPI, JSON Schema, ODCS, the table of 政务信息资源目录, markdown."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from streams.catalogue.described import catalogue
from streams.directory.exports import asyncapi, odcs, table
from streams.directory.json_schema import message_schema, payload_schema

__all__ = ["FORMATS"]

Files = Mapping[str, bytes]
"""Contents by name of file."""


def _asyncapi() -> Files:
    return {"asyncapi.json": _json(asyncapi.document())}


def _json_schema() -> Files:
    found: dict[str, bytes] = {}
    for each in catalogue().values():
        name = each.name.replace("*", "any")
        found |= {f"{name}.data.json": _json(payload_schema(each)), f"{name}.event.json": _json(message_schema(each))}
    return found


def _odcs() -> Files:
    return {f"{group}.odcs.json": _json(contract) for group, contract in odcs.contracts().items()}


def _xlsx() -> Files:
    return {"directory.xlsx": table.workbook()}


def _markdown() -> Files:
    return {"directory.md": table.markdown().encode()}


def _json(document: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


FORMATS: Mapping[str, Callable[[], Files]] = {
    "asyncapi": _asyncapi,
    "jsonschema": _json_schema,
    "odcs": _odcs,
    "xlsx": _xlsx,
    "markdown": _markdown,
}
"""How each form is made, by the name that the command line has for it."""
