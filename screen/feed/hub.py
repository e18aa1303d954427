"""Where the reader's thread meets the pages: the newest sections, and a way to wait for newer ones."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic

from msgspec.structs import replace

from screen.desk.list import Index, advance
from screen.feed.believed.beyond import Beyond
from screen.feed.believed.sealed import Sealed
from screen.feed.slices.clock import Clock
from screen.feed.snapshot import Health, Sections, body, fault, sections, slow_sections
from screen.feed.view import View
from streams.clock import wall_time
from streams.messages import encode

SILENT = 15.0
"""Seconds after which a reader of which nothing is heard is taken for dead; the longest fold of a large log takes five."""


class Hub:
    """Holds what every page shows. What publishes is one thread's, any one; the rest belongs to the event loop."""

    def __init__(self) -> None:
        self.view = View()
        self.health = Health()
        self.sections: Sections = sections(self.view, self.health, {}) | slow_sections(self.view, {})
        self.index = Index()
        self._bodies: dict[tuple[str, ...], str] = {}
        self._built, self._sections = self.index, self.sections
        self._known = self._known_slow = self.view
        self._slow_faults: list[str] = []
        self._beat = monotonic()
        self._listening: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def now(self) -> int:
        """The log's newest time (ms) as the screen knows it; before it knows one that of this machine."""
        return self.view[Clock].now or wall_time()

    def open(self) -> None:
        """Remember the running loop, to which publications are handed."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Hand over nothing more."""
        self._loop = None

    def body(self, names: tuple[str, ...]) -> str:
        """These sections as a message holds them; made once for all pages to which the same ones are new."""
        if names not in self._bodies:
            self._bodies[names] = body({name: self.sections[name] for name in names})
        return self._bodies[names]

    def publish(self, view: View, health: Health) -> Health:
        """Build the list and all but the slow sections, here in the caller's thread; each is shown when it is made.

        It never raises: what cannot be built stays as it was, and the Health that is shown, and given back, says so.
        """
        faults: list[str] = []
        doubtful = len(view[Beyond].held) + len(view[Sealed].waiting) + view[Sealed].dropped
        health = replace(health, left_out=health.left_out + doubtful)
        try:
            self._built = advance(self._built, view)
        except Exception as error:  # noqa: BLE001 - whatever it was, the pages are told the rest
            faults.append(fault("the list", error))
        built = sections(view, health, self._sections, faults)
        if found := [*filter(None, [health.trouble]), *faults, *self._slow_faults]:
            health = replace(health, trouble="; ".join(found))
            told = encode(health)
            built["health"] = self._sections["health"] if self._sections["health"] == told else told
        self._hand(self._set_list, view, health, self._built)
        self._sections = self._sections | built
        self._known = view
        self._hand(self._set, self._sections)
        return health

    def publish_slow(self) -> None:
        """Build the slow sections of the View that was published last, and show them; what cannot be built stays as it was."""
        self._slow_faults = []
        self._sections = slow_sections(self._known, self._sections, self._known_slow, self._slow_faults)
        self._known_slow = self._known
        self._hand(self._set, self._sections)

    def beat(self) -> None:
        """The reader's thread says that it lives."""
        self._beat = monotonic()

    def well(self) -> bool:
        """Whether the pages show what the log says now: the reader lives, has read all, and could show all of it."""
        health = self.health
        return health.broker and health.loaded and not health.trouble and monotonic() - self._beat < SILENT

    async def newer(self, patience: float) -> None:
        """Wait for the next publication, at most `patience` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), patience)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """An event that is set whenever there is a newer list; who waits for it clears it."""
        stirred = asyncio.Event()
        self._listening.add(stirred)
        try:
            yield stirred
        finally:
            self._listening.discard(stirred)

    def _hand(self, take: Callable[..., None], *what: object) -> None:
        if loop := self._loop:
            with suppress(RuntimeError):  # the loop has ended between the two lines
                loop.call_soon_threadsafe(take, *what)

    def _set_list(self, view: View, health: Health, index: Index) -> None:
        self.view, self.health, self.index = view, health, index
        for stirred in self._listening:
            stirred.set()

    def _set(self, built: Sections) -> None:
        self.sections, self._bodies = built, {}
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
