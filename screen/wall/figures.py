"""What the wall says in numbers, from a View. Pure; times in ms, durations in ms."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, product

from msgspec import Struct

from screen.feed.alarm_counts import Key, Kind
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.annunciations import BIN, BINS, Annunciations
from screen.feed.slices.bad_input import BadInput
from screen.feed.slices.clock import Clock
from screen.feed.slices.shifts import Shifts
from screen.feed.view import View
from screen.wall.headline import HeadlineFigure, headline
from streams.messages import DAY, MINUTE, SEVERITIES, Alert, Phase, Severity, parse_time

WEIGHTS: dict[Severity, int] = {"red": 8, "orange": 4, "yellow": 2, "blue": 1}
"""Load of a district: weighted sum of its open alerts."""

PHASES: tuple[Phase, ...] = ("in-process", "post-event")

NONE: tuple[int, ...] = (0,) * len(SEVERITIES)
"""No alert of any severity."""


class Figures(Struct, frozen=True):
    """The key figures. `oldest`: age of the oldest unacknowledged alert; `headline`: the figures of the domains' own.

    `waited`: mean time to acknowledge; None: no such. `unverified`: records of 24 h that were refused for their signature.
    """

    unacknowledged: int
    oldest: int | None
    red: int
    red_unacknowledged: int
    recent: int
    stale: int
    headline: list[HeadlineFigure]
    bad: int
    waited: int | None
    signed: int
    unverified: int


class Trend(Struct, frozen=True):
    """Annunciations in bins of 10 minutes, oldest first; the last holds `end`, the View's minute. `red` is part of both."""

    end: int
    up: tuple[int, ...]
    down: tuple[int, ...]
    red: tuple[int, ...]


DISTRICT = 6
"""Digits of a district's code (GB/T 2260); those of a street begin with them."""


class District(Struct, frozen=True):
    """Open alerts of a district by severity (worst first), how many red ones nobody has acknowledged, and the load."""

    adcode: str
    counts: tuple[int, ...]
    red_unacknowledged: int
    load: int


class Standing(Struct, frozen=True):
    """Open alerts by severity and state (`red-B`); how many are after the fact; how many the map cannot show.

    `aside`: how many more are shelved, suppressed or out of service: nobody is asked about them, nothing is hidden. `cases`:
    of how many alerts, in whatever state, the case is open. `handovers`: of how many departments nobody has taken over
    the newest note.
    """

    counts: dict[str, int]
    post_event: int
    elsewhere: int
    aside: int
    cases: int
    handovers: int


def figures(view: View) -> Figures:
    """The key figures at the View's time."""
    now, counts, called = view[Clock].now or 0, view[Alarms].counts, view[Annunciations]
    longest = [found.raised for severity in range(len(SEVERITIES)) if (found := _first(counts.order, severity))]
    return Figures(
        unacknowledged=counts.waiting,
        oldest=now - min(longest) if longest else None,
        red=_count(view, lambda kind: kind.severity == "red"),
        red_unacknowledged=_count(view, lambda kind: kind.calls),
        recent=sum(item.at > now - BIN for item in called.annunciations.values()),
        stale=_raised_before(counts.order, now - DAY),
        headline=headline(view),
        bad=len(view[BadInput].bad),
        waited=_mean([item.waited for item in called.signed.values()]),
        signed=len(called.signed),
        unverified=view[BadInput].unverified,
    )


def unacknowledged(view: View) -> Iterator[Alert]:
    """Alerts in state B or D: worst first, then those that stand longest."""
    alarms = view[Alarms]
    return (alarms.alerts[key.id] for key in islice(alarms.counts.order, alarms.counts.waiting))


def trend(view: View) -> Trend:
    """The last 24 h of annunciations."""
    now, bins = view[Clock].now or 0, view[Annunciations].bins
    end = now // BIN
    spans = range(end - BINS + 1, end + 1)
    up, down = (tuple(bins.get((n, phase, False), 0) + bins.get((n, phase, True), 0) for n in spans) for phase in PHASES)
    red = tuple(sum(bins.get((n, phase, True), 0) for phase in PHASES) for n in spans)
    return Trend(now // MINUTE * MINUTE, up, down, red)


def by_severity(alerts: Iterable[Alert]) -> tuple[int, ...]:
    """How many of them have each severity, worst first."""
    counts = Counter(alert.severity for alert in alerts)
    return tuple(counts[severity] for severity in SEVERITIES)


def ranking(view: View, adcodes: tuple[str, ...]) -> list[District]:
    """The districts, worst first: by number of red alerts, then orange, yellow, blue, then in the order given."""
    found = by_district(view[Alarms].counts.kinds.items())
    districts = [found.get(adcode, District(adcode, NONE, 0, 0)) for adcode in adcodes]
    return sorted(districts, key=lambda district: district.counts, reverse=True)


def by_district(kinds: Iterable[tuple[Kind, int]]) -> dict[str, District]:
    """The districts in which there are alerts, of alerts counted by kind."""
    counts: dict[str, list[int]] = {}
    red: Counter[str] = Counter()
    for kind, count in kinds:
        counts.setdefault(kind.adcode[:DISTRICT], [0] * len(SEVERITIES))[SEVERITIES.index(kind.severity)] += count
        red[kind.adcode[:DISTRICT]] += count if kind.calls else 0
    return {adcode: District(adcode, tuple(its), red[adcode], _load(its)) for adcode, its in counts.items()}


def standing(view: View, adcodes: tuple[str, ...]) -> Standing:
    """The open alerts, counted."""
    counts: Counter[str] = Counter()
    for kind, count in view[Alarms].counts.kinds.items():
        counts[f"{kind.severity}-{kind.state}"] += count
    return Standing(
        counts=dict(sorted(counts.items())),
        post_event=_count(view, lambda kind: kind.phase == "post-event"),
        elsewhere=_count(view, lambda kind: not kind.placed or kind.adcode[:DISTRICT] not in adcodes),
        aside=len(view[Alarms].aside),
        cases=len(view[Alarms].counts.cases),
        handovers=view[Shifts].not_taken(),
    )


def put_aside(view: View) -> list[Alert]:
    """Alerts that are shelved, suppressed or out of service, with why: what comes back first stands first."""
    aside = [(parse_time(alert.aside.until), alert.id, alert) for alert in view[Alarms].aside.values() if alert.aside]
    return [alert for _, _, alert in sorted(aside, key=lambda item: item[:2])]


def open_cases(view: View) -> list[Alert]:
    """Alerts whose case waits for its conclusion, the earliest due first."""
    cases = [(parse_time(alert.case.due), alert.id, alert) for alert in view[Alarms].counts.cases.values() if alert.case]
    return [alert for _, _, alert in sorted(cases, key=lambda item: item[:2])]


def _load(counts: Iterable[int]) -> int:
    return sum(WEIGHTS[severity] * count for severity, count in zip(SEVERITIES, counts, strict=True))


def _count(view: View, wanted: Callable[[Kind], bool]) -> int:
    """How many annunciated alerts are of a kind that is wanted."""
    return sum(count for kind, count in view[Alarms].counts.kinds.items() if wanted(kind))


def _first(order: list[Key], severity: int) -> Key | None:
    """The unacknowledged alert of a severity that stands longest."""
    at = bisect_left(order, (False, severity))
    return order[at] if at < len(order) and order[at][:2] == (False, severity) else None


def _raised_before(order: list[Key], at: int) -> int:
    """How many were raised before a time (ms)."""
    parts = product((False, True), range(len(SEVERITIES)))
    return sum(bisect_left(order, (*part, at)) - bisect_left(order, part) for part in parts)


def _mean(values: list[int]) -> int | None:
    return round(sum(values) / len(values)) if values else None
