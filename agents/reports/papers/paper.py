"""The content of a report, in one language: sections of paragraphs, figures, tables and charts. Pure."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from agents.offline.telling import Language

Cell = str | int | float | None
"""What stands in a cell: text, a count, a share (0 to 1) or hours; None where there is no figure."""

Form = Literal["text", "code", "number", "count", "share", "hours"]
"""How the cells of a column are written; a `number` is one by which something is found, a `count` says how many."""

Tone = Literal["red", "orange", "yellow", "blue", "plain"]
"""The colour of a series: that of a severity, or none of them."""


class PaperColumn(Struct, frozen=True):
    """A column of a table: its heading, how its cells are written, and its share of the width."""

    title: str
    form: Form = "text"
    width: float = 1.0


class PaperTable(Struct, frozen=True, kw_only=True, tag="table"):
    """A table. `name`: of its file and sheet, `a-z` and hyphens; `note`: needed to read it; `none`: said if empty."""

    name: str
    title: str
    columns: tuple[PaperColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    none: str = ""


class KeyFigure(Struct, frozen=True):
    """A figure that is read first, with what it is and what belongs to it."""

    title: str
    value: str
    note: str = ""


class KeyFigures(Struct, frozen=True, kw_only=True, tag="figures"):
    """Figures side by side."""

    name: str
    title: str
    figures: tuple[KeyFigure, ...]


class PaperSeries(Struct, frozen=True):
    """One series of a chart: a value for each of its labels."""

    title: str
    tone: Tone
    values: tuple[int, ...]


class Chart(Struct, frozen=True, kw_only=True, tag="chart"):
    """Columns, the series upon each other. `alt`: the same in words, for who cannot see it."""

    name: str
    title: str
    alt: str
    axis: str
    labels: tuple[str, ...]
    series: tuple[PaperSeries, ...]


class Says(Struct, frozen=True, tag="says"):
    """A paragraph."""

    text: str


Block = PaperTable | KeyFigures | Chart | Says


class Section(Struct, frozen=True):
    """A section with its heading."""

    title: str
    blocks: tuple[Block, ...]


class Paper(Struct, frozen=True, kw_only=True):
    """A report. `at`: the log's time (ms) that it is of; `about`: name and value of what stands below its title.

    `warning`: what must be seen first, as that it is of an exercise; `foot`: what stands on every page.
    """

    lang: Language
    title: str
    subtitle: str
    at: int
    about: tuple[tuple[str, str], ...]
    warning: str
    foot: str
    sections: tuple[Section, ...]

    def tables(self) -> Iterator[PaperTable]:
        """Its tables, in their order."""
        return (block for section in self.sections for block in section.blocks if isinstance(block, PaperTable))

    def texts(self) -> Iterator[str]:
        """Every text in it."""
        yield from _texts(self)


def written(cell: Cell, form: Form) -> str:
    """A cell as people read it.

    >>> written(1234, "count"), written(0.5, "share"), written(26.04, "hours"), written(None, "share")
    ('1,234', '50.0%', '26.0', '—')
    """
    if cell is None:
        return "—"
    match form:
        case "share":
            return f"{cell:.1%}" if isinstance(cell, int | float) else cell
        case "hours":
            return f"{cell:,.1f}" if isinstance(cell, int | float) else cell
        case "count":
            return f"{cell:,}" if isinstance(cell, int | float) else cell
        case _:
            return str(cell)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
