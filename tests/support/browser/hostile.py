"""Texts that would do harm if they were more than text, and what shows that they did none."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from playwright.sync_api import Page, Route

from tests.support.browser.wall import Wall

HOSTILE = (
    "<img src=x onerror=window.pwned=1>",
    "<script>window.pwned=1</script>",
    "<style>*{display:none!important}</style>",
    "<div style='position:fixed;inset:0;background:#000;z-index:9'>全部正常</div>",
    "<form action=http://evil.example/><input name=a></form>",
    "<svg onload=window.pwned=1><image href=http://evil.example/a></svg>",
    "[x](javascript:window.pwned=1) ![x](http://evil.example/i.png)",
    "\" onmouseover=window.pwned=1 x='",
    "'+window.pwned=1+'",
    "</script><iframe src=http://evil.example/></iframe>",
    "{{constructor.constructor('window.pwned=1')()}}\u202e\u0000",
    "url(http://evil.example/c) expression(window.pwned=1)",
)


def twisted(value: Any, texts: Iterator[str]) -> Any:
    """JSON with the next of these texts in the place of each that a person reads: it has a space, or is not of ASCII."""
    if isinstance(value, str):
        return next(texts) if " " in value or not value.isascii() else value
    if isinstance(value, list):
        return [twisted(each, texts) for each in value]
    if isinstance(value, dict):
        return {key: twisted(each, texts) for key, each in value.items()}
    return value


def twist(page: Page, *addresses: str) -> None:
    """From now on the answers of these addresses (globs) have hostile texts."""
    texts = cycle(HOSTILE)

    def answer(route: Route) -> None:
        true = route.fetch()
        route.fulfill(status=true.status, json=twisted(true.json(), texts))

    for address in addresses:
        page.route(address, answer)


def harmless(wall: Wall) -> None:
    """Nothing ran, nothing was added, nothing was asked of another machine, the page is not covered."""
    page = wall.page
    assert page.evaluate("window.pwned") is None
    assert page.locator("img, iframe, form[action], [onerror], [onload], [onmouseover], a[href^='javascript:']").count() == 0
    assert page.locator(".onescreen script, .onescreen style, main script, main style").count() == 0
    assert page.locator(".work script, .work style").count() == 0
    assert wall.outside == []


MARKUP = (
    '<img src=x onerror="window.pwned=1">',
    "<script>window.pwned=1</script>",
    '<svg onload="window.pwned=1">',
    "![x](http://evil.example/pixel.png) [y](javascript:window.pwned=1)",
    "<style>*{display:none!important}</style>",
)
