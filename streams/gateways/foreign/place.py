"""Where a value stands in a document: a place of the mapping's language, read once and looked up many times.

* `NAME`: the member NAME of the item, as the column of a row;
* `@.a[0].b`: a JSONPath (RFC 9535) from the item, which `each` names; without `each` the whole document is the item;
* `$.a.b`: a JSONPath from the whole document;
* `{NAME}`: the part of the topic, or of the path, that a pattern names so.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathError
from jsonpath.selectors import IndexSelector, NameSelector
from msgspec import Struct

_PART = re.compile(r"\{(\w+)\}")
_ENVIRONMENT = JSONPathEnvironment(strict=True)
_PLACES = 4_096


class Lookup(Struct, frozen=True):
    """What places look into: an item, the whole document, and the parts of topic or path by name."""

    item: Any
    whole: Any
    parts: Mapping[str, str] = {}


Place = Callable[[Lookup], list[Any]]
"""What stands at a place; nothing, one thing, or several that a path finds."""


@lru_cache(_PLACES)
def place(text: str) -> Place:
    """The place that a text names; ValueError says what is wrong with it.

    >>> scope = Lookup({"a": {"b": [1, 2]}}, {"n": 7, "list": [{"a": {"b": [1, 2]}}]}, {"site": "S1"})
    >>> [place(each)(scope) for each in ("a", "@.a.b[1]", "@.a.b[*]", "$.n", "{site}", "@.x")]
    [[{'b': [1, 2]}], [2], [1, 2], [7], ['S1'], []]
    """
    if match := _PART.fullmatch(text):
        return _part(match[1])
    if text[:1] in {"@", "$"}:
        find = _finder(text)
        return (lambda scope: find(scope.item)) if text[0] == "@" else (lambda scope: find(scope.whole))
    if not text.strip():
        raise ValueError("a place is empty: name a member, a path (@.a.b, $.a.b) or a part of the topic ({name})")
    return lambda scope: [scope.item[text]] if isinstance(scope.item, dict) and text in scope.item else []


def part_of(text: str) -> str:
    """The name of the part of topic or path that a place is; empty where it is another place."""
    match = _PART.fullmatch(text)
    return match[1] if match else ""


def items(text: str, document: Any) -> Iterator[tuple[str, Any]]:
    """Each item that a path finds, with where it stands; of a list, which the path finds as one, its members.

    >>> list(items("$.a", {"a": [1, 2]})), list(items("$.a", {"a": {"b": 1}}))
    ([('$.a[0]', 1), ('$.a[1]', 2)], [('$.a', {'b': 1})])
    """
    for match in _query(text).finditer(document):
        where = _plain(match.path)
        if isinstance(match.obj, list):
            yield from ((f"{where}[{n}]", each) for n, each in enumerate(match.obj))
        else:
            yield where, match.obj


def unpacked(text: str, document: Any, read: Callable[[str], Any]) -> Any:
    """The document with each text at a path read as the document that it is; what `read` raises goes on."""
    for match in list(_query(text).finditer(document)):
        if isinstance(match.obj, str) and match.parts:
            into = document
            for part in match.parts[:-1]:
                into = into[part]
            into[match.parts[-1]] = read(match.obj)
    return document


def check_path(text: str) -> None:
    """ValueError where a text is no path from the whole document."""
    if not text.startswith("$"):
        raise ValueError(f"{text!r} is no path of the document: it begins with $, as in $.params")
    _query(text)


def _part(name: str) -> Place:
    return lambda scope: [scope.parts[name]] if name in scope.parts else []


def _finder(text: str) -> Callable[[Any], list[Any]]:
    """What finds a path from `@` or `$`; one of names and numbers alone is walked, which takes a tenth of the time."""
    query = _query("$" + text[1:])
    steps = _steps(query)
    if steps is None:
        return query.findall

    def walk(found: Any) -> list[Any]:
        for step in steps:
            if isinstance(step, str) if isinstance(found, dict) else isinstance(step, int) and isinstance(found, list):
                try:
                    found = found[step]
                except (KeyError, IndexError):
                    return []
            else:
                return []
        return [found]

    return walk


def _steps(query: JSONPath) -> list[str | int] | None:
    """The names and numbers that a path goes by; None where it may find several."""
    steps: list[str | int] = []
    for segment in query.segments if query.singular_query() else ():
        for selector in segment.selectors:
            if isinstance(selector, NameSelector):
                steps.append(selector.name)
            elif isinstance(selector, IndexSelector):
                steps.append(selector.index)
    return steps if query.singular_query() else None


@lru_cache(_PLACES)
def _query(text: str) -> JSONPath:
    try:
        query = _ENVIRONMENT.compile(text)
    except JSONPathError as error:
        message = str(error).splitlines()[0]
        raise ValueError(f"{text!r} is no JSONPath (RFC 9535): {message}") from None
    if not isinstance(query, JSONPath):  # several in one are no RFC 9535, and refused above
        raise ValueError(f"{text!r} is more than one JSONPath")  # noqa: TRY004 - one kind of error for a text
    return query


def _plain(path: str) -> str:
    """A normalised path in the short form.

    >>> _plain("$['a'][0]['b c']")
    "$.a[0]['b c']"
    """
    return re.sub(r"\['(\w+)'\]", r".\1", path)
