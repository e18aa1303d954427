"""What was sent and acknowledged, and the counting of what stands of it in the archive. The counting is pure.

A fact is known by its type, subject and time, of which the senders give each only once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct, field

LOSES = 2.0
"""Seconds before a kill of Mosquitto in which what it acknowledged may be lost with it: it answers before it saves, with the
shipped profile each second; the other one is for a busy machine."""


Place = tuple[str, int, int]
"""Topic, partition and offset of a record."""


class SentFact(NamedTuple):
    """A fact as its sender made it; `over` says whether its value is beyond the limit of its rule."""

    type: str
    subject: str
    at: int
    value: float
    over: bool


class Stood(NamedTuple):
    """A fact as it stands in the archive, with its topic, partition and offset."""

    type: str
    subject: str
    at: int
    value: float
    place: Place


Name = tuple[str, str, int]


class Span(NamedTuple):
    """When something was sent first, and when its acknowledgement was read."""

    begun: float
    at: float


class Ledger(Struct):
    """What the senders did. Times are of one monotonic clock.

    `sent`: in the order of sending; `acknowledged`: facts and when; `refused`: what was acknowledged as refused, by its
    digest or what else names it, and when; `mqtt`: the types and digests that Mosquitto acknowledged, not we. `lies`: answers
    that acknowledged what nobody sent. `deaths`: when Mosquitto was killed. `tries`: how often something was sent again.
    """

    sent: list[SentFact] = field(default_factory=list)
    acknowledged: dict[Name, Span] = field(default_factory=dict)
    refused: dict[str, Span] = field(default_factory=dict)
    mqtt: set[str] = field(default_factory=set)
    lies: list[str] = field(default_factory=list)
    deaths: list[float] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)

    def promised(self, what: str, span: Span) -> bool:
        """Whether what was acknowledged must be there: all but what Mosquitto may have lost."""
        return what not in self.mqtt or not any(span.begun <= death <= span.at + LOSES for death in self.deaths)


def name_of(fact: SentFact | Stood) -> Name:
    """By what a fact is known."""
    return fact.type, fact.subject, fact.at


def lost(ledger: Ledger, archived: Iterable[Stood]) -> list[Name]:
    """Facts that were acknowledged and promised, and stand nowhere."""
    there = {name_of(fact) for fact in archived}
    return [name for name, span in ledger.acknowledged.items() if name not in there and ledger.promised(name[0], span)]


def doubled(archived: Iterable[Stood]) -> list[Name]:
    """Facts that stand there more than once."""
    return [name for name, many in Counter(map(name_of, archived)).items() if many > 1]


def invented(ledger: Ledger, archived: Iterable[Stood]) -> list[Stood]:
    """Facts that nobody sent, or whose value is another one."""
    sent = {name_of(fact): fact.value for fact in ledger.sent}
    return [fact for fact in archived if sent.get(name_of(fact)) != fact.value]


def disordered(ledger: Ledger, archived: Iterable[Stood]) -> list[tuple[Name, Name]]:
    """Neighbours among the acknowledged facts of a subject that stand in another order than that of sending, or apart."""
    order = {name_of(fact): number for number, fact in enumerate(ledger.sent)}
    found = []
    for facts in _by_subject(archived).values():
        known = [fact for fact in facts if name_of(fact) in ledger.acknowledged and name_of(fact) in order]
        for before, after in pairwise(known):
            if order[name_of(before)] > order[name_of(after)] or before.place[:2] != after.place[:2]:
                found.append((name_of(before), name_of(after)))
    return found


def raised(ledger: Ledger, archived: Iterable[Stood]) -> set[Place]:
    """The places of the facts that must have raised an alert: a value beyond the limit behind one that was not."""
    over = {name_of(fact): fact.over for fact in ledger.sent}
    found = set[Place]()
    for facts in _by_subject(archived).values():
        before = False
        for fact in facts:
            now = over.get(name_of(fact), False)
            if now and not before:
                found.add(fact.place)
            before = now
    return found


def untold(ledger: Ledger, told: Set[str]) -> list[str]:
    """What was acknowledged as refused, and of which the log says nothing."""
    return [what for what, span in ledger.refused.items() if what not in told and ledger.promised(what, span)]


def unowned(refusals: Set[Place], quality: Set[Place]) -> list[Place]:
    """Records of what was refused, by their place, of which no quality record was made."""
    return sorted(refusals - quality)


def faults(
    ledger: Ledger,
    archived: Sequence[Stood],
    alerts: Set[Place],
    told: Set[str],
    refusals: Set[Place],
    quality: Set[Place],
) -> Mapping[str, Sequence[object]]:
    """All that is wrong, by what it is; nothing where all was kept.

    `alerts`: the places of the facts that raised one; `told`: what the archive says was refused; `refusals`: the places
    of these records, and `quality`: those of which there are quality records.
    """
    wanted = raised(ledger, archived)
    found: Mapping[str, Sequence[object]] = {
        "acknowledged and not in the archive": lost(ledger, archived),
        "in the archive more than once": doubled(archived),
        "in the archive and never sent so": invented(ledger, archived),
        "acknowledged and never sent": ledger.lies,
        "out of order": disordered(ledger, archived),
        "alerts missing": sorted(wanted - alerts),
        "alerts without a cause": sorted(alerts - wanted),
        "refused and not told": untold(ledger, told),
        "refused without a quality record": unowned(refusals, quality),
    }
    return {what: all_ for what, all_ in found.items() if all_}


def unpromised(ledger: Ledger, archived: Iterable[Stood]) -> int:
    """How many facts Mosquitto acknowledged and lost when it was killed."""
    there = {name_of(fact) for fact in archived}
    return sum(1 for name in _mqtt(ledger) if name not in there)


def _mqtt(ledger: Ledger) -> Iterator[Name]:
    return (name for name, span in ledger.acknowledged.items() if not ledger.promised(name[0], span))


def _by_subject(archived: Iterable[Stood]) -> dict[tuple[str, str], list[Stood]]:
    found: dict[tuple[str, str], list[Stood]] = defaultdict(list)
    for fact in sorted(archived, key=lambda each: each.place):
        found[fact.type, fact.subject].append(fact)
    return found
