"""What a text may hold in a file that leaves: nothing that a spreadsheet reckons with, nothing that XML refuses. Pure."""

from typing import TypeVar

Value = TypeVar("Value")

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet takes for a formula (OWASP, CSV Injection)."""


def safe_cell(value: Value) -> Value | str:
    """A cell that no spreadsheet reckons with: a text that looks like a formula gets an apostrophe in front.

    >>> safe_cell("=1+1"), safe_cell("-5 °C"), safe_cell(-5.0), safe_cell("a=b")
    ("'=1+1", "'-5 °C", -5.0, 'a=b')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(ACTIVE) else value


CELL = 32_767
"""Characters that a cell of a workbook holds at most, in UTF-16 (Excel specifications and limits, Microsoft)."""


def held(text: str) -> str:
    """A text as a cell of a workbook can hold it: one that is too long is cut, and says at its end that it is.

    >>> held("全文"), held("x" * CELL) == "x" * CELL
    ('全文', True)
    >>> held("好" * 40_000).partition("〔")[2]
    '单元格容不下，已截断：原文 40,000 字，全文见 CSV；cut: 40,000 characters, whole in CSV〕'
    """
    if _units(text) <= CELL:
        return text
    said = f"〔单元格容不下，已截断：原文 {len(text):,} 字，全文见 CSV；cut: {len(text):,} characters, whole in CSV〕"
    room = 2 * (CELL - _units(said))
    return text.encode("utf-16-le", "surrogatepass")[:room].decode("utf-16-le", "ignore") + said


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def writable(text: str) -> str:
    r"""A text without what XML 1.0 (2.2) cannot hold: controls, U+FFFE and U+FFFF; of half a surrogate pair a `?` is left.

    >>> writable("疑似\x00超限\x0b\uffff\ud800")
    '疑似超限?'
    """
    kept = (each for each in text if (each >= " " or each in "\t\n") and each not in "\ufffe\uffff")
    return "".join(kept).encode("utf-8", "replace").decode()
