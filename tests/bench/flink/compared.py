"""What two engines found, occurrence by occurrence: which they have both, which one alone, and where they tell other times."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from streams.messages import Alert, decode, parse_time

Which = tuple[str, str, str, int]
"""Rule, item, subject, and the number of the occurrence."""


class Occurrence(Struct):
    """One time that a condition was true.

    `opened_at`: since when (ms), of the first occurrence: later ones keep it. `began`: the event time of the record that raised
    it, a fact or a tick; `ended`: of the one that ended it, None while it stands.
    """

    opened_at: int | None
    began: int
    ended: int | None = None


class Change(Struct, frozen=True):
    """What the native peer writes: a condition has become true or false; `opened_at` and `at` as of `Occurrence` (ms)."""

    rule: str
    item: str
    subject: str
    active: bool
    opened_at: int
    at: int


class Refusal(Struct, frozen=True):
    """Of a record that was refused: why, and how many bytes it has. Our quality records and the peer's say so alike."""

    reason: str
    size: int = 0


REASONS = frozenset(
    {
        "not-json",
        "not-cloudevent",
        "bad-time",
        "unknown-type",
        "key-mismatch",
        "unregistered",
        "late",
        "future",
        "duplicate",
        "conflict",
    }
)

Occurrences = dict[Which, Occurrence]

_change = msgspec.json.Decoder(Change).decode
refusal = msgspec.json.Decoder(Refusal).decode
"""A record of what was refused."""


def ours(alerts: Iterable[bytes]) -> Occurrences:
    """The occurrences of our alerts, from their revisions in the order of the log."""
    found: Occurrences = {}
    for value in alerts:
        alert = decode(value, Alert)
        which = (alert.rule, alert.item, alert.subject, alert.occurrence)
        known = found.get(which)
        if known is None:
            first = parse_time(alert.opened_at) if alert.occurrence == 1 else None
            known = found[which] = Occurrence(first, parse_time(alert.evidence[-1].at))
        if not alert.active and alert.cleared_at is not None:
            known.ended = parse_time(alert.cleared_at)
    return found


def theirs(changes: Iterable[bytes]) -> Occurrences:
    """The occurrences of the native peer's changes, in the order of the log."""
    found: Occurrences = {}
    numbers: Counter[tuple[str, str, str]] = Counter()
    for change in map(_change, changes):
        of = (change.rule, change.item, change.subject)
        if change.active:
            numbers[of] += 1
            found[*of, numbers[of]] = Occurrence(change.opened_at if numbers[of] == 1 else None, change.at)
        else:
            found[*of, numbers[of]].ended = change.at
    return found


def refused(values: Iterable[bytes]) -> Counter[str]:
    """How many records were refused, by reason; of those reasons that both tell of a record, whatever its payload is."""
    return Counter(reason for value in values if (reason := refusal(value).reason) in REASONS)


class Compared(Struct, frozen=True):
    """How many occurrences are the same to the millisecond, and by rule how many one alone has, or tells otherwise."""

    equal: int
    ours_alone: dict[str, int]
    theirs_alone: dict[str, int]
    otherwise: dict[str, int]
    examples: list[str]

    @property
    def different(self) -> int:
        """How many are not the same."""
        return sum(sum(each.values()) for each in (self.ours_alone, self.theirs_alone, self.otherwise))


SHOWN = 20
"""Examples of differences that are kept."""


def compare(left: Mapping[Which, Occurrence], right: Mapping[Which, Occurrence]) -> Compared:
    """Ours beside the peer's."""
    alone, strange = left.keys() - right.keys(), right.keys() - left.keys()
    other = [which for which in left.keys() & right.keys() if left[which] != right[which]]
    unlike = sorted({*alone, *strange, *other})
    examples = [f"{which}: ours {left.get(which)}, the peer's {right.get(which)}" for which in unlike]
    return Compared(
        equal=len(left.keys() & right.keys()) - len(other),
        ours_alone=_by_rule(alone),
        theirs_alone=_by_rule(strange),
        otherwise=_by_rule(other),
        examples=examples[:SHOWN],
    )


def _by_rule(found: Iterable[Which]) -> dict[str, int]:
    return dict(sorted(Counter(rule for rule, *_ in found).items()))
