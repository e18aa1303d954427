"""How often an enterprise may be inspected in a year, as `inspections.toml` of a place says, and what may go beyond that.

国办发〔2024〕54号: each line of organs publishes its yearly cap; what a complaint, an order from above or monitoring demands
may go beyond it (个案检查), and says so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from streams import places
from streams.messages import Issue, OrderAct, OrderLine, Text, Words, is_text

FILE = "inspections.toml"

CAUSE = "inspection"
"""The trait of an order by which it names why an inspection may go beyond the cap."""

CASE = "case"
"""An inspection for a single case (个案检查)."""

SENDING = frozenset({"lead", "task"})
"""The kinds of orders by which an office is sent to an enterprise: 线索移交, 交办. A 督办 sends nobody."""

DECIDE, MOVING = "decide-return", frozenset({"granted", "designated"})
"""The act that decides on a return (退单), and the outcomes by which the line goes to another unit."""

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


class Cap(Struct, frozen=True):
    """Of one line of organs: inspections made this year that count, and the cap; None where the place has set none (未设)."""

    line: str
    made: int
    most: int | None
    source: str

    @property
    def reached(self) -> bool:
        """Whether another inspection would go beyond it."""
        return self.most is not None and self.made >= self.most


def capped(made: Iterable[tuple[str, str]], organs: Iterable[str], known: Mapping[str, CapSpec]) -> tuple[Cap, ...]:
    """The cap of each line of organs, of what was made this year, each by its organ and sort.

    What was inspected for a single case (个案检查) is not bound by it and does not count.
    """
    counted = Counter(line_of(organ) for organ, sort in made if sort != CASE)
    return tuple(_cap(line, counted[line], known.get(line)) for line in sorted({line_of(each) for each in organs} - {""}))


def organs_sent(act: Issue | OrderAct, verb: str = "", lines: Iterable[OrderLine] = ()) -> frozenset[str]:
    """Whom an act sends to inspect: its receivers but those that assist, and the unit to which a return goes.

    `lines`: of the order that the act is about.
    """
    organs = {each.unit for each in act.receivers if each.part != "assist"}
    if isinstance(act, OrderAct) and verb == DECIDE and act.outcome in MOVING:
        asked = {line.returns.unit for line in lines if line.n in act.lines and line.returns}
        organs |= {act.unit} if act.unit else asked
    return frozenset(organs)


def beyond(over: Iterable[Cap]) -> str:
    """What is said to whoever would send an inspector beyond these caps; empty where there are none.

    >>> beyond([])
    ''
    """
    said = ", ".join(f"{cap.line}: {cap.made} of {cap.most} ({cap.source})" for cap in over)
    return (
        said and f"the enterprise was inspected as often as it may be this year ({said}): name a lawful cause and why, or wait"
    )


def _cap(line: str, made: int, spec: CapSpec | None) -> Cap:
    return Cap(line, made, spec.most if spec else None, spec.source if spec else "")


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
