"""What the screen takes from Streamlit and pydeck beyond their documented names: pinned versions, checked here."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import config
from streamlit.runtime import runtime_util
from streamlit.web.server.starlette.starlette_server import _get_uvicorn_config_kwargs

from screen.access.security import POLICY, Policy, from_own_page
from screen.app import PAGE, options
from screen.web.routes import BUNDLE
from streams.settings import load


def test_every_option_exists() -> None:
    """Streamlit knows each option, the hidden collector's among them, and the screen listens on this machine only."""
    given = options(load({}))
    assert set(given) <= set(config._config_options_template)
    assert given["runner.postScriptGC"] is False
    assert given["browser.gatherUsageStats"] is False
    assert given["server.address"] == "127.0.0.1"


def test_the_server_bounds_what_a_websocket_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit hands our limit of a message on to uvicorn, in bytes; messages are not unpacked, so none grows on the way."""
    monkeypatch.setattr(runtime_util, "_max_message_size_bytes", None)
    given = options(load({}))
    monkeypatch.setattr(config, "get_option", given.get)
    handed = _get_uvicorn_config_kwargs()
    monkeypatch.setattr(runtime_util, "_max_message_size_bytes", None)
    assert handed["ws_max_size"] == 1_000_000
    assert not handed["ws_per_message_deflate"]
    assert config._config_options_template["server.enableWebsocketCompression"].value is False


def test_pydeck_ships_what_draws_its_decks() -> None:
    """The bundle has the two functions that the map calls."""
    text = BUNDLE.read_text("utf-8")
    assert "createDeck:" in text
    assert "updateDeck:" in text


def test_the_page_names_no_other_host() -> None:
    """No file that the browser gets from us has an address of another machine, but names of XML."""
    static = PAGE.parent / "static"
    files = [PAGE, *static.rglob("*.js"), *static.rglob("*.css"), *static.rglob("*.svg")]
    for path in files:
        text = Path(path).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text


def test_the_policy_lets_nothing_out() -> None:
    """No host, no scheme of the net, no inline script and no eval in the content security policy."""
    assert "http" not in POLICY
    assert "*" not in POLICY
    scripts = next(part for part in POLICY.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" not in scripts


@pytest.mark.parametrize(
    ("host", "origin", "own"),
    [
        ("127.0.0.1:8501", "http://127.0.0.1:8501", True),
        ("screen.example", "https://screen.example", True),
        ("127.0.0.1:8501", "http://127.0.0.1:9999", False),
        ("127.0.0.1:8501", "http://evil.example", False),
        ("127.0.0.1:8501", "null", False),
        ("127.0.0.1:8501", "", False),
        ("127.0.0.1:8501", "http://[", False),
    ],
)
def test_an_origin_is_ours_or_not(host: str, origin: str, own: bool) -> None:
    """Only a page of the very host and port that was asked is ours."""
    assert from_own_page(Headers({"host": host, "origin": origin})) is own


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost:8501", True), ("127.0.0.1", True), ("[::1]:8501", True), ("evil.example:8501", False), ("", False)],
)
def test_a_host_is_this_machine_or_not(host: str, local: bool) -> None:
    """A name that somebody pointed at 127.0.0.1 is not answered."""
    app = Starlette(routes=[Route("/", lambda _: Response())], middleware=[Middleware(Policy, name="")])
    assert TestClient(app).get("/", headers={"host": host}).status_code == (200 if local else 421)
