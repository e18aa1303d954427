"""What the documents say is there: headings, commands, links, settings."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENGLISH = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HEADINGS = {
    "Onescreen 一屏": "Onescreen 一屏",
    "Two commands": "两条命令",
    "Your own file": "你自己的文件",
    "What it looks like": "页面",
    "What is in it": "里面有什么",
    "Further reading": "延伸阅读",
    "Licence": "许可",
}


def headings(text: str) -> list[str]:
    """The headings of a page, with their level."""
    return re.findall(r"^(#+ .+)$", without_code(text), re.MULTILINE)


def without_code(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """The shell lines of a page."""
    return [line for block in re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) for line in block.splitlines()]


def test_both_readmes_have_the_same_headings() -> None:
    """Each English heading has its Chinese one, on the same level and in the same order."""
    translated = [f"{level} {HEADINGS[words]}" for level, words in (heading.split(" ", 1) for heading in headings(ENGLISH))]
    assert translated == headings(CHINESE)


def test_both_readmes_have_the_same_commands() -> None:
    """The two pages tell a newcomer to type the same lines."""
    assert commands(ENGLISH) == commands(CHINESE)
    assert commands(ENGLISH)[:2] == ["make demo", "make test"]


def slug(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file that exists, and an anchor one of its headings."""
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text("utf-8"))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in map(slug, headings(file.read_text("utf-8"))), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_named_command_exists(page: Path) -> None:
    """`python -m PACKAGE COMMAND` and `make TARGET` in a page name commands and targets that exist."""
    text = page.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)(?:`|$)", text, re.MULTILINE)) <= targets
    for package, command in re.findall(r"python -m (streams|agents|fixtures) ([a-z0-9]+)", text):
        listed = re.findall(r'^    "([a-z0-9]+)": \(', (ROOT / package / "__main__.py").read_text("utf-8"), re.MULTILINE)
        assert command in listed, f"{page.name}: python -m {package} {command}"


def test_settings_table_is_the_settings() -> None:
    """The table of settings lists exactly the variables that the code reads."""
    table = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "operate" / "settings.md").read_text("utf-8"), re.MULTILINE))
    read = set(re.findall(r'"((?:ONESCREEN|KAFKA)_[A-Z_]+)"', (ROOT / "streams" / "settings.py").read_text("utf-8")))
    assert read == table
