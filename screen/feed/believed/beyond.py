"""Revisions that say more than a worker can have come to. Pure.

A revision is the offset of the event that caused it. Whoever can write to a topic may write one of any number; believed, it
would hide every true one that comes after it. So none is believed before the worker of its partition has come near.
"""

from collections.abc import Iterator

from msgspec import Struct

from screen.feed.believed.sealed import Revision
from screen.feed.slices.clock import Clock
from screen.feed.view import Slice
from streams.messages import Alert, Flood, Incident, Order, OrderLine
from streams.topics import split_events_topic

IN_FLIGHT = 10_000
"""Offsets beyond the end that a partition's newest pulse knew: what may come and be judged before the next, a second later.

A choice: twice the records a second of a whole city in the measured runs. More in one partition waits for its pulse.
"""

MOST = 10_000
"""Revisions that wait, newest kept."""

Revised = Alert | Incident | Order | OrderLine | Flood
"""What says of which event it is."""


class Beyond(Slice):
    """`held`: revisions that wait for a pulse, by what they are. Reads the Clock's pulses.

    Where no partition of its domain has ever had a pulse, nothing is known to hold against a revision.
    """

    held: dict[tuple[str, str, int, int], Struct] = {}

    def holds(self, message: Struct, clock: Clock) -> bool:
        """Whether this is such a revision: then it waits here."""
        thing = message.thing if isinstance(message, Revision) else message
        if not isinstance(thing, Revised) or _believed(thing, clock):
            return False
        audit = 0 if isinstance(thing, Flood) else thing.audit
        self.held[type(thing).__name__, thing.id, thing.rev, audit] = message
        if len(self.held) > MOST:
            del self.held[next(iter(self.held))]
        return True

    def covered(self, clock: Clock) -> Iterator[Struct]:
        """Those that a pulse covers now; they wait no longer."""
        for key, message in list(self.held.items()):
            thing = message.thing if isinstance(message, Revision) else message
            if isinstance(thing, Revised) and _believed(thing, clock):
                del self.held[key]
                yield message


def _believed(of: Revised, clock: Clock) -> bool:
    _, domain = split_events_topic(of.place.topic)
    beat = clock.beats.get((domain, of.place.partition))
    if beat is None:
        return all(each != domain for each, _ in clock.beats)
    return of.rev < beat.end + IN_FLIGHT
