"""Where a thing stands in a TOML file: the line of a table, of a key in it, or of the nth table of a list in it."""

import re

_STEP = re.compile(r"(?P<name>[\w-]+)(?:\[(?P<n>\d+)\])?")
_AT_LINE = re.compile(r"at line (\d+)")


def line_of(text: str, table: str, name: str = "", path: str = "") -> int:
    r"""The line (from 1) of `[table.name]`, or of what `path` (`unit`, `case[1]`) names in it; 1 where nothing is found.

    >>> line_of("# a\n[rule.a]\nunit = 1\n[[rule.a.case]]\n[[rule.a.case]]\n", "rule", "a", "case[1].given")
    5
    >>> line_of("# a\n[rule.a]\nunit = 1\n", "rule", "a", "unit"), line_of("# a\n[rule.a]\n", "rule", "b")
    (3, 1)
    """
    lines = text.splitlines()
    whole = rf"\[+{re.escape(table)}" + (rf'\."?{re.escape(name)}"?' if name else "")
    header = _find(lines, rf"{whole}[\].]") or 1
    step = _STEP.match(path)
    if not step:
        return header
    tables = [n for n, line in enumerate(lines, 1) if re.match(rf'{whole}\."?{step["name"]}"?[\].]', line.strip())]
    nth = int(step["n"] or 0)
    if nth < len(tables):
        return tables[nth]
    return _find(_block(lines, header), rf'"?{step["name"]}"?\s*[.=]', header) or header


def line_of_row(text: str, table: str, nth: int, field: str = "") -> int:
    r"""The line (from 1) of the nth `[[table]]` (from 0), or of a field in it; 1 where nothing is found.

    >>> text = "# a\n[[route]]\nmain = 1\n[[route]]\nbasis = 2\nmain = 3\n"
    >>> line_of_row(text, "route", 1), line_of_row(text, "route", 1, "main"), line_of_row(text, "route", 7)
    (4, 6, 1)
    """
    lines = text.splitlines()
    found = [n for n, line in enumerate(lines, 1) if line.strip() == f"[[{table}]]"]
    header = found[nth] if nth < len(found) else 1
    return (_find(_block(lines, header), rf"{re.escape(field)}\s*=", header) if field else None) or header


def line_of_error(message: str) -> int:
    """The line that a TOML parser's message names, or 1.

    >>> line_of_error("Expected '=' after a key (at line 7, column 3)")
    7
    """
    found = _AT_LINE.search(message)
    return int(found[1]) if found else 1


def _block(lines: list[str], header: int) -> list[str]:
    """The lines between a header and the next one."""
    rest = lines[header:]
    end = next((n for n, line in enumerate(rest) if line.startswith("[")), len(rest))
    return rest[:end]


def _find(lines: list[str], pattern: str, before: int = 0) -> int | None:
    """The number of the first line that begins so; `before` lines stand in front of these."""
    return next((n for n, line in enumerate(lines, before + 1) if re.match(pattern, line.strip())), None)
