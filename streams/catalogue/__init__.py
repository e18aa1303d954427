"""The data catalogue: the domains there are, read from their own folders as data (never imported)."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from msgspec import Struct, ValidationError, convert
from msgspec.structs import replace

from streams import toml
from streams.catalogue.wall import Headlines, Places
from streams.command import Trouble
from streams.messages import FIELD_NOTE, REFUSED_INPUT, Text
from streams.orders.matter import TOPIC, MatterSpec, Whose

ROOT = Path(__file__).resolve().parents[2] / "agents" / "domains"
"""Where a domain's folder stands; a folder with a `domain.toml` is a domain."""

CapCategory = Literal[
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
]
"""The categories of the Common Alerting Protocol (CAP 1.2 §3.2.2)."""

Writer = Literal["measured", "stated"]
"""Whose word a kind of fact is: `measured` by an instrument or a machine, or `stated` by a person, an office or a register.

In a log that was opened what is stated needs a signature: one message of it may silence an alarm (docs/develop/signing.md).
"""

Read = TypeVar("Read")


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of fact: its title, payload struct, lateness allowance (`1h`) and remembered slots.

    `for_record`: it holds nothing that could be judged, so that it is not told where no rule reads it; `writer`: whose
    word it is; `matter`: what of it a body must answer for; `whose`: whose matter its faults are, None: as the domain says.
    `instrument`: it is about the instrument itself, its marks, maintenance, checks or calibration.
    """

    title: Text
    payload: str
    allowance: str
    slots: int
    for_record: bool = False
    writer: Writer = "measured"
    matter: MatterSpec | None = None
    whose: Whose | None = None
    instrument: bool = False


class Domain(Struct, frozen=True, forbid_unknown_fields=True):
    """One domain: its title, the department that owns its data, and its kinds of facts by name.

    `short`: its title where there is little room; `order`: its place on the screen, before those with a higher number, of equal
    ones by name; `cap_category`: that of its alerts as messages of the Common Alerting Protocol; `headline`: its figures on
    the wall and in a replay; `places`: the value of its subjects that both show beside them. `whose`: whose matter faults in
    its data are, where their kind does not say otherwise.
    """

    title: Text
    owner: str
    kind: dict[str, Kind]
    short: Text | None = None
    order: int = 100
    cap_category: CapCategory = "Other"
    headline: Headlines = {}
    places: Places | None = None
    whose: Whose = "operator"

    @property
    def topics(self) -> frozenset[str]:
        """The categories by which its matters may be routed."""
        return frozenset(each for kind in self.kind.values() if kind.matter for each in kind.matter.among.get(TOPIC, ()))


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """The words of a domain in both languages, by what its facts and alerts say: its `words.toml`.

    `choice`: what a form of entry calls a value of a list, by type and value: `petition_step.led`.
    """

    item: dict[str, Text] = {}
    kind: dict[str, Text] = {}
    trait: dict[str, Text] = {}
    value: dict[str, Text] = {}
    part: dict[str, Text] = {}
    level: dict[str, Text] = {}
    choice: dict[str, Text] = {}

    def tables(self) -> Iterator[tuple[str, dict[str, Text]]]:
        """The tables by name."""
        return ((name, getattr(self, name)) for name in self.__struct_fields__)


EVERYWHERE: dict[str, Kind] = {
    FIELD_NOTE: Kind(
        title=Text("字段异常记录", "Fields refused or irregular"),
        payload="FieldNotes",
        allowance="90d",
        slots=0,
        for_record=True,
    ),
    REFUSED_INPUT: Kind(
        title=Text("网关拒收的数据", "Refused by a gateway"), payload="RefusedInput", allowance="90d", slots=0, for_record=True
    ),
}
"""The kinds of facts that every domain has; their payloads are messages (`streams.messages`)."""

GATEWAY = "gateway"
"""The kind of subject that every domain knows: what takes data in, and tells what it refused."""


@cache
def domains(root: Path = ROOT) -> dict[str, Domain]:
    """All domains by name, in alphabetical order; Trouble names a file that cannot be read, and why."""
    return {file.parent.name: _with_common(_read(file, Domain)) for file in sorted(root.glob("*/domain.toml"))}


def _with_common(domain: Domain) -> Domain:
    return replace(domain, kind={**domain.kind, **EVERYWHERE})


def stated(type_: str, root: Path = ROOT) -> bool:
    """Whether a type of event needs a signature in an opened log: all but what the catalogue says that instruments send.

    >>> stated("environment.air_hour"), stated("environment.registered"), stated("command.shelve")
    (False, True, True)
    """
    domain, _, kind = type_.partition(".")
    known = domains(root).get(domain)
    found = known.kind.get(kind) if known else None
    return found is None or found.writer == "stated"


@cache
def on_screen(root: Path = ROOT) -> tuple[str, ...]:
    """The names of all domains in their order on the screen."""
    listed = domains(root)
    return tuple(sorted(listed, key=lambda name: (listed[name].order, name)))


@cache
def words(root: Path = ROOT) -> dict[str, dict[str, Text]]:
    """The words of all domains, by table and key; Trouble where two domains say different things by one key."""
    for file, said in clashes(root):
        raise Trouble(f"{file}: {said}")
    found: dict[str, dict[str, Text]] = {}
    for _, table, its in _tables(root):
        found.setdefault(table, {}).update(its)
    return found


def clashes(root: Path = ROOT) -> list[tuple[Path, str]]:
    """The words that two domains say differently: the file of the second one, and what it says."""
    known: dict[tuple[str, str], Text] = {}
    found = []
    for file, table, its in _tables(root):
        for key, text in its.items():
            if (other := known.setdefault((table, key), text)) != text:
                found.append((file, f"{table}.{key} is {text.zh} here and {other.zh} in another domain"))
    return found


@cache
def subjects(root: Path = ROOT) -> dict[str, frozenset[str]]:
    """The kinds of subjects that each domain knows beside those that its rules name: gateways, and those it has words for."""
    found = {file.parent.name: frozenset(its) for file, table, its in _tables(root) if table == "kind"}
    return {name: found.get(name, frozenset()) | {GATEWAY} for name in domains(root)}


def _tables(root: Path) -> Iterator[tuple[Path, str, dict[str, Text]]]:
    """Each table of words of each domain that has any, with its file."""
    for file in sorted(root.glob("*/words.toml")):
        for table, its in _read(file, Words).tables():
            yield file, table, its


def _read(file: Path, type_: type[Read]) -> Read:
    try:
        return convert(toml.loads(file.read_text("utf-8")), type_)
    except (ValidationError, toml.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"{file}: {error}; correct it") from None
