"""Open Data Contract Standard 3.2.0: a contract for each group of types, an object for each type.

The standard has no field for owner, unit, personal mark or lateness: the owner is the `team`, the level of a property its
`classification`, keeping, lateness and frequency are `slaProperties`, English names `synonyms`, the rest `customProperties`.
"""

from typing import Any

from streams.catalogue.described import DescribedField, DescribedType, catalogue, groups
from streams.directory.telling import builtin, field_row, type_row
from streams.directory.version import fingerprint
from streams.messages import Text

VERSION = "v3.2.0"


def contracts() -> dict[str, dict[str, Any]]:
    """All contracts by group."""
    return {group: _contract(group, title) for group, title in groups().items()}


def _contract(group: str, title: Text) -> dict[str, Any]:
    its = [each for each in catalogue().values() if each.group == group]
    first = type_row(its[0])
    return {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": f"onescreen-{group}",
        "name": title.zh,
        "version": fingerprint(),
        "status": "draft",
        "domain": group,
        "description": {
            "purpose": its[0].entry.purpose.zh,
            "usage": its[0].entry.condition.zh,
            "limitations": "不含国家秘密、工作秘密（令809 第三条）",
        },
        "servers": [{"server": "log", "type": "kafka", "host": "127.0.0.1:9092", "format": "json"}],
        "schema": [_object(each) for each in its],
        "team": {"name": first["provider"]["name"].zh, "description": first["provider"]["name"].en},
        "slaProperties": [each for described in its for each in _promises(described)],
    }


def _object(described: DescribedType) -> dict[str, Any]:
    row = builtin(type_row(described))
    told = (
        "provider",
        "source",
        "system",
        "origin",
        "sharing",
        "ways",
        "condition",
        "category",
        "rank",
        "whole",
        "personal",
        "basis",
    )
    return {
        "name": described.name,
        "logicalType": "object",
        "physicalType": "topic",
        "businessName": described.title.zh,
        "synonyms": [{"synonym": described.title.en, "locale": "en"}],
        "description": described.entry.purpose.zh,
        "properties": [_property(field, described) for field in described.fields],
        "customProperties": [{"property": name, "value": row[name]} for name in told],
    }


def _property(field: DescribedField, described: DescribedType) -> dict[str, Any]:
    row, shape = builtin(field_row(field, described)), field.shape
    found = {
        "name": shape.path,
        "logicalType": shape.logical,
        "physicalType": row["format"]["en"],
        "required": shape.required,
        "businessName": row["name"]["zh"],
        "synonyms": [{"synonym": row["name"]["en"], "locale": "en"}],
        "classification": f"{row['rank']['level']}-{row['rank']['sublevel']}",
        "customProperties": [
            {"property": name, "value": row[name]} for name in ("unit", "category", "personal", "basis", "purpose")
        ],
    }
    return found | ({"enum": [{"value": value} for value in shape.values]} if shape.values else {})


def _promises(described: DescribedType) -> list[dict[str, Any]]:
    entry, name = described.entry, described.name
    found: list[dict[str, Any]] = []
    if entry.floor and entry.floor.days:
        law = entry.floor.law.zh
        found.append({"property": "retention", "value": entry.floor.days, "unit": "d", "element": name, "description": law})
    if described.allowance:
        found.append({"property": "latency", "value": described.allowance, "element": name})
    return [*found, {"property": "frequency", "value": entry.every.span if entry.every else entry.frequency, "element": name}]
