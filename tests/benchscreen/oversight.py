"""The page of oversight with very many open orders: until its figures stand there, and from a press to the cases behind one."""

from itertools import chain
from statistics import median
from typing import Any

from msgspec.structs import replace
from playwright.sync_api import Page

from agents.measures.facts.judged import ORDERS
from streams.settings import Settings
from tests.bench.many_orders import due_of, many
from tests.bench.report import held
from tests.benchscreen.crowd import CHANGED, STANDS, VISITS, changing, fill, first_frame, full_town, listed_orders
from tests.benchscreen.processes import Usage, chromium, running
from tests.support.workers import Worker, wait_for

MEASURE = "task-disposed-in-time"
"""The measure whose cases are opened: in half of them the time is over."""

TOLD, COUNT, CASE = ".oversight[data-state='told']", ".counts .count", ".cases:not([hidden]) .crow.row"

PAGES = 20
"""Pages of a list that are turned."""

FIRST, PRESS = 1_000, 1_000
"""Bars, ms: figures within a second of a navigation, cases within one of a press. Choices."""

PRESSED = """([press, awaited]) => new Promise(done => {
  const below = root => [...root.querySelectorAll('*')].map(each => each.shadowRoot).filter(Boolean).flatMap(roots);
  const roots = root => [root, ...below(root)];
  const found = selector => roots(document).map(root => root.querySelector(selector)).find(Boolean);
  const text = () => found(awaited)?.textContent;
  const [before, began] = [text(), performance.now()];
  found(press).click();
  const frame = () => {
    const now = text();
    now && now !== before ? done(performance.now() - began) : requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""
"""Milliseconds from a press on one thing to the first frame in which another stands there, with another text than before."""


def oversight(settings: Settings, number: int) -> dict[str, Any]:
    """First figures, and the cases behind two of them, with so many open orders of which ten a second are told anew."""
    log = "oversight-crowd"
    with full_town(settings, log) as town:
        fill(town, chain.from_iterable(many(log, number)))
        town.write(replace(town.heartbeat(due_of(number // 2)), domain=ORDERS))
        with (
            Worker(settings, log, command="oversight") as service,
            running(settings, log) as screen,
            chromium() as browser,
        ):
            service.ready()
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{screen.address}/orders")
            wait_for(lambda: listed_orders(page) == number, "the screen to have all orders", 180)
            page.goto(f"{screen.address}/oversight?measure={MEASURE}")
            usage = Usage(screen=screen.pid, service=service.process.pid)
            changed = (order for order, _ in many(log, CHANGED))
            with changing(town, (replace(order, rev=2, audit=2, urgent=True) for order in changed)):
                first = [first_frame(page, f"{TOLD} {COUNT}") for _ in range(VISITS)]
                late = _drilled(page, ".counts .count.bad")
                page.keyboard.press("Escape")
                cases = _drilled(page, ".foot .btn.go")
            cores = usage.stop()
        return {
            "orders": number,
            "first_figures_ms": round(median(first)),
            "first_figures_bar_ms": FIRST,
            "first_figures": held(median(first), FIRST),
            "late orders": late,
            f"cases of {MEASURE}": cases,
            "screen_core": cores["screen"],
            "service_core": cores["service"],
        }


def _drilled(page: Page, press: str) -> dict[str, Any]:
    """A list of cases is opened by a press, and some pages of it are turned: milliseconds to the frame with the rows."""
    page.wait_for_function(STANDS, arg=f"{TOLD} {press}:not([disabled])", timeout=60_000)
    opened: float = page.evaluate(PRESSED, [press, CASE])
    turned: list[float] = [page.evaluate(PRESSED, [".cases .tools .where + .btn", CASE]) for _ in range(PAGES)]
    total = page.locator(".cases .where").inner_text().rpartition("/")[2]
    return {
        "cases": int("".join(filter(str.isdigit, total))),
        "opened_ms": round(opened),
        "page_turned_p50_ms": round(median(turned)),
        "page_turned_max_ms": round(max(turned)),
        "bar_ms": PRESS,
        "press": held(max(opened, *turned), PRESS),
    }
