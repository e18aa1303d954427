"""The newest entries of the alerts' trails, and the newest acts of people among them. Pure."""

from typing import ClassVar

from msgspec import Struct

from screen.feed.view import Slice, View
from streams.handover import by_person
from streams.messages import Audit, parse_time

MOST_ENTRIES, MOST_TRAILS = 30, 2_000
"""Newest entries of a trail that are kept, and trails: those in which something was written last."""

MOST_ACTS = 5_000
"""Newest acts of people that are remembered, to be counted in a note at the change of a shift."""


class Written(Struct, frozen=True):
    """An entry of a trail, and when Kafka took it (ms): real time, whatever the log's own time is."""

    entry: Audit
    at: int


class Trails(Slice):
    """`trails`: the newest entries of an alert's trail, newest last. `acts`: the newest acts of people, by alert and number.

    Reads no other slice; the pages ask for a trail by its alert, so that no section tells of it.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Audit, Written)

    trails: dict[str, tuple[Audit, ...]] = {}
    acts: dict[tuple[str, int], Written] = {}

    def take(self, message: Audit | Written, view: View) -> None:
        """Remember an entry; a second copy changes nothing, nor does one that does not follow the newest.

        A trail is numbered without a gap: an entry of a far number would keep all true ones out.
        """
        entry = message.entry if isinstance(message, Written) else message
        parse_time(entry.at)
        known = self.trails.pop(entry.alert, ())
        newer = not known or entry.n == known[-1].n + 1
        self.trails[entry.alert] = (*known, entry)[-MOST_ENTRIES:] if newer else known
        if isinstance(message, Written) and by_person(entry):
            self.acts[entry.alert, entry.n] = message

    def forget(self, now: int) -> None:
        """Let go of the oldest."""
        self.trails = dict(list(self.trails.items())[-MOST_TRAILS:])
        if len(self.acts) > MOST_ACTS:
            self.acts = dict(sorted(self.acts.items(), key=lambda item: item[1].at)[-MOST_ACTS:])
