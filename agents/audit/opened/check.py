"""The whole of an opened log verified: keys, seals, anchors, trails, revisions, notes, archive. Needs nothing secret."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from msgspec import Struct

from agents.audit.anchors import Anchors
from agents.audit.finding import AuditFinding
from agents.audit.opened.anchors import Good, LogAnchors, is_first, named_key
from agents.audit.opened.revisions import REVISED, Revisions
from agents.audit.opened.seals import Seals
from agents.audit.records import Written
from agents.audit.trails import Trails
from streams.outputs import TRAILS
from streams.signing.proofs.anchor import SEALS, is_second
from streams.signing.proofs.note import LogNote, is_note
from streams.signing.proofs.reading import KEYS, read_series
from streams.signing.state import Trust
from streams.signing.verify import verify

TOPICS = ("anchors", SEALS, KEYS, *(kind.topic for kind in TRAILS), *REVISED)
"""All that is looked at. In a log that goes on their ends are asked in this order: each holds what those before it name."""

Read = Callable[[str], Iterable[Written]]
"""The records of a topic, below the log's name."""


class Asked(Struct, frozen=True, kw_only=True):
    """What whoever verifies brings: the log's id; notes that were kept; the chain of anchors from before it was opened."""

    logid: str
    notes: Sequence[LogNote] = ()
    first: Anchors | None = None


class Covered:
    """What seals, and anchors from before the log was opened, cover of the trails; `anchors` say how far these were read."""

    def __init__(self, seals: Seals, anchors: LogAnchors, first: Anchors | None) -> None:
        self.heads = {kind: dict(heads) for kind, heads in seals.heads.items()}
        for kind, before in (first.heads if first else {}).items():
            mine = self.heads.setdefault(kind, {})
            for name, heads in before.items():
                mine[name] = [*heads, *(head for head in mine.get(name, ()) if head[0] > heads[-1][0])]
        self.offsets = {topic: offsets for topic, offsets in anchors.read.items() if topic != SEALS}
        self.n, self.sound = anchors.n, True

    def anchored(self, trail: str, name: str) -> int:
        """Number of the newest covered entry of the trail of a thing; 0 where there is none."""
        heads = self.heads.get(trail, {}).get(name)
        return heads[-1][0] if heads else 0


class Verified(Struct):
    """What was read, for those who are told how far it goes."""

    trust: Trust
    anchors: LogAnchors
    seals: Seals
    trails: list[Trails]


def check(asked: Asked, read: Read, told: Callable[[Verified], None] = lambda _: None) -> Iterator[AuditFinding]:
    """Verify an opened log; `told` gets what was read once all of it was."""
    trust = read_series(Trust(), asked.logid, ((each.at, each.value) for each in read(KEYS)), verify)
    if not trust.logid:
        message = "the events that open the log of this id, and adopt its keys, are not here"
        yield AuditFinding(kind="wrong-log", message=message)
        return
    anchors, seals = LogAnchors(trust), Seals(trust)
    yield from _anchored(asked, read("anchors"), anchors)
    revisions = Revisions(seals)
    for each in read(SEALS):
        yield from seals.take(each)
    yield from anchors.over(seals.good)
    for topic in REVISED:
        for each in read(topic):
            yield from revisions.take(topic, each.value, each.place)
    covered = Covered(seals, anchors, asked.first)
    checked = []
    for kind in TRAILS:
        trails = Trails(kind, covered, asked.logid, partial(revisions.saw, kind))
        checked.append(trails)
        for each in read(kind.topic):
            yield from trails.take(each.value, each.place, each.partition, each.offset)
        yield from trails.end()
    yield from revisions.end()
    for note in asked.notes:
        yield from anchors.against(note)
    told(Verified(trust, anchors, seals, checked))


def _anchored(asked: Asked, records: Iterable[Written], anchors: LogAnchors) -> Iterator[AuditFinding]:
    """Take up the anchors of both versions, and how the second follows the first."""
    first, older = asked.first, False
    for each in records:
        if is_second(each.value) or is_note(each.value, anchors.trust.name, anchors.trust.logid):
            yield from anchors.take(each.value, each.place, each.at)
        elif first is not None:
            yield from first.take(each.value, each.place)
        elif is_first(each.value):
            older = True
        else:
            yield AuditFinding(kind="malformed", message="no anchor", place=each.place)
    if not anchors.chain:
        yield AuditFinding(kind="anchor-removed", message="there is no anchor of the opened log at all", first=1)
        return
    begin = anchors.chain[0]
    if wrong := _handed_on(begin, first, older, anchors.trust):
        yield AuditFinding(kind="anchor-forked", message=wrong, first=1, last=1)


def _handed_on(begin: Good, first: Anchors | None, older: bool, trust: Trust) -> str:
    """What is wrong between the anchors from before the log was opened and the first one after it."""
    after = begin.anchor.after
    if first is None:
        return (
            "there are anchors from before the log was opened, and the first after it follows none"
            if older and not after
            else ""
        )
    if after != (f"{first.n} {first.hash}" if first.n else ""):
        return f"the first anchor follows {after or 'no older one'}, the last one before is {first.n} {first.hash}"
    if first.newest is not None and first.newest.next_key != named_key(trust.keys[begin.kid].public):
        return f"anchor {first.n}, the last from before the log was opened, does not name the key of the first after it"
    return ""
