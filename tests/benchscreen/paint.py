"""First paint, warm: a browser that has seen the wall before opens it again."""

import statistics
from typing import Any

from playwright.sync_api import BrowserContext

from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.bench import logs
from tests.benchscreen.processes import ScreenProcess, own_profile, running
from tests.support.town import Town, alert, station, wall_clock

LOG = "paint"
STATIONS, ALERTS = 300, 200
WARMING = 4
"""Visits before those that count: they fill the caches of files and of compiled code."""

FILLED = """() => {
  const roots = [...document.querySelectorAll('*')].map(each => each.shadowRoot).filter(Boolean);
  const wall = roots.map(root => root.querySelector('.wall')).find(Boolean);
  const figure = wall?.querySelector('.kpi .v > span');
  return Boolean(wall?.querySelector('.map .canvas canvas') && wall.querySelector('.row') && figure?.textContent);
}"""


def paint(settings: Settings, times: int) -> dict[str, Any]:
    """Milliseconds until the browser has painted something, and until figures, list and map stand there: medians and worst."""
    create_topics(settings, LOG)
    town = Town(settings, LOG)
    now = wall_clock()
    town.write(*(station(n, now) for n in range(STATIONS)), *(alert(LOG, n, now) for n in range(1, ALERTS)))
    town.start()
    with running(settings, LOG) as screen, own_profile() as context:
        _visits(context, screen, WARMING)
        first, filled = zip(*_visits(context, screen, times), strict=True)
    town.close()
    logs.remove(settings, LOG)
    return {"visits": times, "first_contentful_paint_ms": _two(first), "filled_ms": _two(filled)}


def _visits(context: BrowserContext, screen: ScreenProcess, times: int) -> list[tuple[float, float]]:
    found = []
    for _ in range(times):
        page = context.new_page()
        page.goto(f"{screen.address}/?view=alarms", wait_until="commit")
        page.wait_for_function(FILLED, polling="raf", timeout=60_000)
        filled = page.evaluate("() => performance.now()")
        first = page.evaluate("() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now()")
        found.append((first, filled))
        page.close()
    return found


def _two(values: tuple[float, ...]) -> dict[str, int]:
    return {"p50": round(statistics.median(values)), "max": round(max(values))}
