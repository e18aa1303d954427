"""What a worker needs of a stage of judging, and what a stage gives. `agents.stages` has the table of all stages.

A stage is a pure function of its partition's log, which the worker, the replay and the command line run alike.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from streams.calendar.holidays import Notice
from streams.messages import SubjectStatus
from streams.outputs import Output
from streams.signing.state import Trust


class Stage(Protocol):
    """One partition of an input topic, and the one way to move it on.

    `position`: the next offset to judge; `refused`: the newest that was refused whole (-1 for none since the start); `now`: the
    partition's time (ms); `adopted`: the rule book that its log has told it to judge by, None while that is the one it began
    with; `notices`: the notices of holidays that came in it, in their order;
    `trust`: what it trusts, which says whether the log was opened;
    `known`: how many things it remembers; `unjudged`: the facts of its day of which no rule judged anything.
    """

    topic: str
    partition: int
    log: str
    domain: str
    position: int
    refused: int
    now: int | None
    adopted: str | None
    notices: tuple[Notice, ...]

    @property
    def trust(self) -> Trust:
        """What the partition trusts."""

    @property
    def known(self) -> int:
        """How many things are remembered."""

    @property
    def unjudged(self) -> int:
        """How many facts of the partition's day no rule judged."""

    def adopts(self, offset: int, key: bytes | None, value: bytes | None) -> str | None:
        """The rule book that this record, the next one, would have it judge by; None where it is no adoption, or not taken."""

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> Sequence[Output]:
        """Judge records of (offset, key, value) in log order; those before `position` are skipped."""

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """What changed since the last snapshot, for a checkpoint; the position is last."""

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up what a checkpoint holds; later items win."""

    def statuses(self, limit: int) -> list[SubjectStatus]:
        """At most `limit` statuses that were not told yet."""
