"""The slices of the View: each record, and each section of the pages, in one place."""

from collections import Counter
from typing import ClassVar

from msgspec import Struct

import streams.messages
from screen.feed.believed.sealed import Restored
from screen.feed.fold import SLICES, fold
from screen.feed.slices.trails import Written
from screen.feed.snapshot import Health, sections, slow_sections
from screen.feed.view import Slice, View
from streams.messages import IncidentAudit, Matter, Quarantine, SignCells, Told
from streams.messages.services.appraisal import BaselineStep, IndexStep
from streams.messages.services.catalogue import RetentionStep
from streams.messages.services.devices import ClockOrder
from streams.outputs import BY_TYPE


def test_every_record_has_a_slice() -> None:
    """What is written beside the events comes to a slice, but trails of incidents, matters, held rules, what was told.

    Nor what the screen has of a service, or no page shows yet: steps of indexes and baselines, orders to devices, deletions
    past a ceiling, cells of signs.
    """
    taken = {message for kind in SLICES for message in kind.TAKES}
    unshown = {IndexStep, BaselineStep, ClockOrder, RetentionStep, SignCells}
    assert set(BY_TYPE) - taken == {IncidentAudit, Matter, Quarantine, Told, streams.messages.Health} | unshown
    assert taken - set(BY_TYPE) == {Written, Restored}


def test_every_section_is_built_by_one_slice() -> None:
    """No two slices write the same section, and the pages get all of them."""
    view = View()
    told = [(view[kind].sections(view), view[kind].slow_sections(view, None)) for kind in SLICES]
    names = Counter(name for pair in told for some in pair for name in some)
    assert set(names.values()) == {1}
    assert {*names, "health"} == set(sections(view, Health(), {}) | slow_sections(view, {}))


class Seen(Struct, frozen=True):
    """A record of a new kind."""

    id: str


class AllSeen(Slice):
    """What a slice of it needs."""

    TAKES: ClassVar[tuple[type, ...]] = (Seen,)

    seen: dict[str, Seen] = {}  # noqa: RUF012 - a Struct copies it

    def take(self, message: Seen, view: View) -> None:  # noqa: ARG002 - as all slices
        """Remember it."""
        self.seen[message.id] = message


def test_a_view_is_asked_for_a_slice_by_its_kind() -> None:
    """A View that was made without one has an empty one; a copy may change while the first stays."""
    view = View(AllSeen({"a": Seen("a")}))
    later = view[AllSeen].copied()
    later.take(Seen("b"), view)
    assert (set(view[AllSeen].seen), set(later.seen), View()[AllSeen].seen) == ({"a"}, {"a", "b"}, {})
    assert fold(view, [])[AllSeen].seen == {}  # it is not registered
