"""A city that is far too full: 20,000 points on the map, 100,000 open alerts or orders in a list, while all of them change."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from math import cos, sin
from statistics import median
from typing import Any

from msgspec.structs import replace
from playwright.sync_api import Page

from streams.kafka.admin import create_topics
from streams.messages import SEVERITIES, Alert, SubjectStatus, encode
from streams.outputs import Output, target
from streams.settings import Settings
from streams.topics import topic_name
from tests.bench import logs
from tests.bench.many_orders import many
from tests.bench.report import held
from tests.benchscreen.pixels import spread
from tests.benchscreen.processes import Usage, chromium, opened, running
from tests.support.town import Town, alert, station, wall_clock
from tests.support.workers import wait_for

ORDER_ROW = ".body .or"
VISITS = 5
"""Navigations of which the median is told."""

FIRST_ROWS, FRAME = 1_000, 50
"""Bars, ms: rows within a second, and frames short of what the W3C's Long Tasks call long. Choices."""

CHANGED = 1_000_000
"""Orders for which a change is held ready: more than are ever written."""

STANDS = """selector => {
  const below = root => [...root.querySelectorAll('*')].map(each => each.shadowRoot).filter(Boolean).flatMap(roots);
  const roots = root => [root, ...below(root)];
  return roots(document).some(root => root.querySelector(selector));
}"""
"""Whether what a selector names stands in the document, or in a shadow of it."""

DRAWINGS = """() => {
  const { clearRect } = CanvasRenderingContext2D.prototype;
  window.drawings = 0;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) { window.drawings++; return clearRect.apply(this, box); };
}"""
"""Count how often the map's points are drawn from now on."""

FRAMES = """seconds => new Promise(done => {
  const frames = [];
  let last = performance.now();
  const end = last + seconds * 1000;
  const frame = now => {
    frames.push(now - last);
    last = now;
    now < end ? requestAnimationFrame(frame) : done(frames);
  };
  requestAnimationFrame(frame);
})"""
"""Milliseconds between frames, for so long."""


def points(settings: Settings, number: int, seconds: int) -> dict[str, Any]:
    """Frames of the wall with so many stations on its map, of which ten a second change, while somebody drags it to and fro."""
    log = "points"
    with full_town(settings, log) as town:
        now = wall_clock()
        fill(town, (scattered(n, now) for n in range(number)))
        with running(settings, log) as screen, chromium() as browser:
            page = opened(browser, screen)
            usage = Usage(screen=screen.pid)
            with changing(town, (worse(n, wall_clock()) for n in itertools.count())):
                page.evaluate(DRAWINGS)
                frames = _dragged(page, seconds)
            drawn = page.evaluate("() => window.drawings")
            return {"points": number} | _frames(frames) | {"drawings": drawn, "screen_core": usage.stop()["screen"]}


def alerts(settings: Settings, number: int, seconds: int) -> dict[str, Any]:
    """Frames of the desk with so many open alerts, of which ten a second more come, while somebody scrolls through them."""
    log = "crowd"
    with full_town(settings, log) as town:
        now = wall_clock()
        fill(town, (standing(log, n, now) for n in range(1, number + 1)))
        with running(settings, log) as screen, chromium() as browser:
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{screen.address}/desk")
            row = page.locator("[data-alert]")
            wait_for(lambda: row.count() > 10, "the desk's rows", 120)
            usage = Usage(screen=screen.pid)
            with changing(town, (standing(log, n, wall_clock()) for n in itertools.count(number + 1))):
                box = row.nth(3).bounding_box()
                assert box is not None
                page.mouse.move(box["x"] + 40, box["y"] + 5)
                frames = _scrolled(page, seconds)
            return {
                "alerts": number,
                "rows_in_document": row.count(),
                **_frames(frames),
                "screen_core": usage.stop()["screen"],
            }


def orders(settings: Settings, number: int, seconds: int) -> dict[str, Any]:
    """Frames of the page of orders with so many open ones, of which ten a second are told anew, while somebody scrolls.

    `first_rows_ms`: from the start of the navigation to the frame in which rows stand in the list.
    """
    log = "order-crowd"
    with full_town(settings, log) as town:
        fill(town, chain.from_iterable(many(log, number)))
        with running(settings, log) as screen, chromium() as browser:
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{screen.address}/orders")
            row = page.locator(ORDER_ROW)
            wait_for(lambda: listed_orders(page) == number, "all orders in the list", 180)
            first = [first_frame(page, ORDER_ROW) for _ in range(VISITS)]
            usage = Usage(screen=screen.pid)
            changed = (order for order, _ in many(log, CHANGED))
            with changing(town, (replace(order, rev=2, audit=2, urgent=True) for order in changed)):
                box = row.nth(3).bounding_box()
                assert box is not None
                page.mouse.move(box["x"] + 40, box["y"] + 5)
                frames = _scrolled(page, seconds)
            found = _frames(frames)
            return {
                "orders": number,
                "first_rows_ms": round(median(first)),
                "first_rows_bar_ms": FIRST_ROWS,
                "first_rows": held(median(first), FIRST_ROWS),
                "rows_in_document": row.count(),
                **found,
                "frame_bar_ms": FRAME,
                "frame_p95": held(found["frame_p95_ms"], FRAME),
                "screen_core": usage.stop()["screen"],
            }


def listed_orders(page: Page) -> int:
    """How many orders the page says that there are."""
    return int("".join(filter(str.isdigit, page.locator(".tabs button").first.inner_text())) or 0)


def first_frame(page: Page, selector: str) -> float:
    """Milliseconds from the start of a navigation to the first frame in which what a selector names stands there."""
    page.goto(page.url, wait_until="commit")
    page.wait_for_function(STANDS, arg=selector, polling="raf", timeout=60_000)
    found: float = page.evaluate("() => performance.now()")
    return found


def scattered(n: int, now: int) -> SubjectStatus:
    """The n-th of many stations, somewhere around the middle of its district."""
    home = station(n, now)
    assert home.lon is not None
    assert home.lat is not None
    return replace(home, lon=home.lon + (n * 37 % 200 - 100) / 2_500, lat=home.lat + (n * 61 % 200 - 100) / 2_500)


def worse(n: int, now: int) -> SubjectStatus:
    """The n-th of these stations with an index that stands among the highest."""
    there = scattered(n, now)
    return replace(there, values=there.values | {"aqi": 400 + n % 100})


def standing(log: str, n: int, now: int) -> Alert:
    """The n-th of many alerts."""
    return alert(log, n, now, age=n % 86_400 * 1_000, severity=SEVERITIES[min(3, n % 40 // 3)])


def _dragged(page: Page, seconds: int) -> list[float]:
    box = page.locator(".map .above").bounding_box()
    assert box is not None
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across, down)
    page.mouse.down()
    frames = _meanwhile(page, seconds, lambda n: page.mouse.move(across + 100 * sin(n / 5), down + 50 * cos(n / 5)))
    page.mouse.up()
    return frames


def _scrolled(page: Page, seconds: int) -> list[float]:
    return _meanwhile(page, seconds, lambda n: page.mouse.wheel(0, 700 if n % 40 < 30 else -1_500))


def _meanwhile(page: Page, seconds: int, move: Callable[[int], None]) -> list[float]:
    """The frames while somebody moves the mouse ten times a second."""
    page.evaluate("run => { window.frames_ = (" + FRAMES + ")(run) }", seconds)
    for n in range(seconds * 10):
        move(n)
        page.wait_for_timeout(100)
    frames: list[float] = page.evaluate("() => window.frames_")
    return frames


def _frames(frames: list[float]) -> dict[str, Any]:
    found = spread(frames)
    return {
        "frames": found["alerts"],
        "frame_p50_ms": found["p50_ms"],
        "frame_p95_ms": found["p95_ms"],
        "frame_max_ms": found["max_ms"],
    }


@contextmanager
def full_town(settings: Settings, log: str) -> Iterator[Town]:
    """A log whose workers are alive, which is removed after it."""
    create_topics(settings, log)
    town = Town(settings, log)
    town.start()
    yield town
    town.close()
    logs.remove(settings, log)


def fill(town: Town, messages: Iterable[Output]) -> None:
    """Write many messages without waiting for each."""
    for message in messages:
        name, key = target(message)
        town.producer.send(topic_name(town.log, name), encode(message), key.encode())
    town.producer.flush(120)


@contextmanager
def changing(town: Town, messages: Iterator[Output]) -> Iterator[None]:
    """Write ten messages a second meanwhile."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(0.1):
            town.write(next(messages))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()
