"""What a page's HTML says will be needed: `screen/web/preload.py`."""

import re
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from screen.wall.picture import STATIC
from screen.web.pages import PAGES
from screen.web.preload import Preload, links
from screen.web.routes import Files
from screen.web.version import version, versioned

HOME = Route("/", lambda _request: HTMLResponse("<p>"))
DESK = Route("/desk", lambda _request: HTMLResponse("<p>"))
OTHER = Route("/signin", lambda _request: HTMLResponse("<p>"))
DATA = Route("/rules", lambda _request: JSONResponse({}))
CLIENT = TestClient(
    Starlette(
        routes=[HOME, DESK, OTHER, DATA, Mount(versioned(), Files("immutable"))],
        middleware=[Middleware(Preload)],
    )
)


def named(link: str) -> set[str]:
    """The files of ours that a Link header names, below `static`."""
    return set(re.findall(rf"<{versioned()}/([^>]+)>", link))


def test_every_module_of_a_page_is_named() -> None:
    """Each file in the folder of the wall is, since all are its modules; none of another page's is."""
    found = named(links("wall"))
    assert {path.relative_to(STATIC).as_posix() for path in (STATIC / "wall").rglob("*.[jc]s*")} <= found
    assert {Path(name).parts[0] for name in found} == {"wall", "common"}


def test_what_is_named_is_there() -> None:
    """Each file that a page's header names can be had at that address."""
    for page in PAGES:
        addresses = re.findall(r"<(/screen/static/[^>]+)>", links(page.name))
        assert addresses
        assert {CLIENT.get(address).status_code for address in addresses} == {200}


def test_only_the_html_of_a_page_names_files() -> None:
    """The first page without a name, another by its name; not a page that is none of ours, and not an answer with data."""
    assert "/wall/wall.js>; rel=modulepreload" in CLIENT.get("/").headers["link"]
    assert "/desk/desk.js>; rel=modulepreload" in CLIENT.get("/desk").headers["link"]
    assert "link" not in CLIENT.get("/signin").headers
    assert "link" not in CLIENT.get("/rules").headers


def test_files_of_another_version_are_not_given() -> None:
    """A browser may keep these for ever, so an address never stands for two contents."""
    assert CLIENT.get(f"{versioned()}/wall/wall.js").headers["cache-control"] == "immutable"
    assert CLIENT.get(f"{versioned()}/wall/wall.js".replace(version(), "0" * 16)).status_code == 404
