"""What the wall says in numbers, from a View. Pure; times in ms, durations in ms."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from screen.handovers import not_taken
from screen.view import View
from streams.messages import DAY, HOUR, MINUTE, SEVERITIES, Alert, Severity, SubjectStatus, parse_time

WEIGHTS: dict[Severity, int] = {"red": 8, "orange": 4, "yellow": 2, "blue": 1}
"""Load of a district: weighted sum of its open alerts."""

BIN = 10 * MINUTE
BINS = DAY // BIN

ONLINE = 2 * HOUR
"""A station is online where its newest value is this young: an hourly value and one hour's allowance (domain.toml)."""


class Figures(Struct, frozen=True):
    """The key figures. `oldest`: age of the oldest unacknowledged alert; `waited`: mean time to acknowledge; None: no such."""

    unacknowledged: int
    oldest: int | None
    red: int
    red_unacknowledged: int
    recent: int
    stale: int
    online: int
    stations: int
    worst: int | None
    worst_subject: str | None
    bad: int
    waited: int | None
    signed: int


class Trend(Struct, frozen=True):
    """Annunciations in bins of 10 minutes, oldest first; the last holds `end`, the View's minute. `red` is part of both."""

    end: int
    up: tuple[int, ...]
    down: tuple[int, ...]
    red: tuple[int, ...]


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
    now = view.now or 0
    waiting = unacknowledged(view)
    red = [alert for alert in view.alerts.values() if alert.severity == "red"]
    measuring = stations(view)
    indices = {status.subject: value for status in measuring if type(value := status.values.get("aqi")) is int}
    worst = max(indices, key=lambda subject: indices[subject], default=None)
    return Figures(
        unacknowledged=len(waiting),
        oldest=max((now - parse_time(alert.raised_at) for alert in waiting), default=None),
        red=len(red),
        red_unacknowledged=sum(not acknowledged(alert) for alert in red),
        recent=sum(item.at > now - BIN for item in view.annunciations.values()),
        stale=sum(now - parse_time(alert.raised_at) > DAY for alert in view.alerts.values()),
        online=sum(now - parse_time(status.at) <= ONLINE for status in measuring),
        stations=len(measuring),
        worst=indices[worst] if worst else None,
        worst_subject=worst,
        bad=len(view.bad),
        waited=_mean([item.waited for item in view.signed.values()]),
        signed=len(view.signed),
    )


def stations(view: View) -> list[SubjectStatus]:
    """The subjects that give an air quality index each hour."""
    return [status for status in view.subjects.values() if "aqi" in status.values]


def unacknowledged(view: View) -> list[Alert]:
    """Alerts in state B or D: worst first, then those that stand longest."""
    waiting = (alert for alert in view.alerts.values() if not acknowledged(alert))
    return sorted(waiting, key=lambda alert: (SEVERITIES.index(alert.severity), parse_time(alert.raised_at), alert.id))


def letter(alert: Alert) -> str:
    """The letter of an alert's state; latched C and D look like C and D."""
    return alert.state[0]


def acknowledged(alert: Alert) -> bool:
    """Whether somebody has acknowledged it."""
    return letter(alert) == "C"


def trend(view: View) -> Trend:
    """The last 24 h of annunciations."""
    end = (view.now or 0) // BIN
    bins = Counter(
        (item.at // BIN - end + BINS - 1, item.phase, item.severity == "red") for item in view.annunciations.values()
    )
    up = tuple(bins[n, "in-process", False] + bins[n, "in-process", True] for n in range(BINS))
    down = tuple(bins[n, "post-event", False] + bins[n, "post-event", True] for n in range(BINS))
    red = tuple(bins[n, "in-process", True] + bins[n, "post-event", True] for n in range(BINS))
    return Trend((view.now or 0) // MINUTE * MINUTE, up, down, red)


def by_severity(alerts: Iterable[Alert]) -> tuple[int, ...]:
    """How many of them have each severity, worst first."""
    counts = Counter(alert.severity for alert in alerts)
    return tuple(counts[severity] for severity in SEVERITIES)


def ranking(view: View, adcodes: tuple[str, ...]) -> list[District]:
    """The districts, worst first: by number of red alerts, then orange, yellow, blue, then in the order given."""
    found = [_district(view, adcode) for adcode in adcodes]
    return sorted(found, key=lambda district: district.counts, reverse=True)


def standing(view: View, adcodes: tuple[str, ...]) -> Standing:
    """The open alerts, counted."""
    alerts = view.alerts.values()
    return Standing(
        counts=dict(sorted(Counter(f"{alert.severity}-{letter(alert)}" for alert in alerts).items())),
        post_event=sum(alert.phase == "post-event" for alert in alerts),
        elsewhere=sum(alert.lon is None or alert.lat is None or alert.adcode not in adcodes for alert in alerts),
        aside=len(view.aside),
        cases=len(open_cases(view)),
        handovers=not_taken(view),
    )


def put_aside(view: View) -> list[Alert]:
    """Alerts that are shelved, suppressed or out of service, with why: what comes back first stands first."""
    aside = [(parse_time(alert.aside.until), alert.id, alert) for alert in view.aside.values() if alert.aside]
    return [alert for _, _, alert in sorted(aside, key=lambda item: item[:2])]


def open_cases(view: View) -> list[Alert]:
    """Alerts whose case waits for its conclusion, the earliest due first."""
    every = (*view.alerts.values(), *view.aside.values(), *view.normal.values())
    cases = [(parse_time(alert.case.due), alert.id, alert) for alert in every if alert.case and alert.case.open]
    return [alert for _, _, alert in sorted(cases, key=lambda item: item[:2])]


def bad_input(view: View) -> list[tuple[str, str, str, int, int]]:
    """Quality records of the last 24 h: domain, reason, owner, how many, the newest one's time; most frequent first."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for item in view.bad.values():
        found.setdefault((item.domain, item.reason, item.owner), []).append(item.at)
    rows = [(*key, len(times), max(times)) for key, times in found.items()]
    return sorted(rows, key=lambda row: (-row[3], row[:3]))


def _district(view: View, adcode: str) -> District:
    alerts = [alert for alert in view.alerts.values() if alert.adcode == adcode]
    return District(
        adcode=adcode,
        counts=by_severity(alerts),
        red_unacknowledged=sum(alert.severity == "red" and not acknowledged(alert) for alert in alerts),
        load=sum(WEIGHTS[alert.severity] for alert in alerts),
    )


def _mean(values: list[int]) -> int | None:
    return round(sum(values) / len(values)) if values else None
