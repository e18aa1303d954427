"""How a rule names what it reads: paths to values, and `where` tables that say which facts count.

A path is a field of the fact (`flag`), a field within it (`engine.temperature`; dicts are walked too), a field of the
subject's registration (`facts.kind`, `facts.traits.valid_until`) or of the newest fact of another kind
(`latest.weather.wind`). `{item}` stands for the rule's item. What is not there is None.
"""

import functools
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from agents.core.rule import Binding
from agents.core.state import Subject

Scalar = bool | int | float | str
Where = dict[str, Scalar | list[Scalar]]
"""Facts count whose values equal all of these; a list means any of them."""

Get = Callable[[Any], Any]
Reach = Callable[[Subject, Any], Any]
Matches = Callable[[Subject, Any], bool]


class Trigger(Struct, frozen=True, forbid_unknown_fields=True):
    """Facts of one kind that count: `kind`, and `where` they need to equal something."""

    kind: str
    where: Where = {}


def walk(value: Any, names: Iterable[str]) -> Any:
    """The value at the end of a path through structs and dicts, or None.

    >>> walk({"engine": {"oil": 3}}, ["engine", "oil"]), walk({"engine": None}, ["engine", "oil"])
    (3, None)
    """
    for name in names:
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value


def number(value: Any) -> float | None:
    """The value where it is a number.

    >>> number(3), number("3"), number(True)
    (3, None, None)
    """
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def getter(binding: Binding, path: str, kinds: Iterable[str] = ()) -> Get:
    """What reads a path from facts of these kinds (default: the rule's `on`); ValueError where a kind has no such field."""
    names = _names(binding, path)
    known = [binding.payloads[kind] for kind in kinds or binding.kinds if kind in binding.payloads]
    structs = [payload for payload in known if hasattr(payload, "__struct_fields__")]
    for payload in structs:
        if names[0] not in payload.__struct_fields__:
            fields = ", ".join(payload.__struct_fields__)
            raise ValueError(f"no field {names[0]!r} in {payload.__name__}; its fields are {fields}")
    if len(names) == 1 and structs and len(structs) == len(known):
        return attrgetter(names[0])
    return lambda data: walk(data, names)


def numbers(binding: Binding, path: str, kinds: Iterable[str] = ()) -> Get:
    """Like `getter`, for a value that is a number or None; ValueError where a kind's field is of another type."""
    get = getter(binding, path, kinds)
    if not isinstance(get, attrgetter):
        return lambda data: number(get(data))
    name = _names(binding, path)[0]
    for payload in (binding.payloads[kind] for kind in kinds or binding.kinds if kind in binding.payloads):
        if not _types(get_type_hints(payload)[name]) <= {int, float, type(None)}:
            raise ValueError(f"field {name!r} of {payload.__name__} is no number")
    return get


def reach(binding: Binding, path: str, kinds: Iterable[str] = ()) -> Reach:
    """What reads a path of any root from a subject and a fact."""
    names = _names(binding, path)
    if names[0] == "facts" and len(names) > 1:
        return lambda subject, data: walk(subject.facts, names[1:])  # noqa: ARG005 - one shape for all roots
    if names[0] == "latest" and len(names) > 2:
        getter(binding, ".".join(names[2:]), [names[1]])
        return lambda subject, data: walk(subject.latest.get(names[1]), ["data", *names[2:]])  # noqa: ARG005 - as above
    get = getter(binding, path, kinds)
    return lambda subject, data: get(data)  # noqa: ARG005 - as above


def matcher(binding: Binding, where: Where, kinds: Iterable[str] = ()) -> Matches | None:
    """Whether a fact counts; None where all do."""
    tests = [_test(reach(binding, path, kinds), tuple(_listed(wanted))) for path, wanted in where.items()]
    return functools.reduce(_both, tests) if tests else None


def triggered(binding: Binding, trigger: Trigger) -> Callable[[Subject, str, Any], bool]:
    """Whether a fact of a kind is one of the trigger's."""
    kind, matches = trigger.kind, matcher(binding, trigger.where, [trigger.kind])
    if matches is None:
        return lambda subject, fact, data: fact == kind  # noqa: ARG005 - one shape with and without `where`
    return lambda subject, fact, data: fact == kind and matches(subject, data)


def _test(get: Reach, wanted: tuple[Scalar, ...]) -> Matches:
    return lambda subject, data: get(subject, data) in wanted


def _both(first: Matches, second: Matches) -> Matches:
    return lambda subject, data: first(subject, data) and second(subject, data)


def _names(binding: Binding, path: str) -> list[str]:
    return path.replace("{item}", binding.item).split(".")


def _listed(wanted: Scalar | list[Scalar]) -> list[Scalar]:
    return wanted if isinstance(wanted, list) else [wanted]


def _types(hint: Any) -> set[Any]:
    args = get_args(hint)
    return {each for arg in args for each in _types(arg)} if args else {hint}
