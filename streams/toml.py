"""TOML by a compiled parser, each text once: a rule book is tens of thousands of lines, which several checks read."""

from functools import lru_cache
from typing import Any

from tomli import TOMLDecodeError
from tomli import loads as _loads

__all__ = ["TOMLDecodeError", "loads"]

_KEPT = 256
"""Texts that are remembered: those of the rule book, its law and its places."""


@lru_cache(_KEPT)
def loads(text: str) -> dict[str, Any]:
    """What a text says, to be read and never changed; TOMLDecodeError (a ValueError) names line and column."""
    return _loads(text)
