"""The wall's browser: its command line, its token, what it says where there is none; and the version that a page compares."""

import shutil
import stat
from pathlib import Path

import pytest

from screen.kiosk import PATHS, command, main, page_of, signing_in
from screen.web.version import HERE, version
from streams.command import Trouble


def test_the_browser_shows_one_page_with_sound_and_asks_nothing(tmp_path: Path) -> None:
    """Kiosk and app mode, sound without a gesture, a profile of its own, the scale of a 4K display; ours come last."""
    line = command("chromium", page_of("http://wall:8501/", "en"), tmp_path, 2, ["--ozone-platform=wayland"])
    assert line[0] == "chromium"
    assert line[-1] == "--app=http://wall:8501/?kiosk=1&lang=en"
    assert page_of("http://wall:8501", "zh", PATHS["oversight"]) == "http://wall:8501/oversight?kiosk=1&lang=zh"
    wanted = {"--kiosk", "--autoplay-policy=no-user-gesture-required", "--no-first-run", "--force-device-scale-factor=2"}
    assert wanted | {f"--user-data-dir={tmp_path}", "--ozone-platform=wayland"} <= set(line)


def test_a_token_is_not_on_the_command_line(tmp_path: Path) -> None:
    """It stands in a page that only this account may read, and cannot end the page's script."""
    page = signing_in("http://127.0.0.1:8501/?kiosk=1", "a b</script>", tmp_path)
    start = tmp_path / "start.html"
    assert page == start.as_uri()
    assert stat.S_IMODE(start.stat().st_mode) == 0o600
    assert 'location.replace("http://127.0.0.1:8501/?kiosk=1#wall=a+b%3C%2Fscript%3E")' in start.read_text("utf-8")


def test_a_browser_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what was looked for; an address that is none is wrong use."""
    monkeypatch.setenv("ONESCREEN_DATA", str(tmp_path))
    with pytest.raises(Trouble, match="looked for no-such-browser"):
        main(["--browser", "no-such-browser"])
    with pytest.raises(SystemExit) as wrong:
        main(["--address", "wall:8501"])
    assert wrong.value.code == 2


def test_another_screen_has_another_version(tmp_path: Path) -> None:
    """One byte of a style, or another name, is another version; the same files elsewhere are the same one."""
    copy = tmp_path / "screen"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.woff2"))
    assert version(copy) == version()
    style = copy / "static" / "wall" / "wall.css"
    style.write_text(style.read_text("utf-8") + "\n", "utf-8")
    version.cache_clear()
    assert version(copy) != version()
