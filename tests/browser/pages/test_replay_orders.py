"""Orders on the replay page: as they stood at the moment, beside the alert that they are about, in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agents.core.alerts.fold import Fold
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.kafka.admin import create_topics
from streams.messages import HOUR, MINUTE, Alert, Text, format_time, parse_time
from streams.messages.orders import Link
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.books import the_book
from tests.support.browser.screens import running_jobs, running_screen
from tests.support.events import clean, registered, tick
from tests.support.kafka.session import own_log
from tests.support.orders.partition import BRANCH, ECOLOGY, ORDER, OrderPartition, actor

ROOT = Path(__file__).resolve().parents[3]
LOG = own_log("ordered")
DAY = "2026-06-01"
BEGIN = parse_time(f"{DAY}T08:00:00+08:00")
STATION = "air.410105.film"
JOB_MS = 90_000
"""How long a job may take on a busy machine."""


HOSTILE = "<img src=x onerror=alert(1)>"
"""A title as somebody writes it who would have a page run it."""


def of_facts() -> list[tuple[int, bytes | None, bytes]]:
    """A station whose ozone is above the hourly limit of 200 µg/m³ (GB 3095-2026, table 1) from 09:00 on; ticks."""
    told: list[tuple[bytes | None, bytes]] = [(STATION.encode(), registered(STATION, BEGIN - MINUTE))]
    for n in range(8 * 12 + 1):
        now = BEGIN + n * 5 * MINUTE
        told.append((None, tick(now)))
        if n % 12 == 1:
            told.append((STATION.encode(), clean(now // HOUR * HOUR, STATION, o3=250.0 if n > 12 else 60.0)))
    return [(offset, key, value) for offset, (key, value) in enumerate(told)]


def of_orders(alert: Alert) -> OrderPartition:
    """A lead on the alert, sent at 09:30 and signed at 12:30: the two hours for signing (本系统默认) were over at 11:30."""
    by = OrderPartition(format_time(BEGIN))
    link = Link(domain=alert.domain, subject=alert.subject, alert=alert.id, occurrence=alert.occurrence)

    def until(clock: str) -> None:
        for at in range(by.time + 5 * MINUTE, parse_time(f"{DAY}T{clock}:00+08:00") + 1, 5 * MINUTE):
            by.tick(format_time(at))

    until("09:30")
    by.issue(alerts=(link,), verdict="true", adcode="410105", title=Text(HOSTILE, HOSTILE))
    until("12:30")
    by.act("sign", actor("clerk", BRANCH, "li"), reason="王女士住三楼")
    until("13:00")
    by.act("submit", actor("handler", BRANCH), reason="已核查")
    by.act("endorse", actor("reviewer", BRANCH), reason="同意")
    until("14:00")
    by.act("inspect", actor("verifier", ECOLOGY), reason="已核查", outcome="passed")
    by.act("close", actor("dispatcher", ECOLOGY), reason="说明", outcome="explained")
    until("16:00")
    return by


@pytest.fixture(scope="module")
def film(broker: Settings) -> Iterator[tuple[str, Alert, OrderPartition]]:
    """One archive, one job worker and one screen for the whole module: its address, the alert, the orders."""
    create_topics(broker, LOG)
    facts = of_facts()
    fold = Fold(the_book(), events_topic(LOG, "environment"), 0)
    alert = next(each for each in fold.run(facts) if isinstance(each, Alert) and each.rule == "gas-hourly")
    by = of_orders(alert)
    for domain, records in (("environment", facts), ("orders", by.log)):
        chunk = Chunk(0)
        for offset, key, value in records:
            chunk.add(offset, BEGIN, key, value)
        archive_files.write(broker.data / "archive" / LOG, events_topic(LOG, domain), 0, chunk)
    with running_jobs(broker, LOG), running_screen(broker, LOG) as address:
        yield address, alert, by


def opened(address: str, page: Page, at: str, language: str = "zh", **more: str) -> None:
    """The day at a moment, once its replay is there and wholly read."""
    query = {"lang": language, "day": DAY, "at": f"{DAY}T{at}:00"} | more
    page.goto(f"{address}/replay?{'&'.join(f'{name}={value}' for name, value in query.items())}")
    expect(page.locator(".scrubber:not(.empty) .chart")).to_be_visible(timeout=JOB_MS)
    expect(page.locator(".picture:not(.waiting) .list")).to_be_visible(timeout=JOB_MS)
    reading = "读取中" if language == "zh" else "Reading"
    expect(page.locator(".source")).not_to_contain_text(reading, timeout=JOB_MS)


def test_the_orders_of_the_moment(film: tuple[str, Alert, OrderPartition], page: Page) -> None:
    """Row 12: unsigned at noon it is late from sending; the funnel and the list say so, and none of it before it was sent."""
    address, _, _ = film
    opened(address, page, "12:00")
    expect(page.locator(".stages .figure > b")).to_have_text(["1", "0", "0", "0", "0"])
    expect(page.locator(".stages .figure").nth(1)).to_contain_text("待办 1 超期 1")
    expect(page.locator(".replay .orders .line")).to_have_count(1)
    expect(page.locator(".replay .orders .line .late")).to_contain_text("签收")
    opened(address, page, "14:30")
    expect(page.locator(".stages .figure > b")).to_have_text(["1"] * 5)
    expect(page.locator(".replay .orders .none")).to_be_visible()
    opened(address, page, "09:00")
    expect(page.locator(".replay .orders")).to_be_hidden()


@pytest.mark.parametrize(("language", "signed", "state"), [("zh", "签收", "在办"), ("en", "Sign", "In hand")], ids=["zh", "en"])
def test_an_order_stands_beside_its_alert(
    film: tuple[str, Alert, OrderPartition], page: Page, language: str, signed: str, state: str
) -> None:
    """From the list to both stories; later entries are grey; a title is text, reasons are hidden; the address keeps it."""
    address, alert, by = film
    opened(address, page, "12:45", language)
    page.locator(f".replay .orders .line[data-order='{ORDER}']").click()
    expect(page).to_have_url(re.compile(rf"chosen={alert.id}.*order={ORDER}"))
    order = page.locator(".story.order")
    expect(order).to_be_visible()
    expect(page.locator(".story:not(.order)")).to_be_visible()
    expect(page.locator(".story:not(.order) .about")).to_contain_text(by.orders[ORDER].number)
    expect(order.locator(".place")).to_contain_text(by.orders[ORDER].number)
    expect(order.locator(".stand")).to_contain_text(state)
    expect(order.locator(".receiver")).to_have_count(1)
    expect(order.locator(".receiver dt").first).to_have_text(re.compile(signed))
    done = order.locator("li:not(.later):not(.divide)")
    expect(order.locator("h2")).to_contain_text(HOSTILE)
    expect(done).not_to_have_count(0)
    expect(done.filter(has_text="王女士")).to_have_count(0)
    expect(order.locator("li.later")).not_to_have_count(0)
    assert page.locator(".work img").count() == 0
    page.reload()
    expect(page.locator(".story.order .place")).to_contain_text(by.orders[ORDER].number, timeout=JOB_MS)
    page.locator(".story.order").get_by_role("button", name=re.compile("✕")).click()
    expect(page.locator(".story.order")).to_be_hidden()
    expect(page.locator(".story:not(.order)")).to_be_visible()
