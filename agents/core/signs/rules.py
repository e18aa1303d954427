"""What the stage of signs is judged by, as data: `agents.signs.stage.basis` makes it of the book of signs."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from agents.core.rules.rule import RuleSpec
from agents.core.signs.counts import Counts, IncidentCounts, NoCounts
from streams.messages import SignState, Text

Sums = Mapping[str, tuple[int, int]]
"""Of what is a mean the sum of each item, in millionths, and of how many."""

Value = Callable[[float, float, Sums, int], float | None]
"""The value of a sign, of numerator, denominator and sums, at a moment (ms); None where there is none."""


class StageSign(Struct, frozen=True, kw_only=True):
    """A sign of the book. `version` names its definition, `made` what it counts alone (its window and formula).

    `owed`: whether somebody owes its inputs, so that it has a coverage; `floor`: the coverage below which it is told as NA;
    `least`: of how many it must be for a crossing to be judged; `level`: how it stands at a value; `residents`: those of
    areas, where it is for so many of them.
    """

    name: Text
    version: str
    made: str
    owed: bool
    floor: float | None
    value: Value
    level: Callable[[float], SignState]
    least: int = 0
    residents: Mapping[str, int] | None = None


def no_incidents(_specs: Mapping[str, Mapping[str, RuleSpec]], _topic: str, _partition: int) -> IncidentCounts:
    """Where no sign counts incidents."""
    return NoCounts()


class SignRules(Struct, frozen=True, kw_only=True):
    """The signs by id, the names of areas by code, the department that bad records go to.

    `counts`: what counts the facts of a topic of events and partition; `incidents`: the incidents there, by rules by domain.
    """

    signs: Mapping[str, StageSign]
    areas: Mapping[str, Text]
    owner: str
    counts: Callable[[str, int], Counts]
    incidents: Callable[[Mapping[str, Mapping[str, RuleSpec]], str, int], IncidentCounts] = no_incidents
