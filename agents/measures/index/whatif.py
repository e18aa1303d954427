"""What other weights would make of the same period: scores side by side, in the place's order, not by score. Pure."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from agents.measures.index.score import IndexScore
from streams.messages import Text


class ScoreChange(Struct, frozen=True):
    """A unit's or district's score before and after, None where there is none, and the bands."""

    key: str
    before: float | None
    after: float | None
    band_before: Text | None
    band_after: Text | None

    @property
    def by(self) -> float | None:
        """By how much it changes."""
        return None if self.before is None or self.after is None else self.after - self.before


def changes(before: Sequence[IndexScore], after: Sequence[IndexScore]) -> Iterator[ScoreChange]:
    """The scores of one index under two sets of weights: the same cases, so the same keys."""
    for old, new in zip(before, after, strict=True):
        yield ScoreChange(old.key, old.score, new.score, old.band, new.band)
