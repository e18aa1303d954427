"""The catalogue: every type of event with all that is said of it and of its fields, read from the `catalogue.toml` files.

A domain's stands in its folder, beside the `domain.toml` that it goes on; those of what is no domain's (orders, commands, time,
and what judging and the services put out) stand here.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, ValidationError, convert

from streams import toml
from streams.catalogue import ROOT, domains
from streams.catalogue.entry import FieldEntry, MeasureEntry, TypeEntry
from streams.catalogue.payloads import FieldShape, fields, payload, struct_named
from streams.command import Trouble
from streams.messages import Text

FILE = "catalogue.toml"
HERE = Path(__file__).parent
BESIDE = ("orders", "system", "outputs")
"""The groups of types beside the domains, each described in a file here."""

_NAMES = ("title", "payload", "like")
"""What a type beside the domains says of itself, which a domain's has in its `domain.toml`."""


_MESSAGES = "streams."
"""Structs of messages are described once: the files of all BESIDE hold for each other and for domains."""


class CatalogueFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A `catalogue.toml`: what holds where a type says nothing else, what fields of a name are, the types and the structs.

    `everywhere`: what holds for a kind that every domain has, unless the domain says otherwise.
    """

    default: dict[str, Any]
    type: dict[str, dict[str, Any]] = {}
    common: dict[str, FieldEntry] = {}
    struct: dict[str, dict[str, FieldEntry]] = {}
    title: Text | None = None
    measure: dict[str, MeasureEntry] = {}
    everywhere: dict[str, dict[str, Any]] = {}


class DescribedField(Struct, frozen=True):
    """One field: how its struct declares it, and what is said of it; None where nothing is."""

    shape: FieldShape
    entry: FieldEntry | None

    @property
    def name(self) -> Text:
        """What it is called; its path where nothing is said."""
        return Text(self.entry.zh, self.entry.en) if self.entry else Text(self.shape.path, self.shape.path)


class DescribedType(Struct, frozen=True):
    """One type of event: `name` as events have it (`command.order.*`: all that fit), `group`: a domain, or one of BESIDE.

    `allowance`: how long after its own time a fact may come (`1h`), empty where nobody asks; `stated`: whose word it is;
    `root`: the folder whose files describe it.
    """

    name: str
    group: str
    title: Text
    struct: type[Struct]
    entry: TypeEntry
    allowance: str = ""
    stated: bool = True
    root: Path = ROOT

    @property
    def fields(self) -> tuple[DescribedField, ...]:
        """Its fields, each before those that are nested in it; they are read when they are asked for first."""
        return _fields(self.group, self.struct, self.root)

    @property
    def output(self) -> str:
        """The topic below the log's name in which it is put out: of `output.orders.line` orders; empty of an event."""
        return self.name.split(".")[1] if self.entry.topics == "output" else ""

    @property
    def personal(self) -> str:
        """The gravest personal mark of its fields."""
        marks = {field.entry.personal for field in self.fields if field.entry}
        return next((mark for mark in ("sensitive", "personal") if mark in marks), "none")


@cache
def catalogue(root: Path = ROOT) -> dict[str, DescribedType]:
    """All types by name, those of domains first in their order, then those beside them; Trouble names a file and its fault."""
    found = [each for group in groups(root) for each in _types(group, root)]
    return {each.name: each for each in found}


@cache
def groups(root: Path = ROOT) -> dict[str, Text]:
    """The groups of types in their order, with their titles."""
    listed = domains(root)
    ordered = sorted(listed, key=lambda name: (listed[name].order, name))
    return {name: listed[name].title for name in ordered} | {name: read(name).title or Text(name, name) for name in BESIDE}


def find(type_: str) -> DescribedType | None:
    """What describes an event's type: by its name, else by the longest pattern that it fits; None where nothing does."""
    known = catalogue()
    fitting = [name for name in known if fnmatchcase(type_, name)]
    return known[max(fitting, key=len)] if fitting else None


def file_of(group: str, root: Path = ROOT) -> Path:
    """The file that describes a group."""
    return HERE / f"{group}.toml" if group in BESIDE else root / group / FILE


@cache
def read(group: str, root: Path = ROOT) -> CatalogueFile:
    """A group's file; Trouble where there is none, or it cannot be read."""
    file = file_of(group, root)
    try:
        return convert(toml.loads(file.read_text("utf-8")), CatalogueFile)
    except FileNotFoundError:
        raise Trouble(f"{file}: missing: describe the domain's types and fields there (docs/concepts/catalogue.md)") from None
    except (ValidationError, toml.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"{file}: {error}; correct it") from None


def _types(group: str, root: Path) -> Iterator[DescribedType]:
    file = read(group, root)
    if group in BESIDE:
        for name, said in file.type.items():
            title, struct = convert(said["title"], Text), struct_named(said["payload"])
            yield DescribedType(name, group, title, struct, _entry(file, name, group, root), root=root)
        return
    for kind, described in domains(root)[group].kind.items():
        type_ = f"{group}.{kind}"
        entry = _entry(file, kind, group, root)
        stated = described.writer == "stated"
        yield DescribedType(type_, group, described.title, payload(type_), entry, described.allowance, stated, root)


@cache
def _fields(group: str, struct: type[Struct], root: Path) -> tuple[DescribedField, ...]:
    file = read(group, root)
    return tuple(DescribedField(shape, _said(file, shape, root)) for shape in fields(struct))


def _said(file: CatalogueFile, shape: FieldShape, root: Path) -> FieldEntry | None:
    files = (file, *(read(name, root) for name in BESIDE if shape.struct.__module__.startswith(_MESSAGES)))
    said: Iterator[Mapping[str, FieldEntry]] = (each.struct.get(shape.struct.__name__, {}) for each in files)
    return next((its[shape.name] for its in said if shape.name in its), file.common.get(shape.name))


def _entry(file: CatalogueFile, type_: str, group: str, root: Path) -> TypeEntry:
    said = {name: value for name, value in _whole(file, type_, ()).items() if name not in _NAMES}
    said = read("system", root).everywhere.get(type_, {}) | said
    try:
        return convert(file.default | said, TypeEntry)
    except ValidationError as error:
        raise Trouble(f"{file_of(group, root)}: [type.{type_}]: {error}; correct it") from None


def _whole(file: CatalogueFile, type_: str, before: tuple[str, ...]) -> dict[str, Any]:
    """What a type says, with what the type says that it is like."""
    said = file.type.get(type_, {})
    like = said.get("like")
    if like is None:
        return said
    if like not in file.type or like in before:
        raise Trouble(f"[type.{type_}] is like {like!r}, which the file does not have, or which is like it; name another")
    return _whole(file, like, (*before, type_)) | said
