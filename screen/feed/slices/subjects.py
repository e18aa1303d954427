"""The newest values of every subject, and where it stands on the map. Pure but for the catalogue."""

from typing import ClassVar

from msgspec import field

from screen.feed.slices.clock import FEW, Clock, within_pace
from screen.feed.view import Slice, View
from screen.wall.labels import Spot
from streams.catalogue import domains
from streams.messages import DAY, NEVER, SubjectStatus, parse_time


class Spots(dict[str, Spot]):
    """Subjects on the map by name. What is made of them is remembered for this very object, which is never changed."""

    __hash__ = object.__hash__  # type: ignore[assignment]


class Subjects(Slice):
    """`subjects`: the newest values of each by name. `placed`: those that have a place; `spots`: as the map shows them.

    `spots` is the very object of the View before where nothing in it has changed; of more than FEW it may be PACE behind, for
    which it reads the Clock.
    """

    TAKES: ClassVar[tuple[type, ...]] = (SubjectStatus,)

    subjects: dict[str, SubjectStatus] = {}
    placed: dict[str, Spot] = {}
    spots: Spots = field(default_factory=Spots)

    def copied(self) -> "Subjects":
        """One with the same spots."""
        return Subjects(dict(self.subjects), dict(self.placed), self.spots)

    def take(self, message: SubjectStatus, view: View) -> None:
        """Remember what is not older; of a time that the log is a day away from nothing is believed."""
        known, latest = self.subjects.get(message.subject), (view[Clock].now or NEVER) + DAY
        if known is not None and parse_time(message.at) > latest:
            return
        if known is None or parse_time(message.at) >= parse_time(known.at) or parse_time(known.at) > latest:
            self.subjects[message.subject] = message
            if message.lon is not None and message.lat is not None:
                self.placed[message.subject] = Spot((message.lon, message.lat), _index(message), message.domain)

    def settle(self, view: View, before: View) -> None:
        """Show on the map what has come, where it is due."""
        due = len(self.placed) <= FEW or not within_pace(before, view)
        if due and self.placed != self.spots:
            self.spots = Spots(self.placed)


def number(status: SubjectStatus, field: str) -> float | None:
    """A field of its newest values that is a number."""
    value = status.values.get(field)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _index(status: SubjectStatus) -> int | None:
    """The value that stands beside it on the map, in whole numbers, where its domain shows one."""
    described = domains().get(status.domain)
    value = number(status, described.places.field) if described and described.places else None
    return None if value is None else round(value)
