"""`python -m screen kiosk`: the wall on a display that nobody touches, in Chromium or Chrome, which it keeps running.

It waits until the screen answers, shows the wall (or, by `--page`, oversight) alone on the whole display, with sound and
nothing to press, and starts the browser again when that dies, until SIGTERM or SIGINT. What stands after `--` goes to it.
"""

import argparse
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from streams.command import Trouble
from streams.private import private
from streams.settings import Settings, load
from streams.stopping import stop_event

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
"""Commands that are looked for, in this order."""

PATHS = {"wall": "", "oversight": "oversight"}
"""The pages that have a form for a display, and where each stands."""

PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before the first, second, … new start in a row."""

SETTLED = 60.0
"""Seconds after which a browser is taken to run well: its death is then the first in a row."""

PATIENCE = 10.0
"""Seconds that the browser has to end."""

FLAGS = (
    "--kiosk",
    "--autoplay-policy=no-user-gesture-required",
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--hide-crash-restore-bubble",
    "--disable-session-crashed-bubble",
    "--disable-features=Translate,MediaRouter,OptimizationHints",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--password-store=basic",
)
"""Sound without a gesture, no question at the start, no bar for translation, nothing slower because a window lies above."""


def main(arguments: list[str]) -> int:
    """Show the wall until stopped."""
    ours, theirs = _split(arguments)
    settings = load()
    parser = _parser(settings)
    options = parser.parse_args(ours)
    if urlsplit(options.address).scheme not in {"http", "https"}:
        parser.error(f"--address is {options.address!r}: give the screen's http:// or https:// address")
    browser = _found(options.browser)
    profile = (options.profile or settings.data / "kiosk").resolve()
    private(profile)
    face = {"view": options.view, "area": options.area, "theme": options.theme}
    page = page_of(options.address, options.lang, PATHS[options.page], **face)
    if options.token_file:
        page = signing_in(page, _token(options.token_file), profile)
    line = command(browser, page, profile, options.scale, theirs)
    stop = stop_event()
    wait_for_screen(options.address, stop)
    keep(line, stop)
    return 0


def page_of(address: str, lang: str, path: str = "", **more: str) -> str:
    """The address of the wall, or of another page, without what is there for a person; `more`: what else stands in it."""
    return f"{address.rstrip('/')}/{path}?{urlencode({'kiosk': 1, 'lang': lang} | {k: v for k, v in more.items() if v})}"


def signing_in(page: str, token: str, profile: Path) -> str:
    """The address of a page of its own, for this account alone, that leads to `page` with the token in the fragment.

    On the command line the token could be read by everybody who may list processes; a fragment is sent to no server.
    """
    start = profile / "start.html"
    start.touch(0o600)
    start.chmod(0o600)
    address = json.dumps(f"{page}#{urlencode({'wall': token})}").replace("<", "\\u003c")
    start.write_text(f'<!doctype html><meta charset="utf-8"><script>location.replace({address})</script>\n', "utf-8")
    return start.as_uri()


def command(browser: str, page: str, profile: Path, scale: float | None, more: Sequence[str]) -> list[str]:
    """The browser's command line."""
    sharp = [f"--force-device-scale-factor={scale:g}"] if scale else []
    return [browser, *FLAGS, *sharp, f"--user-data-dir={profile}", *more, f"--app={page}"]


def wait_for_screen(address: str, stop: threading.Event) -> None:
    """Return when the screen answers: a browser that finds nobody shows an error of its own, and stays there."""
    waited = False
    while not stop.is_set() and not _answers(address):
        if not waited:
            _say(f"waiting for the screen at {address}")
        waited = True
        stop.wait(1)


def keep(line: list[str], stop: threading.Event) -> None:
    """Start the browser, and again whenever it ends, until `stop`; then end it."""
    bad = 0
    while not stop.is_set():
        began = time.monotonic()
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _say(f"{line[0]} runs (process {process.pid})")
        while process.poll() is None and not stop.wait(0.2):
            pass
        if process.poll() is None:
            _end(process)
            return
        bad = 0 if time.monotonic() - began > SETTLED else bad
        pause = PAUSES[min(bad, len(PAUSES) - 1)]
        bad += 1
        _say(f"the browser ended with {process.returncode}: starting it again in {pause:g} s")
        stop.wait(pause)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What is ours, and what stands after `--`."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m screen kiosk", description=__doc__)
    address = f"http://{settings.screen_host}:{settings.screen_port}"
    parser.add_argument("--address", default=address, metavar="URL", help="the screen (default %(default)s)")
    parser.add_argument("--page", choices=sorted(PATHS), default="wall", help="what is shown (default %(default)s)")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="the wall's language (default %(default)s)")
    parser.add_argument("--view", choices=["signs", "alarms"], default="", help="the wall's face (default: the place's own)")
    parser.add_argument("--area", default="", metavar="CODE", help="the signs of one district (default: the whole city's)")
    parser.add_argument("--theme", choices=["dark", "light"], default="", help="the wall's colours (default: dark)")
    parser.add_argument("--scale", type=float, metavar="N", help="device pixels for each of the page: 2 on 3840 x 2160")
    parser.add_argument("--browser", metavar="PATH", help=f"the browser (default: the first of {', '.join(BROWSERS)})")
    parser.add_argument("--profile", type=Path, metavar="DIR", help="its own profile (default: kiosk in ONESCREEN_DATA)")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="the wall's token, where the screen has accounts")
    return parser


def _token(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except OSError as error:
        raise Trouble(f"the wall's token cannot be read from {file}: {error.strerror}") from None


def _answers(address: str) -> bool:
    try:
        urlopen(f"{address.rstrip('/')}/_stcore/health", timeout=2).close()  # noqa: S310 - the scheme is checked
    except (URLError, OSError):
        return False
    return True


def _found(wanted: str | None) -> str:
    for name in [wanted] if wanted else BROWSERS:
        if path := shutil.which(name):
            return path
    looked = wanted or ", ".join(BROWSERS)
    raise Trouble(f"no browser was found (looked for {looked}): install Chromium, or give --browser PATH")


def _say(text: str) -> None:
    sys.stderr.write(f"kiosk: {text}\n")
    sys.stderr.flush()
