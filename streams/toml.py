"""TOML by a compiled parser, each text once: a rule book is tens of thousands of lines, which several checks read."""

import re
from functools import lru_cache
from math import isfinite
from typing import Any

from tomli import TOMLDecodeError
from tomli import loads as _loads

__all__ = ["TOMLDecodeError", "loads"]

_KEPT = 256
"""Texts that are remembered: those of the rule book, its law and its places."""


@lru_cache(_KEPT)
def loads(text: str) -> dict[str, Any]:
    """What a text says, to be read and never changed; TOMLDecodeError (a ValueError) names line and column.

    `nan`, `inf` and what is too large to be a number are refused: no comparison that a check makes holds of `nan`.
    """

    def number(word: str) -> float:
        value = float(word)
        if not isfinite(value):
            found = re.search(rf"(?<![\w.+-]){re.escape(word)}(?!\w)", text)
            raise TOMLDecodeError(f"{word} is no number that may stand here", text, found.start() if found else 0)
        return value

    return _loads(text, parse_float=number)
