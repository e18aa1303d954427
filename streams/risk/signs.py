"""What the standing watch sees in one record: an event of a domain or an order, or what the screen tells of access. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec
from msgspec import Struct

from streams.catalogue import domains
from streams.catalogue.described import find
from streams.catalogue.entry import PersonalMark
from streams.messages import REFUSED_INPUT, REGISTERED, Access, Event, RefusedInput, encode
from streams.risk.look import UNNAMED, Glimpse, has_free_text, looked
from streams.risk.values import ValueKind, kinds

WhomKind = Literal["data_source", "data_account"]

MOST_FIELDS = 32
"""Fields that one sign names."""

NOT_ITS = frozenset({"rights", "not-its-type", "not-its-subject", "not-its-source"})
"""Why a gateway refuses what a source may not send; other reasons are faults in what it may send."""

_FITTING: frozenset[ValueKind] = frozenset({"phone"})
"""What may stand in a field that is marked as personal; numbers of identity and of accounts are sensitive (GB/T 45574-2025)."""

_NAME_MOST = 64
_NAME_MARKS = frozenset("._:/@#-")


class Whom(Struct, frozen=True):
    """Whom a sign is about: a source of data, or an account that reads; by the name that it has in the log."""

    kind: WhomKind
    name: str


class Sign(Struct, frozen=True):
    """One sign: the kind of fact that it becomes, whom it is about, its data, and what makes two of them alike.

    `stands_for`: how many it is, where a gateway has counted.
    """

    kind: str
    whom: Whom
    data: Mapping[str, object]
    like: str
    stands_for: int = 1


def source_named(name: str) -> Whom:
    """A source by its name; one whose name cannot be repeated is `?`.

    >>> source_named("/air-platform/2").name, source_named("call 13800138000").name
    ('/air-platform/2', '?')
    """
    plain = 0 < len(name) <= _NAME_MOST and all(mark.isalnum() or mark in _NAME_MARKS for mark in name)
    return Whom("data_source", name if plain and not kinds(name) else UNNAMED)


def signs_of_event(event: Event, on: date | None) -> list[Sign]:
    """The signs in an event; what is no data of its type is told elsewhere. `on`: the day, after which nobody is born."""
    if event.type.endswith(f".{REFUSED_INPUT}"):
        return _refused(event)
    way = _way(event.type)
    if way is None or way.is_plain(event.data):
        return []
    try:
        data = msgspec.json.decode(event.data)
    except (msgspec.DecodeError, RecursionError):
        return []
    seen = tuple(looked(data, way.struct, way.mark_of))
    whom = source_named(event.source)
    return [*_undeclared(seen, event.type, whom), *_values(seen, event.type, whom, on)]


def signs_of_access(told: Access) -> list[Sign]:
    """The signs in what a part tells of access."""
    whom = Whom("data_account", source_named(told.who).name)
    if told.kind == "refused-read":
        return [Sign("refused_read", whom, {"page": told.what}, told.what)]
    if told.kind == "export":
        return [Sign("export", whom, {"page": told.what, "megabytes": told.size / 1_000_000}, told.what)]
    return [Sign("two_places", whom, {"part": told.what, "networks": told.networks}, told.what)]


class _Way(Struct, frozen=True):
    """How data of a type are looked at: their struct, and how its fields are marked.

    `strict`: decodes data of which nothing need be looked at; None where a free text is declared.
    """

    struct: type[Struct]
    marks: Mapping[tuple[type, str], PersonalMark]
    strict: msgspec.json.Decoder[Struct] | None

    def mark_of(self, struct: type, name: str) -> PersonalMark:
        """How a field is marked."""
        return self.marks.get((struct, name), "none")

    def is_plain(self, data: bytes) -> bool:
        """Whether there is nothing to look at: no free text is declared, and no field is undeclared."""
        if self.strict is None:
            return False
        try:
            self.strict.decode(data)
        except (msgspec.DecodeError, RecursionError):
            return False
        return True


@lru_cache(1_024)
def _way(type_: str) -> _Way | None:
    described = find(type_)
    if described is None:
        return None
    marks = {(each.shape.struct, each.shape.name): each.entry.personal for each in described.fields if each.entry}
    strict = described.group in domains() and not type_.endswith(REGISTERED) and not has_free_text(described.struct)
    return _Way(described.struct, marks, msgspec.json.Decoder(described.struct) if strict else None)


def _refused(event: Event) -> list[Sign]:
    try:
        told = msgspec.json.decode(event.data, type=RefusedInput)
    except (msgspec.DecodeError, RecursionError):
        return []
    if told.reason not in NOT_ITS or not told.source:
        return []
    data = {"reason": told.reason, "gateway": told.gateway}
    return [Sign("refused_source", source_named(told.source), data, encode(data).decode(), told.more + 1)]


def _undeclared(seen: tuple[Glimpse, ...], type_: str, whom: Whom) -> Iterator[Sign]:
    if fields := _paths(each for each in seen if not each.declared):
        yield Sign("undeclared_field", whom, {"type": type_, "fields": fields}, f"{type_} {fields}")


def _values(seen: tuple[Glimpse, ...], type_: str, whom: Whom, on: date | None) -> Iterator[Sign]:
    found: dict[ValueKind, list[Glimpse]] = {}
    for each in seen:
        for kind in kinds(each.text, on) - (_FITTING if each.mark == "personal" else frozenset()):
            found.setdefault(kind, []).append(each)
    for kind, where in sorted(found.items()):
        fields = _paths(where)
        yield Sign("personal_value", whom, {"what": kind, "type": type_, "fields": fields}, f"{kind} {type_} {fields}")


def _paths(seen: Iterable[Glimpse]) -> list[str]:
    return sorted({each.path for each in seen})[:MOST_FIELDS]
