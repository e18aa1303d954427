"""From messages to the next View. Pure.

A View is never changed once `fold` has returned it, so that a reader thread may publish it to everybody.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from msgspec import Struct

from screen.feed.believed.beyond import Beyond
from screen.feed.believed.sealed import Key, Revision, Sealed
from screen.feed.directory import Appeals, Directories, Entries, Sharings
from screen.feed.enterprises.inspected import Enterprises
from screen.feed.order_flow import OrderFlow
from screen.feed.signs.board import SignBoard
from screen.feed.signs.city_signs import CitySigns
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
from screen.feed.slices.orders import Orders
from screen.feed.slices.shifts import Shifts
from screen.feed.slices.subjects import Subjects
from screen.feed.slices.trails import Trails
from screen.feed.view import Slice, View

SLICES: tuple[type[Slice], ...] = (
    Clock,
    Beyond,
    Sealed,
    Board,
    Annunciations,
    Alarms,
    Incidents,
    Floods,
    Trails,
    Shifts,
    BadInput,
    Subjects,
    Enterprises,
    MapPoints,
    Measures,
    JobStates,
    LawInForce,
    Orders,
    OrderFlow,
    Directories,
    Sharings,
    Entries,
    Appeals,
    CitySigns,
    SignBoard,
)
"""All slices, in the order in which a message comes to them, and their sections to the pages."""

_TAKERS = {message: [each for each in SLICES if message in each.TAKES] for kind in SLICES for message in kind.TAKES}

TAKEN = frozenset(_TAKERS)
"""The types of messages that a View is made of."""


def fold(view: View, messages: Iterable[Struct], left_out: Callable[[Exception], None] = lambda _: None) -> View:
    """The View after these messages, in the order of each topic's partition; second copies change nothing.

    One that a slice cannot take in is left out, and `left_out` is told why, while it is the one that was taken last. One that
    says more than its partition's worker has come to waits until a pulse covers it (`screen.feed.believed.beyond`). A Revision
    of an opened log is shown where nothing that is sealed stands against it (`screen.feed.believed.sealed`).
    """
    slices = [view[kind].copied() for kind in SLICES]
    draft = View(*slices)
    takers = {message: [draft[kind] for kind in kinds] for message, kinds in _TAKERS.items()}
    beyond, clock = draft[Beyond], draft[Clock]
    near = chain((each for each in messages if not beyond.holds(each, clock)), beyond.covered(clock))
    for message in chain(_admitted(near, draft), _again(draft)):
        try:
            for each in takers.get(type(message), ()):  # of a topic some of whose records no slice keeps
                each.take(message, draft)
        except Exception as error:  # noqa: BLE001 - one record must not stop the reader, whatever it does to a slice
            left_out(error)
    now = draft[Clock].now or 0
    for each in slices:
        try:
            each.settle(draft, view)
            each.forget(now)
        except Exception as error:  # noqa: BLE001 - nor may what it left behind
            left_out(error)
    return draft


def _admitted(messages: Iterable[Struct], draft: View) -> Iterator[Struct]:
    """The messages, and of an opened log's revisions those that are shown, as what they are of."""
    for each in messages:
        if not isinstance(each, Revision):
            yield each
        elif draft[Sealed].admitted(each, draft):
            yield each.thing


def _again(draft: View) -> Iterator[Struct]:
    """Revisions whose trail has come with this fold, and what must be shown again."""
    sealed = draft[Sealed]
    yield from _admitted(sealed.retried(), draft)
    shown: dict[Key, tuple[int, int]] = {}
    for key in sealed.open:
        if order := next((order for each in SLICES if (order := draft[each].shown(*key))), None):
            shown[key] = order
    yield from sealed.put_right(shown)
