"""What people write beside the stages: the data directory, requests to share, entries by hand, objections to figures. Pure."""

from collections.abc import Callable
from functools import cache
from itertools import islice
from typing import Any, ClassVar

from screen.feed.view import Slice, View
from streams.appraisal.objections import Objected, take_objection
from streams.directory.sharing import SharingRequest, take_step
from streams.directory.versions import DirectoryVersion, refusal, versions
from streams.entry.drafts import Entry, take_record
from streams.messages import parse_time
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.messages.services.catalogue import CatalogueStep, SharingStep
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryRecord
from streams.places.appraisal import appraisal

MOST_STEPS = 500
"""Steps that are remembered, the newest: some hundred versions."""

MOST_REQUESTS = 2_000
"""Requests to share that are remembered; beyond it the oldest go that are over. A choice."""

MOST_ENTRIES = 5_000
"""Entries by hand that are remembered; beyond it the oldest go that are decided. A choice."""

MOST_OBJECTIONS = 5_000
"""Objections that are remembered; beyond it the oldest go that are answered. A choice."""

_OVER = frozenset({"refused", "withdrawn", "revoked", "ended"})


class Directories(Slice):
    """`steps`: the steps of all versions in the log's order. Reads no other slice; the page of the directory asks for them."""

    TAKES: ClassVar[tuple[type, ...]] = (CatalogueStep,)

    steps: tuple[CatalogueStep, ...] = ()

    def take(self, message: CatalogueStep, view: View) -> None:
        """Remember a step that may be done; a second copy changes nothing."""
        parse_time(message.at)
        if message not in self.steps and not refusal(versions(self.steps), message):
            self.steps = (*self.steps, message)[-MOST_STEPS:]

    def versions(self) -> dict[str, DirectoryVersion]:
        """The versions by name."""
        return versions(self.steps)


class Sharings(Slice):
    """`requests`: those to share, by name, in the order in which they were asked. Reads no other slice."""

    TAKES: ClassVar[tuple[type, ...]] = (SharingStep,)

    requests: dict[str, SharingRequest] = {}

    def take(self, message: SharingStep, view: View) -> None:
        """Take a step that may be done; a second copy changes nothing."""
        parse_time(message.at)
        take_step(self.requests, message)

    def forget(self, now: int) -> None:
        """Let go of the oldest that are over, where there are more than are remembered."""
        _forget_oldest(self.requests, MOST_REQUESTS, lambda each: each.state(now) in _OVER)


class Entries(Slice):
    """`entries`: facts that are entered by hand, by name, in the order in which they came. Reads no other slice."""

    TAKES: ClassVar[tuple[type, ...]] = (EntryDraft, EntryDecision)

    entries: dict[str, Entry] = {}

    def take(self, message: EntryRecord, view: View) -> None:
        """Take what may be; a second copy changes nothing."""
        parse_time(message.at)
        take_record(self.entries, message)

    def forget(self, now: int) -> None:
        """Let go of the oldest that are decided, where there are more than are remembered."""
        _forget_oldest(self.entries, MOST_ENTRIES, lambda each: each.decision is not None)


@cache
def measuring_office() -> str:
    """The body that measures this place; empty where it names none."""
    return appraisal().office


class Appeals(Slice):
    """`known`: the objections by name, in the order in which they were said. Reads no other slice; no section of it is sent."""

    TAKES: ClassVar[tuple[type, ...]] = (Objection, ObjectionAnswer)

    known: dict[str, Objected] = {}

    def take(self, message: Objection | ObjectionAnswer, view: View) -> None:
        """Take what may be; a second copy changes nothing."""
        parse_time(message.at)
        take_objection(self.known, message, measuring_office())

    def forget(self, now: int) -> None:
        """Let go of the oldest that are answered, where there are more than are remembered."""
        _forget_oldest(self.known, MOST_OBJECTIONS, lambda each: each.answer is not None)


def _forget_oldest(known: dict[str, Any], most: int, is_over: Callable[[Any], bool]) -> None:
    over = (name for name, each in known.items() if is_over(each))
    for name in list(islice(over, max(0, len(known) - most))):
        del known[name]
