"""How each column of a table leaves the system, and which cells are too small. Pure.

去标识化: direct identifiers become pseudonyms or stay out, quasi identifiers (place, time) are coarsened, free text stays out
(个人信息保护法 第七十三条（三）; GB/T 37964-2019). It is no 匿名化: who has the place's key leads it back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from streams.messages import Text
from streams.release.aliases import Aliases

Treatment = Literal["whole", "district", "area", "hour", "out"]
"""As it is; up to the district (six digits of GB/T 2260); to some kilometres; to the hour; left out."""

K = 5
"""Rows of a table that must be alike in what may lead to somebody: in a smaller cell the place is taken out. 本系统默认: GB/T
37964-2019 gives no number for all."""

AREA = 2
"""Decimals of a degree that a position keeps: 0.01° is about a kilometre. 本系统默认."""

SAID: Mapping[Treatment, Text] = {
    "whole": Text("原值", "as it is"),
    "district": Text("到区县", "up to the district"),
    "area": Text(f"到 0.{'0' * (AREA - 1)}1°（本系统默认）", f"to 0.{'0' * (AREA - 1)}1° (this system's own)"),
    "hour": Text("到小时", "to the hour"),
    "out": Text("不导出", "left out"),
}


class Alias(Struct, frozen=True):
    """A column of identifiers of a kind, one or several with blanks between them: each becomes its pseudonym."""

    kind: str


class Sheet(Struct, frozen=True):
    """A table as it leaves: how each of its columns does, by name.

    `cell`: the columns, as they leave, by which rows are alike; `place`: those that are emptied in a cell of fewer than K rows.
    `holds`: the types of the catalogue whose records it is made of.
    """

    columns: Mapping[str, Treatment | Alias]
    holds: tuple[str, ...]
    cell: tuple[str, ...] = ()
    place: tuple[str, ...] = ()


def treated(sheet: Sheet, row: Mapping[str, Any], aliases: Aliases) -> dict[str, Any]:
    """A row as it leaves; KeyError where it has a column of which the sheet says nothing."""
    if strange := row.keys() - sheet.columns.keys():
        raise KeyError(f"nobody has said how {', '.join(sorted(strange))} leaves the system")
    return {name: _value(how, row[name], aliases) for name, how in sheet.columns.items() if name in row}


def released(sheet: Sheet, rows: Iterable[Mapping[str, Any]], aliases: Aliases) -> Iterator[tuple[dict[str, Any], bool]]:
    """The rows as they leave, each with whether it lost its place because its cell was too small."""
    made = (treated(sheet, row, aliases) for row in rows)
    if not sheet.cell:
        yield from ((row, False) for row in made)
        return
    kept = list(made)
    sizes = Counter(map(_cell(sheet), kept))
    for row in kept:
        small = sizes[_cell(sheet)(row)] < K
        yield (row | dict.fromkeys(sheet.place) if small else row), small


def count_cells(counts: Mapping[Any, int]) -> dict[Any, int | None]:
    """Counts of persons or cases by cell as they may be opened: None where there are fewer than K, but more than none.

    >>> count_cells({"a": 12, "b": 4, "c": 0})
    {'a': 12, 'b': None, 'c': 0}
    """
    return {cell: count if count == 0 or count >= K else None for cell, count in counts.items()}


def _cell(sheet: Sheet) -> Any:
    return lambda row: tuple(row[name] for name in sheet.cell)


def _value(how: Treatment | Alias, value: Any, aliases: Aliases) -> Any:
    if isinstance(how, Alias):
        return " ".join(aliases.of(how.kind, each) for each in str(value or "").split(" ")) if value is not None else None
    match how:
        case "out":
            return None
        case "district":
            return value[:6] if isinstance(value, str) else value
        case "area":
            return None if value is None else round(value, AREA)
        case "hour":
            return f"{value[:13]}:00:00{value[-6:]}" if value else value
        case _:
            return value
