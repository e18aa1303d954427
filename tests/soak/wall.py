"""`python -m tests.soak_wall`: a wall for half an hour. A real browser before a town whose alerts come, are seen to, and end.

Every 30 seconds, after a forced collection of garbage: the page's JavaScript heap, its nodes, its event listeners. The figures
go to `docs/measured/soak-wall.md`, their graph to `docs/measured/soak-wall.svg`. Exit 1 where one of them grows
faster than its bound after the warm-up.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression, median

from msgspec import Struct
from msgspec.structs import replace
from playwright.sync_api import CDPSession, Page, sync_playwright

from screen.wall.domains import FIRST
from streams.kafka import broker
from streams.kafka.admin import create_topics
from streams.messages import SEVERITIES, Alert, Severity, format_time
from streams.settings import Settings
from tests.soak.worker import WARM_UP, drawing
from tests.support.browser.screens import CHROMIUM, running_screen
from tests.support.browser.wall import living_town
from tests.support.kafka.settings import settings_in
from tests.support.town import DISTRICTS, Town, alert, bad, station, wall_clock
from tests.support.workers import ROOT

LOG = "live"
EVERY = 30.0
"""Seconds between two samples."""

STEP = 5.0
"""Seconds between two alerts: 120 in ten minutes, twelve desks' most that a person can follow (ANSI/ISA-18.2-2016: 10)."""

SEEN, NORMAL = 8, 30
"""Alerts after which one is acknowledged, and after which it is over: about thirty stand at any time."""

BOUNDS = {"heap": 8.0, "nodes": 600.0, "listeners": 300.0}
"""What an hour after the warm-up may add: MB, nodes, listeners. One row leaked for each alert would be 8,000 nodes."""

FLAGS = ("--autoplay-policy=no-user-gesture-required", "--enable-precise-memory-info")


class WallSample(Struct, frozen=True):
    """One moment of the run: seconds since its begin, MB of the JavaScript heap, nodes and listeners of the page, its view."""

    at: float
    heap: float
    nodes: float
    listeners: float
    view: str


def main() -> int:
    """Run, write both files, say the verdict."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak_wall", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="length of the run (default %(default)s)")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "measured", help="where soak-wall.md and soak-wall.svg go")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        broker.start(settings)
        try:
            samples, sounded = soak(settings, options.minutes * 60)
        finally:
            broker.stop(settings)
    panels = [
        ("JavaScript heap after a forced collection, MB", [one.heap for one in samples]),
        ("nodes of the page", [one.nodes for one in samples]),
        ("event listeners of the page", [one.listeners for one in samples]),
    ]
    (options.docs / "soak-wall.svg").write_text(drawing(panels, samples[-1].at / 60), "utf-8")
    (options.docs / "soak-wall.md").write_text(page_of(samples, sounded), "utf-8")
    grown = {name: slope(samples, name) for name in BOUNDS}
    sys.stderr.write(f"soak: an hour would add {grown['heap']:+.1f} MB, {grown['nodes']:+.0f} nodes, ")
    sys.stderr.write(f"{grown['listeners']:+.0f} listeners (at most {BOUNDS}); sounded {sounded}\n")
    return int(any(grown[name] > bound for name, bound in BOUNDS.items()))


def soak(settings: Settings, seconds: float) -> tuple[list[WallSample], str]:
    """Samples of the whole run, and what the wall has sounded."""
    create_topics(settings, LOG)
    with living_town(settings, LOG) as town, running_screen(settings, LOG) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*CHROMIUM, *FLAGS])
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{address}/?kiosk=1&view=alarms")
        page.locator(".map .canvas canvas").wait_for(timeout=60_000)
        over = threading.Event()
        life = threading.Thread(target=live, args=(town, over))
        life.start()
        try:
            samples = _watched(page, page.context.new_cdp_session(page), seconds)
            sounded = page.locator(".wall").get_attribute("data-sounded") or "nothing"
        finally:
            over.set()
            life.join()
        browser.close()
    return samples, sounded


def _watched(page: Page, session: CDPSession, seconds: float) -> list[WallSample]:
    session.send("Performance.enable")
    samples: list[WallSample] = []
    began = time.monotonic()
    while (at := time.monotonic() - began) < seconds:
        samples.append(_sample(page, session, at))
        page.wait_for_timeout(1_000 * max(0.0, began + len(samples) * EVERY - time.monotonic()))
    return samples


def _sample(page: Page, session: CDPSession, at: float) -> WallSample:
    assert page.locator(".wall.stale").count() == 0, "the wall is not live: what it takes says nothing"
    session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    view = page.locator(".turn").get_attribute("data-view") or ""
    return WallSample(round(at, 1), round(found["JSHeapUsedSize"] / 1e6, 2), found["Nodes"], found["JSEventListeners"], view)


def live(town: Town, over: threading.Event) -> None:
    """An alert every STEP seconds in each domain in turn; each is acknowledged and over in its time; readings go on."""
    standing: dict[int, Alert] = {}
    n = 0
    while not over.wait(STEP):
        now = wall_clock()
        standing[n] = alert(town.log, n, now, age=0, severity=_severity(n), domain=FIRST[n % len(FIRST)])
        town.write(standing[n], station(n % len(DISTRICTS), now, aqi=40 + n % 200))
        if n % 10 == 0:
            town.write(bad(town.log, n, now))
        if (seen := standing.get(n - SEEN)) is not None:
            standing[n - SEEN] = _later(seen, now, state="C", verbs=())
            town.write(standing[n - SEEN])
        if (ended := standing.pop(n - NORMAL, None)) is not None:
            town.write(_later(ended, now, state="A", active=False, verbs=()))
        n += 1


def _severity(n: int) -> Severity:
    """One red of twenty: EEMUA 191 asks for about one in twenty of the highest priority."""
    return "red" if n % 20 == 7 else SEVERITIES[1 + n % 3]


def _later(one: Alert, now: int, **changes: object) -> Alert:
    return replace(one, rev=one.rev + 1_000_000, audit=one.audit + 1, changed_at=format_time(now), **changes)


def slope(samples: Sequence[WallSample], name: str) -> float:
    """What an hour would add: the line of least squares through the samples after the warm-up."""
    after = warm(samples)
    return 3_600 * linear_regression([one.at for one in after], [getattr(one, name) for one in after]).slope


def warm(samples: Sequence[WallSample]) -> list[WallSample]:
    """The samples after the warm-up."""
    return [one for one in samples if one.at >= WARM_UP * samples[-1].at]


def page_of(samples: Sequence[WallSample], sounded: str) -> str:
    """The figures in words."""
    after = warm(samples)
    rows = "\n".join(
        f"| {what} | {getattr(after[0], name):,.1f} | {median(getattr(one, name) for one in after):,.1f} | "
        f"{getattr(after[-1], name):,.1f} | {slope(samples, name):+,.1f} | {bound:,.0f} |"
        for (name, bound), what in zip(BOUNDS.items(), ("JavaScript heap, MB", "nodes", "event listeners"), strict=True)
    )
    return f"""# Half an hour of the wall

`make soak-wall` opens the [wall](wall.md) as a kiosk does, in a real headless Chromium, before a town of {len(DISTRICTS)}
districts in which an alert comes every {STEP:.0f} seconds, is acknowledged {SEEN * STEP:.0f} seconds later and is over
{NORMAL * STEP:.0f} seconds later. Every {EVERY:.0f} seconds garbage is collected by force, and the page's heap, nodes and
listeners are counted. It fails where one of them grows faster than its bound after the warm-up (the first {WARM_UP:.0%} of the
run). `SOAK_MINUTES` sets the length.

The last run: {samples[-1].at / 60:.1f} minutes on {os.cpu_count()} cores, with broker, screen and browser on the same machine.
It has sounded {sounded}, and was seen in the views {", ".join(sorted({one.view for one in samples}))}.

| | after the warm-up | median | at the end | added in an hour | at most |
|---|---|---|---|---|---|
{rows}

![Heap, nodes and listeners over the run](soak-wall.svg)
"""


if __name__ == "__main__":
    sys.exit(main())
