"""The pages' scripts fit together: what one imports, another one exports."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "screen" / "static"
SCRIPTS = sorted(STATIC.rglob("*.js"))

IMPORT = re.compile(r'^import (?:\{([^}]*)\}|\* as \w+) from "([^"]+)"', re.M)
EXPORT = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) (\w+)", re.M)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.relative_to(STATIC).as_posix())
def test_what_is_imported_is_exported(script: Path) -> None:
    """Each import names a file of ours and what it exports: else a page would stay empty."""
    assert list(missing(script)) == []


def missing(script: Path) -> Iterator[str]:
    """What a script imports that is not there."""
    for names, path in IMPORT.findall(script.read_text("utf-8")):
        file = (script.parent / path).resolve()
        if not file.is_file():
            yield path
            continue
        there = set(EXPORT.findall(file.read_text("utf-8")))
        for name in filter(None, (each.split(" as ")[0].strip() for each in names.split(","))):
            if name not in there:
                yield f"{name} of {path}"
