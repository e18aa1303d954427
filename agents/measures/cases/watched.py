"""Duties that measures count though no rule of the book watches them, as `watched.toml` has them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.rules.rule import ClauseSpec, RuleSpec
from streams import toml
from streams.messages import Text

FILE = Path(__file__).with_name("watched.toml")

NO_CLAUSE = "measured"
"""The clause of what no text is known for: it holds always and everywhere, and nothing is raised by it."""

CLAUSES = {NO_CLAUSE: ClauseSpec(Text("仅供统计", "Counted alone"), "", ())}


class WatchedRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One duty: the kinds of facts, the subjects that they are told of, and what the stock judge `duty` is given."""

    title: Text
    on: tuple[str, ...]
    subjects: tuple[str, ...]
    params: dict[str, Any] = msgspec.field(name="with")

    def spec(self, owner: str) -> RuleSpec:
        """It as a rule of a domain whose data an office owns; it raises nothing, and stands in no book that judges."""
        return RuleSpec(
            row="",
            title=self.title,
            clause=NO_CLAUSE,
            phase="post-event",
            severity="blue",
            on=self.on,
            judge="duty",
            department=owner,
            guidance=self.title,
            subjects=self.subjects,
            params=self.params,
        )


@cache
def watched() -> Mapping[str, Mapping[str, WatchedRow]]:
    """The duties by domain and name."""
    return msgspec.convert(toml.loads(FILE.read_text("utf-8")), dict[str, dict[str, WatchedRow]])


def watched_names() -> frozenset[str]:
    """The names of all of them."""
    return frozenset().union(*watched().values())
