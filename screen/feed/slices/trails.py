"""The newest entries of the alerts' trails, and the newest acts of people among them. Pure."""

from typing import ClassVar

from msgspec import Struct

from screen.feed.view import Slice, View
from streams.handover import by_person
from streams.messages import Audit

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

    A trail is numbered without a gap. `strays`: the newest entry of an alert that does not follow: where the next one follows
    it, what was known was no part of the trail, and these two are. So no false entry keeps true ones out for long.

    Reads no other slice; the pages ask for a trail by its alert, so that no section tells of it.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Audit, Written)

    trails: dict[str, tuple[Audit, ...]] = {}
    acts: dict[tuple[str, int], Written] = {}
    strays: dict[str, Audit] = {}

    def take(self, message: Audit | Written, view: View) -> None:
        """Remember an entry; a second copy changes nothing."""
        entry = message.entry if isinstance(message, Written) else message
        known = self.trails.pop(entry.alert, ())
        stray = self.strays.get(entry.alert)
        if not known or entry.n == known[-1].n + 1:
            known = (*known, entry)[-MOST_ENTRIES:]
        elif stray is not None and entry.n == stray.n + 1:
            known = (self.strays.pop(entry.alert), entry)
        elif entry not in known:
            self.strays[entry.alert] = entry
        self.trails[entry.alert] = known
        if isinstance(message, Written) and by_person(entry):
            self.acts[entry.alert, entry.n] = message

    def forget(self, now: int) -> None:
        """Let go of the oldest."""
        self.trails = dict(list(self.trails.items())[-MOST_TRAILS:])
        self.strays = {alert: entry for alert, entry in self.strays.items() if alert in self.trails}
        if len(self.acts) > MOST_ACTS:
            self.acts = dict(sorted(self.acts.items(), key=lambda item: item[1].at)[-MOST_ACTS:])
