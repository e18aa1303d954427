"""In which line of a file something is said, so that a fault can be told with file and line."""

import sys
from functools import cache
from pathlib import Path
from typing import Any

from streams.catalogue import domains
from streams.catalogue.described import BESIDE, file_of


def field_place(struct: Any, name: str) -> str:
    """File and line of a struct's field, by the name that it has on the wire."""
    file = Path(str(sys.modules[struct.__module__].__file__))
    own = dict(zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)).get(name, name)
    first = _row(file, f"class {struct.__name__}(") or 1
    lines = _lines(file)[first:]
    return f"{file}:{first + 1 + next((n for n, line in enumerate(lines) if line.startswith(f'    {own}:')), -1)}"


def type_place(group: str, kind: str, root: Path) -> str:
    """File and line of what is said of a type: in its catalogue, else where the domain names it."""
    file = file_of(group, root)
    row = _row(file, f"[type.{kind}]", f'[type."{kind}"]')
    if row or group in BESIDE or kind not in domains(root)[group].kind:
        return f"{file}:{row or 1}"
    described = file.with_name("domain.toml")
    return f"{described}:{_row(described, f'[kind.{kind}]') or 1}"


def entry_place(group: str, section: str, name: str, root: Path) -> str:
    """File and line of what a section of a group's catalogue says by a name; of the section where it says nothing."""
    file = file_of(group, root)
    within = False
    for n, line in enumerate(_lines(file), 1):
        if line.startswith("["):
            within = line.startswith(f"[{section}]")
        elif within and line.startswith(f"{name} ="):
            return f"{file}:{n}"
    return f"{file}:{_row(file, f'[{section}]') or 1}"


def _row(file: Path, *begins: str) -> int | None:
    return next((n for n, line in enumerate(_lines(file), 1) if line.startswith(begins)), None)


@cache
def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()
