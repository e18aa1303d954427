"""How often an enterprise may be inspected in a year, as `inspections.toml` of a place says, and what may go beyond that.

国办发〔2024〕54号: each line of organs publishes its yearly cap; what a complaint, an order from above or monitoring demands
may go beyond it (个案检查), and says so.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from streams import places
from streams.messages import Text, Words, is_text

FILE = "inspections.toml"

CAUSE = "inspection"
"""The trait of an order by which it names why an inspection may go beyond the cap."""

_BRANCH = re.compile(r"-\d{6}$")


class CapSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """How often organs of one line may inspect the same enterprise in a calendar year, by which published list."""

    most: Annotated[int, Meta(ge=0, le=366)]
    source: Annotated[str, Meta(min_length=1)]


class CauseSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an inspection may go beyond the cap, and which text says so."""

    title: Text
    source: Annotated[str, Meta(min_length=1)]


class CapFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`inspections.toml` of a place: caps by the role of a department."""

    cap: dict[str, CapSpec] = {}


class CauseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`inspections.toml` of the whole country: causes by the word of `service.inspection_visit`."""

    cause: dict[str, CauseSpec]


def caps(code: str | None = None, root: Path = places.ROOT) -> Mapping[str, CapSpec]:
    """The caps of a place (default: here), its own before the province's; ValueError names the file and what is wrong."""
    found: dict[str, CapSpec] = {}
    for file in places.files(places.here() if code is None else code, FILE, root):
        found |= places.read(file, CapFile).cap
    return found


def causes(root: Path = places.ROOT) -> Mapping[str, CauseSpec]:
    """What may go beyond a cap."""
    return places.read(root / FILE, CauseFile).cause


def line_of(organ: str) -> str:
    """The role of the department to whose line an organ belongs.

    >>> line_of("zz-ee"), line_of("zz-ee-410182"), line_of("zz-amr-se"), line_of("gov-410182")
    ('ee', 'ee', 'amr-se', '')
    """
    return _BRANCH.sub("", organ).partition("-")[2]


def cause_fault(traits: Mapping[str, str], reason: Words) -> str:
    """What is wrong with the cause that an order names; empty where it names none, or a lawful one with its reason."""
    cause = traits.get(CAUSE, "")
    if not cause:
        return ""
    if cause not in causes():
        return f"{cause!r} is no cause to inspect beyond the yearly cap; causes are {', '.join(causes())}"
    if not is_text(reason):
        return f"an inspection beyond the yearly cap ({cause}) says why"
    return ""
