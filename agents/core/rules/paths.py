"""Paths from a fact or a subject to a value, written as Python that reads them without a call for each step.

A path begins with its root: `fact`, `before` (the fact before of the same kind), `facts` (the subject's registration) or the
kind of another fact, whose newest is meant (`latest`). The types of the payloads tell at load time what each step is, a field
or a key, and whether it can be missing; what they do not tell is refused with TypeError, and read step by step by the caller.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import CodeType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from streams.messages import Registered

Names = tuple[str, ...]
"""A field, and fields or keys within it."""


class Path(Struct, frozen=True):
    """Where a value stands: `root` is `fact`, `before`, `facts` or `latest`; with `latest`, `kind` says of which facts."""

    root: str
    names: Names
    kind: str = ""


FEW = 3
"""Up to so many words are compared one by one; more are looked for in a set."""

Wanted = Mapping[Path, tuple[Any, ...]]
"""The values of which each path has one."""


class Types(Struct, frozen=True):
    """The types of the roots: that of the fact, and those of all kinds of its domain."""

    fact: Any
    latest: Mapping[str, Any] = {}

    def of(self, path: Path) -> Any:
        """The type of a path's root; TypeError where it is not known."""
        known = {"fact": self.fact, "before": self.fact, "facts": Registered, "latest": self.latest.get(path.kind)}[path.root]
        if known is None:
            raise TypeError(f"the type of {path.kind or path.root} is not known")
        return known


class Writer:
    """Collects `lines` that read values into local names; `fact`, `before` and `subject` are names that stand already."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._known: dict[Path, tuple[str, bool]] = {}
        self._sets: dict[tuple[Path, str], str] = {}
        self.lines: list[str] = []

    def value(self, path: Path) -> tuple[str, bool]:
        """The name that holds the value of a path, and whether it can be None."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._read(path) if path.names else self._root(path)
        return known

    def items(self, path: Path, field: str) -> str:
        """The name that holds the set of a field of all values of the dict at a path, which is always there."""
        name, _ = self.value(path)
        known = self._sets.get((path, field))
        if known is None:
            known = self._sets[path, field] = self.line(f"{{each.{field} for each in {name}.values()}}")
        return known

    def test(self, wanted: Wanted) -> str:
        """The text of a test: each path has one of its values."""
        return " and ".join([self.among(path, values) for path, values in wanted.items()]) or "True"

    def among(self, path: Path, values: tuple[Any, ...]) -> str:
        """The text of a test: a path has one of these values. The newest of other facts is looked for only where it matters."""
        hint, is_key, _ = step(self._types.of(path), path.names)
        if path.root == "latest" and len(path.names) == 1 and not is_key:
            newest = f"w{len(self.lines)}"
            name = f"(None if ({newest} := subject.latest.get({path.kind!r})) is None else {newest}.data.{path.names[0]})"
        else:
            name, _ = self.value(path)
        if len(values) == 1 and isinstance(values[0], bool) and hint is bool:
            return f"{name} is {values[0]}"
        if len(values) > FEW and (hint is str or get_origin(hint) is Literal):
            return f"{name} in {{{', '.join(map(repr, values))}}}"
        return among(name, values)

    def line(self, expression: str) -> str:
        """The name of what an expression gives."""
        name = f"v{len(self.lines)}"
        self.lines.append(f"    {name} = {expression}")
        return name

    def _read(self, path: Path) -> tuple[str, bool]:
        parent, nullable = self.value(Path(path.root, path.names[:-1], path.kind))
        _, is_key, optional = step(self._types.of(path), path.names)
        last = path.names[-1]
        read = f"{parent}.get({last!r})" if is_key else f"{parent}.{last}"
        return self.line(f"None if {parent} is None else {read}" if nullable else read), nullable or is_key or optional

    def _root(self, path: Path) -> tuple[str, bool]:
        if path.root == "facts":
            return self.line("subject.facts"), True
        if path.root == "latest":
            newest = self.line(f"subject.latest.get({path.kind!r})")
            return self.line(f"None if {newest} is None else {newest}.data"), True
        return path.root, path.root == "before"


def reader(types: Types, path: Path) -> Callable[[Any, Any], Any]:
    """A function of (subject, fact) that reads a path; TypeError where the types do not tell how.

    >>> class Engine(Struct):
    ...     oil: float | None = None
    >>> reader(Types(Engine), Path("fact", ("oil",)))(None, Engine(3.0))
    3.0
    """
    writer = Writer(types)
    name, _ = writer.value(path)
    return compiled("read(subject, fact)", [*writer.lines, f"    return {name}"])


def getting(types: Types, path: Path) -> Callable[[Any], Any]:
    """A function of the fact alone that reads a path in it; TypeError as by `reader`."""
    writer = Writer(types)
    name, _ = writer.value(path)
    return compiled("get(fact)", [*writer.lines, f"    return {name}"])


def texting(types: Types, paths: Sequence[Path]) -> Callable[[Any, Any], str]:
    """A function of (subject, fact): the texts of the values at paths, with blanks between; TypeError as by `reader`."""
    writer = Writer(types)
    values = " ".join([f"{{{writer.value(path)[0]}!s}}" for path in paths])
    return compiled("text(subject, fact)", [*writer.lines, f'    return f"{values}"'])


def tester(types: Types, wanted: Wanted) -> Callable[[Any, Any], bool]:
    """A function of (subject, fact): whether each path has one of its values; TypeError as by `reader`."""
    writer = Writer(types)
    test = writer.test(wanted)
    return compiled("matches(subject, fact)", [*writer.lines, f"    return {test}"])


def choosing(
    types: Types, wanted: Sequence[Sequence[tuple[int, Wanted, Wanted]]]
) -> Callable[[Any, Any], Sequence[int | None]]:
    """A function of (subject, fact) that gives, for each list, the number of the first row that holds, else None.

    A row holds where each of its paths has one of its values, and not so all of the others. TypeError as by `reader`.
    """
    writer = Writer(types)
    chosen = []
    for rows in wanted:
        text = "None"
        for number, where, unless in reversed(rows):
            tests = [writer.test(where)] + ([f"not ({writer.test(unless)})"] if unless else [])
            text = f"{number} if {' and '.join(tests)} else {text}"
        chosen.append(text)
    return compiled("choose(subject, fact)", [*writer.lines, f"    return {', '.join(chosen)},"])


def among(name: str, values: tuple[Any, ...]) -> str:
    """The text of a test: a name has one of these values."""
    return f"{name} == {values[0]!r}" if len(values) == 1 else f"{name} in {values!r}"


def compiled(head: str, lines: list[str], names: dict[str, Any] | None = None) -> Callable[..., Any]:
    """The function of this head (`name(arguments)`) and body; `names` are what else its lines may name."""
    text = "\n".join([f"def {head}:", *lines])
    if not names:
        return _written(text)
    space = dict(names)
    exec(_code(text), space)  # noqa: S102 - as in `_written`
    return space[head.partition("(")[0]]  # type: ignore[no-any-return]


@lru_cache(maxsize=4_096)
def _written(text: str) -> Callable[..., Any]:
    """The function of a text that names nothing else: many rules read the same, and one function reads it for all of them."""
    space: dict[str, Any] = {}
    exec(_code(text), space)  # noqa: S102 - our own text, made of paths and numbers of the rule book
    return space[text[4:].partition("(")[0]]  # type: ignore[no-any-return]


@lru_cache(maxsize=4_096)
def _code(text: str) -> CodeType:
    return compile(text, "<string>", "exec")


_hints = lru_cache(maxsize=1_024)(get_type_hints)


@lru_cache(maxsize=4_096)
def step(payload: Any, names: Names) -> tuple[Any, bool, bool]:
    """The type at the end of a path, whether its last step is a dict's key, and whether it can be None; TypeError if unknown.

    >>> class Engine(Struct):
    ...     oil: float | None = None
    >>> step(Engine, ("oil",))
    (<class 'float'>, False, True)
    """
    hint, is_key, optional = payload, False, False
    for name in names:
        if get_origin(hint) is dict:
            hint, is_key = get_args(hint)[1], True
        elif hasattr(hint, "__struct_fields__") and name in hint.__struct_fields__:
            hint, is_key = _hints(hint)[name], False
        else:
            raise TypeError(f"{hint} has no field {name!r} whose type is known")
        hint, optional = _without_none(hint)
    return hint, is_key, optional


def is_number(payload: Any, names: Names) -> bool:
    """Whether a payload's type tells that a number stands at a path, if anything does."""
    try:
        hint = step(payload, names)[0]
    except TypeError:
        return False
    return set(get_args(hint) or (hint,)) <= {int, float}


def holds_many(hint: Any) -> bool:
    """Whether a type is a dict, with bounds or without: an empty one holds no value.

    >>> holds_many(dict[str, int]), holds_many(int)
    (True, False)
    """
    return get_origin(get_args(hint)[0] if get_origin(hint) is Annotated else hint) is dict


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) not in {Union, UnionType}:
        return hint, False
    left = [each for each in get_args(hint) if each is not NoneType]
    whole = left[0] if len(left) == 1 else Union[tuple(left)]  # noqa: UP007 - built at run time
    return whole, len(left) < len(get_args(hint))
