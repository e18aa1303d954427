"""The revisions of alerts, incidents and orders held against trails and seals: they are in no chain of their own. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from agents.audit.finding import AuditFinding
from agents.audit.opened.seals import Seals
from streams.messages import DecodeError, decode
from streams.outputs import BY_TOPIC, BY_TYPE, TRAIL_OF, OutputKind, made_by, sealed_as, told_in
from streams.signing.chain import revision_digest

REVISED: Mapping[str, OutputKind] = {BY_TYPE[type_].topic: trail for type_, trail in TRAIL_OF.items()}
"""The trail of each topic of revisions, by that topic below the log's name."""


class _Said(Struct, frozen=True, gc=False):
    """A revision: of what and in which trail, its order, its digest, the newest entry that it names, partition and place."""

    thing: str
    trail: tuple[str, str]
    order: tuple[int, int]
    digest: str
    head: str
    of: tuple[str, int]
    place: str


class Revisions:
    """All revisions that stand in the log; those of the form before the log was opened are passed over."""

    def __init__(self, seals: Seals) -> None:
        self._seals = seals
        self._said: dict[tuple[str, str], list[_Said]] = {}
        self._entries: dict[tuple[str, str, int], list[_Said]] = {}

    def take(self, topic: str, value: bytes, place: str = "") -> list[AuditFinding]:
        """Take up one revision of a topic of REVISED."""
        try:
            thing: Any = decode(value, BY_TOPIC[topic].message)
        except DecodeError as error:
            return [AuditFinding(kind="malformed", message=f"no revision: {error}", trail=topic, place=place)]
        name, opened, _ = thing.head.partition(":")
        if not opened:
            return []
        try:
            digest = revision_digest(name, value)
        except ValueError:
            return [AuditFinding(kind="malformed", message="its head names no hash", trail=topic, of=thing.id, place=place)]
        place_of = (thing.place.topic, thing.place.partition)
        said = _Said(thing.id, told_in(thing), (thing.rev, thing.audit), digest, thing.head, place_of, place)
        self._said.setdefault(sealed_as(thing), []).append(said)
        self._entries.setdefault((*said.trail, thing.audit), []).append(said)
        return []

    def saw(self, kind: OutputKind, entry: Any) -> list[AuditFinding]:
        """Hold an entry of a trail against the revisions that name it; what is wrong with these."""
        found = []
        for said in self._entries.pop((kind.topic, kind.key(entry), entry.n), ()):
            if said.head != entry.hash:
                found.append(_finding(entry.n, said, f"it names another entry {entry.n} than its trail has"))
            elif said.thing != made_by(entry):
                found.append(_finding(entry.n, said, f"entry {entry.n} is of {made_by(entry)}, not of {said.thing}"))
            elif said.order[0] == entry.rev and entry.revision and said.digest != entry.revision:
                found.append(_finding(entry.n, said, f"entry {entry.n} has made another one: what it says was changed"))
        return found

    def end(self) -> Iterator[AuditFinding]:
        """What is wrong with them once all trails and all seals were taken up."""
        for (_, _, n), every in self._entries.items():
            for said in every:
                yield _finding(n, said, f"its trail has no entry {n}")
        for of, every in self._said.items():
            sealed = self._seals.revisions.get(of, set())
            newest = max((said.order for said in every if said.digest in sealed), default=(-1, -1))
            for said in every:
                if said.digest not in sealed and said.order >= newest and said.order[0] < self._seals.ends.get(said.of, 0):
                    yield _finding(said.order[1], said, "its worker has sealed all until then, and not this one")


def _finding(n: int, said: _Said, why: str) -> AuditFinding:
    kind, thing = said.trail
    message = f"revision {said.order[0]}{'' if said.thing == thing else f' of {said.thing}'} is not the judge's: {why}"
    return AuditFinding(kind="changed", message=message, trail=kind, of=thing, first=n, last=n, place=said.place)
