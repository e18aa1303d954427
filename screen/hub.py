"""Where the reader's thread meets the pages: the newest sections, and a way to wait for newer ones."""

import asyncio
from contextlib import suppress

from screen.snapshot import Health, Sections, sections
from screen.view import View


class Hub:
    """Holds what every page shows. `publish` may be called from any thread; the rest belongs to the event loop."""

    def __init__(self) -> None:
        self.view = View()
        self.health = Health()
        self.sections: Sections = sections(self.view, self.health, {})
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def open(self) -> None:
        """Remember the running loop, to which publications are handed."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Hand over nothing more."""
        self._loop = None

    def publish(self, view: View, health: Health) -> None:
        """Build the sections once, here in the caller's thread, and show them to all pages."""
        built = sections(view, health, self.sections)
        if loop := self._loop:
            with suppress(RuntimeError):  # the loop has ended between the two lines
                loop.call_soon_threadsafe(self._set, view, health, built)

    async def newer(self, patience: float) -> None:
        """Wait for the next publication, at most `patience` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), patience)

    def _set(self, view: View, health: Health, built: Sections) -> None:
        self.view, self.health, self.sections = view, health, built
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
