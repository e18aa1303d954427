"""What counts the facts of a partition for the signs of the city, as the fold asks for it; `agents.signs.stage` has what does.

A fact of a type that no sign reads costs one look at `reads`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from streams.messages import Incident, Registered, SignCells

RuleOf = Callable[[Incident], str]
"""The rule of the alert with which an incident began, empty where that is not known."""

CountedFact = tuple[str, str, Registered | None, Any, int, int, bool]
"""A fact to count: its type, its subject, how that is registered, the data (None where they are not of their type), its time

(ms), its offset, whether it came after its allowance or was entered by hand.
"""

COUNTS = b"\xffsigns/"
"""How the checkpoint's keys of what was counted begin. They are no UTF-8, so that they can be nobody's name."""


JUDGED = COUNTS + b"judged/"
"""How those begin of what judging gave there."""


def taken_out(newest: dict[bytes, bytes | None]) -> list[tuple[bytes, bytes]]:
    """What a checkpoint holds of what was counted; it is in `newest` no more."""
    found = [(key, newest.pop(key)) for key in [*newest] if key.startswith(COUNTS)]
    return [(key, value) for key, value in found if value is not None]


class Counts(Protocol):
    """What was counted in one partition."""

    @property
    def reads(self) -> Mapping[str, Any]:
        """The types of events that are counted, registrations of the domain among them."""

    @property
    def take(self) -> Callable[[CountedFact], None]:
        """Take up a fact of a subject, or its registration: always the same function, so that a loop asks for it once."""

    def correct(self, type_: str, name: str, facts: Registered | None, data: Any, at: int, corrects: int) -> None:
        """What the fact at offset `corrects` and event time `at` (ms) should have been."""

    def judged_by(self, book: Any) -> None:
        """From here on the partition is judged by this rule book, or by the same one with another calendar."""

    def heard(self, out: Sequence[Any]) -> None:
        """All that judging gave of the records that it was run with; of it what came before a tick was told with that."""

    def tick(self, now: int, out: Sequence[Any] = ()) -> Sequence[SignCells]:
        """Time has reached `now` (ms): what there is to tell of the newest full minute, where that is another one.

        `out`: what judging gave so far of the records that it is run with.
        """

    def saved(self) -> list[tuple[bytes, bytes | None]]:
        """What a checkpoint must hold of what was counted since the last one; None removes."""

    def take_up(self, items: Iterable[tuple[bytes, bytes]], now: int) -> None:
        """Go on with what a checkpoint holds of a partition whose time stands at `now` (ms)."""


class IncidentCounts(Protocol):
    """What was counted of the incidents of one partition."""

    def hear(self, outputs: Iterable[Any], rule_of: RuleOf) -> None:
        """What judging gave of a record; a copy changes nothing."""

    def tick(self, now: int) -> Sequence[SignCells]:
        """Time has reached `now` (ms): what there is to tell of the newest full minute, where that is another one."""

    def saved(self) -> list[tuple[bytes, bytes | None]]:
        """What a checkpoint must hold of what was counted since the last one; None removes."""

    def take_up(self, items: Iterable[tuple[bytes, bytes]], now: int) -> None:
        """Go on with what a checkpoint holds of a partition whose time stands at `now` (ms)."""


class NoCounts:
    """Where no sign reads anything."""

    reads: Mapping[str, Any] = {}

    def take(self, _fact: CountedFact) -> None:
        """Nothing is counted."""

    def correct(self, *_: Any) -> None:
        """Nothing is counted."""

    def judged_by(self, _book: Any) -> None:
        """Nothing is counted."""

    def heard(self, _out: Sequence[Any]) -> None:
        """Nothing is counted."""

    def hear(self, _outputs: Iterable[Any], _rule_of: RuleOf) -> None:
        """Nothing is counted."""

    def tick(self, _now: int, _out: Sequence[Any] = ()) -> Sequence[SignCells]:
        """Nothing is told."""
        return ()

    def saved(self) -> list[tuple[bytes, bytes | None]]:
        """Nothing is kept."""
        return []

    def take_up(self, items: Iterable[tuple[bytes, bytes]], now: int) -> None:
        """Nothing is kept."""
