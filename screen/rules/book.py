"""The rule book beside the log: what the rules say, how often each has raised, and what of each stands open.

The book is what `python -m agents rules book` prints, in a process of its own: the screen imports nothing of the agents, and a
reading of the rule files here would be a second meaning of them beside the core's. So the page shows the book by which the log
is judged, with the core's defaults, whether the log has adopted it or the files hold it.
"""

import asyncio
import gzip
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from screen.feed.hub import Hub
from screen.feed.rows import row
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.annunciations import DAYS, Annunciations, day_of
from screen.feed.slices.clock import Clock
from screen.feed.view import View
from screen.web.json_response import JSON, NOT_KEPT, json_response
from streams.command import Trouble
from streams.messages import DAY, SEVERITIES, Alert, parse_time

ROOT = Path(__file__).resolve().parents[2]

KEPT = 60.0
"""Seconds for which a book that was read is shown before it is asked for again (a choice: a log adopts one now and then)."""

PATIENCE = 60.0
"""Seconds that the command may take: it compiles the book (2 s) and reads a topic."""

MOST_OPEN = 50
"""Open alerts of a rule that its page lists; the others are counted."""


class Raised(Struct, frozen=True):
    """What the log says of the rules now.

    `days`: the newest local days, oldest first, as numbers since 1970-01-01; `raised`: alerts raised on each by rule; `open`:
    alerts that have not ended by rule and severity, worst first.
    """

    days: tuple[int, ...]
    raised: dict[str, list[int]]
    open: dict[str, list[int]]


def raised(view: View) -> Raised:
    """How often each rule has raised an alert on each of the last days of the log, and what of it stands open."""
    today = day_of(view[Clock].now or 0)
    days = tuple(range(today - DAYS + 1, today + 1))
    known = view[Annunciations].raised
    counts = {rule: [known.get((rule, day), 0) for day in days] for rule, _ in known}
    standing = Counter((alert.rule, alert.severity) for alert in _open(view))
    rules = {rule for rule, _ in standing}
    return Raised(days, counts, {rule: [standing[rule, severity] for severity in SEVERITIES] for rule in rules})


def open_of(view: View, rule: str) -> list[Alert]:
    """The alerts of a rule that have not ended: worst first, then those that stand longest."""
    found = [alert for alert in _open(view) if alert.rule == rule]
    return sorted(found, key=lambda alert: (SEVERITIES.index(alert.severity), parse_time(alert.raised_at), alert.id))


def _open(view: View) -> Iterator[Alert]:
    alarms = view[Alarms]
    for alerts in (alarms.alerts, alarms.aside, alarms.normal):
        yield from alerts.values()


class RuleBook:
    """The routes of the page of rules, for one log."""

    def __init__(self, hub: Hub, log: str) -> None:
        self._hub, self._log = hub, log
        self._reading = asyncio.Lock()
        self._book = b""
        self._until = 0.0

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [Route("/screen/rules", self.book), Route("/screen/rules/now", self.now)]

    async def book(self, _request: Request) -> Response:
        """The whole rule book, packed; 503 with the command's own words where it cannot be read."""
        try:
            packed = await self._read()
        except Trouble as error:
            return json_response({"error": str(error)}, 503)
        return Response(packed, 200, NOT_KEPT | {"content-encoding": "gzip"}, JSON)

    async def now(self, request: Request) -> Response:
        """How often each rule has raised, what stands open, and, with `?rule=ID`, the open alerts of one."""
        view = self._hub.view
        found = raised(view)
        told: dict[str, Any] = {
            "days": [day * DAY for day in found.days],
            "raised": found.raised,
            "open": found.open,
        }
        if rule := request.query_params.get("rule"):
            told["alerts"] = [row(alert) for alert in open_of(view, rule)[:MOST_OPEN]]
        return json_response(told, 200)

    async def _read(self) -> bytes:
        async with self._reading:
            if time.monotonic() >= self._until:
                self._book = gzip.compress(await _printed(self._log), 6)
                self._until = time.monotonic() + KEPT
            return self._book


async def _printed(log: str) -> bytes:
    """What the command prints of the book by which a log is judged; Trouble with what it says of itself where it fails."""
    command = (sys.executable, "-m", "agents", "rules", "book", "--log", log)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe, stderr=pipe)
    try:
        printed, said = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        raise Trouble(f"the rule book was not read within {PATIENCE:.0f} s; try again") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Trouble(said.decode("utf-8", "replace").strip() or "the rule book cannot be read")
    return printed
