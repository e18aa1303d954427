"""The HTML that begins a page, and what it says will be needed: `screen/web/first_html.py`, `screen/web/preload.py`."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.routing import Mount
from streamlit import file_util

from screen.access.security import POLICY
from screen.wall.picture import STATIC
from screen.web.first_html import SCRIPT, first_html, page_routes
from screen.web.pages import PAGES
from screen.web.preload import links
from screen.web.routes import Files
from screen.web.version import version, versioned
from tests.support.pure.visitor import visitor

CLIENT = visitor([*page_routes(), Mount(versioned(), Files("immutable"))], "admin")


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


def test_each_page_names_its_own_files() -> None:
    """The first page without a name, each by its name."""
    assert "/wall/wall.js>; rel=modulepreload" in CLIENT.get("/").headers["link"]
    for page in PAGES:
        assert f"/{page.name}/{page.name}.js>; rel=modulepreload" in CLIENT.get(f"/{page.name}").headers["link"]


def test_the_one_inline_script_is_that_of_the_policy() -> None:
    """By its hash, as a browser reckons it (CSP Level 3, 6.7.3.3): of what stands between the tags."""
    for path in ("/", *(f"/{page.name}" for page in PAGES)):
        (script,) = re.findall(r"<script>(.*?)</script>", CLIENT.get(path).text, re.DOTALL)
        digest = b64encode(sha256(script.encode()).digest()).decode()
        assert f" 'sha256-{digest}' " in POLICY


def test_all_else_is_streamlits() -> None:
    """Its HTML but for that script; of another Streamlit, whose scripts are not known, the start says so."""
    theirs = (Path(file_util.get_static_dir()) / "index.html").read_text("utf-8")
    before, after = theirs.split("window.prerenderReady = false")
    ours = CLIENT.get("/").text.split(SCRIPT)
    assert [part.strip() for part in ours] == [before.strip(), after.strip()]
    for other in ("<html></html>", theirs + "<script>1</script>"):
        with pytest.raises(ValueError, match=r"first_html\.py"):
            first_html(other)


def test_files_of_another_version_are_not_given() -> None:
    """A browser may keep these for ever, so an address never stands for two contents."""
    assert CLIENT.get(f"{versioned()}/wall/wall.js").headers["cache-control"] == "immutable"
    assert CLIENT.get(f"{versioned()}/wall/wall.js".replace(version(), "0" * 16)).status_code == 404
