"""How the house is kept: rooms of few modules, small classes, one meaning a class name, no long function without a reason."""

import ast
import json
import re
import subprocess
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RUFF = Path(sysconfig.get_path("scripts")) / "ruff"
TOPS = ("streams", "agents", "screen", "fixtures", "tests")
MOST_MODULES = 15
"""Modules in one folder, `__init__` and what is below it aside (CONTRIBUTING.md)."""

MOST_LINES = 200
"""Lines of one class, from its name to its end."""

MOST_COMPLEX = 15
"""Cyclomatic complexity above which a function needs a measured reason; ruff asks for a reason from 12 on."""

SCRIPTS = "screen/static"
"""Where the pages' scripts are."""

_OPTIONS = "check --isolated --no-cache --select C901 --ignore-noqa --output-format json --exit-zero --config"
OPTIONS = _OPTIONS.split()
"""How ruff is asked for the functions above a complexity, whatever excuses them."""

EXCUSE = re.compile(r"# noqa: (?P<codes>[A-Z0-9, ]*\bC901\b[A-Z0-9, ]*)(?P<reason> - \S.*)?$")


def sources(top: str, end: str = ".py") -> list[Path]:
    """The files below a folder of the tree that end so."""
    return sorted(path for path in (ROOT / top).rglob(f"*{end}") if "__pycache__" not in path.parts)


def modules(top: str, end: str = ".py") -> Counter[str]:
    """How many modules each folder below one holds."""
    return Counter(str(path.parent.relative_to(ROOT)) for path in sources(top, end) if path.name != "__init__.py")


def classes(text: str) -> Iterator[tuple[str, int]]:
    """Each class of a module and its lines."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def long(texts: Mapping[str, str]) -> list[str]:
    """The classes that are longer than they may be, in these modules by name."""
    return [f"{name}: {one} has {lines}" for name, text in texts.items() for one, lines in classes(text) if lines > MOST_LINES]


def twice(texts: Mapping[str, str]) -> list[str]:
    """The class names with two meanings in these modules."""
    where = defaultdict(list)
    for name, text in texts.items():
        for one, _ in classes(text):
            where[one].append(name)
    return [f"{one}: {' and '.join(names)}" for one, names in where.items() if len(names) > 1]


def inexcusable(text: str) -> list[str]:
    """The lines that excuse a function's complexity without saying why."""
    found = (EXCUSE.search(line) for line in text.splitlines())
    return [match.string.strip() for match in found if match and not match["reason"]]


def complex_functions(root: Path) -> list[tuple[Path, int]]:
    """File and line of each function below a folder that is above MOST_COMPLEX, as ruff counts, whatever excuses it."""
    limit = f"lint.mccabe.max-complexity={MOST_COMPLEX}"
    done = subprocess.run([RUFF, *OPTIONS, limit], cwd=root, check=True, capture_output=True)
    return [(Path(each["filename"]), each["location"]["row"]) for each in json.loads(done.stdout)]


def unmeasured(root: Path) -> list[str]:
    """The functions below a folder that are above MOST_COMPLEX and have no figure beside them that gives the reason."""
    found = []
    for path, row in complex_functions(root):
        line = path.read_text("utf-8").splitlines()[row - 1]
        beside = EXCUSE.search(line)
        if not (beside and re.search(r"\d", beside["reason"] or "")):
            found.append(f"{path.name}: {line.strip()}")
    return found


@pytest.fixture(scope="module", params=TOPS)
def texts(request: pytest.FixtureRequest) -> dict[str, str]:
    """The modules of one top package."""
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sources(request.param)}


@pytest.mark.parametrize("top", TOPS)
def test_a_room_has_few_modules(top: str) -> None:
    """A folder with more than 15 modules is two rooms."""
    assert {folder: number for folder, number in modules(top).items() if number > MOST_MODULES} == {}


def test_scripts_stand_in_rooms_too() -> None:
    """So it is with the scripts of the pages."""
    assert {folder: number for folder, number in modules(SCRIPTS, ".js").items() if number > MOST_MODULES} == {}


def test_a_class_is_read_at_one_sitting(texts: dict[str, str]) -> None:
    """No class has more than 200 lines."""
    assert long(texts) == []


def test_a_class_name_has_one_meaning(texts: dict[str, str]) -> None:
    """No class name stands twice in a top package."""
    assert twice(texts) == []


def test_a_long_function_says_why(texts: dict[str, str]) -> None:
    """Whoever lets a function be more complex than ruff allows, which is 12, says why."""
    assert [line for text in texts.values() for line in inexcusable(text)] == []


def test_a_longer_one_has_measured_why() -> None:
    """Above a complexity of 15 the reason has a figure."""
    assert unmeasured(ROOT) == []


def test_the_checks_find_what_they_look_for(tmp_path: Path) -> None:
    """A class of 201 lines, a name given twice, a complexity of 16 with no figure beside it, an excuse without a reason."""
    body = "\n".join(["    x = 1"] * MOST_LINES)
    assert long({"a": f"class Long:\n{body}"}) == ["a: Long has 201"]
    assert twice({"a": "class Same: ...", "b": "class Same: ..."}) == ["Same: a and b"]
    branches = "\n".join(["    if x:\n        pass"] * MOST_COMPLEX)
    (tmp_path / "a.py").write_text(f"def f(x):\n{branches}", "utf-8")
    (tmp_path / "b.py").write_text(f"def g(x):  # noqa: {'C901'} - it is so\n{branches}", "utf-8")
    (tmp_path / "c.py").write_text(f"def h(x):  # noqa: {'C901'} - a call less is 3 %\n{branches}", "utf-8")
    assert sorted(unmeasured(tmp_path)) == ["a.py: def f(x):", f"b.py: def g(x):  # noqa: {'C901'} - it is so"]
    assert inexcusable(f"def f(x):  # noqa: {'C901'}") == [f"def f(x):  # noqa: {'C901'}"]
    assert inexcusable(f"def f(x):  # noqa: {'C901'}, PLR0912 - one line for each") == []
