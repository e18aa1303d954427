"""The screen and the agents never meet, not even by a path or a command: what both need stands in `streams`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted((ROOT / "screen").rglob("*.py"))

_PATH = re.compile(r"(^|[/\\.])agents($|[/\\.])")
"""A text that names the folder, the module or something below it; a sentence that tells a person a command is none."""

_STARTS = frozenset(
    {
        "Popen",
        "run",
        "call",
        "check_call",
        "check_output",
        "system",
        "create_subprocess_exec",
        "create_subprocess_shell",
        "split",
    }
)
"""What starts a command, or takes a text apart into one."""


def meetings(source: str) -> Iterator[int]:
    """The lines of a module that name a path or a module of `agents`, or start a command of them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _PATH.search(node.value):
            yield node.lineno
        elif isinstance(node, ast.Call) and _name(node.func) in _STARTS:
            yield from (node.lineno for each in ast.walk(node) if _commands(each))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _commands(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "-m agents" in node.value


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_screen_names_nothing_of_the_agents(file: Path) -> None:
    """No module of the screen reads a file of the agents or starts one of their commands."""
    assert not list(meetings(file.read_text("utf-8")))


@pytest.mark.parametrize(
    "planted",
    [
        'FILE = Path(__file__).parents[2] / "agents" / "law" / "departments.toml"',
        'FILE = ROOT / "agents/rulebook/grouping.toml"',
        'spec = find_spec("agents.law")',
        'Popen([sys.executable, "-m", "agents", "rules", "book"])',
        'subprocess.run("python -m agents rules book", shell=True)',
        'await create_subprocess_exec(*"python -m agents rules book".split())',
        'subprocess.run(f"python -m agents rules book --log {log}", shell=True)',
    ],
)
def test_a_planted_meeting_is_found(planted: str) -> None:
    """A path, a module's name, and a command as a list or as one text: each would be found."""
    assert list(meetings(f"async def f():\n    {planted}"))


def test_a_sentence_for_a_person_is_no_meeting() -> None:
    """The screen may tell a person what to type."""
    assert not list(meetings('MORE = "no worker has told it: start one by python -m agents worker --log live"'))
