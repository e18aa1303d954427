"""What a text may hold on paper: what has no glyph, and what moves or hides text, is printed as U+xxxxx. Pure."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from unicodedata import category, decomposition, normalize

from msgspec import Struct
from msgspec.structs import replace

Value = TypeVar("Value")

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that have no form of their own: controls, marks of direction, surrogates, private, unassigned."""

_SPACES = "\t\n\r\x0b\x0c\x85\xa0\u2028\u2029"
"""What is a blank on paper."""


_RAISED = ("<sub>", "<super>")
"""How the decomposition of a raised or lowered character begins: it is printed on the line where it has no glyph, O₂ as O2."""


def codes(text: str) -> set[int]:
    """The characters of a text that need a glyph, by code point."""
    return {ord(each) for each in text if each not in _SPACES and category(each) not in _UNSEEN}


class Printable:
    """Makes texts such that each of their characters can be printed; `lacking`: those that were written as U+xxxxx."""

    def __init__(self, has: Callable[[int], bool]) -> None:
        self._has = has
        self._lacking = dict[str, None]()

    @property
    def lacking(self) -> tuple[str, ...]:
        """The names of these characters."""
        return tuple(sorted(self._lacking))

    def text(self, text: str) -> str:
        """The text as it can be printed."""
        return "".join(map(self._character, text))

    def all_of(self, value: Value) -> Value:
        """A struct, tuple or text with all texts in it so."""
        made: Any = value
        if isinstance(value, str):
            made = self.text(value)
        elif isinstance(value, tuple):
            made = tuple(self.all_of(each) for each in value)
        elif isinstance(value, Struct):
            made = replace(value, **{name: self.all_of(getattr(value, name)) for name in value.__struct_fields__})
        return cast("Value", made)

    def _character(self, character: str) -> str:
        if character == " " or character in _SPACES:
            return " "
        if category(character) not in _UNSEEN and self._has(ord(character)):
            return character
        if decomposition(character).startswith(_RAISED) and all(self._has(ord(each)) for each in normalize("NFKC", character)):
            return normalize("NFKC", character)
        name = f"U+{ord(character):04X}"
        self._lacking[name] = None
        return name
