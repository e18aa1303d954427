"""The versions of the data directory, as people have drafted, agreed, reviewed and published them. Pure."""

from typing import ClassVar

from screen.feed.view import Slice, View
from streams.directory.versions import DirectoryVersion, refusal, versions
from streams.messages import parse_time
from streams.messages.services.catalogue import CatalogueStep

MOST_STEPS = 500
"""Steps that are remembered, the newest: some hundred versions."""


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
