"""From messages to the next View. Pure.

A View is never changed once `fold` has returned it, so that a reader thread may publish it to everybody.
"""

from collections.abc import Iterable

from msgspec import Struct

from screen.feed.slices.alarms import Alarms
from screen.feed.slices.annunciations import Annunciations
from screen.feed.slices.bad_input import BadInput
from screen.feed.slices.board import Board
from screen.feed.slices.clock import Clock
from screen.feed.slices.floods import Floods
from screen.feed.slices.incidents import Incidents
from screen.feed.slices.job_states import JobStates
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.slices.map_points import MapPoints
from screen.feed.slices.measures import Measures
from screen.feed.slices.shifts import Shifts
from screen.feed.slices.subjects import Subjects
from screen.feed.slices.trails import Trails
from screen.feed.view import Slice, View

SLICES: tuple[type[Slice], ...] = (
    Clock,
    Board,
    Annunciations,
    Alarms,
    Incidents,
    Floods,
    Trails,
    Shifts,
    BadInput,
    Subjects,
    MapPoints,
    Measures,
    JobStates,
    LawInForce,
)
"""All slices, in the order in which a message comes to them, and their sections to the pages."""

_TAKERS = {message: [each for each in SLICES if message in each.TAKES] for kind in SLICES for message in kind.TAKES}

TAKEN = frozenset(_TAKERS)
"""The types of messages that a View is made of."""


def fold(view: View, messages: Iterable[Struct]) -> View:
    """The View after these messages, in the order of each topic's partition; second copies change nothing.

    A message with a time that cannot be read is left out: it says nothing that could be shown at its place.
    """
    slices = [view[kind].copied() for kind in SLICES]
    draft = View(*slices)
    takers = {message: [draft[kind] for kind in kinds] for message, kinds in _TAKERS.items()}
    for message in messages:
        try:
            for each in takers[type(message)]:
                each.take(message, draft)
        except (ValueError, OverflowError):
            continue
    now = draft[Clock].now or 0
    for each in slices:
        each.settle(draft, view)
        each.forget(now)
    return draft
