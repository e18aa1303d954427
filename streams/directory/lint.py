"""What is wrong with the catalogue, each with file and line: `python -m streams catalogue lint`, a part of `make check`.

The law asks that every field be described (令809 第十三条), that what is not shared name its law (第十五条), and that data with
state or work secrets be none of it (第三条): words of state secrecy stand nowhere in it.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from streams.catalogue import ROOT, domains
from streams.catalogue.described import (
    BESIDE,
    CatalogueFile,
    DescribedField,
    DescribedType,
    catalogue,
    file_of,
    groups,
    read,
)
from streams.catalogue.entry import FACTS, FieldEntry, Rank
from streams.directory.keeping import ceiling_of, topic_days
from streams.directory.locate import entry_place, field_place, type_place
from streams.messages import Text
from streams.outputs import BY_TOPIC, OUTPUTS
from streams.places import departments

SECRECY = re.compile("密级|机密|绝密")
"""Words of state secrecy, which ordinary data never bear (保守国家秘密法 第十四条); zh says 数据级别."""

_LAW = re.compile("(?<!办)法|条例|国务院")
_LEVELS = ("general", "important", "core")


class Shortcoming(Struct, frozen=True, order=True):
    """One thing that is wrong: where it stands (file:line), and what it is with what to do."""

    place: str
    what: str


def faults(root: Path = ROOT) -> list[Shortcoming]:
    """All that is wrong; Trouble where a file cannot be read at all."""
    found = [fault for group in groups(root) for fault in _in_file(group, root)]
    found += _of_outputs(root)
    found += [
        fault for described in catalogue(root).values() for fault in (*_of_type(described, root), *_of_fields(described, root))
    ]
    return sorted(set(found))


def gaps(root: Path = ROOT) -> list[Shortcoming]:
    """What is to be made good and is no fault of the file: sensitive data shared without an assessment of their impact."""
    return sorted(
        Shortcoming(
            _place_of(each, root),
            f"{each.name} has sensitive personal data and is shared: assess what that does to people first (个人信息保护法 "
            "第五十五条、第五十六条), then say assessment = { day, by, document }",
        )
        for each in catalogue(root).values()
        if each.entry.sharing != "none" and each.entry.assessment is None and each.personal == "sensitive"
    )


def _place_of(described: DescribedType, root: Path) -> str:
    group = described.group
    return type_place(group, described.name if group in BESIDE else described.name.partition(".")[2], root)


def _in_file(group: str, root: Path) -> Iterator[Shortcoming]:
    file = file_of(group, root)
    for n, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if found := SECRECY.search(line):
            yield Shortcoming(f"{file}:{n}", f"the word {found[0]} is one of state secrecy: write 数据级别")
    said = read(group, root)
    if group not in BESIDE:
        for kind in said.type.keys() - domains(root)[group].kind.keys():
            yield Shortcoming(
                type_place(group, kind, root), f"[type.{kind}]: domain.toml has no such kind: rename it or take it out"
            )
    yield from _unused(said, group, root)


def _unused(said: CatalogueFile, group: str, root: Path) -> Iterator[Shortcoming]:
    """What is said of structs, fields and names that no payload has."""
    shapes = [
        field.shape for each in catalogue(root).values() if group == each.group or group in BESIDE for field in each.fields
    ]
    known = {(shape.struct.__name__, shape.name) for shape in shapes}
    for struct, its in said.struct.items():
        for name in its:
            if (struct, name) not in known:
                place = entry_place(group, f"struct.{struct}", name, root)
                yield Shortcoming(place, f"{struct}.{name}: no payload has this field: rename it or take it out")
    for name in said.common.keys() - {name for _, name in known}:
        yield Shortcoming(entry_place(group, "common", name, root), f"[common] {name}: no payload has this field: take it out")


def _of_outputs(root: Path) -> Iterator[Shortcoming]:
    """What is put out and not described, and what a measure or an output is made of that there is not."""
    known, file = catalogue(root), file_of("outputs", root)
    described = {each.struct for each in known.values() if each.output}
    for kind in OUTPUTS:
        for struct in kind.types:
            if struct not in described:
                what = f'{struct.__name__} is put out in {kind.topic}: describe it as [type."output.{kind.topic}"]'
                yield Shortcoming(f"{file}:1", what)
    for each in known.values():
        if each.output and (each.output not in BY_TOPIC or each.struct not in BY_TOPIC[each.output].types):
            yield Shortcoming(
                type_place("outputs", each.name, root), f"{each.output} has no {each.struct.__name__}: take it out"
            )
        for name in each.entry.reads:
            if name not in known and name != FACTS:
                yield Shortcoming(type_place("outputs", each.name, root), f"reads {name}: there is no such type")
    for name, measure in read("outputs", root).measure.items():
        for type_, fields in measure.reads.items():
            there = {field.shape.path for field in known[type_].fields} if type_ in known else set()
            for field in set(fields) - there:
                yield Shortcoming(
                    entry_place("outputs", f"measure.{name}", "reads", root), f"reads {type_}.{field}: there is none"
                )


def _of_type(described: DescribedType, root: Path) -> Iterator[Shortcoming]:
    entry, place = described.entry, _place_of(described, root)
    if entry.assessment and not (entry.assessment.day and entry.assessment.by.strip() and entry.assessment.document.strip()):
        yield Shortcoming(place, "an assessment names its day, who made it and its document (个人信息保护法 第五十六条)")
    if entry.secret:
        yield Shortcoming(
            place, "state and work secrets (国家秘密、工作秘密) are no data of this directory (令809 第三条): do not take it in"
        )
    if entry.sharing == "none" and not _LAW.search(entry.condition.zh):
        yield Shortcoming(
            place, "what is not shared names the law, regulation or decision that says so (令809 第十五条): add it to condition"
        )
    if entry.origin == "platform" and not entry.approval:
        yield Shortcoming(
            place, "what another department shares has an approval: add its number as approval (令809 第二十一条)"
        )
    for who in filter(None, (entry.provider, entry.source)):
        if who not in departments():
            yield Shortcoming(place, f"department {who!r} is not in the list of departments: name one that is")
    for name, rank in (("rank", entry.rank), ("whole", entry.whole)):
        yield from _of_rank(place, name, rank)
    if _height(entry.whole) < _height(entry.rank):
        yield Shortcoming(place, "whole is below rank: all records together are at least what one is (就高从严)")
    yield from _of_keeping(place, described, root)
    for name in ("system", "condition", "basis", "purpose", "format"):
        yield from _empty(place, name, getattr(entry, name))


def _of_rank(place: str, name: str, rank: Rank) -> Iterator[Shortcoming]:
    if rank.status != "proposed" and not (rank.authority and rank.document and rank.day):
        yield Shortcoming(
            place, f"{name}: a level that is {rank.status} names authority, document and day (网络数据安全管理条例 第二十九条)"
        )
    if rank.level == "core" and rank.status != "confirmed":
        yield Shortcoming(place, f"{name}: core data are named by the state alone: leave it important until it is confirmed")


def _of_keeping(place: str, described: DescribedType, root: Path) -> Iterator[Shortcoming]:
    entry, kept = described.entry, topic_days(described)
    if entry.kept == "topic" and entry.floor and kept is not None and kept < entry.floor.days:
        yield Shortcoming(
            place,
            f"its topic keeps {kept} days, the law asks for {entry.floor.days} ({entry.floor.law.zh}): keep it in the archive",
        )
    ceilings = [entry.ceiling, *(field.entry.ceiling for field in described.fields if field.entry and not field.shape.sealable)]
    days = [bound.days for bound in ceilings if bound and bound.days]
    if entry.floor and any(each < entry.floor.days for each in days):
        yield Shortcoming(place, f"its ceiling is below its floor of {entry.floor.days} days ({entry.floor.law.zh}): raise it")
    archived = ceiling_of(described.group, root)
    if entry.kept == "archive" and any(archived is None or each < archived.days for each in days):
        until = f"{archived.days} days" if archived else "for ever"
        yield Shortcoming(
            place, f"the archive keeps it {until}, above its ceiling: keep it in the topic alone, or seal the field"
        )


def _of_fields(described: DescribedType, root: Path) -> Iterator[Shortcoming]:
    for field in described.fields:
        shape = field.shape
        if field.entry is None:
            place, struct = field_place(shape.struct, shape.name), shape.struct.__name__
            file = file_of(described.group, root)
            yield Shortcoming(place, f"{struct}.{shape.name} has no description: add [struct.{struct}] {shape.name} to {file}")
        else:
            yield from _of_field(field, field.entry, described)


def _of_field(field: DescribedField, entry: FieldEntry, described: DescribedType) -> Iterator[Shortcoming]:
    place, name = field_place(field.shape.struct, field.shape.name), f"{field.shape.struct.__name__}.{field.shape.name}"
    if not (entry.zh.strip() and entry.en.strip()):
        yield Shortcoming(place, f"{name}: its description lacks a language")
    if field.shape.sealable and entry.personal == "none":
        yield Shortcoming(place, f"{name}: a text of a person may stand there: mark it personal")
    if entry.personal != "none" and entry.purpose is None:
        yield Shortcoming(place, f"{name}: personal data have a purpose (个人信息保护法 第六条): add it")
    if (entry.mask or entry.people) and entry.personal == "none":
        yield Shortcoming(place, f"{name}: only what is marked is masked: mark it personal, or take mask and people out")
    if entry.minors and entry.personal != "sensitive":
        yield Shortcoming(place, f"{name}: data of children under fourteen are sensitive (个人信息保护法 第二十八条)")
    own = entry.level or entry.sublevel
    if own and _height(field_rank(entry, described)) > _height(described.entry.whole):
        yield Shortcoming(place, f"{name}: ranks above all records of {described.name} together (就高从严): raise whole")


def field_rank(entry: FieldEntry, described: DescribedType) -> Rank:
    """The rank of a field: its own where it has one, else its type's."""
    rank = described.entry.rank
    if entry.level is None and entry.sublevel is None:
        return rank
    return Rank(
        entry.level or rank.level,
        entry.sublevel or rank.sublevel,
        rank.status,
        rank.authority,
        rank.document,
        rank.day,
        rank.basis,
    )


def _height(rank: Rank) -> tuple[int, int]:
    return _LEVELS.index(rank.level), rank.sublevel if rank.level == "general" else 0


def _empty(place: str, name: str, text: Text) -> Iterable[Shortcoming]:
    if not (text.zh.strip() and text.en.strip()):
        yield Shortcoming(place, f"{name} lacks a language")
