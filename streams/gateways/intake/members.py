"""What JSON leaves open and a reader must not guess: members of one name in an object, and how deep a document may be. Pure.

Which of two values is meant nobody knows (RFC 8259, 4: "unpredictable"): of an event they are refused, of a foreign document
they become a list, as children of one name do in XML, so that the field is told and the others stand.
"""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

DEEPEST = 64
"""Levels of the deepest document; 本系统默认 (a default of this system). None that was met has ten."""


def repeats(text: str) -> bool:
    """Whether an object of a JSON text, which was read before, has two members of one name.

    >>> repeats('{"a": 1, "b": {"a": 1}}'), repeats('{"b": [{"a": 1, "a": 2}]}')
    (False, True)
    """
    found = False

    def look(members: list[tuple[str, None]]) -> None:
        nonlocal found
        found = found or len(dict(members)) < len(members)

    json.loads(text, object_pairs_hook=look, parse_int=str, parse_float=str)
    return found


def with_lists(text: str) -> Any:
    """The tree of a JSON text in which members of one name are a list of what they say; where all say the same, that.

    >>> with_lists('{"a": 1, "a": 2, "b": 3, "b": 3}')
    {'a': [1, 2], 'b': 3}
    """
    return json.loads(text, object_pairs_hook=_listed)


def _listed(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for name, value in members:
        values = found.setdefault(name, [])
        if value not in values:
            values.append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def deeper(document: Any, most: int = DEEPEST) -> bool:
    """Whether a tree, of JSON or of XML's elements, has more levels; found without descending into one by calls."""
    level = [document]
    for _ in range(most):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        return iter(node.values())
    return iter(node) if isinstance(node, list | Element) else iter(())
