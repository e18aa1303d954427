"""A type and a field of the directory as they are told: every word in both languages, what nobody said as the law's default."""

from typing import Any

from msgspec import to_builtins

from streams.catalogue.described import DescribedField, DescribedType
from streams.directory.keeping import topic_days
from streams.directory.lint import field_rank
from streams.messages import Text
from streams.places import departments

OURS = Text("本系统默认", "this system's own")
"""What a number without a source is called."""

GROUNDS: dict[str, Text] = {
    "personal": Text(
        "个人信息保护法 第十三条（三）、第三十四条：履行法定职责所必需",
        "Personal Information Protection Law Art. 13(3), 34: needed for duties of law",
    ),
    "sensitive": Text(
        "个人信息保护法 第二十八条、第三十四条：履行法定职责，具有特定目的和充分必要性",
        "Personal Information Protection Law Art. 28, 34: duties of law, a definite purpose and full need",
    ),
}
"""On what personal data are held where the catalogue names nothing else."""


def type_row(described: DescribedType) -> dict[str, Any]:
    """A type with all elements of a 政务数据目录, and what this system adds."""
    entry = described.entry
    return {
        "type": described.name,
        "group": described.group,
        "title": described.title,
        "provider": _department(entry.provider),
        "source": _department(entry.source or entry.provider),
        "system": entry.system,
        "origin": entry.origin,
        "approval": entry.approval,
        "format": entry.format,
        "frequency": entry.frequency,
        "every": entry.every
        and {"span": entry.every.span, "source": entry.every.source or OURS, "ours": entry.every.source is None},
        "lateness": described.allowance,
        "sharing": entry.sharing,
        "ways": entry.ways,
        "condition": entry.condition,
        "open": entry.open,
        "category": entry.category,
        "rank": entry.rank,
        "whole": entry.whole,
        "personal": described.personal,
        "basis": entry.basis,
        "purpose": entry.purpose,
        "secret": entry.secret,
        "kept": entry.kept,
        "topic_days": topic_days(described),
        "floor": entry.floor,
        "ceiling": entry.ceiling,
        "uses": entry.uses,
        "assessment": entry.assessment,
        "stated": described.stated,
        "items": len(described.fields),
    }


def field_row(field: DescribedField, described: DescribedType) -> dict[str, Any]:
    """A field with its meaning, format, unit, category, level, personal mark, ground and purpose."""
    entry, shape, of = field.entry, field.shape, described.entry
    personal = entry.personal if entry else "none"
    ground = (entry.basis if entry else None) or GROUNDS.get(personal) or of.basis
    return {
        "path": shape.path,
        "name": field.name,
        "format": shape.format,
        "unit": entry.unit if entry else "",
        "required": shape.required,
        "depth": shape.depth,
        "category": (entry.category if entry else None) or of.category,
        "rank": field_rank(entry, described) if entry else of.rank,
        "personal": personal,
        "minors": bool(entry and entry.minors),
        "basis": ground,
        "purpose": (entry.purpose if entry else None) or of.purpose,
        "sealable": shape.sealable,
        "ceiling": (entry.ceiling if entry else None) or of.ceiling,
    }


def builtin(row: dict[str, Any]) -> Any:
    """A row as plain JSON values."""
    return to_builtins(row)


def _department(owner: str) -> dict[str, Any]:
    known = departments().get(owner)
    return {"id": owner, "name": known.name if known else Text(owner, owner)}
