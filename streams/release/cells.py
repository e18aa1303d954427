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


def writable(text: str) -> str:
    r"""A text without what XML 1.0 (2.2) cannot hold: controls, U+FFFE and U+FFFF; of half a surrogate pair a `?` is left.

    >>> writable("疑似\x00超限\x0b\uffff\ud800")
    '疑似超限?'
    """
    held = (each for each in text if (each >= " " or each in "\t\n") and each not in "\ufffe\uffff")
    return "".join(held).encode("utf-8", "replace").decode()
