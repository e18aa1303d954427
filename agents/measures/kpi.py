"""How the alarm system does, reckoned from what is remembered of alarms: the measures of ISA-18.2-2016 16.4 and EEMUA 191.

A window of a length holds what came less than that length before its end. Intervals, hours and minutes are those of the clock,
days those of China Standard Time; each that the period touches counts. Everything is exact: whole milliseconds, and one
division for each share.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

from msgspec import UNSET, Struct, UnsetType

from agents.core.duration import span
from agents.measures.performance import PERIOD, Call, Facts, Journal, Stand, Trail, since
from streams.messages import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    SEVERITIES,
    AlarmCount,
    Comparison,
    Grouping,
    Measure,
    Performance,
    PutRight,
    StaleAlarm,
    Text,
    TrueAlarms,
    Verdict,
    format_time,
)

INTERVAL = 10 * MINUTE
"""The interval (ms) of ISA-18.2-2016 16.4."""

GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)

MOST_FREQUENT = 10
"""ISA-18.2-2016 16.4: the ten most frequent alarms."""

MOST_LISTED = 10
"""Chattering and stale alarms that are named; all are counted."""

_ZONE = 8 * HOUR
"""China Standard Time is ahead of the epoch's days by so much."""

Alarm = tuple[str, str, str]
"""Rule, item and subject: what is one alarm, whichever alerts it raised."""


class FloodLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """A flood begins at `begins` or more annunciations in 10 minutes and ends below `ends_below` in 10 minutes."""

    begins: int
    ends_below: int


class Crowded(Struct, frozen=True, forbid_unknown_fields=True):
    """A 10-minute interval holds too much with more annunciations than this."""

    more_than: int


class Chattering(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm chatters with so many annunciations within one length of time, or with more transitions within another."""

    annunciations: int
    within: str
    more_transitions_than: int
    transitions_within: str


class Fleeting(Struct, frozen=True, forbid_unknown_fields=True):
    """An annunciation is fleeting whose condition was active for less than this."""

    under: str


class Stale(Struct, frozen=True, forbid_unknown_fields=True):
    """An alarm is stale that is annunciated and active for more than this."""

    over: str


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """What one measure is compared with, by which clause; `title` may name the numbers above, as in `{flood.begins}`.

    `limit`: the most that can be managed, where the clause has one. `everywhere`: the target holds for every group, not for
    a desk alone.
    """

    title: Text
    unit: str
    comparison: Comparison = ""
    target: float | None = None
    limit: float | None = None
    clause: str = ""
    everywhere: bool = False


class Targets(Struct, frozen=True, forbid_unknown_fields=True):
    """How everything is counted, and the targets by the name of the measure (`agents/measures/targets.toml`)."""

    flood: FloodLimits
    crowded: Crowded
    chattering: Chattering
    fleeting: Fleeting
    stale: Stale
    measure: dict[str, Target]


MEASURES = (
    "rate",
    "peak",
    "crowded",
    "flood",
    "frequent",
    "chattering",
    "fleeting",
    "stale",
    *(f"priority-{severity}" for severity in SEVERITIES),
    "never-acknowledged",
    "acknowledge-median",
    "acknowledge-p90",
    "hourly",
    "peak-hour",
    "peak-minute",
)
"""The measures, in the order in which they are told."""


def faults(targets: Targets) -> Iterator[str]:
    """What is wrong with targets, each with its place."""
    if missing := sorted(set(MEASURES) ^ set(targets.measure)):
        yield f"measure: there must be exactly {', '.join(MEASURES)}; too many or missing: {', '.join(missing)}"
    if not 1 <= targets.flood.ends_below <= targets.flood.begins:
        yield f"flood: begins at {targets.flood.begins} and ends below {targets.flood.ends_below}: the second is the smaller"
    if targets.chattering.annunciations < 2 or targets.chattering.more_transitions_than < 1:
        yield "chattering: one annunciation alone is no chatter: annunciations of 2 or more, more_transitions_than of 1 or more"
    for place, text in (
        ("chattering.within", targets.chattering.within),
        ("chattering.transitions_within", targets.chattering.transitions_within),
        ("fleeting.under", targets.fleeting.under),
        ("stale.over", targets.stale.over),
    ):
        try:
            span(text)
        except ValueError as error:
            yield f"{place}: {error}"
    for name, target in targets.measure.items():
        if (target.target is None) != (not target.comparison):
            yield f"measure.{name}: a target and a comparison go together"
        try:
            title_of(targets, target)
        except (AttributeError, KeyError, IndexError, ValueError) as error:
            yield f"measure.{name}.title: names no number of this file: {error}"


class MeasurePeriod(Struct, frozen=True):
    """From `since` to `until` (ms), both of them in it."""

    since: int
    until: int

    @property
    def length(self) -> int:
        """Milliseconds, at least one interval."""
        return max(self.until - self.since, INTERVAL)

    @property
    def intervals(self) -> int:
        """How many 10-minute intervals it touches."""
        return self.until // INTERVAL - self.since // INTERVAL + 1

    def holds(self, at: int) -> bool:
        """Whether a moment is in it."""
        return self.since <= at <= self.until


class MeasureMember(Struct, frozen=True):
    """What one alert of a group was in the period."""

    id: str
    alarm: Alarm
    calls: list[Call]
    stands: list[Stand]
    verified: list[str]
    righted: list[int]


class MeasureGroup(Struct, frozen=True):
    """The alerts that are measured together."""

    by: Grouping
    key: str
    name: Text
    alerts: list[MeasureMember]


def period(journal: Journal, begin: int | None = None) -> MeasurePeriod | None:
    """The newest 30 days that are remembered, or from `begin` on (ms); None before anything is known."""
    remembered, until = since(journal), journal.newest
    if remembered is None or until is None:
        return None
    return MeasurePeriod(max(remembered, until - PERIOD) if begin is None else max(begin, journal.forgotten), until)


def unknown(journal: Journal) -> int:
    """How many alerts have a trail of annunciations, but no revision that says what they are: they are not measured."""
    return sum(bool(trail.calls) for name, trail in journal.trails.items() if name not in journal.facts)


def performance(
    journal: Journal, targets: Targets, log: str, over: MeasurePeriod, by: Iterable[Grouping] = GROUPINGS
) -> Iterator[Performance]:
    """The measures of every group that had anything in the period, in the order of their keys."""
    members = list(_members(journal, over))
    for grouping in by:
        for group in _groups(members, grouping):
            yield _performance(group, targets, log, over)


def floods(times: Sequence[int], limits: FloodLimits) -> list[tuple[int, int]]:
    """The floods of annunciations at `times` (ms, in order): each from its first moment to before its last.

    It begins with the annunciation that makes `begins` in the 10 minutes before it, itself counted, and ends at the first
    moment at which fewer than `ends_below` are within 10 minutes: when that many, newest first, includes one that leaves.
    """
    found: list[tuple[int, int]] = []
    began, end = None, 0
    for n, at in enumerate(times):
        if began is not None and at > end:
            found.append((began, end))
            began = None
        if began is None and n + 1 >= limits.begins and at - times[n + 1 - limits.begins] < INTERVAL:
            began = at
        if began is not None:
            end = times[n + 1 - limits.ends_below] + INTERVAL
    return found if began is None else [*found, (began, end)]


def percentile(values: Sequence[int], percent: int) -> int | None:
    """The smallest value that `percent` of the values do not exceed (nearest rank); None of none.

    >>> percentile([10, 20, 30, 40], 50), percentile([10, 20, 30, 40], 90), percentile([], 50)
    (20, 40, None)
    """
    return sorted(values)[-(-len(values) * percent // 100) - 1] if values else None


def verdict(value: float | None, target: Target) -> Verdict:
    """How a value stands to its target."""
    if value is None or target.target is None:
        return ""
    if _stands(value, target.comparison, target.target):
        return "acceptable"
    return "manageable" if target.limit is not None and _stands(value, target.comparison, target.limit) else "exceeded"


def _stands(value: float, comparison: Comparison, to: float) -> bool:
    return value < to if comparison == "below" else value >= to if comparison == "at least" else value <= to


def _key(facts: Facts, by: Grouping) -> tuple[str, Text]:
    if by == "desk":
        return facts.department.id, facts.department.name
    if by == "rule":
        return facts.rule, facts.title
    key = facts.adcode if by == "district" else facts.domain
    return key, Text(key, key)


def _members(journal: Journal, over: MeasurePeriod) -> Iterator[tuple[Facts, MeasureMember]]:
    """The alerts that were anything in the period, in the order of their newest revisions."""
    righted: dict[str, list[int]] = defaultdict(list)
    for each in journal.orders.values():
        if each.righted is not None and over.holds(each.righted):
            for alert in each.alerts:
                righted[alert].append(each.righted)
    for name, facts in sorted(journal.facts.items(), key=lambda item: (item[1].at, item[0])):
        member = _within(name, facts, journal.trails.get(name, Trail(0, facts.at)), over, righted.get(name, []))
        if member is not None:
            yield facts, member


def _groups(members: Iterable[tuple[Facts, MeasureMember]], by: Grouping) -> list[MeasureGroup]:
    """The groups in the order of their keys. A name that has changed is the one of the newest revision."""
    alerts: dict[str, list[MeasureMember]] = defaultdict(list)
    names: dict[str, Text] = {}
    for facts, member in members:
        key, names[key] = _key(facts, by)
        alerts[key].append(member)
    return [MeasureGroup(by, key, names[key], alerts[key]) for key in sorted(names)]


def _within(name: str, facts: Facts, trail: Trail, over: MeasurePeriod, righted: list[int]) -> MeasureMember | None:
    calls = [call for call in trail.calls if over.holds(call.at)]
    stands = [each for each in trail.stands if each.since <= over.until and (each.until is None or each.until >= over.since)]
    verified = [found for at, found in trail.verified.values() if over.holds(at)]
    alarm = facts.rule, facts.item, facts.subject
    was = calls or stands or verified or righted
    return MeasureMember(name, alarm, calls, stands, verified, righted) if was else None


def _performance(group: MeasureGroup, targets: Targets, log: str, over: MeasurePeriod) -> Performance:
    times = sorted(call.at for alert in group.alerts for call in alert.calls)
    flooded = floods(times, targets.flood)
    counts = Counter({alarm: len(each) for alarm, each in _annunciations(group).items()})
    frequent = sorted(counts.items(), key=_most)[:MOST_FREQUENT]
    chatter = sorted(((alarm, counts[alarm]) for alarm in _chattering(group, targets.chattering, over)), key=_most)
    stale = _stale(group, span(targets.stale.over), over)
    values: dict[str, float | None] = {
        **_load(times, over),
        "crowded": 100 * _crowded(times, targets.crowded.more_than) / over.intervals,
        "flood": 100 * sum(min(end, over.until) - began for began, end in flooded) / over.length,
        "frequent": _share(sum(count for _, count in frequent), len(times)),
        "chattering": len(chatter),
        "fleeting": _fleeting(group, span(targets.fleeting.under), over),
        "stale": max(stale.values(), default=0),
        **_calls(group),
    }
    return Performance(
        log=log,
        by=group.by,
        key=group.key,
        name=group.name,
        since=format_time(over.since),
        until=format_time(over.until),
        annunciations=len(times),
        floods=len(flooded),
        flooded=bool(flooded) and flooded[-1][1] > over.until,
        measures=tuple(_measure(name, values[name], targets, group.by) for name in MEASURES),
        frequent=tuple(AlarmCount(*alarm, count) for alarm, count in frequent),
        chattering=tuple(AlarmCount(*alarm, count) for alarm, count in chatter[:MOST_LISTED]),
        stale=tuple(_standing_stale(group, span(targets.stale.over), over)[:MOST_LISTED]),
        verified=_verified(group),
        put_right=_put_right(group),
    )


def _verified(group: MeasureGroup) -> TrueAlarms | UnsetType:
    """What the verifications of a group's alarms came to; nothing where none was verified."""
    found = Counter(each for alert in group.alerts for each in alert.verified)
    return TrueAlarms(true=found["true"], false=found["false-alarm"], unclear=found["unclear"]) if found else UNSET


def _put_right(group: MeasureGroup) -> PutRight | UnsetType:
    """How many of a group's alarms an order has put right, and how many of them came again after it; nothing without any."""
    ended = [(alert.alarm, at) for alert in group.alerts for at in alert.righted]
    newest: dict[Alarm, int] = {}
    for alert in group.alerts:
        for call in alert.calls:
            newest[alert.alarm] = max(call.at, newest.get(alert.alarm, call.at))
    back = sum(newest.get(alarm, at) > at for alarm, at in ended)
    return PutRight(ended=len(ended), back=back) if ended else UNSET


def _measure(name: str, value: float | None, targets: Targets, by: Grouping) -> Measure:
    target = targets.measure[name]
    return Measure(
        name=name,
        title=title_of(targets, target),
        value=None if value is None else float(value),
        unit=target.unit,
        comparison=target.comparison,
        target=target.target,
        limit=target.limit,
        verdict=verdict(value, target) if target.everywhere or by == "desk" else "",
        clause=target.clause,
    )


def title_of(targets: Targets, target: Target) -> Text:
    """The title of one measure, with the numbers of its file that it names."""
    numbers = {name: getattr(targets, name) for name in ("flood", "crowded", "chattering", "fleeting", "stale")}
    return Text(target.title.zh.format_map(numbers), target.title.en.format_map(numbers))


def _most(item: tuple[Alarm, int]) -> tuple[int, Alarm]:
    return -item[1], item[0]


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _peak(times: Iterable[int], length: int) -> int:
    return max(Counter(at // length for at in times).values(), default=0)


def _load(times: Sequence[int], over: MeasurePeriod) -> Mapping[str, float]:
    return {
        "rate": len(times) * INTERVAL / over.length,
        "hourly": len(times) * HOUR / over.length,
        "peak": _peak(times, INTERVAL),
        "peak-hour": _peak(times, HOUR),
        "peak-minute": _peak(times, MINUTE),
    }


def _crowded(times: Iterable[int], more_than: int) -> int:
    return sum(count > more_than for count in Counter(at // INTERVAL for at in times).values())


def _calls(group: MeasureGroup) -> Mapping[str, float | None]:
    calls = [call for alert in group.alerts for call in alert.calls]
    severities = Counter(call.severity for call in calls)
    waited = [call.answered - call.at for call in calls if call.answered is not None]
    median, most = percentile(waited, 50), percentile(waited, 90)
    return {
        **{f"priority-{severity}": _share(severities[severity], len(calls)) for severity in SEVERITIES},
        "never-acknowledged": sum(call.answered is None and not call.aside for call in calls),
        "acknowledge-median": None if median is None else median / SECOND,
        "acknowledge-p90": None if most is None else most / SECOND,
    }


def _annunciations(group: MeasureGroup) -> Mapping[Alarm, list[int]]:
    found: dict[Alarm, list[int]] = defaultdict(list)
    for alert in group.alerts:
        if alert.calls:
            found[alert.alarm] += [call.at for call in alert.calls]
    return found


def _chattering(group: MeasureGroup, how: Chattering, over: MeasurePeriod) -> set[Alarm]:
    transitions: dict[Alarm, list[int]] = defaultdict(list)
    for alert in group.alerts:
        for stand in alert.stands:
            if stand.rose and over.holds(stand.since):
                transitions[alert.alarm].append(stand.since)
            if stand.fell and stand.until is not None and over.holds(stand.until):
                transitions[alert.alarm].append(stand.until)
    calls = _annunciations(group)
    return {alarm for alarm, times in calls.items() if _dense(times, how.annunciations, span(how.within))} | {
        alarm
        for alarm, times in transitions.items()
        if _dense(times, how.more_transitions_than + 1, span(how.transitions_within))
    }


def _dense(times: Iterable[int], count: int, within: int) -> bool:
    """Whether `count` of the times are in one window of the length `within` (ms)."""
    ordered = sorted(times)
    return any(late - early < within for early, late in zip(ordered, ordered[count - 1 :], strict=False))


def _fleeting(group: MeasureGroup, under: int, over: MeasurePeriod) -> int:
    stands = (stand for alert in group.alerts for stand in alert.stands)
    return sum(
        each.rose and each.fell and each.until is not None and each.until - each.since < under and over.holds(each.since)
        for each in stands
    )


def _stale(group: MeasureGroup, longest: int, over: MeasurePeriod) -> Mapping[int, int]:
    """How many alerts were stale on each day of the period: at a moment of that day, since more than `longest` (ms)."""
    days: Counter[int] = Counter()
    for alert in group.alerts:
        found: set[int] = set()
        for stand in alert.stands:
            first = max(stand.since + longest + 1, over.since)
            last = over.until if stand.until is None else min(stand.until - 1, over.until)
            found.update(range(_day(first), _day(last) + 1) if first <= last else ())
        days.update(found)
    return days


def _day(at: int) -> int:
    return (at + _ZONE) // DAY


def _standing_stale(group: MeasureGroup, longest: int, over: MeasurePeriod) -> list[StaleAlarm]:
    """The alerts that are stale at the end of the period, the oldest first."""
    found = sorted(
        (stand.since, alert.id, alert.alarm)
        for alert in group.alerts
        for stand in alert.stands
        if (stand.until is None or stand.until > over.until) and over.until - stand.since > longest
    )
    return [StaleAlarm(name, *alarm, format_time(began)) for began, name, alarm in found]
