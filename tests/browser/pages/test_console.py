"""A clean console: opening any page, in both languages and themes, logs nothing, is answered no error, breaks no policy."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from screen.i18n.texts import LANGUAGES
from screen.web.pages import PAGES
from streams.kafka.admin import create_topics
from streams.oversight.client import socket_of
from streams.settings import Settings
from tests.support.browser.people import wait_for_data
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import living_town
from tests.support.orders.answering import answering
from tests.support.orders.kept import two_requests
from tests.support.town import alert, incident, wall_clock

LOG = "console"

DRAWN_WITHOUT_GPU = "GL Driver Message"
"""What Chromium says of the map where it has no GPU: it is about this machine, not about the page."""

WATCH = "document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`))"

SETTLED = """() => new Promise((done) => {
  setTimeout(done, performance.getEntriesByType("navigation")[0].loadEventEnd + 5_000 - performance.now())
})"""
"""A browser complains three seconds after the load of what was fetched ahead and is not used."""


class Heard(NamedTuple):
    """A page, and what is to be heard of it."""

    page: Page
    said: list[str]
    asked: list[str]


@pytest.fixture(scope="module")
def address(broker: Settings) -> Iterator[str]:
    """A screen of a living town with an alert, which is an incident."""
    create_topics(broker, LOG)
    oversight = answering(two_requests().ask, socket_of(broker, LOG))
    with living_town(broker, LOG) as town, oversight, running_screen(broker, LOG) as found:
        made = alert(LOG, 1, wall_clock())
        town.write(made, incident(made))
        yield found


@pytest.fixture
def heard(chromium: Browser) -> Iterator[Heard]:
    """A browser that was never here: nothing comes from its cache."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    context.add_init_script(WATCH)
    page, said, asked = context.new_page(), list[str](), list[str]()

    def take(message: ConsoleMessage) -> None:
        if message.type in {"warning", "error", "assert"} and DRAWN_WITHOUT_GPU not in message.text:
            said.append(f"{message.type}: {message.text} ({message.location['url']})")

    page.on("console", take)
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.on("response", lambda answer: said.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url} {request.failure}"))
    page.on("request", lambda request: asked.append(request.url))
    yield Heard(page, said, asked)
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_a_page_opens_with_a_clean_console(address: str, heard: Heard, name: str, language: str) -> None:
    """Its data is there, in the other theme too where it has one; Streamlit asks for its server once, at the address it has."""
    page, said, asked = heard
    path = "" if name == PAGES[0].name else name
    page.goto(f"{address}/{path}?lang={language}&alert={1:032x}&rule=gas-hourly")
    expect(page.locator("h1").first).to_be_visible()
    wait_for_data(page, name)
    theme = page.locator(".bar .theme")
    if theme.count():
        theme.click()
    page.wait_for_load_state("load")
    page.evaluate(SETTLED)
    assert said == []
    assert [url for url in asked if "/_stcore/he" in url] == [f"{address}/_stcore/health"]
    assert [url for url in asked if "host-config" in url] == [f"{address}/_stcore/host-config"]


def test_what_is_wrong_is_heard(address: str, heard: Heard) -> None:
    """An inline script and Streamlit's look-up below a page's address are: the test above can fail."""
    page, said, _ = heard
    page.goto(f"{address}/rules?lang=en")
    expect(page.locator("h1").first).to_be_visible()
    page.evaluate(
        """async () => {
             document.head.append(Object.assign(document.createElement("script"), { textContent: "1" }))
             await fetch("/desk/_stcore/health")
           }"""
    )
    assert any("policy: script-src" in each for each in said)
    assert f"404 {address}/desk/_stcore/health" in said
