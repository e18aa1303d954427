"""What is to be heard of a page: its console, its errors, and what it asks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from playwright.sync_api import Browser, ConsoleMessage, Page

DRAWN_WITHOUT_GPU = "GL Driver Message"
"""What Chromium says of the map where it has no GPU: it is about this machine, not about the page."""

WATCH = "document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective}`))"

SETTLED = """() => new Promise((done) => {
  setTimeout(done, performance.getEntriesByType("navigation")[0].loadEventEnd + 5_000 - performance.now())
})"""
"""A browser complains three seconds after the load of what was fetched ahead and is not used."""


class Heard(NamedTuple):
    """A page, and what is to be heard of it: what it and the answers say that is wrong, and what it asks for."""

    page: Page
    said: list[str]
    asked: list[str]

    def settled(self) -> list[str]:
        """All that was said, once the page is loaded and the browser has complained of what it fetched in vain."""
        self.page.wait_for_load_state("load")
        self.page.evaluate(SETTLED)
        return self.said


@contextmanager
def listening(chromium: Browser) -> Iterator[Heard]:
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
