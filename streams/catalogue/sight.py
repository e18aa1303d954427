"""What of a value somebody may see whole, by the catalogue's marks of its fields: the one place where that is decided. Pure.

Everything that puts out what events have brought, to people or to files, hands it through `seen` first: payloads and what the
system makes of them are known by their descriptions.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from msgspec import Struct, UnsetType, inspect
from msgspec.structs import replace

from streams import toml
from streams.catalogue import ROOT, domains
from streams.catalogue.described import catalogue
from streams.catalogue.entry import FieldEntry, PersonalMark
from streams.catalogue.masks import HIDDEN, masked
from streams.messages import Alert, Name, OrderAudit, Registered, SubjectStatus
from streams.messages.orders import LegalInstrument
from streams.messages.rights import SEES
from streams.messages.words import Sealed

PEOPLE = frozenset({"technician", "data_account"})
"""The kinds of subjects that are persons: of these names are personal, of all others the names of bodies and devices."""

TOP = 4
"""The highest step of 一般数据: a field that has it for itself is shown on record alone (data that rank so: PIPL 51(四))."""

_ADOPTED = re.compile(r"^(rule book \S+ \().*\)$", re.DOTALL)
"""How the judge says by whom and why another book was adopted (`agents.core.alerts.adopt`)."""

NOTIFIER = "notifier"
"""The role of a service that acts: it has no words of a person."""

OFFICERS = "officers"

TOLD = "told"
"""The field in which an entry of a trail says what it has by name."""

Marks = frozenset[PersonalMark]
"""The marks of which somebody sees data whole; what has none everybody sees."""

NOBODY: Marks = frozenset()
"""What is whole for somebody without a role: nothing that is marked. So walls, files and notices are made."""

Seen = TypeVar("Seen")


def marks_of(role: str, *, own: bool = True) -> Marks:
    """What a role sees whole, of what is of its own unit; of another's nothing.

    >>> sorted(marks_of("supervisor")), sorted(marks_of("viewer")), sorted(marks_of("supervisor", own=False))
    (['personal'], [], [])
    """
    return frozenset(cast("PersonalMark", mark) for mark, roles in SEES.items() if own and role in roles)


def weight(entry: FieldEntry) -> PersonalMark:
    """The mark by which a field is shown: important data and those of the top step are shown as sensitive ones are."""
    high = entry.level in {"important", "core"} or entry.sublevel == TOP
    return "sensitive" if high else entry.personal


def seen(value: Seen, marks: Marks) -> Seen:
    """The value with what is not for these marks masked, or None where it is no text; the very object where nothing is."""
    if isinstance(value, Struct):
        return cast("Seen", _struct(value, marks))
    if isinstance(value, dict):
        shown = {key: seen(each, marks) for key, each in value.items()}
        return cast("Seen", shown if any(shown[key] is not value[key] for key in shown) else value)
    if isinstance(value, list | tuple):
        items = [seen(each, marks) for each in value]
        return cast("Seen", type(value)(items) if any(a is not b for a, b in zip(items, value, strict=True)) else value)
    return value


def is_person(of: Any) -> bool:
    """Whether the subject of a registration, of values or of an alert is a person."""
    if isinstance(of, Alert):
        return of.rule in rules_about_people()
    return isinstance(of, Registered | SubjectStatus) and of.kind in PEOPLE


@cache
def rules_about_people() -> frozenset[str]:
    """The rules whose alerts are about persons, by the kinds of their subjects in the rules' files."""
    return frozenset(rule for rule, _, said in _rules() if not PEOPLE.isdisjoint(said.get("subjects", ())))


@cache
def rules_on_marked() -> frozenset[str]:
    """The rules that read facts with a marked field, so that a record of their alerts' evidence may hold what is masked."""
    known = catalogue()
    marked = {
        name for name, each in known.items() if any(field.entry and weight(field.entry) != "none" for field in each.fields)
    }
    return frozenset(
        rule for rule, domain, said in _rules() if not marked.isdisjoint(f"{domain}.{kind}" for kind in said["on"])
    )


def field_entry(struct: type, name: str) -> FieldEntry | None:
    """What the catalogue says of a field of a payload or of an output; None where it says nothing."""
    return _entries().get((struct, name))


def _struct(value: Struct, marks: Marks, *, person: bool = False) -> Struct:
    """A struct as it is seen; `person`: it is the name of one."""
    changes: dict[str, Any] = {}
    for name, entry in _plan(type(value)):
        own = getattr(value, name)
        if entry is None:
            shown = _struct(own, marks, person=is_person(value)) if isinstance(own, Name) else seen(own, marks)
        elif _judged(value, name):
            shown = own if marks else _ADOPTED.sub(rf"\1{HIDDEN})", own)
        else:
            shown = own if entry.people and not person else _masked(own, entry, marks)
        if shown is not own and shown != own:
            changes[name] = shown
    if _of_a_rule(type(value)) and "personal" not in marks and cast("Any", value).rule in rules_about_people():
        changes["subject"] = HIDDEN
    if within := _told(type(value)):
        own = getattr(value, TOLD)
        changes[TOLD] = own | {name: _masked(own[name], entry, marks) for name, entry in within.items() if name in own}
    return replace(value, **changes) if changes else value


def _judged(value: Struct, name: str) -> bool:
    """Whether the reason of a trail's entry is the judge's alone: no person acted, or the person's words stand apart."""
    if name != "reason" or not hasattr(value, "words"):
        return False
    actor = getattr(value, "actor", None)
    return actor is None or actor.role == NOTIFIER or not isinstance(value.words, UnsetType)


def _masked(value: Any, entry: FieldEntry, marks: Marks) -> Any:
    mark = weight(entry)
    if mark == "none" or mark in marks or value is None or isinstance(value, Sealed | UnsetType):
        return value
    if isinstance(value, str):
        return masked("" if mark == "sensitive" else entry.mask, value) if value else value
    if isinstance(value, list | tuple):
        return type(value)(_masked(each, entry, marks) for each in value)
    return {HIDDEN: None} if isinstance(value, dict) else None


@cache
def _plan(struct: type[Struct]) -> tuple[tuple[str, FieldEntry | None], ...]:
    """The fields that must be looked at: those that are marked, and those in which something marked may stand."""
    described: Any = inspect.type_info(struct)
    found = list[tuple[str, FieldEntry | None]]()
    for field in described.fields:
        entry = field_entry(struct, field.encode_name)
        if entry is not None and weight(entry) != "none":
            found.append((field.name, entry))
        elif _holds(field.type):
            found.append((field.name, None))
    return tuple(found)


def _holds(type_: Any) -> bool:
    """Whether something that is masked may stand in a value of this type."""
    reached = set[type[Struct]]()
    _reach(type_, reached)
    return any(map(_changes, reached))


def _reach(type_: Any, reached: set[type[Struct]]) -> None:
    """Add the structs that may stand in a value of this type, and all that may stand in these."""
    match type_:
        case inspect.StructType(cls=cls, fields=fields) if cls is not Sealed and cls not in reached:
            reached.add(cls)
            for field in fields:
                _reach(field.type, reached)
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            for each in types:
                _reach(each, reached)
        case inspect.Metadata(type=inner) | inspect.DictType(value_type=inner):
            _reach(inner, reached)
        case inspect.VarTupleType(item_type=inner) | inspect.ListType(item_type=inner):
            _reach(inner, reached)
        case _:
            pass


@cache
def _changes(struct: type[Struct]) -> bool:
    """Whether something of a struct itself is masked, whatever stands in it."""
    entries = (field_entry(struct, name) for name in struct.__struct_encode_fields__)
    return _of_a_rule(struct) or bool(_told(struct)) or any(entry and weight(entry) != "none" for entry in entries)


@cache
def _of_a_rule(struct: type[Struct]) -> bool:
    """Whether a struct says of what rule and subject it is: of a rule about people the subject is a person."""
    return {"rule", "subject"} <= set(struct.__struct_fields__)


@cache
def _entries() -> Mapping[tuple[type, str], FieldEntry]:
    """What is said of each field of each payload and output."""
    fields = (field for described in catalogue().values() for field in described.fields)
    return {(field.shape.struct, field.shape.name): field.entry for field in fields if field.entry is not None}


@cache
def _told(struct: type) -> Mapping[str, FieldEntry]:
    """What is said of what an entry of an order's trail says by name (`told`): as of the payload's field that it bears."""
    officers = field_entry(LegalInstrument, OFFICERS) if struct is OrderAudit else None
    return {OFFICERS: officers} if officers else {}


def _rules() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every rule with its domain, as its file has it."""
    for domain in domains():
        if (file := ROOT / domain / "rules.toml").exists():
            for rule, said in toml.loads(file.read_text("utf-8")).get("rule", {}).items():
                yield rule, domain, said
