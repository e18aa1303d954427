"""JSON Schema 2020-12 of each type: of its data, and of the whole message. It takes what the payload's struct takes.

The message of an event is a CloudEvent; an output's is its data alone.
"""

from typing import Any

import msgspec

from streams.catalogue.described import DescribedType
from streams.catalogue.payloads import NoData
from streams.directory.telling import field_row

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEMPLATE = "#/$defs/{name}"


def payload_schema(described: DescribedType) -> dict[str, Any]:
    """The schema of a type's data, each property with what the directory says of it (`x-…`)."""
    head = {"$schema": DIALECT, "$id": f"urn:onescreen:data:{described.name}", "title": described.title.zh}
    if described.struct is NoData:
        return head | {"description": described.title.en, "type": "null"}
    (reference,), parts = msgspec.json.schema_components([described.struct], ref_template=_TEMPLATE)
    for field in described.fields:
        part, row = parts[field.shape.struct.__name__], field_row(field, described)
        if "properties" not in part:  # a struct that is written as a list
            continue
        part["properties"][field.shape.name] |= {
            "title": row["name"].zh,
            "description": row["name"].en,
            "x-unit": row["unit"],
            "x-level": row["rank"].level,
            "x-sublevel": row["rank"].sublevel,
            "x-personal": row["personal"],
        }
    return head | {"description": described.title.en, **reference, "$defs": parts}


def message_schema(described: DescribedType) -> dict[str, Any]:
    """The schema of the CloudEvent that carries it, structured mode in JSON (CloudEvents 1.0.2 §3.1, §3.2); an output's own."""
    data = payload_schema(described)
    if described.output:
        return data
    parts = data.pop("$defs", {})
    data = {name: value for name, value in data.items() if name not in {"$schema", "$id"}}
    pattern = "^" + described.name.replace(".", r"\.").replace("*", "[a-z0-9_.-]+") + "$"
    text = {"type": "string"}
    return {
        "$schema": DIALECT,
        "$id": f"urn:onescreen:event:{described.name}",
        "title": described.title.zh,
        "description": described.title.en,
        "type": "object",
        "required": ["specversion", "id", "source", "type", "time"] + ([] if described.struct is NoData else ["data"]),
        "properties": {
            "specversion": {"const": "1.0"},
            "id": text | {"minLength": 1},
            "source": text | {"minLength": 1},
            "type": text | {"pattern": pattern},
            "subject": text,
            "time": text | {"format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "dataschema": text,
            "region": text,
            "data": data,
        },
        "$defs": parts,
    }
