"""How a rule names what it reads: paths to values, and `where` tables that say which facts count.

A path is a field of the fact (`flag`), a field within it (`engine.temperature`; dicts are walked too), a field of the
subject's registration (`facts.kind`, `facts.traits.valid_until`) or of the newest fact of another kind
(`latest.weather.wind`). `{item}` stands for the rule's item. What is not there is None.
"""

import functools
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.rules.guard import ALWAYS, NEVER_ASKED, Among, Guard, Holds, all_of
from agents.core.rules.paths import Names, Path, Types, Wanted, choosing, getting, is_number, reader, step, tester, texting
from agents.core.rules.rule import Binding

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
    try:
        return getting(_types_of(binding, kinds), Path("fact", tuple(names)))
    except TypeError:
        return lambda data: walk(data, names)


def numbers(binding: Binding, path: str, kinds: Iterable[str] = ()) -> Get:
    """Like `getter`, for a value that is a number or None; ValueError where a kind's field is of another type."""
    get, names = getter(binding, path, kinds), _names(binding, path)
    known = [binding.payloads[kind] for kind in kinds or binding.kinds if kind in binding.payloads]
    if known and all(is_number(payload, tuple(names)) for payload in known):
        return get
    if isinstance(get, attrgetter) and known:
        raise ValueError(f"field {names[0]!r} of {known[0].__name__} is no number")
    return lambda data: number(get(data))


def reach(binding: Binding, path: str, kinds: Iterable[str] = ()) -> Reach:
    """What reads a path of any root from a subject and a fact."""
    where = _path(binding, path)
    if where.root == "fact":
        getter(binding, path, kinds)
    elif where.root == "latest":
        getter(binding, ".".join(where.names), [where.kind])
    try:
        return reader(_types_of(binding, kinds), where)
    except TypeError:
        return _walker(where)


def texts(binding: Binding, paths: Sequence[str], kinds: Iterable[str] = ()) -> Callable[[Subject, Any], str]:
    """What reads the texts of the values at some paths, with a blank between them, from a subject and a fact."""
    read = [reach(binding, path, kinds) for path in paths]
    try:
        return texting(_types_of(binding, kinds), [_path(binding, path) for path in paths])
    except TypeError:
        return lambda subject, data: " ".join([str(each(subject, data)) for each in read])


def matcher(binding: Binding, where: Where, kinds: Iterable[str] = ()) -> Matches | None:
    """Whether a fact counts; None where all do."""
    if not where:
        return None
    tests = [_test(reach(binding, path, kinds), tuple(_listed(wanted))) for path, wanted in where.items()]
    try:
        return tester(_types_of(binding, kinds), _wanted(binding, where))
    except TypeError:
        return functools.reduce(_both, tests)


def chooser(
    binding: Binding, kind: str, wanted: Sequence[Sequence[tuple[int, Where, Where]]]
) -> Callable[[Subject, Any], Sequence[int | None]]:
    """What gives of a fact of a kind, for each list, the number of the first row that fits, else None.

    A row is a number, what the fact must equal, and what it must not equal all of. TypeError where the types do not tell how.
    """
    rows = [[(n, _wanted(binding, where), _wanted(binding, unless)) for n, where, unless in each] for each in wanted]
    return choosing(_types_of(binding, [kind]), rows)


def _wanted(binding: Binding, where: Where) -> Wanted:
    return {_path(binding, path): tuple(_listed(each)) for path, each in where.items()}


def triggered(binding: Binding, trigger: Trigger) -> Callable[[Subject, str, Any], bool]:
    """Whether a fact of a kind is one of the trigger's."""
    kind, matches = trigger.kind, matcher(binding, trigger.where, [trigger.kind])
    if matches is None:
        return lambda subject, fact, data: fact == kind  # noqa: ARG005 - one shape with and without `where`
    return lambda subject, fact, data: fact == kind and matches(subject, data)


def counting(binding: Binding, where: Where, kind: str) -> Guard:
    """The guard of facts of a kind that count; what cannot be seen in the fact or the registration may always be true."""
    return all_of(*[_counting(binding, path, tuple(_listed(wanted)), kind) for path, wanted in where.items()])


def marks(binding: Binding, where: Where, kind: str) -> tuple[Among, ...] | None:
    """The same, where the fact alone decides; None where something else does too."""
    found = [_counting(binding, path, tuple(_listed(wanted)), kind) for path, wanted in where.items()]
    among = tuple(each for each in found if isinstance(each, Among) and each.path.root == "fact")
    return among if len(among) == len(found) else None


def starting(binding: Binding, trigger: Trigger, kind: str) -> Guard:
    """The guard of facts that are one of the trigger's."""
    return counting(binding, trigger.where, kind) if trigger.kind == kind else NEVER_ASKED


def measured(binding: Binding, path: str, kind: str) -> Names | None:
    """Where a fact of a kind has a number, for guards; None where the type of the fact does not tell that there is one."""
    names, payload = tuple(_names(binding, path)), binding.payloads.get(kind)
    return names if payload is not None and is_number(payload, names) else None


def worded(binding: Binding, path: str, kind: str) -> Names | None:
    """Where a fact of a kind has a text, for guards; None where the type of the fact does not tell that there is one."""
    names, payload = tuple(_names(binding, path)), binding.payloads.get(kind)
    try:
        return names if payload is not None and step(payload, names)[0] is str else None
    except TypeError:
        return None


def _counting(binding: Binding, path: str, wanted: tuple[Scalar, ...], kind: str) -> Guard:
    where = _path(binding, path)
    if where.root == "facts":
        return Holds(lambda subject: walk(subject.facts, where.names) in wanted)
    try:
        step(_types_of(binding, [kind]).of(where), where.names)
    except TypeError:
        return ALWAYS
    return Among(where, wanted)


def _path(binding: Binding, path: str) -> Path:
    names = tuple(_names(binding, path))
    if names[0] == "facts" and len(names) > 1:
        return Path("facts", names[1:])
    if names[0] == "latest" and len(names) > 2:
        return Path("latest", names[2:], names[1])
    return Path("fact", names)


def _types_of(binding: Binding, kinds: Iterable[str]) -> Types:
    """The types of the roots; that of the fact is known where all these kinds (default: the rule's `on`) have one type."""
    payloads = {binding.payloads.get(kind) for kind in kinds or binding.kinds}
    return Types(payloads.pop() if len(payloads) == 1 else None, binding.payloads)


def _walker(path: Path) -> Reach:
    names = path.names
    if path.root == "facts":
        return lambda subject, data: walk(subject.facts, names)  # noqa: ARG005 - one shape for all roots
    if path.root == "latest":
        return lambda subject, data: walk(subject.latest.get(path.kind), ["data", *names])  # noqa: ARG005 - as above
    return lambda subject, data: walk(data, names)  # noqa: ARG005 - as above


def _test(get: Reach, wanted: tuple[Scalar, ...]) -> Matches:
    return lambda subject, data: get(subject, data) in wanted


def _both(first: Matches, second: Matches) -> Matches:
    return lambda subject, data: first(subject, data) and second(subject, data)


def _names(binding: Binding, path: str) -> list[str]:
    return path.replace("{item}", binding.item).split(".")


def _listed(wanted: Scalar | list[Scalar]) -> list[Scalar]:
    return wanted if isinstance(wanted, list) else [wanted]
