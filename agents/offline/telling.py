"""How a story is told in a terminal: a line for each thing, in one of both languages, with nothing that could mislead."""

from typing import Literal

from streams.messages import Text, TrailEntry, whole_reason

Language = Literal["zh", "en"]


def in_(text: Text, language: Language) -> str:
    """A text in a language."""
    return text.zh if language == "zh" else text.en


def line(label: Text, language: Language, what: Text | str, more: str = "") -> str:
    """A line with its label."""
    said = what if isinstance(what, str) else in_(what, language)
    return f"{in_(label, language)}{'：' if language == 'zh' else ': '}{said}{more}".rstrip()


def safe(line: str) -> str:
    """A line without what moves a terminal's cursor or turns the direction of writing."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "backslashreplace").decode() for letter in line
    )


def why(entry: TrailEntry, language: Language) -> str:
    """Behind an entry, what it says in words; empty where it says nothing."""
    said = in_(whole_reason(entry), language)
    return f": {said}" if said else ""
