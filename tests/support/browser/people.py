"""Somebody who signs in at the screen with a browser of their own, or opens a page and waits for its data."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

PHRASE = "红旗渠-2026-夜班-甲"
"""The password of everybody in these tests."""


@contextmanager
def visit(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody has signed in with, without the map: it is not the matter here, and takes long without a GPU."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    context.route("**/screen/deck.js", lambda route: route.abort())
    yield context
    context.close()


def sign_in(page: Page, account: str, phrase: str = PHRASE) -> None:
    """Fill in the form and press the button."""
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(phrase)
    page.get_by_role("button", name="登录", exact=True).click()


def wait_for_data(page: Page, name: str) -> None:
    """Wait until a page of a log with alerts, but without orders, has its data."""
    if name == "orders":  # its tabs say that there are none
        expect(page.locator(".tabs button").first).to_contain_text("0", timeout=30_000)
    elif name == "catalogue":
        expect(page.locator(".side .versions")).to_be_visible(timeout=30_000)
    elif name == "oversight":  # figures, or that there are none now
        expect(page.locator(".oversight")).to_have_attribute("data-state", re.compile("told|away"), timeout=30_000)
    elif name == "entry":
        expect(page.locator(".types button").first).to_be_visible(timeout=30_000)
    else:
        expect(page.locator("body")).to_contain_text("REPLAY" if name == "replay" else "O₃", timeout=30_000)
