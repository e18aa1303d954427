"""The page of the rule book that shows the signs: the same book gives the same page."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from agents.rulebook.pages import table
from agents.signs.book.sign import LEVELS, JudgedForm, MeasureForm, MissingSign, SignRow, types_of
from streams import places
from streams.messages import Text

SIGNS = "city_signs.md"
"""The page's file."""

MARKS: Mapping[str, str] = {
    "certain": "原文已读 read in the text",
    "likely": "据转述 by report",
    "check": "待核 to be checked",
    "default": "本系统默认 this system's default",
}
"""How sure a source is, in words."""

STANDS: Mapping[str, str] = {"higher": "at or below", "lower": "at or above"}


def signs_page(book: Mapping[str, SignRow], missing: Mapping[str, MissingSign]) -> str:
    """All signs with what each is made of, and those that are not there."""
    headings = ["Sign", "Name", "Unit", "Floor", "Whose"]
    rows = [
        [f"[{name}](#{name})", _both(row.name), row.unit, "–" if row.floor is None else f"{row.floor:.0%}", row.provenance]
        for name, row in book.items()
    ]
    lines = [
        "# The book of signs 体征手册",
        "",
        "Written by `make docs` from the files of the book of signs: change those, not this page. How figures are made:",
        "[signs of the city](../operate/signs.md).",
        "",
        *table(headings, rows),
        "",
        "## Not there yet 还没有的",
        "",
        *table(
            ["Sign", "Name", "What", "Needs"],
            ([f"`{name}`", _both(each.name), _both(each.what), _both(each.needs)] for name, each in missing.items()),
        ),
    ]
    for name, row in book.items():
        lines += ["", *_sign(name, row)]
    return "\n".join(lines) + "\n"


def _sign(name: str, row: SignRow) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    yield f"{_both(row.what)}"
    yield ""
    yield from table(
        ["Sign", _both(row.name)],
        [
            ["Formula", f"`{formula_text(row)}`"],
            ["Reads", ", ".join(f"`{each}`" for each in dict.fromkeys(types_of(row.formula))) or _read_elsewhere(row)],
            ["Window, unit", f"{row.window}, {row.unit}; {row.direction} is better"],
            ["Coverage", _coverage(row)],
            ["Levels", "<br>".join(_levels(row)) or "none"],
            ["Whose, by what text", f"{row.provenance}, {MARKS[row.mark]}: {_both(row.source)}"],
            ["Department", _department(row.department)],
            ["Guidance", _both(row.guidance)],
            ["Opens", ", ".join(f"`{rule}`" for rule in row.opens) or "its inputs alone"],
        ],
    )
    yield ""
    yield from table(
        ["Case", "例", "At", "Comes to"],
        ([case.name, case.zh, case.at, _expected(msgspec.to_builtins(case.expect))] for case in row.case),
    )


def formula_text(row: SignRow) -> str:
    """A formula as one line: its form, and what it was given."""
    given = {name: value for name, value in msgspec.to_builtins(row.formula).items() if _says(value)}
    form = given.pop("form")
    return f"{form}: " + ", ".join(f"{name} = {_value(value)}" for name, value in given.items() if name != "undue")


def _says(value: Any) -> bool:
    """Whether it says more than that nothing was given; a bound of 0 does, though Python takes it for False."""
    return value is not None and value is not False and value not in ("", (), {})


def _value(value: Any) -> str:
    if isinstance(value, dict):
        kept = {name: each for name, each in value.items() if _says(each)}
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in kept.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_elsewhere(row: SignRow) -> str:
    if isinstance(row.formula, MeasureForm):
        return f"the cases of the [measure](../operate/measures.md) `{row.formula.measure}`"
    return "trails of alerts" if isinstance(row.formula, JudgedForm) and row.formula.severities else "alerts and incidents"


def _coverage(row: SignRow) -> str:
    if row.floor is not None and row.floor_basis is not None:
        return f"at least {row.floor:.0%}: {_both(row.floor_basis)}"
    undue = getattr(row.formula, "undue", None)
    return f"none: {_both(undue)}" if undue else "none"


def _levels(row: SignRow) -> Iterator[str]:
    for level in LEVELS:
        if (each := row.thresholds.get(level)) is not None:
            yield f"{level} {STANDS[row.direction]} {each.value:g}: {_both(each.basis)}"


def _department(name: str) -> str:
    found = places.departments().get(places.answering(name))
    return f"`{name}`" if found is None else f"{_both(found.name)}; {found.basis}"


def _expected(expected: dict[str, Any]) -> str:
    state = expected.pop("state")
    parts = [f"{name} {value:g}" for name, value in expected.items() if value is not None]
    return ", ".join([state, *parts])


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"
