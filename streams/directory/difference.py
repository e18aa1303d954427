"""What differs between two versions of the directory, and for whom: in the terms of schema registries, and in meaning.

`backward`: whoever knows the new version reads what was written by the old; `forward`: whoever knows the old one reads what is
written by the new; `full`: both. Each is `transitive` where it holds against all versions before. Unit, meaning, level and
personal mark break too, though every record stays valid: who uses a field relies on them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from streams.directory.schema import uncovered

Directory = dict[str, Any]
"""A version's text, decoded: by type what `streams.directory.version.text` says of it."""

Breaks = Literal["backward", "forward", "unit", "meaning", "level", "personal", "retired", "added"]

_MEANT: dict[Breaks, tuple[str, ...]] = {
    "unit": ("unit",),
    "meaning": ("name",),
    "level": ("rank",),
    "personal": ("personal", "minors"),
}


class Difference(Struct, frozen=True, order=True):
    """One difference: the type and field (path), what it breaks, and how it was and is, in words."""

    type: str
    path: str
    breaks: Breaks
    said: str


class Comparability(Struct, frozen=True):
    """How two versions stand to each other: `changes` that break something, and types that were added or retired."""

    changes: tuple[Difference, ...]

    @property
    def backward(self) -> bool:
        """Whether the new version reads what the old one wrote; a type that was retired is no longer read."""
        return not any(change.breaks in {"backward", "retired"} for change in self.changes)

    @property
    def forward(self) -> bool:
        """Whether the old version reads what the new one writes; a type that was added is not known to it."""
        return not any(change.breaks in {"forward", "added"} for change in self.changes)

    @property
    def same_meaning(self) -> bool:
        """Whether units, meanings, levels and personal marks are as they were."""
        return not any(change.breaks in _MEANT for change in self.changes)

    @property
    def full(self) -> bool:
        """Backward, forward, and in meaning."""
        return self.backward and self.forward and self.same_meaning


def compared(old: Directory, new: Directory) -> Comparability:
    """Two versions against each other."""
    found = [Difference(name, "", "retired", "the type is no longer there") for name in old.keys() - new.keys()]
    found += [Difference(name, "", "added", "the type is new") for name in new.keys() - old.keys()]
    for name in old.keys() & new.keys():
        found += _of_type(name, old[name], new[name])
    return Comparability(tuple(sorted(found)))


def transitive(olds: Sequence[Directory], new: Directory) -> Comparability:
    """A version against all before it: what breaks against any of them."""
    return Comparability(tuple(sorted({change for old in olds for change in compared(old, new).changes})))


def _of_type(name: str, old: Any, new: Any) -> Iterator[Difference]:
    for said in uncovered(new["schema"], old["schema"]):
        yield Difference(name, said.partition(":")[0], "backward", said)
    for said in uncovered(old["schema"], new["schema"]):
        yield Difference(name, said.partition(":")[0], "forward", said)
    if old["type"]["whole"] != new["type"]["whole"]:
        yield Difference(name, "", "level", f"all records: {_said(old['type']['whole'])} → {_said(new['type']['whole'])}")
    before = {field["path"]: field for field in old["fields"]}
    for field in new["fields"]:
        if was := before.get(field["path"]):
            for breaks, names in _MEANT.items():
                for one in names:
                    if was.get(one) != field.get(one):
                        yield Difference(name, field["path"], breaks, f"{_said(was.get(one))} → {_said(field.get(one))}")


def _said(value: Any) -> str:
    """A unit, a text or a level in words."""
    if isinstance(value, dict) and "zh" in value:
        return f"{value['zh']} {value['en']}"
    if isinstance(value, dict) and "level" in value:
        step = f" {value['sublevel']}" if value["level"] == "general" else ""
        return f"{value['level']}{step} {value['status']}"
    return str(value) if value not in (None, "") else "—"
