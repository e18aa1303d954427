"""What belongs to a place as data: one folder a city or province, named by its adcode (GB/T 2260: 41 Henan, 4101 Zhengzhou).

`departments.toml` of a place lists the departments that answer for rules and data there. Whoever judges, tells or shows reads
this list and no other.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from streams.messages import Text

DEPARTMENTS = Path(__file__).parent / "4101" / "departments.toml"
"""The departments of Zhengzhou, with that of the province which answers there."""


class DepartmentSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A department's name, and by which entry of the list of duties (责任清单) it answers."""

    name: Text
    basis: str


class DepartmentFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`departments.toml`: departments by id."""

    department: dict[str, DepartmentSpec]


def departments(path: Path = DEPARTMENTS) -> Mapping[str, DepartmentSpec]:
    """All departments by id; ValueError names the file and the field at fault."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), DepartmentFile).department
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{path}: {error}") from None
