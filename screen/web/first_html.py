"""The HTML with which a page begins: Streamlit's own, told where its server is.

Without that it looks for the server below the page's own address first (`/desk/_stcore/health`), which is 404 twice a visit.
Its one inline script, a flag for a service that renders pages for search engines, gives way to ours, whose hash the policy
names.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute
from streamlit import file_util

from screen.access.declared_routes import LookRoute
from screen.web.pages import PAGES
from screen.web.preload import links

SCRIPT = "window.__streamlit = { BACKEND_BASE_URL: location.origin }"
"""What Streamlit's page reads before it connects."""

SCRIPT_HASH = f"'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"
"""The script as a policy names it (CSP Level 3, 2.3.1)."""

INLINE = "<script>\n      window.prerenderReady = false\n    </script>"
"""Streamlit's inline script."""

ALWAYS_ASKED = {"cache-control": "no-cache"}


def first_html(streamlit: str) -> str:
    """Streamlit's HTML with our script in place of its own; ValueError where that is not there exactly once."""
    if streamlit.count(INLINE) != 1 or streamlit.count("<script>") != 1:
        raise ValueError(
            "Streamlit's index.html has other inline scripts than that of version 1.67: see screen/web/first_html.py"
        )
    return streamlit.replace(INLINE, f"<script>{SCRIPT}</script>")


def page_routes() -> list[BaseRoute]:
    """A route for each page; the first one is also the one without a name."""
    named = [("/", PAGES[0]), *((f"/{page.name}", page) for page in PAGES)]
    return [LookRoute(path, _begin(page.name), right=page.right) for path, page in named]


def _begin(page: str) -> Callable[[Request], Awaitable[Response]]:
    async def begin(_request: Request) -> Response:
        """The HTML of a page; its Link header names the files that the browser will need."""
        return HTMLResponse(_html(), headers=ALWAYS_ASKED | {"link": links(page)})

    return begin


@cache
def _html() -> str:
    return first_html((Path(file_util.get_static_dir()) / "index.html").read_text("utf-8"))
