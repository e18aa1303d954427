"""A mapping of foreign documents to one kind of fact: the language of tables (`streams.gateways.meaning`) with paths.

A gateway has a folder of them, one file a kind of fact that a source sends. All are tried on a document; which of them fits
says `topic`, the pattern of its topic or path (`lifts/{no}/state`), and `when`, what must stand at a place.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from streams import toml
from streams.catalogue import domains
from streams.command import Trouble
from streams.gateways.cells import MOMENTS
from streams.gateways.foreign.place import check_path, part_of, place
from streams.gateways.intake.datum import Datum
from streams.gateways.meaning import Meaning, Value
from streams.locate import line_of_error
from streams.messages import REGISTERED

_PARTS = re.compile(r"\{(\w+)\}")
_TOPIC = re.compile(r"[^/+#{}\x00]+|\{\w+\}|#")


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """Where longitude and latitude stand (degrees), the source's datum, and the fields of the fact that have them in WGS-84."""

    lon: str
    lat: str
    datum: Datum
    fields: tuple[str, str] = ("lon", "lat")


class Extract(Struct, frozen=True, forbid_unknown_fields=True):
    """Parts of a text that a mapping needs apart: its place, and a regular expression whose named groups they are."""

    at: str
    pattern: str

    def __post_init__(self) -> None:
        """It has named groups."""
        try:
            names = re.compile(self.pattern).groupindex
        except re.error as error:
            raise ValueError(f"pattern is {self.pattern!r}: {error}") from None
        if not names:
            raise ValueError(f"pattern is {self.pattern!r}: it names no group, as in (?P<name>\\d+)")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its groups."""
        return tuple(re.compile(self.pattern).groupindex)


class Foreign(Meaning, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one kind of document means.

    `station`: whom a fact concerns, one place or several, which are joined by a hyphen. `each`: the path of the items, each of
    them a fact of its own; without it the document is one. `unpack`: paths of texts that are JSON themselves. `when`: what must
    stand at a place, one text or one of several. `id`: the place of the source's own id, which must last over sending again;
    without it one is made. `ignore`: what fits is known and left out. `source`: who sends, where the gateway does not know it.
    `extract`: parts of texts, each a place `{name}`. `apart`: facts of one subject and moment in a file stand a millisecond
    apart, in their order: a log tells whole seconds. `times`: the place of a number, so many facts an item is (one where
    nothing stands there): syslog writes `message repeated 5 times`. An empty text in `when` is nothing at the place.
    """

    domain: str = ""
    source: str = ""
    topic: str = ""
    station: str | tuple[str, ...] = ()
    each: str = ""
    unpack: tuple[str, ...] = ()
    when: dict[str, str | tuple[str, ...]] = {}
    id: str = ""
    position: Position | None = None
    encoding: str = ""
    ignore: bool = False
    extract: tuple[Extract, ...] = ()
    apart: bool = False
    times: str = ""

    @property
    def type(self) -> str:
        """The type of its events."""
        return f"{self.domain}.{self.fact}"

    @property
    def stations(self) -> tuple[str, ...]:
        """The places that name whom a fact concerns."""
        return (self.station,) if isinstance(self.station, str) else self.station

    @property
    def by_interval(self) -> bool:
        """Whether subject, quantities and time make a fact one; else facts may share a time, and content tells them apart."""
        kind = domains()[self.domain].kind.get(self.fact)
        return kind is None or kind.slots > 0

    def parts_of(self, topic: str) -> dict[str, str] | None:
        """The parts of a topic or path by the pattern's names; None where it does not fit. Without a pattern each fits.

        >>> Foreign(title="t", ignore=True, topic="lifts/{no}/state").parts_of("lifts/L7/state")
        {'no': 'L7'}
        """
        if not self.topic:
            return {}
        match = _pattern(self.topic).fullmatch(topic)
        return match.groupdict() if match else None

    @property
    def filter(self) -> str:
        """The topic filter (MQTT 5, 4.7) of its pattern."""
        return _PARTS.sub("+", self.topic)


def _pattern(topic: str) -> re.Pattern[str]:
    """A topic's pattern as a regular expression; `#` at the end is everything below."""
    levels = ["(?P<" + level[1:-1] + ">[^/]*)" if level.startswith("{") else re.escape(level) for level in topic.split("/")]
    if topic.endswith("#"):
        return re.compile("/".join(levels[:-1]) + "(?:/.*)?", re.DOTALL)
    return re.compile("/".join(levels))


class MappingFault(Struct, frozen=True):
    """What is wrong with a mapping: the file, the line, and what to do."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """As compilers write it."""
        return f"{self.file}:{self.line}: {self.message}"


def load(path: Path) -> tuple[Foreign, ...]:
    """The mappings of a folder, or the one in a file, by name; Trouble lists everything that is wrong, by file and line."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise Trouble(f"{path} holds no mapping: put a file NAME.toml there (docs/operate/mappings.md)")
    found, faults = [], []
    for file in files:
        try:
            mapping = read(file.read_text("utf-8"), str(file))
        except (OSError, UnicodeDecodeError) as error:
            faults.append(MappingFault(str(file), 1, f"it cannot be read: {error}"))
            continue
        if isinstance(mapping, Foreign):
            found.append(mapping)
        else:
            faults += mapping
    if faults:
        raise Trouble("the mappings are not usable:\n" + "\n".join(map(str, faults)))
    return tuple(found)


def is_foreign(path: Path) -> bool:
    """Whether a path is that of mappings of the engine: a folder of them, or a file whose mapping names its domain."""
    try:
        return path.is_dir() or "domain" in toml.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, toml.TOMLDecodeError):
        return False


def read(text: str, file: str) -> Foreign | list[MappingFault]:
    """The mapping of a text, or everything that is wrong with it."""
    try:
        mapping = msgspec.convert(toml.loads(text), Foreign)
    except toml.TOMLDecodeError as error:
        return [MappingFault(file, line_of_error(str(error)), str(error))]
    except msgspec.ValidationError as error:
        return [MappingFault(file, _line(text, path), message) for path, message in _misfits(toml.loads(text), str(error))]
    faults = [MappingFault(file, _line(text, path), message) for path, message in _faults(mapping)]
    return faults or mapping


def _misfits(tables: dict[str, Any], message: str) -> Iterator[tuple[str, str]]:
    """Where a text has not the form of a mapping, and why; of values each that has not, which the message does not name."""
    path = message.partition("`$.")[2].rstrip("`")
    if not path.startswith("values["):
        yield path, message
        return
    for name, said in tables["values"].items():
        try:
            msgspec.convert(said, str | Value)
        except msgspec.ValidationError as error:
            yield f"values.{name}", f"{name}: {error}"


def _line(text: str, path: str) -> int:
    """The line of a path such as `values.temperature.at`, or of a field at the top."""
    head, _, name = path.partition(".")
    bare = head.partition("[")[0]
    lines = list(enumerate(text.splitlines(), 1))
    block = next((n for n, line in lines if line.strip().startswith(f"[{bare}]")), 0)
    wanted, after = (name, block) if block else (bare, 0)
    key = re.compile(rf'"?{re.escape(wanted)}"?\s*=')
    return next((n for n, line in lines if n > after and key.match(line.strip())), block or 1)


def _faults(mapping: Foreign) -> Iterator[tuple[str, str]]:
    """What is wrong with a mapping, by the field where it stands."""
    yield from _paths(mapping)
    yield from _topic(mapping)
    if mapping.ignore:
        return
    known = domains()
    if mapping.domain not in known:
        yield "domain", f"domain is {mapping.domain!r}: give one of {', '.join(known)}"
    elif mapping.fact not in known[mapping.domain].kind and f".{mapping.fact}" != REGISTERED:
        kinds = ", ".join(("registered", *known[mapping.domain].kind))
        yield "fact", f"fact is {mapping.fact!r}: {mapping.domain} knows {kinds}"
    if mapping.times and not mapping.apart:
        yield "times", "times needs apart = true: facts of one moment would be copies of one"
    if not mapping.stations:
        yield "station", "station is missing: the place that names whom a fact concerns"
    if not mapping.values and mapping.position is None:
        yield "values", "[values] is missing: the fields of the fact, and the place of each"
    for format_ in mapping.time.formats:
        if format_ not in MOMENTS and "%" not in format_:
            yield "time.format", f"{format_!r} is no format of times: {', '.join(MOMENTS)}, or one of strptime (%Y-%m-%d %H:%M)"
    yield from _names(mapping)


def _paths(mapping: Foreign) -> Iterator[tuple[str, str]]:
    """Places that are none."""
    checks: list[tuple[str, str, Callable[[str], Any]]] = [
        *(("station", each, place) for each in mapping.stations),
        *(("time.columns", each, place) for each in mapping.time.columns),
        *(("when", each, place) for each in mapping.when),
        *((f"values.{name}", at, place) for name in mapping.values if (at := mapping.value_of(name).at)),
        *(("extract", each.at, place) for each in mapping.extract),
        *((f"position.{name}", getattr(mapping.position, name), place) for name in ("lon", "lat") if mapping.position),
        *(("unpack", each, check_path) for each in mapping.unpack),
        *(("each", each, check_path) for each in (mapping.each,) if each),
        *((name, each, place) for name, each in (("id", mapping.id), ("times", mapping.times)) if each),
    ]
    given = {*_PARTS.findall(mapping.topic), *(name for each in mapping.extract for name in each.names)}
    for path, text, check in checks:
        try:
            check(text)
        except ValueError as error:
            yield path, str(error)
        if given and part_of(text) and part_of(text) not in given:
            yield path, f"{text} is no part of the topic {mapping.topic}, and nothing that [[extract]] names"


def _topic(mapping: Foreign) -> Iterator[tuple[str, str]]:
    levels = mapping.topic.split("/") if mapping.topic else []
    if any(level and not _TOPIC.fullmatch(level) for level in levels) or "#" in levels[:-1]:
        yield "topic", f"topic is {mapping.topic!r}: each level is a word or one {{name}}, the last one may be #"
    names = _PARTS.findall(mapping.topic)
    if len(set(names)) < len(names):
        yield "topic", f"topic is {mapping.topic!r}: a name stands in it twice"


def _names(mapping: Foreign) -> Iterator[tuple[str, str]]:
    """Fields that cannot both be: `name` and `name.zh`."""
    for name in mapping.values:
        outer = [name.rsplit(".", n)[0] for n in range(1, name.count(".") + 1)]
        for each in outer:
            if each in mapping.values:
                yield f"values.{name}", f"{name} lies within {each}, which is a value itself"
